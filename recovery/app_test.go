package recovery

import (
	"encoding/json"
	"fmt"
	"strings"

	"simrun/dataflow"
)

// The test job's operators:
//
//	ingress -> order <-> stock, order -> egress -> broker
const (
	ingress = iota
	order
	stock
	egress
)

// shop is the test job's graph: a small one with every kind of channel.
func shop(ingresses, orders, stocks int) *dataflow.Graph {
	g, err := dataflow.NewGraph(
		[]dataflow.OperatorSpec{{Name: "ingress", Parallelism: ingresses}, {Name: "order", Parallelism: orders},
			{Name: "stock", Parallelism: stocks}, {Name: "egress", Parallelism: 1}},
		[]dataflow.EdgeSpec{{From: ingress, To: order}, {From: order, To: stock}, {From: order, To: egress}, {From: stock, To: order}})
	if err != nil {
		panic(err)
	}
	return g
}

// line is the same job without a cycle: what the stock has handled goes on to
// the egress.
//
//	ingress -> order -> stock -> egress -> broker
func line(ingresses, orders, stocks int) *dataflow.Graph {
	g, err := dataflow.NewGraph(
		[]dataflow.OperatorSpec{{Name: "ingress", Parallelism: ingresses}, {Name: "order", Parallelism: orders},
			{Name: "stock", Parallelism: stocks}, {Name: "egress", Parallelism: 1}},
		[]dataflow.EdgeSpec{{From: ingress, To: order}, {From: order, To: stock}, {From: stock, To: egress}})
	if err != nil {
		panic(err)
	}
	return g
}

// app is the test job's application code, in words that can be read: every
// output carries the number of the event that caused it, so that another order
// of events shows in what the broker receives.
//
// A record is a name. Its letters say what is done with it: t stamps it at the
// ingress, c makes the order ask the outside world first, x makes the stock
// swallow it, so that the order's timer fires. On a line the order itself waits
// for its timer with an x.
type app struct {
	role  int
	graph *dataflow.Graph
	line  bool

	Events int
	Open   []openRequest
}

type openRequest struct {
	Key, Handle uint64
	Name        string
}

const timeout = 300 // ns

func (a *app) next() int { a.Events++; return a.Events }

func (a *app) Record(ctx dataflow.Context, edge, from int, record []byte) {
	n, text := a.next(), string(record)
	switch a.role {
	case ingress:
		if strings.Contains(text, "t") {
			text = fmt.Sprintf("%s@%d", text, ctx.Now())
		}
		ctx.Emit(0, len(record)%a.graph.Operators[order].Parallelism, []byte(text))
	case order:
		if a.line {
			a.pass(ctx, n, text)
		} else if edge == 0 {
			a.request(ctx, n, text)
		} else {
			a.reply(ctx, n, text)
		}
	case stock:
		if a.line {
			ctx.Emit(0, 0, fmt.Appendf(nil, "%s S%d", text, n))
		} else if !strings.Contains(text, "x") {
			ctx.Emit(0, from, fmt.Appendf(nil, "%s S%d", text, n))
		}
	case egress:
		ctx.Emit(0, 0, fmt.Appendf(nil, "%d: %s", n, text))
	}
}

func (a *app) request(ctx dataflow.Context, n int, name string) {
	r := openRequest{Key: uint64(n), Name: name}
	r.Handle = ctx.SetTimer(timeout, r.Key)
	a.Open = append(a.Open, r)
	if strings.Contains(name, "c") {
		ctx.Call(r.Key, []byte(name))
		return
	}
	a.reserve(ctx, n, r.Key, name)
}

// pass is what an order does on a line: it sends a record on at once, with its
// answer from outside, or when its timer fires.
func (a *app) pass(ctx dataflow.Context, n int, name string) {
	r := openRequest{Key: uint64(n), Name: name}
	switch {
	case strings.Contains(name, "c"):
		a.Open = append(a.Open, r)
		ctx.Call(r.Key, []byte(name))
	case strings.Contains(name, "x"):
		r.Handle = ctx.SetTimer(timeout, r.Key)
		a.Open = append(a.Open, r)
	default:
		a.send(ctx, n, fmt.Sprintf("%s at %d ticket %d", name, ctx.Now(), ctx.Random()%100))
	}
}

func (a *app) send(ctx dataflow.Context, n int, text string) {
	ctx.Emit(0, n%a.graph.Operators[stock].Parallelism, fmt.Appendf(nil, "%s O%d", text, n))
}

func (a *app) reserve(ctx dataflow.Context, n int, key uint64, text string) {
	ctx.Emit(0, n%a.graph.Operators[stock].Parallelism, fmt.Appendf(nil, "%d %s", key, text))
}

func (a *app) close(key uint64) (openRequest, bool) {
	for i, r := range a.Open {
		if r.Key == key {
			a.Open = append(a.Open[:i], a.Open[i+1:]...)
			return r, true
		}
	}
	return openRequest{}, false
}

func (a *app) reply(ctx dataflow.Context, n int, text string) {
	var key uint64
	fmt.Sscan(text, &key)
	r, ok := a.close(key)
	if !ok {
		return // its timer fired
	}
	ctx.CancelTimer(r.Handle)
	_, rest, _ := strings.Cut(text, " ")
	ctx.Emit(1, 0, fmt.Appendf(nil, "%s O%d at %d ticket %d", rest, n, ctx.Now(), ctx.Random()%100))
}

func (a *app) Timer(ctx dataflow.Context, key uint64) {
	n := a.next()
	if r, ok := a.close(key); ok && a.line {
		a.send(ctx, n, r.Name+" waited")
	} else if ok {
		ctx.Emit(1, 0, fmt.Appendf(nil, "%s gave up O%d", r.Name, n))
	}
}

func (a *app) Answer(ctx dataflow.Context, key uint64, answer []byte) {
	n := a.next()
	if a.line {
		if r, ok := a.close(key); ok {
			a.send(ctx, n, fmt.Sprintf("%s %s", r.Name, answer))
		}
		return
	}
	for _, r := range a.Open {
		if r.Key == key {
			a.reserve(ctx, n, key, fmt.Sprintf("%s %s", r.Name, answer))
		}
	}
}

func (a *app) Snapshot(dst []byte) []byte {
	state, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	return append(dst, state...)
}

func (a *app) Restore(src []byte) error { return json.Unmarshal(src, a) }
