package scenarios

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
)

// Burst draws a pipeline of any size, how its buffers are cut and how long
// anything takes, and so many failures within one epoch, from a number: the
// first is anywhere in the second epoch, the others follow on its heels, at
// one instant with the one before, or when a protocol takes a step. The same
// number gives both variants the same pipeline and the same failures.
func Burst(number uint64, failures int, variant string) (*Scenario, error) {
	r := rand.New(rand.NewPCG(number, uint64(failures)))
	stages, every := 1+r.IntN(3), 80+r.IntN(120)
	parallel := [...]int{1 + r.IntN(2), 1 + r.IntN(2), 1 + r.IntN(2)}
	var tasks [][]string // per operator
	add := func(operator string, n int) {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("%s/%d", operator, i))
		}
		tasks = append(tasks, names)
	}
	add("ingress", parallel[0])
	for stage := 1; stage <= stages; stage++ {
		add(fmt.Sprintf("count%d", stage), parallel[1])
	}
	add("egress", parallel[2])

	var b strings.Builder
	fmt.Fprintf(&b, "{simrun: 1, name: burst-%d-%d, seed: %d, job: pipeline, pipeline: {stages: %d, keys: 20, window: 20ms}, ", failures, number, number, stages)
	fmt.Fprintf(&b, "parallelism: {ingress: %d, count: %d, egress: %d}, time: {horizon: %dms, warmup: 0s, drain: 10s}, ", parallel[0], parallel[1], parallel[2], 3*every)
	fmt.Fprintf(&b, "cluster: {standbys: %d, start: 20ms, detector: {heartbeat: 20ms, timeout: 80ms, disconnect: %dms}}, ", r.IntN(3), 1+r.IntN(10))
	fmt.Fprintf(&b, "network: {latency: {uniform: {min: 200us, max: %dms}}, credits: %d, buffer: {bytes: %dB, timeout: %dus}}, ", 1+r.IntN(8), []int{2, 10}[r.IntN(2)], []int{64, 200, 1000, 32 << 10}[r.IntN(4)], 200+r.IntN(6000))
	fmt.Fprintf(&b, "checkpoint: {every: %dms, backoff: {multiplier: 0, base: 0s}, store: {latency: {lognormal: {p50: 2ms, p99: %dms}}}}, ", every, []int{9, 60}[r.IntN(2)])
	fmt.Fprintf(&b, "recovery: {variant: %s, replies: transactional}, workload: {arrivals: {open: %d/s}, operations: 80, retry: {timeout: %dms, max: unlimited}}, ",
		variant, 300+r.IntN(500), 400+r.IntN(1600))
	fmt.Fprintf(&b, "faults: [%s]}", strings.Join(burstFaults(r, tasks, every, failures), ", "))
	return Parse("burst", []byte(b.String()), nil)
}

// burstFaults are crashes as a file writes them. Every second one strikes next
// to the one before: of the operator before or behind it.
func burstFaults(r *rand.Rand, tasks [][]string, every, failures int) []string {
	verbs := [...]string{"detect", "recovering", "restore", "collect", "replay", "connect", "running", "snapshot"}
	var list []string
	at, operator := every*1000+r.IntN(every*750), r.IntN(len(tasks))
	for i := range failures {
		switch r.IntN(4) {
		case 0, 1:
			operator = r.IntN(len(tasks))
		case 2:
			operator = max(0, operator-1)
		default:
			operator = min(len(tasks)-1, operator+1)
		}
		victim, when := tasks[operator][r.IntN(len(tasks[operator]))], fmt.Sprintf("at: %dus", at)
		if i > 0 && r.IntN(2) == 0 {
			when = fmt.Sprintf("after: {trace: %s, count: %d}", verbs[r.IntN(len(verbs))], 1+r.IntN(2))
		}
		list = append(list, fmt.Sprintf("{%s, crash: %s}", when, victim))
		if r.IntN(4) > 0 {
			at += r.IntN(9000)
		}
	}
	return list
}

// PlayBursts plays the bursts 1 to n of each number of failures under both
// variants, on so many workers at a time.
func PlayBursts(ctx context.Context, run Runner, workers, n int) ([]BurstRow, error) {
	rows := make([]BurstRow, BurstFailures)
	outcomes := make([]BurstOutcome, BurstFailures*n*len(VariantNames))
	var first error
	var mutex sync.Mutex
	Each(ctx, workers, len(outcomes), func(i int) {
		failures, number, variant := 1+i/(n*len(VariantNames)), uint64(1+i/len(VariantNames)%n), VariantNames[i%len(VariantNames)]
		var err error
		outcomes[i], err = PlayBurst(ctx, run, number, failures, variant)
		if err != nil {
			mutex.Lock()
			defer mutex.Unlock()
			first = err
		}
	})
	if first == nil {
		first = ctx.Err()
	}
	for i, o := range outcomes {
		row, variant := &rows[i/(n*len(VariantNames))], i%len(VariantNames)
		row.Failures, row.Bursts = 1+i/(n*len(VariantNames)), n
		row.Struck[variant] += o.Struck
		if o.Survived {
			row.Survived[variant]++
		} else {
			row.Lost[variant] = append(row.Lost[variant], uint64(1+i/len(VariantNames)%n))
		}
	}
	return rows, first
}

// BurstOutcome is what came of a burst.
type BurstOutcome struct {
	Struck   int // failures that hit something
	Survived bool
}

// PlayBurst plays a burst under a variant.
func PlayBurst(ctx context.Context, run Runner, number uint64, failures int, variant string) (BurstOutcome, error) {
	s, err := Burst(number, failures, variant)
	if err != nil {
		return BurstOutcome{}, err
	}
	r, err := run(s, Options{Context: ctx})
	if err != nil {
		return BurstOutcome{}, err
	}
	return BurstOutcome{Struck: failures - len(r.Unstruck), Survived: survived(&r)}, nil
}
