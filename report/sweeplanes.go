package report

import (
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/sim"
)

// laneMap shows a mark for every run: from left to right the instant of the crash, from top to bottom the task. The runs
// of one instant are stacked in their lane. Left it says what they came to, right how long recovery took. Of a sweep
// without chosen crashes the lanes are groups, and seeds go from left to right; of
// a swarm numbers do.
type laneMap struct {
	height vg.Length
	bySeed bool
	unit   string // what goes from left to right, if not time: seed, number
	x      axis
	gutter vg.Length
	panels []lanePanel
	pitch  vg.Length // of lanes
	right  bool      // there are recoveries to show
	times  timeTones
	left   []bool // outcomes that occur
	slow   []bool // classes of recovery times that occur
}

// lanePanel is one protocol: its lanes of marks.
type lanePanel struct {
	name   string
	counts string
	lanes  []string
	marks  [][]mark
}

// mark is one run in a lane.
type mark struct {
	x             float64
	outcome, time int // -1: nothing recovered, nor had to
}

const (
	laneHeading = vg.Length(14)
	laneFoot    = vg.Length(22)
	laneGap     = vg.Length(12) // between the two halves
	laneColumn  = vg.Length(1)
	laneTall    = vg.Length(9.5)
	laneLow     = vg.Length(7.5) // where there are many tasks
	laneBetween = vg.Length(6)   // panels
)

func newLaneMap(s *Sweep) *laneMap {
	l := &laneMap{bySeed: s.Crashes == "", unit: "seed", left: make([]bool, len(outcomeTones))}
	if s.Crashes == CrashesSwarm {
		l.bySeed, l.unit = true, "number"
	}
	var times []sim.Time
	last, first := 0.0, 0.0
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.Recovered {
			times = append(times, r.Recovery)
		}
		if at := l.at(r); i == 0 {
			first, last = at, at
		} else {
			first, last = min(first, at), max(last, at)
		}
	}
	slices.Sort(times)
	l.times, l.right = timeTonesOf(times), len(times) > 0
	l.slow = make([]bool, len(l.times.tones))
	l.x = fromZero(last, inSeconds, 5)
	if l.bySeed {
		l.x = between(first, max(last, first+1), 1, 5)
	}
	l.fill(s)
	most := 0
	for _, p := range l.panels {
		most = max(most, len(p.lanes))
		l.height += laneHeading + vg.Length(len(p.lanes))*laneTall + laneBetween
		for _, name := range p.lanes {
			l.gutter = max(l.gutter, small.Width(name))
		}
	}
	l.pitch = laneTall
	if most > 12 {
		l.pitch = laneLow
		l.height -= vg.Length(l.lanes()) * (laneTall - laneLow)
	}
	l.gutter = min(l.gutter, 110)
	l.height += laneFoot + 2*legendPitch
	return l
}

func (l *laneMap) lanes() (n int) {
	for _, p := range l.panels {
		n += len(p.lanes)
	}
	return n
}

func (l *laneMap) at(r *SweepRow) float64 {
	switch {
	case r.Number > 0:
		return float64(r.Number)
	case l.bySeed:
		return float64(r.Seed)
	}
	return float64(r.First.At)
}

// fill sorts the runs into panels and lanes.
func (l *laneMap) fill(s *Sweep) {
	for i := range s.Groups {
		g := &s.Groups[i]
		n := len(l.panels) - 1
		if n < 0 || l.panels[n].name != g.Protocol {
			l.panels = append(l.panels, lanePanel{name: g.Protocol})
			n++
			if !l.bySeed {
				l.panels[n].lanes = s.Tasks
				l.panels[n].marks = make([][]mark, len(s.Tasks))
			}
		}
		p := &l.panels[n]
		if l.bySeed {
			p.lanes = append(p.lanes, map[bool]string{true: l.unit + "s", false: g.shortValues()}[g.Values == ""])
			p.marks = append(p.marks, nil)
		}
		rows := s.of(g)
		for j := range rows {
			r := &rows[j]
			lane := len(p.lanes) - 1
			if !l.bySeed {
				lane = slices.Index(s.Tasks, r.First.Task)
			}
			if lane < 0 {
				continue // the run without a crash
			}
			m := mark{l.at(r), outcomeTone(r), -1}
			l.left[m.outcome] = true
			if l.right && r.Recoveries > 0 {
				m.time = l.times.of(r)
				l.slow[m.time] = true
			}
			p.marks[lane] = append(p.marks[lane], m)
		}
	}
	for i := range l.panels {
		l.panels[i].counts = panelCounts(l.panels[i].marks)
	}
}

func panelCounts(lanes [][]mark) string {
	runs, violated := 0, 0
	for _, lane := range lanes {
		for _, m := range lane {
			runs++
			if m.outcome == 0 {
				violated++
			}
		}
	}
	text := Plural(int64(runs), "run")
	if violated > 0 {
		text += ", " + number(int64(violated)) + " violated"
	}
	return text
}

func (l *laneMap) size() vg.Length { return l.height }

func (l *laneMap) draw(c draw.Canvas) {
	left := 2 + l.gutter + 4
	right := pageWidth - 8
	middle := right
	if l.right {
		middle = left + (right-left-laneGap)/2
	}
	top := l.height
	for i, p := range l.panels {
		bottom := top - laneHeading - vg.Length(len(p.lanes))*l.pitch
		write(c, heading, vg.Point{X: left, Y: top - 8}, p.name)
		write(c, quiet, vg.Point{X: left + heading.Width(p.name) + 6, Y: top - 8}, p.counts)
		for k, name := range p.lanes {
			y := top - laneHeading - (vg.Length(k)+0.5)*l.pitch
			write(c, aligned(small, draw.XRight), vg.Point{X: left - 4, Y: y}, fitted(small, name, l.gutter))
		}
		last := i == len(l.panels)-1
		l.half(c, left, bottom, middle, top-laneHeading, p, last, func(m mark) int { return m.outcome }, outcomeTones)
		if l.right {
			write(c, quiet, vg.Point{X: middle + laneGap, Y: top - 8}, "recovery time")
			l.half(c, middle+laneGap, bottom, right, top-laneHeading, p, last, func(m mark) int { return m.time }, l.times.tones)
		}
		top = bottom - laneBetween
	}
	text := "simulated time of the crash (s)"
	if l.bySeed {
		text = l.unit
	}
	write(c, aligned(small, draw.XCenter), vg.Point{X: (left + middle) / 2, Y: top - 9}, text)
	if l.right {
		write(c, aligned(small, draw.XCenter), vg.Point{X: (middle + laneGap + right) / 2, Y: top - 9}, text)
	}
	legendGrid(&c, left, legendPitch+5, middle-left, toneKeys(outcomeTones, l.left))
	if l.right {
		legendGrid(&c, middle+laneGap, legendPitch+5, right-middle-laneGap, toneKeys(l.times.tones, l.slow))
	}
}

// half draws the lanes of one panel, once.
func (l *laneMap) half(c draw.Canvas, left, bottom, right, top vg.Length, of lanePanel, labels bool, class func(mark) int, tones []tone) {
	p := newPanel(c, left, bottom, right, top, l.x, axis{})
	p.columns()
	columns := int((right - left) / laneColumn)
	for k := range of.lanes {
		foot := top - vg.Length(k+1)*l.pitch
		c.StrokeLine2(hair(gridInk), left, foot, right, foot)
		stacks := make([][]int, columns) // per column: how many marks of each class
		most := 1
		for _, m := range of.marks[k] {
			if class(m) < 0 {
				continue
			}
			at := min(columns-1, max(0, int(l.x.at(m.x)*float64(columns))))
			if stacks[at] == nil {
				stacks[at] = make([]int, len(tones)+1)
			}
			stacks[at][class(m)]++
			stacks[at][len(tones)]++
			most = max(most, stacks[at][len(tones)])
		}
		room := l.pitch - 1
		for i, stack := range stacks {
			if stack != nil {
				x := left + vg.Length(i)*laneColumn
				full := stack[len(tones)]
				if !l.bySeed { // seeds are equally dense everywhere
					full = max(full, min(most, stackRows))
				}
				drawStack(c, x, foot+0.25, x+laneColumn, room, stack[:len(tones)], full, tones)
			}
		}
	}
	p.xAxis(labels)
}

// stackRows is how many runs of one column have a full mark each; more share the height.
const stackRows = 6

// drawStack draws the runs of one column, one colour above another. None is lower than a printer can show.
func drawStack(c draw.Canvas, left, foot, right, room vg.Length, counts []int, full int, tones []tone) {
	const least = vg.Length(0.9)
	y := foot
	for i, n := range counts {
		if n == 0 {
			continue
		}
		top := min(foot+room, max(y+least, y+room*vg.Length(n)/vg.Length(full)))
		box(c, left, y, right, top, tones[i].ink)
		y = top
	}
}
