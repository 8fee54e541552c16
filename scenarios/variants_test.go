package scenarios

import (
	"context"
	"testing"

	"simrun/check"
)

// Clonos 5.3 asks from hop to hop: each task of a row of k failed ones has its
// logs 2k - 1 messages after the one behind it. Ours asks nobody: whoever hears
// of the failure answers, and all have their logs one message after they started.
func TestVariantsDiffer(t *testing.T) {
	rows, err := CompareVariants(RunWith, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if !r.Survived {
			t.Errorf("%s: not survived", &r)
		}
		if beyond := r.Depth != "full" && len(r.Case.Tasks) > int(r.Depth[0]-'0'); beyond != (r.RolledBack > 0) {
			t.Errorf("%s: %d tasks rolled back", &r, r.RolledBack)
			continue
		} else if beyond {
			continue
		}
		want := int64(1)
		if k := int64(r.Case.Adjacent); r.Variant == "published" {
			if k == 6 || k == 0 { // a sink asks nobody
				k = int64(len(r.Case.Tasks)) - 1
			}
			want = k*k + 1
		}
		if got := Trips(r.Collect); got != want {
			t.Errorf("%s: determinants after %d messages' time, not %d", &r, got, want)
		}
	}
}

// A burst is a function of its number, and both variants get the same.
func TestBurst(t *testing.T) {
	for failures := 1; failures <= BurstFailures; failures++ {
		a, err := Burst(7, failures, "cyclic")
		if err != nil {
			t.Fatal(err)
		}
		b, err := Burst(7, failures, "published")
		if err != nil {
			t.Fatal(err)
		}
		b.Recovery.Variant = a.Recovery.Variant
		if string(a.Expand()) != string(b.Expand()) || len(a.Faults) != failures {
			t.Errorf("%d failures: the variants get different bursts, or %d failures", failures, len(a.Faults))
		}
	}
}

// Failures that hit nothing do not count, and a burst is lost if a check is violated.
func TestPlayBurstCountsWhatStruck(t *testing.T) {
	for _, want := range []BurstOutcome{{Struck: 5, Survived: true}, {Struck: 3, Survived: false}} {
		got, err := PlayBurst(context.Background(), func(s *Scenario, _ Options) (Result, error) {
			r := Result{Unstruck: make([]int, len(s.Faults)-want.Struck)}
			if !want.Survived {
				r.Checks = []check.Finding{{Name: "progress", Verdict: check.Violated}}
			}
			return r, nil
		}, 1, 5, "published")
		if err != nil || got != want {
			t.Errorf("%+v, want %+v: %v", got, want, err)
		}
	}
}

func TestPlayBursts(t *testing.T) {
	rows, err := PlayBursts(context.Background(), RunWith, 2, 3)
	if err != nil || len(rows) != BurstFailures {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if row.Failures != i+1 || row.Bursts != 3 || row.Survived != [...]int{3, 3} || row.Struck[0] < 3 || row.Struck[0] > 3*row.Failures {
			t.Errorf("%+v", row)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := PlayBursts(ctx, RunWith, 2, 3); err == nil {
		t.Error("an interrupted comparison is taken for a whole one")
	}
}
