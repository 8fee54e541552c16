package scenarios

import (
	"cmp"
	"slices"
)

// Bunches puts runs together that leave one trunk, at most so many, in the order
// in which they leave it. Runs that leave none are alone. Which gives the places
// of the runs to do in the list of points.
func Bunches(points []Point, which []int, most int) [][]int {
	var bunches [][]int
	var leave []int
	for _, i := range which {
		if points[i].branches() {
			leave = append(leave, i)
		} else {
			bunches = append(bunches, []int{i})
		}
	}
	slices.SortFunc(leave, func(i, j int) int {
		a, b := &points[i], &points[j]
		return cmp.Or(cmp.Compare(a.Variant, b.Variant), cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.First.step, b.First.step), i-j)
	})
	for len(leave) > 0 {
		first, n := &points[leave[0]], 1
		for n < len(leave) && n < most && points[leave[n]].Variant == first.Variant && points[leave[n]].Seed == first.Seed {
			n++
		}
		bunches = append(bunches, leave[:n])
		leave = leave[n:]
	}
	return bunches
}

// RunBunch runs a bunch of runs that leave one trunk, one after the other, and
// hands each to done, until that says that it is enough. A result is good until
// done returns, and is what RunWith gives for the scenario of the point.
func (s *Sweep) RunBunch(points []Point, bunch []int, o Options, done func(i int, r Result, err error) (more bool)) {
	trunk, broken := s.newTrunk(&points[bunch[0]], o)
	if broken == nil {
		defer trunk.close()
	}
	for _, i := range bunch {
		r, err := Result{}, broken
		if broken == nil {
			r, err = trunk.branch(&points[i])
		}
		if !done(i, r, err) {
			return
		}
	}
}
