package control

import (
	"cmp"
	"maps"
	"slices"
)

type table map[string]int

func ranges(m map[string]int, named table, list []int) (sum int) {
	for _, v := range m { // want "range over a map: "
		sum += v
	}
	for range named { // want "range over a map: "
		sum++
	}
	for _, v := range list {
		sum += v
	}
	for range maps.Keys(m) { // want "maps.Keys: "
		sum++
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		sum += m[k]
	}
	values := slices.Collect(maps.Values(m)) // want "maps.Values: "
	// A total order: the values are numbers.
	values = slices.SortedFunc(maps.Values(m), cmp.Compare[int])
	return sum + len(values)
}

func generic[M map[int]int](m M) (sum int) {
	for _, v := range m { // want "range over a map: "
		sum += v
	}
	return sum
}
