// Command simrun is the laboratory's front door: it runs scenarios, tells and
// draws what came of them, and judges histories from elsewhere.
//
// It owns flags, text and exit codes, and where results lie. It must not know
// how anything is simulated, judged or drawn: packages scenarios, check and
// report do that.
//
// Start at app (below); root.go has the list of commands, exits.go what the
// exit codes mean. run.go, batch.go and job.go are the main command: what was
// asked, how runs share the processors, and what one run goes through.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"golang.org/x/term"

	"simrun/scenarios"
)

func main() {
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, simulate: scenarios.RunWith, together: true,
		terminal: term.IsTerminal(int(os.Stderr.Fd()))}
	os.Exit(a.main(os.Args[1:]))
}

// A simulator runs one scenario. Tests put one here that fails as they like.
type simulator func(*scenarios.Scenario, scenarios.Options) (scenarios.Result, error)

// app is one call of simrun.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	simulate       simulator
	together       bool     // runs of a sweep that begin alike are simulated together, and not by simulate
	terminal       bool     // stderr is one, so that a progress bar may be drawn there
	args           []string // of this call
}

// again is this call, to paste.
func (a *app) again() string { return commandLine(a.args) }

// main runs the command line and returns the exit code.
func (a *app) main(args []string) (exit int) {
	a.args = args
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(a.stderr, "internal error: %v\n%s\nsimrun is broken, not what it simulates; the same again: %s\n",
				r, debug.Stack(), a.again())
			exit = exitInternal
		}
	}()
	stdout := &watched{to: a.stdout}
	a.stdout = stdout
	ctx, stop := interruptible()
	defer stop()
	root := a.root()
	root.SetArgs(args)
	exit = a.tell(root, root.ExecuteContext(ctx))
	if stdout.failed != nil && exit == exitHeld {
		return a.tell(root, badInput(a.again(), "cannot write to stdout: "+stdout.failed.Error()))
	}
	return exit
}

// watched remembers that a text was lost, so that nobody takes silence for success.
type watched struct {
	to     io.Writer
	failed error
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	if w.failed == nil {
		w.failed = err
	}
	return n, err
}

// interruptible returns a context that the first interrupt ends. The second one
// kills the process at once.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
