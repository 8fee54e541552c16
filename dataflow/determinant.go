package dataflow

// Kind is what sort of nondeterminism a determinant settles. The numbers are
// the tags of the released Clonos encoding (SIGMOD 2021); EpochEnd is ours.
type Kind uint8

const (
	Order            Kind = 0 // which input channel the next buffer came from
	Timestamp        Kind = 1 // a reading of the clock
	RNG              Kind = 2 // the seed of an epoch's random stream
	Serializable     Kind = 3 // the answer to an external call, and when it struck
	TimerTrigger     Kind = 4 // a timer fired, and when
	SourceCheckpoint Kind = 5 // a checkpoint was triggered at a source, and when
	IgnoreCheckpoint Kind = 6 // a checkpoint was given up, and when the task was told (published variant)
	BufferBuilt      Kind = 7 // how many bytes a buffer of an output channel was cut at
	EpochEnd         Kind = 8 // the local snapshot's place among the buffers of feedback channels
	Kinds                 = 9 // one more than the largest kind
	NoKind           Kind = 255
)

// String is the kind's name in traces, scenarios and papers.
func (k Kind) String() string {
	switch k {
	case Order:
		return "Order"
	case Timestamp:
		return "Timestamp"
	case RNG:
		return "RNG"
	case Serializable:
		return "Serializable"
	case TimerTrigger:
		return "TimerTrigger"
	case SourceCheckpoint:
		return "SourceCheckpoint"
	case IgnoreCheckpoint:
		return "IgnoreCheckpoint"
	case BufferBuilt:
		return "BufferBuilt"
	case EpochEnd:
		return "EpochEnd"
	}
	return "NoKind"
}

// TickKey is the key of a TimerTrigger that refreshes the cached clock: Clonos'
// callback "PTS". No timer has the handle.
const TickKey uint64 = 1<<64 - 1

// InLine is the count of a Serializable that is a result of Context.Apply: it was
// decided in the middle of a record, a timer or an answer, and strikes nowhere.
const InLine uint32 = 1<<32 - 1

// Strikes says whether the kind is asynchronous: it carries the number of
// records that the task had processed in the epoch when it struck.
func (k Kind) Strikes() bool {
	return k == Serializable || k == TimerTrigger || k == SourceCheckpoint || k == IgnoreCheckpoint
}

// Determinant is the outcome of one nondeterministic event: sufficient to
// repeat it. Which fields count depends on the kind.
type Determinant struct {
	Kind    Kind
	Channel uint8  // Order: input number
	Count   uint32 // kinds that strike: records processed in the epoch before it
	Value   int64  // Timestamp: ns. RNG: seed (32 bits). TimerTrigger, SourceCheckpoint: when, ns. BufferBuilt: bytes
	Key     uint64 // Serializable: the call. TimerTrigger: the timer's handle. SourceCheckpoint, EpochEnd: the epoch that begins. IgnoreCheckpoint: the one given up
	Answer  []byte // Serializable: the answer to a call, or the result of Context.Apply
}

// Guard stands between a task and everything that a replay could do
// differently. Live, a task records what it decided; in replay it is told what
// was decided, and decides nothing itself.
type Guard interface {
	// Logs says whether determinants of the kind are kept at all.
	Logs(kind Kind) bool
	// Replaying says whether determinants are left to follow. Once false it
	// stays false for the life of the incarnation.
	Replaying() bool
	// Peek gives the next determinant of the main log in the task's current
	// epoch; its kind is NoKind if none is left in it. Valid until the next call.
	Peek() *Determinant
	// Later says whether the main log has determinants of a later epoch.
	Later() bool
	// Replayed consumes the next determinant and gives it, if it is of the
	// kind. It gives false where the log has ended. A determinant of another
	// kind is a divergence, which the guard reports.
	Replayed(kind Kind) (*Determinant, bool)
	// Record appends a determinant to the main log.
	Record(d *Determinant)
	// NextCut gives the size in bytes of the next buffer of an output channel
	// in replay, if the current epoch of its log has one left.
	NextCut(output int) (bytes int, ok bool)
	// Cut tells that a buffer of the output was cut, live or as NextCut said.
	Cut(output int, bytes int)
	// StartEpoch tells that the task's logs enter an epoch.
	StartEpoch(epoch int32)
}

// Unguarded is the guard of protocols that log nothing.
type Unguarded struct{}

var nothing = Determinant{Kind: NoKind}

func (Unguarded) Logs(Kind) bool                     { return false }
func (Unguarded) Replaying() bool                    { return false }
func (Unguarded) Peek() *Determinant                 { return &nothing }
func (Unguarded) Later() bool                        { return false }
func (Unguarded) Replayed(Kind) (*Determinant, bool) { return nil, false }
func (Unguarded) Record(*Determinant)                {}
func (Unguarded) NextCut(int) (int, bool)            { return 0, false }
func (Unguarded) Cut(int, int)                       {}
func (Unguarded) StartEpoch(int32)                   {}
