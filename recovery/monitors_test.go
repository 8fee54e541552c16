package recovery

import (
	"strings"
	"testing"
)

// TestMonitorsCount: everything looked at is counted, every violation too, and
// the first is told, with the time.
func TestMonitorsCount(t *testing.T) {
	var m Monitors
	for i := range Invariants {
		m.Look(i)
		m.LookMany(i, int64(i))
		m.Break(i, "first of "+i.String())
		m.Break(i, "second")
	}
	for i := range Invariants {
		if m.Looked[i] != 3+int64(i) || m.Broke[i] != 2 || m.First[i] != "first of "+i.String() {
			t.Errorf("%v: looked at %d, broke %d, first %q", i, m.Looked[i], m.Broke[i], m.First[i])
		}
	}
	m = Monitors{Now: func() string { return "12 ms" }}
	m.Break(INV04, "a")
	m.Now = func() string { return "13 ms" }
	m.Break(INV04, "b")
	if m.First[INV04] != "12 ms: a" || m.Broke[INV04] != 2 {
		t.Errorf("first %q of %d", m.First[INV04], m.Broke[INV04])
	}
}

func TestMonitorsTruncated(t *testing.T) {
	var m Monitors
	m.Completed(2)
	m.Truncated("stock/0", 1)
	m.Truncated("stock/0", 2)
	if m.Newest() != 2 || m.Looked[INV03] != 2 || m.Broke[INV03] != 0 {
		t.Errorf("newest %d, looked at %d, broke %d", m.Newest(), m.Looked[INV03], m.Broke[INV03])
	}
	m.Truncated("stock/0", 3)
	if m.Broke[INV03] != 1 || !strings.Contains(m.First[INV03], "stock/0 drops epochs before 3") {
		t.Errorf("broke %d, first %q", m.Broke[INV03], m.First[INV03])
	}
}

// TestNames: every name is there, once, and leads back.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	unique := func(name string) {
		if name == "" || seen[name] {
			t.Errorf("the name %q is missing or is there twice", name)
		}
		seen[name] = true
	}
	for i := range Invariants {
		unique(i.String())
		if back, ok := InvariantNamed(i.String()); !ok || back != i {
			t.Errorf("%v leads to %v, %v", i, back, ok)
		}
	}
	if _, ok := InvariantNamed("INV-99"); ok {
		t.Error("there is an INV-99")
	}
	for k := Recover; k <= Response; k++ {
		unique(k.String())
	}
	if len(messageNames) != int(Response)+1 {
		t.Errorf("%d names of %d messages", len(messageNames), Response+1)
	}
	for v := range Verbs {
		unique(v.String())
	}
	// The words of scenario files, in their order.
	const verbs = "barrier snapshot durable complete truncate detect activate connect restore collect replay recovering running rollback ack publish"
	if got := strings.Join(VerbNames[:], " "); got != verbs {
		t.Errorf("the verbs are %s", got)
	}
}
