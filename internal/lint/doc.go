// Package lint holds the rules of this module that a compiler does not know, as tests: what the simulated world may
// not use, so that the same seed gives the same bytes (determinism.go), and which package may import which
// (floors.go). Every message names what to use instead.
//
// It reads source and judges it; it must not be imported by any other package. Each rule has a negative control below
// testdata: source that breaks the rule and must be found. Start at TestSimulatedWorld in determinism_test.go.
package lint
