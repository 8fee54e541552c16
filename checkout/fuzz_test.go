package checkout

import (
	"bytes"
	"testing"

	"simrun/dataflow"
)

func FuzzDecodeRequest(f *testing.F) {
	for _, r := range busy(TwoPhaseCommit).Requests {
		f.Add(AppendRequest(nil, &r))
	}
	f.Add([]byte("cut off"))
	f.Fuzz(func(t *testing.T, src []byte) {
		r := Request{Lines: []Line{{9, 9}}}
		if DecodeRequest(src, &r) == nil && !bytes.Equal(AppendRequest(nil, &r), src) {
			t.Errorf("%x decodes to %+v, which is encoded otherwise", src, r)
		}
		Describe("ingress>order", src)
		Operation("ingress>order", src)
		if r.Op > 1<<20 || r.Order > 1<<20 {
			return // its table takes long to grow
		}
		w := newWorld(t, &busy(Saga).Config)
		w.operators[Ingress][0].Record(at{w, 0}, 0, 0, src)
		w.run(nil)
	})
}

func FuzzDecodeReply(f *testing.F) {
	w, _ := busy(TwoPhaseCommit).play(f, nil)
	for _, r := range w.replies {
		f.Add(r.record)
		if len(r.record) > replyHeader { // a key that is neither item nor user
			wrong := bytes.Clone(r.record)
			wrong[replyHeader] = 2
			f.Add(wrong)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		r := Reply{After: []Seen{{Number: 9}}}
		if DecodeReply(src, &r) == nil && !bytes.Equal(AppendReply(nil, &r), src) {
			t.Errorf("%x decodes to %+v, which is encoded otherwise", src, r)
		}
		Describe("egress>broker", src)
	})
}

func FuzzDecodeMessage(f *testing.F) {
	f.Add(appendMessage(nil, &message{verb: lock, op: 7, parts: []part{{key: 1, amount: 2}, {key: 3, amount: 1}}}))
	f.Add(appendMessage(nil, &message{verb: granted, op: 1 << 31, authorisation: 5}))
	f.Fuzz(func(t *testing.T, src []byte) {
		m := message{parts: []part{{key: 9}}}
		if decodeMessage(src, &m) == nil && !bytes.Equal(appendMessage(nil, &m), src) {
			t.Errorf("%x decodes to %+v, which is encoded otherwise", src, m)
		}
		Describe("order>stock", src)
		Operation("order>stock", src)
	})
}

// FuzzRestore: what Restore takes it gives back, and no later input runs into
// something that is not there.
func FuzzRestore(f *testing.F) {
	for i, transactions := range []Transactions{TwoPhaseCommit, Saga} {
		s := busy(transactions)
		s.play(f, func(event int, w *world) {
			if event%25 != 24 {
				return
			}
			for op := Order; op <= Payment; op++ {
				f.Add(uint8(op+5*i), w.operators[op][1].Snapshot(nil), []byte{3, 1, 4, 1, 5, 9, 2, 6})
			}
		})
	}
	f.Fuzz(func(t *testing.T, which uint8, snapshot, inputs []byte) {
		s := busy([]Transactions{TwoPhaseCommit, Saga}[which/5%2])
		w := newWorld(t, &s.Config)
		operator := int(which % 5)
		task := w.operators[operator][1]
		if task.Restore(snapshot) != nil {
			return
		}
		if again := task.Snapshot(nil); !bytes.Equal(again, snapshot) {
			t.Fatalf("%x\nis restored and becomes\n%x", snapshot, again)
		}
		prod(w, operator, inputs)
		if err := New(&s.Config, operator, 1).Restore(task.Snapshot(nil)); err != nil {
			t.Fatalf("a task does not take the snapshot of what it became: %v", err)
		}
		w.audit()
	})
}

// prod hands all sorts of inputs to task 1 of an operator. Whatever it sends
// ends there.
func prod(w *world, operator int, inputs []byte) {
	id := w.graph.Task(operator, 1)
	task, ctx := w.operators[operator][1], at{w, id}
	calls := []uint64{0, 1, 1 << 32, 1<<32 | 1, 2<<32 | 8}
	for i, b := range inputs {
		op := uint32(b % 48)
		switch {
		case operator == Payment && b >= 224:
			task.Timer(ctx, calls[i%len(calls)])
		case operator == Payment && b >= 192 && len(w.calls) > 0:
			w.answer(0, b%2 == 0, 7)
		case operator == Ingress || operator == Order && b >= 128:
			r := busy(TwoPhaseCommit).Requests[b%40]
			task.Record(ctx, 0, 0, AppendRequest(nil, &r))
		default:
			m := message{verb: verb(b) % verbs, op: op, authorisation: 3, parts: []part{{key: int32(1 + 2*(i%2)), amount: int64(b % 3), version: 1}}}
			task.Record(ctx, i%3, i%2, appendMessage(nil, &m))
		}
		for c := range w.channels {
			w.channels[dataflow.ChannelID(c)] = nil
		}
	}
}
