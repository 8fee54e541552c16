package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"simrun/scenarios"
)

// scenarioFlags change a scenario on its way in. All commands that take scenarios share them.
type scenarioFlags struct {
	seed, protocol string // empty: the file's
	sets           []string
	ties           string // rule or shuffle
}

func (f *scenarioFlags) add(command *cobra.Command, ties bool) {
	flags := command.Flags()
	flags.StringVar(&f.protocol, "protocol", "", "the recovery protocol, in place of the file's: "+strings.Join(scenarios.Protocols(), ", "))
	flags.StringVar(&f.seed, "seed", "", "the seed, in place of the file's")
	flags.StringArrayVar(&f.sets, "set", nil, "change a key: `KEY=VALUE`, such as checkpoint.every=2s or faults[0].at=12s (repeatable)")
	f.ties = tiesRule
	if ties {
		flags.StringVar(&f.ties, "ties", tiesRule, "order of events at one instant: rule, or shuffle by the seed")
	}
	command.ValidArgsFunction = completeScenarios
}

const (
	tiesRule    = "rule"
	tiesShuffle = "shuffle"
)

func (f *scenarioFlags) shuffled() bool { return f.ties == tiesShuffle }

// planned is one run that was asked for.
type planned struct {
	argument string // the scenario as it was named
	scenario *scenarios.Scenario
	command  string // repeats the run; without --out, so that results do not depend on where they lie

	suffix     string // tells it from other runs of one scenario, protocol and seed, where it is kept as a failure
	dir        string // of the results
	comparison string // of the figures that show it beside the same scenario under other protocols
}

func (p *planned) protocol() string { return p.scenario.Recovery.Protocol }

// load reads every scenario under every protocol; none of the latter stands for the file's own. Everything that is wrong
// is found before anything runs, and told at once.
func (f *scenarioFlags) load(arguments, protocols []string) ([]planned, error) {
	overrides, wrong := f.overrides()
	if len(protocols) == 0 {
		protocols = []string{f.protocol}
	}
	var plan []planned
	help := ""
	for _, argument := range arguments {
		for _, protocol := range protocols {
			changed := overrides
			if protocol != "" && slices.Contains(scenarios.Protocols(), protocol) {
				changed = append(slices.Clip(overrides), scenarios.Override{Key: keyProtocol, Value: protocol})
			}
			scenario, err := scenarios.Load(argument, changed)
			if err != nil {
				for _, line := range linesOf(err) {
					if !slices.Contains(wrong, line) {
						wrong = append(wrong, line)
					}
				}
				if help == "" {
					help = helpWith(argument)
				}
				continue
			}
			plan = append(plan, planned{argument: argument, scenario: scenario, command: f.command(argument, scenario)})
		}
	}
	if len(wrong) == 0 {
		return plan, nil
	}
	if help == "" {
		help = "simrun run --help"
	}
	return nil, badInput(help, wrong...)
}

// Keys that have a flag of their own.
const (
	keyProtocol = "recovery.protocol"
	keySeed     = "seed"
)

// overrides turns the flags into what the loader takes, but for the protocol.
func (f *scenarioFlags) overrides() (list []scenarios.Override, wrong []string) {
	if f.protocol != "" {
		wrong = append(wrong, wrongProtocols("--protocol", []string{f.protocol})...)
	}
	if f.seed != "" {
		if _, err := strconv.ParseUint(f.seed, 10, 64); err != nil {
			wrong = append(wrong, fmt.Sprintf("--seed: %q is no whole number from 0 to 18446744073709551615", f.seed))
		} else {
			list = append(list, scenarios.Override{Key: keySeed, Value: f.seed})
		}
	}
	if f.ties != tiesRule && f.ties != tiesShuffle {
		wrong = append(wrong, fmt.Sprintf("--ties: %q is neither %s nor %s", f.ties, tiesRule, tiesShuffle))
	}
	for _, set := range f.sets {
		key, value, found := strings.Cut(set, "=")
		switch {
		case !found || key == "":
			wrong = append(wrong, fmt.Sprintf("--set %s: give it as KEY=VALUE, such as checkpoint.every=2s", set))
		case key == keySeed && f.seed != "":
			wrong = append(wrong, "--set seed: --seed says it already")
		case key == keyProtocol && f.protocol != "":
			wrong = append(wrong, "--set recovery.protocol: --protocol says it already")
		default:
			list = append(list, scenarios.Override{Key: key, Value: value})
		}
	}
	return list, wrong
}

func wrongProtocols(flag string, names []string) (wrong []string) {
	for _, name := range names {
		if !slices.Contains(scenarios.Protocols(), name) {
			wrong = append(wrong, fmt.Sprintf("%s: there is no protocol %q, but %s%s", flag, name,
				strings.Join(scenarios.Protocols(), ", "), didYouMean(name, scenarios.Protocols(), "")))
		}
	}
	return wrong
}

// command repeats a run exactly, whatever protocol and seed the file names by then.
func (f *scenarioFlags) command(argument string, s *scenarios.Scenario) string {
	return commandLine(append([]string{"run"}, f.arguments(argument, s)...))
}

// arguments are the scenario of a command that repeats what it did.
func (f *scenarioFlags) arguments(argument string, s *scenarios.Scenario) []string {
	args := []string{pasted(argument), "--protocol", s.Recovery.Protocol, "--seed", strconv.FormatUint(s.Seed, 10)}
	if f.shuffled() {
		args = append(args, "--ties", tiesShuffle)
	}
	for _, set := range f.sets {
		if key, _, _ := strings.Cut(set, "="); key != keySeed && key != keyProtocol {
			args = append(args, "--set", set)
		}
	}
	return args
}

// linesOf gives what is wrong with a scenario, one line each.
func linesOf(err error) []string {
	var bad *scenarios.BadInput
	if errors.As(err, &bad) {
		return bad.Lines
	}
	return strings.Split(err.Error(), "\n")
}

// helpWith is the command that helps with a scenario that could not be loaded: which there are, one that is right, or
// what this one's keys are.
func helpWith(argument string) string {
	if _, err := scenarios.Load(argument, nil); err == nil {
		return commandLine([]string{"expand", argument})
	}
	if _, err := os.Stat(argument); err == nil {
		return "simrun init"
	}
	return "simrun list"
}

// completeScenarios tells a shell the names of the built-in scenarios; files it knows itself.
func completeScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, builtin := range append(scenarios.Builtins(), scenarios.Anomalies()...) {
		names = append(names, builtin.Name+"\t"+builtin.About)
	}
	return names, cobra.ShellCompDirectiveDefault
}
