package check

// Evidence is all that the checks look at after a run: what clients saw, and
// what an audit of the services and of the payment provider found once the run
// had drained. Whatever is nil was not recorded, and the checks that need it
// are Skipped.
type Evidence struct {
	History *History

	// Witness is the order in which the services decided, as indices into
	// History.Ops. Every completed operation stands in it once. An operation of
	// unknown outcome may be left out if nothing of it was ever decided; an
	// unknown checkout that was decided without being paid is entered as
	// ^index (the bitwise complement).
	Witness []int32

	Audit *Audit // nil: the final state was not read

	// Replies after the first to one operation, in order of arrival. A run
	// without retries has none; the slice may be nil then.
	Replies []LaterReply

	// Captures is the ledger of the payment provider, one entry per order that
	// it ever heard of, in any order. HasLedger tells an empty ledger from none.
	Captures  []Capture
	HasLedger bool

	// Authorisations is, by order number, the authorisation that the reply to
	// the checkout named; 0 or beyond the end: not told.
	Authorisations []uint64

	// Open are operations still waiting for a reply at the end of the drain. One
	// whose client gave up is unknown, not open.
	Open []int32

	sums *[]account // where the checks of one Judge share what accounts gives; nil: nowhere
}

// Audit is the state of the services at the very end, when nothing is in
// flight: each is the truth, not a reply.
type Audit struct {
	Stock, Credit []int64 // by item, by user

	// StockVersion and CreditVersion count the effects on each key; nil: not
	// kept, or kept by services in which a rejected checkout raises versions as
	// well, as the reservations of a saga do.
	StockVersion, CreditVersion []int64

	// Orders is the status of each order, by order number; beyond the end an
	// order is absent. nil: orders not read.
	Orders []Status

	// Applied is how often each order was applied to the stocks and credit, by
	// order number, where the services count it; nil: not counted.
	Applied []int32
}

// LaterReply is a reply that reached a client after it already had one for the
// same operation.
type LaterReply struct {
	Op           int32
	Same         bool   // byte for byte the first one; then the texts may be left empty
	First, Later string // both texts, for the finding
}

// Capture is what the provider's ledger holds for one order.
type Capture struct {
	Order         int32
	Authorisation uint64 // of the first capture
	Times         int32  // how often it was captured: money moved
	Refused       int32  // captures refused because the order was captured under another authorisation
	Unfounded     int32  // captures refused because the provider had not given their authorisation for this order
}
