package scenarios

import (
	"bytes"
	"strings"
	"testing"
)

// What is written without defaults means the same, and says nothing that a
// default says.
func TestConcise(t *testing.T) {
	for _, b := range Builtins() {
		s, err := Load(b.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		text := s.Concise()
		again, err := Parse("concise", text, nil)
		if err != nil {
			t.Fatalf("%s: %v\n%s", b.Name, err, text)
		}
		if !bytes.Equal(again.Expand(), s.Expand()) {
			t.Errorf("%s is not the same:\n%s", b.Name, text)
		}
		lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
		for i := range lines {
			if i == 0 || strings.HasPrefix(lines[i], "name:") || strings.HasPrefix(lines[i], " ") {
				continue
			}
			less := strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "")
			if s, err := Parse("less", []byte(less), nil); err == nil && bytes.Equal(s.Expand(), again.Expand()) {
				t.Errorf("%s says %q, which it need not:\n%s", b.Name, lines[i], text)
			}
		}
	}
}

// Differences counts keys at which a scenario is not as defaults have it.
func TestDifferences(t *testing.T) {
	s, err := Parse("s", []byte("simrun: 1\nname: s\ntime: {horizon: 20s}\nparallelism: 2\nfaults:\n  - {at: 1s, crash: order/0}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse("s", []byte("simrun: 1\nname: s\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	few, none := first(s.Differences()), first(d.Differences())
	if few-none != 1+6+1 { // horizon, six operators, faults
		t.Errorf("%d and %d", few, none)
	}
}

func first(a, _ int) int { return a }

// What a scenario made of Go values has wrong is told.
func TestValid(t *testing.T) {
	s, err := Load("crash-small", nil)
	if err != nil || s.Valid() != nil {
		t.Fatal(err, s.Valid())
	}
	if s.Faults[0].At = 2 * s.Time.Horizon; s.Valid() == nil {
		t.Error("a fault after the horizon")
	}
}
