package cluster

import (
	"testing"

	"simrun/recovery"
)

// At a sharing depth of 1 two neighbours that die make everybody roll back. That
// fallback is crashed in turn, at each step that it takes: whoever dies while
// the others are being brought back makes all roll back once more, and who dies
// later is brought back alone. Whatever it is, it holds.
func TestTheFallbackIsCrashed(t *testing.T) {
	for _, c := range []struct {
		verb recovery.Verb
		of   string
		then []string
		want int64 // rollbacks
	}{
		// who is told to stop dies before it hears of it
		{recovery.VerbRollback, "", []string{"stock/1"}, 1},
		{recovery.VerbRollback, "", []string{"egress/0", "ingress/1", "payment/0"}, 1},
		// a standby dies with its task's state on the way
		{recovery.VerbActivate, "stock/1", []string{"stock/1"}, 2},
		{recovery.VerbActivate, "egress/1", []string{"ingress/0", "order/0"}, 2},
		{recovery.VerbRecovering, "stock/1", []string{"stock/1"}, 2},
		{recovery.VerbRecovering, "egress/1", []string{"stock/0"}, 2},
		// no log is left to follow: who has its state runs
		{recovery.VerbRestore, "stock/1", []string{"stock/1"}, 1},
		{recovery.VerbRunning, "stock/1", []string{"stock/1"}, 1},
		{recovery.VerbRunning, "stock/1", []string{"order/1", "stock/1"}, 2},
	} {
		cfg := depth1.with(crash(1300*ms, "ingress/0", "order/0"), after(c.verb, c.of, 1, crash(0, c.then...)))
		o := mustHold(t, "after "+c.verb.String(), cfg)
		if n := o.Reached[recovery.RollbackFallback]; n != c.want || len(o.Unstruck) > 0 {
			t.Errorf("after %v of %s, crash %v: rolled back %d times, want %d; never struck: %v", c.verb, c.of, c.then, n, c.want, o.Unstruck)
		}
	}
}
