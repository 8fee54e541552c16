package check

import "fmt"

// RepliesKept: whoever is answered a second time for the same operation is
// told the same. An identical second reply is no violation.
func RepliesKept(e *Evidence) Finding {
	f := Finding{Name: "replies_kept", Verdict: Ok, LookedAt: int64(len(e.Replies))}
	b := &blamer{finding: &f}
	for _, reply := range e.Replies {
		if reply.Same {
			continue
		}
		b.op("other_reply", reply.Op, "%s was told %q and later %q", e.History.opName(reply.Op), reply.First, reply.Later)
	}
	b.end("reply differs", "replies differ")
	return f
}

// Progress: once the run has drained nobody waits. An operation that its
// client gave up is unknown, not open.
func Progress(e *Evidence) Finding {
	f := Finding{Name: "progress", Verdict: Ok, LookedAt: int64(len(e.History.Ops))}
	if len(e.Open) > 0 {
		first := e.Open[0]
		b := &blamer{finding: &f, cases: len(e.Open)}
		b.accuse(About{Rule: "never_answered", Ops: e.Open[:1]}, "%s, called at %d, was still waiting for a reply at the end",
			e.History.opName(first), e.History.Ops[first].Call)
		b.end("operation was open", "operations were open")
	}
	return f
}

// more says how many further cases there are behind the one told.
func more(n int, one, several string) string {
	switch {
	case n < 2:
		return ""
	case n == 2:
		return "; 1 more " + one
	}
	return fmt.Sprintf("; %d more %s", n-1, several)
}
