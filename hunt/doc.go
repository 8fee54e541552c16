// Package hunt measures what simrun catches: it plants one bug of the museum after
// the other and runs random scenarios until checks notice, often enough to
// say how many runs that takes. Each catch counts only if the same run passes
// without the bug.
//
// It knows how scenarios are drawn and shrunk, and nothing of how they run.
// Start reading at Hunt; the interval is in interval.go, what came of a bug in
// trophy.go.
package hunt
