package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)]+)\)`)

// What the documents point at exists.
func TestLinksLeadSomewhere(t *testing.T) {
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatal("no documents", err)
	}
	pages = append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "paper", "README.md"), filepath.Join(root, "results", "README.md"))
	links := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, found := range link.FindAllStringSubmatch(string(text), -1) {
			target, _, _ := strings.Cut(found[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), filepath.FromSlash(target))); err != nil {
				t.Errorf("%s points at %s: %v", page, target, err)
			}
		}
	}
	if links < 5 {
		t.Errorf("only %d links found", links)
	}
}

// sourceName is a file of the source as documents name it.
var sourceName = regexp.MustCompile("`(?:[a-z]+/)*[a-z]+\\.go`")

// The tour names only files that exist, each in some package.
func TestTheTourNamesFilesThatExist(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "tour.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := sourceName.FindAllString(string(text), -1)
	for _, name := range names {
		name = strings.Trim(name, "`")
		pattern := name
		if !strings.Contains(name, "/") {
			pattern = filepath.Join("*", name)
		}
		found, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		deeper, _ := filepath.Glob(filepath.Join(root, "cmd", "simrun", filepath.Base(name)))
		if len(found)+len(deeper) == 0 {
			t.Errorf("the tour names %s", name)
		}
	}
	if len(names) < 10 {
		t.Errorf("only %d files are named", len(names))
	}
}
