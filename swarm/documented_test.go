package swarm_test

import (
	"os"
	"strings"
	"testing"
)

// The example of docs/properties.md is the one that is run.
func TestExampleIsDocumented(t *testing.T) {
	code, err := os.ReadFile("example_property_test.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/properties.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```go\n"+string(code)+"```\n") {
		t.Error("docs/properties.md has not the text of swarm/example_property_test.go: copy it")
	}
}
