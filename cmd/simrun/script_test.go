package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"simrun/scenarios"
)

// TestMain makes the test binary a simrun whose simulator is the fake one, and another whose is the real one.
func TestMain(m *testing.M) {
	call := func(a *app) func() {
		return func() {
			a.stdin, a.stdout, a.stderr = os.Stdin, os.Stdout, os.Stderr
			os.Exit(a.main(os.Args[1:]))
		}
	}
	testscript.Main(m, map[string]func(){
		"simrun":          call(&app{simulate: fake}),
		"simrun-terminal": call(&app{simulate: fake, terminal: true}),
		"simrun-real":     call(&app{simulate: scenarios.RunWith, together: true}),
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Condition: func(condition string) (bool, error) {
			if condition != "race" {
				return false, fmt.Errorf("there is no condition %q", condition)
			}
			return raceDetector, nil
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // with the race detector every process would wait a second
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command and wants one exit code: exits 2 simrun run nonsense.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode() // -1: killed by a signal
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
}
