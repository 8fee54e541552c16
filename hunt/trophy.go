package hunt

import (
	"cmp"
	"slices"

	"simrun/museum"
)

// Trophy is what came of the hunt for one bug.
type Trophy struct {
	Bug               museum.Bug
	Runs              int     // random scenarios that were run with it, up to the last catch
	Catches           int     // of them violated something, and pass without it
	Vacuous           int     // of them tested nothing
	Caught            []int   // numbers of the scenarios that caught it, from 1
	Checks            []Count // how many catches violated each check, most first
	Judged            int     // catches that clients and books show: a judge, not a monitor alone
	Wrong             []int   // numbers that fail without the bug: a bug that nobody planted
	Changed           int     // of a survivor: of the first Probes runs, how many it made different
	Probes            int     // of a survivor
	Shrunk            string  // a catch, as small as it gets, as a scenario file; empty: not shrunk
	Faults, Checkouts int     // of Shrunk; tasks that crash at one instant are one fault
	Class             string  // of Shrunk: the check that names the failure
}

// Count is how often something was seen.
type Count struct {
	Name  string
	Times int
}

// Outcome is one word for what came of the hunt.
func (t *Trophy) Outcome() string {
	switch {
	case t.Catches > 0 && t.Bug.Harmless != "":
		return "caught, and said to do no harm"
	case t.Catches > 0:
		return "caught"
	case t.Bug.Harmless != "":
		return "harmless"
	case t.Bug.Hidden != "":
		return "hidden"
	case t.Changed == 0:
		return "never triggered"
	}
	return "survived"
}

// sortCounts puts the most frequent first.
func sortCounts(list []Count) {
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(b.Times-a.Times, cmp.Compare(a.Name, b.Name)) })
}
