package scenarios

import "simrun/sim"

// Scenario is everything that decides a run, but for how ties are broken. The
// tags say how the file writes a field (fields.go); doc ends up in the schema.
type Scenario struct {
	Name        string      `key:"name" form:"name" doc:"folder of the results: letters, digits, - _ ."`
	About       string      `key:"about" form:"text" doc:"one line that list shows"`
	Seed        uint64      `key:"seed" doc:"of all random numbers; the same seed gives the same bytes"`
	Time        Time        `key:"time"`
	Job         string      `key:"job" words:"checkout pipeline"`
	Parallelism Parallelism `key:"parallelism" is:"all" doc:"tasks per operator; one number is for all operators"`
	Cluster     Cluster     `key:"cluster"`
	Network     Network     `key:"network"`
	Costs       Costs       `key:"costs"`
	Checkpoint  Checkpoint  `key:"checkpoint"`
	Recovery    Recovery    `key:"recovery"`
	Checkout    Checkout    `key:"checkout" doc:"the job checkout"`
	Pipeline    Pipeline    `key:"pipeline" doc:"the job pipeline"`
	Workload    Workload    `key:"workload"`
	Faults      []Fault     `key:"faults" doc:"each strikes once"`
	Planted     []string    `key:"planted" is:"optional omit" from:"museum" doc:"planted bugs, each of which breaks the protocol, the engine or the services in one place (docs/museum.md)"`
	Swarm       *Swarm      `key:"swarm" is:"optional omit" doc:"what random scenarios may have that are made of this one (docs/swarm.md)"`
	Check       Check       `key:"check"`
	Expect      Expect      `key:"expect" is:"all" doc:"what the judges should find: one word for all protocols, or a map from protocols to words, where a missing protocol passes"`

	variant string // 8 hexadecimal digits if a --set changed more than seed and protocol
}

// Time bounds the run.
type Time struct {
	Horizon sim.Time `key:"horizon" min:"1us" max:"24h" doc:"nothing is issued after it"`
	Warmup  sim.Time `key:"warmup" max:"24h" doc:"left out of figures"`
	Drain   sim.Time `key:"drain" max:"24h" doc:"time after the horizon to finish what is open"`
	Tick    sim.Time `key:"tick" min:"1us" special:"off=0" doc:"clonos: how often tasks refresh the cached clock that operators read; off: each reading is logged"`
}

// Parallelism is the number of tasks of each operator. Order, stock and payment
// are of checkout, count of a pipeline.
type Parallelism struct {
	Ingress int `key:"ingress" min:"1" max:"64"`
	Order   int `key:"order" min:"1" max:"64"`
	Stock   int `key:"stock" min:"1" max:"64"`
	Payment int `key:"payment" min:"1" max:"64"`
	Egress  int `key:"egress" min:"1" max:"64"`
	Count   int `key:"count" min:"1" max:"64" doc:"of each stage of a pipeline"`
}

// Cluster says which machines there are and how deaths are noticed.
type Cluster struct {
	Slots    int      `key:"slots" min:"1" max:"1000" doc:"tasks per machine"`
	Standbys int      `key:"standbys" max:"8" doc:"per task"`
	Standby  Standbys `key:"standby"`
	Reboot   sim.Time `key:"reboot" doc:"a crashed machine comes back empty after this long"`
	Start    sim.Time `key:"start" doc:"time to start a new process where no standby is left"`
	Detector Detector `key:"detector"`
}

// Standbys is how standbys are kept.
type Standbys struct {
	Dispatch  string   `key:"dispatch" words:"full incremental" doc:"what a standby is sent at each completed checkpoint: the state, or what differs from the one before"`
	Placement string   `key:"placement" words:"apart together" doc:"apart: on machines of their own; together: the first on its task's machine, each further one on the next machine"`
	Replace   sim.Time `key:"replace" min:"1us" special:"never=0" doc:"a used or dead standby is replaced after this long; the new one is started and loads the last completed checkpoint"`
}

// Detector notices deaths by missing heartbeats, and by broken connections.
type Detector struct {
	Heartbeat     sim.Time `key:"heartbeat" min:"1us"`
	Timeout       sim.Time `key:"timeout" min:"1us" doc:"without a heartbeat for this long a task is taken for dead"`
	Disconnect    sim.Time `key:"disconnect" off:"DisconnectOff" doc:"from a death to its detection; off: heartbeats alone"`
	DisconnectOff bool     // then Disconnect is 0
}

// Network is how machines are connected.
type Network struct {
	Latency   Distribution `key:"latency" form:"time"`
	Bandwidth int64        `key:"bandwidth" form:"bandwidth" min:"1kB/s" max:"10000GB/s" doc:"of a machine's card"` // bytes per second
	Buffer    Buffer       `key:"buffer"`
	Credits   int          `key:"credits" min:"1" max:"10000" doc:"buffers per channel"`
}

// Buffer says when a buffer is cut.
type Buffer struct {
	Bytes   int      `key:"bytes" form:"bytes" min:"64B" max:"16MiB" doc:"cut when it holds this many"`
	Timeout sim.Time `key:"timeout" doc:"cut when it is this old"`
}

// Costs are what work takes. Costs per byte and per determinant are picoseconds.
type Costs struct {
	Record         [6]Distribution `key:"record" form:"time" is:"all" doc:"service time per record: one value for all operators or one per operator"`
	BytePs         int64           `key:"byte" form:"cost" max:"1ms" doc:"per byte serialized"`
	DeterminantPs  int64           `key:"determinant" form:"cost" max:"1ms" doc:"per determinant logged"`
	SnapshotBytePs int64           `key:"snapshot_byte" form:"cost" max:"1ms" doc:"per byte of state copied"`
	RestoreBytePs  int64           `key:"restore_byte" form:"cost" max:"1ms" doc:"per byte of state restored"`
}

// Checkpoint says how often state is saved, and where.
type Checkpoint struct {
	Every   sim.Time        `key:"every" min:"1us"`
	Backoff Backoff         `key:"backoff" doc:"published: how long after a failure no checkpoint is begun"`
	Store   CheckpointStore `key:"store"`
}

// Backoff is a number of checkpoint intervals and a time.
type Backoff struct {
	Multiplier int      `key:"multiplier" max:"1000"`
	Base       sim.Time `key:"base" max:"1h"`
}

// CheckpointStore is the durable store. It does not fail; what is on its way to it
// may get lost.
type CheckpointStore struct {
	Latency   Distribution `key:"latency" form:"time"`
	Bandwidth int64        `key:"bandwidth" form:"bandwidth" min:"1kB/s" max:"10000GB/s"` // bytes per second
	Retry     sim.Time     `key:"retry" min:"1us" special:"never=0" doc:"a write that nobody has answered after this long is made again; counts only where faults lose or delay writes"`
}

// FullSharing is the sharing depth that reaches every task.
const FullSharing = -1

// Recovery is how failures are survived.
type Recovery struct {
	Protocol     string   `key:"protocol" words:"none redo global clonos"`
	SharingDepth int      `key:"sharing_depth" special:"full=-1" max:"1000" doc:"hops that determinants are forwarded"`
	Variant      string   `key:"variant" words:"cyclic published" doc:"published: Clonos as released, on acyclic jobs only"`
	Quirks       []string `key:"quirks" is:"optional omit" words:"B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B13 B14 B15 B16 B17" doc:"published: suspected holes of the released code that are there"`
	Orphans      string   `key:"orphans" words:"rollback continue" doc:"what happens when a limited depth leaves an orphan"`
	Replies      string   `key:"replies" words:"immediate transactional determinants" special:"default=" doc:"when a reply may leave; default: by protocol"`

	Delta        string       `key:"delta" words:"varint flat hierarchical" doc:"how the headers of log deltas are written: ours, or one of the two that Clonos has released"`
	InFlight     InFlight     `key:"inflight"`
	Determinants Determinants `key:"determinants"`
}

// Check switches checks off.
type Check struct {
	Linearizable bool `key:"linearizable"`
	Orphans      bool `key:"orphans" is:"optional omit" doc:"a run under clonos in which no failure orphaned anybody tested nothing"`

	Reached []Goal `key:"reached" is:"optional omit" doc:"situations (docs/situations.md) that a run has to come to, or one run at least of a sweep, under protocols that can; else it tested nothing"`
}
