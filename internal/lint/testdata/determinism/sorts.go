package control

import (
	"cmp"
	"slices"
	"sort"
)

type byLength []string

func (b byLength) Len() int           { return len(b) }
func (b byLength) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLength) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

func sorts(words []string) {
	length := func(a, b string) int { return cmp.Compare(len(a), len(b)) }
	sort.Slice(words, func(i, j int) bool { return len(words[i]) < len(words[j]) }) // want "sort.Slice: "
	sort.Sort(byLength(words))                                                      // want "sort.Sort: "
	sort.Stable(byLength(words))
	slices.SortFunc(words, length)              // want "slices.SortFunc: "
	slices.SortFunc(words, cmp.Compare[string]) // total order
	// By the word, which makes it a total order.
	slices.SortFunc(words, cmp.Compare[string])
	slices.SortStableFunc(words, length)
	slices.Sort(words)
}
