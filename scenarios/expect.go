package scenarios

import (
	"slices"

	"simrun/check"
)

// Expect is what the judges should find, per protocol.
type Expect struct {
	None   Expected `key:"none" default:"pass"`
	Redo   Expected `key:"redo" default:"pass"`
	Global Expected `key:"global" default:"pass"`
	Clonos Expected `key:"clonos" default:"pass"`
}

// Expected is an expectation: pass, safe, fail or any. The zero value is pass.
// Safe is pass, but that the run may stand still.
type Expected struct {
	Word   string   // "" stands for pass
	Checks []string // with fail: at least one of these must fail; empty: any check may
}

var expectWords = []string{"pass", "safe", "fail", "any"}

// Liveness says whether a check is about coming to an end. What violates such
// checks alone stands still, and has done nothing wrong.
func Liveness(check string) bool { return check == "progress" || check == "INV-20" }

// checkNames are the checks that an expectation can name. Monitors (INV-01 ...)
// are checks too.
var checkNames = []string{"harness", "linearizable", "exactly_once", "replies_kept", "conservation_stock",
	"conservation_money", "provider_ledger", "progress"}

// books are the checks that compare what clients were told with what the
// services hold.
var books = []string{"exactly_once", "conservation_stock", "conservation_money", "provider_ledger", "INV-14"}

// standing skips the checks of the books where a run stands still that is asked
// for no more than safety: its services stand in the middle of transactions, and
// their books would accuse the innocent.
func (s *Scenario) standing(findings []check.Finding, resting bool) {
	violated := func(f check.Finding) bool { return f.Verdict == check.Violated && Liveness(f.Name) }
	if word, _ := s.Expectation(s.Recovery.Protocol); word != "safe" || resting && !slices.ContainsFunc(findings, violated) {
		return
	}
	for i := range findings {
		if f := &findings[i]; slices.Contains(books, f.Name) {
			*f = check.Finding{Name: f.Name}
		}
	}
}

var protocols = []string{"none", "redo", "global", "clonos"}

// Protocols lists the protocols, from the weakest.
func Protocols() []string { return slices.Clone(protocols) }

func (e Expected) encode() *node {
	switch {
	case len(e.Checks) > 0:
		list := &node{kind: listNode}
		for _, check := range e.Checks {
			list.items = append(list.items, scalar(check))
		}
		n := &node{kind: mapNode}
		n.set("fail", list)
		return n
	case e.Word == "":
		return scalar("pass")
	}
	return scalar(e.Word)
}

// Expectation gives what the scenario expects of a protocol (pass, safe, fail or any)
// and, with fail, which checks it must be that fail; none: any of them.
func (s *Scenario) Expectation(protocol string) (word string, checks []string) {
	var e Expected
	switch protocol {
	case "none":
		e = s.Expect.None
	case "redo":
		e = s.Expect.Redo
	case "global":
		e = s.Expect.Global
	case "clonos":
		e = s.Expect.Clonos
	}
	if e.Word == "" {
		e.Word = "pass"
	}
	return e.Word, slices.Clone(e.Checks)
}

// FullySharing says whether determinants reach every task.
func (s *Scenario) FullySharing() bool {
	return s.Recovery.SharingDepth == FullSharing || s.Recovery.SharingDepth >= s.job().depth(s)
}

// Replies says when a reply may leave under a protocol: immediate,
// transactional or determinants.
func (s *Scenario) Replies(protocol string) string {
	switch {
	case s.Recovery.Replies != "":
		return s.Recovery.Replies
	case protocol == "global" || protocol == "clonos" && (!s.FullySharing() || s.published()):
		return "transactional"
	case protocol == "clonos":
		return "determinants"
	}
	return "immediate"
}

func (s *Scenario) published() bool { return s.Recovery.Variant == "published" }

// Unused lists the keys that do not apply when a protocol runs the job.
func (s *Scenario) Unused(protocol string) []string {
	var keys []string
	if protocol != "clonos" {
		keys = append(keys, "costs.determinant", "recovery.sharing_depth", "recovery.variant", "recovery.orphans")
	} else if s.FullySharing() {
		keys = append(keys, "recovery.orphans")
	}
	if protocol != "clonos" || !s.published() {
		keys = append(keys, "checkpoint.backoff")
	}
	if protocol != "clonos" {
		keys = append(keys, "time.tick", "recovery.delta", "recovery.determinants")
	}
	if protocol == "none" || protocol == "global" {
		keys = append(keys, "recovery.inflight")
	}
	return append(keys, s.job().unused...)
}
