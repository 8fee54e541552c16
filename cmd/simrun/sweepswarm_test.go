package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"simrun/report"
	"simrun/scenarios"
)

// said runs simrun and gives what it prints.
func said(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	a := &app{stdout: &out, stderr: &err, simulate: scenarios.RunWith}
	exit = a.main(args)
	return exit, out.String(), err.String()
}

// Random scenarios in shards, each on other workers and the second in two goes,
// are those of one sweep; rows tell their number.
func TestSwarmsInShards(t *testing.T) {
	args := []string{"crash-small", "--swarm", "30", "--protocols", "clonos,global", "--no-figures"}
	exit, whole := swept(t, t.TempDir(), scenarios.RunWith, append(args, "-j", "1")...)
	if exit != exitHeld {
		t.Fatalf("exit %d\n%s", exit, whole["table.txt"])
	}
	dir := t.TempDir()
	swept(t, dir, scenarios.RunWith, append(args, "-j", "2", "--shard", "1/2")...)
	_, parts := swept(t, dir, scenarios.RunWith, append(args, "-j", "3", "--shard", "2/2")...)
	if parts["table.txt"] != whole["table.txt"] || !strings.Contains(whole["table.txt"], "random scenarios") {
		t.Errorf("in shards:\n%s\nwhole:\n%s", parts["table.txt"], whole["table.txt"])
	}
	rows, _, err := report.ReadRows([]byte(whole["rows-1-of-1.csv"]))
	if err != nil || len(rows) != 60 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, r := range rows {
		if r.Number != uint64(1+i%30) || r.Kind != report.KindDrawn {
			t.Errorf("row %d is of number %d, %s", i, r.Number, r.Kind)
		}
	}
	for _, row := range strings.Split(whole["rows-1-of-1.csv"], "\n") {
		if row != "" && !strings.Contains(parts["rows-1-of-2.csv"]+parts["rows-2-of-2.csv"], row+"\n") {
			t.Errorf("no shard has %s", row)
		}
	}
}

// A random scenario that fails is kept, the same as expand prints, beside what is
// left of it when it is shrunk. Either fails alone.
func TestSwarmsKeepFailures(t *testing.T) {
	dir := t.TempDir()
	exit, _, stderr := said(t, "sweep", "crash-small", "--swarm", "1..3", "--set", "planted=[no-relog]", "--set", "expect=pass", "--out", filepath.Join(dir, "runs"), "--quiet", "--no-figures")
	if exit != exitViolated {
		t.Fatalf("exit %d\n%s", exit, stderr)
	}
	kept, _ := filepath.Glob(filepath.Join(dir, "runs", "failures", "*-crash-small-1-*", "repro.yaml"))
	if len(kept) != 1 {
		t.Fatalf("kept are %v\n%s", kept, stderr)
	}
	original := filepath.Join(filepath.Dir(kept[0]), "original.yaml")
	text, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	if _, drawn, _ := said(t, "expand", "crash-small", "--number", "1", "--set", "planted=[no-relog]", "--set", "expect=pass"); drawn != string(text) {
		t.Errorf("expand prints\n%s\nkept is\n%s", drawn, text)
	}
	for _, file := range []string{kept[0], original} {
		if exit, stdout, _ := said(t, "run", file, "--out", filepath.Join(dir, "again"), "--no-figures", "--quiet", "--no-shrink"); exit != exitViolated {
			t.Errorf("%s alone: exit %d\n%s", file, exit, stdout)
		}
	}
}

// Beyond what is promised standing still is told apart, and wrong stays wrong.
func TestSwarmsBeyond(t *testing.T) {
	for _, c := range []struct {
		planted string
		exit    int
	}{{"[]", exitHeld}, {"[no-relog]", exitViolated}} {
		exit, stdout, stderr := said(t, "sweep", "crash-small", "--swarm", "40", "--set", "swarm.beyond=on", "--set", "planted="+c.planted, "--out", filepath.Join(t.TempDir(), "runs"), "--no-figures")
		if exit != c.exit || !strings.Contains(stdout, "stood still") || !strings.Contains(stdout, "(expected safe)") {
			t.Errorf("planted %s: exit %d\n%s%s", c.planted, exit, stdout, stderr)
		}
	}
}

func TestSwarmFlags(t *testing.T) {
	for flags, want := range map[string]string{
		"--swarm 0":                       `--swarm: "0" is no number`,
		"--swarm some":                    `--swarm: "some" is no number`,
		"--swarm 9..3":                    "did you mean 3..9?",
		"--swarm 5000000":                 "--swarm: 5000000 are more than 1000000",
		"--swarm 10 --pairs":              "give one of them",
		"--swarm 10 --most 5":             "--most: it bounds",
		"--swarm 600000 --seeds 1..2":     "1200000 runs are more than 1000000",
		"--swarm 5 --set swarm.kinds=[x]": "x",
	} {
		if exit, _, stderr := said(t, append([]string{"sweep", "crash-small"}, strings.Fields(flags)...)...); exit != exitInput || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d\n%s", flags, exit, stderr)
		}
	}
}
