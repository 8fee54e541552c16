package lint

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestFloors(t *testing.T) {
	readTree(t)
	packages, err := list(moduleRoot, false, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) == 0 {
		t.Fatal("no packages")
	}
	for _, p := range packages {
		for _, message := range floorFindings(p.ImportPath, p.Imports) {
			t.Error(message)
		}
	}
}

// The negative controls: each file says in its first line which package it pretends to be.
func TestFloorControls(t *testing.T) {
	for _, path := range controls(t, "floors") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			fileSet := token.NewFileSet()
			file, err := parser.ParseFile(fileSet, path, nil, parser.ImportsOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			name, ok := strings.CutPrefix(file.Comments[0].List[0].Text, "// as ")
			if !ok {
				t.Fatal("the first line must say // as <import path>")
			}
			found := map[int][]string{}
			for _, spec := range file.Imports {
				i, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				line := fileSet.Position(spec.Pos()).Line
				if messages := floorFindings(name, []string{i}); len(messages) > 0 {
					found[line] = messages
				}
			}
			compare(t, wanted(t, path), found)
		})
	}
	if found := floorFindings("simrun/attic", nil); len(found) != 1 || !strings.Contains(found[0], "has no floor") {
		t.Errorf("a package without a floor: found %q", found)
	}
}
