package check

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// A page marks the operation that it is about and, beside what happened in its
// window, the nearest mark of each row before and after it.
func TestPageMarks(t *testing.T) {
	e := soundEvidence()
	marks := []Mark{{"faults", -90, -90, "first", ""}, {"faults", -20, -20, "before", ""}, {"faults", 35, 35, "within", "#ff8080"},
		{"faults", 500, 500, "after", ""}, {"faults", 900, 900, "last", ""}, {"recovery", 500, 600, "recovery of stock/0", ""}}
	var page bytes.Buffer
	if err := WritePage(&page, e.History, 1, marks); err != nil {
		t.Fatal(err)
	}
	for text, wanted := range map[string]bool{"first": false, "before": true, "within": true, "after": true, "last": false, "recovery of stock/0": true} {
		if got := strings.Contains(page.String(), fmt.Sprintf(`"Description":%q`, text)); got != wanted {
			t.Errorf("mark %q on the page: %v", text, got)
		}
	}
	if !strings.Contains(page.String(), `"Tag":"accused"`) || !strings.Contains(page.String(), `"Description":"checkout o1 by c0"`) {
		t.Error("the accused operation is not marked")
	}
	crowd := make([]Mark, 1000)
	for n := range crowd {
		crowd[n] = Mark{"faults", 35, 35, "crowd", ""}
	}
	if kept := nearest(crowd, 0, 100); len(kept) != marksMost {
		t.Errorf("%d marks are kept", len(kept))
	}
}

// Nobody may have been answered at all.
func TestPageOfSilence(t *testing.T) {
	h := &History{Stock: []int64{5}, Credit: []int64{20}, Price: []int64{2}}
	for c := range int32(300) {
		h.Append(Op{Kind: Checkout, Outcome: Unknown, Client: c, Order: c, Call: 10 * int64(c), Return: Pending}, []Line{{0, 1}}, nil)
	}
	for _, around := range []int32{0, 150, 299} {
		var page bytes.Buffer
		if err := WritePage(&page, h, around, nil); err != nil {
			t.Fatal(err)
		}
		shown := strings.Count(page.String(), `"OriginalStart"`)
		if shown == 0 || shown > pageMost || page.Len() > 1<<20 || !strings.Contains(page.String(), fmt.Sprintf("checkout o%d ", around)) {
			t.Errorf("around %d: %d operations, %d bytes", around, shown, page.Len())
		}
	}
}
