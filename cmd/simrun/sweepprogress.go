package main

import (
	"fmt"
	"time"
)

// progress shows on stderr how far many runs have come: a bar on a terminal, with runs per second and what is left; else
// one line at the end.
type progress struct {
	terminalLine
	app    *app
	what   string
	total  int
	done   int
	before int // runs that had rows already
	start  time.Time
	quiet  bool
}

func (s *sweeper) newProgress(what string, total int) *progress {
	p := &progress{app: s.app, what: what, total: total, start: time.Now(), quiet: s.flags.silent}
	p.draw(s.app, p.quiet || total == 0, total, what, countRuns()...)
	return p
}

func (p *progress) did(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	if p.drawn != nil {
		p.drawn.Add(n)
	}
}

// close says how fast it was: wall time is no result, and stands on stderr only.
func (p *progress) close() {
	p.terminalLine.close()
	if p.quiet || p.what != progressRuns {
		return
	}
	took := time.Since(p.start)
	text := fmt.Sprintf("%d runs in %.1f s, %.0f runs/s", p.done, took.Seconds(), float64(p.done)/max(took.Seconds(), 1e-3))
	switch {
	case p.total == 0:
		text = fmt.Sprintf("nothing to run: all %d runs had rows already", p.before)
	case p.before > 0:
		text += fmt.Sprintf("; %d more had rows already", p.before)
	}
	fmt.Fprintln(p.app.stderr, text)
}

const progressRuns = "running"
