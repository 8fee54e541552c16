package causallog

import (
	"fmt"

	"simrun/dataflow"
)

type channelID = dataflow.ChannelID

// Conflict is two versions of one log entry.
type Conflict struct {
	Log    string
	Epoch  int32
	Offset int
}

func (e *Conflict) Error() string {
	return fmt.Sprintf("two versions of the log %s, epoch %d, from byte %d on", e.Log, e.Epoch, e.Offset)
}

// Gap is an entry that came before one that must precede it.
type Gap struct {
	Log          string
	Epoch        int32
	Offset, Held int
}

func (e *Gap) Error() string {
	return fmt.Sprintf("a gap in the log %s, epoch %d: %d bytes are held and byte %d came", e.Log, e.Epoch, e.Held, e.Offset)
}

// Ahead is an entry of a task's own log that the task itself does not hold.
type Ahead struct {
	Log    string
	Epoch  int32
	Offset int
}

func (e *Ahead) Error() string {
	return fmt.Sprintf("others hold more of the log %s, epoch %d, than its owner: byte %d", e.Log, e.Epoch, e.Offset)
}

// Malformed is bytes that are no delta.
type Malformed struct{ Text string }

func (e *Malformed) Error() string { return "malformed log delta: " + e.Text }
