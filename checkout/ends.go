package checkout

import (
	"fmt"

	"simrun/dataflow"
)

// ingress routes requests to their home order task.
type ingress struct {
	cfg     *Config
	request Request
}

// Record implements dataflow.Operator.
func (o *ingress) Record(ctx dataflow.Context, _, _ int, record []byte) {
	if DecodeRequest(record, &o.request) != nil {
		return
	}
	ctx.Emit(0, o.cfg.home(o.request.Kind, o.request.Op, o.request.Order), record)
}

// Timer implements dataflow.Operator.
func (*ingress) Timer(dataflow.Context, uint64) {}

// Answer implements dataflow.Operator.
func (*ingress) Answer(dataflow.Context, uint64, []byte) {}

// Snapshot implements dataflow.Operator.
func (*ingress) Snapshot(dst []byte) []byte { return dst }

// Restore implements dataflow.Operator.
func (*ingress) Restore(src []byte) error { return empty("ingress", src) }

// egress hands replies to the sink.
type egress struct{}

// Record implements dataflow.Operator.
func (*egress) Record(ctx dataflow.Context, _, _ int, record []byte) { ctx.Emit(0, 0, record) }

// Timer implements dataflow.Operator.
func (*egress) Timer(dataflow.Context, uint64) {}

// Answer implements dataflow.Operator.
func (*egress) Answer(dataflow.Context, uint64, []byte) {}

// Snapshot implements dataflow.Operator.
func (*egress) Snapshot(dst []byte) []byte { return dst }

// Restore implements dataflow.Operator.
func (*egress) Restore(src []byte) error { return empty("egress", src) }

func empty(name string, src []byte) error {
	if len(src) > 0 {
		return fmt.Errorf("%s has no state, its snapshot has %d bytes", name, len(src))
	}
	return nil
}
