package dataflow

import (
	"fmt"
	"slices"
)

// entry is a determinant and the epoch of its owner.
type entry struct {
	epoch int32
	d     Determinant
}

func (e entry) equal(f entry) bool {
	return e.epoch == f.epoch && e.d.Kind == f.d.Kind && e.d.Channel == f.d.Channel && e.d.Count == f.d.Count &&
		e.d.Value == f.d.Value && e.d.Key == f.d.Key && string(e.d.Answer) == string(f.d.Answer)
}

// taskLog is the log of one task: log 0 is the main log, then one of cuts per
// output.
type taskLog [][]entry

// from gives the entries of an epoch and later.
func (l taskLog) from(epoch int32) taskLog {
	c := make(taskLog, len(l))
	for i := range l {
		for _, e := range l[i] {
			if e.epoch >= epoch {
				c[i] = append(c[i], e)
			}
		}
	}
	return c
}

// memory is a guard that logs what it is told in memory. What the world holds
// of the log is what had been logged when the last buffer left (log before
// effect); a new incarnation's memory follows that.
type memory struct {
	without [Kinds]bool
	held    *taskLog // what others hold of the task's log: survives it
	log     taskLog  // what this incarnation logged or repeated, from its first epoch on
	plan    taskLog  // what it follows
	next    []int    // per log: the first entry of plan that was not followed
	mark    []int    // per log: how much of log is held
	epoch   int32
	gone    bool // the replay disagreed and was given up
	fault   func(string)
	told    func(verb string, d *Determinant)
	none    Determinant
}

func newMemory(outputs int, held *taskLog, from int32, without [Kinds]bool, fault func(string)) *memory {
	if *held == nil {
		*held = make(taskLog, outputs+1)
	}
	m := &memory{
		without: without, held: held, log: make(taskLog, outputs+1), plan: held.from(from), next: make([]int, outputs+1),
		epoch: from, fault: fault, none: Determinant{Kind: NoKind},
	}
	for i := range m.plan {
		m.mark = append(m.mark, len(m.plan[i]))
	}
	return m
}

func (m *memory) Logs(kind Kind) bool { return !m.without[kind] }

func (m *memory) Replaying() bool {
	for i := range m.plan {
		if m.next[i] < len(m.plan[i]) {
			return !m.gone
		}
	}
	return false
}

func (m *memory) peek(log int) *Determinant {
	if i := m.next[log]; !m.gone && i < len(m.plan[log]) && m.plan[log][i].epoch == m.epoch {
		return &m.plan[log][i].d
	}
	return &m.none
}

func (m *memory) Peek() *Determinant { return m.peek(0) }

func (m *memory) Later() bool {
	return !m.gone && m.next[0] < len(m.plan[0]) && m.plan[0][m.next[0]].epoch > m.epoch
}

func (m *memory) Replayed(kind Kind) (*Determinant, bool) {
	d := m.Peek()
	if m.without[kind] || d.Kind == NoKind {
		return nil, false
	}
	if d.Kind != kind {
		m.diverge(fmt.Sprintf("replay asks for %v, the log has %v", kind, d.Kind))
		return nil, false
	}
	m.next[0]++
	m.told("repeats", d)
	m.append(0, *d)
	return d, true
}

func (m *memory) Record(d *Determinant) {
	if !m.without[d.Kind] {
		m.told("logs", d)
		m.append(0, *d)
	}
}

func (m *memory) NextCut(output int) (int, bool) {
	d := m.peek(1 + output)
	return int(d.Value), d.Kind == BufferBuilt
}

func (m *memory) Cut(output, bytes int) {
	if m.without[BufferBuilt] {
		return
	}
	if d := m.peek(1 + output); d.Kind == BufferBuilt {
		m.next[1+output]++
		m.told("repeats", d)
	}
	m.append(1+output, Determinant{Kind: BufferBuilt, Value: int64(bytes)})
}

func (m *memory) StartEpoch(epoch int32) {
	for i := range m.plan {
		if n := m.next[i]; !m.gone && n < len(m.plan[i]) && m.plan[i][n].epoch < epoch {
			m.diverge(fmt.Sprintf("epoch %d begins and %v of epoch %d was not followed", epoch, m.plan[i][n].d.Kind, m.plan[i][n].epoch))
		}
	}
	m.epoch = epoch
}

// append logs an entry. In replay it must be the one that is held.
func (m *memory) append(log int, d Determinant) {
	d.Answer = slices.Clone(d.Answer)
	e := entry{m.epoch, d}
	if i := len(m.log[log]); !m.gone && i < len(m.plan[log]) && !m.plan[log][i].equal(e) {
		m.diverge(fmt.Sprintf("entry %d of log %d is %v, and was %v", i, log, e, m.plan[log][i]))
	}
	m.log[log] = append(m.log[log], e)
}

func (m *memory) diverge(what string) {
	m.gone = true
	m.fault(what)
}

// leave is called when a buffer leaves: everything logged goes with it.
func (m *memory) leave() {
	for i := range m.log {
		if n := m.mark[i]; len(m.log[i]) > n && !m.gone {
			(*m.held)[i] = append((*m.held)[i], m.log[i][n:]...)
			m.mark[i] = len(m.log[i])
		}
	}
}
