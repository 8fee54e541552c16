package check

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// madeCut is a cut made by hand.
type madeCut struct {
	taken   map[int32]bool
	status  map[int32]CutStatus
	applied map[int32]map[Key]int
	state   map[Key][2]int64
}

func (c *madeCut) Taken(op int32) bool         { return c.taken[op] }
func (c *madeCut) Status(op int32) CutStatus   { return c.status[op] }
func (c *madeCut) Applied(op int32, k Key) int { return c.applied[op][k] }
func (c *madeCut) State(k Key) (int64, int64)  { return c.state[k][0], c.state[k][1] }
func (c *madeCut) change(k Key, by, more int64) {
	c.state[k] = [2]int64{c.state[k][0] + by, c.state[k][1] + more}
}

const (
	paidOrder = iota
	rejectedOrder
	openOrder
	freshOrder // no source has taken its request
	endedAdd
	openAdd
	creditAdd
	someRead
	someFind
)

// cutOfShop is a cut through a small shop: a checkout of two items was paid, one was
// rejected, one has taken everything and has no answer, one has not begun; of the
// two adds of stock one has no answer, and was applied.
func cutOfShop() (*History, *madeCut) {
	h := &History{Stock: []int64{5, 9}, Credit: []int64{20, 30}, Price: []int64{2, 3}}
	both := []Line{{0, 1}, {1, 2}}
	for order, user := range []int32{0, 1, 1, 0} {
		h.Append(Op{Kind: Checkout, Outcome: Unknown, Order: int32(order), User: user, Return: Pending}, both, nil)
	}
	h.Append(Op{Kind: AddStock, Item: 0, Amount: 4}, nil, nil)
	h.Append(Op{Kind: AddStock, Item: 0, Amount: 6}, nil, nil)
	h.Append(Op{Kind: AddCredit, User: 0, Amount: 7}, nil, nil)
	h.Append(Op{Kind: ReadStock, Item: 0}, nil, nil)
	h.Append(Op{Kind: FindOrder, Order: 0}, nil, nil)
	c := &madeCut{taken: map[int32]bool{}, applied: map[int32]map[Key]int{},
		status: map[int32]CutStatus{paidOrder: EndedPaid, rejectedOrder: Ended, openOrder: Begun, endedAdd: Ended, openAdd: Begun, creditAdd: Ended, someRead: Ended},
		// The two checkouts take 1 of item 0 and 2 of item 1, and 8 in money.
		state: map[Key][2]int64{ItemKey(0): {5 + 4 + 6 - 1 - 1, 4}, ItemKey(1): {9 - 2 - 2, 2}, UserKey(0): {20 + 7 - 8, 2}, UserKey(1): {30 - 8, 1}}}
	for op := range c.status {
		c.taken[op] = true
	}
	c.taken[someFind] = true
	for _, op := range []int32{paidOrder, openOrder} {
		c.applied[op] = map[Key]int{ItemKey(0): 1, ItemKey(1): 1, UserKey(h.Ops[op].User): 1}
	}
	return h, c
}

func judged(h *History, c *madeCut, torn bool) (int64, string) {
	j := CutJudge{History: h, Torn: torn}
	return j.Judge(c)
}

func TestSoundCut(t *testing.T) {
	h, c := cutOfShop()
	for _, torn := range []bool{false, true} {
		if looked, wrong := judged(h, c, torn); looked != 9+4 || wrong != "" {
			t.Errorf("looked at %d, and %q is wrong", looked, wrong)
		}
	}
	j := CutJudge{History: h}
	for range 2 { // what a judge keeps from one cut does not reach the next
		if _, wrong := j.Judge(c); wrong != "" {
			t.Error(wrong)
		}
	}
}

// Each law has cuts that break it.
func TestWrongCuts(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(c *madeCut)
		want  string
		torn  string // what is wrong if checkouts may be torn; "same": the same
	}{
		"taken and unknown":    {func(c *madeCut) { c.taken[freshOrder] = true }, "a source had taken checkout o3 by c0, of which nothing is known", "same"},
		"known and not taken":  {func(c *madeCut) { c.taken[endedAdd] = false }, "add_stock i0 at 0 by c0 is known, whose request no source had taken", "same"},
		"a read not taken":     {func(c *madeCut) { c.taken[someRead] = false }, "read_stock i0 at 0 by c0 is known, whose request no source had taken", "same"},
		"applied twice":        {func(c *madeCut) { c.applied[openOrder][ItemKey(0)] = 2 }, "checkout o2 by c0 was applied 2 times to the stock of i0", "same"},
		"compensated twice":    {func(c *madeCut) { c.applied[openOrder][ItemKey(0)] = -1 }, "checkout o2 by c0 was applied -1 times to the stock of i0", "same"},
		"paid, not everywhere": {func(c *madeCut) { delete(c.applied[paidOrder], ItemKey(1)) }, "checkout o0 by c0 was paid, and not applied to the stock of i1", "same"},
		"paid, not charged":    {func(c *madeCut) { delete(c.applied[paidOrder], UserKey(0)) }, "checkout o0 by c0 was paid, and not applied to the credit of u0", "same"},
		"rejected and applied": {func(c *madeCut) { c.applied[rejectedOrder] = map[Key]int{ItemKey(1): 1} }, "checkout o1 by c0 was not paid, and was applied to the stock of i1", "same"},
		"unheard and applied":  {func(c *madeCut) { c.applied[freshOrder] = map[Key]int{UserKey(0): 1} }, "checkout o3 by c0 was not paid, and was applied to the credit of u0", "same"},
		"torn at a stock": {func(c *madeCut) { delete(c.applied[openOrder], ItemKey(1)); c.change(ItemKey(1), 2, -1) },
			"checkout o2 by c0 is torn: it was applied to the stock of i1 0 times, and 1 times to the credit of u1", ""},
		"torn at a credit": {func(c *madeCut) { delete(c.applied[openOrder], UserKey(1)); c.change(UserKey(1), 8, -1) },
			"checkout o2 by c0 is torn: it was applied to the stock of i0 1 times, and 0 times to the credit of u1", ""},
		"stock lost":          {func(c *madeCut) { c.change(ItemKey(1), -1, 0) }, "the stock of i1 is 4, and should be 5; it changed 2 times, and should have changed 2 times", "same"},
		"money made":          {func(c *madeCut) { c.change(UserKey(1), 1, 0) }, "the credit of u1 is 23, and should be 22; it changed 1 times, and should have changed 1 times", "same"},
		"changed unseen":      {func(c *madeCut) { c.change(UserKey(1), 0, 1) }, "the credit of u1 is 22, and should be 22; it changed 2 times, and should have changed 1 times", "same"},
		"a change too few":    {func(c *madeCut) { c.change(UserKey(1), 0, -1) }, "the credit of u1 is 22, and should be 22; it changed 0 times, and should have changed 1 times", "same"},
		"an add in half":      {func(c *madeCut) { c.change(ItemKey(0), -3, 0) }, "the stock of i0 is 10, and should be 7; it changed 4 times, and should have changed 3 times; 1 adds that are under way do not explain it", "same"},
		"an add, not counted": {func(c *madeCut) { c.change(ItemKey(0), 0, -1) }, "the stock of i0 is 13, and should be 7; it changed 3 times, and should have changed 3 times; 1 adds that are under way do not explain it", "same"},
		"below 0":             {func(c *madeCut) { c.change(ItemKey(1), -6, 0) }, "the stock of i1 is -1, below 0", "same"},
		"an add forgotten": {func(c *madeCut) { c.status[creditAdd] = NotBegun; c.taken[creditAdd] = false },
			"the credit of u0 is 19, and should be 12; it changed 2 times, and should have changed 1 times", "same"},
	} {
		if c.torn == "same" {
			c.torn = c.want
		}
		for torn, want := range map[bool]string{false: c.want, true: c.torn} {
			h, cut := cutOfShop()
			c.spoil(cut)
			if looked, wrong := judged(h, cut, torn); wrong != want || looked < 1 || looked > 9+4 {
				t.Errorf("%s, torn %v: after %d looks %q, want %q", name, torn, looked, wrong, want)
			}
		}
	}
}

// Where versions are not kept, or say so, adds under way explain what they can.
func TestAddsUnderWayExplain(t *testing.T) {
	h, c := cutOfShop()
	c.change(ItemKey(0), -6, -1) // it was not applied
	if _, wrong := judged(h, c, false); wrong != "" {
		t.Error(wrong)
	}
	for k := range c.state {
		c.state[k] = [2]int64{c.state[k][0], -1}
	}
	if _, wrong := judged(h, c, true); wrong != "" {
		t.Error(wrong)
	}
	c.change(ItemKey(0), 5, 0)
	if _, wrong := judged(h, c, true); wrong != "the stock of i0 is 12, and should be 7; 1 adds that are under way do not explain it" {
		t.Error(wrong)
	}
	for sum, counts := range map[int64][]int64{-1: {}, 0: {0}, 2: {1}, 3: {1}, 4: {}, 5: {2}, 7: {2}, 10: {3}, 12: {}} {
		for n := int64(-1); n <= 4; n++ {
			if got := countUpTo([]int64{2, 3, 5}, sum, n); got != (slices.Contains(counts, n) || sum == 5 && n == 1 || sum == 8 && n == 2) {
				t.Errorf("%d of 2, 3 and 5 are %d: %v", n, sum, got)
			}
		}
		if got := addUpTo([]int64{2, 3, 5}, sum); got != (len(counts) > 0) {
			t.Errorf("some of 2, 3 and 5 are %d: %v", sum, got)
		}
	}
	many := slices.Repeat([]int64{2}, unknownMost+1) // too many to try all
	for sum, want := range map[int64]bool{-1: false, 2: false, 3: true, 6: true, 34: true, 35: false} {
		if countUpTo(many, sum, 3) != want {
			t.Errorf("3 of %d times 2 are %d: %v", len(many), sum, !want)
		}
	}
	if countUpTo(many, 36, int64(len(many))+1) || countUpTo(many, 6, -1) {
		t.Error("more changes than adds, or fewer than none, are explained")
	}
}

// Of a cut that executes any operations in any order nothing is wrong, and
// whichever number of it is spoilt something is.
func TestAnyCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &History{Stock: []int64{50, 60, 70}, Credit: []int64{500, 600}, Price: []int64{1, 2, 3}}
		c := &madeCut{taken: map[int32]bool{}, status: map[int32]CutStatus{}, applied: map[int32]map[Key]int{}, state: map[Key][2]int64{}}
		certain := map[Key]int64{} // how many effects nothing but a wrong cut lacks
		for slot := range h.slots() {
			c.state[h.keyAt(slot)] = [2]int64{append(slices.Clone(h.Stock), h.Credit...)[slot], 0}
		}
		for range rapid.IntRange(1, 12).Draw(t, "operations") {
			item, user := rapid.Int32Range(0, 2).Draw(t, "item"), rapid.Int32Range(0, 1).Draw(t, "user")
			var i int32
			status := CutStatus(rapid.IntRange(int(NotBegun), int(EndedPaid)).Draw(t, "status"))
			switch kind := Kind(rapid.IntRange(int(Checkout), int(FindOrder)).Draw(t, "kind")); kind {
			case Checkout:
				lines := []Line{{item, 1}, {(item + 1) % 3, 2}}[:rapid.IntRange(1, 2).Draw(t, "lines")]
				i = h.Append(Op{Kind: Checkout, Outcome: Unknown, User: user, Return: Pending}, lines, nil)
				if status == EndedPaid || status == Begun && rapid.Bool().Draw(t, "applied") {
					c.applied[i] = map[Key]int{}
					h.eachKey(i, func(k Key) { c.applied[i][k] = 1; c.change(k, h.delta(i, k), 1); certain[k]++ })
				}
			default:
				i = h.Append(Op{Kind: kind, Item: item, User: user, Amount: rapid.Int64Range(1, 5).Draw(t, "amount")}, nil, nil)
				if status = min(status, Ended); (kind == AddStock || kind == AddCredit) && (status == Ended || status == Begun && rapid.Bool().Draw(t, "added")) {
					h.eachKey(i, func(k Key) { c.change(k, h.Ops[i].Amount, 1); certain[k] += int64(status - Begun) })
				}
			}
			if c.taken[i] = status != NotBegun; h.Ops[i].Kind != FindOrder {
				c.status[i] = status
			}
		}
		if _, wrong := judged(h, c, false); wrong != "" {
			t.Fatalf("%s\n%s", wrong, dump(h))
		}
		keys := slices.Sorted(maps.Keys(c.state))
		k, times := rapid.SampledFrom(keys).Draw(t, "key"), int64(100) // more changes than there are operations
		if certain[k] > 0 && rapid.Bool().Draw(t, "too few") {
			times = certain[k] - 1 - c.state[k][1]
		}
		c.change(k, rapid.Int64Range(-9, 9).Draw(t, "by"), times)
		if _, wrong := judged(h, c, false); !strings.Contains(wrong, "changed") && !strings.Contains(wrong, "below 0") {
			t.Fatalf("a spoilt cut: %q\n%s", wrong, dump(h))
		}
	})
}
