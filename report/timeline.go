package report

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/cluster"
	"simrun/sim"
)

// timeline draws throughput above latency over the same time, with faults and recoveries shaded; several runs beside
// each other with the same axes. It shows the disturbed part of the run with some of the calm on both sides, or all of
// it after the warmup if nothing happened.
func timeline(name string, width vg.Length, runs []Run) Figure {
	l := newTimelineLayout(width, runs)
	return Figure{Name: name, Caption: timelineCaption(runs), width: width, height: l.height, draw: l.draw}
}

// timelineLayout is the geometry and the axes that all columns share.
type timelineLayout struct {
	width, height vg.Length
	runs          []Run
	across        int // columns in a block; further runs form further blocks
	x             axis
	throughput    axis
	latency       axis
	shades        []key
}

const (
	timelineLeft    = vg.Length(33) // for tick labels
	timelineRight   = vg.Length(7)
	timelineGap     = vg.Length(12) // between columns
	timelineHeading = vg.Length(17)
	timelinePanel   = vg.Length(66)
	timelineFoot    = vg.Length(24) // tick labels and the name of the axis
	faultLabel      = vg.Length(12) // room for the names of faults above the data
	columnsMax      = 4
	burstsShown     = 4 // times the load; higher rates are cut off at the top, with their height in words
)

func newTimelineLayout(width vg.Length, runs []Run) *timelineLayout {
	l := &timelineLayout{width: width, runs: runs, across: min(len(runs), columnsMax)}
	from, to := shownSpan(runs)
	room := 8
	if l.across > 2 {
		room = 4
	}
	l.x = between(float64(from), float64(to), inSeconds, room)
	var most, offered float64
	var latency []float64
	for _, run := range runs {
		for _, w := range shownWindows(run, from, to) {
			for _, count := range [...]int64{w.Offered, w.Answered, w.Paid} {
				most = max(most, perSecond(count, run))
			}
			offered = max(offered, perSecond(w.Offered, run))
			if w.Answered > 0 {
				latency = append(latency, float64(w.LatencyP50), float64(w.LatencyP99), float64(w.LatencyMax))
			}
		}
	}
	if offered > 0 { // replies that leave with a checkpoint come in bursts, beside which nothing else could be seen
		most = min(most, burstsShown*offered)
	}
	l.throughput = fromZero(max(most, 1)*float64(timelinePanel/(timelinePanel-faultLabel)), 1, 4)
	l.latency = latencies(latency)
	l.shades = shadeKeys(runs)
	blocks := (len(runs) + l.across - 1) / l.across
	l.height = vg.Length(blocks)*l.blockHeight() + 3
	if len(l.shades) > 0 {
		l.height += legendPitch
	}
	return l
}

func (l *timelineLayout) blockHeight() vg.Length {
	height := 2*(timelineHeading+timelinePanel) + timelineFoot
	if len(l.runs) > 1 {
		height += timelineHeading // the names of the columns
	}
	return height
}

func (l *timelineLayout) draw(c draw.Canvas) {
	labels := names(l.runs)
	column := (l.width - timelineLeft - timelineRight - vg.Length(l.across-1)*timelineGap) / vg.Length(l.across)
	for i, run := range l.runs {
		top := l.height - vg.Length(i/l.across)*l.blockHeight()
		left := timelineLeft + vg.Length(i%l.across)*(column+timelineGap)
		if len(l.runs) > 1 {
			write(c, heading, vg.Point{X: left, Y: top - 8}, fitted(heading, labels[i], column-small.Width("UNDECIDED")-8))
			write(c, aligned(coloured(small, verdictInk(run.Verdict)), draw.XRight), vg.Point{X: left + column, Y: top - 8}, string(run.Verdict))
			top -= timelineHeading
		}
		l.column(c, run, left, left+column, top, i%l.across == 0)
	}
	if len(l.shades) > 0 {
		legend(c, 2, 6, l.shades)
	}
}

func (l *timelineLayout) column(c draw.Canvas, run Run, left, right, top vg.Length, first bool) {
	p := newPanel(c, left, top-timelineHeading-timelinePanel, right, top-timelineHeading, l.x, l.throughput)
	q := newPanel(c, left, p.area.Min.Y-timelineHeading-timelinePanel, right, p.area.Min.Y-timelineHeading, l.x, l.latency)
	windows := shownWindows(run, sim.Time(l.x.min), sim.Time(l.x.max))
	for _, each := range [...]panel{p, q} {
		shade(each, run)
		each.rows()
		struckLines(each, run)
	}
	offered, answered, paid := draw.LineStyle{Color: quietInk, Width: 0.7}, stroke(blue), stroke(orange, 3, 1.5)
	half := windowLength(run) / 2
	var burst float64
	count := func(style draw.LineStyle, of func(cluster.Window) int64) {
		var points []vg.Point
		for _, w := range windows {
			rate := perSecond(of(w), run)
			burst = max(burst, rate)
			points = append(points, vg.Point{X: vg.Length(w.Start + half), Y: vg.Length(min(rate, l.throughput.max))})
		}
		p.line(style, points)
	}
	count(offered, func(w cluster.Window) int64 { return w.Offered })
	count(answered, func(w cluster.Window) int64 { return w.Answered })
	rates := []key{{text: "offered", line: offered}, {text: "answered", line: answered}}
	if run.sells() {
		count(paid, func(w cluster.Window) int64 { return w.Paid })
		rates = append(rates, key{text: "paid", line: paid})
	}
	if burst > l.throughput.max {
		at := vg.Point{X: right, Y: p.area.Max.Y + 3} // above the panel, but for where the legend is
		if right > l.width-timelineRight-1 {
			at = vg.Point{X: right - 2, Y: p.area.Max.Y - faultLabel - 6}
		}
		write(c, aligned(small, draw.XRight), at, fmt.Sprintf("bursts to %.0fk", burst/1000))
	}
	median, high, worst := stroke(blue), stroke(vermillion, 4, 1.5), draw.LineStyle{Color: quietInk, Width: 0.7, Dashes: []vg.Length{1, 1}}
	time := func(style draw.LineStyle, of func(cluster.Window) int64) {
		for _, part := range answeredParts(windows) {
			var points []vg.Point
			for _, w := range part {
				points = append(points, vg.Point{X: vg.Length(w.Start + half), Y: vg.Length(of(w))})
			}
			q.line(style, points)
		}
	}
	time(worst, func(w cluster.Window) int64 { return w.LatencyMax })
	time(high, func(w cluster.Window) int64 { return w.LatencyP99 })
	time(median, func(w cluster.Window) int64 { return w.LatencyP50 })
	faultLabels(p, run)
	p.xAxis(false)
	q.xAxis(true)
	p.yAxis(first)
	q.yAxis(first)
	write(c, aligned(small, draw.XCenter), vg.Point{X: (left + right) / 2, Y: q.area.Min.Y - 17}, "simulated time (s)")
	if first {
		write(c, heading, vg.Point{X: 2, Y: p.area.Max.Y + 9}, "operations/s")
		write(c, heading, vg.Point{X: 2, Y: q.area.Max.Y + 9}, "latency of replies")
	}
	if last := len(l.runs) == 1 || left > l.width/2 || l.across == 1; last && right > l.width-timelineRight-1 {
		legendRight(c, right, p.area.Max.Y+9, rates)
		legendRight(c, right, q.area.Max.Y+9, []key{{text: "p50", line: median}, {text: "p99", line: high}, {text: "max", line: worst}})
	}
}

func verdictInk(v Verdict) color.RGBA {
	switch v {
	case Pass:
		return passInk
	case Fail:
		return failInk
	}
	return quietInk
}

// windowLength is the time between two windows, 100 ms unless the run says otherwise.
func windowLength(run Run) sim.Time {
	if len(run.Windows) > 1 && run.Windows[1].Start > run.Windows[0].Start {
		return run.Windows[1].Start - run.Windows[0].Start
	}
	return 100 * sim.Millisecond
}

func perSecond(count int64, run Run) float64 {
	return float64(count) * inSeconds / float64(windowLength(run))
}

// shownWindows are the windows that lie within a span.
func shownWindows(run Run, from, to sim.Time) []cluster.Window {
	var result []cluster.Window
	for _, w := range run.Windows {
		if w.Start >= from && w.Start+windowLength(run) <= to {
			result = append(result, w)
		}
	}
	return result
}

// answeredParts splits windows where one had no reply, and so no latency.
func answeredParts(windows []cluster.Window) [][]cluster.Window {
	var parts [][]cluster.Window
	open := false
	for _, w := range windows {
		switch {
		case w.Answered == 0:
			open = false
		case open:
			parts[len(parts)-1] = append(parts[len(parts)-1], w)
		default:
			parts, open = append(parts, []cluster.Window{w}), true
		}
	}
	return parts
}

func timelineCaption(runs []Run) string {
	labels, parts := names(runs), []string(nil)
	for i, run := range runs {
		text := labels[i]
		for _, span := range spansOf(run.Latency) {
			if p99, _, found := quantile(run.Latency, span, 99_000); found {
				text += fmt.Sprintf(", p99 %s %s", span, duration(sim.Time(p99)))
			}
		}
		parts = append(parts, text)
	}
	return "Throughput and latency over simulated time, faults and recoveries shaded. " + strings.Join(parts, "; ") + "."
}
