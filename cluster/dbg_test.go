package cluster

import (
	"os"
	"testing"

	"simrun/recovery"
)

func TestDebug2(t *testing.T) {
	cfg := small(recovery.Global(), Transactional)
	cfg.Faults = []Fault{crashAt(2600*ms, 0)}
	cfg.Trace = os.Stdout
	cfg.Filter = func(l *Line) bool { return l.At > 2590*ms && l.At < 2700*ms }
	r, _ := runCluster(t, cfg)
	t.Log(r.watch.First, r.watch.Broke)
}
