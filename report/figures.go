package report

import "fmt"

// Figures draws one run: the anatomy of its recoveries, throughput and latency over time, the tail of its latency.
func Figures(run Run) []Figure {
	runs := []Run{run.rounded()}
	return []Figure{
		anatomy("recovery", columnWidth, runs),
		timeline("timeline", columnWidth, runs),
		latencyTail("latency-cdf", columnWidth, runs),
	}
}

// ComparisonsMax is the number of results that one figure can hold.
const ComparisonsMax = 8

// Comparison draws several runs with the same axes, and one figure that sums them up.
func Comparison(runs []Run) ([]Figure, error) {
	if len(runs) < 2 || len(runs) > ComparisonsMax {
		return nil, fmt.Errorf("a comparison figure holds 2 to %d results, not %d: name fewer of them", ComparisonsMax, len(runs))
	}
	runs = mapped(runs, Run.rounded)
	return []Figure{
		overview("comparison-summary", pageWidth, runs),
		anatomy("comparison-recovery", pageWidth, runs),
		timeline("comparison-timeline", pageWidth, runs),
		latencyTail("comparison-latency-cdf", pageWidth, runs),
	}, nil
}
