package pipeline

import (
	"fmt"

	"simrun/dataflow"
)

// ingress deals requests out to the first stage.
type ingress struct {
	stateless
	cfg     *Config
	encoded []byte // scratch
}

// Record implements dataflow.Operator.
func (o *ingress) Record(ctx dataflow.Context, _, _ int, src []byte) {
	r, err := DecodeRequest(src)
	if err != nil || !o.cfg.possible(r) {
		return
	}
	o.encoded = appendRecord(o.encoded[:0], &record{op: r.Op, key: r.Key})
	ctx.Emit(0, o.cfg.Task(1, r.Key), o.encoded)
}

// egress hands replies to the sink.
type egress struct{ stateless }

// Record implements dataflow.Operator.
func (*egress) Record(ctx dataflow.Context, _, _ int, src []byte) { ctx.Emit(0, 0, src) }

// stateless is what the ends have in common: nothing to remember.
type stateless struct{}

// Timer implements dataflow.Operator.
func (stateless) Timer(dataflow.Context, uint64) {}

// Answer implements dataflow.Operator.
func (stateless) Answer(dataflow.Context, uint64, []byte) {}

// Snapshot implements dataflow.Operator.
func (stateless) Snapshot(dst []byte) []byte { return dst }

// Restore implements dataflow.Operator.
func (stateless) Restore(src []byte) error {
	if len(src) > 0 {
		return fmt.Errorf("an end of a pipeline has no state, its snapshot has %d bytes", len(src))
	}
	return nil
}
