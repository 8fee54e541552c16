package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootText = `simrun runs a stateful streaming dataflow (stock, orders, payments) in a
deterministic simulation, kills what a scenario says, judges what its clients saw,
and draws how long recovery took. The same seed gives the same bytes.

Exit codes: 0 all held, 1 violated or not as expected, 2 bad usage or input,
3 undecided, 4 two runs of one seed differ, 5 internal error, 130 interrupted.`

const rootExample = `  simrun list
  simrun run crash-stock
  simrun run crash-stock --protocols all
  simrun sweep crash-small --crash-everywhere --protocols all
  simrun trace crash-stock --around crash
  simrun check history.jsonl`

// root is the whole command line.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{Use: "simrun", Short: "Does a checkout survive the machines it runs on?", Long: rootText, Example: rootExample,
		Version: version(), SilenceUsage: true, SilenceErrors: true, DisableSuggestions: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true}}
	root.SetVersionTemplate("simrun {{.Version}}\n")
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetIn(a.stdin)
	root.SetFlagErrorFunc(flagError)
	cobra.EnableCommandSorting = false
	root.AddCommand(a.listCommand(), a.runCommand(), a.sweepCommand(), a.plotCommand(), a.traceCommand(), a.checkCommand(), a.shrinkCommand(),
		a.expandCommand(), a.schemaCommand(), a.initCommand(), a.hermitageCommand(), a.referenceCommand())
	for _, command := range root.Commands() {
		command.Flags().SortFlags = false
	}
	return root
}

// version names the source that simrun was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "of unknown source, " + runtime.Version()
	}
	text, revision, modified := info.Main.Version, "", false
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			revision = setting.Value
		case "vcs.modified":
			modified = setting.Value == "true"
		}
	}
	if revision != "" && !strings.Contains(text, revision[:min(12, len(revision))]) {
		text += " " + revision[:min(12, len(revision))]
	}
	if modified && !strings.Contains(text, "dirty") {
		text += "+dirty"
	}
	return strings.TrimSpace(text + " " + info.GoVersion)
}

// flagError says what is wrong with a flag, which one was meant perhaps, and where they all stand.
func flagError(command *cobra.Command, err error) error {
	text := err.Error()
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		text = fmt.Sprintf("--%s: %q is no %s", invalid.GetFlag().Name, invalid.GetValue(), kindOf(invalid.GetFlag()))
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		command.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		text += didYouMean(unknown.GetSpecifiedName(), names, "--")
	}
	return badInput(command.CommandPath()+" --help", text)
}

// kindOf says in words what a flag takes.
func kindOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "yes or no: give the flag without a value"
	case "int":
		return "whole number such as 4"
	case "uint64":
		return "whole number from 0 to 18446744073709551615"
	}
	return f.Value.Type()
}

// unknownCommand says so, and which one was meant perhaps.
func unknownCommand(root *cobra.Command, err error) *failure {
	text, _, _ := strings.Cut(err.Error(), "\n")
	var names []string
	for _, command := range root.Commands() {
		names = append(names, command.Name())
	}
	if parts := strings.Split(text, `"`); len(parts) > 2 {
		text = fmt.Sprintf("unknown command %q%s", parts[1], didYouMean(parts[1], names, ""))
	}
	return &failure{exitInput, text, "simrun --help"}
}

// didYouMean is the end of a message that names the nearest word, or nothing if none is near.
func didYouMean(got string, words []string, prefix string) string {
	best, least := "", 1+len(got)/3
	for _, word := range words {
		if d := levenshtein.ComputeDistance(got, word); d <= least && d < len(word) && (best == "" || d < least) {
			best, least = word, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + prefix + best + "?"
}

// arguments checks how many a command is given. Cobra's own texts do not say what they are.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return badInput(command.CommandPath()+" --help", command.CommandPath()+": "+what+" is missing")
		case most >= 0 && len(args) > most:
			return badInput(command.CommandPath()+" --help",
				fmt.Sprintf("%s: %q is one argument too many: it takes %s", command.CommandPath(), args[most], what))
		}
		return nil
	}
}
