package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"simrun/report"
	"simrun/scenarios"
)

// sweepRunsMost bounds a sweep: more is a slip of the keyboard, or needs another folder.
const sweepRunsMost = 1_000_000

// planned reads the scenario under every protocol and set of values. All that is wrong is told at once.
func (f *sweepFlags) planned(a *app, argument string) (*sweeper, error) {
	s := &sweeper{app: a, flags: f, argument: argument, sets: map[string][]string{}}
	lists, flaw := f.lists()
	seeds, wrong := f.seedList()
	wrong = append(wrong, flaw...)
	s.plan.Seeds = seeds
	shard, shards, flaw := parseShard(f.shard)
	s.shard, s.shards = shard, shards
	wrong = append(wrong, flaw...)
	wrong = append(wrong, f.numbers()...)
	protocols, err := f.chosen()
	if err != nil {
		wrong = append(wrong, linesOf(err)...)
	}
	s.plan.Choice = scenarios.Choice{Everywhere: f.everywhere, Pairs: f.pairs, Every: f.every, Most: f.most}
	s.plan.ShuffleTies = f.shuffled()
	s.plan.Numbers, flaw = f.numbersOf()
	wrong = append(wrong, flaw...)
	if err := s.variants(lists, protocols); err != nil {
		failed := a.classified(err)
		return nil, badInput(failed.paste, append(wrong, failed.text)...)
	}
	if len(wrong) > 0 {
		return nil, badInput("simrun sweep --help", wrong...)
	}
	if s.plan.Seeds == nil {
		s.plan.Seeds = []uint64{s.plan.Variants[0].Scenario.Seed}
	}
	if runs := uint64(len(s.plan.Variants)*len(s.plan.Seeds)) * s.plan.Runs(); runs > sweepRunsMost {
		return nil, badInput("simrun sweep --help", fmt.Sprintf("%d runs are more than %d: sweep fewer seeds or values at a time", runs, sweepRunsMost))
	}
	s.source = source()
	sum := sha256.Sum256([]byte(s.plan.Identity()))
	s.dir = filepath.Join(f.root(), s.plan.Variants[0].Scenario.Name, hex.EncodeToString(sum[:4]))
	s.batch = &batch{app: a, flags: &f.runFlags, bar: &bar{}}
	return s, s.distinct()
}

// parseShard reads I/N; the shard is counted from 0 then.
func parseShard(text string) (shard, shards int, wrong []string) {
	first, second, found := strings.Cut(text, "/")
	i, err := strconv.Atoi(first)
	n, err2 := strconv.Atoi(second)
	if !found || err != nil || err2 != nil || i < 1 || n < i || n > sweepRunsMost {
		return 0, 1, []string{fmt.Sprintf("--shard: %q is no part such as 2/4: I/N with I from 1 to N", text)}
	}
	return i - 1, n, nil
}

// numbers says what is wrong with flags that are numbers.
func (f *sweepFlags) numbers() (wrong []string) {
	if f.workers < 1 || f.workers > 1024 {
		wrong = append(wrong, fmt.Sprintf("-j: %d is no number of workers from 1 to 1024", f.workers))
	}
	if f.every < 1 {
		wrong = append(wrong, fmt.Sprintf("--crash-every: %d is below 1", f.every))
	}
	if f.most < 0 || f.most > sweepRunsMost {
		wrong = append(wrong, fmt.Sprintf("--most: %d is not from 1 to %d", f.most, sweepRunsMost))
	}
	if f.everywhere || f.pairs {
		return wrong
	}
	if f.every != 1 {
		wrong = append(wrong, "--crash-every: it thins --crash-everywhere or --pairs; give one of them")
	}
	if f.most != 0 {
		wrong = append(wrong, "--most: it bounds --crash-everywhere or --pairs; give one of them")
	}
	return wrong
}

// variants loads the scenario under every protocol with every combination of values, the last key changing fastest.
func (s *sweeper) variants(lists []listed, protocols []string) error {
	combinations := 1
	for _, l := range lists {
		combinations *= len(l.values)
		if combinations > sweepRunsMost {
			return badInput("simrun sweep --help", fmt.Sprintf("--set: more than %d combinations of values", sweepRunsMost))
		}
	}
	var wrong []string
	paste := ""
	for n := range combinations {
		sets := make([]string, len(lists))
		for i, rest := len(lists)-1, n; i >= 0; i-- {
			sets[i] = lists[i].key + "=" + lists[i].values[rest%len(lists[i].values)]
			rest /= len(lists[i].values)
		}
		one := s.flags.scenarioFlags
		one.sets = append(slices.Clip(s.flags.sets), sets...)
		plan, err := one.load([]string{s.argument}, protocols)
		if err != nil {
			failed := s.app.classified(err)
			paste = failed.paste
			for _, line := range strings.Split(failed.text, "\n") {
				if !slices.Contains(wrong, line) {
					wrong = append(wrong, line)
				}
			}
			continue
		}
		for _, p := range plan {
			v := scenarios.Variant{Scenario: p.scenario, Values: strings.Join(sets, " ")}
			s.plan.Variants = append(s.plan.Variants, v)
			s.sets[v.Values] = sets
		}
	}
	if len(wrong) > 0 {
		return badInput(paste, wrong...)
	}
	slices.SortStableFunc(s.plan.Variants, func(a, b scenarios.Variant) int { return protocolRank(a, protocols) - protocolRank(b, protocols) })
	return nil
}

func protocolRank(v scenarios.Variant, protocols []string) int {
	return slices.Index(protocols, v.Scenario.Recovery.Protocol)
}

// distinct refuses values that make the same scenario twice: their results would be one folder.
func (s *sweeper) distinct() error {
	for i, v := range s.plan.Variants {
		for _, before := range s.plan.Variants[:i] {
			if s.runDir(v.Scenario, 0) == s.runDir(before.Scenario, 0) {
				return badInput("simrun sweep --help", fmt.Sprintf("--set: %s and %s make the same scenario: name each value once", before.Values, v.Values))
			}
		}
	}
	return nil
}

// runDir is the results folder of a run without chosen crashes.
func (s *sweeper) runDir(of *scenarios.Scenario, seed uint64) string {
	return filepath.Join(s.flags.out, of.Folder(), of.Recovery.Protocol, "seed-"+strconv.FormatUint(seed, 10))
}

// describe fills in what sweep.json holds.
func (s *sweeper) describe() error {
	first := s.plan.Variants[0].Scenario
	s.result = report.Sweep{Scenario: first.Name, Ties: s.flags.ties, Command: s.command(), Tasks: first.Tasks(), Horizon: first.Time.Horizon}
	switch {
	case s.flags.pairs:
		s.result.Crashes = report.CrashesPairs
	case s.flags.everywhere:
		s.result.Crashes = report.CrashesEverywhere
	case s.plan.Numbers.To > 0:
		s.result.Crashes = report.CrashesSwarm
	}
	for _, one := range scenarios.Situations() {
		s.result.Situations = append(s.result.Situations, report.SweepSituation(one))
	}
	for _, v := range s.plan.Variants {
		g := report.SweepGroup{Protocol: v.Scenario.Recovery.Protocol, Values: v.Values, Expanded: string(v.Scenario.Expand())}
		g.Expected, g.ExpectedChecks = v.Scenario.Expectation(g.Protocol)
		if s.plan.Numbers.To > 0 {
			g.Expected, g.ExpectedChecks = v.Scenario.SwarmExpectation(g.Protocol)
		}
		var err error
		if g.Unreachable, err = v.Scenario.Unreachable(s.plan.Choice); err != nil {
			return s.app.classified(err)
		}
		if g.Goals, err = v.Scenario.Goals(); err != nil {
			return s.app.classified(err)
		}
		s.result.Groups = append(s.result.Groups, g)
	}
	for _, p := range s.points {
		s.result.Groups[p.Variant].Runs++
	}
	return nil
}

// command makes the whole sweep again.
func (s *sweeper) command() string {
	var args []string
	skip := false
	for _, arg := range s.app.args {
		name, _, joined := strings.Cut(arg, "=")
		switch {
		case skip:
			skip = false
		case name == "--out" || name == "--jobs" || name == "--shard" || arg == "-j":
			skip = !joined
		case strings.HasPrefix(arg, "-j") || name == "--json" || name == "--quiet" || name == "--no-figures" || name == "--trace" || name == "--twice":
		case arg == s.argument:
			args = append(args, pasted(arg))
		default:
			args = append(args, arg)
		}
	}
	return commandLine(args)
}

// source names what rows are a function of besides the plan: the source that simrun was built from or, where that does not
// tell it, the program itself.
func source() string {
	name := version()
	if !strings.Contains(name, "dirty") && !strings.Contains(name, "devel") && !strings.Contains(name, "unknown") {
		return name
	}
	path, err := os.Executable()
	if err != nil {
		return name
	}
	file, err := os.Open(path)
	if err != nil {
		return name
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return name
	}
	return name + " program " + hex.EncodeToString(sum.Sum(nil)[:4])
}
