package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"simrun/check"
	"simrun/cluster"
	"simrun/sim"
	"simrun/telling"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// pageData is what page.html shows.
type pageData struct {
	Run                      Run
	Class, Meaning, Expected string
	Facts                    []fact
	Wrong                    []pageFinding // checks that do not hold, before all else
	Checks                   []pageFinding
	Figures                  []pageFigure
	Phases                   []string
	Recoveries               [][]string
	Latency                  [][]string
	Kinds                    [][]string
	Reached                  [][]string
	Overhead                 string
	Replies, Assumption      string
	Trace, Request           string
	Telling                  *telling.Telling
	Story                    string
	Chain                    [][]string
}

type fact struct{ Name, Value string }

type pageFinding struct{ Name, Verdict, LookedAt, Detail string }

type pageFigure struct {
	Name, Caption string
	SVG           template.HTML
}

// Page writes report.html: one file that needs no other, no network and no script. The same run gives the same bytes.
func Page(w io.Writer, run Run) error {
	run = run.rounded()
	data := pageData{Run: run, Class: strings.ToLower(string(run.Verdict)), Assumption: assumption, Replies: repliesText(run.Replies)}
	data.Meaning = meaning(run)
	data.Expected = expectation(run)
	data.Facts = facts(run)
	for _, f := range run.Checks {
		finding := pageFinding{f.Name, f.Verdict.String(), number(f.LookedAt), f.Detail}
		data.Checks = append(data.Checks, finding)
		if f.Verdict == check.Violated || f.Verdict == check.Undecided {
			data.Wrong = append(data.Wrong, finding)
		}
	}
	for _, figure := range Figures(run) {
		var drawing bytes.Buffer
		if err := figure.SVG(&drawing); err != nil {
			return err
		}
		data.Figures = append(data.Figures, pageFigure{figure.Name, figure.Caption, inline(drawing.String())})
	}
	for _, phase := range phases {
		data.Phases = append(data.Phases, phase.name)
	}
	for _, v := range run.Recoveries {
		data.Recoveries = append(data.Recoveries, recoveryCells(v))
	}
	for _, span := range spansOf(run.Latency) {
		cells := []string{spanText(span)}
		for _, share := range [...]int64{50_000, 99_000, 99_900, 100_000} {
			latency, _, _ := quantile(run.Latency, span, share)
			cells = append(cells, duration(sim.Time(latency)))
		}
		_, count, _ := quantile(run.Latency, span, 0)
		data.Latency = append(data.Latency, append(cells, number(count)))
	}
	for _, k := range loggedKinds(run) {
		data.Kinds = append(data.Kinds, []string{k.Kind, number(k.Count), size(k.LoggedBytes), size(k.WireBytes)})
	}
	data.Overhead = overheadText(run)
	data.Reached = reachedRows(run.Reached)
	if trace, ok := traceCommand(run); ok && run.Verdict != Pass {
		data.Trace = trace
	}
	data.Request, _ = requestCommand(run)
	if t := run.Telling; t != nil {
		data.Telling, data.Story = t, strings.Join(t.Sentences, " ")
		for _, e := range t.Chain {
			data.Chain = append(data.Chain, []string{telling.Clock(e.At), e.Where, e.Text})
		}
	}
	return pageTemplate.Execute(w, data)
}

// inline makes a drawing part of a page: without its XML header and scaled to the width that there is. What it shows is
// said by the label of the element around it. The drawing is our own, and its texts are escaped.
func inline(svg string) template.HTML {
	_, svg, _ = strings.Cut(svg, "<svg ")
	return template.HTML(`<svg aria-hidden="true" focusable="false" ` + svg)
}

func recoveryCells(v cluster.Recovery) []string {
	cells := []string{v.Task, instant(v.At)}
	for _, phase := range phases {
		cells = append(cells, phaseText(v, phase))
	}
	return append(cells, tookLabel(v), number(v.RecordsReplayed), number(v.Determinants), size(v.BytesFetched), number(int64(v.TasksRolledBack)))
}

// meaning says in words what the verdict says.
func meaning(run Run) string {
	violated, undecided := 0, 0
	for _, f := range run.Checks {
		switch f.Verdict {
		case check.Violated:
			violated++
		case check.Undecided:
			undecided++
		}
	}
	switch run.Verdict {
	case Pass:
		return "Every check that applies holds: what clients were told fits one order of all operations, each applied once." + recovered(run)
	case Fail:
		return fmt.Sprintf("%s violated: clients were told, or the state shows, what no correct execution could.",
			Plural(int64(violated), "check")+map[bool]string{true: " is", false: " are"}[violated == 1])
	}
	return fmt.Sprintf("Nothing was found to be wrong, but %s could not be decided, so this is no pass.", Plural(int64(undecided), "check"))
}

// recovered adds how long recovery took, if there was any.
func recovered(run Run) string {
	v, found := slowest(run.Recoveries)
	n := len(run.Recoveries)
	switch {
	case !found:
		return " Nothing had to be recovered."
	case !v.CaughtUp:
		return fmt.Sprintf(" Of %s, one or more never caught up.", Plural(int64(n), "recovery"))
	case n == 1:
		return " One recovery took place, in " + duration(v.Total) + "."
	}
	return fmt.Sprintf(" %s took place, the slowest in %s.", Plural(int64(n), "recovery"), duration(v.Total))
}

func expectation(run Run) string {
	switch run.Exit() {
	case 0:
		if run.Expected == "any" {
			return "Any verdict was acceptable."
		}
		return "That is what the scenario expects of " + run.Protocol + " (" + expectedText(run) + ")."
	case 3:
		return "The scenario expects: " + expectedText(run) + ". Undecided meets no expectation."
	}
	return "The scenario expects something else: " + expectedText(run) + "."
}

func facts(run Run) []fact {
	called, answered, paid := operations(run)
	text := fmt.Sprintf("%s called, %s answered", number(called), number(answered))
	if run.sells() {
		text += fmt.Sprintf(", %s paid", number(paid))
	}
	list := []fact{
		{"scenario", run.Scenario}, {"protocol", run.Protocol}, {"seed", fmt.Sprint(run.Seed)}, {"replies", run.Replies},
		{"operations", text},
	}
	c := run.Protection
	if bytes := protectionBytes(c); bytes > 0 {
		text := size(bytes)
		if share := percent(bytes, c.DataBytes); share != "" {
			text += ", " + share + " of " + size(c.DataBytes) + " of data"
		}
		list = append(list, fact{"bytes of protection", fmt.Sprintf("%s: determinants %s, headers %s, checkpoints %s, standbys %s", text,
			size(c.DeterminantBytes), size(c.HeaderBytes), size(c.CheckpointBytes), size(c.StandbyBytes))})
	}
	if text := memoryText(c); text != "" {
		list = append(list, fact{"memory", text})
	}
	if len(run.Unused) > 0 {
		list = append(list, fact{"keys that did not apply", strings.Join(run.Unused, ", ")})
	}
	for _, note := range run.Notes {
		list = append(list, fact{"note", note})
	}
	return append(list, fact{"digest", run.Digest})
}
