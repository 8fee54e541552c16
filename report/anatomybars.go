package report

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/cluster"
	"simrun/sim"
)

// table gives the length of every phase, under a heading that is the legend of the bars too.
func (l *anatomyLayout) table(c draw.Canvas, left, top vg.Length) {
	right := aligned(small, draw.XRight)
	for i, phase := range phases {
		edge := left + vg.Length(i+1)*anatomyColumn - 3
		write(c, right, vg.Point{X: edge, Y: top - 5}, phase.name)
		box(c, edge-small.Width(phase.name)-9, top-8, edge-small.Width(phase.name)-3, top-2, phaseInk[i])
		for j, row := range l.rows {
			at := vg.Point{X: edge, Y: top - anatomyHeading - (vg.Length(j)+0.5)*l.pitch}
			length := *phase.of(&row.recovery)
			switch {
			case phase.name == phaseCatchUp && !row.recovery.CaughtUp:
				write(c, right, at, "never")
			case length == 0:
				write(c, aligned(quiet, draw.XRight), at, "–")
			default:
				write(c, right, at, brief(length))
			}
		}
	}
}

// rowLabel names the run at the left, in its first row, and the task at the bar.
func (l *anatomyLayout) rowLabel(c draw.Canvas, row anatomyRow, i int, left, y vg.Length) {
	room := l.gutter - 6
	if row.run != "" {
		name := fitted(small, row.run, max(room/2, room-6-small.Width(row.task)))
		if row.first || i == 0 {
			write(c, small, vg.Point{X: 2, Y: y}, name)
		}
		room -= small.Width(name) + 6
	}
	write(c, aligned(small, draw.XRight), vg.Point{X: left - 4, Y: y}, fitted(small, row.task, room))
}

// drawBar draws the phases side by side, each with its length inside where there is room, and the sum at the end.
func (l *anatomyLayout) drawBar(p panel, v cluster.Recovery, y vg.Length, whole bool) {
	shown, sum := len(phases), tookLabel(v)
	if !whole {
		shown, sum = connected, brief(untilConnected(v))
	}
	var end sim.Time
	for i, phase := range phases[:shown] {
		length := *phase.of(&v)
		if phase.name == phaseCatchUp && !v.CaughtUp {
			length = 0
		}
		from, to := p.px(float64(end)), p.px(float64(end+length))
		end += length
		if length == 0 {
			continue
		}
		box(p.canvas, from, y-l.bar/2, to, y+l.bar/2, phaseInk[i])
		if to-from > 3 { // a white seam, for those who see no colours
			p.canvas.StrokeLine2(hair(white), to, y-l.bar/2, to, y+l.bar/2)
		}
		if text := brief(length); small.Width(text)+4 <= to-from {
			ink := textInk
			if dark(phaseInk[i]) {
				ink = white
			}
			write(p.canvas, aligned(coloured(small, ink), draw.XCenter), vg.Point{X: (from + to) / 2, Y: y}, text)
		}
	}
	at := vg.Point{X: p.px(float64(end)) + 3, Y: y}
	if whole && !v.CaughtUp {
		p.canvas.StrokeLine2(draw.LineStyle{Color: sky, Width: 1, Dashes: []vg.Length{2, 1.5}}, at.X-3, y, p.area.Max.X, y)
		room := p.area.Max.X + anatomyRight - 3
		if at.X+small.Width(sum) > room {
			at.X = room - small.Width(sum)
		}
		box(p.canvas, at.X-1, y-4, at.X+small.Width(sum)+1, y+4, white)
	}
	write(p.canvas, small, at, sum)
}
