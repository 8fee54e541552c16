package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"simrun/pipeline"
	"simrun/sim"
)

// Fault strikes once. Exactly one of Crash, Pause, Slow, Cut, Lose, Delay and
// Skew is given; For goes with all but the first.
type Fault struct {
	At    sim.Time `key:"at" one:"when" max:"24h" doc:"instant"`    // unless After is given
	After *After   `key:"after" one:"when" doc:"what it waits for"` // nil: it strikes at At
	Crash []Target `key:"crash" one:"what" doc:"a task, standby or machine, or a list: struck at the same instant"`
	Pause *Target  `key:"pause" one:"what" doc:"stops and later goes on"`
	Slow  *Slow    `key:"slow" one:"what" doc:"works more slowly"`
	Cut   *Cut     `key:"cut" one:"what" doc:"delays everything between two targets"`
	Lose  *Lose    `key:"lose" one:"what" doc:"writes to the checkpoint store get lost on their way"`
	Delay *Delay   `key:"delay" one:"what" doc:"writes to the checkpoint store arrive late"`
	Skew  *Skew    `key:"skew" one:"what" doc:"a clock is off, and then right again"`
	For   sim.Time `key:"for" max:"24h" is:"omit" doc:"how long it lasts; a crash lasts"`
}

// After is what a fault waits for: the Records'th record of Task since the start
// of the run, its Events'th event (whatever its process handles: a step, a
// buffer, a timer, an answer, a message; the fault comes first), or the Count'th
// Trace verb (of Task, if given) after the previous fault.
type After struct {
	Task    *Target `key:"task" is:"omit"`
	Records int64   `key:"records" one:"event" min:"1" max:"1000000000000"`
	Events  int64   `key:"events" one:"event" min:"1" max:"1000000000000" doc:"of the task: just before it handles this one"`
	Trace   string  `key:"trace" one:"event" words:"barrier snapshot durable complete truncate detect activate connect restore collect replay recovering running rollback ack publish"`
	Count   int     `key:"count" is:"omit" min:"1" max:"1000000" doc:"which occurrence of the trace verb; default 1"`
}

// Slow multiplies the time that a target's work takes.
type Slow struct {
	Target Target `key:"target"`
	Factor int64  `key:"factor" min:"2" max:"1000000"`
}

// Cut delays bytes, and between machines heartbeats, from From to To.
type Cut struct {
	From Target `key:"from"`
	To   Target `key:"to"`
	Both bool   `key:"both" is:"omit" doc:"the other way too"`
}

// Lose loses every write to the checkpoint store that its writer begins while it
// lasts: the part of a task, of any task of a machine, or the manager's record
// that a checkpoint is complete. The store never has it, and nobody answers.
type Lose struct {
	WritesOf Target `key:"writes_of" doc:"a task, a machine or the manager"`
}

// Delay lets every write that its writer begins while it lasts arrive late. It
// has left its machine: that its writer dies meanwhile does not stop it.
type Delay struct {
	WritesOf Target   `key:"writes_of" doc:"a task, a machine or the manager"`
	By       sim.Time `key:"by" min:"1ns" max:"24h" doc:"added to what the write takes"`
}

// Skew sets the clock that a task, or all tasks of a machine, read forward or,
// below 0, back.
type Skew struct {
	Target Target `key:"target" doc:"a task or a machine"`
	By     int64  `key:"by" form:"offset" min:"-1h" max:"1h" doc:"how far the clock is off; below 0: behind"` // ns
}

// TargetKind is what a fault strikes.
type TargetKind uint8

// Kinds of targets.
const (
	Task    TargetKind = iota // OP/N
	Standby                   // OP/N/standby
	Machine                   // machine/N
	Manager
	Broker
	Store
)

// Target names what a fault strikes. Operator and Stage are set for tasks and
// standbys only, Index for machines too.
type Target struct {
	Kind     TargetKind
	Operator int // ingress, order ...
	Stage    int // of count, from 1 on
	Index    int
}

// operator is the name of the target's operator.
func (t Target) operator() string { return Operator{word: t.Operator, stage: t.Stage}.Name() }

// OperatorName is the name of the operator of a task or standby.
func (t Target) OperatorName() string { return t.operator() }

// String is the target as a scenario file writes it.
func (t Target) String() string {
	switch t.Kind {
	case Task:
		return fmt.Sprintf("%s/%d", t.operator(), t.Index)
	case Standby:
		return fmt.Sprintf("%s/%d/standby", t.operator(), t.Index)
	case Machine:
		return fmt.Sprintf("machine/%d", t.Index)
	case Manager:
		return "manager"
	case Broker:
		return "broker"
	default:
		return "store"
	}
}

// String is the fault as a scenario file writes it, on one line.
func (f Fault) String() string { return encodeValue(f).flow() }

// targetIndexMax bounds the text of a target; whether it exists is a rule.
const targetIndexMax = 1_000_000

// targetWords are what the text of a target can begin with.
var targetWords = func() []string {
	words := slices.Clone(operators[:count])
	for stage := 1; stage <= pipeline.StagesMax; stage++ {
		words = append(words, pipeline.StageName(stage))
	}
	return append(words, "machine", "manager", "broker", "store")
}()

// parseTarget reads a target. On failure it gives the nearest thing that would
// be one, or nothing.
func parseTarget(text string) (t Target, meant string, ok bool) {
	parts := strings.Split(text, "/")
	word := parts[0]
	if !slices.Contains(targetWords, word) {
		if word = nearest(word, targetWords); word == "" {
			return t, "", false
		}
	}
	switch word {
	case "manager", "broker", "store":
		t.Kind = map[string]TargetKind{"manager": Manager, "broker": Broker, "store": Store}[word]
		return t, word, text == word
	case "machine":
		t.Kind = Machine
	default:
		if name, stage := strings.CutPrefix(word, operators[count]); stage {
			t.Stage, _ = strconv.Atoi(name)
			word = operators[count]
		}
		t.Operator = slices.Index(operators[:], word)
		word = t.operator()
	}
	if len(parts) < 2 {
		return t, word + "/0", false
	}
	index, err := strconv.Atoi(parts[1])
	if err != nil || index < 0 || index > targetIndexMax {
		return t, word + "/0", false
	}
	t.Index = index
	if len(parts) > 2 && t.Kind == Task {
		t.Kind = Standby
	}
	return t, t.String(), t.String() == text
}
