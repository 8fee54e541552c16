package cluster

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"simrun/recovery"
)

const invariantsTable = "../docs/invariants.md"

// invariant is one of the catalogue: either it is looked at here, and something
// makes it fire, or it is not, and why says why.
type invariant struct {
	number int
	holds  string // what must hold
	where  string // where it is looked at
	why    string // why no monitor looks at it
	// fires: the mistake whose run, kept in testdata, makes it fire; or a
	// configuration of its own that does.
	fires string
	by    func() (whole, broken Config)
	left  string // the switch of that configuration
}

var invariants = []invariant{
	{number: 1, holds: "whatever a state depends on of another task's log, it holds", where: "a buffer is taken (`recovery/inbound.go`, depend)", fires: "c12"},
	{number: 2, holds: "a buffer's BufferBuilt is held before the buffer has an effect; a delta leaves no gap", where: "a buffer is taken; a delta is merged (cutHeld, merge)", fires: "13"},
	{number: 3, holds: "nothing is dropped that a recovery may ask for", where: "truncation; a position is told; a buffer is due (`recovery/monitors.go`, `outbound.go`)", fires: "1a"},
	{number: 4, holds: "a replay follows its log; what it builds equals what living receivers have, and as many of it", where: "each followed determinant; each buffer and barrier built again, before or after its receiver attached (`recovery/guard.go`, `ghosts.go`, `dataflow/replay.go`)", fires: "8"},
	{number: 5, holds: "two copies of a log agree; a log is repeated byte for byte", where: "each delta, each answer, each determinant repeated (`recovery/guard.go`, `inbound.go`, `gather.go`)", fires: "18a"},
	{number: 6, holds: "a channel has no gap, no duplicate, no reordering, barriers included", where: "a buffer arrives (positions), is read (counts of records) (`recovery/inbound.go`, `dataflow/record.go`)", fires: "16b"},
	{number: 7, holds: "a completed checkpoint is a consistent cut", where: "completion (`cluster/store.go`, consistent)", fires: "3a"},
	{number: 8, holds: "complete means that every part is durable, and of the present incarnation", where: "completion (`cluster/store.go`)", fires: "c8"},
	{number: 9, holds: "whoever is restored gets its part of the newest complete checkpoint", where: "restore (`cluster/lifecycle.go`)", fires: "2a"},
	{number: 10, holds: "nothing of a replaced incarnation has an effect", where: "a buffer arrives, a message reaches the manager (`recovery/inbound.go`, `manager.go`)", fires: "c10"},
	{number: 11, holds: "one writer for each key range", why: "A key range is a task, and what a replaced incarnation of it writes is fenced: INV-10, and in the store the incarnation that a part is of."},
	{number: 12, holds: "position, state and output become visible together", why: "For protocols that commit each record. Here the position is part of the state, and replies are judged as clients see them."},
	{number: 13, holds: "replies are released after their checkpoint is complete, each epoch once and in order", where: "release, under transactional replies (`cluster/broker.go`)", by: releasedEarly, left: "ReleaseEarly"},
	{number: 14, holds: "clients are answered exactly once, and never two ways", where: "the end: exactly_once and replies_kept (`check`)", fires: "c3"},
	{number: 15, holds: "what a source acknowledges outside is covered by a checkpoint", why: "Sources acknowledge nothing: the broker keeps its partitions, and a source's position is in its checkpoint."},
	{number: 16, holds: "what a recovery may need is not deleted", why: "The store drops parts of older checkpoints only at a completion. A part that is missing at restore is INV-09, one at completion INV-08, logs are INV-03."},
	{number: 17, holds: "barriers and records keep their order", why: "INV-06 has barriers in its positions. There are no watermarks."},
	{number: 18, holds: "armed timers are restored, and fire where they fired", where: "restore; a timer of the log fires (`cluster/lifecycle.go`, `dataflow/replay.go`)", by: forgottenTimers, left: "ForgetTimers"},
	{number: 19, holds: "queries over state are isolated", why: "There are none. Reads are operations of clients, and linearizable judges them."},
	{number: 20, holds: "after the last fault nothing is stuck", where: "the end (`cluster/monitors.go`)", fires: "c1"},
	{number: 21, holds: "a reply leaves with everything that it depends on", where: "a reply arrives at the broker, under determinants replies (`recovery/inbound.go`)", fires: "c13"},
	{number: 22, holds: "a recovery line is consistent and maximal", why: "For uncoordinated checkpoints. A recovery restores the newest complete checkpoint (INV-09), which is a consistent cut (INV-07)."},
	{number: 23, holds: "the same seed gives the same run", why: "Of the simulator, not of a protocol: digests, `--twice` and the lint of simulated code look at it."},
	{number: 24, holds: "no survivor depends on what nobody holds", where: "a task has been brought back; a buffer is taken (`recovery/inbound.go`)", fires: "19a"},
	{number: 25, holds: "a log goes to those alone who can depend on it within the sharing depth, and not beyond its checkpoint", where: "a delta is merged; logs are truncated (`causallog/needed.go`, `recovery/inbound.go`, `checkpoint.go`)", fires: "14b"},
	{number: 26, holds: "the state in a completed checkpoint is that of the operations applied: stock, money and counters add up, each checkout is whole", where: "completion, from the bytes of its parts (`cluster/cutstate.go`, `check/cut.go`)", by: sourceAhead, left: "SourceAhead"},
	{number: 27, holds: "a task that did not fail is not restarted", where: "restart (`cluster/lifecycle.go`)", by: restartedMore, left: "RestartMore"},
}

func releasedEarly() (whole, broken Config) {
	whole = counter(late)
	broken = whole
	broken.Policy.Broken.ReleaseEarly = true
	return whole, broken
}

func restartedMore() (whole, broken Config) {
	whole = counter(clonos)
	whole.Faults = []Fault{crash(150*ms, "stock/0")}
	broken = whole
	broken.Policy.Broken.RestartMore = true
	return whole, broken
}

func forgottenTimers() (whole, broken Config) {
	whole = counter(clonos)
	whole.Faults = []Fault{crash(210*ms, "payment/0")}
	broken = whole
	broken.Policy.Broken.Task.ForgetTimers = true
	return whole, broken
}

// A request that a source's snapshot counts, and that it has not taken, is known
// to nobody in the cut.
func sourceAhead() (whole, broken Config) {
	whole = counter(clonos)
	broken = whole
	broken.Policy.Broken.Task.SourceAhead = true
	return whole, broken
}

func (i *invariant) name() string { return fmt.Sprintf("INV-%02d", i.number) }

// TestEveryMonitorFires: of each invariant of the catalogue there is a monitor
// that fires in a real run in which it has been broken, or a reason why not.
func TestEveryMonitorFires(t *testing.T) {
	kept, fired := keptFindings(t), map[string]bool{}
	mistakes := append(slices.Clone(clonosMistakes), cyclicMistakes...)
	for i := range invariants {
		v := &invariants[i]
		if v.number != i+1 {
			t.Errorf("%s stands at %d", v.name(), i+1)
		}
		if _, monitored := recovery.InvariantNamed(v.name()); monitored != (v.where != "") || monitored == (v.why != "") {
			t.Errorf("%s: there is a monitor: %v; looked at %q, or not: %q", v.name(), monitored, v.where, v.why)
		}
		if i, monitored := recovery.InvariantNamed(v.name()); monitored && i.Rule() != v.holds {
			t.Errorf("%s: the monitor says %q, the catalogue %q", v.name(), i.Rule(), v.holds)
		}
		if v.where == "" {
			continue
		}
		var whole, broken Config
		if v.by != nil {
			whole, broken = v.by()
		} else {
			m, f := slices.IndexFunc(mistakes, func(m mistake) bool { return m.id == v.fires }), slices.IndexFunc(kept, func(f finding) bool { return f.ID == v.fires })
			if m < 0 || f < 0 || kept[f].First == nil {
				t.Errorf("%s: no run of mistake %q is kept", v.name(), v.fires)
				continue
			}
			run := kept[f].Judge
			if run == nil || !slices.Contains(run.Checks, v.name()) && v.number != 14 {
				run = kept[f].First
			}
			whole, broken = mistakes[m].config(t, run.Run, false), mistakes[m].config(t, run.Run, true)
		}
		mustHold(t, v.name()+", whole", whole)
		if _, o := play(t, broken); !violated(o, v.name()) {
			names, _ := complaints(o)
			t.Errorf("%s does not fire; %v do", v.name(), names)
		}
		fired[v.name()] = true
	}
	for i := range recovery.Invariants {
		if !fired[i.String()] {
			t.Errorf("nothing makes %v fire", i)
		}
	}
	table := describeInvariants()
	if rewriting() {
		write(t, invariantsTable, []byte(table))
	} else if text, err := os.ReadFile(invariantsTable); err != nil || string(text) != table {
		t.Errorf("%s does not say what this test does (%v); -rewrite writes it", invariantsTable, err)
	}
}

func violated(o *Outcome, name string) bool {
	names, _ := complaints(o)
	return slices.Contains(names, name)
}

func describeInvariants() string {
	var b strings.Builder
	b.WriteString(`# Invariants

The catalogue of protocol invariants, and which of them monitors look at. Written by ` + "`go test ./cluster -run TestEveryMonitorFires -rewrite`" + `, which
also makes every monitor fire in a run in which a part of the protocol is left out (mistakes are numbered as in [mistakes.md](mistakes.md)); the same run
passes with nothing left out.

| | what must hold | looked at | fires by |
|---|---|---|---|
`)
	for i := range invariants {
		v := &invariants[i]
		where, fires := v.where, "mistake "+v.fires
		switch {
		case v.where == "":
			where, fires = "no: "+v.why, ""
		case v.by != nil:
			fires = v.left
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", v.name(), v.holds, where, fires)
	}
	b.WriteString(`
## Byte for byte

` + "`TestEveryByteCounts`" + ` gets one byte of a recovery wrong and wants to hear of it: of a log that was gathered and is followed, of a log that is
repeated, of a replica, of a buffer that is built again. A followed log is compared with itself, so a byte that was gathered wrong is found by others,
who hold the right one and are told the whole log on each new connection (INV-05), or by what comes of it (INV-04). A replica that the task tells nobody
is compared when it answers a later gather. ` + "`-flips.full`" + ` tries every byte of seven recoveries: 1,041 of logs that are followed, the
same of logs that are repeated, 5,141 of replicas that are told, 2,795 that are kept, 5,782 of buffers, and all are found.
`)
	return b.String()
}
