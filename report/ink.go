package report

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The palette of Okabe and Ito, which people with any form of colour blindness can tell apart. Tints are blended with
// white here, because translucent fills come out grey in PDF.
var (
	black      = rgb(0x000000)
	orange     = rgb(0xE69F00)
	sky        = rgb(0x56B4E9)
	green      = rgb(0x009E73)
	yellow     = rgb(0xF0E442)
	blue       = rgb(0x0072B2)
	vermillion = rgb(0xD55E00)
	purple     = rgb(0xCC79A7)

	white      = rgb(0xFFFFFF)
	textInk    = rgb(0x1A1A1A)
	quietInk   = rgb(0x595959)
	gridInk    = rgb(0xE1E1E1)
	passInk    = rgb(0x007A5A) // dark enough for small text
	failInk    = rgb(0xB84A00)
	spanTint   = rgb(0xECECEC) // whatever the scenario did besides a crash
	downTint   = rgb(0xF6D3C0) // a task is down
	replayTint = rgb(0xCFE3F1) // it replays
	catchTint  = rgb(0xE6F3FB) // it catches up
)

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// dark tells whether white text reads better on a colour than black.
func dark(c color.RGBA) bool {
	return 299*int(c.R)+587*int(c.G)+114*int(c.B) < 128_000
}

// phaseInk colours the phases of a recovery, in their order.
var phaseInk = [len(phases)]color.RGBA{quietInk, purple, orange, yellow, green, blue, sky}

// protocolInk colours and dashes the protocols: the same in every figure, whichever others are drawn.
var protocolInk = map[string]draw.LineStyle{
	"clonos": stroke(blue),
	"global": stroke(orange, 4, 1.5),
	"redo":   stroke(purple, 1.5, 1),
	"none":   stroke(vermillion, 5, 1, 1, 1),
}

// otherInk is for protocols without a colour of their own, and for results that do not differ in protocol.
var otherInk = [...]draw.LineStyle{
	stroke(blue), stroke(orange, 4, 1.5), stroke(green, 1.5, 1), stroke(vermillion, 5, 1, 1, 1),
	stroke(purple, 2.5, 1), stroke(sky, 6, 2), stroke(black, 1, 1), stroke(yellow, 3, 1, 1, 1),
}

// inks gives each of several results its line style.
func inks(runs []Run) []draw.LineStyle {
	result, used := make([]draw.LineStyle, len(runs)), map[string]bool{}
	own := true
	for _, run := range runs {
		_, known := protocolInk[run.Protocol]
		own = own && known && !used[run.Protocol]
		used[run.Protocol] = true
	}
	for i, run := range runs {
		if own {
			result[i] = protocolInk[run.Protocol]
		} else {
			result[i] = otherInk[i%len(otherInk)]
		}
	}
	return result
}

func stroke(c color.Color, dashes ...vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(1), Dashes: dashes}
}

func hair(c color.Color) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(0.5)}
}

// Small text is 7 pt, headings are 8 pt: the sizes of a caption in a two-column paper. There is no bold face: every face
// adds 200 KB to a PDF.
var (
	small   = sans(7, textInk)
	quiet   = sans(7, quietInk)
	heading = sans(8, textInk)
)

func sans(points float64, c color.Color) draw.TextStyle {
	return draw.TextStyle{
		Color:   c,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(points)},
		Handler: plot.DefaultTextHandler,
		YAlign:  draw.YCenter,
	}
}

// coloured and aligned return a text style that differs in one thing.
func coloured(style draw.TextStyle, c color.Color) draw.TextStyle {
	style.Color = c
	return style
}

func aligned(style draw.TextStyle, x draw.XAlignment) draw.TextStyle {
	style.XAlign = x
	return style
}

// write puts a text beside, around or before a point, by its style. The middle of the letters is at the height of the
// point: the text handler has it a tenth of the size lower.
func write(c draw.Canvas, style draw.TextStyle, at vg.Point, text string) {
	at.Y += style.Font.Size / 10
	c.FillText(style, at, text)
}

// fitted shortens a text until it is no wider than the room.
func fitted(style draw.TextStyle, text string, room vg.Length) string {
	for width := len([]rune(text)); width >= 3 && style.Width(text) > room; width-- {
		text = shortened(text, width)
	}
	return text
}
