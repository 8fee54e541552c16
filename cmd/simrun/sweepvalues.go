package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// listed is a key that a sweep sets to several values.
type listed struct {
	key    string
	values []string
}

// lists takes the keys with several values out of --set. Seeds and protocols become what their own flags would make them.
func (f *sweepFlags) lists() (lists []listed, wrong []string) {
	var single []string
	given := map[string]bool{}
	for _, set := range f.sets {
		key, value, found := strings.Cut(set, "=")
		values := splitValues(value)
		if !found || len(values) < 2 {
			single = append(single, set)
			continue
		}
		if given[key] {
			wrong = append(wrong, fmt.Sprintf("--set %s: given twice; name all values in one", key))
		}
		given[key] = true
		if slices.Contains(values, "") {
			wrong = append(wrong, fmt.Sprintf("--set %s: there is an empty value in %q", key, value))
			continue
		}
		if key == keySeed {
			f.setSeeds = values
			continue
		}
		if key == keyProtocol && f.protocols == "" {
			f.protocols = strings.Join(values, ",")
			continue
		}
		lists = append(lists, listed{key, values})
	}
	for _, set := range single {
		if key, _, _ := strings.Cut(set, "="); given[key] {
			wrong = append(wrong, fmt.Sprintf("--set %s: given twice; name all values in one", key))
		}
	}
	f.sets = single
	return lists, wrong
}

// splitValues splits at commas outside brackets and quotes.
func splitValues(text string) []string {
	var values []string
	open, quote, from := 0, byte(0), 0
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '{':
			open++
		case c == ']' || c == '}':
			open--
		case c == ',' && open <= 0:
			values = append(values, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(values, strings.TrimSpace(text[from:]))
}

// seedList are the seeds that the flags ask for; nil: the file's.
func (f *sweepFlags) seedList() (seeds []uint64, wrong []string) {
	if f.setSeeds != nil {
		return f.seedsOfSet()
	}
	if f.seeds == "" {
		return nil, nil
	}
	if f.seed != "" {
		wrong = append(wrong, "--seeds: --seed says it already; give one of the two")
	}
	if slices.ContainsFunc(f.sets, func(set string) bool { return strings.HasPrefix(set, keySeed+"=") }) {
		wrong = append(wrong, "--set seed: --seeds says it already; give one of the two")
	}
	first, last, isRange := strings.Cut(f.seeds, "..")
	if !isRange {
		last = first
	}
	from, err := strconv.ParseUint(first, 10, 64)
	to, err2 := strconv.ParseUint(last, 10, 64)
	switch {
	case err != nil || err2 != nil:
		wrong = append(wrong, fmt.Sprintf("--seeds: %q is no range of seeds, such as 1..1000", f.seeds))
	case to < from:
		wrong = append(wrong, fmt.Sprintf("--seeds: %s ends before it begins; did you mean %s..%s?", f.seeds, last, first))
	case to-from >= sweepRunsMost:
		wrong = append(wrong, fmt.Sprintf("--seeds: %s has more than %d seeds", f.seeds, sweepRunsMost))
	default:
		for seed := from; ; seed++ {
			if seeds = append(seeds, seed); seed == to {
				break
			}
		}
	}
	return seeds, wrong
}

// seedsOfSet are the seeds of --set seed=1,2.
func (f *sweepFlags) seedsOfSet() (seeds []uint64, wrong []string) {
	if f.seeds != "" || f.seed != "" {
		wrong = append(wrong, "--set seed: --seeds or --seed says it already; give one of them")
	}
	for _, text := range f.setSeeds {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil || slices.Contains(seeds, seed) {
			wrong = append(wrong, fmt.Sprintf("--set seed: %q is no whole number, or given twice", text))
		}
		seeds = append(seeds, seed)
	}
	return seeds, wrong
}
