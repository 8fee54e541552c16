package causallog

// arena is memory that is taken at one end and given back at the other, in
// order. It lives in chunks, so that what was taken never moves, and it keeps
// its chunks: in steady state nothing is allocated.
type arena struct {
	chunks []chunk // live, oldest first; the last is being filled
	number uint64  // of chunks[0], counted since the arena began
	spare  [][]byte
	memory *Memory // where chunks come from, before they are made; nil: nowhere
}

type chunk struct {
	memory []byte // length: what is taken
}

const (
	chunkBytesMin = 4 << 10
	chunkBytesMax = 256 << 10
)

// copy keeps a copy of bytes and tells the number of the chunk that it is in.
func (a *arena) copy(data []byte) (kept []byte, number uint64) {
	last := len(a.chunks) - 1
	if last < 0 || cap(a.chunks[last].memory)-len(a.chunks[last].memory) < len(data) {
		a.begin(len(data))
		last++
	}
	c := &a.chunks[last]
	n := len(c.memory)
	c.memory = append(c.memory, data...)
	return c.memory[n:len(c.memory):len(c.memory)], a.number + uint64(last)
}

// begin adds a chunk: an old one, which grows if it has no room for n bytes, or
// one twice as large as the one before.
func (a *arena) begin(n int) {
	if last := len(a.spare) - 1; last >= 0 {
		a.chunks = append(a.chunks, chunk{a.spare[last][:0]})
		a.spare = a.spare[:last]
		return
	}
	if old := a.memory.chunk(n); old != nil {
		a.chunks = append(a.chunks, chunk{old})
		return
	}
	size := chunkBytesMin
	if last := len(a.chunks) - 1; last >= 0 {
		size = min(2*cap(a.chunks[last].memory), chunkBytesMax)
	}
	a.chunks = append(a.chunks, chunk{make([]byte, 0, max(size, n))})
}

// release gives back all chunks below a number.
func (a *arena) release(number uint64) {
	drop := min(int(number-a.number), len(a.chunks))
	for i := range drop {
		a.spare = append(a.spare, a.chunks[i].memory)
	}
	a.chunks = a.chunks[:copy(a.chunks, a.chunks[drop:])]
	a.number += uint64(drop)
}
