package causallog

import "simrun/dataflow"

// Gather collects what others hold of all logs. Of each it keeps the longest;
// all copies must be prefixes of one another.
type Gather struct {
	store *Store
	bytes int64
}

// nobody owns the store of a gather: every log may be appended to.
const nobody dataflow.TaskID = -1

// NewGather begins a collection of epochs from one on.
func NewGather(l *Layout, from int32) *Gather {
	return &Gather{store: NewStore(l, nobody, from)}
}

// Add takes one answer. Errors are those of Merge.
func (g *Gather) Add(answer []byte) error {
	g.bytes += int64(len(answer))
	_, err := g.store.Merge(answer, noChannel, nil)
	return err
}

// Bytes is the size of all answers.
func (g *Gather) Bytes() int64 { return g.bytes }

// Reset forgets all answers.
func (g *Gather) Reset() {
	g.store = NewStore(g.store.layout, nobody, g.store.from)
	g.bytes = 0
}

// Install gives a store that holds everything gathered, the owner's own logs
// among it, to be repeated. The gather must not be used after it.
func (g *Gather) Install(owner dataflow.TaskID) *Store {
	s := g.store
	s.owner = owner
	s.tally = Tally{} // of what the gather took in
	g.store = nil
	return s
}
