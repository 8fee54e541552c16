package report

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/cluster"
	"simrun/sim"
)

// A curve is one distribution: of a span of a run.
type curve struct {
	name   string
	style  draw.LineStyle
	points []cluster.LatencyPoint // of one span, in order of share
}

// spanInk gives the spans of one run their lines.
var spanInk = map[string]draw.LineStyle{
	"before": stroke(blue), "during": stroke(vermillion, 4, 1.5), "after": stroke(green, 1.5, 1), "all": stroke(blue),
}

// latencyTail draws which latency a share of the replies did not exceed, on an axis that gives every further nine of the
// share the same room: for one run its spans in one panel, for several a panel per span.
func latencyTail(name string, width vg.Length, runs []Run) Figure {
	f := Figure{Name: name, Caption: tailCaption(runs), width: width, height: 148}
	var panels [][]curve
	var titles []string
	if len(runs) == 1 {
		var curves []curve
		for _, span := range spansOf(runs[0].Latency) {
			curves = append(curves, curve{span, spanInk[span], pointsOf(runs[0].Latency, span)})
		}
		panels, titles = [][]curve{curves}, []string{"latency of replies"}
	} else {
		panels, titles = tailsBySpan(runs)
		f.height += legendGrid(nil, 0, 0, width-4, tailKeys(panels)) + 4
	}
	f.draw = func(c draw.Canvas) { drawTails(c, f, panels, titles) }
	return f
}

func tailsBySpan(runs []Run) (panels [][]curve, titles []string) {
	labels, styles := names(runs), inks(runs)
	for _, span := range append(append([]string{}, spans[:]...), "all") {
		var curves []curve
		for i, run := range runs {
			if points := pointsOf(run.Latency, span); len(points) > 0 && (span != "all" || len(spansOf(run.Latency)) == 1) {
				curves = append(curves, curve{labels[i], styles[i], points})
			}
		}
		if len(curves) > 0 {
			panels, titles = append(panels, curves), append(titles, map[string]string{
				"before": "latency before the fault", "during": "during recovery", "after": "after it", "all": "latency"}[span])
		}
	}
	return panels, titles
}

func pointsOf(points []cluster.LatencyPoint, span string) []cluster.LatencyPoint {
	var result []cluster.LatencyPoint
	for _, p := range points {
		if p.Span == span && p.Count > 0 {
			result = append(result, p)
		}
	}
	return result
}

// tailKeys has an entry for each name of a curve.
func tailKeys(panels [][]curve) []key {
	var keys []key
	seen := map[string]bool{}
	for _, curves := range panels {
		for _, each := range curves {
			if !seen[each.name] {
				keys, seen[each.name] = append(keys, key{text: each.name, line: each.style}), true
			}
		}
	}
	return keys
}

const tailRight = vg.Length(15) // half of the last label

func drawTails(c draw.Canvas, f Figure, panels [][]curve, titles []string) {
	if len(panels) == 0 || len(panels[0]) == 0 {
		write(c, aligned(heading, draw.XCenter), vg.Point{X: f.width / 2, Y: f.height / 2}, "No operation was answered.")
		return
	}
	var values []float64
	decades, keys := 2, tailKeys(panels)
	for _, curves := range panels {
		for _, each := range curves {
			for _, p := range each.points {
				values = append(values, float64(p.Latency))
			}
			decades = max(decades, int(math.Ceil(math.Min(resolution(each.points[0].Count), tailDecades)-1e-9)))
		}
	}
	top := f.height - timelineHeading
	if len(panels) > 1 {
		top -= legendGrid(&c, 2, f.height-7, f.width-4, keys) + 4
	}
	column := (f.width - timelineLeft - tailRight - vg.Length(len(panels)-1)*2*timelineGap) / vg.Length(len(panels))
	for i, curves := range panels {
		left := timelineLeft + vg.Length(i)*(column+2*timelineGap)
		p := newPanel(c, left, timelineFoot, left+column, top, tail(decades), latencies(values))
		p.columns()
		p.rows()
		for _, each := range curves {
			drawTail(p, each)
		}
		p.xAxis(true)
		p.yAxis(i == 0)
		write(c, aligned(small, draw.XCenter), vg.Point{X: left + column/2, Y: timelineFoot - 17}, "percentile of replies")
		at := vg.Point{X: left, Y: top + 9}
		if len(panels) == 1 {
			at.X = 2
			legendRight(c, left+column, top+9, keys)
		}
		write(c, heading, at, titles[i])
	}
}

// drawTail draws steps: a latency holds for every share up to its own. The curve ends with a dot at the largest latency,
// where the number of replies tells shares apart no further.
func drawTail(p panel, each curve) {
	end := math.Min(resolution(each.points[0].Count), p.x.max)
	var steps []vg.Point
	var last vg.Length
	kept := vg.Point{X: -1, Y: -1}
	for _, point := range each.points {
		place := end
		if point.Share < 100_000 {
			place = math.Min(end, -math.Log10(1-float64(point.Share)/100_000))
		}
		y := vg.Length(math.Max(float64(point.Latency), p.y.min))
		if vg.Length(place) < last {
			continue
		}
		if at := (vg.Point{X: p.px(place), Y: p.py(float64(y))}); point.Share < 100_000 && at.X-kept.X < 0.4 && at.Y-kept.Y < 0.4 {
			continue // too near to be seen
		} else {
			kept = at
		}
		steps = append(steps, vg.Point{X: last, Y: y}, vg.Point{X: vg.Length(place), Y: y})
		last = vg.Length(place)
	}
	p.line(each.style, steps)
	if n := len(steps); n > 0 {
		dot(p.canvas, vg.Point{X: p.px(float64(steps[n-1].X)), Y: p.py(float64(steps[n-1].Y))}, 1.5, each.style.Color)
	}
}

// resolution is where the last of n replies lies on the axis of shares.
func resolution(n int64) float64 {
	return math.Log10(float64(max(n, 1)))
}

func tailCaption(runs []Run) string {
	labels, parts := names(runs), []string(nil)
	for i, run := range runs {
		for _, span := range spansOf(run.Latency) {
			p50, count, _ := quantile(run.Latency, span, 50_000)
			p99, _, _ := quantile(run.Latency, span, 99_000)
			parts = append(parts, fmt.Sprintf("%s %s: p50 %s, p99 %s of %s",
				labels[i], span, duration(sim.Time(p50)), duration(sim.Time(p99)), Plural(count, "reply")))
		}
	}
	if len(parts) == 0 {
		return "Distribution of latency: no operation was answered."
	}
	return "Distribution of latency by span of the run. " + strings.Join(parts, "; ") + "."
}
