package causallog

import (
	"fmt"

	"simrun/dataflow"
)

type channelID = dataflow.ChannelID

// shownBytes is how much of two versions an error shows.
const shownBytes = 8

// Conflict is two versions of one log entry.
type Conflict struct {
	Log       string
	Epoch     int32
	Offset    int    // of the first byte that differs, or that one version lacks
	Held, Got []byte // a few bytes of both, from Offset on
}

func (e *Conflict) Error() string {
	return fmt.Sprintf("two versions of the log %s, epoch %d, from byte %d on: %x is held, %x came", e.Log, e.Epoch, e.Offset, e.Held, e.Got)
}

// conflict says where two versions of a log part. Both begin at an offset and
// are known to differ.
func (l *Layout) conflict(id LogID, epoch int32, offset int, held, got []byte) *Conflict {
	same := 0
	for same < len(held) && same < len(got) && held[same] == got[same] {
		same++
	}
	shown := func(b []byte) []byte {
		return append([]byte(nil), b[same:min(len(b), same+shownBytes)]...)
	}
	return &Conflict{Log: l.Name(id), Epoch: epoch, Offset: offset + same, Held: shown(held), Got: shown(got)}
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
	Offset int // of the first byte that the owner does not hold
}

func (e *Ahead) Error() string {
	return fmt.Sprintf("others hold more of the log %s, epoch %d, than its owner: byte %d", e.Log, e.Epoch, e.Offset)
}

// Malformed is bytes that are no delta.
type Malformed struct{ Text string }

func (e *Malformed) Error() string { return "malformed log delta: " + e.Text }
