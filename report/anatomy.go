package report

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/cluster"
	"simrun/sim"
)

// An anatomyRow is one bar: a recovery, with what stands before it.
type anatomyRow struct {
	run, task string // run is "" when there is only one
	recovery  cluster.Recovery
	first     bool // of its run, when several are drawn
}

// anatomyRowsMax bounds the bars of one figure; the rest stand in recovery.csv.
const anatomyRowsMax = 24

// anatomy draws each recovery as a bar of its phases, from the fault until it has caught up. Phases can differ a
// thousandfold, so in one column the bars are drawn again, only until the channels are attached, and across the page a
// table beside them gives the numbers.
func anatomy(name string, width vg.Length, runs []Run) Figure {
	rows, left := anatomyRows(runs)
	f := Figure{Name: name, width: width, Caption: anatomyCaption(runs)}
	if len(rows) == 0 {
		f.height = 36
		f.draw = func(c draw.Canvas) {
			write(c, aligned(heading, draw.XCenter), vg.Point{X: width / 2, Y: 18}, "No task had to be recovered.")
		}
		return f
	}
	l := newAnatomyLayout(width, rows, left)
	f.height = l.height
	f.draw = l.draw
	return f
}

func anatomyRows(runs []Run) (rows []anatomyRow, left int) {
	labels := names(runs)
	for i, run := range runs {
		for j, v := range run.Recoveries {
			row := anatomyRow{"", subject(v, run.Recoveries), v, j == 0 && i > 0}
			if len(runs) > 1 {
				row.run = labels[i]
			}
			rows = append(rows, row)
		}
	}
	left = max(0, len(rows)-anatomyRowsMax)
	return rows[:len(rows)-left], left
}

// anatomyLayout is the geometry of the figure, from the top down.
type anatomyLayout struct {
	width, height vg.Length
	rows          []anatomyRow
	left          int // rows that are not drawn
	keys          []key
	gutter        vg.Length // for row labels
	pitch, bar    vg.Length
	beside        bool // a table of the phases is beside the bars
	whole, start  axis
}

const (
	anatomyRight   = vg.Length(36) // for the label of the longest bar
	anatomyHeading = vg.Length(12)
	anatomyFoot    = vg.Length(14) // tick labels
	anatomyGap     = vg.Length(6)  // between panels
	anatomyColumn  = vg.Length(40) // of the table
)

func newAnatomyLayout(width vg.Length, rows []anatomyRow, left int) *anatomyLayout {
	l := &anatomyLayout{width: width, rows: rows, left: left, pitch: 13, bar: 9, beside: width > columnWidth}
	if len(rows) > 6 {
		l.pitch, l.bar = 10.5, 8
	}
	l.keys = anatomyKeys(rows)
	var total, start sim.Time
	for _, row := range rows {
		l.gutter = max(l.gutter, small.Width(row.run)+8+small.Width(row.task)+6)
		total = max(total, untilReplayed(row.recovery), row.recovery.Total)
		if !row.recovery.CaughtUp { // room for a bar without an end
			total = max(total, untilReplayed(row.recovery)*8/5)
		}
		start = max(start, untilConnected(row.recovery))
	}
	l.gutter = min(l.gutter, 0.42*columnWidth)
	l.whole = axisFor(total, 6)
	l.start = axisFor(start, 6)
	l.height = 2 + l.panelHeight()
	if !l.beside {
		l.height += legendGrid(nil, 0, 0, width-4, l.keys) + 3 + anatomyGap + l.panelHeight()
	}
	if left > 0 {
		l.height += legendPitch
	}
	return l
}

// anatomyKeys explains the phases that occur; where there is one bar only, with their lengths, however short.
func anatomyKeys(rows []anatomyRow) []key {
	var keys []key
	for i, phase := range phases {
		var longest sim.Time
		for _, row := range rows {
			longest = max(longest, *phase.of(&row.recovery))
		}
		if longest == 0 {
			continue
		}
		text := phase.name
		if len(rows) == 1 {
			text += " " + brief(longest)
		}
		keys = append(keys, key{text: text, fill: phaseInk[i]})
	}
	return keys
}

// axisFor labels an axis from zero in seconds, or in milliseconds where that reads better.
func axisFor(longest sim.Time, room int) axis {
	if longest >= sim.Second {
		return fromZero(float64(longest), inSeconds, room)
	}
	if longest == 0 {
		longest = sim.Second
	}
	return fromZero(float64(longest), inMilliseconds, room)
}

func unitName(longest float64) string {
	if longest >= inSeconds {
		return "s"
	}
	return "ms"
}

func (l *anatomyLayout) panelHeight() vg.Length {
	return anatomyHeading + vg.Length(len(l.rows))*l.pitch + 2 + anatomyFoot
}

func (l *anatomyLayout) draw(c draw.Canvas) {
	top := l.height - 1
	if l.beside {
		table := l.width - vg.Length(len(phases))*anatomyColumn
		l.panel(c, l.gutter, table-anatomyRight, top, true)
		l.table(c, table, top)
	} else {
		top -= legendGrid(&c, 2, l.height-6, l.width-4, l.keys) + 3
		l.panel(c, l.gutter, l.width-anatomyRight, top, true)
		l.panel(c, l.gutter, l.width-anatomyRight, top-l.panelHeight()-anatomyGap, false)
	}
	if l.left > 0 {
		write(c, quiet, vg.Point{X: 2, Y: 5}, fmt.Sprintf("and %s, in recovery.csv", Plural(int64(l.left), "more recovery")))
	}
}

// panel draws all rows, either whole or only their start.
func (l *anatomyLayout) panel(c draw.Canvas, left, right, top vg.Length, whole bool) {
	x, text := l.whole, "until caught up"
	if !whole {
		x, text = l.start, "of that, until connected"
	}
	bottom := top - anatomyHeading - vg.Length(len(l.rows))*l.pitch - 2
	p := newPanel(c, left, bottom, right, top-anatomyHeading, x, axis{})
	p.columns()
	write(c, heading, vg.Point{X: left, Y: top - 5}, fmt.Sprintf("%s (%s)", text, unitName(x.max)))
	for i, row := range l.rows {
		y := p.area.Max.Y - (vg.Length(i)+0.5)*l.pitch
		l.rowLabel(c, row, i, left, y)
		if row.first {
			c.StrokeLine2(hair(gridInk), left, y+l.pitch/2, right, y+l.pitch/2)
		}
		l.drawBar(p, row.recovery, y, whole)
	}
	p.xAxis(true)
	c.StrokeLine2(hair(textInk), left, bottom, left, p.area.Max.Y)
}

func anatomyCaption(runs []Run) string {
	labels, parts := names(runs), []string(nil)
	for i, run := range runs {
		v, found := slowest(run.Recoveries)
		if !found {
			continue
		}
		text := fmt.Sprintf("%s took %s", subject(v, run.Recoveries), duration(v.Total))
		if !v.CaughtUp {
			text = subject(v, run.Recoveries) + " never caught up"
		} else if long, length := longestPhase(v); length > 0 {
			text += fmt.Sprintf(", most of it %s (%s)", long, duration(length))
		}
		if len(run.Recoveries) > 1 {
			text = fmt.Sprintf("of %s the slowest, %s", Plural(int64(len(run.Recoveries)), "recovery"), text)
		}
		parts = append(parts, labels[i]+": "+text)
	}
	if len(parts) == 0 {
		return "Anatomy of recovery: no task had to be recovered."
	}
	return "Anatomy of recovery, from the fault to having caught up, by phase. " + strings.Join(parts, "; ") + "."
}

func longestPhase(v cluster.Recovery) (name string, length sim.Time) {
	for _, p := range phases {
		if *p.of(&v) > length {
			name, length = p.name, *p.of(&v)
		}
	}
	return name, length
}
