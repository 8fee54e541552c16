package scenarios

import (
	"bytes"
	"reflect"
	"strings"
)

// Concise writes the scenario without what its defaults say: as short as a file
// can be that parses to an equal scenario.
func (s *Scenario) Concise() []byte {
	c := conciser{want: s.Expand(), root: encode(reflect.ValueOf(document{1, *s}), &documentField)}
	c.prune(c.root, &documentField)
	var out strings.Builder
	c.root.block(&out, "")
	return []byte(out.String())
}

// Differences counts the keys whose values are not their defaults, and the
// letters of those values.
func (s *Scenario) Differences() (keys, letters int) {
	return differences(encode(reflect.ValueOf(document{1, *s}), &documentField), defaultTree())
}

func differences(n, preset *node) (keys, letters int) {
	text := n.flow()
	if preset != nil && text == preset.flow() {
		return 0, 0
	}
	if n.kind != mapNode || preset == nil || preset.kind != mapNode {
		return 1, len(text)
	}
	for _, e := range n.entries {
		k, l := differences(e.value, preset.get(e.key))
		keys, letters = keys+k, letters+l
	}
	return keys, letters
}

// Valid says what is wrong with a scenario that was made from Go values, as
// Parse does of a file.
func (s *Scenario) Valid() error {
	_, err := Parse(s.Name, s.Expand(), nil)
	return err
}

// conciser takes keys out of a tree as long as it still means the same.
type conciser struct {
	want []byte
	root *node
}

// same says whether the tree as it is now, filled with defaults, is the scenario.
func (c *conciser) same() bool {
	tree, f := c.root.clone(), &flaws{file: "concise"}
	fill(tree, defaultTree(), &documentField)
	s := decodeTree(tree, f)
	return f.err() == nil && bytes.Equal(s.Expand(), c.want)
}

// prune leaves out each key that can be, a whole map before its keys, and
// writes one value where it may stand for all.
func (c *conciser) prune(n *node, f *field) {
	for _, child := range f.children() {
		value := n.get(child.key)
		if value == nil || child.key == "simrun" {
			continue
		}
		entries := n.entries
		n.entries = nil
		for _, e := range entries {
			if e.key != child.key {
				n.entries = append(n.entries, e)
			}
		}
		if c.same() {
			continue
		}
		n.entries = entries
		if value.kind != mapNode || len(child.children()) == 0 {
			continue
		}
		if child.all && c.collapse(value) {
			continue
		}
		c.prune(value, &child)
	}
}

// collapse makes one value of a map in which one stands for all.
func (c *conciser) collapse(n *node) bool {
	was := *n
	for _, e := range was.entries {
		*n = *e.value
		if c.same() {
			return true
		}
		*n = was
	}
	return false
}
