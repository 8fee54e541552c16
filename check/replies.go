package check

import "fmt"

// RepliesKept: whoever is answered a second time for the same operation is
// told the same. An identical second reply is no violation.
func RepliesKept(e *Evidence) Finding {
	f := Finding{Name: "replies_kept", Verdict: Ok, LookedAt: int64(len(e.Replies))}
	different := 0
	for _, reply := range e.Replies {
		if reply.Same {
			continue
		}
		if different++; different == 1 {
			f.Verdict = Violated
			f.Detail = fmt.Sprintf("%s was told %q and later %q", e.History.opName(reply.Op), reply.First, reply.Later)
		}
	}
	f.Detail += more(different, "reply differs", "replies differ")
	return f
}

// Progress: once the run has drained nobody waits. An operation that its
// client gave up is unknown, not open.
func Progress(e *Evidence) Finding {
	f := Finding{Name: "progress", Verdict: Ok, LookedAt: int64(len(e.History.Ops))}
	if len(e.Open) > 0 {
		first := e.Open[0]
		f.Verdict = Violated
		f.Detail = fmt.Sprintf("%s, called at %d, was still waiting for a reply at the end",
			e.History.opName(first), e.History.Ops[first].Call) + more(len(e.Open), "operation was open", "operations were open")
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
