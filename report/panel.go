package report

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A panel is a data area on a canvas with its two axes. What is drawn first lies beneath: tints, then the grid, then
// data, then the frame.
type panel struct {
	canvas draw.Canvas
	area   vg.Rectangle
	x, y   axis
}

func newPanel(c draw.Canvas, left, bottom, right, top vg.Length, x, y axis) panel {
	return panel{c, vg.Rectangle{Min: vg.Point{X: left, Y: bottom}, Max: vg.Point{X: right, Y: top}}, x, y}
}

func (p panel) px(v float64) vg.Length {
	return p.area.Min.X + vg.Length(p.x.at(v))*(p.area.Max.X-p.area.Min.X)
}

func (p panel) py(v float64) vg.Length {
	return p.area.Min.Y + vg.Length(p.y.at(v))*(p.area.Max.Y-p.area.Min.Y)
}

// band tints the area between two values of x, as far as it shows.
func (p panel) band(from, to float64, tint color.Color) {
	left, right := max(p.px(from), p.area.Min.X), min(p.px(to), p.area.Max.X)
	if left < right {
		box(p.canvas, left, p.area.Min.Y, right, p.area.Max.Y, tint)
	}
}

// rows draws the horizontal grid, columns the vertical one.
func (p panel) rows() {
	for _, tick := range p.y.ticks {
		y := p.py(tick.Value)
		p.canvas.StrokeLine2(hair(gridInk), p.area.Min.X, y, p.area.Max.X, y)
	}
}

func (p panel) columns() {
	for _, tick := range p.x.ticks {
		x := p.px(tick.Value)
		p.canvas.StrokeLine2(hair(gridInk), x, p.area.Min.Y, x, p.area.Max.Y)
	}
}

// xAxis draws the line at the foot with ticks and, if wanted, the labels that have room.
func (p panel) xAxis(labels bool) {
	y, taken := p.area.Min.Y, vg.Length(0)
	p.canvas.StrokeLine2(hair(textInk), p.area.Min.X, y, p.area.Max.X, y)
	for _, tick := range p.x.ticks {
		x := p.px(tick.Value)
		p.canvas.StrokeLine2(hair(textInk), x, y, x, y-2)
		half := small.Width(tick.Label) / 2
		if labels && tick.Label != "" && x-half >= taken && x+half <= p.area.Max.X+p.overhang() {
			write(p.canvas, aligned(small, draw.XCenter), vg.Point{X: x, Y: y - 7}, tick.Label)
			taken = x + half + 3
		}
	}
}

// overhang is how far the last label may reach beyond the area: not to the edge of the canvas, nor far into what may be
// beside the panel.
func (p panel) overhang() vg.Length {
	return min(p.canvas.Max.X-p.area.Max.X-1, 14)
}

func (p panel) yAxis(labels bool) {
	x := p.area.Min.X
	p.canvas.StrokeLine2(hair(textInk), x, p.area.Min.Y, x, p.area.Max.Y)
	for _, tick := range p.y.ticks {
		y := p.py(tick.Value)
		p.canvas.StrokeLine2(hair(textInk), x-2, y, x, y)
		if labels {
			write(p.canvas, aligned(small, draw.XRight), vg.Point{X: x - 3.5, Y: y}, tick.Label)
		}
	}
}

// line draws points that belong together, cut off at the area.
func (p panel) line(style draw.LineStyle, points []vg.Point) {
	clip := draw.Canvas{Canvas: p.canvas.Canvas, Rectangle: p.area}
	placed := make([]vg.Point, len(points))
	for i, point := range points {
		placed[i] = vg.Point{X: p.px(float64(point.X)), Y: p.py(float64(point.Y))}
	}
	if len(placed) == 1 {
		dot(clip, placed[0], 1, style.Color)
		return
	}
	clip.StrokeLines(style, clip.ClipLinesXY(placed)...)
}

func box(c draw.Canvas, left, bottom, right, top vg.Length, fill color.Color) {
	c.FillPolygon(fill, []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}})
}

// dot is a filled disc; as a polygon, which all formats draw alike.
func dot(c draw.Canvas, at vg.Point, radius vg.Length, fill color.Color) {
	c.FillPolygon(fill, disc(at, radius))
}

func disc(at vg.Point, radius vg.Length) []vg.Point {
	// Cosine and sine of multiples of 15 degrees.
	quarter := [...][2]vg.Length{{1, 0}, {0.965926, 0.258819}, {0.866025, 0.5}, {0.707107, 0.707107}, {0.5, 0.866025}, {0.258819, 0.965926}}
	var points []vg.Point
	cos, sin := vg.Length(1), vg.Length(0)
	for range 4 {
		for _, q := range quarter {
			points = append(points, vg.Point{X: at.X + radius*(q[0]*cos-q[1]*sin), Y: at.Y + radius*(q[0]*sin+q[1]*cos)})
		}
		cos, sin = -sin, cos
	}
	return points
}
