package scenarios

import (
	"regexp"
	"slices"
	"strings"
)

// shapeOf gives the shape that a key stands for; Fixed if none.
func shapeOf(key string) Shape {
	for shape, keys := range shapeKeys {
		if len(keys) > 0 && keys[0] == key {
			return Shape(shape)
		}
	}
	return Fixed
}

func shapeWords() []string {
	var words []string
	for _, keys := range shapeKeys {
		if len(keys) > 0 {
			words = append(words, keys[0])
		}
	}
	return words
}

// logNormalSpread is how many times the median the 99th percentile may be.
const logNormalSpread = 65536

// distribution reads a constant or a map of one key, the shape.
func (d *decoder) distribution(n *node, to *Distribution, f *field, path string) {
	to.Timed = f.form == "time"
	if n.kind == scalarNode {
		to.A = d.number(n, f, path)
		return
	}
	if n.kind != mapNode {
		d.fail(n, path, "expected a constant, or a map of one key: %s", strings.Join(shapeWords(), ", "))
		return
	}
	d.unknownKeys(n, shapeWords(), path)
	if len(n.entries) != 1 || n.bad {
		if !n.bad {
			d.fail(n, path, "expected one key of %s, not %d", strings.Join(shapeWords(), ", "), len(n.entries))
		}
		return
	}
	shape := n.entries[0].key
	inner := n.entries[0].value
	path = join(path, shape)
	to.Shape = shapeOf(shape)
	if inner.kind == nullNode {
		d.fail(inner, path, "there is no value")
		return
	}
	if !d.is(inner, mapNode, path) {
		n.bad = true
		return
	}
	keys := shapeKeys[to.Shape][1:]
	d.unknownKeys(inner, keys, path)
	numbers := [2]*int64{&to.A, &to.B}
	for i, key := range keys {
		given := inner.get(key)
		if given == nil {
			d.fail(inner, path, "missing key %s", key)
			continue
		}
		if d.is(given, scalarNode, join(path, key)) {
			*numbers[i] = d.number(given, f, join(path, key))
		}
		inner.bad = inner.bad || given.bad
	}
	if n.bad = inner.bad; !n.bad {
		d.shape(n, inner, to, path)
	}
}

// shape reports numbers of a distribution that contradict each other.
func (d *decoder) shape(n, inner *node, to *Distribution, path string) {
	before := len(d.found)
	place := func(key string) place { return inner.get(key).place }
	text := to.form().format
	switch {
	case to.Shape == Uniform && to.A > to.B:
		d.contradict(place("min"), place("max"), "%s: min %s is above max %s", path, text(to.A), text(to.B))
	case to.Shape == LogNormal && to.A == 0:
		d.add(place("p50"), "%s: p50 must be above 0", path)
	case to.Shape == LogNormal && to.B < to.A:
		d.contradict(place("p99"), place("p50"), "%s: p99 %s is below p50 %s", path, text(to.B), text(to.A))
	case to.Shape == LogNormal && (to.B-1)/logNormalSpread >= to.A:
		d.contradict(place("p99"), place("p50"), "%s: p99 %s is more than %d times p50 %s", path, text(to.B), logNormalSpread, text(to.A))
	}
	n.bad = len(d.found) > before
}

// popularity reads uniform or {zipf: theta}.
func (d *decoder) popularity(n *node, to *Popularity, path string) {
	switch {
	case n.kind == scalarNode && n.text == "uniform":
		to.Uniform = true
	case n.kind == scalarNode:
		d.fail(n, path, "expected uniform or {zipf: 0.9}, not %s%s", quoted(n.text), didYouMean(n.text, []string{"uniform"}))
	case d.is(n, mapNode, path):
		d.unknownKeys(n, []string{"zipf"}, path)
		theta := n.get("zipf")
		if theta == nil {
			if !n.bad {
				d.fail(n, path, "missing key zipf")
			}
			return
		}
		path = join(path, "zipf")
		if d.is(theta, scalarNode, path) {
			to.Zipf = d.number(theta, &field{form: "milli", max: 10_000, maxText: "10"}, path)
		}
		n.bad = n.bad || theta.bad
	}
}

func (d *decoder) target(n *node, to *Target, path string) {
	if !d.is(n, scalarNode, path) {
		return
	}
	t, meant, ok := parseTarget(n.text)
	if ok {
		*to = t
		return
	}
	hint := ""
	if meant != "" {
		hint = "; did you mean " + meant + "?"
	}
	d.fail(n, path, "%s is no target: expected OP/N, OP/N/standby, machine/N, manager, broker or store%s", quoted(n.text), hint)
}

var monitorPattern = regexp.MustCompile(`^INV-[0-9]{2}$`)

// expected reads pass, safe, fail, any, or {fail: [checks]}.
func (d *decoder) expected(n *node, to *Expected, path string) {
	to.Word = "pass"
	switch {
	case n.kind == scalarNode && slices.Contains(expectWords, n.text):
		to.Word = n.text
	case n.kind == scalarNode:
		d.fail(n, path, "expected pass, safe, fail, any or {fail: [checks]}, not %s%s", quoted(n.text), didYouMean(n.text, expectWords))
	case d.is(n, mapNode, path):
		to.Word = "fail"
		d.unknownKeys(n, []string{"fail"}, path)
		list := n.get("fail")
		if list == nil {
			return
		}
		path = join(path, "fail")
		if list.kind == nullNode || list.kind == listNode && len(list.items) == 0 {
			d.fail(list, path, "which checks? Write expect: fail if any of them may")
			return
		}
		if !d.is(list, listNode, path) {
			return
		}
		for _, item := range list.items {
			known := item.kind == scalarNode && (slices.Contains(checkNames, item.text) || monitorPattern.MatchString(item.text))
			switch {
			case !known:
				d.fail(item, path, "there is no check %s%s", quoted(item.text), didYouMean(item.text, checkNames))
			case slices.Contains(to.Checks, item.text):
				d.fail(item, path, "%s is named twice", item.text)
			default:
				to.Checks = append(to.Checks, item.text)
			}
		}
	}
}
