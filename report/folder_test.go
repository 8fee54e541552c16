package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func text(name, content string) File {
	return File{name, func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	}}
}

// tree lists what lies below a folder, temporary folders included, with the content of files.
func tree(t *testing.T, dir string) []string {
	var result []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if entry.IsDir() {
			result = append(result, name+"/")
			return nil
		}
		content, err := os.ReadFile(path)
		result = append(result, name+": "+string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestWriteMakesTheFolderAndItsDigests(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "crash-stock", "clonos", "seed-1")
	err := Write(dir, "abc", text("run.json", "{}"), text("history.jsonl", "line\n"), text("host.json", "now"),
		text("report.html", "<p>"), text("trace.txt", "story"), text("figures/recovery.svg", "<svg>"))
	if err != nil {
		t.Fatal(err)
	}
	sum := func(content string) string {
		s := sha256.Sum256([]byte(content))
		return hex.EncodeToString(s[:])
	}
	want := []string{
		"digest.txt: # events  abc\n" + sum("line\n") + "  history.jsonl\n" + sum("{}") + "  run.json\n",
		"figures/", "figures/recovery.svg: <svg>", "history.jsonl: line\n", "host.json: now", "report.html: <p>", "run.json: {}", "trace.txt: story",
	}
	if got := tree(t, dir); !slices.Equal(got, want) {
		t.Errorf("the folder holds %q\nwant %q", got, want)
	}
	if beside := tree(t, filepath.Dir(dir)); len(beside) != 1+len(want) {
		t.Errorf("beside the folder: %q", beside)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o755 {
		t.Errorf("mode %v", info.Mode())
	}
	if _, err := exec.LookPath("sha256sum"); err == nil {
		command := exec.Command("sha256sum", "--check", "--strict", "digest.txt")
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("sha256sum: %v\n%s", err, out)
		}
	}
}

func TestWriteReplacesAnEarlierResult(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "seed-1")
	for i := range 3 {
		if err := Write(dir, "abc", text("run.json", strconv.Itoa(i)), text(fmt.Sprintf("figures/%d.svg", i), "x")); err != nil {
			t.Fatal(err)
		}
	}
	got := strings.Join(tree(t, parent), "\n")
	if !strings.Contains(got, "seed-1/run.json: 2") || strings.Contains(got, "1.svg") || strings.Contains(got, ".tmp") {
		t.Errorf("after three runs: %s", got)
	}
}

// A result is replaced by a result; anything else of that name is somebody's work.
func TestWriteLeavesOtherFoldersAlone(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "thesis")
	os.Mkdir(dir, 0o755)
	if err := Write(dir, "abc", text("run.json", "{}")); err != nil {
		t.Errorf("an empty folder is no obstacle: %v", err)
	}
	os.Remove(filepath.Join(dir, "digest.txt"))
	before := tree(t, parent)
	err := Write(dir, "abc", text("run.json", "other"))
	if !isUnwritable(err) || !strings.Contains(err.Error(), "no results folder") {
		t.Errorf("error %v", err)
	}
	file := filepath.Join(parent, "file")
	os.WriteFile(file, nil, 0o644)
	before = append([]string{"file: "}, before...)
	for _, place := range []string{file, filepath.Join(file, "below")} {
		if err := Write(place, "abc", text("run.json", "other")); !isUnwritable(err) || !strings.Contains(err.Error(), "in the way") {
			t.Errorf("error %v", err)
		}
	}
	if after := tree(t, parent); !slices.Equal(before, after) {
		t.Errorf("before %q, after %q", before, after)
	}
}

func isUnwritable(err error) bool {
	var unwritable *Unwritable
	return errors.As(err, &unwritable)
}

// fullDisk takes some bytes, then no more; with closes set it fails only when a file is closed, as network disks do.
type fullDisk struct {
	left   *int
	closes bool
}

func (d fullDisk) Write(p []byte) (int, error) {
	n := min(len(p), *d.left)
	*d.left -= n
	if n < len(p) && !d.closes {
		return n, &os.PathError{Op: "write", Path: "/somewhere", Err: syscall.ENOSPC}
	}
	return len(p), nil
}

func (d fullDisk) Close() error {
	if d.closes && *d.left == 0 {
		return syscall.ENOSPC
	}
	return nil
}

func TestFullDiskLeavesTheOldResultOrNone(t *testing.T) {
	files := []File{text("run.json", "{}"), text("history.jsonl", strings.Repeat("a line of history\n", 10_000)), text("figures/a.svg", "x")}
	for _, old := range []bool{false, true} {
		for _, closes := range []bool{false, true} {
			enough := false
			for space := 0; !enough; space = space*2 + 1 {
				parent := t.TempDir()
				dir := filepath.Join(parent, "scenario", "protocol", "seed-1")
				if old {
					if err := Write(dir, "abc", text("run.json", "old")); err != nil {
						t.Fatal(err)
					}
				}
				before := tree(t, parent)
				left := space
				err := writeFolder(func(string) (io.WriteCloser, error) { return fullDisk{&left, closes}, nil }, dir, "abc", files)
				if err == nil {
					enough = true
					if space < 180_000 {
						t.Errorf("no error with %d bytes", space)
					}
					continue
				}
				if !isUnwritable(err) || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "no space left on device") {
					t.Errorf("error %v", err)
				}
				if after := tree(t, parent); !slices.Equal(before, after) {
					t.Errorf("with %d bytes: before %q, after %q", space, before, after)
				}
			}
		}
	}
}

// A writer of the caller's that fails, such as an encoder, ends the same way.
func TestFailingFileLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	bad := File{"history.jsonl", func(io.Writer) error { return errors.New("operation 7 has no client") }}
	err := Write(filepath.Join(parent, "a", "seed-1"), "abc", text("run.json", "{}"), bad)
	if !isUnwritable(err) || !strings.Contains(err.Error(), "history.jsonl: operation 7 has no client") {
		t.Errorf("error %v", err)
	}
	if left := tree(t, parent); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}

func TestUnwritablePlaces(t *testing.T) {
	places := []string{"/proc/simrun/seed-1"}
	if os.Getuid() != 0 { // root may write anywhere
		closed := filepath.Join(t.TempDir(), "closed")
		os.Mkdir(closed, 0o555)
		places = append(places, filepath.Join(closed, "seed-1"))
	}
	for _, place := range places {
		if err := Write(place, "abc", text("run.json", "{}")); !isUnwritable(err) || !strings.Contains(err.Error(), "cannot write results to "+place) {
			t.Errorf("%s: %v", place, err)
		}
		if err := Place(place, text("a.svg", "x")); !isUnwritable(err) {
			t.Errorf("%s: %v", place, err)
		}
	}
}

// What a killed process left goes with the next run; what a living one is writing stays.
func TestOrphansAreRemoved(t *testing.T) {
	parent := t.TempDir()
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Skip(err)
	}
	alive := fmt.Sprintf(".tmp-seed-1-%d-5", os.Getppid())
	for _, name := range []string{fmt.Sprintf(".tmp-seed-1-%d-5", dead.Process.Pid), alive, ".tmp-seed-10-1-5", ".tmp-seed-1-notes"} {
		if err := os.MkdirAll(filepath.Join(parent, name, "figures"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := Write(filepath.Join(parent, "seed-1"), "abc", text("run.json", "{}")); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(parent)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if want := []string{alive, ".tmp-seed-1-notes", ".tmp-seed-10-1-5", "seed-1"}; len(names) != len(want) || !slices.Contains(names, alive) {
		t.Errorf("%q, want %q", names, want)
	}
}
