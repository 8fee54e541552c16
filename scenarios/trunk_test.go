package scenarios

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"simrun/cluster"
	"simrun/rewind"
	"simrun/sim"
)

// branching are scenarios that between them use all that a run has memory for.
var branching = []struct {
	name, protocol string
	pairs, ties    bool
	moments        bool
	set            []Override
}{
	{name: "crash-small", protocol: "clonos"},
	{name: "crash-small", protocol: "global"},
	{name: "crash-small", protocol: "redo"},
	{name: "crash-small", protocol: "none"},
	{name: "crash-small", protocol: "clonos", pairs: true, ties: true},
	{name: "crash-small", protocol: "global", pairs: true},
	{name: "crash-small", protocol: "clonos", pairs: true, set: []Override{
		{"recovery.sharing_depth", "1"}, {"recovery.replies", "transactional"}, {"recovery.inflight.spill", "every_buffer"}, {"cluster.standby.dispatch", "incremental"}, {"cluster.slots", "2"}}},
	{name: "crash-small", protocol: "clonos", set: []Override{{"checkout.transactions", "saga"}, {"recovery.delta", "hierarchical"}, {"time.tick", "1ms"}, {"recovery.determinants.pool", "1MiB"}}},
	{name: "crash-small", protocol: "clonos", set: []Override{{"planted", "[early-attach]"}}},
	{name: "pipeline-small", protocol: "clonos", pairs: true, moments: true},
	{name: "pipeline-small", protocol: "clonos", set: []Override{{"recovery.variant", "published"}}},
}

// branchable lists points of a sweep that leave its trunk, so many at most.
func branchable(t *testing.T, i int, most int) (*Sweep, []Point, Options) {
	c := &branching[i]
	s, err := Load(c.name, append([]Override{{"recovery.protocol", c.protocol}}, c.set...))
	if err != nil {
		t.Fatal(err)
	}
	sweep := &Sweep{Variants: []Variant{{Scenario: s}}, Seeds: []uint64{s.Seed}, Choice: Choice{Everywhere: !c.pairs, Pairs: c.pairs, Most: most}}
	o := Options{ShuffleTies: c.ties, Moments: c.moments}
	moments := run(t, sweep.Scenario(&Point{Seed: s.Seed, Quiet: true}), Options{ShuffleTies: c.ties, Moments: true}).Moments
	return sweep, sweep.Points(0, s.Seed, moments, 0, 1), o
}

// bunches puts all that branch into one bunch.
func bunched(points []Point) []int {
	all := make([]int, len(points))
	for i := range all {
		all[i] = i
	}
	list := Bunches(points, all, len(points))
	return list[len(list)-1]
}

// What branches off a trunk comes to is what its scenario comes to, in all that a
// result has.
func TestBranchesAreRuns(t *testing.T) {
	most := 60
	if testing.Short() {
		most = 20
	}
	for i, c := range branching {
		t.Run(fmt.Sprintf("%d-%s-%s", i, c.name, c.protocol), func(t *testing.T) {
			t.Parallel()
			sweep, points, o := branchable(t, i, most)
			bunch := bunched(points)
			if len(bunch) < most*3/4 {
				t.Errorf("of %d points %d branch", len(points), len(bunch))
			}
			verdicts := map[string]int{}
			sweep.RunBunch(points, bunch, o, func(i int, got Result, err error) bool {
				if err != nil {
					t.Errorf("%v: %v", points[i].First, err)
					return false
				}
				want := run(t, sweep.Scenario(&points[i]), o)
				verdicts[verdict(want)]++
				got.Describe, want.Describe = nil, nil
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%v, %v: the branch is another run: %s", points[i].First, points[i].Second, differing(&got, &want))
				}
				return !t.Failed()
			})
			t.Log(verdicts)
		})
	}
}

// differing names the fields of results that differ.
func differing(a, b *Result) string {
	text := ""
	for i := range reflect.TypeFor[Result]().NumField() {
		x, y := reflect.ValueOf(a).Elem().Field(i).Interface(), reflect.ValueOf(b).Elem().Field(i).Interface()
		if !reflect.DeepEqual(x, y) {
			text += fmt.Sprintf("\n%s: %.300v\nnot %.300v", reflect.TypeFor[Result]().Field(i).Name, x, y)
		}
	}
	return text
}

// The negative control: a trunk whose memory is not put back, or not all of it, is
// noticed.
func TestTrunksAreTakenBack(t *testing.T) {
	sweep, points, o := branchable(t, 0, 40)
	bunch := bunched(points)
	trunk, err := sweep.newTrunk(&points[bunch[0]], o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trunk.branch(&points[bunch[0]]); err != nil {
		t.Fatal(err)
	}
	trunk.mark = rewind.Take(new(int)) // and nothing of the run
	last := &points[bunch[len(bunch)-1]]
	if r, err := trunk.branch(last); err == nil && r.Digest == run(t, sweep.Scenario(last), o).Digest {
		t.Error("a run that was not taken back passes for another one")
	}
}

// Marks are as many as pay: a few, where branches are forty events apart.
func TestMarksPay(t *testing.T) {
	sweep, points, o := branchable(t, 0, 200)
	bunch := bunched(points)
	workspaces = sync.Pool{New: workspaces.New} // memory that other runs have left counts as the run's
	trunk, err := sweep.newTrunk(&points[bunch[0]], o)
	if err != nil {
		t.Fatal(err)
	}
	defer trunk.close()
	marks, last, far := 0, trunk.mark, uint64(0)
	for _, i := range bunch {
		if err := trunk.reach(points[i].First.step - 1); err != nil {
			t.Fatal(err)
		}
		if trunk.mark != last {
			marks, last = marks+1, trunk.mark
		}
		far += points[i].First.step - 1 - trunk.marked
	}
	if marks < 5 || marks > 20 || far > 100_000 {
		t.Errorf("%d marks for %d branches, which went through %d events again", marks, len(bunch), far)
	}
}

// An interrupted bunch ends at once, and what had ended before is good.
func TestBunchIsInterrupted(t *testing.T) {
	sweep, points, o := branchable(t, 0, 40)
	ctx, stop := context.WithCancel(context.Background())
	o.Context = ctx
	ended, interrupted := 0, 0
	sweep.RunBunch(points, bunched(points), o, func(i int, r Result, err error) bool {
		switch {
		case errors.Is(err, context.Canceled):
			interrupted++
		case err != nil || verdict(r) != "pass":
			t.Errorf("%v: %v", points[i].First, err)
		default:
			if ended++; ended == 3 {
				stop()
			}
		}
		return interrupted == 0
	})
	if ended != 3 || interrupted != 1 {
		t.Errorf("%d ended, %d were interrupted", ended, interrupted)
	}
}

// A branch that breaks the harness is an internal error, and breaks no other.
func TestBrokenBranch(t *testing.T) {
	sweep, points, o := branchable(t, 0, 40)
	bunch := bunched(points)
	trunk, err := sweep.newTrunk(&points[bunch[0]], o)
	if err != nil {
		t.Fatal(err)
	}
	defer trunk.close()
	for n, i := range bunch {
		if n > 0 {
			graph := trunk.graph
			trunk.graph = nil // after the run has gone to where the branch leaves it
			var internal *InternalError
			if _, err := trunk.branch(&points[i]); !errors.As(err, &internal) || internal.Stack == "" {
				t.Fatalf("%v", err)
			}
			trunk.graph = graph
		}
		if r, err := trunk.branch(&points[i]); err != nil || r.Digest != run(t, sweep.Scenario(&points[i]), o).Digest {
			t.Fatalf("%v: another run, %v", points[i].First, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a fault at an instant is aimed on the way")
		}
	}()
	trunk.run.Aim([]cluster.Fault{{Kind: cluster.Crash, At: 1}})
}

// A branch that breaks off in the middle of an event, before it leaves the trunk or
// after, breaks no other, and no run that uses the trunk's memory after it.
func TestBranchBreaksOff(t *testing.T) {
	sweep, points, o := branchable(t, 0, 40)
	bunch := bunched(points)
	breaks := false
	o.Progress = func(sim.Time, sim.Time) {
		if breaks {
			panic("no further")
		}
	}
	trunk, err := sweep.newTrunk(&points[bunch[0]], o)
	if err != nil {
		t.Fatal(err)
	}
	for n, i := range append([]int{bunch[len(bunch)/2]}, bunch...) {
		breaks = n%3 == 0
		r, err := trunk.branch(&points[i])
		var internal *InternalError
		switch {
		case breaks:
			if !errors.As(err, &internal) || internal.Text != "no further" || internal.Step == 0 {
				t.Errorf("%v: %v", points[i].First, err)
			}
		case err != nil || r.Digest != run(t, sweep.Scenario(&points[i]), Options{}).Digest:
			t.Errorf("%v: another run, %v", points[i].First, err)
		}
	}
	breaks = true
	last := &points[bunch[len(bunch)-1]]
	if _, err := trunk.branch(last); err == nil {
		t.Fatal("it does not break")
	}
	workspace := trunk.workspace
	trunk.close()
	s := sweep.Scenario(last)
	cfg, err := s.config(&Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Workspace = workspace
	next, err := cluster.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Loop(); err != nil {
		t.Fatal(err)
	}
	if r, err := s.result(next); err != nil || r.Digest != run(t, s, Options{}).Digest {
		t.Errorf("the next run is another one: %v", err)
	}
}

// A trunk that cannot be begun is told of every run that should leave it, until
// that is enough.
func TestBunchWithoutTrunk(t *testing.T) {
	sweep, points, o := branchable(t, 0, 40)
	bunch := bunched(points)
	wrong := *sweep.Variants[0].Scenario
	wrong.Planted = []string{"nobody's"}
	sweep.Variants[0].Scenario = &wrong
	told := 0
	sweep.RunBunch(points, bunch, o, func(i int, r Result, err error) bool {
		if i != bunch[told] || err == nil {
			t.Errorf("%d: %v", i, err)
		}
		told++
		return told < 3
	})
	if told != 3 {
		t.Errorf("%d are told", told)
	}
	var internal *InternalError
	if _, err := (&Sweep{}).newTrunk(&points[bunch[0]], o); !errors.As(err, &internal) {
		t.Errorf("a panic is told as %v", err)
	}
}

// Bunches have every run once, those of a trunk in the order in which they leave
// it, and the others alone.
func TestBunches(t *testing.T) {
	crash := func(step uint64) *Crash { return &Crash{step: step} }
	points := []Point{{Quiet: true}, {First: crash(9)}, {First: crash(3)}, {First: crash(0)}, {Seed: 1, First: crash(3)}, {Variant: 1, First: crash(1)},
		{First: crash(4)}, {Number: 7}, {First: crash(3)}, {First: crash(branchEventsMost + 1)}}
	got := fmt.Sprint(Bunches(points, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 3))
	if want := "[[0] [3] [7] [9] [2 8 6] [1] [4] [5]]"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if got := fmt.Sprint(Bunches(points, []int{8, 1}, 1)); got != "[[8] [1]]" {
		t.Error(got)
	}
	if got := Bunches(points, nil, 3); got != nil {
		t.Error(got)
	}
}
