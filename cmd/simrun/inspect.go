package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"simrun/scenarios"
	"simrun/swarm"
)

// Commands that show what there is, and simulate nothing.

func (a *app) listCommand() *cobra.Command {
	asJSON, all := false, false
	command := &cobra.Command{Use: "list", Short: "built-in scenarios, a line each: name, then what it shows", Args: arguments(0, 0, "no argument"),
		Example: "  simrun list\n  simrun list --all\n  simrun list --json"}
	command.Flags().BoolVar(&all, "all", false, "those of the anomaly matrix (simrun hermitage), too")
	command.Flags().BoolVar(&asJSON, "json", false, "print an array of {name, about}")
	command.RunE = func(*cobra.Command, []string) error {
		list := scenarios.Builtins()
		if all {
			list = append(list, scenarios.Anomalies()...)
		}
		if asJSON {
			return a.listJSON(list)
		}
		width := 0
		for _, builtin := range list {
			width = max(width, len(builtin.Name))
		}
		for _, builtin := range list {
			fmt.Fprintf(a.stdout, "%-*s  %s\n", width, builtin.Name, builtin.About)
		}
		return nil
	}
	return command
}

func (a *app) listJSON(builtins []scenarios.Builtin) error {
	type object struct {
		Name  string `json:"name"`
		About string `json:"about"`
	}
	list := []object{}
	for _, builtin := range builtins {
		list = append(list, object{builtin.Name, builtin.About})
	}
	encoder := json.NewEncoder(a.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(list)
}

func (a *app) expandCommand() *cobra.Command {
	f := &scenarioFlags{}
	number := uint64(0)
	command := &cobra.Command{Use: "expand SCENARIO", Short: "a scenario with every default and every drawn fault made explicit",
		Long:    "Print a scenario with every default and every drawn fault made explicit. What is printed\nis a scenario again: the same one. --number prints a random scenario of its swarm.",
		Example: "  simrun expand crash-small --number 17 > drawn.yaml   # what run 17 of sweep --swarm runs\n  simrun expand crash-stock\n  simrun expand crash-stock --set checkpoint.every=1s > my-shop.yaml\n  simrun expand my-shop.yaml > /dev/null   # only check it",
		Args:    arguments(1, 1, "a scenario (a name from simrun list, or a YAML file)")}
	f.add(command, false)
	command.Flags().Uint64Var(&number, "number", 0, "the random scenario `N` of the swarm, from 1 on; 0: the scenario itself")
	command.RunE = func(_ *cobra.Command, args []string) error {
		plan, err := f.load(args, nil)
		if err != nil {
			return err
		}
		s := plan[0].scenario
		if number > 0 {
			s = swarm.Draw(s, number)
		}
		_, err = a.stdout.Write(s.Expand())
		return err
	}
	return command
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{Use: "schema", Short: "the JSON Schema of scenario files", Args: arguments(0, 0, "no argument"),
		Long:    "Print the JSON Schema of scenario files. Editors complete and check by it: a scenario from\nsimrun init names it in its first line.",
		Example: "  simrun schema > simrun.schema.json",
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(scenarios.Schema())
			return err
		}}
}

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{Use: "init [FILE]", Short: "a commented scenario to start from", Args: arguments(0, 1, "a file to make, or nothing"),
		Long:    "Write a commented scenario to a new file, or print it. A file that exists is left alone.",
		Example: "  simrun init my-shop.yaml\n  simrun init | less",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := a.stdout.Write(scenarios.Sample())
				return err
			}
			return a.initFile(args[0])
		}}
}

func (a *app) initFile(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return badInput("simrun init another.yaml", path+" exists and is not overwritten: name a new file")
	}
	if err != nil {
		return badInput("simrun init", err.Error())
	}
	_, err = file.Write(scenarios.Sample())
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(path)
		return badInput("simrun init", err.Error())
	}
	fmt.Fprintf(a.stdout, "%s is made. To run it: %s\n", path, commandLine([]string{"run", path}))
	return nil
}
