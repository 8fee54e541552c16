package scenarios

import (
	"cmp"
	"slices"

	"simrun/cluster"
)

// candidate is a moment and a task that may be crashed at it.
type candidate struct {
	moment int // in the list of the run without faults
	victim Target
}

// class is what candidates have in common that are thinned together: one task
// before its events, or at one verb.
type class struct {
	of     string // task whose moment it is; empty: the manager's
	verb   string
	victim Target
}

// candidates lists whom every moment of a run can kill: a task at its own
// moments, every task at the manager's.
func candidates(moments []cluster.Moment, tasks []Target) []candidate {
	byName := map[string]Target{}
	for _, t := range tasks {
		byName[t.String()] = t
	}
	list := make([]candidate, 0, len(moments))
	for i := range moments {
		if name := moments[i].Task; name != "" {
			list = append(list, candidate{i, byName[name]})
			continue
		}
		for _, t := range tasks {
			list = append(list, candidate{i, t})
		}
	}
	return list
}

// classes sorts candidates into classes, which are in the order of their first.
func classes(list []candidate, moments []cluster.Moment) [][]candidate {
	places := map[class]int{}
	var sorted [][]candidate
	for _, c := range list {
		m := &moments[c.moment]
		key := class{m.Task, m.Verb, c.victim}
		at, known := places[key]
		if !known {
			at = len(sorted)
			places[key] = at
			sorted = append(sorted, nil)
		}
		sorted[at] = append(sorted[at], c)
	}
	return sorted
}

// merged puts classes together again, in the order of time.
func merged(sorted [][]candidate) []candidate {
	list := slices.Concat(sorted...)
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.moment, b.moment), cmp.Compare(a.victim.Operator, b.victim.Operator), cmp.Compare(a.victim.Index, b.victim.Index))
	})
	return list
}

// thinned keeps of every class every so-manyth candidate, one at least, and of
// all at most so many (0: all), shared out by the sizes of the classes.
func thinned(list []candidate, moments []cluster.Moment, every, most int) []candidate {
	sorted := classes(list, moments)
	left := 0
	for i := range sorted {
		if every > 1 {
			sorted[i] = Evenly(sorted[i], max(1, (len(sorted[i])+every/2)/every))
		}
		left += len(sorted[i])
	}
	if most > 0 && left > most {
		if len(sorted) > most {
			sorted = Evenly(sorted, most)
		}
		for i, n := range shares(sorted, most) {
			sorted[i] = Evenly(sorted[i], n)
		}
	}
	return merged(sorted)
}

// Evenly keeps n elements of a list, evenly spread over it.
func Evenly[T any](list []T, n int) []T {
	if n >= len(list) {
		return list
	}
	kept := make([]T, n)
	for i := range kept {
		kept[i] = list[(2*i+1)*len(list)/(2*n)]
	}
	return kept
}

// shares divides n among classes by their sizes, one each at least. There are n
// classes at most.
func shares(sorted [][]candidate, n int) []int {
	total := 0
	for _, c := range sorted {
		total += len(c) - 1
	}
	rest := min(n-len(sorted), total)
	given := make([]int, len(sorted))
	before, sum := 0, 0 // so that what rounding takes from one the next gets
	for i, c := range sorted {
		sum += len(c) - 1
		upTo := 0
		if total > 0 {
			upTo = rest * sum / total
		}
		given[i] = 1 + upTo - before
		before = upTo
	}
	return given
}

// share is the part of a bound that falls to one of several, 0 if there is none.
func share(most, number, of int) int {
	return most*(number+1)/of - most*number/of
}

// Points lists what one variant runs under one seed, given the moments of the
// run without faults. Part says which of how many that share the bound on the
// crash runs of the protocol it is, from 0.
func (s *Sweep) Points(variant int, seed uint64, moments []cluster.Moment, part, parts int) []Point {
	one := Point{Variant: variant, Seed: seed}
	switch {
	case s.Numbers.To > 0:
		points := make([]Point, s.Runs())
		for i := range points {
			points[i] = one
			points[i].Number = s.Numbers.From + uint64(i)
		}
		return points
	case !s.Choice.Crashes():
		return []Point{one}
	}
	one.Quiet = true
	points := []Point{one}
	one.Quiet = false
	most := s.Choice.Most
	if s.Choice.Pairs && most == 0 {
		most = PairsMost
	}
	bounded := most > 0
	if most = share(most, part, parts); bounded && most == 0 {
		return points
	}
	of := s.Variants[variant].Scenario
	tasks := of.tasks()
	list := candidates(moments, tasks)
	if s.Choice.Pairs {
		list = thinned(list, moments, s.Choice.Every, 0)
		choice := pairs{moments: moments, list: list, tasks: tasks, verbs: recoveryVerbs(of.Recovery.Protocol), seed: seed}
		return append(points, choice.points(one, most)...)
	}
	for _, c := range thinned(list, moments, s.Choice.Every, most) {
		crash := crashAt(&moments[c.moment], c.victim)
		p := one
		p.First = &crash
		points = append(points, p)
	}
	return points
}
