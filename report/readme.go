package report

import (
	"io"
	"strings"
)

// Reference is one run of the small set of results that is tracked: what it is kept for, and how to make it again.
type Reference struct {
	Claim   string // in words, or the id of a claim of the paper
	Run     Run
	Command string // makes this result again; Run.Command if empty
}

// Readme writes results/README.md: a table of the tracked results. all is the one command that makes them all again.
func Readme(w io.Writer, all string, references []Reference, matrix Hermitage) error {
	p := newPrinter(w)
	p.line("# Results")
	p.line("")
	p.line("Generated. Do not edit: `%s` makes this page and the results below again, byte for byte, so that a difference in", all)
	p.line("`git diff results/` is a difference in what the simulator does. Status is the verdict and whether it was expected;")
	p.line("the digest is the start of the SHA-256 of the event sequence. The manager, the broker and the store never fail.")
	p.line("")
	p.line("| claim | scenario | protocol | seed | status | recovery | command | digest |")
	p.line("|---|---|---|---|---|---|---|---|")
	for _, reference := range references {
		run := reference.Run.rounded()
		status := string(run.Verdict)
		switch run.Exit() {
		case 0:
			status += ", as expected"
		case 1:
			status += ", **not expected**"
		}
		recovery := "-"
		if v, found := slowest(run.Recoveries); found {
			recovery = tookLabel(v)
		}
		command := reference.Command
		if command == "" {
			command = run.Command
		}
		p.line("| %s | %s | %s | %d | %s | %s | `%s` | `%s` |", cellText(reference.Claim), cellText(run.Scenario), cellText(run.Protocol),
			run.Seed, status, recovery, cellText(command), run.Digest[:min(16, len(run.Digest))])
	}
	if len(matrix) > 0 {
		p.line("")
		p.line("`simrun hermitage` makes the anomaly matrix alone: %s", matrix.Sum())
	}
	return p.end()
}

// cellText keeps a text within its cell of a Markdown table.
func cellText(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
