package report

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A key is one entry of a legend: a line, or a swatch where fill is set. Legends lie outside the data.
type key struct {
	text string
	line draw.LineStyle
	fill color.Color
}

const (
	keySample = vg.Length(13) // a line sample
	keySwatch = vg.Length(7)
	keyGap    = vg.Length(3) // between sample and text
	keySpace  = vg.Length(8) // between entries
)

func (k key) sample() vg.Length {
	if k.fill != nil {
		return keySwatch
	}
	return keySample
}

func (k key) width() vg.Length { return k.sample() + keyGap + small.Width(k.text) }

func legendWidth(keys []key) vg.Length {
	width := -keySpace
	for _, k := range keys {
		width += k.width() + keySpace
	}
	return width
}

// legend draws keys in a row whose middle is at y, from the left end.
func legend(c draw.Canvas, left, y vg.Length, keys []key) {
	for _, k := range keys {
		if k.fill != nil {
			box(c, left, y-3, left+keySwatch, y+3, k.fill)
		} else {
			c.StrokeLine2(k.line, left, y, left+keySample, y)
		}
		write(c, small, vg.Point{X: left + k.sample() + keyGap, Y: y}, k.text)
		left += k.width() + keySpace
	}
}

// legendRight ends the row at the right.
func legendRight(c draw.Canvas, right, y vg.Length, keys []key) {
	legend(c, right-legendWidth(keys), y, keys)
}

const legendPitch = vg.Length(10)

// legendGrid draws keys in columns of one width, as many as there is room for, and returns the height it took. With a
// nil canvas it only measures.
func legendGrid(c *draw.Canvas, left, y, room vg.Length, keys []key) (height vg.Length) {
	var widest vg.Length
	for _, k := range keys {
		widest = max(widest, k.width()+keySpace)
	}
	across := max(1, int((room+keySpace)/max(widest, 1)))
	for i, k := range keys {
		if c != nil {
			legend(*c, left+vg.Length(i%across)*widest, y-vg.Length(i/across)*legendPitch, []key{k})
		}
	}
	return vg.Length((len(keys)+across-1)/across) * legendPitch
}
