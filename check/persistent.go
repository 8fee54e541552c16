package check

import "slices"

// version is one state of a shop as Porcupine needs it: a value that a step
// leaves unchanged. All versions share one State, which holds the newest
// version visited; every other version is the changes that lead to it from its
// neighbour on the way there (Baker's persistent arrays, 1991). A step from the
// newest version costs what it changes, and going back undoes. One goroutine at
// a time may use a family of versions.
type version struct {
	shop    *shop
	toward  *version // the neighbour on the way to the newest version; nil: this is it
	changes []change // what turns toward's cells into this version's
	chosen  uint64   // which of the first 64 unknown operations took effect
}

// shop is what the versions of one history share.
type shop struct {
	state   *State
	journal []change
	clients int   // the first of one more cell per client: its last operation in the order, plus 1
	left    int64 // steps that may still be taken
	spent   bool  // a step was refused for want of budget

	path     []*version // of visit
	versions []version  // memory of versions to come, and of their changes
	changes  []change
}

// versionsAtOnce is how many versions get their memory in one piece.
const versionsAtOnce = 256

func (s *shop) version(chosen uint64) *version {
	if len(s.versions) == 0 {
		s.versions = make([]version, versionsAtOnce)
	}
	v := &s.versions[0]
	s.versions = s.versions[1:]
	v.shop, v.chosen = s, chosen
	return v
}

// room gives memory for n changes.
func (s *shop) room(n int) []change {
	if len(s.changes) < n {
		s.changes = make([]change, max(n, 8*versionsAtOnce))
	}
	room := s.changes[:n:n]
	s.changes = s.changes[n:]
	return room
}

func newShop(state *State) *shop {
	s := &shop{state: state, clients: 2*state.h.slots() + state.h.orders()}
	state.cells = append(state.cells, make([]int64, state.h.clients())...)
	state.journal = &s.journal
	return s
}

// restart makes the state as it is now the first of a new family of versions,
// with so many steps to spend.
func (s *shop) restart(steps int64) *version {
	s.left, s.spent = steps, false
	return &version{shop: s}
}

// visit makes v the newest version.
func (v *version) visit() {
	if v.toward == nil {
		return
	}
	path := append(v.shop.path[:0], v)
	for n := v.toward; n != nil; n = n.toward {
		path = append(path, n)
	}
	for n := len(path) - 2; n >= 0; n-- { // from the newest to v
		from, to := path[n+1], path[n]
		v.shop.swap(to.changes)
		from.toward, from.changes = to, to.changes
		to.toward, to.changes = nil, nil
	}
	v.shop.path = path
}

// swap writes changes and turns them into those that take them back.
func (s *shop) swap(changes []change) {
	for n := range changes {
		c := &changes[n]
		c.old, s.state.cells[c.cell] = s.state.cells[c.cell], c.old
	}
	slices.Reverse(changes)
}

// step takes operation i as one step from v, if that is legal.
func (v *version) step(i int32, as Outcome) (*version, bool) {
	s := v.shop
	v.visit()
	s.journal = s.journal[:0]
	op := &s.state.h.Ops[i]
	if m := s.state.Apply(op, as); m.Rule != Legal {
		s.state.undo(0)
		return nil, false
	}
	s.state.set(s.clients+int(op.Client), int64(i)+1)
	next := s.version(v.chosen)
	v.toward, v.changes = next, s.room(len(s.journal))
	for n, c := range s.journal { // newest change first
		v.changes[len(s.journal)-1-n] = c
	}
	return next, true
}

// last is the last operation of a client in the order, or -1.
func (v *version) last(client int32) int32 {
	v.visit()
	return int32(v.shop.state.cells[v.shop.clients+int(client)]) - 1
}

// spend counts a step; false: there are none left.
func (s *shop) spend() bool {
	if s.left--; s.left < 0 {
		s.spent = true
	}
	return !s.spent
}
