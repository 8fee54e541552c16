package scenarios

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Expand writes the scenario with every default made explicit: a scenario file
// again, which parses to an equal scenario.
func (s *Scenario) Expand() []byte {
	tree := encode(reflect.ValueOf(document{1, *s}), &documentField)
	var out strings.Builder
	tree.block(&out, "")
	return []byte(out.String())
}

// encodeValue makes a tree of a struct.
func encodeValue(v any) *node {
	return encode(reflect.ValueOf(v), &field{kind: reflect.TypeOf(v)})
}

// encode is the inverse of decode.
func encode(v reflect.Value, f *field) *node {
	switch value := v.Interface().(type) {
	case Distribution:
		value.Timed = f.form == "time" || value.Timed
		return value.encode()
	case Popularity:
		return value.encode()
	case Target:
		return scalar(value.String())
	case Expected:
		return value.encode()
	case Goal:
		return scalar(string(value))
	case bool:
		return scalar(map[bool]string{true: "on", false: "off"}[value])
	case uint64:
		return scalar(strconv.FormatUint(value, 10))
	case string:
		if f.specialWord != "" && value == f.specialText {
			return scalar(f.specialWord)
		}
		return &node{text: value, quoted: len(f.words) == 0 && !plainText(value)}
	}
	switch v.Kind() {
	case reflect.Pointer:
		return encode(v.Elem(), f.element(f.kind.Elem()))
	case reflect.Slice:
		return encodeList(v, f)
	case reflect.Int, reflect.Int64:
		if f.specialWord != "" && v.Int() == f.special() {
			return scalar(f.specialWord)
		}
		return scalar(f.number().format(v.Int()))
	}
	n := &node{kind: mapNode}
	for _, child := range f.children() {
		if own := valueOf(v, child); child.printed(v, own, f.children()) {
			n.set(child.key, child.encodeIn(v, own))
		}
	}
	return n
}

// encodeIn encodes a field of a struct or an element of an array.
func (f *field) encodeIn(holder, own reflect.Value) *node {
	if f.off != "" && holder.FieldByName(f.off).Bool() {
		return scalar("off")
	}
	return encode(own, f)
}

func encodeList(v reflect.Value, f *field) *node {
	list := &node{kind: listNode}
	for i := range v.Len() {
		list.items = append(list.items, encode(v.Index(i), f.element(f.kind.Elem())))
	}
	if f.kind.Elem() == typeTarget && len(list.items) == 1 {
		return list.items[0]
	}
	return list
}

// valueOf is the field of a struct or the element of an array.
func valueOf(holder reflect.Value, f field) reflect.Value {
	if holder.Kind() == reflect.Array {
		return holder.Index(f.index[0])
	}
	return holder.FieldByIndex(f.index)
}

// printed says whether a field shows: of a group of alternatives only the one
// that is not zero, or the first.
func (f *field) printed(holder, own reflect.Value, siblings []field) bool {
	switch {
	case f.omit:
		return !own.IsZero()
	case f.one == "" || !own.IsZero():
		return true
	}
	for _, other := range siblings {
		if other.one == f.one && !valueOf(holder, other).IsZero() {
			return false
		}
	}
	first := slices.IndexFunc(siblings, func(g field) bool { return g.one == f.one })
	return siblings[first].key == f.key
}

var plainPattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9 ,;()/_.'-]*[A-Za-z0-9)._])?$`)

// plainText says whether YAML reads text back as text without quotes.
func plainText(text string) bool {
	lower := strings.ToLower(text)
	if slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, lower) {
		return false
	}
	_, isNumber := strconv.ParseFloat(text, 64)
	looksNumeric := text != "" && text[0] >= '0' && text[0] <= '9'
	return plainPattern.MatchString(text) && isNumber != nil && !looksNumeric
}
