package check

import "testing"

// toldVersions is a history of 24 restocks by one that nobody was told of, some
// larger ones, and readers who were told versions 19, 20 and 21 of the stock.
func toldVersions(larger int, after19 ...int64) *History {
	h := &History{Stock: []int64{0}, Credit: []int64{0}, Price: []int64{1}}
	for client := range int32(24 + larger) {
		amount := int64(1)
		if client >= 24 {
			amount = 5
		}
		h.Append(Op{Kind: AddStock, Outcome: Unknown, Client: client, Amount: amount, Call: 1, Return: Pending}, nil, nil)
	}
	value := int64(19)
	for i, more := range append([]int64{0}, after19...) {
		value += more
		h.Append(Op{Kind: ReadStock, Client: 99, Value: value, Call: int64(10 + 10*i), Return: int64(15 + 10*i)}, nil, []Seen{{ItemKey(0), value, int64(19 + i)}})
	}
	return h
}

// What no unknown operation can have made is a violation at once. Where that
// depends on who made the others, there are more ways than can be tried: the
// judge gives up, and does so soon.
func TestVersionsNobodyWasToldOf(t *testing.T) {
	for _, c := range []struct {
		what string
		h    *History
		want Verdict
	}{
		{"one of five was made", toldVersions(1, 5, 1), Ok},
		{"two of five were made, and nobody asked for any", toldVersions(0, 5, 5), Violated},
		{"two of five were made, and one was asked for", toldVersions(1, 5, 5), Undecided},
	} {
		if f := JudgeVersions(c.h); f.Verdict != c.want {
			t.Errorf("%s: %v, %s", c.what, f.Verdict, f.Detail)
		}
	}
}
