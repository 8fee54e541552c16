package checkout

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPossible(t *testing.T) {
	cfg := &busy(TwoPhaseCommit).Config
	dear := *cfg
	dear.Price = []int64{math.MaxInt64 / 2, 0, 0, 0}
	many := func(n int, quantity int64) (lines []Line) {
		for range n {
			lines = append(lines, Line{0, quantity})
		}
		return lines
	}
	tests := []struct {
		name     string
		cfg      *Config
		request  Request
		possible bool
	}{
		{"a checkout", cfg, Request{Lines: many(1, 1)}, true},
		{"the last user", cfg, Request{User: 2, Lines: many(1, 1)}, true},
		{"no such user", cfg, Request{User: 3, Lines: many(1, 1)}, false},
		{"a negative user", cfg, Request{User: -1, Lines: many(1, 1)}, false},
		{"no lines", cfg, Request{}, false},
		{"as many lines as can be", cfg, Request{Lines: many(LinesMax, 1)}, true},
		{"too many lines", cfg, Request{Lines: many(LinesMax+1, 1)}, false},
		{"no such item", cfg, Request{Lines: []Line{{4, 1}}}, false},
		{"a negative item", cfg, Request{Lines: []Line{{-1, 1}}}, false},
		{"a quantity of 0", cfg, Request{Lines: many(1, 0)}, false},
		{"a negative quantity", cfg, Request{Lines: []Line{{0, 2}, {0, -1}}}, false},
		{"the largest quantity", cfg, Request{Lines: many(1, AmountMax)}, true},
		{"a larger quantity", cfg, Request{Lines: many(1, AmountMax+1)}, false},
		{"a larger sum of quantities", cfg, Request{Lines: many(2, AmountMax/2+1)}, false},
		{"the largest total", &dear, Request{Lines: many(2, 1)}, true},
		{"a total that overflows", &dear, Request{Lines: many(3, 1)}, false},
		{"a line that overflows", &dear, Request{Lines: many(1, 5)}, false},
		{"free items", &dear, Request{Lines: []Line{{1, AmountMax}}}, true},
		{"the last operation", cfg, Request{Op: OperationsMax - 1, Lines: many(1, 1)}, true},
		{"an operation too many", cfg, Request{Op: OperationsMax, Lines: many(1, 1)}, false},
		{"add_stock", cfg, Request{Kind: AddStock, User: -1, Item: 3, Amount: 1}, true},
		{"add_stock of nothing", cfg, Request{Kind: AddStock}, false},
		{"add_stock for no item", cfg, Request{Kind: AddStock, Item: 4, Amount: 1}, false},
		{"add_credit", cfg, Request{Kind: AddCredit, User: 2, Item: -1, Amount: AmountMax}, true},
		{"add_credit below 0", cfg, Request{Kind: AddCredit, Amount: -1}, false},
		{"too much add_credit", cfg, Request{Kind: AddCredit, Amount: AmountMax + 1}, false},
		{"read_stock", cfg, Request{Kind: ReadStock, Item: 3}, true},
		{"read_stock of no item", cfg, Request{Kind: ReadStock, Item: 4}, false},
		{"read_credit", cfg, Request{Kind: ReadCredit, User: 2}, true},
		{"read_credit of no user", cfg, Request{Kind: ReadCredit, User: 3}, false},
		{"find_order of any order", cfg, Request{Kind: FindOrder, Order: OperationsMax - 1}, true},
		{"find_order beyond", cfg, Request{Kind: FindOrder, Order: OperationsMax}, false},
		{"no kind", cfg, Request{Kind: kinds}, false},
	}
	for _, c := range tests {
		if got := c.cfg.possible(&c.request); got != c.possible {
			t.Errorf("%s: possible %v", c.name, got)
		}
	}
}

// The largest checkout still is one record everywhere: a record has at most
// 65,535 bytes.
func TestLargestRecords(t *testing.T) {
	parts, after := make([]part, LinesMax), make([]Seen, LinesMax+1)
	request := len(AppendRequest(nil, &Request{Lines: make([]Line, LinesMax)}))
	sent, reply := len(appendMessage(nil, &message{parts: parts})), len(AppendReply(nil, &Reply{After: after}))
	if most := max(request, sent, reply); most > math.MaxUint16 {
		t.Errorf("request %d, message %d, reply %d bytes", request, sent, reply)
	}
}

// merge keeps every unit, names each item once, and sorts by the order of locks.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Config{Stocks: rapid.IntRange(1, 4).Draw(t, "stocks")}
		line := rapid.Custom(func(t *rapid.T) Line {
			return Line{rapid.Int32Range(0, 12).Draw(t, "item"), rapid.Int64Range(1, 5).Draw(t, "quantity")}
		})
		lines := rapid.SliceOf(line).Draw(t, "lines")
		parts := cfg.merge(nil, lines)
		units := map[int32]int64{}
		for _, line := range lines {
			units[line.Item] += line.Quantity
		}
		for i, p := range parts {
			if units[p.key] != p.amount {
				t.Errorf("item %d: %d units, not %d", p.key, p.amount, units[p.key])
			}
			delete(units, p.key)
			if i == 0 {
				continue
			}
			before, stocks := parts[i-1].key, int32(cfg.Stocks)
			if before%stocks > p.key%stocks || before%stocks == p.key%stocks && before >= p.key {
				t.Errorf("item %d is locked before %d on %d tasks", before, p.key, stocks)
			}
		}
		if len(units) > 0 {
			t.Errorf("items lost: %v", units)
		}
	})
}

// finds agree with a map.
func TestFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f finds
		model := map[uint32]int32{}
		number := rapid.OneOf(rapid.Uint32Range(0, 60), rapid.Uint32Range(OperationsMax-60, OperationsMax-1), rapid.Uint32())
		for _, op := range rapid.SliceOf(number).Draw(t, "operations") {
			want, known := model[op]
			if !known {
				want = -1
			}
			if got := f.get(op); got != want {
				t.Fatalf("%d is at %d, not %d", op, got, want)
			}
			if !known {
				model[op] = f.add(find{op: op})
			}
		}
		for op, place := range model {
			if f.get(op) != place || f.list[place].op != op {
				t.Fatalf("%d is at %d, not %d", op, f.get(op), place)
			}
		}
	})
}

func TestGraph(t *testing.T) {
	g, err := Graph(busy(TwoPhaseCommit).Config)
	if err != nil {
		t.Fatal(err)
	}
	for e, edge := range g.Edges {
		if want := edge.From > Order && edge.To == Order; g.Feedback[e] != want {
			t.Errorf("edge from %d to %d: feedback %v", edge.From, edge.To, g.Feedback[e])
		}
	}
	wrong := map[string]func(c *Config){
		"transactions":   func(c *Config) { c.Transactions = Saga + 1 },
		"no items":       func(c *Config) { c.Items, c.Price = 0, nil },
		"no users":       func(c *Config) { c.Users = 0 },
		"negative stock": func(c *Config) { c.Stock = -1 },
		"negative money": func(c *Config) { c.Credit = -1 },
		"missing price":  func(c *Config) { c.Price = c.Price[1:] },
		"negative price": func(c *Config) { c.Price = slices.Clone(c.Price); c.Price[1] = -1 },
		"no window":      func(c *Config) { c.Window = 0 },
		"no patience":    func(c *Config) { c.GiveUp = 0 },
		"no stock tasks": func(c *Config) { c.Stocks = 0 },
	}
	for name, change := range wrong {
		cfg := busy(TwoPhaseCommit).Config
		change(&cfg)
		if _, err := Graph(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The encoding of the provider's answer; anything else is a decline.
func TestAnswer(t *testing.T) {
	for _, approved := range []bool{true, false} {
		src := EncodeAnswer([]byte("x"), approved, 1<<63+7)[1:]
		if got, authorisation := DecodeAnswer(src); got != approved || authorisation != 1<<63+7 || len(src) != 9 {
			t.Errorf("%x: approved %v, authorisation %d", src, got, authorisation)
		}
		if got, _ := DecodeAnswer(src[:8]); got {
			t.Error("a cut-off answer approves")
		}
	}
}
