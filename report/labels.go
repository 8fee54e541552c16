package report

import (
	"fmt"
	"slices"
	"strings"

	"simrun/cluster"
	"simrun/sim"
)

// names tells several results apart by what they differ in: the protocol if that suffices, else more.
func names(runs []Run) []string {
	parts := []func(Run) string{
		func(r Run) string { return r.Protocol },
		func(r Run) string { return r.Scenario },
		func(r Run) string { return fmt.Sprintf("seed %d", r.Seed) },
	}
	result := make([]string, len(runs))
	for _, part := range parts {
		values := make([]string, len(runs))
		for i, run := range runs {
			values[i] = part(run)
		}
		if len(runs) > 1 && len(slices.Compact(slices.Sorted(slices.Values(values)))) == 1 {
			continue
		}
		for i, value := range values {
			if result[i] != "" {
				value = result[i] + " " + value
			}
			result[i] = value
		}
		if len(runs) == 1 {
			break
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(result)))) < len(result) {
		for i := range result { // the same run twice, or runs that --set made different
			result[i] = strings.TrimSpace(fmt.Sprintf("%s #%d", result[i], i+1))
		}
	}
	return result
}

// title names what several results have in common.
func title(runs []Run) string {
	scenario, seed := runs[0].Scenario, fmt.Sprintf(", seed %d", runs[0].Seed)
	for _, run := range runs {
		if run.Scenario != runs[0].Scenario {
			scenario = Plural(int64(len(runs)), "run")
		}
		if run.Seed != runs[0].Seed {
			seed = ""
		}
	}
	return scenario + seed
}

// subject names a recovery among others of the run: its task, and when it was struck if the task recovered twice.
func subject(v cluster.Recovery, among []cluster.Recovery) string {
	text := v.Task
	if text == "all" {
		text = "all tasks"
	}
	for _, other := range among {
		if other.Task == v.Task && other != v {
			return text + ", " + instant(v.At)
		}
	}
	return text
}

// tookLabel says how long a recovery took, or that it did not end.
func tookLabel(v cluster.Recovery) string {
	if !v.CaughtUp {
		return "never caught up"
	}
	return brief(v.Total)
}

// seconds and milliseconds as the unit of an axis in nanoseconds.
const (
	inSeconds      = float64(sim.Second)
	inMilliseconds = float64(sim.Millisecond)
)
