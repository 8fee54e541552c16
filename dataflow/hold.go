package dataflow

// Held says which inputs a task does not read for want of memory. Barriers are
// taken from all: a checkpoint is what gives memory back.
type Held uint8

const (
	HeldNone    Held = iota
	HeldRegular      // all but feedback inputs, which are never held back
	HeldAll
)

// Hold sets which inputs are not read. A buffer that was begun is read to its
// end, unless nobody calls Step. A replay is not held back: it repeats what was
// done before, whatever room there is.
func (t *Task) Hold(h Held) {
	if h == t.held {
		return
	}
	less := h < t.held
	t.held, t.refused = h, false
	if less && !t.replaying {
		t.unstall()
	}
}

// Refused says whether a buffer waits on an input that is held back.
func (t *Task) Refused() bool { return t.refused }

// mayBegin says whether a data buffer may be begun on an input.
func (t *Task) mayBegin(in *input) bool {
	if t.held == HeldAll || t.held == HeldRegular && !in.feedback {
		t.refused = true
		return false
	}
	return true
}
