package causallog

import "simrun/dataflow"

// What a channel may carry is said twice. Layout.close finds it by following the
// logs along the channels, as tasks do; needs says it of one channel and one log
// alone, by distances. Merge goes by needs when it looks for determinants that
// spread further than they have to, so that a mistake in the one shows.

// need finds out for each channel which logs its receiver has to be told.
func (l *Layout) need(depth int) {
	words := (l.Logs() + 63) / 64
	bits := make([]uint64, words*len(l.graph.Channels))
	l.needed = make([][]uint64, len(l.graph.Channels))
	for i := range l.graph.Channels {
		l.needed[i], bits = bits[:words:words], bits[words:]
		for id := range LogID(l.Logs()) {
			if l.needs(&l.graph.Channels[i], id, depth) {
				l.needed[i][id>>6] |= 1 << (id & 63)
			}
		}
	}
}

// needs says whether what comes on a channel can depend on entries of a log, and
// the receiver is near enough to its owner to hold them.
//
// Everything that a task sends depends on its own main log, and on those of all
// from whom a path leads to it. A cut matters to whoever is reached by the task
// that takes the buffer, and to what comes in the buffer itself. A task keeps its
// own logs, nobody has to tell it.
func (l *Layout) needs(c *dataflow.Channel, id LogID, depth int) bool {
	owner, hops := l.owners[id], 1
	if owner != c.From {
		before := l.graph.Distance(owner, c.From)
		if before == 0 {
			return false
		}
		hops += before
	}
	if c.To == l.graph.Broker() { // it is to hold what the sink holds
		hops--
	}
	if depth == 0 || owner == c.To || hops > depth && !l.full {
		return false
	}
	if l.IsMain(id) || l.Channel(id) == c.ID {
		return true
	}
	reader := l.graph.Channels[l.Channel(id)].To
	return reader == c.From || l.graph.Distance(reader, c.From) > 0
}

// neededOn gives a bit per log that has business on a channel; nil: all have,
// where there is no channel.
func (l *Layout) neededOn(c channelID) []uint64 {
	if c == noChannel {
		return nil
	}
	return l.needed[c]
}
