package checkout

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Outcome is what a client is told. The numbers are those of package check.
type Outcome uint8

const (
	OutcomeOK Outcome = iota
	Paid
	OutOfStock
	InsufficientCredit
	Declined
	outcomes
)

var outcomeNames = [outcomes]string{"ok", "paid", "out_of_stock", "insufficient_credit", "declined"}

// String is the outcome's word in histories.
func (o Outcome) String() string {
	if o < outcomes {
		return outcomeNames[o]
	}
	return fmt.Sprintf("outcome %d", uint8(o))
}

// Status is what find_order tells of an order.
type Status uint8

const (
	StatusAbsent Status = iota
	StatusPaid
	StatusRejected
	statuses
)

var statusNames = [statuses]string{"absent", "paid", "rejected"}

// String is the status's word in histories.
func (s Status) String() string {
	if s < statuses {
		return statusNames[s]
	}
	return fmt.Sprintf("status %d", uint8(s))
}

// Seen is what a reply tells about one key: after the operation's own effect,
// or as a read or a rejection found it.
type Seen struct {
	User    bool
	Number  int32
	Value   int64
	Version int64
}

// Reply is what a client is told.
type Reply struct {
	Op            uint32
	Kind          Kind
	Outcome       Outcome
	Status        Status
	Value         int64
	PaidAt        int64  // business clock, ns
	Receipt       uint64 // a random number
	Authorisation uint64
	After         []Seen
}

const (
	replyHeader  = 4 + 1 + 1 + 1 + 8 + 8 + 8 + 8 + 2
	replyOutcome = 4 + 1 // where in it the outcome stands
	seenBytes    = 1 + 4 + 8 + 8
)

// AppendReply appends the encoding of a reply.
func AppendReply(dst []byte, r *Reply) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, r.Op)
	dst = append(dst, byte(r.Kind), byte(r.Outcome), byte(r.Status))
	dst = le.AppendUint64(dst, uint64(r.Value))
	dst = le.AppendUint64(dst, uint64(r.PaidAt))
	dst = le.AppendUint64(dst, r.Receipt)
	dst = le.AppendUint64(dst, r.Authorisation)
	dst = le.AppendUint16(dst, uint16(len(r.After)))
	for _, s := range r.After {
		user := byte(0)
		if s.User {
			user = 1
		}
		dst = append(dst, user)
		dst = le.AppendUint32(dst, uint32(s.Number))
		dst = le.AppendUint64(dst, uint64(s.Value))
		dst = le.AppendUint64(dst, uint64(s.Version))
	}
	return dst
}

// DecodeReply reads a reply, reusing its After.
func DecodeReply(src []byte, r *Reply) error {
	if len(src) < replyHeader {
		return fmt.Errorf("a reply has %d bytes or more, not %d", replyHeader, len(src))
	}
	le := binary.LittleEndian
	r.Op, r.Kind, r.Outcome, r.Status = le.Uint32(src), Kind(src[4]), Outcome(src[5]), Status(src[6])
	r.Value, r.PaidAt = int64(le.Uint64(src[7:])), int64(le.Uint64(src[15:]))
	r.Receipt, r.Authorisation = le.Uint64(src[23:]), le.Uint64(src[31:])
	n := int(le.Uint16(src[39:]))
	if r.Kind >= kinds || r.Outcome >= outcomes || r.Status >= statuses || len(src) != replyHeader+seenBytes*n {
		return fmt.Errorf("a reply of kind %d, outcome %d, status %d, with %d keys in %d bytes", src[4], src[5], src[6], n, len(src))
	}
	r.After = r.After[:0]
	for i := range n {
		at := src[replyHeader+seenBytes*i:]
		if at[0] > 1 {
			return fmt.Errorf("a reply tells of a key of kind %d", at[0])
		}
		r.After = append(r.After, Seen{at[0] == 1, int32(le.Uint32(at[1:])), int64(le.Uint64(at[5:])), int64(le.Uint64(at[13:]))})
	}
	return nil
}

// DescribeReply says in words what a reply tells.
func DescribeReply(record []byte) string {
	var r Reply
	if err := DecodeReply(record, &r); err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v %d: %v", r.Kind, r.Op, r.Outcome)
	switch r.Kind {
	case ReadStock, ReadCredit:
		fmt.Fprintf(&b, ", value %d", r.Value)
	case FindOrder:
		fmt.Fprintf(&b, ", %v", r.Status)
	}
	if r.Outcome == Paid {
		fmt.Fprintf(&b, " at %d, receipt %016x, authorisation %d", r.PaidAt, r.Receipt, r.Authorisation)
	}
	for _, s := range r.After {
		name := "i"
		if s.User {
			name = "u"
		}
		fmt.Fprintf(&b, ", %s%d = %d (version %d)", name, s.Number, s.Value, s.Version)
	}
	return b.String()
}

// EncodeAnswer appends the provider's answer to an authorisation.
func EncodeAnswer(dst []byte, approved bool, authorisation uint64) []byte {
	a := byte(0)
	if approved {
		a = 1
	}
	return binary.LittleEndian.AppendUint64(append(dst, a), authorisation)
}

// DecodeAnswer reads the provider's answer; anything else is a decline.
func DecodeAnswer(src []byte) (approved bool, authorisation uint64) {
	if len(src) != 9 {
		return false, 0
	}
	return src[0] == 1, binary.LittleEndian.Uint64(src[1:])
}
