package scenarios

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Override is a value given on the command line. It changes one key of the
// scenario as it is with all defaults.
type Override struct {
	Key   string // dotted, as in faults[0].at
	Value string // YAML
}

var keyPattern = regexp.MustCompile(`^[A-Za-z0-9_-]+(\[[0-9]{1,6}\])*(\.[A-Za-z0-9_-]+(\[[0-9]{1,6}\])*)*$`)

// steps splits a key: names and, as "[0]", indexes.
func (o Override) steps() []string {
	return strings.Split(strings.ReplaceAll(o.Key, "[", ".["), ".")
}

// setter applies one override to a filled tree.
type setter struct {
	*flaws
	place place
	value *node
}

// override applies an override, and fills in the defaults of maps that it brings.
func override(root *node, o Override, number int, f *flaws) {
	s := setter{flaws: f, place: place{origin: fromSet, set: number, key: o.Key}}
	if !keyPattern.MatchString(o.Key) {
		s.place.key = quoted(o.Key)
		s.add(s.place, "expected a key such as time.horizon or faults[0].at")
		return
	}
	before := len(f.found)
	s.value = readTree([]byte(o.Value), &s.place, f)
	if len(f.found) > before {
		return
	}
	if s.value == nil {
		s.value = &node{kind: nullNode, place: s.place}
	}
	s.into(root, &documentField, o.steps(), "")
	fill(root, defaultTree(), &documentField)
}

// into sets the value at the end of a path below a node, whose field is f.
func (s *setter) into(n *node, f *field, steps []string, path string) {
	switch {
	case f.kind.Kind() == reflect.Pointer:
		s.into(n, f.element(f.kind.Elem()), steps, path)
	case leaf(f.kind):
		s.intoLeaf(n, f, steps, path)
	case f.kind.Kind() == reflect.Slice:
		s.intoList(n, f, steps, path)
	default:
		s.intoMap(n, f, steps, path)
	}
}

func (s *setter) intoMap(n *node, f *field, steps []string, path string) {
	fields := f.children()
	i := slices.IndexFunc(fields, func(child field) bool { return child.key == steps[0] })
	switch {
	case len(fields) == 0:
		s.add(s.place, "%s has no keys below it", path)
		return
	case i < 0:
		meant := didYouMean(steps[0], keysOf(fields))
		if elsewhere := findKey(&documentField, "", steps[0]); meant == "" && elsewhere != "" {
			meant = "; did you mean " + elsewhere + "?"
		} else if meant == "" {
			meant = "; known are " + strings.Join(keysOf(fields), ", ")
		}
		in := ""
		if path != "" {
			in = " in " + path
		}
		s.add(s.place, "unknown key %s%s%s", steps[0], in, meant)
		return
	}
	n.become(mapNode, s.place)
	child := fields[i]
	for _, other := range fields {
		if child.one != "" && other.one == child.one && other.key != child.key {
			n.remove(other.key) // of alternatives the one that is set now is meant
		}
	}
	s.below(n, &child, steps, join(path, child.key))
}

// intoLeaf sets part of a distribution, popularity or expectation. Their outer
// map has one key: another one replaces it.
func (s *setter) intoLeaf(n *node, f *field, steps []string, path string) {
	if f.kind == typeTarget || strings.HasPrefix(steps[0], "[") || len(steps) > 2 {
		s.add(s.place, "%s has no keys below it", path)
		return
	}
	n.become(mapNode, s.place)
	n.entries = slices.DeleteFunc(n.entries, func(e entry) bool { return e.key != steps[0] })
	if len(steps) == 1 {
		n.set(steps[0], s.value)
		return
	}
	inner := n.get(steps[0])
	if inner == nil {
		inner = &node{kind: mapNode, place: s.place}
		n.set(steps[0], inner)
	}
	inner.become(mapNode, s.place)
	inner.set(steps[1], s.value)
}

func (s *setter) intoList(n *node, f *field, steps []string, path string) {
	index, isIndex := strings.CutPrefix(steps[0], "[")
	i, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
	if !isIndex || err != nil {
		s.add(s.place, "%s is a list: expected an index, as in %s[0]", path, path)
		return
	}
	if n.kind == scalarNode {
		one := *n
		*n = node{kind: listNode, place: n.place, items: []*node{&one}}
	}
	n.become(listNode, s.place)
	switch {
	case i > len(n.items):
		s.add(s.place, "%s has %d entries, counted from 0; the next would be %s[%d]", path, len(n.items), path, len(n.items))
	case len(steps) == 1 && i == len(n.items):
		n.items = append(n.items, s.value)
	case len(steps) == 1:
		n.items[i] = s.value
	case i == len(n.items):
		n.items = append(n.items, &node{kind: mapNode, place: s.place})
		fallthrough
	default:
		s.into(n.items[i], f.element(f.kind.Elem()), steps[1:], path+steps[0])
	}
}

// below sets a key, or goes on into what it holds.
func (s *setter) below(n *node, child *field, steps []string, path string) {
	if len(steps) == 1 {
		n.set(child.key, s.value)
		return
	}
	inner := n.get(child.key)
	if inner == nil {
		inner = &node{kind: nullNode, place: s.place}
		n.set(child.key, inner)
	}
	s.into(inner, child, steps[1:], path)
}

// become makes a node a map or list if it is none, and forgets what it was.
func (n *node) become(kind nodeKind, at place) {
	if n.kind != kind {
		*n = node{kind: kind, place: at}
	}
	n.bad = false
}

// With gives the scenario with values changed, each as KEY=VALUE, as --set takes
// them. Its error is a *BadInput. The scenario itself does not change.
func (s *Scenario) With(values ...string) (*Scenario, error) {
	if len(values) == 0 {
		return s.Clone(), nil
	}
	overrides := make([]Override, len(values))
	for i, text := range values {
		overrides[i].Key, overrides[i].Value, _ = strings.Cut(text, "=")
	}
	return Parse(s.Name, s.Expand(), overrides)
}
