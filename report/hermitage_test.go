package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"strings"
	"sync"
	"testing"

	"simrun/scenarios"
)

var playedHermitage = sync.OnceValues(func() (Hermitage, error) {
	cells, err := scenarios.PlayHermitage(context.Background(), scenarios.RunWith, 2)
	return cells, err
})

func hermitage(t *testing.T) Hermitage {
	t.Helper()
	h, err := playedHermitage()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// The table of the documentation, and the one of the tracked results, is what
// the matrix comes to.
func TestHermitageTable(t *testing.T) {
	h := hermitage(t)
	if h.Unexpected() != 0 {
		t.Errorf("%d cells are not as expected", h.Unexpected())
	}
	page, err := os.ReadFile("../docs/hermitage.md")
	if err != nil {
		t.Fatal(err)
	}
	if table := h.Markdown("../scenarios/"); !strings.Contains(string(page), table) {
		t.Errorf("docs/hermitage.md has another table. It has to be:\n%s", table)
	}
	for _, file := range h.Files() {
		if !strings.HasSuffix(file.Name, ".md") && !strings.HasSuffix(file.Name, ".csv") && !strings.HasSuffix(file.Name, ".yaml") {
			continue // figures may differ by architecture
		}
		var written bytes.Buffer
		if err := file.Write(&written); err != nil {
			t.Fatal(err)
		}
		tracked, err := os.ReadFile("../results/reference/hermitage/" + file.Name)
		if err != nil || !bytes.Equal(tracked, written.Bytes()) {
			t.Errorf("results/reference/hermitage/%s is not what simrun hermitage writes: %v", file.Name, err)
		}
	}
}

// The table has a row a cell, and every one can be pasted.
func TestHermitageCSV(t *testing.T) {
	h := hermitage(t)
	var written bytes.Buffer
	if err := h.writeCSV(&written); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&written).ReadAll()
	if err != nil || len(lines) != 1+len(h)*len(scenarios.HermitageColumns) {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	for _, line := range lines[1:] {
		if line[2] == "" || line[2] != line[3] || (line[2] == "prevented") != (line[5] == "") || !strings.HasPrefix(line[6], "simrun run hermitage/") || len(line[7]) != 16 {
			t.Errorf("%q", line)
		}
	}
}

// A cell that is not as expected stands out everywhere.
func TestHermitageUnexpected(t *testing.T) {
	h := Hermitage{append([]scenarios.HermitageCell(nil), hermitage(t)[0]...)}
	h[0][4].Kind = scenarios.CellShown
	var text bytes.Buffer
	if err := h.Print(&text); err != nil {
		t.Fatal(err)
	}
	if h.Unexpected() != 1 || !strings.Contains(text.String(), "shown!") || !strings.Contains(h.Markdown(""), "**shown!**") || !strings.Contains(h.Sum(), "9 of 10 cells") {
		t.Errorf("%d unexpected\n%s", h.Unexpected(), text.String())
	}
}

// The figure is the same every time, and holds all names and no text beyond its
// edges.
func TestHermitageFigure(t *testing.T) {
	h := hermitage(t)
	f := hermitageFigure(h)
	var first, second bytes.Buffer
	if f.SVG(&first) != nil || hermitageFigure(h).SVG(&second) != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two drawings differ")
	}
	for _, row := range h {
		if name := row[0].Row.Title(); !strings.Contains(first.String(), ">"+name+"<") || small.Width(name) > matrixLeft-5 {
			t.Errorf("%s is not there, or too wide", name)
		}
	}
	for _, column := range scenarios.HermitageColumns {
		if !strings.Contains(first.String(), ">"+column.Name+"<") || small.Width(column.Name) > matrixHead-6 {
			t.Errorf("%s is not there, or too long", column.Name)
		}
	}
	if right := matrixLeft + matrixCell*10; right > columnWidth {
		t.Errorf("the cells end at %v, the column of a paper at %v", right, columnWidth)
	}
	if f.Caption == "" || !strings.Contains(f.Caption, "clonos: 0 shown") {
		t.Errorf("caption %q", f.Caption)
	}
}
