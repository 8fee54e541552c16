package report

import (
	"bytes"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Widths of a two-column paper, and the resolution of pixels.
const (
	columnWidth = vg.Length(3.4 * 72)
	pageWidth   = vg.Length(7 * 72)
	pngDPI      = 300
)

// Figure is one drawing. The same run gives the same bytes in each format.
type Figure struct {
	Name    string // recovery, timeline, latency-cdf, comparison-...
	Caption string // what it shows, with its main numbers, for those who cannot see it

	width, height vg.Length
	draw          func(draw.Canvas)
}

func init() {
	// A PDF would carry the time of day, and its fonts in the order of a map. vgpdf keeps its document to itself, so the
	// defaults of the whole process are set.
	fpdf.SetDefaultCreationDate(time.Unix(0, 0).UTC())
	fpdf.SetDefaultModificationDate(time.Unix(0, 0).UTC())
	fpdf.SetDefaultCatalogSort(true)
}

// Files returns the figure in all formats.
func (f Figure) Files() []File {
	return []File{
		{f.Name + ".svg", f.SVG},
		{f.Name + ".png", f.PNG},
		{f.Name + ".pdf", f.PDF},
	}
}

func (f Figure) on(c vg.CanvasSizer) {
	canvas := draw.New(c)
	box(canvas, 0, 0, f.width, f.height, white)
	f.draw(canvas)
}

// SVG names its fonts; where Liberation Sans is missing, others of the same widths take its place.
func (f Figure) SVG(w io.Writer) error {
	canvas := vgsvg.New(f.width, f.height)
	f.on(canvas)
	var buffer bytes.Buffer
	if _, err := canvas.WriteTo(&buffer); err != nil {
		return err
	}
	content := bytes.ReplaceAll(buffer.Bytes(), []byte("font-family:Liberation Sans"),
		[]byte("font-family:'Liberation Sans',Arimo,Helvetica,Arial,sans-serif"))
	_, err := w.Write(content)
	return err
}

// PNG is for slides and for the web, at 300 dots per inch.
func (f Figure) PNG(w io.Writer) error {
	canvas := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(f.width, f.height), vgimg.UseDPI(pngDPI))}
	f.on(canvas)
	_, err := canvas.WriteTo(w)
	return err
}

// PDF is for papers. It embeds the whole font.
func (f Figure) PDF(w io.Writer) error {
	canvas := westernText{vgpdf.New(f.width, f.height)}
	f.on(canvas)
	_, err := canvas.WriteTo(w)
	return err
}
