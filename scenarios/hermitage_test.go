package scenarios

import (
	"slices"
	"strings"
	"testing"

	"simrun/check"
)

// The matrix is true: every cell is run, and comes to what it says. Every row
// has a cell that shows the anomaly and one that prevents it: an anomaly that
// nothing shows, or nothing prevents, would say nothing of the others.
func TestHermitage(t *testing.T) {
	for _, row := range HermitageRows() {
		if len(row.Cells) != len(HermitageColumns) {
			t.Fatalf("%s: %d cells for %d columns", row.Name, len(row.Cells), len(HermitageColumns))
		}
		got, named := make([]byte, len(HermitageColumns)), map[string]bool{}
		for column := range HermitageColumns {
			c, err := RunHermitageCell(RunWith, &row, column, Options{Lean: true})
			if err != nil {
				t.Fatal(err)
			}
			got[column] = byte(c.Kind)
			cellAlone(t, &c)
			for _, set := range c.Sets {
				if set.Key == "recovery.protocol" {
					t.Errorf("%s under %s: the protocol is said twice", row.Name, c.Column.Name)
				}
			}
			if c.Kind != CellPrevented && c.Words == "" {
				t.Errorf("%s under %s: %c without a word", row.Name, c.Column.Name, c.Kind)
			}
			for _, name := range c.Checks {
				named[name] = named[name] || c.Kind == CellShown || c.Kind == CellUnseen
			}
			if c.Kind != c.Expected {
				t.Errorf("%s under %s is %c, not %c: %s %v", row.Name, c.Column.Name, c.Kind, c.Expected, c.Words, c.Checks)
			}
		}
		if string(got) != row.Cells {
			t.Errorf("%s: %s, not %s", row.Name, got, row.Cells)
		}
		for _, name := range row.NamedBy() {
			if !named[name] {
				t.Errorf("%s is said to be named by %s, and never is", row.Name, name)
			}
		}
		if !strings.ContainsAny(string(got), "SM") || !strings.Contains(string(got), "P") {
			t.Errorf("%s: %s shows or prevents nothing", row.Name, got)
		}
	}
}

// cellAlone runs a cell's file: the same run, which comes to what the file expects.
func cellAlone(t *testing.T, c *HermitageCell) {
	t.Helper()
	s, err := Parse(c.FileName(), c.File(), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.File())
	}
	r := run(t, s, Options{Lean: true})
	word, checks := s.Expectation(s.Recovery.Protocol)
	if r.Digest != c.Digest || s.Recovery.Protocol != c.Protocol || (word == "fail") != (len(c.Checks) > 0) || !slices.Equal(checks, c.Checks) {
		t.Errorf("%s: %s expects %s %v under %s, and %v is violated; the digest is %.8s of %.8s", c.FileName(), s.Name, word, checks, s.Recovery.Protocol, c.Checks, r.Digest, c.Digest)
	}
}

// A file says for the four protocols what its cells say, is small, tells how the
// anomaly arises and which check names it.
func TestHermitageFiles(t *testing.T) {
	files, err := hermitageFiles.ReadDir("hermitage")
	if err != nil || len(files) != len(hermitageRows) {
		t.Fatalf("%d files for %d rows: %v", len(files), len(hermitageRows), err)
	}
	for _, row := range HermitageRows() {
		if row.Anomaly != "" && check.FindAnomaly(row.Anomaly) == nil {
			t.Errorf("%s: there is no anomaly %s", row.Name, row.Anomaly)
		}
		data, ok := BuiltinYAML(HermitagePrefix + row.Name)
		if !ok {
			t.Fatalf("%s has no file", row.Name)
		}
		text := string(data)
		s, err := Load(HermitagePrefix+row.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text, "\n# Step: ") || !strings.Contains(text, "\n# Named by: ") && row.Name != "duplicate-output" || s.About == "" {
			t.Errorf("%s does not tell how it arises and what names it", row.Name)
		}
		for _, name := range row.NamedBy() {
			if !strings.Contains(text, name) {
				t.Errorf("%s does not tell of %s", row.Name, name)
			}
		}
		if s.Name != "hermitage-"+row.Name || s.Workload.Operations > 20 || len(s.Faults) > 3 {
			t.Errorf("%s is called %s, has %d operations and %d faults", row.Name, s.Name, s.Workload.Operations, len(s.Faults))
		}
		for column, protocol := range Protocols() {
			if column > 2 {
				column = slices.IndexFunc(HermitageColumns, func(c HermitageColumn) bool { return c.Name == protocol })
			}
			word, _ := s.Expectation(protocol)
			c, err := RunHermitageCell(RunWith, &row, column, Options{Lean: true})
			if err != nil {
				t.Fatal(err)
			}
			if word == "any" || (word == "fail") != (len(c.Checks) > 0) {
				t.Errorf("%s expects %s to %s, and %v are violated", row.Name, protocol, word, c.Checks)
			}
		}
	}
}

// It is the faults that show: without them only sagas, which are not isolated,
// show anything.
func TestHermitageWithoutFaults(t *testing.T) {
	for _, row := range HermitageRows() {
		for column := range plantedColumn {
			s, err := Load(HermitagePrefix+row.Name, append(hermitageSets(&row, column), Override{"faults", "[]"}))
			if err != nil {
				t.Fatal(err)
			}
			r, err := RunWith(s, Options{Lean: true})
			if err != nil {
				t.Fatal(err)
			}
			c := HermitageCell{Row: row, Column: HermitageColumns[column]}
			c.judge(&r)
			if saga := s.Checkout.Transactions == "saga"; c.Kind != CellPrevented && c.Kind != CellNotApplicable && !saga {
				t.Errorf("%s under %s without faults: %s, %s", row.Name, c.Column.Name, c.Kind.Words(), c.Words)
			}
		}
	}
}

// A run whose faults do not strike decides nothing.
func TestHermitageUndecided(t *testing.T) {
	row := HermitageRows()[0]
	s, err := Load(HermitagePrefix+row.Name, []Override{{"recovery.protocol", "clonos"}, {"faults[0]", "{after: {task: stock/0, records: 10000}, crash: stock/0}"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := RunWith(s, Options{Lean: true})
	if err != nil {
		t.Fatal(err)
	}
	c := HermitageCell{Row: row, Column: HermitageColumns[4]}
	if c.judge(&r); c.Kind != CellUndecided || c.Kind.Words() != "undecided" || !strings.Contains(c.Words, "never struck") {
		t.Errorf("%s: %s", c.Kind.Words(), c.Words)
	}
}
