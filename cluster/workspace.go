package cluster

import (
	"simrun/causallog"
	"simrun/recovery"
	"simrun/sim"
)

// Workspace is the memory of runs that follow each other: what one has
// allocated serves the next, which finds nothing in it. It changes no run. The
// zero value is ready; one run at a time may use it, from New to Close.
type Workspace struct {
	kernel   *sim.Kernel
	logs     causallog.Memory
	frames   slab[recovery.Frame]
	messages slab[recovery.Message]
	bytes    [][]byte
}

// open moves the memory to a run that has nothing yet.
func (w *Workspace) open(r *Run) {
	if r.kernel = w.kernel; r.kernel == nil {
		r.kernel = sim.NewKernel(r.cfg.Seed, r.cfg.Ties)
	} else {
		r.kernel.Reset(r.cfg.Seed, r.cfg.Ties)
	}
	r.layout = r.layout.On(&w.logs)
	r.wire.frames, r.wire.messages, r.wire.bytes = w.frames, w.messages, w.bytes
	w.kernel, w.frames, w.messages, w.bytes = nil, slab[recovery.Frame]{}, slab[recovery.Message]{}, nil
}

// Close moves the run's memory back to its workspace, if it has one. Of the run
// nothing may be used after it but what Outcome gave, and Describe.
func (r *Run) Close() {
	w := r.cfg.Workspace
	if w == nil {
		return
	}
	for _, p := range r.current {
		if p != nil && p.agent != nil {
			p.agent.Release()
		}
	}
	r.broker.agent.Release()
	for _, f := range r.wire.frames.items {
		r.wire.recycle(f.Buffer.Data)
		*f = recovery.Frame{Delta: f.Delta[:0], Ghost: f.Ghost[:0]}
	}
	for _, m := range r.wire.messages.items {
		*m = recovery.Message{}
	}
	r.wire.frames.reset()
	r.wire.messages.reset()
	w.kernel, w.frames, w.messages, w.bytes = r.kernel, r.wire.frames, r.wire.messages, r.wire.bytes
	r.cfg.Workspace, r.kernel, r.current, r.broker, r.wire = nil, nil, nil, nil, wire{}
}
