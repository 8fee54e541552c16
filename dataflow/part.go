package dataflow

import "fmt"

// Part is what a judge reads in a task's part of a checkpoint, without making a
// task of it.
type Part struct {
	Taken uint64 // of a source: how many records of its partition were taken before
	State []byte // of the operator: what its Snapshot appended
}

// ReadPart reads a part as encode wrote it, up to the recorded feedback buffers.
func (g *Graph) ReadPart(t TaskID, checkpoint []byte) (Part, error) {
	var p Part
	r := &Reader{Src: checkpoint}
	r.Uint32() // the epoch
	inputs := len(g.Inputs(t))
	if g.IsSource(t) {
		inputs++
	}
	for i := range inputs {
		if n := r.Uint64(); i == 0 && g.IsSource(t) {
			p.Taken = n
		}
		r.Take(int(r.Uint32()))
		r.Byte()
	}
	r.Take(8 * len(g.Outputs(t)))
	r.Uint64() // timers: the number of the first
	r.Take(timerBytes * int(r.Uint32()))
	for range r.Uint32() {
		r.Uint64()
		if r.Take(int(r.Uint32())); r.Failed {
			break
		}
	}
	p.State = r.Take(int(r.Uint64()))
	if r.Failed {
		return p, fmt.Errorf("checkpoint of %s: cut off", g.TaskName(t))
	}
	return p, nil
}
