package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
var sourceName = regexp.MustCompile("`(?:[a-z]+/)*[a-z_]+\\.go`")

// pagesOfCode are documents that lead through the code.
var pagesOfCode = []string{"tour.md", "protocol.md", "replies.md"}

// pagesBesides name some of it.
var pagesBesides = []string{"decisions.md", "evidence.md", "failures.md", "hermitage.md", "invariants.md", "museum.md", "properties.md",
	"shrinking.md", "situations.md", "specification.md", "swarm.md", "sweeps.md"}

// Documents name only files that exist, each in some package.
func TestTheTourNamesFilesThatExist(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, page := range slices.Concat(pagesOfCode, pagesBesides) {
		text, err := os.ReadFile(filepath.Join(root, "docs", page))
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
				t.Errorf("%s names %s", page, name)
			}
		}
		if len(names) < 3 && slices.Contains(pagesOfCode, page) {
			t.Errorf("%s names only %d files", page, len(names))
		}
	}
}

// codeName is a function, type or field as documents name it: with a capital
// or behind its type.
var (
	codeName   = regexp.MustCompile("`(?:[A-Z][A-Za-z]+|[A-Za-z]+\\.[A-Za-z]+|[a-z]+[A-Z][A-Za-z]*)`")
	identifier = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
)

// They name only what occurs in the code.
func TestTheTourNamesWhatTheCodeHas(t *testing.T) {
	root := filepath.Join("..", "..")
	known := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, word := range identifier.FindAllString(string(text), -1) {
			known[word] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pagesOfCode {
		text, err := os.ReadFile(filepath.Join(root, "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		names := codeName.FindAllString(string(text), -1)
		for _, name := range names {
			name = strings.Trim(name, "`")
			if ext := filepath.Ext(name); ext == ".go" || ext == ".md" || ext == ".csv" || ext == ".html" {
				continue
			}
			for _, word := range strings.Split(name, ".") {
				if !known[word] {
					t.Errorf("%s names %s, and the code has no %s", page, name, word)
				}
			}
		}
		if len(names) < 10 {
			t.Errorf("%s names only %d functions and types", page, len(names))
		}
	}
}

// nameInFile is a file with what is in it behind: `cluster/client.go`, `issue`.
var nameInFile = regexp.MustCompile("`((?:[a-z]+/)*[a-z_]+\\.go)`((?:, `[A-Za-z]+`)+)")

// What stands behind the name of a file is in that file.
func TestTheTourNamesWhatIsInAFile(t *testing.T) {
	root := filepath.Join("..", "..")
	looked := 0
	for _, page := range slices.Concat(pagesOfCode, pagesBesides) {
		text, err := os.ReadFile(filepath.Join(root, "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range nameInFile.FindAllStringSubmatch(string(text), -1) {
			files, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(found[1])))
			if !strings.Contains(found[1], "/") {
				files, _ = filepath.Glob(filepath.Join(root, "*", found[1]))
			}
			known := map[string]bool{}
			for _, file := range files {
				source, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, word := range identifier.FindAllString(string(source), -1) {
					known[word] = true
				}
			}
			for _, name := range identifier.FindAllString(found[2], -1) {
				if looked++; !known[name] {
					t.Errorf("%s names %s in %s, which has none", page, name, found[1])
				}
			}
		}
	}
	if looked < 30 {
		t.Errorf("only %d names in files", looked)
	}
}
