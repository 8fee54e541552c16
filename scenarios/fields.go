package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"

	"simrun/museum"
	"simrun/sim"
)

// field is a key of a scenario file, as the tags of a struct field declare it:
//
//	key      what it is called
//	form     how its number is written (units.go); "name" and "text" for strings
//	min max  its bounds, in that form
//	words    the words that it may be
//	from     the list that has them: museum
//	special  a word that stands for a value, as in full=-1
//	off      the sibling that is set if the word is off
//	one      the group of which exactly one key is given
//	default  its value where the map that holds it is given without it
//	doc      one line for the schema
//	is       optional: zero if missing; omit: and not printed if zero;
//	         all: one value may stand for all its keys;
//	         replace: if given, nothing of the default map is kept
type field struct {
	index                        []int
	kind                         reflect.Type
	key, form, off, one          string
	preset, doc                  string
	min, max                     int64
	minText, maxText             string
	words                        []string
	specialWord, specialText     string
	optional, omit, all, replace bool
}

var fieldCache sync.Map // reflect.Type -> []field

// fieldsOf lists the keys of a struct in the order of its fields.
func fieldsOf(t reflect.Type) []field {
	if known, ok := fieldCache.Load(t); ok {
		return known.([]field)
	}
	var list []field
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous {
			for _, inner := range fieldsOf(sf.Type) {
				inner.index = append([]int{i}, inner.index...)
				list = append(list, inner)
			}
			continue
		}
		if sf.Tag.Get("key") != "" {
			list = append(list, newField(sf))
		}
	}
	fieldCache.Store(t, list)
	return list
}

func newField(sf reflect.StructField) field {
	tag, is := sf.Tag.Get, strings.Fields(sf.Tag.Get("is"))
	f := field{index: sf.Index, kind: sf.Type, key: tag("key"), form: tag("form"), off: tag("off"), one: tag("one"),
		preset: tag("default"), doc: tag("doc"), words: strings.Fields(tag("words")), max: math.MaxInt64}
	f.specialWord, f.specialText, _ = strings.Cut(tag("special"), "=")
	f.omit = slices.Contains(is, "omit")
	f.optional = f.omit || slices.Contains(is, "optional")
	f.all, f.replace = slices.Contains(is, "all"), slices.Contains(is, "replace")
	if sf.Type == reflect.TypeFor[sim.Time]() {
		f.form = "time"
	}
	if sf.Type == reflect.TypeFor[[]Goal]() {
		f.words = goalNames()
	}
	if f.form == "time" {
		f.max, f.maxText = int64(durationMax), "1000h"
	}
	if tag("from") == "museum" {
		f.words = museum.Names()
	}
	bound := func(name string, to *int64, kept *string) {
		if text := tag(name); text != "" {
			value, flaw := f.number().parse(text)
			if flaw != "" {
				panic(fmt.Sprintf("scenarios: tag %s of field %s: %s", name, sf.Name, flaw))
			}
			*to, *kept = value, text
		}
	}
	bound("min", &f.min, &f.minText)
	bound("max", &f.max, &f.maxText)
	return f
}

// durationMax keeps sums of a few durations within 64 bits.
const durationMax = 1000 * 3600 * sim.Second

func (f *field) number() form { return forms[f.form] }

// special gives the number that the special word stands for.
func (f *field) special() int64 {
	if f.specialText == "-1" {
		return -1
	}
	return 0
}

// element is the field of the values that a map, list or pointer field holds.
func (f *field) element(t reflect.Type) *field {
	e := *f
	e.kind, e.all, e.replace = t, false, false
	return &e
}

func keysOf(fields []field) []string {
	var keys []string
	for _, f := range fields {
		keys = append(keys, f.key)
	}
	return keys
}

var (
	typeDistribution = reflect.TypeFor[Distribution]()
	typePopularity   = reflect.TypeFor[Popularity]()
	typeTarget       = reflect.TypeFor[Target]()
	typeExpected     = reflect.TypeFor[Expected]()
	typeSwarm        = reflect.TypeFor[Swarm]()
)

// leaf says whether a type has a form of its own, so that its map, if it is
// one, is not a struct's.
func leaf(t reflect.Type) bool {
	return t == typeDistribution || t == typePopularity || t == typeTarget || t == typeExpected
}

// whole says whether a node written for a field that takes one value for all
// its keys is that value.
func (f *field) whole(n *node) bool {
	if n.kind != mapNode {
		return n.kind == scalarNode
	}
	if f.kind.Kind() == reflect.Array { // of distributions
		return slices.ContainsFunc(n.keys(), func(key string) bool { return shapeOf(key) != Fixed })
	}
	return f.kind == reflect.TypeFor[Expect]() && n.get("fail") != nil
}

// children lists the keys below a field of a struct or array type.
func (f *field) children() []field {
	switch {
	case leaf(f.kind):
		return nil
	case f.kind.Kind() == reflect.Struct:
		return fieldsOf(f.kind)
	case f.kind.Kind() == reflect.Array:
		var list []field
		for i, name := range operators {
			e := f.element(f.kind.Elem())
			e.key, e.index = name, []int{i}
			list = append(list, *e)
		}
		return list
	}
	return nil
}
