package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"simrun/check"
)

func page(t testing.TB, run Run) string {
	var out bytes.Buffer
	if err := Page(&out, run); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The page stands alone: it fetches nothing and runs nothing.
func TestPageStandsAlone(t *testing.T) {
	for name, runs := range drawnSamples() {
		content := page(t, runs[0])
		if again := page(t, runs[0]); again != content {
			t.Errorf("%s: written twice, it differs", name)
		}
		for _, banned := range []string{"<script", "src=", "<link", "@import", "url(", "ZgotmplZ"} {
			if strings.Contains(content, banned) {
				t.Errorf("%s: the page holds %s", name, banned)
			}
		}
		for _, address := range regexp.MustCompile(`https?://[^"\s]*`).FindAllString(content, -1) {
			if !strings.HasPrefix(address, "http://www.w3.org/") { // names of XML vocabularies
				t.Errorf("%s: the page points to %s", name, address)
			}
		}
		if n := strings.Count(content, `role="img" aria-label="`); n != 3 {
			t.Errorf("%s: %d labelled figures, want 3", name, n)
		}
	}
}

func TestPageSaysTheVerdictFirst(t *testing.T) {
	for _, test := range []struct {
		run  Run
		want []string // in this order
	}{
		{sampleRun("clonos"), []string{"<strong>PASS</strong> crash-stock under clonos, seed 1", "Every check that applies holds", "One recovery took place, in 1.73 s.",
			"what the scenario expects of clonos (pass)", "<svg", "1.73 s", "crash: stock/1"}},
		{sampleRun("none"), []string{"<strong>FAIL</strong>", "2 checks are violated", "<strong>linearizable</strong> is violated", "o299871", "<svg",
			"simrun trace crash-stock --protocol none --seed 1 --around crash"}},
		{drawnSamples()["empty"][0], []string{"<strong>UNDECIDED</strong>", "no pass", "Undecided meets no expectation"}},
	} {
		content := page(t, test.run)
		for _, want := range test.want {
			_, after, found := strings.Cut(content, want)
			if !found {
				t.Errorf("%s: no %q, or not in its place", test.run.Protocol, want)
				continue
			}
			content = after
		}
	}
}

// A detail may hold anything that a client sent.
func TestPageEscapes(t *testing.T) {
	run := sampleRun("none")
	run.Checks[0] = check.Finding{Name: "harness", Verdict: check.Violated, Detail: `<script>alert("o1")</script>`}
	run.Recoveries[0].Task, run.Marks[0].Name = `<b>"stock"</b>`, `crash <b>"stock"</b>`
	content := page(t, run)
	if strings.Contains(content, "<script") || strings.Contains(content, "<b>") {
		t.Error("a text became markup")
	}
	if !strings.Contains(content, "&lt;script&gt;") {
		t.Error("the detail is gone")
	}
}
