package shrink

import (
	"errors"
	"strings"

	"simrun/check"
	"simrun/scenarios"
)

// Class is what two failures have in common that count as the same: the first
// violated check in the order of the contract, so that judges come before
// monitors. The zero value is that of a run that does not fail.
//
// Details are left out: they name operations and numbers, which shrinking
// changes. That a shrunk failure has another cause than the one that it comes
// from is possible; that it violates another check first is not.
type Class struct {
	Check string // linearizable, ..., INV-01, ...; Internal for a broken harness
	Text  string // of an internal error, without its numbers: another text is another defect
}

// Internal is the check of a class of internal errors, OfProperty that of runs of
// which a property does not hold.
const (
	Internal   = "internal"
	OfProperty = "property"
)

// ClassOf gives the class of a run, from what scenarios.Run returned.
func ClassOf(r *scenarios.Result, err error) Class {
	var internal *scenarios.InternalError
	if errors.As(err, &internal) {
		return Class{Internal, withoutNumbers(internal.Text)}
	}
	if err != nil {
		return Class{}
	}
	for _, f := range r.Checks {
		if f.Verdict == check.Violated && f.Name != check.Repeats {
			return Class{Check: f.Name}
		}
	}
	return Class{}
}

// Fails says whether there is a failure at all.
func (c Class) Fails() bool { return c.Check != "" }

// String is the check's name, and the text of an internal error.
func (c Class) String() string {
	if c.Text == "" {
		return c.Check
	}
	return c.Check + ": " + c.Text
}

// withoutNumbers puts # for each number, and ends at the first line's end.
func withoutNumbers(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	var out strings.Builder
	number := false
	for _, r := range text {
		digit := r >= '0' && r <= '9'
		if digit && !number {
			out.WriteByte('#')
		}
		if number = digit; !digit {
			out.WriteRune(r)
		}
	}
	return out.String()
}
