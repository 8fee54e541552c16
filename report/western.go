package report

import (
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// westernText is a PDF whose texts are in Windows-1252: vgpdf embeds fonts in that encoding, but hands texts on as they
// are, so that a µ would come out as two wrong letters.
type westernText struct {
	*vgpdf.Canvas
}

func (c westernText) FillString(face font.Face, at vg.Point, text string) {
	c.Canvas.FillString(face, at, western(text))
}

// western encodes a text in Windows-1252. What the encoding lacks becomes a question mark.
func western(text string) string {
	// The letters from 0x80 to 0x9f; zero where there is none. All others are as in Unicode.
	const odd = "€\x00‚ƒ„…†‡ˆ‰Š‹Œ\x00Ž\x00\x00‘’“”•–—˜™š›œ\x00žŸ"
	bytes := make([]byte, 0, len(text))
next:
	for _, letter := range text {
		if letter < 0x80 || letter >= 0xA0 && letter <= 0xFF {
			bytes = append(bytes, byte(letter))
			continue
		}
		code := byte(0x80)
		for _, other := range odd {
			if letter == other {
				bytes = append(bytes, code)
				continue next
			}
			code++
		}
		bytes = append(bytes, '?')
	}
	return string(bytes)
}
