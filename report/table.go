package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// textWidth is the widest line that a terminal is expected to show.
const textWidth = 120

// A table has rows of cells; the first column is left-aligned, the others right-aligned and two spaces apart. A row of
// one cell is a heading or a line of its own and does not widen the columns.
type table struct {
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// widths of the columns, and of the widest line.
func (t *table) widths() (widths []int, line int) {
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if len(row) > 1 {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	line = -2
	for _, width := range widths {
		line += 2 + width
	}
	return widths, line
}

func (t *table) print(w *printer) {
	widths, _ := t.widths()
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			blank := strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell)))
			if i == 0 {
				line.WriteString(cell + blank)
			} else {
				line.WriteString("  " + blank + cell)
			}
		}
		w.line("%s", strings.TrimRight(line.String(), " "))
	}
}

// A printer writes lines and keeps the first error.
type printer struct {
	w *bufio.Writer
}

func newPrinter(w io.Writer) *printer { return &printer{bufio.NewWriter(w)} }

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(p.w, format+"\n", args...) // bufio keeps the error
}

// wrapped prints a text over several lines, the first after a head, the others as far in.
func (p *printer) wrapped(head, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(head))
	line, empty := head, true
	for _, word := range strings.Fields(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > textWidth {
			p.line("%s", line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	p.line("%s", strings.TrimRight(line, " "))
}

func (p *printer) end() error { return p.w.Flush() }
