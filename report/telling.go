package report

import (
	"fmt"
	"io"
	"strings"

	"simrun/sim"
	"simrun/telling"
)

// tellingObject is why a run failed, in findings.json and --json.
type tellingObject struct {
	Check     string        `json:"check"`
	Class     string        `json:"class"`
	Others    []string      `json:"also_violated,omitempty"`
	Sentences []string      `json:"what_happened"`
	Promise   string        `json:"what_must_hold"`
	Chain     []eventObject `json:"how_it_came"`
	Faults    []string      `json:"faults"`
	Request   string        `json:"request,omitempty"`
}

type eventObject struct {
	AtUS  int64  `json:"at_us"`
	Where string `json:"where"`
	Text  string `json:"text"`
}

func tellingOf(t *telling.Telling) *tellingObject {
	if t == nil {
		return nil
	}
	o := &tellingObject{t.Check, t.Class, t.Others, t.Sentences, t.Promise, []eventObject{}, append([]string{}, t.Faults...), t.Request}
	for _, e := range t.Chain {
		o.Chain = append(o.Chain, eventObject{int64(e.At / sim.Microsecond), e.Where, e.Text})
	}
	return o
}

func (o *tellingObject) telling() *telling.Telling {
	if o == nil {
		return nil
	}
	t := &telling.Telling{Check: o.Check, Class: o.Class, Others: o.Others, Sentences: o.Sentences, Promise: o.Promise, Request: o.Request,
		Faults: append([]string(nil), o.Faults...)}
	for _, e := range o.Chain {
		t.Chain = append(t.Chain, telling.Event{At: sim.Time(e.AtUS) * sim.Microsecond, Where: e.Where, Text: e.Text})
	}
	return t
}

// roundTelling cuts times off after the microsecond, as a trace does.
func roundTelling(t *telling.Telling) *telling.Telling {
	if t == nil {
		return nil
	}
	rounded := *t
	rounded.Chain = mapped(t.Chain, func(e telling.Event) telling.Event {
		e.At -= e.At % sim.Microsecond
		return e
	})
	return &rounded
}

// printTelling says on a terminal what happened and how it came to that.
func printTelling(p *printer, t *telling.Telling) {
	if t == nil {
		return
	}
	printTold(p, tellingHead(t), t.Sentences, t.Promise)
	printChain(p, t, "  how it came to that")
}

func printTold(p *printer, head string, sentences []string, promise string) {
	p.line("")
	p.line("  what happened: %s", head)
	p.wrapped("    ", strings.Join(sentences, " "))
	if promise != "" {
		p.wrapped("    ", "What must hold: "+promise+".")
	}
}

// Told prints the sentences about a violation of a history that no run belongs to.
func Told(w io.Writer, class string, sentences []string, promise string) error {
	p := newPrinter(w)
	printTold(p, class, sentences, promise)
	return p.end()
}

func tellingHead(t *telling.Telling) string {
	if len(t.Others) == 0 {
		return t.Class
	}
	return t.Class + "; violated as well: " + strings.Join(t.Others, ", ")
}

func printChain(p *printer, t *telling.Telling, head string) {
	if len(t.Chain) == 0 {
		return
	}
	p.line("%s", head)
	at, where := 0, 0
	for _, e := range t.Chain {
		at, where = max(at, len(telling.Clock(e.At))), max(where, len(e.Where))
	}
	for _, e := range t.Chain {
		p.wrapped(fmt.Sprintf("    %*s  %-*s  ", at, telling.Clock(e.At), where, e.Where), e.Text)
	}
}

// Command is something to paste.
type Command struct{ For, Line string }

// Story is a failure as a page of text.
type Story struct {
	Run      Run       // with its telling
	Schedule []string  // remarks on the schedule: what it was before, what each fault is for
	Commands []Command // what can be done about it
	Beside   []Command // the other files of its folder, and what each is
}

// Write writes story.txt.
func (s *Story) Write(w io.Writer) error {
	run := s.Run.rounded()
	p, t := newPrinter(w), run.Telling
	p.line("%s %s %s seed=%d (expected %s)", run.Verdict, run.Scenario, run.Protocol, run.Seed, expectedText(run))
	p.line("%s", t.Class)
	if len(t.Others) > 0 {
		p.line("violated as well: %s", strings.Join(t.Others, ", "))
	}
	p.line("")
	p.line("What happened")
	for _, sentence := range t.Sentences {
		p.wrapped("    ", sentence)
	}
	if t.Promise != "" {
		p.line("")
		p.line("What must hold")
		p.wrapped("    ", t.Promise+".")
	}
	if len(t.Chain) > 0 {
		p.line("")
		printChain(p, t, "How it came to that, in simulated time")
	}
	p.line("")
	p.line("The schedule")
	for _, f := range t.Faults {
		p.line("    - %s", f)
	}
	if len(t.Faults) == 0 {
		p.line("    no faults")
	}
	for _, remark := range s.Schedule {
		p.wrapped("    ", remark)
	}
	printCommands(p, "What to do", s.Commands)
	printCommands(p, "In this folder", s.Beside)
	return p.end()
}

func printCommands(p *printer, head string, commands []Command) {
	if len(commands) == 0 {
		return
	}
	p.line("")
	p.line("%s", head)
	width := 0
	for _, c := range commands {
		width = max(width, len(c.For))
	}
	for _, c := range commands {
		p.line("    %-*s  %s", width, c.For, c.Line) // not wrapped: it is to be pasted
	}
}
