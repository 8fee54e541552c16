package sim

import "slices"

// nextRun takes all events of the earliest time out of the queue and permutes them. It reports whether there was one.
func (k *Kernel) nextRun() bool {
	first, ok := k.queue.Pop()
	k.run, k.runHead = k.run[:0], 0
	if !ok {
		return false
	}
	k.run = append(k.run, first)
	for {
		e, ok := k.queue.popAt()
		if !ok {
			break
		}
		k.run = append(k.run, e)
	}
	if len(k.run) > 1 {
		k.shuffle(k.run)
	}
	return true
}

// shuffle permutes a run and then puts the events of each destination, over the places that they hold together, back
// into the order in which they came.
func (k *Kernel) shuffle(run []Event) {
	k.order = ranks(k.order[:0], run)
	k.before = append(k.before[:0], run...)
	for i := len(run) - 1; i > 0; i-- {
		j := k.stream.Uint64n(uint64(i) + 1)
		run[i], run[j] = run[j], run[i]
	}
	k.place = ranks(k.place[:0], run)
	for n := range run {
		run[uint32(k.place[n])] = k.before[uint32(k.order[n])]
	}
}

// ranks appends the indexes of the events in the order of (destination, index), each in the low half of a number.
func ranks(to []uint64, events []Event) []uint64 {
	for i, e := range events {
		to = append(to, uint64(e.Dst)<<32|uint64(i))
	}
	slices.Sort(to)
	return to
}
