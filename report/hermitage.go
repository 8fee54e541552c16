package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"simrun/scenarios"
)

// Hermitage is the anomaly matrix: cells by row and by column.
type Hermitage [][]scenarios.HermitageCell

// Files are the matrix as tables and figure, and each cell as a scenario of its own.
func (h Hermitage) Files() []File {
	files := append([]File{{"hermitage.csv", h.writeCSV}, {"hermitage.md", h.writeMarkdown}}, hermitageFigure(h).Files()...)
	for _, row := range h {
		for i := range row {
			c := &row[i]
			files = append(files, File{"cells/" + c.FileName(), func(w io.Writer) error {
				_, err := w.Write(c.File())
				return err
			}})
		}
	}
	return files
}

// Unexpected counts the cells that did not come to what the matrix says.
func (h Hermitage) Unexpected() (n int) {
	for _, row := range h {
		for i := range row {
			if !row[i].AsExpected() {
				n++
			}
		}
	}
	return n
}

// Sum says in a sentence what the matrix holds.
func (h Hermitage) Sum() string {
	cells := 0
	for _, row := range h {
		cells += len(row)
	}
	return fmt.Sprintf("%d anomalies under %d protocols and settings; %d of %d cells are as expected ([table](reference/hermitage/hermitage.md), [figure](reference/hermitage/hermitage.svg)).",
		len(h), len(scenarios.HermitageColumns), cells-h.Unexpected(), cells)
}

// HermitageCommand runs a cell by itself.
func HermitageCommand(c *scenarios.HermitageCell) string {
	command := "simrun run " + c.Scenario() + " --protocol " + c.Protocol
	for _, set := range c.Sets {
		text := set.Key + "=" + strings.ReplaceAll(set.Value, " ", "")
		if strings.Contains(text, "[") {
			text = "'" + text + "'" // a shell would take it for a pattern
		}
		command += " --set " + text
	}
	return command
}

func (h Hermitage) writeCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"anomaly", "column", "verdict", "expected", "violated", "how", "command", "digest"})
	for _, row := range h {
		for i := range row {
			cell := &row[i]
			c.Write([]string{cell.Row.Title(), cell.Column.Name, cell.Kind.Words(), cell.Expected.Words(), strings.Join(cell.Checks, " "),
				cell.Words, HermitageCommand(cell), cell.Digest[:min(16, len(cell.Digest))]})
		}
	}
	c.Flush()
	return c.Error()
}

// JSON writes the matrix as one object, on one line.
func (h Hermitage) JSON(w io.Writer, exit int) error {
	type object struct {
		Anomaly  string   `json:"anomaly"`
		Column   string   `json:"column"`
		Scenario string   `json:"scenario"`
		Verdict  string   `json:"verdict"`
		Expected string   `json:"expected"`
		Violated []string `json:"violated"`
		How      string   `json:"how"`
		Command  string   `json:"command"`
		Digest   string   `json:"digest"`
	}
	cells := []object{}
	for _, row := range h {
		for i := range row {
			c := &row[i]
			cells = append(cells, object{c.Row.Title(), c.Column.Name, c.Scenario(), c.Kind.Words(), c.Expected.Words(),
				append([]string{}, c.Checks...), c.Words, HermitageCommand(c), c.Digest})
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Exit  int      `json:"exit"`
		Cells []object `json:"cells"`
	}{exit, cells})
}

func (h Hermitage) writeMarkdown(w io.Writer) error {
	_, err := io.WriteString(w, h.Markdown("../../../scenarios/"))
	return err
}

// cellMarks are the cells of tables.
var cellMarks = map[scenarios.CellKind]string{scenarios.CellPrevented: "ok", scenarios.CellShown: "shown", scenarios.CellUnseen: "unseen",
	scenarios.CellOther: "other", scenarios.CellNotApplicable: "-", scenarios.CellUndecided: "undecided"}

func cellMark(c *scenarios.HermitageCell) string {
	mark := cellMarks[c.Kind]
	if !c.AsExpected() {
		mark += "!"
	}
	return mark
}

// Markdown is the matrix as a table, with the bugs that are planted. The
// scenarios are where the path leads.
func (h Hermitage) Markdown(path string) string {
	var b strings.Builder
	b.WriteString("| anomaly |")
	for _, column := range scenarios.HermitageColumns {
		fmt.Fprintf(&b, " %s |", column.Name)
	}
	b.WriteString(" the bug | named by |\n|---|" + strings.Repeat("---|", len(scenarios.HermitageColumns)+2) + "\n")
	for _, row := range h {
		r := &row[0].Row
		fmt.Fprintf(&b, "| [%s](%shermitage/%s.yaml) |", r.Title(), path, r.Name)
		for i := range row {
			mark := cellMark(&row[i])
			if row[i].Kind == scenarios.CellShown {
				mark = "**" + mark + "**"
			}
			fmt.Fprintf(&b, " %s |", mark)
		}
		fmt.Fprintf(&b, " %s | %s |\n", plantedText(r), namedText(r))
	}
	return b.String()
}

// plantedText is the bug of a row, and the protocol where it is another one.
func plantedText(r *scenarios.HermitageRow) string {
	text := r.Planted
	for _, set := range r.With {
		text += ", under " + set.Value
	}
	return text
}

// namedText lists the checks that mean the anomaly.
func namedText(r *scenarios.HermitageRow) string {
	if names := r.NamedBy(); len(names) > 0 {
		return strings.Join(names, ", ")
	}
	return "-"
}

// Print writes the matrix for a terminal.
func (h Hermitage) Print(w io.Writer) error {
	p := newPrinter(w)
	t := &table{}
	for i, column := range scenarios.HermitageColumns {
		p.line("%-2d %-22s %s", i+1, column.Name, column.About)
	}
	p.line("")
	head := []string{"anomaly"}
	for i := range scenarios.HermitageColumns {
		head = append(head, fmt.Sprint(i+1))
	}
	t.add(head...)
	for _, row := range h {
		line := []string{row[0].Row.Title()}
		for i := range row {
			line = append(line, cellMark(&row[i]))
		}
		t.add(line...)
	}
	t.print(p)
	p.line("")
	p.line("ok: prevented; shown: a client or the books notice; unseen: it arises and a monitor alone sees it; other: something else is")
	p.line("violated; -: it cannot arise, or nobody promises anything of the kind; !: not as expected")
	return p.end()
}
