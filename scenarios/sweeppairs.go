package scenarios

import (
	"cmp"
	"slices"
	"sort"

	"simrun/cluster"
	"simrun/sim"
)

// pairs chooses two crashes of one epoch: the second at a later moment of the
// run without faults, or with the first, or during its recovery. What all those
// would be is numbered, and of each range of numbers one is drawn.
type pairs struct {
	moments []cluster.Moment
	list    []candidate // in the order of time
	tasks   []Target
	verbs   []string // of a recovery
	seed    uint64
}

// recoveryVerbs are told of a task that is brought back, about in this order.
// Only who has causal logs collects and replays them.
func recoveryVerbs(protocol string) []string {
	if protocol != "clonos" {
		return []string{"detect", "activate", "recovering", "restore", "connect", "running"}
	}
	return []string{"detect", "activate", "recovering", "restore", "collect", "connect", "replay", "running"}
}

const purposePairs sim.Purpose = 1<<16 + 1

// points gives at most n pairs: half of them at later moments, three in eight
// during the recovery, one in eight at once.
func (p pairs) points(one Point, n int) []Point {
	epochs := p.epochs()
	others, kinds := int64(len(p.tasks)-1), int64(len(p.verbs)*len(p.tasks))
	allLater := int64(0)
	for _, e := range epochs {
		allLater += e.pairs()
	}
	allWith, allDuring := int64(len(p.list))*others, int64(len(p.list))*kinds
	left := int64(n)
	take := func(all, wanted int64) int64 {
		got := min(all, wanted)
		left -= got
		return got
	}
	nWith := take(allWith, left/8)
	nDuring := take(allDuring, left*3/7)
	nLater := take(allLater, left)
	nDuring += take(allDuring-nDuring, left)

	draw := sim.NewStream(p.seed, 0, 0, purposePairs)
	var points []Point
	add := func(first candidate, second *Crash) {
		if second == nil {
			return
		}
		crash, q := crashAt(&p.moments[first.moment], first.victim), one
		q.First, q.Second = &crash, second
		points = append(points, q)
	}
	for _, i := range drawn(&draw, allLater, nLater) {
		e := sort.Search(len(epochs), func(e int) bool { return epochs[e].before > i }) - 1
		a, b := epochs[e].pair(i - epochs[e].before)
		add(p.list[a], p.later(p.list[a], p.list[b]))
	}
	for _, i := range drawn(&draw, allWith, nWith) {
		first := p.list[i/others]
		add(first, p.joined(first, int(i%others)))
	}
	for _, i := range drawn(&draw, allDuring, nDuring) {
		first, kind := p.list[i/kinds], int(i%kinds)
		add(first, during(first, p.verbs[kind/len(p.tasks)], p.tasks[kind%len(p.tasks)]))
	}
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.First.At, b.First.At) })
	return points
}

// drawn gives n numbers below all: one of each of n ranges of equal size, in
// ascending order.
func drawn(draw *sim.Stream, all, n int64) []int64 {
	numbers := make([]int64, n)
	for i := range numbers {
		from, to := all/n*int64(i)+all%n*int64(i)/n, all/n*int64(i+1)+all%n*int64(i+1)/n
		numbers[i] = from + int64(draw.Uint64n(uint64(to-from)))
	}
	return numbers
}

// later is the second crash at a later moment. If that is a verb's, it counts
// from the first crash on.
func (p pairs) later(first, second candidate) *Crash {
	m := p.moments[second.moment]
	if first.moment == second.moment {
		return nil // two victims of the manager's: joined has them
	}
	if m.Verb != "" {
		m.Count = 0
		for i := first.moment + 1; i <= second.moment; i++ {
			if o := &p.moments[i]; o.Verb == m.Verb && o.Task == m.Task {
				m.Count++
			}
		}
	}
	crash := crashAt(&m, second.victim)
	return &crash
}

// joined is a second crash of the number'th other task at the same instant.
func (p pairs) joined(first candidate, number int) *Crash {
	if own := slices.Index(p.tasks, first.victim); number >= own {
		number++
	}
	return &Crash{Victim: p.tasks[number], At: p.moments[first.moment].At, Joined: true}
}

// during is a second crash at a step of the first one's recovery; nil if it
// would kill the first victim before it is back.
func during(first candidate, verb string, victim Target) *Crash {
	if verb == "detect" && victim == first.victim {
		return nil
	}
	task := first.victim
	return &Crash{Victim: victim, At: -1, When: After{Task: &task, Trace: verb, Count: 1}}
}

// epoch is a stretch of the list with one last checkpoint.
type epoch struct {
	from, to int
	before   int64 // pairs of the epochs before it
}

func (e epoch) pairs() int64 { k := int64(e.to - e.from); return k * (k - 1) / 2 }

func (p pairs) epochs() []epoch {
	var list []epoch
	for i, c := range p.list {
		if i == 0 || p.moments[c.moment].Checkpoint != p.moments[p.list[i-1].moment].Checkpoint {
			e := epoch{from: i}
			if len(list) > 0 {
				e.before = list[len(list)-1].before + list[len(list)-1].pairs()
			}
			list = append(list, e)
		}
		list[len(list)-1].to = i + 1
	}
	return list
}

// pair is number n of the pairs of an epoch: all whose first is its first, then
// all whose first is its second, and so on.
func (e epoch) pair(n int64) (a, b int) {
	k := int64(e.to - e.from)
	upTo := func(rows int64) int64 { return rows * (2*k - rows - 1) / 2 } // pairs of so many firsts
	row := int64(sort.Search(int(k), func(i int) bool { return upTo(int64(i)+1) > n }))
	return e.from + int(row), e.from + int(row+1+n-upTo(row))
}
