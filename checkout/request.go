package checkout

import (
	"encoding/binary"
	"fmt"
)

// Kind is what an operation does. The numbers are those of package check.
type Kind uint8

const (
	Checkout Kind = iota
	AddStock
	AddCredit
	ReadStock
	ReadCredit
	FindOrder
	kinds
)

var kindNames = [kinds]string{"checkout", "add_stock", "add_credit", "read_stock", "read_credit", "find_order"}

// String is the kind's word in histories.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Line is one line of a checkout.
type Line struct {
	Item     int32
	Quantity int64
}

// Request is what a client asks. Op numbers the operation; a retry carries the
// same number. A checkout's order id is its Op; find_order names one in Order.
type Request struct {
	Op     uint32
	Kind   Kind
	User   int32
	Item   int32
	Amount int64
	Order  uint32
	Lines  []Line
}

const requestHeader = 4 + 1 + 4 + 4 + 8 + 4 + 2

// AppendRequest appends the encoding of a request.
func AppendRequest(dst []byte, r *Request) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, r.Op)
	dst = append(dst, byte(r.Kind))
	dst = le.AppendUint32(dst, uint32(r.User))
	dst = le.AppendUint32(dst, uint32(r.Item))
	dst = le.AppendUint64(dst, uint64(r.Amount))
	dst = le.AppendUint32(dst, r.Order)
	dst = le.AppendUint16(dst, uint16(len(r.Lines)))
	for _, line := range r.Lines {
		dst = le.AppendUint32(dst, uint32(line.Item))
		dst = le.AppendUint64(dst, uint64(line.Quantity))
	}
	return dst
}

// DecodeRequest reads a request, reusing its Lines.
func DecodeRequest(src []byte, r *Request) error {
	if len(src) < requestHeader {
		return fmt.Errorf("a request has %d bytes or more, not %d", requestHeader, len(src))
	}
	le := binary.LittleEndian
	r.Op, r.Kind = le.Uint32(src), Kind(src[4])
	r.User, r.Item = int32(le.Uint32(src[5:])), int32(le.Uint32(src[9:]))
	r.Amount, r.Order = int64(le.Uint64(src[13:])), le.Uint32(src[21:])
	n := int(le.Uint16(src[25:]))
	if r.Kind >= kinds || len(src) != requestHeader+12*n {
		return fmt.Errorf("a request of kind %d with %d lines in %d bytes", src[4], n, len(src))
	}
	r.Lines = r.Lines[:0]
	for i := range n {
		at := src[requestHeader+12*i:]
		r.Lines = append(r.Lines, Line{int32(le.Uint32(at)), int64(le.Uint64(at[4:]))})
	}
	return nil
}
