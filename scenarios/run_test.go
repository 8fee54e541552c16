package scenarios

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"simrun/check"
	"simrun/sim"
)

// load loads a built-in scenario for a protocol.
func load(t testing.TB, name, protocol string, sets ...string) *Scenario {
	t.Helper()
	overrides := []Override{{"recovery.protocol", protocol}}
	for _, set := range sets {
		key, value, _ := strings.Cut(set, "=")
		overrides = append(overrides, Override{key, value})
	}
	s, err := Load(name, overrides)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t testing.TB, s *Scenario, o Options) Result {
	t.Helper()
	r, err := RunWith(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// verdict condenses the checks of a run as the contract does.
func verdict(r Result) string {
	word := "pass"
	for _, f := range r.Checks {
		switch f.Verdict {
		case check.Violated:
			return "fail"
		case check.Undecided:
			word = "undecided"
		}
	}
	return word
}

// smaller is the main job at a tenth of its load and a sixth of its length.
var smaller = []string{"time.horizon=10s", "time.warmup=1s", "workload.arrivals.open=1000/s", "workload.operations=10000",
	"checkpoint.every=2s", "faults[0].at=5s", "checkout.items.count=2000", "checkout.users.count=2000"}

func setsOf(name string) []string {
	if name == "crash-stock" {
		return smaller
	}
	return nil
}

var anOperation = regexp.MustCompile(`\bo\d+\b|\b(stock|credit) of ([iu]\d+|count\d[./]k?\d+)\b`)

// The scenario table: every built-in under every protocol does what its file
// expects, and a failure says in plain words which operation or key went wrong.
func TestBuiltinsMeetTheirTable(t *testing.T) {
	for _, b := range Builtins() {
		for _, protocol := range Protocols() {
			s := load(t, b.Name, protocol, setsOf(b.Name)...)
			r := run(t, s, Options{})
			want, named := s.Expectation(protocol)
			got := verdict(r)
			if want != "any" && got != want {
				t.Errorf("%s under %s: %s, expected %s; vacuous: %q\n%s", b.Name, protocol, got, want, r.Vacuous, complaints(r))
			}
			if got == "fail" && !anOperation.MatchString(complaints(r)) {
				t.Errorf("%s under %s fails and names no operation and no key:\n%s", b.Name, protocol, complaints(r))
			}
			for _, f := range r.Checks {
				if f.Verdict == check.Violated && len(named) > 0 && !slices.Contains(named, f.Name) {
					t.Errorf("%s under %s: %s is violated beside %v: %s", b.Name, protocol, f.Name, named, f.Detail)
				}
			}
			if notes := strings.Join(r.Notes, "\n"); got == "pass" && !strings.Contains(notes, "Porcupine agrees on") {
				t.Errorf("%s under %s: no second opinion: %s", b.Name, protocol, notes)
			}
			followed, rolledBack := int64(0), 0
			for _, recovery := range r.Recoveries {
				followed += recovery.Determinants
				rolledBack += recovery.TasksRolledBack
			}
			if protocol == "clonos" && len(s.Faults) > 0 && followed == 0 && rolledBack == 0 {
				t.Errorf("%s under clonos: nothing was replayed: %+v", b.Name, r.Recoveries)
			}
		}
	}
}

func complaints(r Result) string {
	var b strings.Builder
	for _, f := range r.Checks {
		if f.Verdict == check.Violated || f.Verdict == check.Undecided {
			b.WriteString(f.Name + ": " + f.Detail + "\n")
		}
	}
	return b.String()
}

// Rollback does not make up for replies that left too early: what they told is
// contradicted. Released with the checkpoint, they are kept.
func TestGlobalWithImmediateRepliesContradictsWhatItTold(t *testing.T) {
	r := run(t, load(t, "crash-again", "global", "recovery.replies=immediate"), Options{})
	if got := verdict(r); got != "fail" {
		t.Fatalf("%s, expected fail", got)
	}
	var names []string
	for _, f := range r.Checks {
		if f.Verdict == check.Violated {
			names = append(names, f.Name)
		}
	}
	if !slices.Contains(names, "replies_kept") && !slices.Contains(names, "linearizable") && !slices.Contains(names, "provider_ledger") {
		t.Errorf("only %v are violated", names)
	}
}

// The same seed gives the same bytes, at any GOMAXPROCS, traced or not, and
// with both kinds of ties; another seed gives others.
func TestRunsAreFunctionsOfTheScenario(t *testing.T) {
	names := []string{"crash-order", "crash-at-checkpoint"}
	if !testing.Short() {
		names = append(names, "wdm-consistency", "no-standby")
	}
	for _, name := range names {
		for _, shuffle := range []bool{false, true} {
			s := load(t, name, "clonos")
			first := run(t, s, Options{ShuffleTies: shuffle})
			before := runtime.GOMAXPROCS(1)
			again := run(t, s.Clone(), Options{ShuffleTies: shuffle, Trace: io.Discard, Progress: func(done, total sim.Time) {}})
			runtime.GOMAXPROCS(before)
			if first.Digest != again.Digest || !slices.Equal(first.Blocks, again.Blocks) || !slices.Equal(first.Windows, again.Windows) {
				block, _ := sim.FirstDifference(first.Blocks, again.Blocks)
				t.Errorf("%s, ties shuffled %v: two runs differ from block %d on", name, shuffle, block)
			}
			var a, b strings.Builder
			if check.WriteHistory(&a, first.Evidence.History) != nil || check.WriteHistory(&b, again.Evidence.History) != nil || a.String() != b.String() {
				t.Errorf("%s: histories differ", name)
			}
		}
		if a, b := run(t, load(t, name, "clonos"), Options{}), run(t, load(t, name, "clonos", "seed=2"), Options{}); a.Digest == b.Digest {
			t.Errorf("%s: another seed, the same run", name)
		}
	}
}

// A difference between two runs is narrowed down to the event.
func TestFirstDifferenceIsNamed(t *testing.T) {
	a, b := load(t, "quiet", "clonos"), load(t, "quiet", "clonos", "costs.record=10001ns")
	first, other := run(t, a, Options{}), run(t, b, Options{})
	block, found := sim.FirstDifference(first.Blocks, other.Blocks)
	if !found {
		t.Fatal("a cost differs, and no event does")
	}
	first, other = run(t, a, Options{Capture: block + 1}), run(t, b, Options{Capture: block + 1})
	i, found := sim.FirstDifferentStep(first.Captured, other.Captured)
	if !found || i >= len(first.Captured) {
		t.Fatalf("no step of block %d differs", block)
	}
	if text := first.Describe(first.Captured[i].Event); !strings.Contains(text, "ns") {
		t.Errorf("the first different event is %q", text)
	}
}

// The consistency test of the class project: 100 of 1,000 orders are paid, and
// nothing is left over or missing, whatever the seed.
func TestWdmConsistency(t *testing.T) {
	for _, protocol := range []string{"clonos", "global"} {
		for _, seed := range []string{"1", "2", "3"} {
			r := run(t, load(t, "wdm-consistency", protocol, "seed="+seed), Options{})
			want := []string{
				"100 checkouts were paid, the stock is 0, the total credit is 900",
				"stock: 0 units missing of those that should be sold, 0 units away from what clients were told",
				"money: 0 missing of what should be spent, 0 away from what clients were told",
			}
			if len(r.Notes) < 3 || !slices.Equal(r.Notes[:3], want) {
				t.Errorf("%s, seed %s: %q", protocol, seed, r.Notes)
			}
		}
	}
	if r := run(t, load(t, "wdm-consistency", "none"), Options{}); len(r.Notes) == 0 || strings.Contains(r.Notes[1], " 0 units missing") && strings.Contains(r.Notes[2], " 0 missing") {
		t.Errorf("none loses nothing: %q", r.Notes)
	}
	r := run(t, load(t, "wdm-consistency", "clonos", "workload.mix={checkout: 90%, add_stock: 10%}"), Options{})
	if slices.ContainsFunc(r.Notes, func(note string) bool { return strings.Contains(note, "units missing") }) {
		t.Errorf("sums that hold of checkouts alone are told of top-ups: %q", r.Notes)
	}
}

// Two-phase commit is linearizable. A saga conserves stock and money, but
// others see its reservations.
func TestSagaConservesAndIsNotLinearizable(t *testing.T) {
	sets := []string{"checkout.transactions=saga", "checkout.items.count=3", "checkout.items.stock=300", "checkout.users.count=5",
		"checkout.provider.decline=50%", "workload.operations=1200", "checkout.lines=2"}
	r := run(t, load(t, "quiet", "clonos", sets...), Options{})
	verdicts := map[string]check.Verdict{}
	for _, f := range r.Checks {
		verdicts[f.Name] = f.Verdict
	}
	for name, want := range map[string]check.Verdict{"linearizable": check.Violated, "conservation_stock": check.Ok, "conservation_money": check.Ok, "provider_ledger": check.Ok, "progress": check.Ok} {
		if verdicts[name] != want {
			t.Errorf("saga: %s is %v, want %v\n%s", name, verdicts[name], want, complaints(r))
		}
	}
	sets[0] = "checkout.transactions=2pc"
	if r := run(t, load(t, "quiet", "clonos", sets...), Options{}); verdict(r) != "pass" {
		t.Errorf("2pc: %s", complaints(r))
	}
}

// A run that tested nothing is not a pass.
func TestVacuousRunsAreUndecided(t *testing.T) {
	for name, sets := range map[string][]string{
		"a fault waits for what never happens": {"faults[0]={after: {trace: rollback}, crash: stock/0}"},
		"nothing is asked":                     {"workload.operations=0"},
	} {
		r := run(t, load(t, "quiet", "clonos", sets...), Options{})
		if verdict(r) != "undecided" || r.Vacuous == "" {
			t.Errorf("%s: %s, %q", name, verdict(r), r.Vacuous)
		}
	}
}

// A check that is switched off is skipped, not passed.
func TestLinearizableCanBeSwitchedOff(t *testing.T) {
	r := run(t, load(t, "quiet", "global", "check.linearizable=off"), Options{})
	for _, f := range r.Checks {
		if f.Name == "linearizable" && f.Verdict != check.Skipped {
			t.Errorf("linearizable is %v", f.Verdict)
		}
	}
}

func TestRunsCanBeInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	_, err := RunWith(load(t, "quiet", "clonos"), Options{Context: ctx, Progress: func(done, total sim.Time) {
		if done > sim.Second {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// One request can be followed through the dataflow.
func TestTraceOfOneRequest(t *testing.T) {
	var b strings.Builder
	run(t, load(t, "quiet", "clonos"), Options{Trace: &b, Filter: TraceFilter{Order: "o17"}})
	story := b.String()
	for _, words := range []string{"attempt 1", "-> order/", "lock 17", "granted 17", "commit 17", "applied 17", "is told checkout 17: paid"} {
		if !strings.Contains(story, words) {
			t.Errorf("the story has no %q:\n%s", words, story)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(story), "\n") {
		if !strings.Contains(line, " 17") {
			t.Errorf("a line about something else: %s", line)
		}
	}
}

// The history of a pipeline is one like any other: saved, read again, judged by
// itself it says the same.
func TestHistoriesOfPipelinesAreJudgedByThemselves(t *testing.T) {
	for _, protocol := range Protocols() {
		s := load(t, "pipeline-crash-path", protocol)
		r := run(t, s, Options{})
		var file bytes.Buffer
		if err := check.WriteHistory(&file, r.Evidence.History); err != nil {
			t.Fatal(err)
		}
		h, err := check.ReadHistory(&file, "history.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		findings := check.CheckHistory(h, check.Budget{})
		for i, f := range findings {
			if f.Verdict != r.Checks[i].Verdict || f.LookedAt != r.Checks[i].LookedAt {
				t.Errorf("%s: %+v, the run said %+v", protocol, f, r.Checks[i])
			}
		}
		if want, _ := s.Expectation(protocol); (findings[1].Verdict == check.Violated) != (want == "fail") {
			t.Errorf("%s: linearizable is %v", protocol, findings[1].Verdict)
		}
	}
}

func TestTraceOfOneRequestThroughAPipeline(t *testing.T) {
	var b strings.Builder
	run(t, load(t, "pipeline-crash", "clonos", "pipeline.stages=3"), Options{Trace: &b, Filter: TraceFilter{Order: "o17"}})
	for _, words := range []string{"attempt 1", "-> count1/", "-> count2/", "-> count3/", "-> egress/", "-> broker", "is told count 17: k"} {
		if !strings.Contains(b.String(), words) {
			t.Errorf("the story has no %q:\n%s", words, b.String())
		}
	}
}

// A run says what was lost on its way to the store, if anything was.
func TestLostWritesAreTold(t *testing.T) {
	for _, protocol := range []string{"clonos", "global"} {
		r := run(t, load(t, "lost-write", protocol), Options{})
		if !slices.ContainsFunc(r.Notes, func(note string) bool {
			return strings.HasPrefix(note, "of the writes to the checkpoint store 2 were lost")
		}) {
			t.Errorf("%s: %q", protocol, r.Notes)
		}
		if r := run(t, load(t, "clock-skew", protocol), Options{}); slices.ContainsFunc(r.Notes, func(note string) bool { return strings.Contains(note, "lost") }) {
			t.Errorf("%s, nothing is lost: %q", protocol, r.Notes)
		}
	}
}
