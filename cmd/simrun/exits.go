package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"simrun/report"
	"simrun/scenarios"
)

// Exit codes. Scripts rely on them.
const (
	exitHeld        = 0   // everything asked for held
	exitViolated    = 1   // a property was violated, or an expectation not met
	exitInput       = 2   // bad usage or bad input, or results that cannot be written
	exitUndecided   = 3   // a check ran out of its budget, or the run tested nothing
	exitDiffers     = 4   // two runs of one seed differ
	exitInternal    = 5   // a broken kernel, harness or checker
	exitInterrupted = 130 // what was finished stays
)

// worst condenses the exit codes of several runs: the first of this order that occurs.
func worst(codes []int) int {
	for _, code := range []int{exitInternal, exitDiffers, exitInput, exitViolated, exitUndecided} {
		if slices.Contains(codes, code) {
			return code
		}
	}
	return exitHeld
}

// failure is an error with its exit code, its text, and what to paste next.
type failure struct {
	exit  int
	text  string // lines, without the last newline; empty: it is on stdout already
	paste string // a command; empty: the text says it
}

func (f *failure) Error() string { return f.text }

// badInput is wrong usage or input: whatever is wrong, and a command that helps.
func badInput(paste string, lines ...string) error {
	return &failure{exitInput, strings.Join(lines, "\n"), paste}
}

// saidAlready ends a command whose stdout says it all.
func saidAlready(exit int) error {
	if exit == exitHeld {
		return nil
	}
	return &failure{exit: exit}
}

// needs says before anything is simulated that its results could not be saved.
func (a *app) needs(places []place) error {
	if lines := unwritable(places); len(lines) > 0 {
		return badInput(a.elsewhere(), lines...)
	}
	return nil
}

// elsewhere is this call with its results in a new folder. The last --out counts.
func (a *app) elsewhere() string { return a.again() + ` --out "$(mktemp -d)"` }

// classified gives an error of another package its exit code.
func (a *app) classified(err error) *failure {
	again := a.again()
	var known *failure
	var unwritable *report.Unwritable
	var internal *scenarios.InternalError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.Canceled):
		return &failure{exitInterrupted, "interrupted; what was finished stays", again}
	case errors.As(err, &internal):
		return &failure{exitInternal, internal.Error(), again}
	case errors.As(err, &unwritable):
		return &failure{exitInput, unwritable.Error(), a.elsewhere()}
	}
	return &failure{exitInput, err.Error(), again}
}

// tell prints an error, ends with a command to paste, and returns the exit code.
func (a *app) tell(root *cobra.Command, err error) int {
	if err == nil {
		return exitHeld
	}
	var known *failure
	if !errors.As(err, &known) && strings.HasPrefix(err.Error(), "unknown command") {
		known = unknownCommand(root, err)
	}
	if known == nil {
		known = a.classified(err)
	}
	if known.text != "" {
		fmt.Fprintln(a.stderr, known.text)
	}
	if known.paste != "" {
		fmt.Fprintf(a.stderr, "%s: %s\n", leadIn(known.exit), known.paste)
	}
	return known.exit
}

// leadIn says what the command to paste is for.
func leadIn(exit int) string {
	switch exit {
	case exitInput:
		return "try"
	case exitInterrupted:
		return "to do it again"
	}
	return "the same again"
}
