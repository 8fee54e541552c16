package recovery

import "simrun/dataflow"

// Manager's address among tasks.
const ManagerID dataflow.TaskID = -1

// MessageKind is what a control message says.
type MessageKind uint8

const (
	Recover  MessageKind = iota // manager -> task: new incarnations; who needs answers
	Trigger                     // manager -> source: begin checkpoint Epoch
	Truncate                    // manager -> task: checkpoint Epoch is complete and dispatched
	Abandon                     // manager -> task: checkpoints up to Epoch will not complete
	Complete                    // manager -> broker: checkpoint Epoch is complete
	Kill                        // manager -> a suspected incarnation
	Attach                      // receiver -> sender: open Channel at position (Epoch, Index)
	Credit                      // receiver -> sender: Count buffers of Channel were taken
	Answer                      // task -> recovering task: all logs held
	Settled                     // broker -> sink: all replies of epochs < Epoch have arrived
	Ack                         // task -> manager: checkpoint Epoch is durable here
	Done                        // task -> manager: the log is exhausted
	Request                     // published: recovering task -> direct downstream: the logs of Subject
	Response                    // published: the answer to a Request
	MessageKinds
)

var messageNames = [MessageKinds]string{"Recover", "Trigger", "Truncate", "Abandon", "Complete", "Kill", "Attach", "Credit", "Answer", "Settled", "Ack", "Done", "Request", "Response"}

// String is the kind's name in traces.
func (k MessageKind) String() string { return messageNames[k] }

// Message is a control message. It is addressed to one incarnation: an older
// one is dead and does not get it, a newer one that has not started yet gets
// it when it starts.
type Message struct {
	Kind           MessageKind
	From, To       dataflow.TaskID
	FromInc, ToInc uint32
	Gen            uint32 // Answer: the generation, that of a Recover is in its View. Request, Response: the asker's number
	Epoch, Index   int32
	Subject        dataflow.TaskID // Request, Response: whose logs
	Channel        dataflow.ChannelID
	Count          int32
	View           *View  // Recover
	Logs           []byte // Answer, Response
}

// View is what the manager knows when it starts a recovery. It is not changed
// once it was sent.
type View struct {
	Gen        uint32
	Checkpoint int32    // C: everything restarts there
	Incs       []uint32 // newest incarnation of each task
	Restarted  []bool   // tasks restarted by this very generation: they hold nothing
	Active     []bool   // tasks that have not reported the end of their replay
	Rollback   bool     // all tasks restart: the broker drops what was not released
	Ignored    int32    // published: the last checkpoint that was given up
}

// Bytes is the size of a message on the wire.
func (m *Message) Bytes() int64 {
	n := int64(40 + len(m.Logs))
	if m.View != nil {
		n += int64(6 * len(m.View.Incs))
	}
	return n
}

// Frame is one buffer on its way, with the log delta that travels on it.
type Frame struct {
	Channel          dataflow.ChannelID
	Sender, Receiver uint32 // incarnations at both ends: the connection
	Buffer           dataflow.Buffer
	Delta            []byte
	DeltaHeader      int    // how many bytes of the delta are headers
	DeltaShrunk      int    // how many bytes shorter the delta is since it was decoded
	Hash             uint64 // of the data
	Ghost            []Mark // seen by monitors alone: what the sender depends on
	Slot             uint32 // where World keeps it
}

// FrameHeaderBytes is the size of a frame's header on the wire: channel,
// connection, position, length.
const FrameHeaderBytes = 32

// World is what agents and the manager reach beyond themselves.
type World interface {
	// NewFrame gives an empty frame; its slices are reused.
	NewFrame() *Frame
	// Transmit sends a frame, which is then World's.
	Transmit(f *Frame)
	// Send sends a control message.
	Send(m Message)
}

// Host is what an agent reaches of the process it runs in.
type Host interface {
	World
	// Wake tells that the task may have something to do.
	Wake()
	// Deliver hands a buffer to the broker, whose agent has no task.
	Deliver(input int, b *dataflow.Buffer)
	// Upload writes a checkpoint to the store; Agent.Durable follows.
	Upload(epoch int32, snapshot []byte)
	// Attached tells that a connection was opened by its receiver.
	Attached(c dataflow.ChannelID, sender, receiver uint32)
	// Collected tells that a gather has ended, and how many bytes came for it.
	Collected(bytes int64)
	// Told tells a step of the protocol, for traces and fault triggers.
	Told(verb Verb, epoch int32)
	// Release tells the broker that a checkpoint is complete: what came before may be seen.
	Release(epoch int32)
	// Discard tells the broker that what came on an input and was not released is void.
	Discard(input int, epoch int32)
	// Debt adds what handling bytes and determinants costs the task, counted in bytes.
	Debt(deltaBytes int)
}

// Verb is a step of a protocol that traces tell and faults can wait for.
type Verb uint8

const (
	VerbBarrier Verb = iota
	VerbSnapshot
	VerbDurable
	VerbComplete
	VerbTruncate
	VerbDetect
	VerbActivate
	VerbConnect
	VerbRestore
	VerbCollect
	VerbReplay
	VerbRecovering
	VerbRunning
	VerbRollback
	VerbAck     // a task tells the manager that its part of a checkpoint is durable
	VerbPublish // a reply becomes visible to its client
	Verbs
)

// VerbNames are the verbs in scenario files and traces.
var VerbNames = [Verbs]string{"barrier", "snapshot", "durable", "complete", "truncate", "detect", "activate", "connect",
	"restore", "collect", "replay", "recovering", "running", "rollback", "ack", "publish"}

// String is the verb's name.
func (v Verb) String() string { return VerbNames[v] }
