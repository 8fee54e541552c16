package swarm

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"testing"

	"simrun/check"
	"simrun/scenarios"
)

var numbersFlag = flag.Int("numbers", 60, "how many numbers of each swarm TestSwarmsHold runs")

// tally is what the numbers of a swarm came to.
type tally struct {
	runs, struck, replayed, rolledBack, still int
	wrong                                     string // the first that is
	wrongAt                                   int    // its number; 0: none is
}

// play runs the numbers 1 to n of a swarm.
func play(t testing.TB, base *scenarios.Scenario, n int) (sum tally) {
	t.Helper()
	results := make([]scenarios.Result, n)
	errs := make([]error, n)
	scenarios.Each(context.Background(), runtime.GOMAXPROCS(0), n, func(i int) {
		s := Draw(base, uint64(i+1))
		if results[i], errs[i] = scenarios.RunWith(s, scenarios.Options{Lean: true}); errs[i] == nil {
			errs[i] = Judged(s, results[i])
		}
	})
	for i := range results {
		r := &results[i]
		if sum.runs++; errs[i] != nil && sum.wrongAt == 0 {
			sum.wrongAt, sum.wrong = i+1, fmt.Sprintf("number %d of %s: %v", i+1, base.Name, errs[i])
		}
		if len(r.Unstruck) == 0 {
			sum.struck++
		}
		for _, v := range r.Recoveries {
			if v.Determinants > 0 {
				sum.replayed++
				break
			}
		}
		for _, v := range r.Recoveries {
			if v.TasksRolledBack > 0 {
				sum.rolledBack++
				break
			}
		}
		for _, f := range r.Checks {
			if f.Verdict == check.Violated && scenarios.Liveness(f.Name) {
				sum.still++
				break
			}
		}
	}
	return sum
}

// Within the budget every number holds, and few test less than they were to.
func TestSwarmsHold(t *testing.T) {
	for _, sets := range [][]string{
		{"crash-small"}, {"crash-small", "recovery.protocol=global"}, {"pipeline-small"}, {"pipeline-small", "recovery.protocol=global"},
		{"pipeline-small", "recovery.variant=published"}, {"crash-small", "swarm={faults: 8, crashes: 14}"},
	} {
		sum := play(t, load(t, sets[0], sets[1:]...), bounded(*numbersFlag))
		if sum.wrongAt > 0 {
			t.Errorf("%v: %s", sets, sum.wrong)
		}
		if sum.struck*10 < sum.runs*5 || sum.replayed == 0 && len(sets) == 1 {
			t.Errorf("%v: the swarm tests too little: %+v", sets, sum)
		}
	}
}

// Beyond what is promised runs are safe, and some stand still.
func TestBeyondIsSafe(t *testing.T) {
	for _, protocol := range []string{"clonos", "global"} {
		sum := play(t, load(t, "crash-small", "swarm={beyond: on}", "recovery.protocol="+protocol), bounded(*numbersFlag))
		if sum.wrongAt > 0 || sum.still == 0 {
			t.Errorf("%s: %d stand still; %s", protocol, sum.still, sum.wrong)
		}
	}
}

// Negative control: what a protocol leaves out, the same numbers find, within
// the budget and beyond it.
func TestSwarmsCatch(t *testing.T) {
	for _, c := range []struct {
		sets string
		most int
	}{
		{"recovery.protocol=none", 6}, {"recovery.protocol=redo", 6}, {"planted=[no-order]", 6}, {"planted=[no-fence]", 20}, {"planted=[no-relog]", 6},
	} {
		for _, budget := range []string{"swarm={}", "swarm={beyond: on}"} {
			sum := play(t, load(t, "crash-small", c.sets, budget), c.most)
			t.Logf("%s, %s: %s", c.sets, budget, sum.wrong)
			if sum.wrongAt == 0 {
				t.Errorf("%s, %s: %d numbers find nothing", c.sets, budget, c.most)
			}
		}
	}
}

func bounded(n int) int {
	if testing.Short() {
		return n / 5
	}
	return n
}

// What stands still is judged right where no more than safety is asked for, and nowhere else.
func TestJudged(t *testing.T) {
	for _, c := range []struct {
		word, check string
		wrong       bool
	}{{"pass", "progress", true}, {"safe", "progress", false}, {"safe", "exactly_once", true}, {"any", "progress", true}, {"pass", "", false}} {
		s := load(t, "crash-small", "expect="+c.word)
		r := scenarios.Result{Checks: []check.Finding{{Name: "linearizable", Verdict: check.Ok}, {Name: c.check, Verdict: check.Violated}}}
		if c.check == "" {
			r.Checks = r.Checks[:1]
		}
		if err := Judged(s, r); (err != nil) != c.wrong {
			t.Errorf("%s is violated where %s is expected: %v", c.check, c.word, err)
		}
	}
}
