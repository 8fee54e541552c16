package report

import (
	"fmt"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/scenarios"
	"simrun/sim"
)

// variantInk is how the two variants are drawn.
var variantInk = [len(scenarios.VariantNames)]draw.LineStyle{stroke(blue), stroke(vermillion, 4, 1.5)}

// A variantPanel shows one number of both variants over a number of failures.
type variantPanel struct {
	title, foot string
	series      [len(scenarios.VariantNames)][]vg.Point
	unit        float64
}

// variantsFigure draws what the variants differ in: how long the determinants take and what they weigh, over the
// number of neighbours that die at one instant, and how many bursts of failures are lost.
func variantsFigure(v Variants) Figure {
	panels := variantPanels(v)
	f := Figure{Name: "variants", Caption: variantsCaption(v), width: pageWidth, height: 142}
	f.draw = func(c draw.Canvas) { drawVariants(c, f, panels) }
	return f
}

func variantPanels(v Variants) []variantPanel {
	collect := variantPanel{title: "until the determinants are there, ms", foot: "neighbours that die at once", unit: inMilliseconds}
	fetched := variantPanel{title: "logs and state fetched, kB", foot: "neighbours that die at once", unit: 1000}
	bursts := variantPanel{title: "bursts lost, of 1,000", foot: "failures that strike in a burst, in the mean", unit: 1}
	for i, variant := range scenarios.VariantNames {
		for _, r := range v.Rows {
			if n := r.Case.Adjacent; n > 0 && r.Depth == "full" && r.Variant == variant {
				collect.series[i] = append(collect.series[i], vg.Point{X: vg.Length(n), Y: vg.Length(r.Collect)})
				fetched.series[i] = append(fetched.series[i], vg.Point{X: vg.Length(n), Y: vg.Length(r.Fetched)})
			}
		}
		for _, r := range v.Bursts {
			all := vg.Length(max(1, r.Bursts))
			lost := vg.Length(r.Bursts-r.Survived[i]) * 1000 / all
			bursts.series[i] = append(bursts.series[i], vg.Point{X: vg.Length(r.Struck[i]) / all, Y: lost})
		}
	}
	return []variantPanel{collect, fetched, bursts}
}

func drawVariants(c draw.Canvas, f Figure, panels []variantPanel) {
	var keys []key
	for i, variant := range scenarios.VariantNames {
		keys = append(keys, key{text: "recovery.variant " + variant, line: variantInk[i]})
	}
	legend(c, timelineLeft, f.height-7, keys)
	const left, gap, right = vg.Length(27), vg.Length(34), vg.Length(8)
	column := (f.width - left - right - vg.Length(len(panels)-1)*gap) / vg.Length(len(panels))
	for i := range panels {
		from := left + vg.Length(i)*(column+gap)
		drawVariantPanel(c, &panels[i], from, from+column, f.height-timelineHeading-legendPitch-4)
	}
}

func drawVariantPanel(c draw.Canvas, v *variantPanel, left, right, top vg.Length) {
	highest, most := v.unit, 1.0
	for _, points := range v.series {
		for _, at := range points {
			highest, most = max(highest, float64(at.Y)), max(most, float64(at.X))
		}
	}
	x := axis{min: 0.5, max: most + 0.5}
	for n := 1; n <= int(most); n++ {
		x.ticks = append(x.ticks, plot.Tick{Value: float64(n), Label: strconv.Itoa(n)})
	}
	p := newPanel(c, left, timelineFoot, right, top, x, fromZero(highest*1.05, v.unit, 5))
	p.rows()
	for i, points := range v.series {
		p.line(variantInk[i], points)
		for _, at := range points {
			dot(c, vg.Point{X: p.px(float64(at.X)), Y: p.py(float64(at.Y))}, 1.7, variantInk[i].Color)
		}
	}
	p.xAxis(true)
	p.yAxis(true)
	write(c, aligned(small, draw.XCenter), vg.Point{X: (left + right) / 2, Y: timelineFoot - 17}, v.foot)
	write(c, heading, vg.Point{X: left - 20, Y: top + 9}, v.title)
}

func variantsCaption(v Variants) string {
	text := "Recovery of clonos in its two variants, on a pipeline of four stages with 1 ms of latency and full sharing."
	for _, r := range v.Rows {
		if r.Depth == "full" && (r.Case.Adjacent == 1 || r.Case.Adjacent == 5) {
			text += fmt.Sprintf(" %s, %s: determinants after %s, %s fetched.", r.Case.Name, r.Variant, brief(sim.Time(r.Collect)), size(r.Fetched))
		}
	}
	lost, of := [len(scenarios.VariantNames)]int{}, 0
	for _, r := range v.Bursts {
		of += r.Bursts
		for i := range lost {
			lost[i] += r.Bursts - r.Survived[i]
		}
	}
	for i, variant := range scenarios.VariantNames {
		text += fmt.Sprintf(" Of %s of 1 to %d failures %s loses %s.", Plural(int64(of), "burst"), scenarios.BurstFailures, variant, number(int64(lost[i])))
	}
	return text
}
