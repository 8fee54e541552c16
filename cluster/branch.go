package cluster

// Runs that differ in their faults alone are one run until the first of them
// strikes. Who has many of them lets one go that far (Config.Branches, LoopTo),
// gives it the faults of each (Aim), lets it go on to its end, and takes it back
// (package rewind).

// Aim gives the run faults in place of those it has. None of either may have
// struck, and what new ones wait for must not have come: the run is then what it
// would be if it had had them from its start. Faults that strike at an instant
// cannot be given on the way.
func (r *Run) Aim(list []Fault) {
	r.cfg.Faults = list
	events, counts := r.faults.events, r.faults.counts
	r.faults = newFaults(r)
	r.faults.events, r.faults.counts = events, counts
	r.counting = r.moments.on || len(r.faults.event) > 0
	for i := range r.faults.list {
		s := &r.faults.list[i]
		if s.timed() {
			panic("cluster: a fault at an instant is aimed on the way")
		}
		if i == 0 && s.Count > 0 { // the others count from the fault before them on
			s.seen = r.moments.told(s)
		}
	}
}

// told is how often the verb that a fault waits for has been told.
func (m *moments) told(s *faultState) int {
	count := 0
	for party, n := range m.verbs[s.Verb] {
		if s.Task < 0 || m.run.party(s.Task) == party {
			count += n
		}
	}
	return count
}
