package netmodel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"simrun/sim"
)

// A desk has one of everything, and a clock on the wall that the page moves forward.
type desk struct {
	now    sim.Time
	nic    NIC
	link   Link
	store  Store
	egress Egress
}

func duration(t *testing.T, text string) sim.Time {
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return sim.Time(d)
}

func (k *desk) line(t *testing.T, line string) string {
	words := strings.Fields(line)
	number := func(word int) (n int64) {
		if _, err := fmt.Sscan(words[word], &n); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return n
	}
	instant := func(at sim.Time) string { return time.Duration(at).String() }
	switch words[0] {
	case "at":
		k.now = duration(t, words[1])
		return ""
	case "send":
		leaves := k.nic.Send(k.now, number(1))
		return fmt.Sprintf("leaves %s, arrives %s", instant(leaves), instant(k.link.Deliver(leaves)))
	case "cut":
		k.link.Cut(duration(t, words[2]))
		return ""
	case "renew":
		k.link.Renew(sim.NewStream(1, 0, 1, 0), k.link.CutUntil())
		return ""
	case "put":
		return "durable " + instant(k.store.Put(k.now, number(1)))
	case "get":
		return "read " + instant(k.store.Get(k.now, number(1)))
	case "pause":
		k.store.Pause(duration(t, words[2]))
		return ""
	case "slow":
		k.store.Slow(number(1), duration(t, words[3]))
		return ""
	case "reply":
		k.egress.Append(int32(number(1)), []byte(words[2]))
	case "release":
		var seen []string
		k.egress.Release(int32(number(1)), func(record []byte) { seen = append(seen, string(record)) })
		return fmt.Sprintf("visible: %s; %d wait", strings.Join(seen, " "), k.egress.Pending())
	case "abort":
		k.egress.Abort(int32(number(1)))
	default:
		t.Fatalf("unknown command %q", line)
	}
	return fmt.Sprintf("%d wait", k.egress.Pending())
}

func TestConversations(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var k desk
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "desk" {
				var rate, storeRate int64
				var least, most, latency string
				d.ScanArgs(t, "bandwidth", &rate)
				d.ScanArgs(t, "latency", &least, &most)
				d.ScanArgs(t, "store", &latency, &storeRate)
				wire := sim.Uniform(int64(duration(t, least)), int64(duration(t, most)))
				disk := sim.Constant(int64(duration(t, latency)))
				k = desk{
					nic:   NewNIC(rate),
					link:  NewLink(&wire, sim.NewStream(1, 0, 0, 0)),
					store: NewStore(&disk, storeRate, sim.NewStream(1, 1, 0, 0)),
				}
				return ""
			}
			var out strings.Builder
			for line := range strings.Lines(d.Input) {
				line = strings.TrimSpace(line)
				if answer := k.line(t, line); answer != "" {
					fmt.Fprintf(&out, "%-20s %s\n", line, answer)
				} else {
					fmt.Fprintln(&out, line)
				}
			}
			return out.String()
		})
	})
}
