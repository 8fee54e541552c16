package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"simrun/sim"
)

// A terminalLine shows progress on one line of a terminal, without colours. Where there is no terminal, or nobody wants it,
// it shows nothing.
type terminalLine struct {
	mu    sync.Mutex
	drawn *progressbar.ProgressBar // nil: none
}

// draw begins the line; most is -1 where nobody knows how long it will take.
func (l *terminalLine) draw(a *app, silent bool, most int, what string, more ...progressbar.Option) {
	if !a.terminal || silent {
		return
	}
	options := []progressbar.Option{progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100 * time.Millisecond), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetRenderBlankState(true)}
	l.drawn = progressbar.NewOptions(most, append(options, more...)...)
}

// countRuns shows how many runs there were, and how many a second.
func countRuns() []progressbar.Option {
	return []progressbar.Option{progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("runs")}
}

// aside takes the line away while something is printed.
func (l *terminalLine) aside(print func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.drawn != nil {
		l.drawn.Clear()
	}
	print()
}

func (l *terminalLine) close() { l.aside(func() {}) }

// bar shows how far all runs together have come.
type bar struct {
	terminalLine
	passes int   // simulations of one run
	parts  []int // how far each run has come, in barParts of a simulation
	done   int   // their sum
}

const barParts = 1000

func (a *app) newBar(runs int, f *runFlags) *bar {
	b := &bar{passes: 1, parts: make([]int, runs)}
	if f.twice {
		b.passes = 2
	}
	what := "simulating"
	if runs > 1 {
		what = fmt.Sprintf("simulating %d runs", runs)
	}
	b.draw(a, f.silent, runs*b.passes*barParts, what)
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
