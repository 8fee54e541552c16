package check

import "fmt"

// JudgeVersions judges a history whose replies tell versions, without any
// claimed order (after Kingsbury and Alvaro, Elle, VLDB 2020, with version
// counters in place of appended lists). The versions of a key say who came
// after whom; together with real time and the order of each client that is a
// graph. What contradicts itself, or has a cycle, is Violated. Otherwise a
// topological order is replayed as a witness, and Ok means that it was
// accepted.
//
// If every reply tells all that its place depends on, that is complete. It
// answers Undecided if replies leave too much open, or if too many operations
// of unknown outcome could have made the versions that nobody was told of.
// Linear in the history, for each way of attributing those.
func JudgeVersions(h *History) Finding {
	v := versionsJudge{h: h}
	f := Finding{Name: "linearizable", LookedAt: int64(len(h.Ops))}
	if f.Verdict, f.Detail = v.judge(); f.Verdict == Violated {
		about := v.t.accused
		if f.Detail == v.culprit {
			about = v.accused
		}
		b := &blamer{finding: &f}
		b.accuse(about, "%s", f.Detail)
	}
	return f
}

// attributionSteps bounds the operations replayed for different attributions of
// missing versions; 8 attributions are always tried.
const attributionSteps = 20_000_000

// attributionLooks bounds how often an unknown operation is looked at for a
// missing version: most attributions end where no operation is left.
const attributionLooks = 4_000_000

// versionsJudge holds what the attributions of missing versions share.
type versionsJudge struct {
	h       *History
	t       *versionTable
	fate    []Outcome // per operation, for precedence
	pending []int32   // unknown operations that may have taken effect
	owner   []int32   // per row, the attribution being tried
	leaves  int       // attributions that may still be tried
	looks   int       // operations that may still be looked at for them
	culprit string    // why the first attribution failed
	accused About     // what that is about
	open    bool      // some attribution failed without proof
	order   []int32   // the accepted order
}

func (v *versionsJudge) judge() (Verdict, string) {
	h := v.h
	if len(h.After) == 0 {
		return Undecided, "the replies tell no versions"
	}
	var text string
	if v.t, text = newVersionTable(h); text != "" {
		return Violated, text
	}
	if text = v.t.values(v.t.owner); text != "" {
		return Violated, text
	}
	v.t.times()
	if text = v.t.claims(); text != "" {
		return Violated, text
	}
	v.owner = append([]int32(nil), v.t.owner...)
	v.unknowns()
	if len(v.t.missing) == 0 {
		return v.conclude(v.try())
	}
	// Whoever made the missing versions, they were made in between.
	p := newPrecedence(v.t, v.t.owner, nil)
	if _, cycle := p.sort(); cycle != nil {
		return Violated, p.words(cycle)
	}
	if v.t.loose > 0 {
		return Undecided, fmt.Sprintf("%d replies do not tell all versions that they depend on", v.t.loose)
	}
	v.leaves = min(max(attributionSteps/(len(h.Ops)+1), 8), 4096)
	for n := range v.t.missing {
		if !v.makeable(n) {
			return Violated, v.culprit
		}
	}
	v.looks = attributionLooks
	return v.conclude(v.attribute(0))
}

// unknowns finds the unknown operations that count and settles the fate of the
// checkouts among them of which find_order tells.
func (v *versionsJudge) unknowns() {
	book := newOrderBook(v.h)
	for i := range v.h.Ops {
		op := &v.h.Ops[i]
		if op.Return != Pending {
			continue
		}
		if v.fate == nil {
			v.fate = make([]Outcome, len(v.h.Ops))
			for n := range v.fate {
				v.fate[n] = Unknown
			}
		}
		switch op.Kind {
		case Checkout:
			v.fate[i] = book.fate(op.Order)
			if v.fate[i] != Declined {
				v.pending = append(v.pending, int32(i))
			}
		case AddStock, AddCredit:
			v.pending = append(v.pending, int32(i))
		}
	}
}

// makeable says whether any unknown operation may own the n-th missing row, if
// the others are left to whoever. If not, that is proof.
func (v *versionsJudge) makeable(n int) bool {
	for _, i := range v.pending {
		if v.couldMake(i, n) {
			return true
		}
	}
	v.nobody(n)
	return false
}

func (v *versionsJudge) nobody(n int) {
	k, version := v.t.keyOf(v.t.missing[n])
	v.blame(v.t.accuse("version_unmade", k, v.t.tellers(v.t.missing[n]), "version %d of %s was told or passed, but no operation made it", version, v.h.keyName(k)))
}

// attribute gives the missing rows from the n-th on to unknown operations, in
// every way, until one is accepted or no more may be tried.
func (v *versionsJudge) attribute(n int) bool {
	if n == len(v.t.missing) {
		v.leaves--
		return v.try()
	}
	row := v.t.missing[n]
	found := false
	for _, i := range v.pending {
		if v.looks--; v.leaves <= 0 || v.looks <= 0 {
			v.open = true
			return false
		}
		if !v.couldMake(i, n) {
			continue
		}
		found = true
		fate := v.fate[i]
		v.owner[row] = i
		if v.fate[i] = OutcomeOK; v.h.Ops[i].Kind == Checkout {
			v.fate[i] = Paid
		}
		if v.attribute(n + 1) {
			return true
		}
		v.owner[row], v.fate[i] = -1, fate
	}
	if !found {
		v.nobody(n)
	}
	return false
}

// couldMake tells whether unknown operation i may own the n-th missing row: it
// changes the key, was called in time, owns no other version of it, and if the
// values before and after are told it makes the difference.
func (v *versionsJudge) couldMake(i int32, n int) bool {
	t, h := v.t, v.h
	row := t.missing[n]
	k, version := t.keyOf(row)
	if !h.affects(i, k) || h.Ops[i].Call > t.dueBy[row] {
		return false
	}
	for m := n - 1; m >= 0 && t.missing[m] > row-version; m-- {
		if v.owner[t.missing[m]] == i {
			return false
		}
	}
	before, known := t.value[row-1], t.teller[row-1] >= 0
	if version == 1 {
		before, known = t.initial(h.slot(k)), true
	}
	return !known || t.teller[row] < 0 || t.value[row]-before == h.delta(i, k)
}

// try builds the order that the attribution gives and replays it.
func (v *versionsJudge) try() bool {
	if text := v.t.values(v.owner); text != "" {
		v.blame(text)
		return false
	}
	p := newPrecedence(v.t, v.owner, v.fate)
	nodes, cycle := p.sort()
	if cycle != nil {
		v.blame(p.words(cycle))
		return false
	}
	order := nodes[:0]
	for _, n := range nodes {
		if int(n) >= len(v.h.Ops) || !p.stays(n) {
			continue
		}
		if v.h.Ops[n].Return == Pending && v.fate[n] == Declined {
			n = ^n
		}
		order = append(order, n)
	}
	if c := replayWitness(v.h, order); c.Rule != fits {
		v.t.accused = c.about()
		v.blame(c.words(v.h, order))
		v.open = true
		return false
	}
	v.order = order
	return true
}

// blame keeps the first reason.
func (v *versionsJudge) blame(text string) {
	if v.culprit == "" {
		v.culprit, v.accused = text, v.t.accused
	}
}

// conclude turns the outcome of the attributions into a verdict.
func (v *versionsJudge) conclude(accepted bool) (Verdict, string) {
	switch {
	case accepted:
		return Ok, ""
	case v.open && v.t.loose > 0:
		return Undecided, fmt.Sprintf("%d replies do not tell all versions that they depend on; in the order tried, %s", v.t.loose, v.culprit)
	case v.open:
		return Undecided, "unknown operations leave too much open; in the order tried first, " + v.culprit
	}
	return Violated, v.culprit
}
