package cluster

import (
	"os"
	"testing"
	"time"
)

func TestTmp(t *testing.T) {
	s := newSweep(t)
	for i, m := range s.moments {
		t.Log(i, len(m), m[len(m)-1].At, m[len(m)-1].Checkpoint)
	}
	for _, m := range append(clonosMistakes, cyclicMistakes...) {
		if m.impossible() {
			continue
		}
		if only := os.Getenv("ONLY"); only != "" && !slices.Contains(strings.Fields(only), m.id) {
			continue
		}
		b := time.Now()
		f := s.search(t, &m, 1500)
		line := func(what string, f *found) {
			if f == nil {
				t.Logf("    %s: NOTHING", what)
				return
			}
			t.Logf("    %s: %d runs: %v: %v", what, f.Runs, f.Checks, f.Run)
		}
		t.Logf("%s %s (%v)", m.id, m.how, time.Since(b).Round(time.Millisecond))
		line("first", f.First)
		if f.First != f.Judge {
			line("judge", f.Judge)
		}
	}
}
