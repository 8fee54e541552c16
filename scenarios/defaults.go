package scenarios

import (
	_ "embed"
	"fmt"
	"reflect"
	"sync"
)

//go:embed defaults.yaml
var defaultsYAML []byte

// document is a scenario file.
type document struct {
	Simrun int `key:"simrun" min:"1" max:"1" doc:"version of this format"`
	Scenario
}

var documentField = field{kind: reflect.TypeFor[document]()}

// defaultTree holds the default of every key that has one.
var defaultTree = sync.OnceValue(func() *node {
	f := &flaws{file: "defaults.yaml"}
	tree := readTree(defaultsYAML, nil, f)
	if err := f.err(); err != nil {
		panic(fmt.Sprintf("scenarios: %v", err))
	}
	return fill(tree, nil, &documentField)
})

// fill completes a tree by defaults. A map that is given keeps the defaults of
// the keys that it leaves out, but where it replaces the default map. It
// changes the tree in place and gives it back.
func fill(n, preset *node, f *field) *node {
	switch {
	case n == nil || leaf(f.kind):
		return n
	case f.kind.Kind() == reflect.Pointer:
		return fill(n, preset, f.element(f.kind.Elem()))
	case f.kind.Kind() == reflect.Slice:
		for _, item := range n.items {
			fill(item, nil, f.element(f.kind.Elem()))
		}
		return n
	}
	if f.all && f.whole(n) {
		spread(n, f)
	}
	if n.kind != mapNode {
		return n
	}
	if f.replace {
		preset = nil
	}
	at := n.place
	if at.origin == fromFile {
		at.origin = fromDefault
	}
	for _, child := range f.children() {
		var own *node
		if preset != nil {
			own = preset.get(child.key)
		}
		switch given := n.get(child.key); {
		case given != nil:
			fill(given, own, &child)
		case own != nil:
			n.set(child.key, own.clone().at(at))
		case child.preset != "":
			n.set(child.key, scalar(child.preset).at(at))
		}
	}
	return n
}

// spread makes a map of the one value that is given for all keys.
func spread(n *node, f *field) {
	value := *n
	*n = node{kind: mapNode, place: value.place}
	for _, child := range f.children() {
		one := value.clone()
		one.spread = true
		n.set(child.key, one)
	}
}
