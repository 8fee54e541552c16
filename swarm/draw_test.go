package swarm

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"simrun/scenarios"
)

func load(t testing.TB, name string, sets ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Load(name, nil)
	if err == nil {
		s, err = s.With(sets...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Number n is the same scenario on every machine, and as long as nobody changes
// what is drawn.
func TestDraws(t *testing.T) {
	datadriven.RunTest(t, "testdata/draw", func(t *testing.T, d *datadriven.TestData) string {
		var base string
		var number int
		d.ScanArgs(t, "base", &base)
		d.ScanArgs(t, "number", &number)
		s := Draw(load(t, base, strings.FieldsFunc(d.Input, func(r rune) bool { return r == '\n' })...), uint64(number))
		return string(s.Expand())
	})
}

// A scenario can ask for every kind of fault that there is, and for no other.
func TestKindsAreWordsOfTheKey(t *testing.T) {
	var words []string
	for _, k := range kinds {
		words = append(words, k.word)
	}
	if !slices.Equal(words, scenarios.FaultKinds()) {
		t.Errorf("drawn are %v, and swarm.kinds knows %v", words, scenarios.FaultKinds())
	}
}

// What is drawn is a scenario file: it parses back to itself.
func TestDrawnScenariosAreFiles(t *testing.T) {
	for _, sets := range [][]string{
		{"crash-small", "recovery.protocol=global"}, {"crash-stock"}, {"pipeline-small"}, {"pipeline-small", "recovery.variant=published"},
		{"crash-small", "swarm={beyond: on, faults: 6, tasks: 5}"}, {"crash-small", "swarm={keep: [shape, workload, network, checkpoint, detector, recovery]}"},
	} {
		base := load(t, sets[0], sets[1:]...)
		for n := range uint64(40) {
			isFile(t, Draw(base, n))
		}
		rapid.Check(t, func(t *rapid.T) { isFile(t, Scenarios(base).Draw(t, "scenario")) })
	}
}

func isFile(t rapid.TB, s *scenarios.Scenario) {
	t.Helper()
	text := s.Expand()
	back, err := scenarios.Parse("drawn", text, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !reflect.DeepEqual(s, back) || !bytes.Equal(back.Expand(), text) {
		t.Fatalf("%s\nparses to\n%s", text, back.Expand())
	}
}

// Protocols meet the same world: what differs is which steps faults wait for.
func TestProtocolsMeetTheSameWorld(t *testing.T) {
	clonos, global := load(t, "crash-small"), load(t, "crash-small", "recovery.protocol=global")
	differ := 0
	for n := range uint64(200) {
		a, b := Draw(clonos, n), Draw(global, n)
		b.Recovery.Protocol, b.Recovery.Replies = a.Recovery.Protocol, a.Recovery.Replies
		if !reflect.DeepEqual(a.Faults, b.Faults) {
			differ++
			b.Faults = a.Faults
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("number %d:\n%s\n%s", n, a.Expand(), b.Expand())
		}
	}
	if differ == 0 || differ > 40 {
		t.Errorf("faults differ in %d of 200", differ)
	}
}

// The budget is kept, and what is to be kept is.
func TestBudget(t *testing.T) {
	base := load(t, "crash-small", "swarm={faults: 5, crashes: 2, operations: 30, tasks: 2, kinds: [crash, slow], keep: [network, recovery]}")
	for n := range uint64(300) {
		s := Draw(base, n)
		crashes := 0
		for _, f := range s.Faults {
			if crashes += len(f.Crash); len(f.Crash) == 0 && f.Slow == nil {
				t.Fatalf("number %d: %v", n, f)
			}
		}
		for _, o := range s.Operators() {
			if o.Tasks > 2 {
				t.Fatalf("number %d: %d tasks of %s", n, o.Tasks, o.Name())
			}
		}
		if len(s.Faults) > 5 || crashes > 2 || s.Workload.Operations > 30 || !reflect.DeepEqual(s.Network, base.Network) || !reflect.DeepEqual(s.Recovery, base.Recovery) {
			t.Fatalf("number %d:\n%s", n, s.Expand())
		}
	}
}

// Everything that can be drawn is drawn, and left out, in a few hundred numbers.
func TestDrawsVary(t *testing.T) {
	base := load(t, "crash-small", "swarm={beyond: on}")
	seen := map[string]map[string]bool{}
	faults := map[string]int{}
	for n := range uint64(400) {
		s := Draw(base, n)
		for _, line := range strings.Split(string(s.Expand()), "\n") {
			if key, value, found := strings.Cut(strings.TrimSpace(line), ":"); found && !strings.HasPrefix(strings.TrimSpace(line), "-") {
				if seen[key] == nil {
					seen[key] = map[string]bool{}
				}
				seen[key][value] = true
			}
		}
		for _, f := range s.Faults {
			text := f.String()
			for _, word := range []string{"crash", "machine/", "/standby", "pause", "slow", "cut", "lose", "delay", "skew", "manager", "broker", "store", "at:", "events", "records", "count: 2", "[", "both", "by: -"} {
				if strings.Contains(text, word) {
					faults[word]++
				}
			}
			if f.After != nil && f.After.Trace != "" {
				faults[f.After.Trace]++
			}
		}
	}
	for _, key := range []string{"parallelism", "slots", "standbys", "standby", "reboot", "start", "detector", "latency", "bandwidth", "buffer", "credits", "record",
		"every", "store", "sharing_depth", "replies", "delta", "pool", "spill", "determinants", "transactions", "items", "users", "lines", "quantity", "provider", "window",
		"arrivals", "operations", "mix", "retry", "seed", "time", "check"} {
		if len(seen[key]) < 2 {
			t.Errorf("%s is always %v", key, seen[key])
		}
	}
	t.Log(faults)
	for _, word := range slices.Concat(recoveryVerbs, checkpointVerbs, []string{"crash", "machine/", "/standby", "pause", "slow", "cut", "lose", "delay", "skew",
		"manager", "broker", "store", "at:", "events", "records", "count: 2", "[", "both", "by: -"}) {
		if faults[word] < 3 {
			t.Errorf("%s: %d faults", word, faults[word])
		}
	}
}

// A label draws a number of its own: evenly, and whatever else is drawn.
func TestSeededNumbers(t *testing.T) {
	counts := [5]int{}
	for n := range uint64(5000) {
		c := seeded{seed: n}
		v := c.number("a", 3, 7)
		counts[v-3]++
		if v != c.number("a", 3, 7) || c.number("a", 1, 1) != 1 {
			t.Fatal(n)
		}
	}
	for _, n := range counts {
		if n < 900 || n > 1100 {
			t.Errorf("not even: %v", counts)
		}
	}
	same := 0
	for n := range uint64(1000) {
		if c := (seeded{seed: n}); c.number("a", 0, 9) == c.number("b", 0, 9) {
			same++
		}
	}
	if same < 60 || same > 150 {
		t.Errorf("two labels agree in %d of 1000", same)
	}
	if a, b := (seeded{1, "x "}).number("y", 0, 1<<30), (seeded{1, ""}).number("x y", 0, 1<<30); a != b {
		t.Error(strconv.Itoa(a), fmt.Sprint(b))
	}
}

// Whatever is drawn, no more crashes than the budget has, a standby's with them; within
// what the variant published promises no more than two. No fault is no fault.
func TestBudgetOfCrashes(t *testing.T) {
	for _, c := range []struct {
		base string
		sets []string
		most int
	}{
		{"crash-small", []string{"swarm={faults: 8, crashes: 3, kinds: [crash, machine, standby]}"}, 3},
		{"crash-small", []string{"swarm={faults: 8, crashes: 1, kinds: [standby]}"}, 1},
		{"crash-small", []string{"swarm={faults: 0, crashes: 3}"}, 0},
		{"pipeline-small", []string{"recovery.variant=published", "swarm={faults: 8, crashes: 6, kinds: [crash], keep: [recovery]}"}, 2},
	} {
		base, reached := load(t, c.base, c.sets...), 0
		for n := range uint64(300) {
			s, crashes := Draw(base, n), 0
			for _, f := range s.Faults {
				crashes += len(f.Crash)
			}
			if reached = max(reached, crashes); crashes > c.most || c.most == 0 && len(s.Faults) > 0 {
				t.Fatalf("%v, number %d: %d crashes, %d faults", c.sets, n, crashes, len(s.Faults))
			}
		}
		if reached < c.most && c.most > 1 {
			t.Errorf("%v: no more than %d crashes are drawn", c.sets, reached)
		}
	}
}

// Faults strike before the end of what is kept, however short it is.
func TestFaultsBeforeTheHorizon(t *testing.T) {
	base := load(t, "crash-small", "time.horizon=20ms", "time.warmup=0s", "faults=[]", "swarm={faults: 12, crashes: 12, kinds: [slow], keep: [workload, checkpoint]}")
	late := 0
	for n := range uint64(300) {
		s := Draw(base, n)
		if err := s.Valid(); err != nil {
			t.Fatalf("number %d: %v", n, err)
		}
		for _, f := range s.Faults {
			if f.At > s.Time.Horizon {
				t.Fatalf("number %d: a fault at %d, and the horizon is %d", n, f.At, s.Time.Horizon)
			}
			if f.At == s.Time.Horizon {
				late++
			}
		}
	}
	if late == 0 {
		t.Error("no fault came near the horizon")
	}
}
