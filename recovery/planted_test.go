package recovery

import (
	"testing"

	"simrun/dataflow"
)

// planted is a bug: a part of the protocol that is left out. Package museum, which
// knows this one, has them with their sources.
type planted struct {
	name string
	set  func(b *Broken)
	// blind: monitors that the switch itself would trip, whatever came of it.
	// Leaving them out, a run must still end wrong.
	blind []Invariant
	// trips: monitors that must find it in some run.
	trips []Invariant
}

var bugs = append([]planted{
	{"NoDeduplication", func(b *Broken) { b.NoDeduplication = true }, nil, []Invariant{INV06}},
	{"NoFence", func(b *Broken) { b.NoFence = true }, nil, []Invariant{INV10}},
	{"KeepDeadAcks", func(b *Broken) { b.KeepDeadAcks = true }, nil, nil},
	{"TruncateEarly", func(b *Broken) { b.TruncateEarly = true }, []Invariant{INV03}, []Invariant{INV03}},
	{"KeepLogs", func(b *Broken) { b.KeepLogs = true }, []Invariant{INV25}, []Invariant{INV25}},
	{"FirstAnswerOnly", func(b *Broken) { b.FirstAnswerOnly = true }, nil, []Invariant{INV24, INV05}},
	{"DownstreamsOnly", func(b *Broken) { b.DownstreamsOnly = true }, nil, []Invariant{INV05}},
	{"DropEarlyAnswers", func(b *Broken) { b.DropEarlyAnswers = true }, nil, nil},
	{"SinkAcksEarly", func(b *Broken) { b.SinkAcksEarly = true }, nil, []Invariant{INV03}},
	{"NoRelog", func(b *Broken) { b.NoRelog = true }, nil, []Invariant{INV05}},
	{"OwnLogOnly", func(b *Broken) { b.OwnLogOnly = true }, []Invariant{INV21}, []Invariant{INV21}},
	{"ThisEpochOnly", func(b *Broken) { b.ThisEpochOnly = true }, []Invariant{INV01}, []Invariant{INV01}},
	{"ForgetFeedback", func(b *Broken) { b.Task.ForgetFeedback = true }, nil, nil},
	{"InjectFirst", func(b *Broken) { b.Task.InjectFirst = true }, nil, []Invariant{INV04}},
	{"EarlyBarrier", func(b *Broken) { b.Task.EarlyBarrier = true }, nil, nil},
}, withoutKinds()...)

func withoutKinds() (all []planted) {
	for k := range dataflow.Kind(dataflow.Kinds) {
		if k.String() != "NoKind" && k != dataflow.IgnoreCheckpoint { // the published variant's: TestQuirks
			all = append(all, planted{"Without" + k.String(), func(b *Broken) { b.Without[k] = true }, nil, nil})
		}
	}
	return all
}

// Random runs of few failures do not find these: testdata/conversations does.
var rareBugs = []planted{
	{"NoInstall", func(b *Broken) { b.NoInstall = true }, nil, nil},
	{"OwnLogGathered", func(b *Broken) { b.OwnLogGathered = true }, nil, nil},
	{"EarlyAttach", func(b *Broken) { b.EarlyAttach = true }, nil, nil},
	{"MixGenerations", func(b *Broken) { b.MixGenerations = true }, nil, nil},
	{"SinkSendsAgain", func(b *Broken) { b.SinkSendsAgain = true }, nil, nil},
}

func bugNamed(t *testing.T, name string) planted {
	for _, p := range append(bugs, rareBugs...) {
		if p.name == name {
			return p
		}
	}
	t.Fatalf("no planted bug %s", name)
	return planted{}
}
