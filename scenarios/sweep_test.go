package scenarios

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"simrun/cluster"
	"simrun/sim"
)

// small is crash-small as a sweep with one variant, and the moments of its run without faults.
func smallSweep(t testing.TB, protocol string, c Choice) (*Sweep, []cluster.Moment) {
	s := &Sweep{Variants: []Variant{{Scenario: load(t, "crash-small", protocol)}}, Seeds: []uint64{1}, Choice: c}
	return s, run(t, s.Scenario(&Point{Seed: 1, Quiet: true}), Options{Moments: true}).Moments
}

func keyOf(c *Crash) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s %v", c, c.Joined)
}

// Every moment of every task is a point, and each of the manager's one per task; the run without faults comes first.
func TestPointsAreAllMoments(t *testing.T) {
	s, moments := smallSweep(t, "clonos", Choice{Everywhere: true})
	points := s.Points(0, 1, moments, 0, 1)
	want := 1
	for _, m := range moments {
		if want++; m.Task == "" {
			want += 10 - 1
		}
	}
	seen := map[string]bool{}
	for i := range points {
		seen[keyOf(points[i].First)] = true
		if last := max(0, i-1); points[i].Quiet != (i == 0) || i > 1 && points[i].First.At < points[last].First.At {
			t.Fatalf("point %d: %+v", i, points[i])
		}
	}
	if len(points) != want || len(seen) != want {
		t.Errorf("%d points, %d of them different, of %d", len(points), len(seen), want)
	}
}

// The crash run is the run without faults up to the crash, and the crash strikes at the moment that was listed.
func TestPointsStrikeWhereTheyAreListed(t *testing.T) {
	for _, protocol := range []string{"clonos", "global"} {
		s, moments := smallSweep(t, protocol, Choice{Everywhere: true, Most: 25})
		for _, p := range s.Points(0, 1, moments, 0, 1)[1:] {
			r := run(t, s.Scenario(&p), Options{})
			if first, second := p.Struck(&r); first != p.First.At || second != -1 || len(r.Unstruck) > 0 {
				t.Errorf("%s, %s: struck at %d, listed at %d; %v", protocol, p.First, first, p.First.At, r.Unstruck)
			}
		}
	}
}

// A point is a scenario file that runs alike.
func TestPointsAreScenarioFiles(t *testing.T) {
	for _, c := range []Choice{{Everywhere: true, Most: 6}, {Pairs: true, Most: 9}} {
		s, moments := smallSweep(t, "clonos", c)
		for _, p := range s.Points(0, 1, moments, 0, 1) {
			own := s.Scenario(&p)
			again, err := Parse("repro.yaml", own.Expand(), nil)
			if err != nil {
				t.Fatalf("%v, %v: %v", p.First, p.Second, err)
			}
			if a, b := run(t, own, Options{}), run(t, again, Options{}); a.Digest != b.Digest {
				t.Errorf("%v, %v: the file runs otherwise", p.First, p.Second)
			}
		}
	}
	if s, _ := Load("crash-small", nil); len(s.Faults) != 1 {
		t.Error("a sweep changed the scenario")
	}
}

// Thinning leaves to each task and each verb something, and holds the bound.
func TestThinningIsFair(t *testing.T) {
	s, moments := smallSweep(t, "clonos", Choice{})
	tasks := s.Variants[0].Scenario.tasks()
	all := candidates(moments, tasks)
	kinds := len(classes(all, moments))
	rapid.Check(t, func(t *rapid.T) {
		every, most := rapid.IntRange(1, 5000).Draw(t, "every"), rapid.IntRange(0, 9000).Draw(t, "most")
		kept := thinned(all, moments, every, most)
		left := classes(kept, moments)
		if most > 0 && len(kept) > most {
			t.Fatalf("%d kept of at most %d", len(kept), most)
		}
		if want := kinds; len(left) != want && (most == 0 || most >= kinds) || most > 0 && most < kinds && len(left) != most {
			t.Fatalf("%d of %d kinds are left, most %d", len(left), want, most)
		}
		if most == 0 && len(kept) < len(all)/every || most > 0 && every == 1 && len(kept) != min(most, len(all)) {
			t.Fatalf("%d kept of %d, every %d, most %d", len(kept), len(all), every, most)
		}
		if !slices.IsSortedFunc(kept, func(a, b candidate) int { return a.moment - b.moment }) {
			t.Fatal("not in the order of time")
		}
	})
}

func TestEvenly(t *testing.T) {
	list := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for n, want := range map[int]string{1: "[5]", 2: "[2 7]", 5: "[1 3 5 7 9]", 10: fmt.Sprint(list), 11: fmt.Sprint(list)} {
		if got := fmt.Sprint(Evenly(list, n)); got != want {
			t.Errorf("%d of ten: %s, want %s", n, got, want)
		}
	}
}

// The bound of a protocol is shared by its seeds and values without rest.
func TestTheBoundIsShared(t *testing.T) {
	s, moments := smallSweep(t, "none", Choice{Everywhere: true, Most: 7})
	sum := 0
	for part := range 10 {
		sum += len(s.Points(0, 1, moments, part, 10)) - 1
	}
	if sum != 7 {
		t.Errorf("%d crash runs, at most 7 wanted", sum)
	}
}

// Pairs are of one epoch, the second later than the first or with it, or at a step of its recovery; all kinds occur, no
// pair twice, and the choice is the seed's.
func TestPairs(t *testing.T) {
	s, moments := smallSweep(t, "clonos", Choice{Pairs: true, Most: 1000})
	points := s.Points(0, 1, moments, 0, 1)[1:]
	epochOf := map[sim.Time]int32{}
	for _, m := range moments {
		epochOf[m.At] = max(epochOf[m.At], m.Checkpoint)
	}
	seen, kinds := map[string]bool{}, map[string]int{}
	for _, p := range points {
		kind := "later"
		switch {
		case p.Second.Joined:
			if kind = "joined"; p.Second.Victim == p.First.Victim || p.Second.At != p.First.At {
				t.Errorf("%v, %v", p.First, p.Second)
			}
		case p.Second.At < 0:
			if kind = p.Second.When.Trace; *p.Second.When.Task != p.First.Victim {
				t.Errorf("%v, %v", p.First, p.Second)
			}
		case p.Second.At < p.First.At || epochOf[p.First.At] > epochOf[p.Second.At]:
			t.Errorf("%v at %d, %v at %d", p.First, p.First.At, p.Second, p.Second.At)
		}
		kinds[kind]++
		seen[keyOf(p.First)+keyOf(p.Second)] = true
	}
	want := append(recoveryVerbs("clonos"), "joined", "later")
	if got := slices.Sorted(maps.Keys(kinds)); !slices.Equal(got, slices.Sorted(slices.Values(want))) || kinds["later"] < 400 || kinds["joined"] < 100 {
		t.Errorf("kinds %v", kinds)
	}
	if len(seen) != len(points) || len(points) < 950 || len(points) > 1000 {
		t.Errorf("%d pairs, %d of them different", len(points), len(seen))
	}
	if again := s.Points(0, 1, moments, 0, 1)[1:]; !slices.EqualFunc(points, again, func(a, b Point) bool {
		return keyOf(a.First) == keyOf(b.First) && keyOf(a.Second) == keyOf(b.Second)
	}) {
		t.Error("the same seed, other pairs")
	}
	if other := s.Points(0, 2, moments, 0, 1)[1:]; keyOf(points[0].Second)+keyOf(points[1].Second) == keyOf(other[0].Second)+keyOf(other[1].Second) {
		t.Error("another seed, the same pairs")
	}
}

// Numbers and pairs of an epoch are one to one.
func TestPairsAreNumbered(t *testing.T) {
	for k := 2; k < 12; k++ {
		e, seen := epoch{from: 5, to: 5 + k}, map[[2]int]bool{}
		for n := range e.pairs() {
			a, b := e.pair(n)
			if a < 5 || a >= b || b >= 5+k {
				t.Fatalf("of %d: pair %d is %d, %d", k, n, a, b)
			}
			seen[[2]int{a, b}] = true
		}
		if int64(len(seen)) != e.pairs() {
			t.Errorf("of %d: %d pairs", k, len(seen))
		}
	}
}

// A second crash that waits for a verb strikes at the telling that the list has, where the first crash does not change
// what comes next; and most second crashes strike.
func TestSecondCrashesStrike(t *testing.T) {
	for _, protocol := range []string{"clonos", "global"} {
		s, moments := smallSweep(t, protocol, Choice{Pairs: true, Most: 60})
		struck, points := 0, s.Points(0, 1, moments, 0, 1)[1:]
		for i := range points {
			p := &points[i]
			r := run(t, s.Scenario(p), Options{})
			if first, second := p.Struck(&r); second >= 0 {
				if struck++; first != p.First.At || second < first {
					t.Errorf("%s, %v, %v: struck at %d and %d", protocol, p.First, p.Second, first, second)
				}
			}
			if got := verdict(r); got == "fail" || got == "undecided" && !p.Missed(&r) && !strings.Contains(r.Vacuous, "nothing was replayed") {
				t.Errorf("%s, %v, %v: %s\n%s", protocol, p.First, p.Second, got, complaints(r))
			}
		}
		if struck < len(points)*3/4 {
			t.Errorf("%s: of %d second crashes %d struck", protocol, len(points), struck)
		}
	}
}

// What a protocol is said not to tell of a recovery it does not tell.
func TestRecoveryVerbsAreTold(t *testing.T) {
	for _, protocol := range Protocols() {
		s := load(t, "crash-small", protocol)
		told := map[string]bool{}
		for _, m := range run(t, s, Options{Moments: true}).Moments {
			told[m.Verb] = true
		}
		for _, verb := range recoveryVerbs("clonos") {
			if listed := slices.Contains(recoveryVerbs(protocol), verb); told[verb] != listed {
				t.Errorf("%s: %s is told %v, listed %v", protocol, verb, told[verb], listed)
			}
		}
	}
}

// The negative control: crashes at arbitrary moments show what none gets wrong.
func TestNoneFailsSomewhere(t *testing.T) {
	s, moments := smallSweep(t, "none", Choice{Everywhere: true, Most: 50})
	failed := 0
	for _, p := range s.Points(0, 1, moments, 0, 1) {
		r := run(t, s.Scenario(&p), Options{})
		if verdict(r) == "fail" {
			failed++
		}
		if p.Quiet && verdict(r) != "pass" {
			t.Errorf("without a crash:\n%s", complaints(r))
		}
	}
	if failed < 10 {
		t.Errorf("of 50 crashes under none %d are noticed", failed)
	}
}

func TestEachDoesAllOnce(t *testing.T) {
	for _, workers := range []int{0, 1, 4, 100} {
		done := make([]int32, 57)
		Each(context.Background(), workers, len(done), func(i int) { atomic.AddInt32(&done[i], 1) })
		if slices.Min(done) != 1 || slices.Max(done) != 1 {
			t.Errorf("%d workers: %v", workers, done)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := int32(0)
	Each(ctx, 2, 1000, func(i int) {
		if atomic.AddInt32(&n, 1) == 5 {
			cancel()
		}
	})
	if n < 5 || n > 900 || !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("%d of 1000 done after an interrupt at 5", n)
	}
}

// Tables of distributions are shared by runs, and are those of the distribution.
func TestTablesAreShared(t *testing.T) {
	var c tableCache
	for i := range int64(2 * tablesMost) {
		d := Distribution{Shape: LogNormal, A: 1000 + i, B: 5000}
		if got, want := c.of(d, d.Dist), sim.LogNormal(d.A, d.B); got.Quantile(700_000) != want.Quantile(700_000) || c.of(d, nil) != got {
			t.Fatalf("%v", d)
		}
	}
	if len(c.made) > tablesMost {
		t.Errorf("%d tables are kept", len(c.made))
	}
}
