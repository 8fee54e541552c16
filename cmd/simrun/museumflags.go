package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"simrun/museum"
)

// museumFlags are what a sweep of planted bugs may be asked for.
type museumFlags struct {
	on      bool
	bugs    string
	catches int
	tries   int
	command *cobra.Command // whose flags these are
}

const (
	catchesUsual = 20
	triesUsual   = 10_000
)

func addMuseum(command *cobra.Command) *museumFlags {
	f := &museumFlags{command: command}
	flags := command.Flags()
	flags.BoolVar(&f.on, "museum", false, "plant each bug of the museum and hunt it with random scenarios (docs/museum.md)")
	flags.StringVar(&f.bugs, "bugs", "", "with --museum: only these `BUGS`, such as no-fence,torn-commit")
	flags.IntVar(&f.catches, "catches", catchesUsual, "with --museum: a hunt ends with `N` catches")
	flags.IntVar(&f.tries, "tries", triesUsual, "with --museum: and after `N` runs")
	return f
}

// notInMuseum are the flags of a sweep that say which runs there are or what is kept
// of each: a hunt decides both by itself.
var notInMuseum = []string{"seeds", "protocols", "crash-everywhere", "pairs", "swarm", "crash-every", "most", "shard", "ties", "twice", "trace"}

// misplaced says which flags do not go together: a flag that would be ignored is an error.
func (f *museumFlags) misplaced() (wrong []string) {
	given := f.command.Flags().Changed
	if !f.on {
		for _, name := range []string{"bugs", "catches", "tries"} {
			if given(name) {
				wrong = append(wrong, fmt.Sprintf("--%s: it bounds the hunts of --museum; give that as well, or leave it out", name))
			}
		}
		return wrong
	}
	for _, name := range notInMuseum {
		if given(name) {
			wrong = append(wrong, fmt.Sprintf("--%s: --museum says itself what runs; leave one of them out", name))
		}
	}
	return wrong
}

// list gives the bugs that are asked for: all, unless some are named.
func (f *museumFlags) list() (bugs []museum.Bug, wrong []string) {
	if !f.command.Flags().Changed("bugs") {
		return museum.Bugs(), nil
	}
	var names []string
	for _, name := range strings.Split(f.bugs, ",") {
		name = strings.TrimSpace(name)
		b, ok := museum.Find(name)
		switch {
		case name == "":
			wrong = append(wrong, fmt.Sprintf("--bugs: %q has a name that is empty; write them as no-fence,torn-commit", f.bugs))
			return nil, wrong
		case !ok:
			wrong = append(wrong, fmt.Sprintf("--bugs: no planted bug is called %s%s; docs/mistakes.md and results/museum/museum.md list them", name, didYouMean(name, museum.Names(), "")))
		case slices.Contains(names, name):
			wrong = append(wrong, fmt.Sprintf("--bugs: %s is named twice", name))
		}
		names, bugs = append(names, name), append(bugs, b)
	}
	return bugs, wrong
}

// part says whether this is less or other than the whole museum, which the tracked
// tables are of.
func (f *museumFlags) part(args []string) bool {
	given := f.command.Flags().Changed
	return len(args) > 0 || f.bugs != "" || f.catches != catchesUsual || f.tries != triesUsual || given("set") || given("seed") || given("protocol")
}
