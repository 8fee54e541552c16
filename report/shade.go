package report

import (
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/cluster"
	"simrun/sim"
)

// disturbed is the span from the first fault to the last recovery; false if nothing happened. What never ended does not
// count beyond its replay.
func disturbed(run Run) (from, to sim.Time, found bool) {
	add := func(a, b sim.Time) {
		if !found || a < from {
			from = a
		}
		if !found || b > to {
			to = b
		}
		found = true
	}
	for _, m := range run.Marks {
		add(m.From, max(m.From, m.To))
	}
	for _, v := range run.Recoveries {
		add(v.At, v.At+max(untilReplayed(v), v.Total))
	}
	return from, to, found
}

// shownSpan is the part of the runs that a timeline shows: around what happened in any of them, as much calm before as
// it took and half as much again after; all of it where that is shorter.
func shownSpan(runs []Run) (from, to sim.Time) {
	var first, last, start, end sim.Time
	happened := false
	for i, run := range runs {
		warm, over := run.Warmup, run.Horizon
		if n := len(run.Windows); n > 0 {
			over = run.Windows[n-1].Start + windowLength(run)
			if warm >= over {
				warm = run.Windows[0].Start
			}
		}
		if i == 0 || warm < start {
			start = warm
		}
		end = max(end, over)
		if a, b, found := disturbed(run); found {
			if !happened || a < first {
				first = a
			}
			last, happened = max(last, b), true
		}
	}
	if !happened {
		return start, end
	}
	length := max(last-first, sim.Second)
	grid := windowLength(runs[0])
	return max(start, (first-length)/grid*grid), min(end, (last+length*3/2)/grid*grid)
}

// shade tints what happened: the spans of marks in grey, and over them the recoveries by what the task was doing, what
// is worse over what is better.
func shade(p panel, run Run) {
	for _, m := range run.Marks {
		p.band(float64(m.From), float64(m.To), spanTint)
	}
	for _, v := range run.Recoveries {
		end := v.At + v.Total
		if at, short := overtaken(v, run.Recoveries); short {
			end = at
		} else if !v.CaughtUp {
			end = sim.Time(p.x.max)
		}
		p.band(float64(v.At), float64(end), catchTint)
	}
	for _, v := range run.Recoveries {
		p.band(float64(v.At), float64(v.At+untilReplayed(v)), replayTint)
	}
	for _, v := range run.Recoveries {
		p.band(float64(v.At), float64(v.At+untilConnected(v)), downTint)
	}
}

// shadeKeys explains the tints that occur.
func shadeKeys(runs []Run) []key {
	var down, replay, catchUp, other bool
	for _, run := range runs {
		for _, v := range run.Recoveries {
			down = down || untilConnected(v) > 0
			replay = replay || v.Replay > 0
			catchUp = catchUp || v.CatchUp > 0 || !v.CaughtUp
		}
		for _, m := range run.Marks {
			other = other || m.To > m.From && isFault(m.Name)
		}
	}
	var keys []key
	for _, k := range [...]struct {
		occurs bool
		key    key
	}{
		{down, key{text: "until connected", fill: downTint}},
		{replay, key{text: "replay", fill: replayTint}},
		{catchUp, key{text: "catch-up", fill: catchTint}},
		{other, key{text: "while a fault lasts", fill: spanTint}},
	} {
		if k.occurs {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// isFault tells the marks that a scenario's faults leave from those of phases.
func isFault(name string) bool {
	verb, _, _ := strings.Cut(name, " ")
	switch verb {
	case "crash", "pause", "slow", "cut", "lose", "delay", "skew":
		return true
	}
	return false
}

// struckLines draws the instants at which something was struck.
func struckLines(p panel, run Run) {
	for _, m := range run.Marks {
		if isFault(m.Name) && float64(m.From) >= p.x.min && float64(m.From) <= p.x.max {
			x := p.px(float64(m.From))
			p.canvas.StrokeLine2(draw.LineStyle{Color: vermillion, Width: 0.6}, x, p.area.Min.Y, x, p.area.Max.Y)
		}
	}
}

// faultLabels names the faults above the data, each between its line and the next; where that is too narrow for one of
// them, it says how many there are.
func faultLabels(p panel, run Run) {
	var struck []cluster.Mark
	for _, m := range run.Marks {
		if isFault(m.Name) && float64(m.From) >= p.x.min && float64(m.From) <= p.x.max {
			struck = append(struck, m)
		}
	}
	if len(struck) == 0 {
		return
	}
	slices.SortStableFunc(struck, func(a, b cluster.Mark) int { return int(a.From - b.From) })
	red, y := coloured(small, failInk), p.area.Max.Y-6
	for i, m := range struck {
		end := p.area.Max.X
		if i+1 < len(struck) {
			end = p.px(float64(struck[i+1].From))
		}
		if len(struck) > 1 && p.px(float64(m.From))+4+small.Width(m.Name) > end {
			text := Plural(int64(len(struck)), "fault")
			at := vg.Point{X: min(p.px(float64(struck[0].From))+2, p.area.Max.X-small.Width(text)-2), Y: y}
			box(p.canvas, at.X-1, y-4, at.X+small.Width(text)+1, y+4, white)
			write(p.canvas, red, at, text)
			return
		}
	}
	for _, m := range struck {
		name := fitted(small, m.Name, (p.area.Max.X-p.area.Min.X)*3/4)
		at := vg.Point{X: p.px(float64(m.From)) + 2, Y: y}
		if at.X+small.Width(name) > p.area.Max.X {
			at.X = p.px(float64(m.From)) - 2 - small.Width(name)
		}
		write(p.canvas, red, at, name)
	}
}
