package dataflow

import (
	"bytes"
	"fmt"
	"slices"
)

// place is where incarnations of one task live, and what survives them.
type place struct {
	w           *world
	id          TaskID
	incarnation int
	task        *Task
	app         *app
	guard       *memory
	held        taskLog
	checkpoint  []byte // of epoch world.done
	pending     []byte // of epoch captured
	captured    int32
	sent        []int // per output: buffers of World.sent that this incarnation has built again
	armed       int64 // 0: no
	triggered   int32 // checkpoint that the source was told to begin
	draws       uint64
	running     int // how often Running was told
}

// start builds an incarnation from what survives.
func (p *place) start() {
	w, g := p.w, p.w.graph
	p.app = &app{role: g.OperatorOf(p.id)}
	p.app.compute = func(dst []byte) []byte {
		w.answers++
		return fmt.Appendf(dst, "%d", w.answers)
	}
	p.guard = newMemory(len(g.Outputs(p.id)), &p.held, w.done, w.setting.without, func(what string) {
		w.fault("%s: %s", g.TaskName(p.id), what)
	})
	p.guard.told = p.told
	p.armed, p.running, p.captured = 0, 0, w.done
	// Other sizes than before: the log decides, not the option.
	options := Options{BufferBytes: w.setting.bufferBytes + 5*(p.incarnation%3), Tick: w.setting.tick}
	p.task = NewTask(g, p.id, p.app, p.guard, p, options)
	if p.checkpoint != nil {
		if err := p.task.Restore(p.checkpoint); err != nil {
			w.fault("%s: %v", g.TaskName(p.id), err)
		}
	}
	for i := range p.task.inputs {
		w.seen.recorded += p.task.Queued(i)
	}
	w.seen.calls += len(p.task.calls)
	p.sent = make([]int, len(g.Outputs(p.id)))
	for o, c := range g.Outputs(p.id) {
		p.sent[o] = len(before(w.sent[c], w.done))
	}
	for _, c := range g.Inputs(p.id) {
		w.links[c] = slices.Clone(w.sent[c][len(before(w.sent[c], w.done)):])
	}
	p.task.Start()
	if g.IsSource(p.id) && p.task.Epoch() < w.trigger {
		p.triggered = w.trigger
	}
}

// told follows what the guard logs and repeats.
func (p *place) told(verb string, d *Determinant) {
	if verb == "repeats" {
		p.w.seen.repeated[d.Kind]++
		if d.Kind == TimerTrigger && d.Key == TickKey {
			p.w.seen.ticks++
		}
		if d.Kind == Serializable && d.Count == InLine {
			p.w.seen.results++
		}
	}
	p.w.trace("%s %s %s", p.w.graph.TaskName(p.id), verb, showDeterminant(d))
}

// Clock implements Env: every machine's clock stands elsewhere.
func (p *place) Clock() int64 { return p.w.now + int64(p.incarnation)*1000 + int64(p.id) }

// Entropy implements Env: never the same numbers twice.
func (p *place) Entropy() uint64 {
	p.draws++
	return (p.draws<<16 | uint64(p.incarnation)<<8 | uint64(p.id)) * 0x9e3779b97f4a7c15 >> 7
}

func (p *place) Opened(int) {}

func (p *place) Built(output int, b Buffer) {
	c := p.w.graph.Outputs(p.id)[output]
	b.Data = slices.Clone(b.Data)
	if b.Skip > 0 {
		p.w.seen.straddling++
		if int(b.Skip) == len(b.Data) {
			p.w.seen.within++
		}
	}
	p.guard.leave()
	if i := p.sent[output]; i < len(p.w.sent[c]) {
		if was := p.w.sent[c][i]; !sameBuffer(was, b) {
			p.w.fault("%s: buffer %d is built again as %v, and was %v", p.w.graph.ChannelName(c), i, show(b), show(was))
		}
		p.sent[output]++
		return
	}
	p.w.trace("%s builds %s", p.w.graph.ChannelName(c), show(b))
	p.sent[output]++
	p.w.sent[c] = append(p.w.sent[c], b)
	p.w.links[c] = append(p.w.links[c], b)
}

func sameBuffer(a, b Buffer) bool {
	data := bytes.Equal(a.Data, b.Data)
	return data && a.Epoch == b.Epoch && a.Index == b.Index && a.Barrier == b.Barrier && a.Next == b.Next &&
		a.First == b.First && a.Skip == b.Skip
}

func (p *place) Ask(key uint64, request []byte) {
	p.w.asked = append(p.w.asked, ask{p, p.incarnation, key, string(request)})
}

func (p *place) Arm(at int64)    { p.armed = at }
func (p *place) Recycle([]byte)  {}
func (p *place) Processed() bool { return false }
func (p *place) Place(uint32)    {}

func (p *place) Snapshotted(epoch int32) {
	p.w.trace("%s snapshot %d", p.w.graph.TaskName(p.id), epoch)
}

func (p *place) Taken(input int, b *Buffer) {}

func (p *place) Captured(epoch int32, snapshot []byte) {
	p.w.trace("%s captured %d", p.w.graph.TaskName(p.id), epoch)
	p.pending, p.captured = slices.Clone(snapshot), epoch
}

// Running checks that the replay has repeated all that had left.
func (p *place) Running() {
	p.running++
	if p.running > 1 {
		p.w.fault("%s runs twice", p.w.graph.TaskName(p.id))
	}
	for o, c := range p.w.graph.Outputs(p.id) {
		if p.sent[o] != len(p.w.sent[c]) {
			p.w.fault("%s runs, having built %d of %d buffers again", p.w.graph.ChannelName(c), p.sent[o], len(p.w.sent[c]))
		}
	}
	if p.incarnation > 0 {
		if p.task.aligned() {
			p.w.seen.aligned++
		}
		p.w.trace("%s running", p.w.graph.TaskName(p.id))
	}
}

func (p *place) Diverged(invariant, what string) { p.w.fault("%s %s", invariant, what) }
