package cluster

import (
	"errors"
	"fmt"

	"simrun/check"
	"simrun/dataflow"
	"simrun/pipeline"
)

// counters is the job pipeline. To its judges each counter is an item, and an
// operation one restock by 1 of each counter that it passes: at every stage of
// its key's, then of the task's total. They are linearizable as long as each
// counter is, so each restock has a client of its own and stands alone.
type counters struct {
	run     *Run
	cfg     *pipeline.Config
	history check.History // of each operation an entry per counter
	places  places        // of operations at stages: operation * stages + stage - 1
	keys    []int32       // per operation
	found   *pipeline.Audit
	cut     countersCut

	encoded []byte // scratch from here on
	reply   pipeline.Reply
}

func newCounters(r *Run) *counters {
	cfg := r.cfg.Pipeline
	c := &counters{run: r, cfg: cfg, places: newPlaces(r.cfg.Workload.Operations * cfg.Stages)}
	h := &c.history
	for stage := 1; stage <= cfg.Stages; stage++ {
		for key := range cfg.Keys {
			h.ItemNames = append(h.ItemNames, fmt.Sprintf("%s.k%d", pipeline.StageName(stage), key))
		}
		for task := range cfg.Counts {
			h.ItemNames = append(h.ItemNames, fmt.Sprintf("%s/%d", pipeline.StageName(stage), task))
		}
	}
	h.Stock, h.Price = make([]int64, len(h.ItemNames)), make([]int64, len(h.ItemNames))
	expected := min(r.cfg.Workload.Operations, 1<<20)
	c.keys = make([]int32, 0, expected)
	h.Ops = make([]check.Op, 0, c.perOperation()*expected)
	h.After = make([]check.Seen, 0, c.perOperation()*expected)
	return c
}

// perOperation is the number of counters that an operation passes.
func (c *counters) perOperation() int { return 2 * c.cfg.Stages }

// perStage is the number of counters of a stage.
func (c *counters) perStage() int32 { return c.cfg.Keys + int32(c.cfg.Counts) }

// items are the two counters of a stage that a key passes.
func (c *counters) items(stage int, key int32) (ofKey, ofTask int32) {
	base := int32(stage-1) * c.perStage()
	return base + key, base + c.cfg.Keys + int32(c.cfg.Task(stage, key))
}

func (c *counters) operator(operator, index int) dataflow.Operator {
	return pipeline.New(c.cfg, operator, index)
}

func (*counters) ask(p *process, _ uint64)      { panic(p.name() + " of a pipeline asks the outside world") }
func (*counters) answered(p *process, _ uint32) { panic(p.name() + " of a pipeline is answered") }

func (c *counters) issue(n uint32, client int32) {
	keys := c.run.clients.draw(purposeKeys)
	key := int32(keys.Uint64n(uint64(c.cfg.Keys)))
	c.keys = append(c.keys, key)
	op := check.Op{Kind: check.AddStock, Amount: 1, Call: int64(c.run.kernel.Now()), Return: check.Pending, Outcome: check.Unknown,
		Client: client * int32(c.perOperation())}
	for stage := 1; stage <= c.cfg.Stages; stage++ {
		ofKey, ofTask := c.items(stage, key)
		for _, op.Item = range [...]int32{ofKey, ofTask} {
			c.history.Append(op, nil, nil)
			op.Client++
		}
	}
}

func (c *counters) partition(n uint32) int { return int(n) % c.cfg.Ingresses }

func (c *counters) request(n uint32) []byte {
	c.encoded = pipeline.AppendRequest(c.encoded[:0], pipeline.Request{Op: n, Key: c.keys[n]})
	return c.encoded
}

var errStages = errors.New("not of this pipeline: a reply of other stages")

func (c *counters) operation(reply []byte) (uint32, error) {
	err := pipeline.DecodeReply(reply, &c.reply)
	if err == nil && len(c.reply.Stages) != c.cfg.Stages {
		err = errStages
	}
	return c.reply.Op, err
}

func (c *counters) leaves(reply []byte) (uint32, error) { return c.operation(reply) }

// told: a counter that begins at 0 and rises by 1 is its own version.
func (c *counters) told(n uint32, reply []byte) (paid bool) {
	if _, err := c.operation(reply); err != nil {
		panic(fmt.Sprintf("a visible reply to operation %d cannot be read: %v", n, err))
	}
	h, at := &c.history, c.entry(n)
	for _, seen := range c.reply.Stages {
		for _, count := range [...]uint32{seen.Count, seen.Total} {
			op := &h.Ops[at]
			op.Return, op.Outcome = int64(c.run.kernel.Now()), check.OutcomeOK
			op.AfterFrom = int32(len(h.After))
			h.After = append(h.After, check.Seen{Key: check.ItemKey(op.Item), Value: int64(count), Version: int64(count)})
			op.AfterTo = int32(len(h.After))
			at++
		}
	}
	return false
}

func (*counters) describe(edge string, record []byte) string { return pipeline.Describe(edge, record) }

func (*counters) about(_ string, record []byte) (uint32, bool) { return pipeline.Operation(record) }
