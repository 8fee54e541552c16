package lint

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// moduleRoot is the directory of go.mod, seen from this package.
const moduleRoot = "../.."

// readTree reads every directory of the module that may hold source. The go command then runs a test anew, and does
// not take its result from the cache, when a file has changed that only `go list` looked at.
func readTree(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(moduleRoot, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			switch entry.Name() {
			case ".git", "paper", "results", "testdata":
				return fs.SkipDir
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var wantComment = regexp.MustCompile(`// want "(.*)"`)

// wanted returns, by line number, the comments of a control that say what must be found on their line.
func wanted(t *testing.T, path string) map[int]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wants := map[int]string{}
	for i, line := range strings.Split(string(text), "\n") {
		if m := wantComment.FindStringSubmatch(line); m != nil {
			wants[i+1] = m[1]
		}
	}
	return wants
}

// compare reports where what was found on each line is not what the control wants.
func compare(t *testing.T, wants map[int]string, found map[int][]string) {
	t.Helper()
	for line, want := range wants {
		if len(found[line]) != 1 || !strings.HasPrefix(found[line][0], want) {
			t.Errorf("line %d: want one finding %q..., found %q", line, want, found[line])
		}
	}
	for line, messages := range found {
		if wants[line] == "" {
			t.Errorf("line %d: found %q, wanted nothing", line, messages)
		}
	}
}

func controls(t *testing.T, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no controls in %s: %v", folder, err)
	}
	return paths
}
