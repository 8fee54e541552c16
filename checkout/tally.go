package checkout

import "simrun/dataflow"

// Notable is something that a task of the shop comes to now and then. It is
// counted for whoever wants to know what a run came to: nothing depends on it,
// and it is in no snapshot.
type Notable uint8

const (
	RetryFromBooks Notable = iota
	RetryUnderway
	LockWaits
	Aborted
	Compensated
	OutOfStockSeen
	CreditShortSeen
	DeclinedSeen
	GivenUp
	AnswerTooLate
	FindWaits
	WindowFull
	Notables
)

// Tally counts notable things, replays included.
type Tally [Notables]int64

// TallyOf gives what a task of the shop has counted since it was made; nil if it
// counts nothing.
func TallyOf(op dataflow.Operator) *Tally {
	switch s := op.(type) {
	case *order:
		return &s.tally
	case *stock:
		return &s.tally
	case *payment:
		return &s.tally
	}
	return nil
}
