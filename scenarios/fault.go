package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"simrun/sim"
)

// Fault strikes once. Exactly one of Crash, Pause, Slow and Cut is given; For
// goes with the last three.
type Fault struct {
	At    sim.Time `key:"at" one:"when" max:"24h" doc:"instant"`    // unless After is given
	After *After   `key:"after" one:"when" doc:"what it waits for"` // nil: it strikes at At
	Crash []Target `key:"crash" one:"what" doc:"a task, standby or machine, or a list: struck at the same instant"`
	Pause *Target  `key:"pause" one:"what" doc:"stops and later goes on"`
	Slow  *Slow    `key:"slow" one:"what" doc:"works more slowly"`
	Cut   *Cut     `key:"cut" one:"what" doc:"delays everything between two targets"`
	For   sim.Time `key:"for" max:"24h" is:"omit" doc:"how long a pause, slow or cut lasts"`
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

// Target names what a fault strikes. Operator is set for tasks and standbys
// only, Index for machines too.
type Target struct {
	Kind     TargetKind
	Operator int // into Operators()
	Index    int
}

var operators = []string{"ingress", "order", "stock", "payment", "egress"}

// Operators lists the operators of the job in the order of their numbers.
func Operators() []string { return append([]string(nil), operators...) }

// String is the target as a scenario file writes it.
func (t Target) String() string {
	switch t.Kind {
	case Task:
		return fmt.Sprintf("%s/%d", operators[t.Operator], t.Index)
	case Standby:
		return fmt.Sprintf("%s/%d/standby", operators[t.Operator], t.Index)
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

// parseTarget reads a target. On failure it gives the nearest thing that would
// be one, or nothing.
func parseTarget(text string) (t Target, meant string, ok bool) {
	parts := strings.Split(text, "/")
	words := append(Operators(), "machine", "manager", "broker", "store")
	word := parts[0]
	known := false
	for _, w := range words {
		known = known || w == word
	}
	if !known {
		if word = nearest(word, words); word == "" {
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
		for i, name := range operators {
			if name == word {
				t.Operator = i
			}
		}
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
