package hunt

import "math"

// z is the quantile of the normal distribution that leaves 2.5 % on either side.
const z = 1.959964

// MeanRuns is the mean number of runs to a catch after so many catches in so many
// runs, with the interval that holds it in 95 of 100 hunts (Wilson 1927, of the
// share of runs that catch). Without a catch mean and high are +Inf.
func MeanRuns(catches, runs int) (mean, low, high float64) {
	if runs == 0 {
		return math.Inf(1), 1, math.Inf(1)
	}
	n, p := float64(runs), float64(catches)/float64(runs)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	spread := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	low, high = 1/math.Min(1, middle+spread), math.Inf(1)
	if catches == 0 {
		return math.Inf(1), low, high
	}
	return 1 / p, low, 1 / (middle - spread)
}
