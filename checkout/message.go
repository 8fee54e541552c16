package checkout

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// verb is what an order task and a service say to each other.
type verb uint8

const (
	lock    verb = iota // order -> service: take the locks (2pc) or reserve (saga)
	commit              // order -> service: apply and unlock
	abort               // order -> service: unlock (2pc) or compensate (saga)
	add                 // order -> service: add to one key
	read                // order -> service: read one key
	granted             // service -> order: locked, or reserved
	short               // service -> order: not enough of one key
	refused             // payment -> order: the provider declined, or did not answer in time
	applied             // service -> order: the effects, or the value read
	verbs
)

var verbNames = [verbs]string{"lock", "commit", "abort", "add", "read", "granted", "short", "refused", "applied"}

// part is one key in a message.
type part struct {
	key     int32
	amount  int64 // to service: quantity or amount. From service: value
	version int64 // from service
}

// message is what travels between an order task and a service.
type message struct {
	verb          verb
	op            uint32
	authorisation uint64
	parts         []part
}

const (
	messageHeader = 1 + 4 + 8 + 2
	partBytes     = 4 + 8 + 8
)

func appendMessage(dst []byte, m *message) []byte {
	le := binary.LittleEndian
	dst = append(dst, byte(m.verb))
	dst = le.AppendUint32(dst, m.op)
	dst = le.AppendUint64(dst, m.authorisation)
	dst = le.AppendUint16(dst, uint16(len(m.parts)))
	for _, p := range m.parts {
		dst = le.AppendUint32(dst, uint32(p.key))
		dst = le.AppendUint64(dst, uint64(p.amount))
		dst = le.AppendUint64(dst, uint64(p.version))
	}
	return dst
}

// decodeMessage reads a message, reusing its parts.
func decodeMessage(src []byte, m *message) error {
	if len(src) < messageHeader {
		return fmt.Errorf("a message has %d bytes or more, not %d", messageHeader, len(src))
	}
	le := binary.LittleEndian
	m.verb, m.op, m.authorisation = verb(src[0]), le.Uint32(src[1:]), le.Uint64(src[5:])
	n := int(le.Uint16(src[13:]))
	if m.verb >= verbs || len(src) != messageHeader+partBytes*n {
		return fmt.Errorf("a message of verb %d with %d parts in %d bytes", src[0], n, len(src))
	}
	m.parts = m.parts[:0]
	for i := range n {
		at := src[messageHeader+partBytes*i:]
		m.parts = append(m.parts, part{int32(le.Uint32(at)), int64(le.Uint64(at[4:])), int64(le.Uint64(at[12:]))})
	}
	return nil
}

// Describe says in words what a record on an edge ("order>stock") tells.
func Describe(edge string, record []byte) string {
	switch edge {
	case "broker>ingress", "ingress>order":
		var r Request
		if err := DecodeRequest(record, &r); err != nil {
			return err.Error()
		}
		return describeRequest(&r)
	case "order>egress", "egress>broker":
		return DescribeReply(record)
	}
	var m message
	if err := decodeMessage(record, &m); err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d", verbNames[m.verb], m.op)
	if m.authorisation != 0 {
		fmt.Fprintf(&b, " authorisation %d", m.authorisation)
	}
	for _, p := range m.parts {
		fmt.Fprintf(&b, " %d:%d", p.key, p.amount)
		if m.verb >= granted {
			fmt.Fprintf(&b, "@%d", p.version)
		}
	}
	return b.String()
}

func describeRequest(r *Request) string {
	switch r.Kind {
	case Checkout:
		var b strings.Builder
		fmt.Fprintf(&b, "checkout %d by u%d:", r.Op, r.User)
		for _, line := range r.Lines {
			fmt.Fprintf(&b, " %d x i%d", line.Quantity, line.Item)
		}
		return b.String()
	case AddStock:
		return fmt.Sprintf("add_stock %d: %d x i%d", r.Op, r.Amount, r.Item)
	case AddCredit:
		return fmt.Sprintf("add_credit %d: %d for u%d", r.Op, r.Amount, r.User)
	case ReadStock:
		return fmt.Sprintf("read_stock %d: i%d", r.Op, r.Item)
	case ReadCredit:
		return fmt.Sprintf("read_credit %d: u%d", r.Op, r.User)
	}
	return fmt.Sprintf("find_order %d: %d", r.Op, r.Order)
}

// Operation tells which operation a record on an edge is about.
func Operation(edge string, record []byte) (op uint32, ok bool) {
	at := 0
	if edge == "order>stock" || edge == "order>payment" || edge == "stock>order" || edge == "payment>order" {
		at = 1
	}
	if len(record) < at+4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(record[at:]), true
}
