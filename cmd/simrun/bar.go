package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"simrun/sim"
)

// bar shows on one line of a terminal how far all runs together have come. Without a terminal it does nothing. It has no
// colours.
type bar struct {
	mu     sync.Mutex
	drawn  *progressbar.ProgressBar // nil: none
	passes int                      // simulations of one run
	parts  []int                    // how far each run has come, in barParts of a simulation
	done   int                      // their sum
}

const barParts = 1000

func (a *app) newBar(runs int, f *runFlags) *bar {
	b := &bar{passes: 1, parts: make([]int, runs)}
	if f.twice {
		b.passes = 2
	}
	if !a.terminal || f.silent {
		return b
	}
	what := "simulating"
	if runs > 1 {
		what = fmt.Sprintf("simulating %d runs", runs)
	}
	b.drawn = progressbar.NewOptions(runs*b.passes*barParts, progressbar.OptionSetWriter(a.stderr),
		progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionSetRenderBlankState(true))
	return b
}

// of returns what a run calls while its simulation number pass is under way.
func (b *bar) of(run, pass int) func(done, total sim.Time) {
	if b.drawn == nil {
		return nil
	}
	return func(done, total sim.Time) {
		part := pass * barParts
		if total > 0 {
			part += int(done * barParts / total)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if part <= b.parts[run] {
			return
		}
		b.done += part - b.parts[run]
		b.parts[run] = part
		b.drawn.Set(min(b.done, b.drawn.GetMax()-1)) // the end is when all is saved
	}
}

// aside takes the bar away while something is printed.
func (b *bar) aside(print func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.drawn != nil {
		b.drawn.Clear()
	}
	print()
}

func (b *bar) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.drawn != nil {
		b.drawn.Clear()
	}
}
