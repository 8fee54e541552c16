package scenarios

import (
	"fmt"
	"strings"
)

// FileName names the cell's file: "lost-effect/clonos-depth-1.yaml".
func (c *HermitageCell) FileName() string {
	return c.Row.Name + "/" + strings.ReplaceAll(strings.ReplaceAll(c.Column.Name, ",", ""), " ", "-") + ".yaml"
}

// File is the cell as a scenario of its own, which expects what the cell came to:
// run passes it as long as it comes to that.
func (c *HermitageCell) File() []byte {
	s := c.scenario.Clone()
	s.About = fmt.Sprintf("%s under %s: %s", c.Row.Title(), c.Column.Name, c.Kind.Words())
	s.Expect, s.variant = Expect{}, ""
	expected := map[string]*Expected{"none": &s.Expect.None, "redo": &s.Expect.Redo, "global": &s.Expect.Global, "clonos": &s.Expect.Clonos}[c.Protocol]
	switch {
	case len(c.Checks) > 0:
		*expected = Expected{Word: "fail", Checks: c.Checks}
	case c.Kind == CellUndecided:
		*expected = Expected{Word: "any"}
	}
	return s.Concise()
}
