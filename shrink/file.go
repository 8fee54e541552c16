package shrink

import (
	"fmt"
	"strings"

	"simrun/scenarios"
)

// named gives the smallest scenario a name of its own, so that its results do
// not take the place of the others', and a line on what it shows.
func named(s *scenarios.Scenario, r *Result) *scenarios.Scenario {
	const suffix = "-shrunk"
	c := s.Clone()
	c.Name = strings.TrimSuffix(r.From.Name, suffix) + suffix
	return c
}

// File is the smallest scenario as a file: what differs from defaults, and a
// comment that says what fails, where it comes from and what each fault is for.
// Command is how it was made, but for where it went.
func (r *Result) File(command string) []byte {
	var out strings.Builder
	line := func(format string, arguments ...any) {
		text := strings.NewReplacer("\n", " ", "\r", " ").Replace(fmt.Sprintf(format, arguments...))
		fmt.Fprintln(&out, strings.TrimRight("# "+text, " "))
	}
	line("Fails: %s, under %s.", r.Class, r.From.Recovery.Protocol)
	if detail := r.Detail(); detail != "" {
		line("  %s", detail)
	}
	line("From %s, by: %s", r.From.Name, command)
	if !r.Finished {
		line("NOT FINISHED: the search ended after %d runs; shrunk again it may become smaller.", r.Runs)
	}
	for _, n := range r.Needed {
		line("Without %s: %s.", n.Fault, n.Without)
	}
	out.WriteByte('\n')
	out.Write(r.Scenario.Concise())
	return []byte(out.String())
}

// Detail is what the check says that is violated, or the property.
func (r *Result) Detail() string {
	if r.why != "" {
		return r.why
	}
	for _, f := range r.Failure.Checks {
		if f.Name == r.Class.Check {
			return f.Detail
		}
	}
	return ""
}
