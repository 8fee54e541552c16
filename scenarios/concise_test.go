package scenarios

import (
	"bytes"
	"testing"
	"time"
)

// TestConcise: what is written without defaults means the same, and no key of
// it can be left out.
func TestConcise(t *testing.T) {
	for _, b := range Builtins() {
		s, err := Load(b.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		text := s.Concise()
		t.Logf("%s: %v\n%s", b.Name, time.Since(start), text)
		again, err := Parse("concise", text, nil)
		if err != nil {
			t.Fatalf("%s: %v\n%s", b.Name, err, text)
		}
		if !bytes.Equal(again.Expand(), s.Expand()) {
			t.Errorf("%s is not the same:\n%s", b.Name, text)
		}
		start = time.Now()
		s.Valid()
		t.Log(time.Since(start))
	}
}
