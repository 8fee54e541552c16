package report

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"simrun/scenarios"
	"simrun/sim"
	"simrun/telling"
)

const failuresPage = "../docs/failures.md"

// The example in the docs is what simrun says.
func TestDocsTellWhatRunTells(t *testing.T) {
	s, err := scenarios.Load("crash-small", []scenarios.Override{{Key: "recovery.protocol", Value: "none"}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenarios.Run(s)
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	p := newPrinter(&said)
	printTelling(p, telling.Of(s, &r, telling.Options{}))
	p.end()
	if page, err := os.ReadFile(failuresPage); err != nil || !strings.Contains(string(page), strings.Trim(said.String(), "\n")) {
		t.Errorf("%v: %s does not show this:\n%s", err, failuresPage, said.String())
	}
}

func sampleTelling() *telling.Telling {
	return &telling.Telling{Check: "linearizable", Class: "linearizable/wrong_value", Others: []string{"progress"},
		Sentences: []string{"Client c17 asked at 31.000000s for the stock of <b>i93</b>.", "It was told 7, but it is 8."}, Promise: "there is one order",
		Chain:  []telling.Event{{At: 30 * sim.Second, Where: "manager", Text: "FAULT crash stock/1"}, {At: 31*sim.Second + 1500, Where: "client c17", Text: "is told 7"}},
		Faults: []string{"{at: 30s, crash: stock/1}"}, Request: "o17"}
}

// A telling is saved with the run, and a run that was loaded tells the same.
func TestTellingIsSaved(t *testing.T) {
	run := sampleRun("none")
	run.Telling = sampleTelling()
	var saved bytes.Buffer
	if err := run.findingsJSON(&saved); err != nil {
		t.Fatal(err)
	}
	var loaded Run
	if _, err := loaded.readFindingsJSON(saved.Bytes()); err != nil {
		t.Fatal(err)
	}
	if want := run.rounded().Telling; !reflect.DeepEqual(loaded.Telling, want) {
		t.Errorf("saved %+v, loaded %+v", want, loaded.Telling)
	}
	run.Telling = nil
	saved.Reset()
	if err := run.findingsJSON(&saved); err != nil || strings.Contains(saved.String(), "telling") {
		t.Errorf("%v: nothing is told, but saved", err)
	}
}

// The page and the story hold the sentences, the chain, the schedule and what to paste, and no markup of others.
func TestTellingIsShown(t *testing.T) {
	run := sampleRun("none")
	run.Telling = sampleTelling()
	shown := page(t, run)
	var text bytes.Buffer
	story := Story{Run: run, Schedule: []string{"Shrunk."}, Commands: []Command{{"run it again", "simrun run repro.yaml"}}, Beside: []Command{{"repro.yaml", "it"}}}
	if err := story.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"linearizable/wrong_value", "there is one order", "30.000000s", "FAULT crash stock/1", "31.000001s", "{at: 30s, crash: stock/1}"} {
		if !strings.Contains(shown, want) || !strings.Contains(text.String(), want) {
			t.Errorf("%q: on the page %v, in the story %v", want, strings.Contains(shown, want), strings.Contains(text.String(), want))
		}
	}
	if !strings.Contains(shown, "&lt;b&gt;i93") || strings.Contains(shown, "<b>") || !strings.Contains(shown, "--request o17") {
		t.Error("the page is wrong")
	}
	for _, want := range []string{"Shrunk.", "run it again  simrun run repro.yaml", "repro.yaml  it"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in the story:\n%s", want, text.String())
		}
	}
}
