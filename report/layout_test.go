package report

import (
	"fmt"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// placed is a text on a figure with the box that its letters take.
type placed struct {
	text string
	box  vg.Rectangle
}

func placedTexts(f Figure) []placed {
	var canvas recorder.Canvas
	f.draw(draw.NewCanvas(&canvas, f.width, f.height))
	var texts []placed
	upright := true // or turned by a quarter
	for _, action := range canvas.Actions {
		switch a := action.(type) {
		case *recorder.Rotate:
			upright = a.Angle == 0
		case *recorder.Pop:
			upright = true
		}
		fill, ok := action.(*recorder.FillString)
		if !ok {
			continue
		}
		style := sans(fill.Size.Points(), black)
		if !upright {
			x, y := -fill.Point.Y, fill.Point.X
			texts = append(texts, placed{fill.String, vg.Rectangle{
				Min: vg.Point{X: x - fill.Size*3/4, Y: y}, Max: vg.Point{X: x + fill.Size/5, Y: y + style.Width(fill.String)},
			}})
			continue
		}
		texts = append(texts, placed{fill.String, vg.Rectangle{
			Min: vg.Point{X: fill.Point.X, Y: fill.Point.Y - fill.Size/5},
			Max: vg.Point{X: fill.Point.X + style.Width(fill.String), Y: fill.Point.Y + fill.Size*3/4},
		}})
	}
	return texts
}

// misplaced returns what is wrong with the texts of a figure: beyond its edge, or one over another.
func misplaced(f Figure) []string {
	var wrong []string
	texts := placedTexts(f)
	for i, a := range texts {
		if a.box.Min.X < 0 || a.box.Min.Y < 0 || a.box.Max.X > f.width || a.box.Max.Y > f.height {
			wrong = append(wrong, fmt.Sprintf("%q reaches beyond the edge: %v of %v x %v", a.text, a.box, f.width, f.height))
		}
		for _, b := range texts[:i] {
			if a.box.Min.X < b.box.Max.X && b.box.Min.X < a.box.Max.X && a.box.Min.Y < b.box.Max.Y && b.box.Min.Y < a.box.Max.Y {
				wrong = append(wrong, fmt.Sprintf("%q overlaps %q", a.text, b.text))
			}
		}
	}
	return wrong
}

func TestTextsOfFiguresAreWholeAndApart(t *testing.T) {
	for name, runs := range drawnSamples() {
		for _, figure := range figuresOf(t, runs) {
			if len(placedTexts(figure)) == 0 {
				t.Errorf("%s/%s has no text", name, figure.Name)
			}
			for _, wrong := range misplaced(figure) {
				t.Errorf("%s/%s: %s", name, figure.Name, wrong)
			}
		}
	}
}

// The check above sees a figure that is too narrow and one whose texts coincide.
func TestMisplacedTextsAreSeen(t *testing.T) {
	at := func(x vg.Length) Figure {
		return Figure{width: 100, height: 40, draw: func(c draw.Canvas) {
			write(c, small, vg.Point{X: 5, Y: 20}, "until connected")
			write(c, small, vg.Point{X: x, Y: 20}, "replay")
		}}
	}
	if wrong := misplaced(at(70)); len(wrong) != 0 {
		t.Errorf("a good figure: %v", wrong)
	}
	if len(misplaced(at(85))) == 0 {
		t.Error("a text beyond the edge was not seen")
	}
	if len(misplaced(at(50))) == 0 {
		t.Error("a text over another was not seen")
	}
}
