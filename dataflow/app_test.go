package dataflow

import (
	"encoding/json"
	"fmt"
	"strings"
)

// app is the test job's application code, in words that can be read: every
// output carries the number of the event that caused it, so that another order
// of events shows.
//
//	source -> middle -> far -> middle (feedback), middle -> sink -> broker
//
// A record is a name. Its letters say what is done with it: t stamps it at the
// source, u makes source and middle compute what nobody could compute again, c makes the middle ask the outside world first, x makes the far
// operator swallow it, so that the middle's timer fires.
type app struct {
	role int // operator number

	compute func(dst []byte) []byte // never gives the same twice

	Events int
	Open   []request
}

type request struct {
	Key, Handle uint64
	Name        string
}

const timeout = 300 // ns

func (a *app) next() int { a.Events++; return a.Events }

func (a *app) Record(ctx Context, edge, from int, record []byte) {
	n, text := a.next(), string(record)
	switch a.role {
	case source:
		if strings.Contains(text, "t") {
			text = fmt.Sprintf("%s@%d", text, ctx.Now())
		}
		text = a.computed(ctx, n, text)
		ctx.Emit(0, len(text)%2, fmt.Appendf(nil, "%s#%d", text, n))
	case middle:
		if edge == 0 {
			a.request(ctx, n, text)
		} else {
			a.reply(ctx, n, text)
		}
	case far:
		if !strings.Contains(text, "x") {
			ctx.Emit(0, from, fmt.Appendf(nil, "%s far%d", text, n))
		}
	case sink:
		ctx.Emit(0, 0, fmt.Appendf(nil, "%d: %s", n, text))
	}
}

func (a *app) request(ctx Context, n int, name string) {
	r := request{Key: uint64(n), Name: name}
	r.Handle = ctx.SetTimer(timeout, r.Key)
	a.Open = append(a.Open, r)
	if strings.Contains(name, "c") {
		ctx.Call(r.Key, []byte(name))
	} else {
		ctx.Emit(0, n%2, fmt.Appendf(nil, "%d %s", r.Key, name))
	}
}

func (a *app) computed(ctx Context, n int, name string) string {
	if !strings.Contains(name, "u") {
		return name
	}
	return fmt.Sprintf("%s@%s", name, ctx.Apply(uint64(n), a.compute))
}

func (a *app) close(key uint64) (request, bool) {
	for i, r := range a.Open {
		if r.Key == key {
			a.Open = append(a.Open[:i], a.Open[i+1:]...)
			return r, true
		}
	}
	return request{}, false
}

func (a *app) reply(ctx Context, n int, text string) {
	var key uint64
	fmt.Sscan(text, &key)
	r, ok := a.close(key)
	if !ok {
		return // its timer fired
	}
	ctx.CancelTimer(r.Handle)
	_, rest, _ := strings.Cut(text, " ")
	rest = a.computed(ctx, n, rest)
	ctx.Emit(1, 0, fmt.Appendf(nil, "%s middle%d at %d ticket %d", rest, n, ctx.Now(), ctx.Random()%1000))
}

func (a *app) Timer(ctx Context, key uint64) {
	n := a.next()
	if r, ok := a.close(key); ok {
		ctx.Emit(1, 0, fmt.Appendf(nil, "%s gave up middle%d", a.computed(ctx, n, r.Name), n))
	}
}

func (a *app) Answer(ctx Context, key uint64, answer []byte) {
	n := a.next()
	for _, r := range a.Open {
		if r.Key == key {
			ctx.Emit(0, n%2, fmt.Appendf(nil, "%d %s %s", key, r.Name, answer))
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

// The test job's operators.
const (
	source = iota
	middle
	far
	sink
)

func testGraph() *Graph {
	g, err := NewGraph(
		[]OperatorSpec{{"source", 2}, {"middle", 2}, {"far", 2}, {"sink", 1}},
		[]EdgeSpec{{source, middle}, {middle, far}, {middle, sink}, {far, middle}})
	if err != nil {
		panic(err)
	}
	return g
}
