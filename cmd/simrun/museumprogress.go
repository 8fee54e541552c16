package main

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// museumProgress shows on a terminal which bug is hunted, and how many runs that took
// so far. Without a terminal it does nothing: a line per bug on stdout has to do.
type museumProgress struct {
	app   *app
	drawn *progressbar.ProgressBar // nil: none
	on    bool
}

func (a *app) newMuseumProgress(silent bool) *museumProgress {
	return &museumProgress{app: a, on: a.terminal && !silent}
}

// begin shows what is done next, in so many runs at most; -1: nobody knows.
func (p *museumProgress) begin(what string, runs int) {
	p.close()
	if p.on {
		options := []progressbar.Option{progressbar.OptionSetWriter(p.app.stderr), progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(100 * time.Millisecond), progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetSpinnerChangeInterval(0), // else it goes on drawing when it has been taken away
			progressbar.OptionSetRenderBlankState(true)}
		if runs > 0 {
			options = append(options, progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("runs"))
		}
		p.drawn = progressbar.NewOptions(runs, options...)
	}
}

func (p *museumProgress) did(runs int) {
	if p.drawn != nil {
		p.drawn.Set(min(runs, p.drawn.GetMax()-1)) // the end is when the line is printed
	}
}

func (p *museumProgress) close() {
	if p.drawn != nil {
		p.drawn.Clear()
		p.drawn = nil
	}
}
