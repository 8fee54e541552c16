package pipeline

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Request is what a client asks: count this key. Op numbers the operation; a
// retry carries the same number.
type Request struct {
	Op  uint32
	Key int32
}

// Seen is what one stage puts into a record.
type Seen struct {
	Count  uint32 // records of this key so far, this one included
	Total  uint32 // records of all keys of the task so far, this one included
	Window uint32 // records of the task in the last window that is over
}

// Reply is what a client is told.
type Reply struct {
	Op      uint32
	Key     int32
	Stages  []Seen
	At      int64  // clock of the last stage, ns
	Receipt uint64 // a random number
}

// record is what travels between stages: the request and what the stages so
// far have put into it.
type record struct {
	op    uint32
	key   int32
	again bool // the request was seen before: it is not counted, only answered
	seen  []byte
}

const (
	requestBytes = 4 + 4
	recordHeader = requestBytes + 1
	seenBytes    = 4 + 4 + 4
	replyTail    = 8 + 8
)

// AppendRequest appends the encoding of a request.
func AppendRequest(dst []byte, r Request) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, r.Op)
	return binary.LittleEndian.AppendUint32(dst, uint32(r.Key))
}

// DecodeRequest reads a request.
func DecodeRequest(src []byte) (r Request, err error) {
	if len(src) != requestBytes {
		return r, fmt.Errorf("a request has %d bytes, not %d", requestBytes, len(src))
	}
	return Request{binary.LittleEndian.Uint32(src), int32(binary.LittleEndian.Uint32(src[4:]))}, nil
}

// possible says whether a request can be served.
func (c *Config) possible(r Request) bool {
	return r.Op < OperationsMax && r.Key >= 0 && r.Key < c.Keys
}

func appendRecord(dst []byte, r *record) []byte {
	dst = AppendRequest(dst, Request{r.op, r.key})
	again := byte(0)
	if r.again {
		again = 1
	}
	return append(append(dst, again), r.seen...)
}

// decodeRecord reads a record; seen is a view of its bytes.
func decodeRecord(src []byte) (r record, err error) {
	if len(src) < recordHeader || (len(src)-recordHeader)%seenBytes != 0 || src[requestBytes] > 1 {
		return r, fmt.Errorf("%d bytes are no record", len(src))
	}
	request, _ := DecodeRequest(src[:requestBytes])
	return record{request.Op, request.Key, src[requestBytes] == 1, src[recordHeader:]}, nil
}

func appendSeen(dst []byte, s Seen) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, s.Count)
	dst = binary.LittleEndian.AppendUint32(dst, s.Total)
	return binary.LittleEndian.AppendUint32(dst, s.Window)
}

func decodeSeen(src []byte) Seen {
	le := binary.LittleEndian
	return Seen{le.Uint32(src), le.Uint32(src[4:]), le.Uint32(src[8:])}
}

// replyBytes is the size of a reply of a pipeline.
func (c *Config) replyBytes() int { return requestBytes + seenBytes*c.Stages + replyTail }

func appendReply(dst []byte, r *record, at int64, receipt uint64) []byte {
	dst = append(AppendRequest(dst, Request{r.op, r.key}), r.seen...)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(at))
	return binary.LittleEndian.AppendUint64(dst, receipt)
}

// DecodeReply reads a reply, reusing its Stages.
func DecodeReply(src []byte, r *Reply) error {
	stages := len(src) - requestBytes - replyTail
	if stages < seenBytes || stages%seenBytes != 0 {
		return fmt.Errorf("%d bytes are no reply", len(src))
	}
	request, _ := DecodeRequest(src[:requestBytes])
	r.Op, r.Key, r.Stages = request.Op, request.Key, r.Stages[:0]
	for at := requestBytes; at < requestBytes+stages; at += seenBytes {
		r.Stages = append(r.Stages, decodeSeen(src[at:]))
	}
	tail := src[requestBytes+stages:]
	r.At, r.Receipt = int64(binary.LittleEndian.Uint64(tail)), binary.LittleEndian.Uint64(tail[8:])
	return nil
}

// Describe says in words what a record on an edge ("count1>count2") tells.
func Describe(edge string, src []byte) string {
	switch {
	case edge == "broker>ingress":
		r, err := DecodeRequest(src)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("count %d: k%d", r.Op, r.Key)
	case strings.HasSuffix(edge, ">egress") || edge == "egress>broker":
		var r Reply
		if err := DecodeReply(src, &r); err != nil {
			return err.Error()
		}
		return fmt.Sprintf("count %d: k%d%s at %d, receipt %016x", r.Op, r.Key, describeSeen(r.Stages), r.At, r.Receipt)
	}
	r, err := decodeRecord(src)
	if err != nil {
		return err.Error()
	}
	if r.again {
		return fmt.Sprintf("count %d: k%d again", r.op, r.key)
	}
	var seen []Seen
	for at := 0; at < len(r.seen); at += seenBytes {
		seen = append(seen, decodeSeen(r.seen[at:]))
	}
	return fmt.Sprintf("count %d: k%d%s", r.op, r.key, describeSeen(seen))
}

func describeSeen(seen []Seen) string {
	var b strings.Builder
	for _, s := range seen {
		fmt.Fprintf(&b, ", %d of %d (window %d)", s.Count, s.Total, s.Window)
	}
	return b.String()
}

// Operation tells which operation a record on any edge is about.
func Operation(src []byte) (op uint32, ok bool) {
	if len(src) < requestBytes {
		return 0, false
	}
	return binary.LittleEndian.Uint32(src), true
}
