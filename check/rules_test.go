package check

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// Hand-made histories, one rule each: every engine gives the verdict, and the
// finding says what is wrong in words.
func TestRules(t *testing.T) {
	datadriven.RunTest(t, "testdata/rules", func(t *testing.T, d *datadriven.TestData) string {
		h := read(t, expand(t, d.Input))
		if f := Harness(h); f.Verdict != Ok {
			t.Fatal(f.Detail)
		}
		f := Linearizable(h, nil)
		engines := map[string]Verdict{"search": JudgeSearch(h, Budget{}).Verdict, "Porcupine": JudgePorcupine(h, Budget{}).Verdict}
		if len(h.After) > 0 {
			engines["versions"] = JudgeVersions(h).Verdict
		}
		if len(h.Ops) < 9 {
			engines["brute force"] = Violated
			if bruteForce(h) {
				engines["brute force"] = Ok
			}
		}
		for name, verdict := range engines {
			if verdict != f.Verdict && (name != "versions" || verdict != Undecided) {
				t.Errorf("%s: %s says %s, Linearizable %s", d.Pos, name, verdict, f.Verdict)
			}
		}
		return strings.TrimSuffix(f.Verdict.String()+": "+f.Detail, ": ")
	})
}

// expand writes a history in full. The first line stays as it is; an operation
// is CLIENT CALL RETURN KIND WORDS, for example
//
//	c1 10 20 paid o1 u1 1*i1,2*i2 {"stock":{"i1":[1,1]}}
//	c1 10 -  pay o1 u1 1*i1          (never returned)
//	c1 10 20 read_stock i1 5
func expand(t *testing.T, input string) string {
	lines := strings.Split(input, "\n")
	for n, line := range lines {
		if strings.HasPrefix(line, "{") || line == "" {
			continue
		}
		w := strings.Fields(line)
		outcome, ret := "ok", w[2]
		if ret == "-" {
			outcome, ret = "unknown", "null"
		}
		kind, args := w[3], w[4:]
		var body string
		switch kind {
		case "add_stock":
			body, args = `"item":"`+args[0]+`","quantity":`+args[1], args[2:]
		case "add_credit":
			body, args = `"user":"`+args[0]+`","amount":`+args[1], args[2:]
		case "read_stock":
			body, args = `"item":"`+args[0]+`","value":`+args[1], args[2:]
		case "read_credit":
			body, args = `"user":"`+args[0]+`","value":`+args[1], args[2:]
		case "find_order":
			body, args = `"order":"`+args[0]+`","status":"`+args[1]+`"`, args[2:]
		default:
			if outcome == "ok" {
				outcome = kind
			}
			kind = "checkout"
			var parts []string
			for _, part := range strings.Split(args[2], ",") {
				quantity, item, _ := strings.Cut(part, "*")
				parts = append(parts, `{"item":"`+item+`","quantity":`+quantity+`}`)
			}
			body = `"order":"` + args[0] + `","user":"` + args[1] + `","lines":[` + strings.Join(parts, ",") + `]`
			args = args[3:]
		}
		if len(args) > 0 {
			body += `,"after":` + args[0]
		}
		lines[n] = `{"op":"` + kind + `","client":"` + w[0] + `","call":` + w[1] + `,"return":` + ret + `,"outcome":"` + outcome + `",` + body + `}`
	}
	return strings.Join(lines, "\n")
}
