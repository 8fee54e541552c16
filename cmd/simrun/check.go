package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"simrun/check"
	"simrun/report"
)

const checkText = `Judge a history of checkouts: one that simrun saved as history.jsonl, or one that was
recorded from a real system in the same form. A dash reads it from stdin.

The answer is PASS (an order of all operations explains every reply), FAIL (none can),
or UNDECIDED. Exit codes: 0, 1, 3; 2 if it is no history.`

const checkExample = `  simrun check results/runs/crash-stock/none/seed-1/history.jsonl
  simrun check recorded.jsonl --page why.html
  zcat recorded.jsonl.gz | simrun check - --json`

func (a *app) checkCommand() *cobra.Command {
	asJSON, page := false, ""
	command := &cobra.Command{Use: "check HISTORY", Short: "judge a history, saved by simrun or recorded from a real system", Long: checkText,
		Example: checkExample, Args: arguments(1, 1, "a history (a JSON Lines file, or - for stdin)")}
	command.Flags().StringVar(&page, "page", "", "for a history that fails, write an HTML page of the operations around the fault to `FILE`")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object in place of text")
	command.RunE = func(_ *cobra.Command, args []string) error { return a.check(args[0], asJSON, page) }
	return command
}

func (a *app) check(path string, asJSON bool, page string) error {
	if page != "" {
		if err := makesFile(page); err != nil {
			return badInput("simrun check --help", "--page: "+err.Error())
		}
	}
	history, err := a.readHistory(path)
	if err != nil {
		return badInput("simrun check --help", err.Error())
	}
	findings := check.CheckHistory(history, check.Budget{})
	verdict := report.VerdictOf(findings)
	exit := map[report.Verdict]int{report.Pass: exitHeld, report.Fail: exitViolated, report.Undecided: exitUndecided}[verdict]
	if asJSON {
		err = a.checkJSON(exit, verdict, len(history.Ops), findings)
	} else {
		a.checkText(path, verdict, history, findings)
	}
	if err == nil && page != "" {
		err = a.page(history, page, findings)
	}
	if err != nil {
		return err
	}
	if exit == exitViolated && page == "" {
		fmt.Fprintf(a.stderr, "to see where: %s --page why.html\n", a.again())
	}
	return saidAlready(exit)
}

func (a *app) readHistory(path string) (*check.History, error) {
	if path == "-" {
		return check.ReadHistory(a.stdin, "stdin")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return check.ReadHistory(file, path)
}

// checkText tells a violation in the sentences that a failed run is told in. Nobody knows what led to it.
func (a *app) checkText(path string, verdict report.Verdict, h *check.History, findings []check.Finding) {
	fmt.Fprintf(a.stdout, "%s %s operations=%d\n", verdict, path, len(h.Ops))
	for _, f := range findings {
		fmt.Fprintf(a.stdout, "  %-9s  %s (%d)", f.Verdict, f.Name, f.LookedAt)
		if f.Detail != "" {
			fmt.Fprintf(a.stdout, ": %s", f.Detail)
		}
		fmt.Fprintln(a.stdout)
	}
	for i := range findings {
		if f := &findings[i]; f.Verdict == check.Violated {
			report.Told(a.stdout, f.Class(), check.Tell(&check.Evidence{History: h}, f), check.Promise(f.Name))
			return
		}
	}
}

func (a *app) checkJSON(exit int, verdict report.Verdict, operations int, findings []check.Finding) error {
	type finding struct {
		Name     string `json:"name"`
		Verdict  string `json:"verdict"`
		LookedAt int64  `json:"looked_at"`
		Detail   string `json:"detail"`
	}
	object := struct {
		Exit       int            `json:"exit"`
		Verdict    report.Verdict `json:"verdict"`
		Operations int            `json:"operations"`
		Checks     []finding      `json:"checks"`
	}{exit, verdict, operations, []finding{}}
	for _, f := range findings {
		object.Checks = append(object.Checks, finding{f.Name, f.Verdict.String(), f.LookedAt, f.Detail})
	}
	encoder := json.NewEncoder(a.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(object)
}

// page writes Porcupine's page around the operation at which the history breaks.
func (a *app) page(h *check.History, path string, findings []check.Finding) error {
	culprit := int32(-1)
	for i := range findings {
		if f := &findings[i]; f.Verdict == check.Violated {
			culprit = accused(f, &check.Evidence{History: h})
			break
		}
	}
	if culprit < 0 {
		fmt.Fprintf(a.stderr, "%s is not written: no operation was found to be wrong\n", path)
		return nil
	}
	err := placeFiles(filepath.Dir(path), report.File{Name: filepath.Base(path), Write: func(w io.Writer) error {
		return check.WritePage(w, h, culprit, nil)
	}})
	if err != nil {
		return badInput(a.again()+` --page "$(mktemp)"`, "--page: "+err.Error())
	}
	fmt.Fprintf(a.stderr, "the page: %s\n", path)
	return nil
}
