package dataflow

// bufferRing is a FIFO queue of buffers that reuses its memory.
type bufferRing struct {
	slots []Buffer // length a power of two
	head  int
	n     int
}

func (r *bufferRing) push(b Buffer) {
	if r.n == len(r.slots) {
		grown := make([]Buffer, max(8, 2*len(r.slots)))
		for i := range r.n {
			grown[i] = r.slots[(r.head+i)&(len(r.slots)-1)]
		}
		r.slots, r.head = grown, 0
	}
	r.slots[(r.head+r.n)&(len(r.slots)-1)] = b
	r.n++
}

// front is the oldest buffer; the ring must not be empty.
func (r *bufferRing) front() *Buffer { return &r.slots[r.head] }

func (r *bufferRing) pop() Buffer {
	b := r.slots[r.head]
	r.slots[r.head].Data = nil
	r.head = (r.head + 1) & (len(r.slots) - 1)
	r.n--
	return b
}

// inputRing is a FIFO queue of input numbers.
type inputRing struct {
	slots []uint8
	head  int
	n     int
}

func (r *inputRing) push(input int) {
	if r.n == len(r.slots) {
		grown := make([]uint8, max(16, 2*len(r.slots)))
		for i := range r.n {
			grown[i] = r.slots[(r.head+i)&(len(r.slots)-1)]
		}
		r.slots, r.head = grown, 0
	}
	r.slots[(r.head+r.n)&(len(r.slots)-1)] = uint8(input)
	r.n++
}

func (r *inputRing) pop() int {
	input := r.slots[r.head]
	r.head = (r.head + 1) & (len(r.slots) - 1)
	r.n--
	return int(input)
}

func (r *inputRing) clear() { r.head, r.n = 0, 0 }
