package report

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/scenarios"
)

// Sizes of the matrix: it is as wide as a column of a paper.
const (
	matrixLeft   = vg.Length(84) // the names of anomalies end here
	matrixCell   = vg.Length(15.5)
	matrixRow    = vg.Length(11.5)
	matrixHead   = vg.Length(80) // the names of columns, upright
	matrixFoot   = vg.Length(32) // the legend
	matrixBorder = vg.Length(0.6)
)

// cellLook is how a kind of cell is drawn. Dark is worse, in grey as well, and
// each kind has a letter.
type cellLook struct {
	kind   scenarios.CellKind
	fill   color.RGBA
	letter string
	text   string
}

var cellLooks = []cellLook{
	{scenarios.CellShown, rgb(0xA63A00), "S", "shown"},
	{scenarios.CellUnseen, rgb(0xE69F00), "m", "a monitor alone sees it"},
	{scenarios.CellOther, rgb(0xD9D9D9), "o", "another anomaly"},
	{scenarios.CellPrevented, rgb(0xEAF4FB), "", "prevented"},
	{scenarios.CellNotApplicable, white, "-", "not applicable"},
}

func lookOf(kind scenarios.CellKind) cellLook {
	for _, look := range cellLooks {
		if look.kind == kind {
			return look
		}
	}
	return cellLook{kind, yellow, "?", "undecided"}
}

// hermitageFigure draws the matrix.
func hermitageFigure(h Hermitage) Figure {
	f := Figure{Name: "hermitage", Caption: hermitageCaption(h), width: columnWidth, height: matrixHead + matrixFoot + vg.Length(len(h))*matrixRow + 4}
	f.draw = func(c draw.Canvas) { drawHermitage(c, f, h) }
	return f
}

func drawHermitage(c draw.Canvas, f Figure, h Hermitage) {
	top := f.height - matrixHead
	upright := aligned(small, draw.XLeft)
	upright.Rotation = math.Pi / 2
	for i, column := range scenarios.HermitageColumns {
		x := matrixLeft + vg.Length(i)*matrixCell + matrixCell/2
		c.FillText(upright, vg.Point{X: x - small.Font.Size/10, Y: top + 4}, column.Name)
	}
	for n, row := range h {
		y := top - vg.Length(n)*matrixRow - matrixRow/2
		write(c, aligned(small, draw.XRight), vg.Point{X: matrixLeft - 4, Y: y}, row[0].Row.Title())
		for i := range row {
			drawCell(c, matrixLeft+vg.Length(i)*matrixCell, y, lookOf(row[i].Kind))
		}
	}
	drawMatrixLegend(c)
}

// drawCell draws one cell: left end and middle.
func drawCell(c draw.Canvas, left, y vg.Length, look cellLook) {
	box(c, left+matrixBorder, y-matrixRow/2+matrixBorder, left+matrixCell-matrixBorder, y+matrixRow/2-matrixBorder, look.fill)
	style := aligned(small, draw.XCenter)
	if dark(look.fill) {
		style = coloured(style, white)
	}
	at := vg.Point{X: left + matrixCell/2, Y: y}
	if look.kind == scenarios.CellPrevented {
		tick(c, at)
		return
	}
	write(c, style, at, look.letter)
}

// tick is a mark of what is as it should be: no face has one everywhere.
func tick(c draw.Canvas, at vg.Point) {
	c.StrokeLines(draw.LineStyle{Color: passInk, Width: vg.Points(1)}, []vg.Point{{X: at.X - 2.6, Y: at.Y}, {X: at.X - 0.8, Y: at.Y - 2}, {X: at.X + 2.8, Y: at.Y + 2.4}})
}

// drawMatrixLegend draws a cell of each kind with its meaning, in two lines.
func drawMatrixLegend(c draw.Canvas) {
	x, y := vg.Length(4), matrixFoot-10
	for i, look := range cellLooks {
		if i == 3 {
			x, y = 4, y-matrixRow
		}
		drawCell(c, x, y, look)
		if look.kind == scenarios.CellNotApplicable {
			c.StrokeLines(hair(gridInk), closed(x+matrixBorder, y-matrixRow/2+matrixBorder, x+matrixCell-matrixBorder, y+matrixRow/2-matrixBorder))
		}
		write(c, small, vg.Point{X: x + matrixCell + 2, Y: y}, look.text)
		x += matrixCell + 2 + small.Width(look.text) + keySpace
	}
}

// closed is the outline of a box.
func closed(left, bottom, right, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}, {X: left, Y: bottom}}
}

func hermitageCaption(h Hermitage) string {
	text := fmt.Sprintf("Anomalies of recovery (%d rows) and who has them (%d columns), each cell a scenario of a few operations.", len(h), len(scenarios.HermitageColumns))
	for i, column := range scenarios.HermitageColumns {
		shown, prevented := 0, 0
		for _, row := range h {
			switch row[i].Kind {
			case scenarios.CellShown, scenarios.CellUnseen:
				shown++
			case scenarios.CellPrevented:
				prevented++
			}
		}
		text += fmt.Sprintf(" %s: %d shown, %d prevented.", column.Name, shown, prevented)
	}
	return text
}
