package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// decoder puts a filled tree into structs and reports what does not fit.
type decoder struct {
	*flaws
}

// fail reports a flaw of a node. A message names the key unless the place does.
func (d *decoder) fail(n *node, path, format string, args ...any) {
	n.bad = true
	text := fmt.Sprintf(format, args...)
	if path != "" && !(n.place.origin == fromSet && n.place.key == path) {
		text = path + ": " + text
	}
	d.add(n.place, "%s", text)
}

// decode puts a node into a value. Path is the dotted key.
func (d *decoder) decode(n *node, v reflect.Value, f *field, path string) {
	if n.kind == nullNode {
		if !n.bad { // else the reader has told what is wrong
			d.fail(n, path, "there is no value")
		}
		return
	}
	switch to := v.Addr().Interface().(type) {
	case *Distribution:
		d.distribution(n, to, f, path)
		return
	case *Popularity:
		d.popularity(n, to, path)
		return
	case *Target:
		d.target(n, to, path)
		return
	case *Expected:
		d.expected(n, to, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(f.kind.Elem()))
		d.decode(n, v.Elem(), f.element(f.kind.Elem()), path)
	case reflect.Slice:
		d.list(n, v, f, path)
	case reflect.Struct, reflect.Array:
		d.keys(n, v, f, path)
	default:
		if d.is(n, scalarNode, path) {
			d.scalar(n, v, f, path)
		}
	}
}

// is reports a node of another kind than wanted.
func (d *decoder) is(n *node, want nodeKind, path string) bool {
	if n.kind != want {
		d.fail(n, path, "expected %s, not %s", want, n.kind)
	}
	return n.kind == want
}

func (d *decoder) list(n *node, v reflect.Value, f *field, path string) {
	element := f.element(f.kind.Elem())
	items := n.items
	if n.kind == scalarNode && element.kind == typeTarget {
		items = []*node{n} // one target stands for a list of one
	} else if n.kind != listNode && element.kind == typeTarget {
		d.fail(n, path, "expected a target or a list of targets, not %s", n.kind)
		return
	} else if !d.is(n, listNode, path) {
		return
	} else if len(items) == 0 && element.kind == typeTarget {
		d.fail(n, path, "an empty list of targets")
	}
	if len(items) == 0 {
		return // a list that is empty equals one that is not there
	}
	v.Set(reflect.MakeSlice(f.kind, len(items), len(items)))
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", path, i)
		if n.kind == scalarNode {
			at = path
		}
		d.decode(item, v.Index(i), element, at)
	}
}

// keys decodes a map into a struct or an array.
func (d *decoder) keys(n *node, v reflect.Value, f *field, path string) {
	if !d.is(n, mapNode, path) {
		return
	}
	fields := f.children()
	d.unknownKeys(n, keysOf(fields), path)
	groups := map[string]string{} // from a group of alternatives to the key that was given
	for _, child := range fields {
		below := join(path, child.key)
		given := n.get(child.key)
		switch {
		case given == nil && !child.optional && child.one == "":
			d.fail(n, path, "missing key %s", child.key)
			continue
		case given == nil:
			continue
		case child.one != "" && groups[child.one] != "":
			d.fail(given, path, "%s and %s exclude each other: give one", groups[child.one], child.key)
		case child.one != "":
			groups[child.one] = child.key
		}
		if child.off != "" && given.kind == scalarNode && given.text == "off" {
			v.FieldByName(child.off).SetBool(true)
			continue
		}
		if given.spread {
			below = path
		}
		d.decode(given, valueOf(v, child), &child, below)
	}
	for i, child := range fields {
		first := slices.IndexFunc(fields, func(g field) bool { return g.one == child.one })
		if child.one != "" && groups[child.one] == "" && first == i {
			d.fail(n, path, "missing key: one of %s", strings.Join(groupKeys(fields, child.one), ", "))
		}
	}
}

func groupKeys(fields []field, group string) []string {
	var keys []string
	for _, f := range fields {
		if f.one == group {
			keys = append(keys, f.key)
		}
	}
	return keys
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// unknownKeys reports keys that a map cannot have, at the keys.
func (d *decoder) unknownKeys(n *node, known []string, path string) {
	for _, e := range n.entries {
		if slices.Contains(known, e.key) {
			continue
		}
		n.bad = true
		where := ""
		if path != "" {
			where = " in " + path
		}
		meant := didYouMean(e.key, known)
		if meant == "" {
			if elsewhere := findKey(&documentField, "", e.key); elsewhere != "" {
				meant = "; did you mean " + elsewhere + "?"
			} else {
				meant = "; known are " + strings.Join(known, ", ")
			}
		}
		d.add(e.place, "unknown key %s%s%s", quoted(e.key), where, meant)
	}
}

// findKey finds the path of a key anywhere in the format.
func findKey(f *field, path, key string) string {
	for _, child := range f.children() {
		if child.key == key {
			return join(path, key)
		}
		if found := findKey(&child, join(path, child.key), key); found != "" {
			return found
		}
	}
	return ""
}
