package checkout

import (
	"fmt"
	"slices"
	"strings"

	"simrun/dataflow"
)

// participant is a task of the stock or payment service alone, as its order tasks
// meet it: messages in, messages out. Its plain counterpart keeps a balance, a
// holder and a queue per key, and says in words what is sent.
type participant struct {
	cfg     *Config
	payment bool
	task    dataflow.Operator
	ctx     ear
	slip    *participantSlip

	balance  []int64 // per key, as those below
	changes  []int64
	holder   []int64 // operation, -1: free
	queue    [][]*waiting
	work     []*waiting // have just been given a key
	asked    []*asked
	applied  map[uint32]int
	expected []string
	moved    int64 // what commits took and adds brought
}

// waiting is a request that waits for keys.
type waiting struct {
	message
	from  int
	taken int
}

// asked is a question to the provider that is open.
type asked struct {
	key  uint64 // its number + 1; 0: not heard yet
	op   uint32
	from int
	part part
}

// ear is the context of the task: it hears what it says.
type ear struct {
	said   []string
	calls  []uint64          // keys, in the order of asking
	timers map[uint64]uint64 // armed: handle to key
	handle uint64
}

func (e *ear) Emit(_, to int, record []byte) {
	e.said = append(e.said, fmt.Sprintf("to %d: %s", to, Describe("stock>order", record)))
}
func (e *ear) Now() int64                                         { return 0 }
func (e *ear) Random() uint64                                     { return 0 }
func (e *ear) Call(key uint64, _ []byte)                          { e.calls = append(e.calls, key) }
func (e *ear) Apply(_ uint64, compute func([]byte) []byte) []byte { return compute(nil) }
func (e *ear) CancelTimer(handle uint64)                          { delete(e.timers, handle) }
func (e *ear) Place(op uint32)                                    { e.said = append(e.said, fmt.Sprintf("places %d", op)) }
func (e *ear) SetTimer(_ int64, key uint64) (handle uint64) {
	e.handle++
	e.timers[e.handle] = key
	return e.handle
}

const (
	participantKeys   = 4
	participantStart  = 10
	participantOrders = 2
)

func newParticipant(payment bool, slip *participantSlip) *participant {
	p := &participant{cfg: &Config{Items: participantKeys, Users: participantKeys, Stock: participantStart, Credit: participantStart,
		Ingresses: 1, Orders: participantOrders, Stocks: 1, Payments: 1, Egresses: 1, Window: 8, GiveUp: 100, Price: []int64{1, 1, 1, 1}},
		payment: payment, slip: slip, applied: map[uint32]int{}}
	p.ctx.timers = map[uint64]uint64{}
	p.task = p.fresh()
	p.balance, p.changes, p.holder = make([]int64, participantKeys), make([]int64, participantKeys), make([]int64, participantKeys)
	for k := range p.balance {
		p.balance[k], p.holder[k] = participantStart, -1
	}
	p.queue = make([][]*waiting, participantKeys)
	return p
}

func (p *participant) fresh() dataflow.Operator {
	if p.payment {
		return newPayment(p.cfg, 0)
	}
	return newStock(p.cfg, 0)
}

func (p *participant) service() *service {
	if p.payment {
		return &p.task.(*payment).service
	}
	return &p.task.(*stock).service
}

// give hands a message to the task, and to its counterpart.
func (p *participant) give(m message, from int) {
	handed := []message{m}
	if p.slip.message != nil {
		handed = p.slip.message(p, m)
	}
	for _, m := range handed {
		p.task.Record(&p.ctx, 0, from, appendMessage(nil, &m))
	}
	switch m.verb {
	case lock, add, read:
		p.work = append(p.work, &waiting{message: m, from: from})
	case commit:
		for _, one := range m.parts {
			p.change(one.key, -one.amount)
		}
		p.applied[m.op]++
		p.say(from, applied, m.op, p.now(m.parts)...)
		p.free(m.op, m.parts)
	case abort:
		p.free(m.op, m.parts)
	}
	p.goOn()
}

// goOn lets whoever was given a key take its next ones.
func (p *participant) goOn() {
	for len(p.work) > 0 {
		w := p.work[0]
		p.work = p.work[1:]
		for ; w.taken < len(w.parts); w.taken++ {
			k := w.parts[w.taken].key
			if p.holder[k] >= 0 && p.holder[k] != int64(w.op) {
				p.queue[k] = append(p.queue[k], w)
				break
			}
			p.holder[k] = int64(w.op)
		}
		if w.taken == len(w.parts) {
			p.serve(w)
		}
	}
}

func (p *participant) serve(w *waiting) {
	lacking := slices.IndexFunc(w.parts, func(one part) bool { return p.balance[one.key] < one.amount })
	switch {
	case w.verb != lock:
		p.expected = append(p.expected, fmt.Sprintf("places %d", w.op))
		if w.verb == add {
			p.change(w.parts[0].key, w.parts[0].amount)
		}
		p.say(w.from, applied, w.op, p.now(w.parts[:1])...)
		p.free(w.op, w.parts)
	case lacking >= 0:
		p.expected = append(p.expected, fmt.Sprintf("places %d", w.op))
		p.say(w.from, short, w.op, p.now(w.parts[lacking:lacking+1])...)
		p.free(w.op, w.parts)
	case p.payment: // its place; the provider is asked, whose number the ear has heard
		p.expected = append(p.expected, fmt.Sprintf("places %d", w.op))
		p.asked = append(p.asked, &asked{op: w.op, from: w.from, part: w.parts[0]})
	default:
		p.say(w.from, granted, w.op)
	}
}

// told is the provider's answer, or that none came in time.
func (p *participant) told(i int, approved bool, authorisation uint64) {
	q := p.asked[i]
	p.asked = slices.Delete(p.asked, i, i+1)
	if approved {
		text := fmt.Sprintf("to %d: granted %d", q.from, q.op)
		if authorisation != 0 {
			text += fmt.Sprintf(" authorisation %d", authorisation)
		}
		p.expected = append(p.expected, text)
		return
	}
	p.say(q.from, refused, q.op)
	p.free(q.op, []part{q.part})
	p.goOn()
}

func (p *participant) change(k int32, by int64) {
	p.balance[k] += by
	p.changes[k]++
	p.moved += by
}

// now gives keys as they are.
func (p *participant) now(parts []part) (seen []part) {
	for _, one := range parts {
		seen = append(seen, part{one.key, p.balance[one.key], p.changes[one.key]})
	}
	return seen
}

func (p *participant) say(to int, v verb, op uint32, parts ...part) {
	p.expected = append(p.expected, fmt.Sprintf("to %d: %s", to, Describe("stock>order", appendMessage(nil, &message{verb: v, op: op, parts: parts}))))
}

// free frees the keys that an operation holds: whoever waits first has each.
func (p *participant) free(op uint32, parts []part) {
	for _, one := range parts {
		k := one.key
		if p.holder[k] != int64(op) {
			continue
		}
		if p.holder[k] = -1; len(p.queue[k]) > 0 {
			w := p.queue[k][0]
			p.queue[k], p.holder[k] = p.queue[k][1:], int64(w.op)
			w.taken++
			p.work = append(p.work, w)
		}
	}
}

// compare compares what was said and what the task is like.
func (p *participant) compare() error {
	if got, want := strings.Join(p.ctx.said, "\n"), strings.Join(p.expected, "\n"); got != want {
		return fmt.Errorf("it says\n%s\nwant\n%s", got, want)
	}
	p.ctx.said, p.expected = nil, nil
	s, held, sum := p.service(), 0, int64(0)
	for k := range p.balance {
		if s.value[k] != p.balance[k] || s.version[k] != p.changes[k] || int64(s.locks.holder[k])-1 != p.holder[k] {
			return fmt.Errorf("key %d is %d, version %d, held by %d; want %d, %d, %d", k, s.value[k], s.version[k], int64(s.locks.holder[k])-1,
				p.balance[k], p.changes[k], p.holder[k])
		}
		if sum += s.value[k]; p.holder[k] >= 0 {
			held++
		}
	}
	if s.locks.held != held || sum != participantKeys*participantStart+p.moved {
		return fmt.Errorf("%d locks are held, want %d; %d in all, started with %d and moved %d", s.locks.held, held, sum, participantKeys*participantStart, p.moved)
	}
	for op, n := range p.applied {
		if int(s.counts[op]) != n {
			return fmt.Errorf("operation %d was applied %d times, want %d", op, s.counts[op], n)
		}
	}
	for _, q := range p.asked { // in the order of asking, each with a number of its own
		if q.key != 0 {
			continue
		}
		if len(p.ctx.calls) == 0 || uint32(p.ctx.calls[0]) != q.op || slices.ContainsFunc(p.asked, func(o *asked) bool { return o.key == p.ctx.calls[0]+1 }) {
			return fmt.Errorf("the provider is asked for %v, want operation %d", p.ctx.calls, q.op)
		}
		q.key, p.ctx.calls = p.ctx.calls[0]+1, p.ctx.calls[1:]
	}
	if len(p.ctx.calls) > 0 || len(p.ctx.timers) != len(p.asked) {
		return fmt.Errorf("%d questions too many; %d timers for %d questions", len(p.ctx.calls), len(p.ctx.timers), len(p.asked))
	}
	return nil
}
