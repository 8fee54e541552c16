package check

// Mark is something besides operations that happened during the history: a
// crash, a recovery. Times are those of the history.
type Mark struct {
	Row      string // marks of one name share a row
	From, To int64  // nanoseconds; equal for an instant
	Text     string
	Colour   string // of the bar, for CSS; empty: grey
}

// marksMost bounds the marks on a page.
const marksMost = 40

// nearest gives the marks within a stretch of time and, of each row, the last
// one before and the first one after it: what a crash spoils may have been
// called long before, and show long after.
func nearest(marks []Mark, from, to int64) []Mark {
	before, after := map[string]int{}, map[string]int{}
	var kept []Mark
	for n, mark := range marks {
		switch {
		case mark.To < from:
			if b, found := before[mark.Row]; !found || marks[b].To <= mark.To {
				before[mark.Row] = n
			}
		case mark.From > to:
			if a, found := after[mark.Row]; !found || marks[a].From > mark.From {
				after[mark.Row] = n
			}
		}
	}
	for n, mark := range marks {
		b, earlier := before[mark.Row]
		a, later := after[mark.Row]
		if (mark.To >= from && mark.From <= to || earlier && n == b || later && n == a) && len(kept) < marksMost {
			kept = append(kept, mark)
		}
	}
	return kept
}
