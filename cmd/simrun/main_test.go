package main

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/sim"
)

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestLostOutputIsNoSuccess(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{stdout: full{}, stderr: &stderr, simulate: fake}
	if exit := a.main([]string{"list"}); exit != exitInput || !strings.Contains(stderr.String(), "no space left") {
		t.Fatalf("exit %d, stderr %q", exit, &stderr)
	}
	a.stdout = &bytes.Buffer{}
	if exit := a.main([]string{"list"}); exit != exitHeld {
		t.Fatalf("exit %d with a stdout that takes all", exit)
	}
}

func TestPanicIsAnInternalError(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{stdout: &bytes.Buffer{}, stderr: &stderr} // no simulator at all
	if exit := a.main([]string{"trace", "quiet"}); exit != exitInternal {
		t.Fatalf("exit %d", exit)
	}
	if !strings.Contains(stderr.String(), "the same again: simrun trace quiet\n") {
		t.Fatalf("stderr %q", &stderr)
	}
}

// The contract: the first of 5, 4, 2, 1, 3, 0 that occurs.
func TestWorstExitCode(t *testing.T) {
	order := []int{5, 4, 2, 1, 3, 0}
	rapid.Check(t, func(t *rapid.T) {
		codes := rapid.SliceOf(rapid.SampledFrom(order)).Draw(t, "codes")
		want := 0
		for _, code := range order {
			if strings.ContainsRune(string(runes(codes)), rune('0'+code)) {
				want = code
				break
			}
		}
		if got := worst(codes); got != want {
			t.Fatalf("worst of %v is %d, not %d", codes, got, want)
		}
	})
}

func runes(codes []int) (text []rune) {
	for _, code := range codes {
		text = append(text, rune('0'+code))
	}
	return text
}

// Whatever the words are, a shell reads a command to paste as those words.
func TestCommandLineIsWhatAShellReads(t *testing.T) {
	words := []string{"a b", "it's", `"$HOME"`, "faults[0].at=12s", "", "-x", "*", "a\nb", "~", "items={count: 5}", "#", "é", "`id`", `\`}
	script := strings.Replace(commandLine(words), "simrun", `printf '%s\0'`, 1)
	out, err := exec.Command("sh", "-c", script).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); strings.Join(got, "|") != strings.Join(words, "|") {
		t.Fatalf("%q became %q", words, got)
	}
	if got := commandLine([]string{"run", "crash-stock", "--set", "checkpoint.every=2s"}); got != "simrun run crash-stock --set checkpoint.every=2s" {
		t.Fatalf("needless quotes: %s", got)
	}
}

func TestTraceIsBounded(t *testing.T) {
	trace := &traceText{}
	line := bytes.Repeat([]byte{'x'}, 1<<19)
	for range 3 * traceMost / len(line) {
		if n, err := trace.Write(line); n != len(line) || err != nil {
			t.Fatalf("a full trace stopped the run: %d, %v", n, err)
		}
	}
	trace.Write([]byte("short")) // would fit, but would stand after a gap
	var saved bytes.Buffer
	if err := trace.writeTo(&saved, "simrun trace "+strings.Repeat("y", 2*traceEndMost)); err != nil {
		t.Fatal(err)
	}
	if saved.Len() > traceMost || saved.Len() < traceMost-len(line)-traceEndMost {
		t.Fatalf("%d bytes saved", saved.Len())
	}
	if last := saved.String()[saved.Len()-traceEndMost:]; !strings.Contains(last, "more than 64 MiB hold") || strings.Contains(last, "short") {
		t.Fatalf("the cut is not told: ...%.100s", last)
	}
	whole := &traceText{}
	whole.Write([]byte("a\n"))
	whole.Write([]byte("b\n"))
	saved.Reset()
	if whole.writeTo(&saved, ""); saved.String() != "a\nb\n" {
		t.Fatalf("%q", &saved)
	}
}

// The bar never goes back, whichever run and pass calls it.
func TestBarGoesForward(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{stderr: &stderr, terminal: true}
	b := a.newBar(2, &runFlags{twice: true})
	first, second := b.of(0, 0), b.of(0, 1)
	first(60*sim.Second, 60*sim.Second)
	before := b.done
	second(0, 60*sim.Second)
	first(30*sim.Second, 60*sim.Second)
	if b.done != before || before != barParts {
		t.Fatalf("%d parts done, then %d", before, b.done)
	}
	second(60*sim.Second, 60*sim.Second)
	if b.done != 2*barParts || b.drawn.GetMax() != 4*barParts {
		t.Fatalf("%d of %d parts done", b.done, b.drawn.GetMax())
	}
	if (&app{stderr: &stderr}).newBar(1, &runFlags{}).of(0, 0) != nil {
		t.Fatal("a bar without a terminal")
	}
}
