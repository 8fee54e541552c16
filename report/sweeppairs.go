package report

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/sim"
)

// pairMap shows two crashes a run: down the task that died first, across the one that died second. Left it says what the
// runs came to, right how long recovery took, in the middle of them.
type pairMap struct {
	height vg.Length
	tasks  []string
	panels []pairPanel
	times  timeTones
	used   []bool
	sum    [len(outcomes)]int // runs by tone
	foot   vg.Length          // labels below
	gutter vg.Length
}

type pairPanel struct {
	name, counts string
	cells        [][]pairCell // by first and second task
}

type pairCell struct {
	runs  [len(outcomes)]int // by tone
	times []sim.Time
}

const pairTall = vg.Length(10)

func newPairMap(s *Sweep) *pairMap {
	m := &pairMap{tasks: s.Tasks}
	index := map[string]int{}
	for i, name := range s.Tasks {
		index[name] = i
		m.gutter = max(m.gutter, small.Width(name))
	}
	m.foot = m.gutter + 8
	for i := range s.Groups {
		g := &s.Groups[i]
		n := len(m.panels) - 1
		if n < 0 || m.panels[n].name != g.Protocol {
			p := pairPanel{name: g.Protocol}
			for range s.Tasks {
				p.cells = append(p.cells, make([]pairCell, len(s.Tasks)))
			}
			m.panels = append(m.panels, p)
			n++
		}
		rows := s.of(g)
		for j := range rows {
			r := &rows[j]
			if r.Second.Kind == "" {
				continue
			}
			cell := &m.panels[n].cells[index[r.First.Task]][index[r.Second.Task]]
			cell.runs[outcomeTone(r)]++
			if r.Recovered && r.Outcome != OutcomeMissed {
				cell.times = append(cell.times, r.Recovery)
			}
		}
	}
	m.settle()
	return m
}

// settle counts, and finds the scale of the medians.
func (m *pairMap) settle() {
	var medians []sim.Time
	for i := range m.panels {
		p := &m.panels[i]
		sum := [len(outcomes)]int{}
		for _, row := range p.cells {
			for k := range row {
				for t, n := range row[k].runs {
					sum[t] += n
				}
				if slices.Sort(row[k].times); len(row[k].times) > 0 {
					medians = append(medians, row[k].median())
				}
			}
		}
		for t, n := range sum {
			m.sum[t] += n
		}
		p.counts = fmt.Sprintf("%s ok", number(int64(sum[len(sum)-1])))
		for t := range len(sum) - 1 {
			if sum[t] > 0 {
				p.counts += fmt.Sprintf(", %s %s", number(int64(sum[t])), outcomeTones[t].text)
			}
		}
	}
	slices.Sort(medians)
	m.times = timeTonesOf(medians)
	m.used = make([]bool, len(m.times.tones))
	for _, t := range medians {
		m.used[m.times.ofTime(t)] = true
	}
	m.height = vg.Length(len(m.panels))*(laneHeading+vg.Length(len(m.tasks))*pairTall+laneBetween) + m.foot + 2*legendPitch + 12
}

func (c *pairCell) median() sim.Time { return c.times[(len(c.times)-1)/2] }

func (c *pairCell) sum() (n int) {
	for _, runs := range c.runs {
		n += runs
	}
	return n
}

func (m *pairMap) size() vg.Length { return m.height }

func (m *pairMap) draw(c draw.Canvas) {
	left := 2 + m.gutter + 14
	width := (pageWidth - 8 - left - laneGap) / 2
	top := m.height
	for _, p := range m.panels {
		write(c, heading, vg.Point{X: left, Y: top - 8}, p.name)
		write(c, quiet, vg.Point{X: left + heading.Width(p.name) + 6, Y: top - 8}, fitted(quiet, p.counts, width-heading.Width(p.name)-8))
		write(c, quiet, vg.Point{X: left + width + laneGap, Y: top - 8}, "recovery time, median")
		for i, name := range m.tasks {
			y := top - laneHeading - (vg.Length(i)+0.5)*pairTall
			write(c, aligned(small, draw.XRight), vg.Point{X: left - 4, Y: y}, name)
			for k := range m.tasks {
				m.cell(c, &p.cells[i][k], left+vg.Length(k)*width/vg.Length(len(m.tasks)), y, width/vg.Length(len(m.tasks)), left, width)
			}
		}
		sideways := aligned(coloured(small, quietInk), draw.XCenter)
		sideways.Rotation = math.Pi / 2
		c.FillText(sideways, vg.Point{X: 6, Y: top - laneHeading - vg.Length(len(m.tasks))*pairTall/2}, "dies first")
		top -= laneHeading + vg.Length(len(m.tasks))*pairTall + laneBetween
	}
	m.labels(c, left, width, top+laneBetween)
	legendGrid(&c, left, legendPitch+5, width, m.keys())
	legendGrid(&c, left+width+laneGap, legendPitch+5, width, toneKeys(m.times.tones, m.used))
}

// keys are the legend of what occurs.
func (m *pairMap) keys() []key {
	keys := []key{{text: "ok", fill: okTint(1)}}
	if m.sum[3] > 0 {
		keys = append(keys, key{text: "ok, few struck", fill: okTint(0.2)})
	}
	if m.sum[0] > 0 {
		keys = append(keys, key{text: "some violated", fill: violatedTint(0)}, key{text: "all violated", fill: violatedTint(1)})
	}
	if m.sum[2] > 0 {
		keys = append(keys, key{text: "some undecided", fill: yellow})
	}
	if m.sum[1] > 0 {
		keys = append(keys, key{text: "internal", fill: black})
	}
	return keys
}

// labels name the tasks below the last panel, upwards.
func (m *pairMap) labels(c draw.Canvas, left, width, top vg.Length) {
	style := aligned(small, draw.XRight)
	style.Rotation = math.Pi / 2
	for k, name := range m.tasks {
		for _, from := range [...]vg.Length{left, left + width + laneGap} {
			x := from + (vg.Length(k)+0.5)*width/vg.Length(len(m.tasks))
			c.FillText(style, vg.Point{X: x, Y: top - 3}, name)
		}
	}
	for _, from := range [...]vg.Length{left, left + width + laneGap} {
		write(c, aligned(quiet, draw.XCenter), vg.Point{X: from + width/2, Y: top - m.foot - 2}, "dies second")
	}
}

func okTint(share float64) color.RGBA       { return blend(rgb(0xE8F3FA), rgb(0x9CCBE8), share) }
func violatedTint(share float64) color.RGBA { return blend(rgb(0xF2B48F), vermillion, share) }

func blend(a, b color.RGBA, share float64) color.RGBA {
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*share)) }
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// cell draws one pair of tasks in both halves.
func (m *pairMap) cell(c draw.Canvas, of *pairCell, x, y, wide, left, width vg.Length) {
	runs := of.sum()
	if runs == 0 {
		return
	}
	violated, internal, undecided, missed := of.runs[0], of.runs[1], of.runs[2], of.runs[3]
	struck := runs - missed
	ink, text := gridInk, "0"
	switch {
	case internal > 0:
		ink, text = black, number(int64(internal))
	case violated > 0:
		ink, text = violatedTint(float64(violated)/float64(struck)), fmt.Sprintf("%d/%d", violated, struck)
	case undecided > 0:
		ink, text = yellow, fmt.Sprintf("%d/%d", undecided, struck)
	case struck > 0:
		ink, text = okTint(float64(struck)/float64(runs)), fmt.Sprint(struck)
	}
	inBox(c, x, y, wide, ink, text)
	if len(of.times) > 0 {
		t := of.median()
		inBox(c, x+width+laneGap, y, wide, m.times.tones[m.times.ofTime(t)].ink, milliseconds(t))
	}
}

// inBox draws a cell with its number, if that fits.
func inBox(c draw.Canvas, x, y, wide vg.Length, ink color.RGBA, text string) {
	box(c, x+0.3, y-pairTall/2+0.3, x+wide-0.3, y+pairTall/2-0.3, ink)
	style := aligned(sans(6, textInk), draw.XCenter)
	if dark(ink) {
		style = coloured(style, white)
	}
	if style.Width(text) < wide-1 {
		write(c, style, vg.Point{X: x + wide/2, Y: y}, text)
	}
}

// milliseconds is a time as a bare number: the unit stands in the legend.
func milliseconds(t sim.Time) string {
	if t < 10*sim.Millisecond {
		_, text := fixed(int64(t), int64(sim.Millisecond), 1)
		return text
	}
	_, text := fixed(int64(t), int64(sim.Millisecond), 0)
	return text
}
