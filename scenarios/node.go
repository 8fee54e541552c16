package scenarios

import (
	"slices"
	"strings"
)

// node is a YAML value with its place. Trees of nodes are what defaults are
// filled into and overrides are applied to.
type node struct {
	kind    nodeKind
	text    string // of a scalar
	quoted  bool   // a scalar that is text even if it looks like a number
	typed   bool   // a scalar that is no text: YAML takes it for a number or a truth value
	bad     bool   // decoding has found it wrong: rules leave it alone
	place   place
	spread  bool    // written once for all keys of the map that holds it
	entries []entry // of a map, in the order written
	items   []*node // of a list
}

type nodeKind uint8

const (
	scalarNode nodeKind = iota
	mapNode
	listNode
	nullNode
)

func (k nodeKind) String() string { return [...]string{"one value", "a map", "a list", "nothing"}[k] }

type entry struct {
	key   string
	place place // of the key
	value *node
}

func scalar(text string) *node { return &node{text: text} }

// get finds the value of a key, the last of several.
func (n *node) get(key string) *node {
	for i := len(n.entries) - 1; i >= 0; i-- {
		if n.entries[i].key == key {
			return n.entries[i].value
		}
	}
	return nil
}

// set gives a key a value, in place of what it had.
func (n *node) set(key string, value *node) {
	for i := range n.entries {
		if n.entries[i].key == key {
			n.entries[i].value, n.entries[i].place = value, value.place
			return
		}
	}
	n.entries = append(n.entries, entry{key, value.place, value})
}

func (n *node) remove(key string) {
	n.entries = slices.DeleteFunc(n.entries, func(e entry) bool { return e.key == key })
}

func (n *node) keys() []string {
	var keys []string
	for _, e := range n.entries {
		keys = append(keys, e.key)
	}
	return keys
}

// clone copies a tree.
func (n *node) clone() *node {
	if n == nil {
		return nil
	}
	c := *n
	c.entries, c.items = slices.Clone(n.entries), slices.Clone(n.items)
	for i := range c.entries {
		c.entries[i].value = c.entries[i].value.clone()
	}
	for i := range c.items {
		c.items[i] = c.items[i].clone()
	}
	return &c
}

// at gives a tree another place.
func (n *node) at(p place) *node {
	n.place = p
	for i := range n.entries {
		n.entries[i].place = p
		n.entries[i].value.at(p)
	}
	for _, item := range n.items {
		item.at(p)
	}
	return n
}

// placeOf finds the place of the value at the end of a path, or of the nearest
// map above it.
func (n *node) placeOf(path ...string) place {
	p := n.place
	for _, key := range path {
		if n = n.get(key); n == nil {
			break
		}
		p = n.place
	}
	return p
}

// flow writes a tree on one line.
func (n *node) flow() string {
	switch n.kind {
	case mapNode:
		var parts []string
		for _, e := range n.entries {
			parts = append(parts, e.key+": "+e.value.flow())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case listNode:
		var parts []string
		for _, item := range n.items {
			parts = append(parts, item.flow())
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if n.quoted {
		return doubleQuoted(n.text)
	}
	return n.text
}

// flowWidth is where a map on one line becomes too wide to read.
const flowWidth = 110

// block writes a map, one key a line; what fits on a line stays on one, but for
// maps at the top that hold maps.
func (n *node) block(out *strings.Builder, indent string) {
	for _, e := range n.entries {
		line := indent + e.key + ": " + e.value.flow()
		switch {
		case e.value.kind == mapNode && (len(line) > flowWidth || indent == "" && e.value.holdsMaps()):
			out.WriteString(indent + e.key + ":\n")
			e.value.block(out, indent+"  ")
		case e.value.kind == listNode && len(e.value.items) > 0 && e.value.items[0].kind == mapNode:
			out.WriteString(indent + e.key + ":\n")
			for _, item := range e.value.items {
				out.WriteString(indent + "  - " + item.flow() + "\n")
			}
		default:
			out.WriteString(line + "\n")
		}
	}
}

func (n *node) holdsMaps() bool {
	return slices.ContainsFunc(n.entries, func(e entry) bool { return e.value.kind == mapNode })
}

// doubleQuoted writes text as a YAML double-quoted scalar.
func doubleQuoted(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range text {
		if r == '"' || r == '\\' {
			out.WriteByte('\\')
		}
		out.WriteRune(r) // rules keep control characters out of text
	}
	out.WriteByte('"')
	return out.String()
}
