package report

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestPlaceKeepsWhatElseIsThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "paper")
	if err := Place(dir, text("figures/a.svg", "1"), text("b.svg", "1")); err != nil {
		t.Fatal(err)
	}
	if err := Place(dir, text("figures/a.svg", "2")); err != nil {
		t.Fatal(err)
	}
	if got, want := tree(t, dir), []string{"b.svg: 1", "figures/", "figures/a.svg: 2"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if err := Place(dir, File{"b.svg", func(io.Writer) error { return syscall.ENOSPC }}); !isUnwritable(err) {
		t.Errorf("error %v", err)
	}
	if got, want := tree(t, dir), []string{"b.svg: 1", "figures/", "figures/a.svg: 2"}; !slices.Equal(got, want) {
		t.Errorf("after a failure: %q, want %q", got, want)
	}
}

// A whole result: drawings and page are there, and outside the digest.
func TestWholeResult(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "seed-1")
	run := sampleRun("clonos")
	if err := Write(dir, run.Digest, slices.Concat(run.Data(), run.Drawn())...); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"run.json", "report.html", "figures/recovery.svg", "figures/timeline.png", "figures/latency-cdf.pdf"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	digest, err := os.ReadFile(filepath.Join(dir, "digest.txt"))
	if err != nil || strings.Count(string(digest), "\n") != 1+len(run.Data()) || !bytes.Contains(digest, []byte("# events  "+run.Digest)) {
		t.Errorf("digest.txt is\n%s%v", digest, err)
	}
	if err := Place(dir, run.Drawn()...); err != nil { // as plot does
		t.Error(err)
	}
}
