package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"simrun/report"
	"simrun/scenarios"
)

// swept runs a sweep in a folder of its own and gives what it left there, by name: the rows, the table, the map.
func swept(t *testing.T, dir string, simulate simulator, args ...string) (exit int, files map[string]string) {
	t.Helper()
	return sweptBy(t, &app{simulate: simulate}, dir, args...)
}

func sweptBy(t *testing.T, a *app, dir string, args ...string) (exit int, files map[string]string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a.stdout, a.stderr = &stdout, &stderr
	exit = a.main(append([]string{"sweep", "--out", dir, "--quiet"}, args...))
	if exit == exitInput || exit == exitInternal {
		t.Fatalf("exit %d\n%s", exit, &stderr)
	}
	return exit, filesOf(t, filepath.Join(dir, "sweeps"))
}

func filesOf(t *testing.T, root string) map[string]string {
	files := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(root, "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if content, err := os.ReadFile(path); err == nil {
			files[filepath.Base(path)] = string(content)
		}
	}
	return files
}

var smallSweep = []string{"crash-small", "--crash-everywhere", "--most", "12", "--protocols", "none,clonos", "--no-figures"}

// However many workers there are, in whatever order runs end, together or each from its start: the same bytes.
func TestSweepsDoNotDependOnWorkers(t *testing.T) {
	together := &app{simulate: scenarios.RunWith, together: true}
	before := runtime.GOMAXPROCS(1)
	_, one := swept(t, t.TempDir(), scenarios.RunWith, append(smallSweep, "-j", "1")...)
	runtime.GOMAXPROCS(4)
	_, four := swept(t, t.TempDir(), scenarios.RunWith, append(smallSweep, "-j4")...)
	_, shared := sweptBy(t, together, t.TempDir(), append(smallSweep, "-j1")...)
	exit, twice := sweptBy(t, together, t.TempDir(), append(smallSweep, "-j3", "--twice")...)
	runtime.GOMAXPROCS(before)
	if exit == exitDiffers {
		t.Error("a second run differs, from its start")
	}
	if len(one) < 4 || strings.Count(one["rows-1-of-1.csv"], "\n") != 1+2*13 {
		t.Fatalf("%d files, rows:\n%s", len(one), one["rows-1-of-1.csv"])
	}
	for name := range one {
		for _, other := range []string{four[name], shared[name], twice[name]} {
			if one[name] != other {
				t.Errorf("%s differs:\n%s\n%s", name, one[name], other)
			}
		}
	}
}

// A run that branched off another is compared with the run from its start, if asked for.
func TestSweepsCompareBranches(t *testing.T) {
	var alone atomic.Int32
	a := &app{together: true, simulate: func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
		r, err := scenarios.RunWith(s, o)
		if !o.Moments && len(s.Faults) > 0 {
			alone.Add(1)
			r.Digest = "another"
		}
		return r, err
	}}
	if exit, _ := sweptBy(t, a, t.TempDir(), append(smallSweep, "-j1")...); exit == exitDiffers || alone.Load() > 4 {
		t.Errorf("exit %d, %d of 24 runs with a crash go their way alone", exit, alone.Load())
	}
	if exit, _ := sweptBy(t, a, t.TempDir(), append(smallSweep, "-j1", "--twice")...); exit != exitDiffers {
		t.Errorf("exit %d though branches are other runs", exit)
	}
}

// interruptedAfter lets so many runs end and then interrupts.
func interruptedAfter(n int32, stop context.CancelFunc) simulator {
	var ended atomic.Int32
	return func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
		r, err := scenarios.RunWith(s, o)
		if !o.Moments && ended.Add(1) == n {
			stop()
		}
		return r, err
	}
}

// A sweep that was interrupted or killed goes on where it was, and ends as one that was not.
func TestSweepsGoOn(t *testing.T) {
	_, whole := swept(t, t.TempDir(), scenarios.RunWith, smallSweep...)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	a := &app{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, simulate: interruptedAfter(7, stop)}
	root := a.root()
	root.SetArgs(append([]string{"sweep", "--out", dir, "--quiet", "-j", "2"}, smallSweep...))
	if exit := a.tell(root, root.ExecuteContext(ctx)); exit != exitInterrupted {
		t.Fatalf("exit %d", exit)
	}
	part := filesOf(t, filepath.Join(dir, "sweeps"))["rows-1-of-1.csv"]
	if n := strings.Count(part, "\n") - 1; n < 7 || n > 9 {
		t.Fatalf("%d rows after an interrupt at 7", n)
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "sweeps", "*", "*", "rows-1-of-1.csv"))
	torn, err := os.OpenFile(paths[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(torn, "none,1,,event,order/0,or") // of a killed process
	torn.Close()
	runs := int32(0)
	counting := func(s *scenarios.Scenario, o scenarios.Options) (scenarios.Result, error) {
		if !o.Moments {
			atomic.AddInt32(&runs, 1)
		}
		return scenarios.RunWith(s, o)
	}
	_, files := swept(t, dir, counting, smallSweep...)
	for name := range whole {
		if files[name] != whole[name] {
			t.Errorf("%s differs from that of a whole sweep:\n%s", name, files[name])
		}
	}
	if want := int32(26 - (strings.Count(part, "\n") - 1)); runs != want {
		t.Errorf("%d runs were made again, want %d", runs, want)
	}
}

// Rows that another source has made are not mixed with this one's.
func TestRowsOfAnotherSourceAreThrownAway(t *testing.T) {
	dir := t.TempDir()
	args := []string{"quiet", "--crash-everywhere"}
	_, first := swept(t, dir, fake, args...)
	paths, _ := filepath.Glob(filepath.Join(dir, "sweeps", "*", "*", "host.json"))
	if err := os.WriteFile(paths[0], []byte(`{"source":"another"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	rows := filepath.Join(filepath.Dir(paths[0]), "rows-1-of-1.csv")
	if err := os.WriteFile(rows, []byte(strings.ReplaceAll(first["rows-1-of-1.csv"], ",ok,", ",violated,")), 0o644); err != nil {
		t.Fatal(err)
	}
	if exit, again := swept(t, dir, fake, args...); exit != exitHeld || again["rows-1-of-1.csv"] != first["rows-1-of-1.csv"] {
		t.Errorf("exit %d, rows:\n%s", exit, again["rows-1-of-1.csv"])
	}
}

// Shards together make the rows of one call, each run once.
func TestShardsMakeTheWhole(t *testing.T) {
	_, whole := swept(t, t.TempDir(), scenarios.RunWith, smallSweep...)
	dir := t.TempDir()
	var lines []string
	for _, shard := range []string{"3/3", "1/3", "2/3"} {
		swept(t, dir, scenarios.RunWith, append(smallSweep, "--shard", shard)...)
	}
	files := filesOf(t, filepath.Join(dir, "sweeps"))
	for i := range 3 {
		lines = append(lines, strings.Split(strings.TrimSpace(files[fmt.Sprintf("rows-%d-of-3.csv", i+1)]), "\n")[1:]...)
	}
	want := strings.Split(strings.TrimSpace(whole["rows-1-of-1.csv"]), "\n")[1:]
	slices.Sort(lines)
	slices.Sort(want)
	if !slices.Equal(lines, want) {
		t.Errorf("%d rows of shards, %d of one call", len(lines), len(want))
	}
	if files["table.txt"] != whole["table.txt"] || files["sweep.json"] != whole["sweep.json"] {
		t.Errorf("the tables differ:\n%s\n%s", files["table.txt"], whole["table.txt"])
	}
}

// A failing point is kept as a scenario file whose run has the digest of the row.
func TestKeptFailuresFailAgain(t *testing.T) {
	dir := t.TempDir()
	exit, files := swept(t, dir, scenarios.RunWith, "crash-small", "--pairs", "--most", "16", "--protocol", "none", "--set", "expect=pass", "--no-figures")
	if exit != exitViolated {
		t.Fatalf("exit %d", exit)
	}
	rows, _, err := report.ReadRows([]byte(files["rows-1-of-1.csv"]))
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]bool{}
	for _, r := range rows {
		if r.Outcome == report.OutcomeViolated {
			digests[r.Digest] = true
		}
	}
	folders, _ := filepath.Glob(filepath.Join(dir, "failures", "*"))
	if len(folders) != len(digests) || len(folders) < 5 {
		t.Fatalf("%d folders of %d failures", len(folders), len(digests))
	}
	for _, folder := range folders {
		name := "original.yaml" // of what was shrunk
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			name = "repro.yaml"
		}
		s, err := scenarios.Load(filepath.Join(folder, name), nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := scenarios.RunWith(s, scenarios.Options{})
		if err != nil || !digests[r.Digest] || report.VerdictOf(r.Checks) != report.Fail {
			t.Errorf("%s: %v, %s", folder, err, report.VerdictOf(r.Checks))
		}
		delete(digests, r.Digest)
	}
}

// Only the first failures of a protocol are kept apart, the same ones whoever ends first.
func TestFailuresAreBounded(t *testing.T) {
	dir := t.TempDir()
	scenario := filepath.Join(t.TempDir(), "violates.yaml")
	if err := os.WriteFile(scenario, []byte("{simrun: 1, name: violates}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if exit, _ := swept(t, dir, fake, scenario, "--seeds", "1..25", "--no-figures", "-j", "3"); exit != exitViolated {
		t.Fatalf("exit %d", exit)
	}
	folders, _ := filepath.Glob(filepath.Join(dir, "failures", "*"))
	kept := map[string]bool{}
	for _, folder := range folders {
		kept[filepath.Base(folder)] = true
	}
	if len(kept) != failuresMost || !kept["linearizable-violates-1"] || !kept[fmt.Sprintf("linearizable-violates-%d", failuresMost)] {
		t.Errorf("kept are %v", kept)
	}
}

// A full disk ends a sweep; it is bad input, not a result.
func TestRowsThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	file, err := os.Open(dir) // cannot be written to
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f := &rowsFile{path: filepath.Join(dir, "rows"), file: file}
	var unwritable *report.Unwritable
	if err := f.append(&report.SweepRow{}); !errors.As(err, &unwritable) {
		t.Errorf("error %v", err)
	}
}

func TestSplitValues(t *testing.T) {
	for text, want := range map[string][]string{
		"1s,2s": {"1s", "2s"}, "[a, b],{c: 1, d: 2}": {"[a, b]", "{c: 1, d: 2}"}, `"a,b",c`: {`"a,b"`, "c"}, "one": {"one"},
		"a,,b": {"a", "", "b"}, "": {""}, "{lognormal: {p50: 1ms, p99: 2ms}}": {"{lognormal: {p50: 1ms, p99: 2ms}}"},
	} {
		if got := splitValues(text); !slices.Equal(got, want) {
			t.Errorf("%s is split into %q, want %q", text, got, want)
		}
	}
}
