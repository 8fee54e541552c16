package report

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/hunt"
)

// A bug takes one line of the figure.
const (
	museumPitch = vg.Length(7.6)
	museumLeft  = vg.Length(112)
	museumFoot  = vg.Length(26)
)

// museumFigure draws for each bug the mean number of runs to a catch with its interval,
// the bugs that take longest last. A hollow mark is of a bug that monitors alone see.
func museumFigure(m *Museum) Figure {
	list := slices.Clone(m.Trophies)
	slices.SortStableFunc(list, func(a, b hunt.Trophy) int {
		x, _, _ := hunt.MeanRuns(a.Catches, a.Runs)
		y, _, _ := hunt.MeanRuns(b.Catches, b.Runs)
		return cmp.Compare(x, y)
	})
	f := Figure{Name: "museum", Caption: "Mean number of random runs until a planted bug is caught, with 95 % intervals. " + m.Summary() + ".",
		width: pageWidth, height: museumFoot + vg.Length(len(list))*museumPitch + 18}
	f.draw = func(c draw.Canvas) { drawMuseum(c, f, list, m.Runs) }
	return f
}

func drawMuseum(c draw.Canvas, f Figure, list []hunt.Trophy, most int) {
	x := runsAxis(most)
	y := axis{min: 0, max: float64(max(1, len(list)))}
	p := newPanel(c, museumLeft, museumFoot, f.width-10, f.height-18, x, y)
	p.columns()
	for i := range list {
		drawTrophy(p, &list[i], float64(len(list)-i)-0.5)
	}
	p.xAxis(true)
	write(c, aligned(small, draw.XCenter), vg.Point{X: (museumLeft + f.width - 10) / 2, Y: 4}, "random runs to a catch")
	legend(c, museumLeft, f.height-8, []key{{text: "judges see it", fill: blue}, {text: "monitors alone", fill: sky}, {text: "not caught", fill: quietInk}})
}

func drawTrophy(p panel, t *hunt.Trophy, row float64) {
	y := p.py(row)
	name := small
	name.XAlign, name.YAlign = draw.XRight, draw.YCenter
	write(p.canvas, name, vg.Point{X: p.area.Min.X - 4, Y: y}, t.Bug.Name)
	mean, low, high := hunt.MeanRuns(t.Catches, t.Runs)
	at := func(v float64) vg.Length { return p.px(math.Min(v, p.x.max)) }
	if t.Catches == 0 {
		note := small
		note.YAlign = draw.YCenter
		p.canvas.StrokeLine2(stroke(quietInk, 1, 1.5), at(low), y, p.area.Max.X, y)
		write(p.canvas, coloured(aligned(note, draw.XRight), quietInk), vg.Point{X: at(low) - 3, Y: y}, t.Outcome())
		return
	}
	ink := blue
	if t.Judged == 0 {
		ink = sky
	}
	p.canvas.StrokeLine2(stroke(ink), at(low), y, at(high), y)
	dot(p.canvas, vg.Point{X: at(mean), Y: y}, 1.8, ink)
}

// runsAxis is a logarithmic axis from one run to a number of runs.
func runsAxis(most int) axis {
	a := axis{min: 0.9, max: 10, log: true}
	for a.max < float64(most) {
		a.max *= 10
	}
	for v := 1.0; v <= a.max; v *= 10 {
		a.ticks = append(a.ticks, plot.Tick{Value: v, Label: number(int64(v))})
	}
	a.max *= 1.1
	return a
}
