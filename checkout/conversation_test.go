package checkout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"simrun/dataflow"
)

// TestConversations plays pages of commands to a shop and compares what its
// services say to each other. One command a line:
//
//	checkout OP USER ITEM:QUANTITY...    a request, which ingress OP % ingresses reads; a retry is the same line again
//	add_stock OP ITEM AMOUNT             add_credit OP USER AMOUNT
//	read_stock OP ITEM                   read_credit OP USER
//	find_order OP ORDER
//	run                                  deliver, lowest channel first, until nothing can be delivered
//	run CHANNEL...                       the same, on these channels only
//	approve OP AUTHORISATION             the provider answers the question about an operation
//	decline OP
//	give-up                              the first timer fires
//	restore                              each task's place is taken by a new one, restored from its snapshot
//	audit
func TestConversations(t *testing.T) {
	datadriven.Walk(t, "testdata/conversations", func(t *testing.T, path string) {
		var w *world
		var said strings.Builder
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			said.Reset()
			if d.Cmd == "shop" {
				w = openShop(t, d)
				w.tell = func(format string, args ...any) { fmt.Fprintf(&said, format+"\n", args...) }
				return ""
			}
			for _, line := range strings.Split(d.Input, "\n") {
				w.command(t, strings.Fields(line), &said)
			}
			return said.String()
		})
	})
}

func openShop(t *testing.T, d *datadriven.TestData) *world {
	cfg := &Config{Items: 4, Users: 2, Stock: 3, Credit: 20, Price: []int64{1, 2, 3, 4},
		Ingresses: 1, Orders: 2, Stocks: 2, Payments: 1, Egresses: 1, Window: 8, GiveUp: 1000}
	if d.HasArg("saga") {
		cfg.Transactions = Saga
	}
	if d.HasArg("window") {
		d.ScanArgs(t, "window", &cfg.Window)
	}
	return newWorld(t, cfg)
}

func (w *world) command(t *testing.T, words []string, said *strings.Builder) {
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "run":
		w.run(words[1:])
	case "approve", "decline":
		op := number(t, words[1])
		for i := range w.calls {
			if uint32(w.calls[i].key) == uint32(op) {
				authorisation := 0
				if words[0] == "approve" {
					authorisation = number(t, words[2])
				}
				w.answer(i, words[0] == "approve", uint64(authorisation))
				return
			}
		}
		t.Fatalf("nobody asked the provider about %d", op)
	case "give-up":
		if len(w.timers) == 0 {
			t.Fatal("no timer is armed")
		}
		w.ring(0)
	case "restore":
		if err := w.replace(dataflow.Operator.Restore); err != nil {
			t.Fatal(err)
		}
	case "audit":
		a, err := w.audit()
		fmt.Fprintf(said, "stock %v versions %v\ncredit %v versions %v\norders %v applied %v\n%d locks, %d open, %d timers armed, %v\n",
			a.Stock, a.StockVersion, a.Credit, a.CreditVersion, a.Orders, a.Applied, a.LocksHeld, a.OpenOperations, len(w.timers), err)
	default:
		r := request(t, words)
		w.feed(int(r.Op)%w.cfg.Ingresses, r)
	}
}

// run delivers what can be delivered on the named channels, or on all.
func (w *world) run(names []string) {
	for again := true; again; {
		again = false
		for c := range w.channels {
			id := dataflow.ChannelID(c)
			if !w.open(id) || len(names) > 0 && !strings.Contains(" "+strings.Join(names, " ")+" ", " "+w.graph.ChannelName(id)+" ") {
				continue
			}
			w.deliver(id)
			again = true
			break
		}
	}
}

func request(t *testing.T, words []string) *Request {
	r := &Request{Op: uint32(number(t, words[1])), Kind: kinds}
	for k, name := range kindNames {
		if name == words[0] {
			r.Kind = Kind(k)
		}
	}
	target := number(t, words[2])
	switch r.Kind {
	case Checkout:
		r.User = int32(target)
		for _, word := range words[3:] {
			item, quantity, _ := strings.Cut(word, ":")
			r.Lines = append(r.Lines, Line{int32(number(t, item)), int64(number(t, quantity))})
		}
		return r
	case AddStock, ReadStock:
		r.Item = int32(target)
	case AddCredit, ReadCredit:
		r.User = int32(target)
	case FindOrder:
		r.Order = uint32(target)
	default:
		t.Fatalf("no command %q", words[0])
	}
	if len(words) > 3 {
		r.Amount = int64(number(t, words[3]))
	}
	return r
}

func number(t *testing.T, word string) int {
	var n int
	if _, err := fmt.Sscan(strings.TrimLeft(word, "iu"), &n); err != nil {
		t.Fatalf("%q is no number", word)
	}
	return n
}
