package check

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// ReadHistory reads a history from JSON Lines. Everything wrong with it is
// found at once and given as a *BadInput, in which name stands for the file;
// any other error comes from r. What is accepted passes Harness.
//
// It reads line by line; memory goes into the history and its names.
func ReadHistory(r io.Reader, name string) (*History, error) {
	d := newDecoder()
	buffered := bufio.NewReaderSize(r, 1<<18)
	var long []byte // a line that is longer than the buffer
	for {
		part, err := buffered.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, part...)
			continue
		}
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line := part
		if len(long) > 0 {
			long = append(long, part...)
			line = long
		}
		d.line.number++
		if len(bytes.TrimSpace(line)) > 0 {
			d.read(line)
		}
		long = long[:0]
		if err == io.EOF {
			break
		}
	}
	if !d.started {
		d.flaws.add(1, 1, "the file is empty: expected the initial state on the first line")
	}
	d.clients()
	if err := d.flaws.err(name); err != nil {
		return nil, err
	}
	return d.h, nil
}

// decoder turns lines into a history.
type decoder struct {
	h     *History
	line  jsonLine
	flaws flawList

	items, users, orders, clientIDs map[string]int32

	started       bool    // the first line has been read
	initial       bool    // and it is an initial state, so that names can be judged
	added         []int64 // items, then users: initial value and everything added
	firsts        []int32 // per order: the line of its checkout, or 0
	intervals     History // of every line with a client, a call and a return: only those are set
	places        []place // per interval
	op            opLine  // the operation being read
	touched, told []int   // per key: the last operation, plus 1, that touches it, whose reply tells it
}

// place is where an interval stands in the file.
type place struct {
	line, call int32 // call: the column of its value
}

func newDecoder() *decoder {
	d := &decoder{h: &History{ItemNames: []string{}, UserNames: []string{}, OrderNames: []string{}, ClientNames: []string{}}}
	d.items, d.users = map[string]int32{}, map[string]int32{}
	d.orders, d.clientIDs = map[string]int32{}, map[string]int32{}
	d.line.flaws = &d.flaws
	return d
}

// read reads one line that is not blank.
func (d *decoder) read(text []byte) {
	l := &d.line
	l.text, l.at, l.broken = bytes.TrimRight(text, "\r\n"), 0, false
	if !l.accept('{') {
		l.fail("an object")
		d.started = true
		return
	}
	if !d.started {
		d.started = true
		d.readInitial()
	} else {
		d.readOp()
	}
}

// finish reports what follows the object that should end the line.
func (l *jsonLine) finish() {
	if l.peek() != 0 {
		l.fail("the end of the line")
	}
}

// amounts is a table of the initial state, as read: names with their places.
type amounts struct {
	names  []string
	values []int64
	places []int
	at     int // of the key; -1: not there
}

var initialKeys = []string{"simrun_history", "stock", "credit", "price"}

// readInitial reads the first line.
func (d *decoder) readInitial() {
	l := &d.line
	version, versionAt := int64(-1), -1
	tables := map[string]*amounts{}
	for _, key := range initialKeys[1:] {
		tables[key] = &amounts{at: -1}
	}
	for first := true; l.next('}', first); first = false {
		key, at := l.key()
		if l.broken {
			return
		}
		table := tables[string(key)]
		switch {
		case string(key) == "op" && versionAt < 0:
			l.flaw(at, `the first line must be the initial state: {"simrun_history":1,"stock":...,"credit":...,"price":...}`)
			return
		case string(key) == "simrun_history":
			if versionAt >= 0 {
				l.flaw(at, "simrun_history stands here twice")
			}
			l.skip()
			versionAt = l.at
			version, _ = l.integer("simrun_history", false)
		case table == nil:
			l.flaw(at, "unknown key %q%s", key, didYouMean(string(key), initialKeys))
			l.pass(0)
		case table.at >= 0:
			l.flaw(at, "%s stands here twice", key)
			l.pass(0)
		default:
			table.at = at
			d.readAmounts(string(key), table)
		}
	}
	if !l.broken {
		l.finish()
	}
	if l.broken {
		return
	}
	if versionAt < 0 {
		l.flaw(0, `the first line must be the initial state: it lacks "simrun_history"`)
		return
	} else if version != 1 {
		l.flaw(versionAt, "simrun_history must be 1")
	}
	for _, key := range initialKeys[1:] {
		if tables[key].at < 0 {
			l.flaw(0, "the initial state lacks %q", key)
			return
		}
	}
	d.enterInitial(tables["stock"], tables["credit"], tables["price"])
}

// readAmounts reads an object of amounts by name.
func (d *decoder) readAmounts(what string, table *amounts) {
	l := &d.line
	if l.peek() != '{' {
		l.wrong(what, "an object of amounts by name")
		return
	}
	l.at++
	seen := map[string]bool{}
	for first := true; l.next('}', first); first = false {
		key, at := l.key()
		if l.broken {
			return
		}
		name := string(key)
		l.skip()
		valueAt := l.at
		value, ok := l.integer(what+" of "+name, false)
		if ok && value < 0 {
			l.flaw(valueAt, "%s of %s is %d, below 0", what, name, value)
		}
		if seen[name] {
			l.flaw(at, "%s of %s stands here twice", what, name)
			continue
		}
		seen[name] = true
		table.names = append(table.names, name)
		table.values = append(table.values, max(value, 0))
		table.places = append(table.places, at)
	}
}

// enterInitial makes items of the stocks and users of the credits; every item
// needs a price.
func (d *decoder) enterInitial(stock, credit, price *amounts) {
	l := &d.line
	for n, name := range stock.names {
		d.items[name] = int32(n)
	}
	for n, name := range credit.names {
		d.users[name] = int32(n)
	}
	priced := make([]bool, len(stock.names))
	prices := make([]int64, len(stock.names))
	for n, name := range price.names {
		item, ok := d.items[name]
		if !ok {
			l.flaw(price.places[n], "price of %s, which has no stock%s", name, didYouMean(name, few(stock.names)))
			continue
		}
		priced[item], prices[item] = true, price.values[n]
	}
	for n, name := range stock.names {
		if !priced[n] {
			l.flaw(stock.places[n], "item %s has no price", name)
		}
	}
	h := d.h
	h.ItemNames, h.UserNames = append(h.ItemNames, stock.names...), append(h.UserNames, credit.names...)
	h.Stock, h.Credit, h.Price = stock.values, credit.values, prices
	d.added = append(append(d.added, h.Stock...), h.Credit...)
	d.initial = true
}

// few is as many names as are worth comparing with a misspelt one.
func few(names []string) []string { return names[:min(len(names), 1000)] }

// clients reports operations of one client that overlap.
func (d *decoder) clients() {
	h := &d.intervals
	for _, run := range h.clientRuns() {
		for k := 1; k < len(run); k++ {
			before, after := &h.Ops[run[k-1]], &h.Ops[run[k]]
			if after.Call >= before.Return {
				continue
			}
			at, other := d.places[run[k]], d.places[run[k-1]]
			until := fmt.Sprintf("returned at %d", before.Return)
			if before.Return == Pending {
				until = "never returned"
			}
			d.flaws.add(int(at.line), int(at.call)+1, "client %s calls at %d, but its operation on line %d was called at %d and %s",
				d.h.ClientName(after.Client), after.Call, other.line, before.Call, until)
		}
	}
}
