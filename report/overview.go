package report

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/cluster"
	"simrun/sim"
)

// overview is the one figure that says how several runs compare: a row each, with the verdict, how long the slowest
// recovery took and how many tasks it rolled back, the latency that clients saw meanwhile, and the bytes that safety cost
// for each byte of data.
func overview(name string, width vg.Length, runs []Run) Figure {
	l := newOverviewLayout(width, runs)
	return Figure{Name: name, Caption: overviewCaption(runs), width: width, height: l.height, draw: l.draw}
}

const (
	overviewPitch   = vg.Length(17)
	overviewBar     = vg.Length(9)
	overviewHeading = vg.Length(24) // two lines
	overviewFoot    = vg.Length(16)
	pillWidth       = vg.Length(46)
)

type overviewLayout struct {
	width, height vg.Length
	runs          []Run
	labels        []string
	gutter        vg.Length
	took          axis // of the slowest recoveries
	latency       axis
	cost          axis // per cent of the bytes of data
}

func newOverviewLayout(width vg.Length, runs []Run) *overviewLayout {
	l := &overviewLayout{width: width, runs: runs, labels: names(runs)}
	l.height = overviewHeading + vg.Length(len(runs))*overviewPitch + overviewFoot + legendPitch + 4
	var longest sim.Time
	var latency []float64
	most := 1.0
	for i, run := range runs {
		l.gutter = max(l.gutter, heading.Width(l.labels[i]))
		if v, found := slowest(run.Recoveries); found {
			longest = max(longest, untilReplayed(v), v.Total)
		}
		for _, span := range spansOf(run.Latency) {
			for _, share := range [...]int64{50_000, 99_000} {
				value, _, _ := quantile(run.Latency, span, share)
				latency = append(latency, float64(value))
			}
		}
		var sum float64
		for _, part := range costs(run.Protection) {
			sum += part.share
		}
		most = max(most, sum)
	}
	l.gutter = min(l.gutter, 90)
	l.took = axisFor(longest, 4)
	l.latency = latencies(latency)
	l.cost = fromZero(most, 1, 3)
	return l
}

// A cost is one part of what protection took, in per cent of the bytes of data.
type cost struct {
	name  string
	ink   color.RGBA
	share float64
}

func costs(p cluster.Protection) []cost {
	parts := []cost{{"determinants", green, float64(p.DeterminantBytes)}, {"headers", yellow, float64(p.HeaderBytes)},
		{"checkpoints", quietInk, float64(p.CheckpointBytes)}, {"standbys", rgb(0xB4B4B4), float64(p.StandbyBytes)}}
	for i := range parts {
		parts[i].share *= 100 / float64(max(p.DataBytes, 1))
	}
	return parts
}

func (l *overviewLayout) draw(c draw.Canvas) {
	top := l.height - overviewHeading
	bottom := top - vg.Length(len(l.runs))*overviewPitch
	left := 2 + l.gutter + 6 + pillWidth + 10
	rest := l.width - left
	took := newPanel(c, left, bottom, left+0.25*rest, top, l.took, axis{})
	latency := newPanel(c, left+0.25*rest+72, bottom, left+0.70*rest, top, l.latency, axis{})
	cost := newPanel(c, left+0.70*rest+28, bottom, l.width-34, top, l.cost, axis{})
	for _, p := range [...]panel{took, latency, cost} {
		p.columns()
	}
	l.headings(c, took, latency, cost)
	for i, run := range l.runs {
		y := top - (vg.Length(i)+0.5)*overviewPitch
		write(c, heading, vg.Point{X: 2, Y: y}, fitted(heading, l.labels[i], l.gutter))
		pill := 2 + l.gutter + 6
		box(c, pill, y-5.5, pill+pillWidth, y+5.5, verdictInk(run.Verdict))
		write(c, aligned(coloured(small, white), draw.XCenter), vg.Point{X: pill + pillWidth/2, Y: y}, string(run.Verdict))
		drawTook(took, run, y)
		drawRange(latency, run, y)
		drawCosts(cost, run, y)
	}
	for _, p := range [...]panel{took, latency, cost} {
		p.xAxis(true)
	}
}

func (l *overviewLayout) headings(c draw.Canvas, took, latency, cost panel) {
	first, second := l.height-7, l.height-17
	write(c, heading, vg.Point{X: 2, Y: first}, fitted(heading, title(l.runs), took.area.Min.X-8))
	write(c, quiet, vg.Point{X: 2, Y: second}, "every check held?")
	for _, each := range [...]struct {
		p           panel
		text, quiet string
	}{
		{took, "time to recover", "slowest recovery (" + unitName(l.took.max) + "), tasks rolled back"},
		{latency, "latency of replies", "p50–p99:"},
		{cost, "bytes of protection", "% of the bytes of data"},
	} {
		write(c, heading, vg.Point{X: each.p.area.Min.X, Y: first}, each.text)
		write(c, quiet, vg.Point{X: each.p.area.Min.X, Y: second}, each.quiet)
	}
	foot := vg.Length(6)
	legend(c, took.area.Min.X, foot, []key{{text: "until connected", fill: vermillion}, {text: "replay", fill: blue}, {text: "catch-up", fill: sky}})
	legend(c, latency.area.Min.X+quiet.Width("p50–p99:")+6, second, []key{{text: "before", line: rangeBefore}, {text: "during", line: rangeDuring}})
	var keys []key
	for _, part := range costs(cluster.Protection{}) {
		keys = append(keys, key{text: part.name, fill: part.ink})
	}
	legendRight(c, l.width-4, foot, keys)
}

func drawTook(p panel, run Run, y vg.Length) {
	v, found := slowest(run.Recoveries)
	if !found {
		write(p.canvas, quiet, vg.Point{X: p.area.Min.X + 3, Y: y}, "nothing recovered")
		return
	}
	var end sim.Time
	for _, part := range [...]struct {
		length sim.Time
		ink    color.RGBA
	}{{untilConnected(v), vermillion}, {v.Replay, blue}, {v.CatchUp, sky}} {
		box(p.canvas, p.px(float64(end)), y-overviewBar/2, p.px(float64(end+part.length)), y+overviewBar/2, part.ink)
		end += part.length
	}
	text := tookLabel(v)
	if v.TasksRolledBack > 0 && v.CaughtUp {
		text += " · " + Plural(int64(v.TasksRolledBack), "task")
	}
	write(p.canvas, small, vg.Point{X: p.px(float64(end)) + 3, Y: y}, text)
}

var (
	rangeBefore = draw.LineStyle{Color: quietInk, Width: 1}
	rangeDuring = draw.LineStyle{Color: vermillion, Width: 2}
)

// drawRange draws p50 to p99 before the fault above those during recovery, or those of the whole run.
func drawRange(p panel, run Run, y vg.Length) {
	one := func(span string, y vg.Length, style draw.LineStyle, radius vg.Length) {
		low, _, found := quantile(run.Latency, span, 50_000)
		high, _, _ := quantile(run.Latency, span, 99_000)
		if !found {
			return
		}
		a, b := p.px(float64(low)), p.px(float64(high))
		p.canvas.StrokeLine2(style, a, y, b, y)
		dot(p.canvas, vg.Point{X: a, Y: y}, radius, style.Color)
		dot(p.canvas, vg.Point{X: b, Y: y}, radius, style.Color)
	}
	if len(spansOf(run.Latency)) == 1 && spansOf(run.Latency)[0] == "all" {
		one("all", y, rangeBefore, 1.5)
		return
	}
	one("before", y+3.5, rangeBefore, 1.5)
	one("during", y-2.5, rangeDuring, 2)
}

func drawCosts(p panel, run Run, y vg.Length) {
	end, bytes := 0.0, int64(0)
	for _, part := range costs(run.Protection) {
		box(p.canvas, p.px(end), y-overviewBar/2, p.px(end+part.share), y+overviewBar/2, part.ink)
		end += part.share
	}
	bytes = protectionBytes(run.Protection)
	text := percent(bytes, run.Protection.DataBytes)
	if text == "" {
		text = size(bytes)
	}
	write(p.canvas, small, vg.Point{X: p.px(end) + 3, Y: y}, text)
}

func protectionBytes(p cluster.Protection) int64 {
	return p.DeterminantBytes + p.HeaderBytes + p.CheckpointBytes + p.StandbyBytes
}

func overviewCaption(runs []Run) string {
	labels, parts := names(runs), []string(nil)
	for i, run := range runs {
		text := labels[i] + " " + string(run.Verdict)
		if v, found := slowest(run.Recoveries); found && v.CaughtUp {
			text += ", recovered in " + duration(v.Total)
		} else if found {
			text += ", never caught up"
		}
		if p99, _, found := quantile(run.Latency, "during", 99_000); found {
			text += ", p99 during recovery " + duration(sim.Time(p99))
		}
		if bytes := percent(protectionBytes(run.Protection), run.Protection.DataBytes); bytes != "" {
			text += ", protection " + bytes + " of the bytes of data"
		}
		parts = append(parts, text)
	}
	return "Comparison of " + title(runs) + ". " + strings.Join(parts, "; ") + "."
}
