package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// BadInput is everything wrong with a file, as opposed to what is wrong with
// the system that it tells of. Its text has one line per flaw, sorted by place.
type BadInput struct {
	File  string
	Flaws []Flaw // at most flawsListed
	More  int    // flaws beyond those listed
}

// Flaw is one thing wrong at one place. Lines and columns count from 1, columns
// in bytes.
type Flaw struct {
	Line, Column int
	Text         string
}

const (
	flawsListed = 50
	flawsKept   = 10_000 // before sorting; later ones are only counted
)

func (b *BadInput) Error() string {
	var text strings.Builder
	for n, flaw := range b.Flaws {
		if n > 0 {
			text.WriteByte('\n')
		}
		fmt.Fprintf(&text, "%s:%d:%d: %s", b.File, flaw.Line, flaw.Column, flaw.Text)
	}
	if b.More > 0 {
		fmt.Fprintf(&text, "\n%s: and %d more like these", b.File, b.More)
	}
	return text.String()
}

// flawList collects flaws.
type flawList struct {
	flaws []Flaw
	count int
}

func (l *flawList) add(line, column int, format string, args ...any) {
	if l.count++; len(l.flaws) < flawsKept {
		l.flaws = append(l.flaws, Flaw{line, column, fmt.Sprintf(format, args...)})
	}
}

// err gives all flaws as an error, or nil if there is none.
func (l *flawList) err(file string) error {
	if l.count == 0 {
		return nil
	}
	slices.SortStableFunc(l.flaws, func(a, b Flaw) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	listed := l.flaws[:min(len(l.flaws), flawsListed)]
	return &BadInput{File: file, Flaws: listed, More: l.count - len(listed)}
}

// didYouMean gives the end of a message that names the nearest of words, or
// nothing if none is near.
func didYouMean(got string, words []string) string {
	best, least := "", 1+len(got)/3
	for _, word := range words {
		if d := levenshtein.ComputeDistance(got, word); d <= least && (best == "" || d < least) {
			best, least = word, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}
