package sim

// Time is simulated time or a duration of it, in nanoseconds.
type Time int64

// Durations.
const (
	Nanosecond  Time = 1
	Microsecond      = 1000 * Nanosecond
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
)
