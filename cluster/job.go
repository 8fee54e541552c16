package cluster

import (
	"slices"

	"simrun/check"
	"simrun/checkout"
	"simrun/dataflow"
	"simrun/pipeline"
	"simrun/recovery"
)

// job is what a run runs, as the rest of the cluster meets it: the code of its
// tasks, what clients ask and are told, and what judges want to know. Nothing
// else in this package knows what a record means. Operations are numbered from
// 0 in the order in which they are issued.
type job interface {
	// operator makes the code of a task, in its initial state.
	operator(operator, index int) dataflow.Operator
	// ask makes an external call for a task; answered is the event of its answer.
	ask(p *process, key uint64)
	answered(p *process, slot uint32)

	// issue draws an operation, which a client calls now, and enters it into the history.
	issue(n uint32, client int32)
	// partition is the number of the source whose partition takes an operation's requests.
	partition(n uint32) int
	// request encodes an operation's request. The bytes are valid until the next call.
	request(n uint32) []byte

	// operation tells whom a reply answers. An error is a record that is no reply.
	operation(reply []byte) (n uint32, err error)
	// leaves is operation for a reply that becomes visible now: whatever it brings about outside happens.
	leaves(reply []byte) (n uint32, err error)
	// told enters into the history what an operation's client is told now, and says whether that is a paid checkout.
	told(n uint32, reply []byte) (paid bool)

	// describe says in words what a record tells, on an edge ("order>stock", "broker>ingress" for requests,
	// "egress>broker" for replies); about says which operation it is about.
	describe(edge string, record []byte) string
	about(edge string, record []byte) (n uint32, ok bool)

	// tally gives what a task's code has come to since it was made.
	tally(operator dataflow.Operator, reached *recovery.Reached)
	// place takes what operators say by Context.Place: something was decided now.
	place(what uint32)
	// placed tells which operation that is about.
	placed(what uint32) uint32
	// entry is where an operation stands in the history, the first of its entries if it has several.
	entry(n uint32) int32
	// audit reads the state of all tasks, [operator][index], when nothing moves any more.
	audit(tasks [][]dataflow.Operator) (any, error)
	// unfinished says what the audited state shows to be still going on; empty: nothing.
	unfinished() string
	// beginCut, readPart and judgeCut read a completed checkpoint part by part and judge the state in it: they tell
	// how much was looked at, and what is wrong.
	beginCut()
	readPart(operator, index int, part *dataflow.Part) error
	judgeCut() (looked int64, wrong string)
	// evidence is the history, and what was decided, audited and left the system.
	evidence() *check.Evidence
}

var (
	_ job = (*shop)(nil)
	_ job = (*counters)(nil)
)

// Graph is the dataflow of the configured job. An error is a job that cannot be.
func (c *Config) Graph() (*dataflow.Graph, error) {
	if c.Pipeline != nil {
		return pipeline.Graph(*c.Pipeline)
	}
	return checkout.Graph(c.Shop)
}

func newJob(r *Run) job {
	if r.cfg.Pipeline != nil {
		return newCounters(r)
	}
	return newShop(r)
}

// places are the instants at which things were decided, as ranks. A later place
// replaces an earlier one: that belongs to an execution which was rolled back.
type places struct {
	rank []uint64 // 0: not decided
	last uint64
}

func newPlaces(things int) places { return places{rank: make([]uint64, things)} }

func (p *places) note(what uint32) {
	if int(what) < len(p.rank) {
		p.last++
		p.rank[what] = p.last
	}
}

// order lists what was decided, by its place.
func (p *places) order() []int32 {
	type placed struct {
		rank uint64
		what int32
	}
	var list []placed
	for what, rank := range p.rank {
		if rank != 0 {
			list = append(list, placed{rank, int32(what)})
		}
	}
	// total order: ranks are unique
	slices.SortFunc(list, func(a, b placed) int {
		if a.rank < b.rank {
			return -1
		}
		return 1
	})
	order := make([]int32, len(list))
	for i, p := range list {
		order[i] = p.what
	}
	return order
}
