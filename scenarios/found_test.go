package scenarios

import "testing"

// What bursts have found once stays found, or mended: a monitor compared what a
// sender built again for a dead receiver with what its successor had received.
func TestBurstsFoundBefore(t *testing.T) {
	s, err := Burst(483, 3, "published")
	if err != nil {
		t.Fatal(err)
	}
	if r := run(t, s, Options{}); verdict(r) == "fail" {
		t.Errorf("burst 483 of 3 failures:\n%s", complaints(r))
	}
}
