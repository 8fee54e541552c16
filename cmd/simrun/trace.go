package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"simrun/scenarios"
	"simrun/sim"
)

const traceHelp = `Run a scenario and tell its story, line by line: when, where, what. Nothing is judged
and nothing is saved. Filters combine: a line is told if all of them let it pass.`

const traceExample = `  simrun trace crash-stock --around crash
  simrun trace crash-stock --request o17
  simrun trace crash-stock --task stock/1 --from 29.5s --to 32s
  simrun trace crash-stock --protocol global --around crash | less`

// traceFlags choose lines.
type traceFlags struct {
	scenarioFlags
	request, task, around, from, to string
}

func (a *app) traceCommand() *cobra.Command {
	f := &traceFlags{}
	command := &cobra.Command{Use: "trace SCENARIO", Short: "the story of a run, on stdout", Long: traceHelp, Example: traceExample,
		Args: arguments(1, 1, "a scenario (a name from simrun list, or a YAML file)")}
	flags := command.Flags()
	flags.StringVar(&f.request, "request", "", "only what concerns one `ORDER`, such as o17")
	flags.StringVar(&f.task, "task", "", "only what happens at or comes from one `TASK`, such as order/0, or manager")
	flags.StringVar(&f.around, "around", "", "crash: only from shortly before each fault until two seconds after it")
	flags.StringVar(&f.from, "from", "", "only from this `TIME` of the simulation, such as 29.5s")
	flags.StringVar(&f.to, "to", "", "only until this `TIME`")
	f.add(command, true)
	command.RunE = func(command *cobra.Command, args []string) error { return a.trace(command.Context(), f, args) }
	return command
}

func (a *app) trace(ctx context.Context, f *traceFlags, arguments []string) error {
	filter, wrong := f.filter()
	plan, err := f.load(arguments, nil)
	if err != nil {
		if failed := a.classified(err); len(wrong) > 0 {
			err = badInput(failed.paste, append(wrong, failed.text)...)
		}
		return err
	}
	s := plan[0].scenario
	if wrong = append(wrong, wrongTask(f.task, s)...); len(wrong) > 0 {
		return badInput("simrun trace --help", wrong...)
	}
	counted := &counter{to: bufio.NewWriterSize(a.stdout, 1<<16)}
	_, err = a.simulate(s, scenarios.Options{Context: ctx, ShuffleTies: f.shuffled(), Trace: counted, Filter: filter})
	if flushing := counted.to.Flush(); err == nil {
		err = flushing
	}
	if err == nil && counted.bytes == 0 {
		fmt.Fprintf(a.stderr, "no line of this run passes the filters; to see more: %s\n", commandLine([]string{"trace", arguments[0]}))
	}
	return err
}

// filter turns flags into what chooses lines, and says what is wrong with them.
func (f *traceFlags) filter() (filter scenarios.TraceFilter, wrong []string) {
	filter = scenarios.TraceFilter{Order: f.request, Task: f.task, AroundCrash: f.around != ""}
	if f.around != "" && f.around != "crash" {
		wrong = append(wrong, fmt.Sprintf("--around: %q is not crash, the one thing to look around", f.around))
	}
	if f.request != "" {
		number, found := strings.CutPrefix(f.request, "o")
		if _, err := strconv.ParseUint(number, 10, 63); err != nil || !found {
			wrong = append(wrong, fmt.Sprintf("--request: %q is no order; the first ones are o0, o1, o2", f.request))
		}
	}
	instant := func(flag, text string) sim.Time {
		length, err := time.ParseDuration(text)
		if text != "" && (err != nil || length < 0) {
			wrong = append(wrong, fmt.Sprintf("%s: %q is no time of the simulation, such as 29.5s or 300ms", flag, text))
		}
		return sim.Time(length)
	}
	filter.From, filter.To = instant("--from", f.from), instant("--to", f.to)
	if len(wrong) == 0 && f.to != "" && filter.To <= filter.From {
		wrong = append(wrong, fmt.Sprintf("--to: %s is not after --from", f.to))
	}
	return filter, wrong
}

// wrongTask says that a scenario has no such task.
func wrongTask(task string, s *scenarios.Scenario) []string {
	names := append(s.Tasks(), "manager")
	if task == "" || slices.Contains(names, task) {
		return nil
	}
	return []string{fmt.Sprintf("--task: %s has no task %q%s", s.Name, task, didYouMean(task, names, ""))}
}

// counter counts what passes.
type counter struct {
	to    *bufio.Writer
	bytes int
}

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return c.to.Write(p)
}

var _ io.Writer = (*counter)(nil)
