package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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
		d.decode(given, value(v, child), &child, below)
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

func (d *decoder) scalar(n *node, v reflect.Value, f *field, path string) {
	words := f.words
	if f.specialWord != "" {
		words = append(slices.Clone(words), f.specialWord)
	} else if f.off != "" {
		words = []string{"off"}
	}
	switch v.Kind() {
	case reflect.Bool:
		on := n.text == "on" || n.text == "true"
		if !on && n.text != "off" && n.text != "false" || n.quoted {
			d.fail(n, path, "expected on or off, not %s%s", quoted(n.text), didYouMean(n.text, []string{"on", "off"}))
		}
		v.SetBool(on)
	case reflect.String:
		switch {
		case f.specialWord != "" && n.text == f.specialWord:
			v.SetString(f.specialText)
		case len(words) > 0 && !slices.Contains(words, n.text):
			d.fail(n, path, "expected one of %s, not %s%s", strings.Join(words, ", "), quoted(n.text), didYouMean(n.text, words))
		case len(words) == 0 && d.isText(n, f.form, path), len(words) > 0:
			v.SetString(n.text)
		}
	case reflect.Uint64:
		seed, err := strconv.ParseUint(n.text, 10, 64)
		if err != nil || n.quoted {
			d.fail(n, path, "expected a whole number from 0 to %d, not %s", uint64(math.MaxUint64), quoted(n.text))
		}
		v.SetUint(seed)
	default:
		if f.specialWord != "" && n.text == f.specialWord {
			v.SetInt(f.special())
		} else {
			v.SetInt(d.number(n, f, path, words...))
		}
	}
}

// number reads a number within the bounds of its field. Words are what may
// stand in its place.
func (d *decoder) number(n *node, f *field, path string, words ...string) int64 {
	form := f.number()
	if n.quoted && form.unitless() {
		d.fail(n, path, "expected %s, not text: leave out the quotes", form.what)
		return 0
	}
	value, flaw := form.parse(n.text)
	switch {
	case flaw != "" && len(words) > 0 && !startsWithDigit(n.text):
		d.fail(n, path, "expected %s or %s, not %s%s", form.what, words[0], quoted(n.text), didYouMean(n.text, words))
	case flaw != "":
		d.fail(n, path, "%s", flaw)
	case value != f.min && f.min == f.max:
		d.fail(n, path, "expected %s, not %s", f.minText, n.text)
	case value < f.min:
		d.fail(n, path, "%s is below the least, %s", n.text, f.minText)
	case value > f.max:
		d.fail(n, path, "%s is above the most, %s", n.text, f.maxText)
	default:
		return value
	}
	return 0
}

func startsWithDigit(text string) bool {
	return text != "" && (text[0] == '-' || text[0] >= '0' && text[0] <= '9')
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

const textMax = 200

// isText reports text that cannot be a name, or is not one line.
func (d *decoder) isText(n *node, form, path string) bool {
	switch {
	case n.typed:
		d.fail(n, path, `expected text, not a number or truth value; did you mean "%s"?`, n.text)
	case form == "name" && !namePattern.MatchString(n.text):
		d.fail(n, path, "%s cannot name a folder: use up to 64 letters, digits and - _ . and begin with a letter or digit", quoted(n.text))
	case utf8.RuneCountInString(n.text) > textMax:
		d.fail(n, path, "longer than %d characters", textMax)
	case strings.ContainsFunc(n.text, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == utf8.RuneError || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff
	}):
		d.fail(n, path, "expected one line of text")
	default:
		return true
	}
	return false
}
