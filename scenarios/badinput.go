package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// BadInput is everything wrong with a scenario file and the overrides, one
// line each, sorted by place: FILE:LINE:COL: message; did you mean X?, for
// overrides --set KEY: message.
type BadInput struct{ Lines []string }

func (b *BadInput) Error() string { return strings.Join(b.Lines, "\n") }

// linesListed bounds a report: a file of another kind is wrong on every line.
const linesListed = 100

// place is where a node was written. Later origins outrank earlier ones when a
// contradiction between two nodes has to be put somewhere.
type place struct {
	origin       origin
	line, column int    // of the file, both from 1; of a default: where its map is
	set          int    // number of the override
	key          string // of the override
}

type origin uint8

const (
	fromDefault origin = iota
	fromFile
	fromSet
)

type flaw struct {
	place place
	text  string
}

// flaws collects what is wrong.
type flaws struct {
	file  string
	found []flaw
}

func (f *flaws) add(at place, format string, args ...any) {
	f.found = append(f.found, flaw{at, fmt.Sprintf(format, args...)})
}

// contradict reports what is wrong between two nodes, at the one that was
// written by the stronger origin, else at the first.
func (f *flaws) contradict(a, b place, format string, args ...any) {
	if b.origin > a.origin {
		a = b
	}
	f.add(a, format, args...)
}

// err gives all flaws as a *BadInput, or nil if there is none.
func (f *flaws) err() error {
	if len(f.found) == 0 {
		return nil
	}
	slices.SortStableFunc(f.found, func(a, b flaw) int {
		p, q := a.place, b.place
		return cmp.Or(
			cmp.Compare(max(p.origin, fromFile), max(q.origin, fromFile)), // a default has the place of its map in the file
			cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column), cmp.Compare(p.set, q.set))
	})
	var lines []string
	for _, flaw := range f.found {
		line := fmt.Sprintf("%s:%d:%d: %s", f.file, flaw.place.line, flaw.place.column, flaw.text)
		if flaw.place.origin == fromSet {
			line = fmt.Sprintf("--set %s: %s", flaw.place.key, flaw.text)
		}
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
		if len(lines) > linesListed {
			lines[linesListed] = fmt.Sprintf("%s: and more like these", f.file)
			break
		}
	}
	return &BadInput{lines}
}

// nearest gives the word that was probably meant, or nothing.
func nearest(got string, words []string) string {
	best, least := "", 1+len(got)/3
	for _, word := range words {
		d := levenshtein.ComputeDistance(strings.ToLower(got), strings.ToLower(word))
		if d <= least && (best == "" || d < least) && d < len(word) {
			best, least = word, d
		}
	}
	return best
}

// didYouMean is the end of a message that names the nearest word, or nothing.
func didYouMean(got string, words []string) string {
	if best := nearest(got, words); best != "" {
		return "; did you mean " + best + "?"
	}
	return ""
}

// quoted makes text from outside fit for one line of a message.
func quoted(text string) string {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	plain := text != ""
	for _, r := range text {
		plain = plain && r > ' ' && r < 0x7f && r != '"' && r != '\\'
	}
	if plain {
		return text
	}
	return fmt.Sprintf("%q", text)
}
