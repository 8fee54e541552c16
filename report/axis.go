package report

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"

	"simrun/sim"
)

// An axis maps values to 0..1. Its ends are exact, so that no tick is lost to rounding, and a tick without a label is
// a minor one.
type axis struct {
	min, max float64
	log      bool
	ticks    []plot.Tick
}

// at maps a value to its share of the axis. On a logarithmic axis, what lies below it is put at its foot.
func (a axis) at(v float64) float64 {
	if a.log {
		if v <= a.min {
			return 0
		}
		return math.Log(v/a.min) / math.Log(a.max/a.min)
	}
	return (v - a.min) / (a.max - a.min)
}

// step returns the distance of ticks in a span that has room for some labels, three at least: 1, 2 or 5 times a power of
// ten.
func step(span float64, room int) float64 {
	power := math.Pow(10, math.Floor(math.Log10(span/float64(room))))
	for _, factor := range [...]float64{1, 2, 5} {
		if factor*power*float64(room) >= span*(1-1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// fromZero is a linear axis from 0 that holds max. unit divides what is labelled: sim.Second for seconds.
func fromZero(max, unit float64, room int) axis {
	return between(0, max, unit, room)
}

// between is a linear axis with exact ends.
func between(min, max, unit float64, room int) axis {
	if !(max > min) {
		max = min + unit
	}
	a := axis{min: min, max: max}
	distance := step((max-min)/unit, room)
	for more := 1; math.Floor(max/unit/distance)-math.Ceil(min/unit/distance) < 1; more++ { // one tick gives no scale
		distance = step((max-min)/unit, room+more)
	}
	divisor, suffix := 1.0, ""
	switch {
	case max/unit >= 1e7:
		divisor, suffix = 1e6, "M"
	case max/unit >= 1e4:
		divisor, suffix = 1e3, "k"
	}
	decimals := 0
	for d := distance / divisor; d < 1-1e-9; d *= 10 {
		decimals++
	}
	for i := int(math.Ceil(min/unit/distance - 1e-9)); float64(i)*distance <= max/unit*(1+1e-9); i++ {
		value := float64(i) * distance
		label := "0"
		if i != 0 {
			label = strconv.FormatFloat(value/divisor, 'f', decimals, 64) + suffix
		}
		a.ticks = append(a.ticks, plot.Tick{Value: value * unit, Label: label})
	}
	return a
}

// latencies is a logarithmic axis that holds all values above zero, in nanoseconds, from one 1-2-5 step to another.
// Decades are labelled, and where there are less than two, every step. With no value it is 1 ms to 1 s; below a
// microsecond it does not go.
func latencies(values []float64) axis {
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if high == 0 {
		low, high = float64(sim.Millisecond), float64(sim.Second)
	}
	first, last := 0, 0 // the steps at the ends
	for i := range logSteps {
		if logStep(i) <= math.Max(low, float64(sim.Microsecond)) {
			first = i
		}
		if logStep(i) < high {
			last = i + 1
		}
	}
	last = max(last, first+1)
	a := axis{min: logStep(first), max: logStep(last), log: true}
	for i := first; i <= last; i++ {
		if i%3 == 0 || last-first < 6 {
			a.ticks = append(a.ticks, plot.Tick{Value: logStep(i), Label: logLabel(i)})
		}
	}
	return a
}

// logStep is the ith of the values 1, 2, 5, 10 ... microseconds; logSteps reach beyond any latency.
func logStep(i int) float64 {
	return [...]float64{1, 2, 5}[i%3] * math.Pow(10, float64(i/3)) * float64(sim.Microsecond)
}

const logSteps = 3 * 12

func logLabel(i int) string {
	units := [...]string{" µs", " ms", " s"}
	unit := min(i/9, len(units)-1)
	value := [...]float64{1, 2, 5}[i%3] * math.Pow(10, float64(i/3-3*unit))
	return strconv.FormatFloat(value, 'f', 0, 64) + units[unit]
}

// tail is the axis of shares near one: a share s lies at -log10(1-s), so that 90 %, 99 % and 99.9 % are equally far apart.
func tail(decades int) axis {
	labels := [...]string{"", "p90", "p99", "p99.9", "p99.99", "p99.999"}
	a := axis{min: 0, max: float64(decades)}
	a.ticks = append(a.ticks, plot.Tick{Value: 0, Label: labels[0]}, plot.Tick{Value: math.Log10(2), Label: "p50"})
	for d := 1; d <= decades; d++ {
		a.ticks = append(a.ticks, plot.Tick{Value: float64(d), Label: labels[d]})
	}
	return a
}

const tailDecades = 5
