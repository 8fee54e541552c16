package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"simrun/recovery"
	"simrun/sim"
)

// TestConversations tells the stories of recoveries: what manager and tasks
// say to each other, without records and credits.
//
//	run protocol=NAME [from=TIME] [to=TIME] [without=WORD,...] [timeout=TIME]
//	crash TASK,... at TIME
//	crash TASK,... after VERB of TASK [COUNT]
//	cut TARGET TARGET at TIME for TIME [both ways]
//	lose WRITER at TIME for TIME
//	delay WRITER by TIME at TIME for TIME
//	skew TARGET by TIME at TIME for TIME
//
// runs the shop of two tasks an operator and prints the story between two
// instants, but for lines that contain a word of those left out; then what the
// checks say.
func TestConversations(t *testing.T) {
	datadriven.Walk(t, "testdata/conversations", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd != "run" {
				d.Fatalf(t, "no command %s", d.Cmd)
			}
			return converse(t, d)
		})
	})
}

func converse(t *testing.T, d *datadriven.TestData) string {
	var name, from, to, timeout string
	d.ScanArgs(t, "protocol", &name)
	d.MaybeScanArgs(t, "from", &from)
	d.MaybeScanArgs(t, "to", &to)
	d.MaybeScanArgs(t, "timeout", &timeout)
	all := []protocol{none, redo, global, clonos, depth1, depth0}
	i := slices.IndexFunc(all, func(p protocol) bool { return p.name == strings.ReplaceAll(name, "-", " at depth ") })
	if i < 0 {
		d.Fatalf(t, "no protocol %s", name)
	}
	cfg := all[i].cfg()
	if timeout != "" {
		cfg.Timeout = instant(t, d, timeout)
		cfg.Heartbeat = cfg.Timeout / 4
	}
	for _, line := range strings.Split(d.Input, "\n") {
		if line != "" {
			cfg.Faults = append(cfg.Faults, faultOf(t, d, strings.Fields(line)))
		}
	}
	var said strings.Builder
	cfg.Trace = &said
	left, right := sim.Time(0), sim.Time(1)<<62
	if from != "" {
		left = instant(t, d, from)
	}
	if to != "" {
		right = instant(t, d, to)
	}
	var without []string
	for _, a := range d.CmdArgs {
		if a.Key == "without" {
			without = a.Vals
		}
	}
	cfg.Filter = func(l *Line) bool {
		return l.Order < 0 && l.At >= left && l.At <= right && !slices.ContainsFunc(without, func(word string) bool { return strings.Contains(l.Text, word) })
	}
	_, o := play(t, cfg)
	if names, _ := complaints(o); len(names) > 0 {
		fmt.Fprintf(&said, "violated: %s\n", strings.Join(names, ", "))
	} else {
		said.WriteString("all checks hold\n")
	}
	return said.String()
}

func faultOf(t *testing.T, d *datadriven.TestData, words []string) Fault {
	switch {
	case len(words) == 4 && words[0] == "crash" && words[2] == "at":
		return crash(instant(t, d, words[3]), strings.Split(words[1], ",")...)
	case len(words) >= 6 && words[0] == "crash" && words[2] == "after":
		verb := slices.Index(recovery.VerbNames[:], words[3])
		if verb < 0 {
			d.Fatalf(t, "no verb %s", words[3])
		}
		count := 1
		if len(words) == 7 {
			fmt.Sscan(words[6], &count)
		}
		return after(recovery.Verb(verb), words[5], count, crash(0, strings.Split(words[1], ",")...))
	case len(words) >= 7 && words[0] == "cut" && words[3] == "at" && words[5] == "for":
		f := cut(instant(t, d, words[4]), instant(t, d, words[6]), words[1], words[2])
		if f.Both = len(words) == 9; f.Both {
			f.Text = strings.ReplaceAll(f.Text, ">", "<>")
		}
		return f
	case len(words) == 6 && words[0] == "lose" && words[2] == "at" && words[4] == "for":
		return lose(instant(t, d, words[3]), instant(t, d, words[5]), words[1])
	case len(words) == 8 && words[2] == "by" && words[4] == "at" && words[6] == "for":
		make := map[string]func(at, length sim.Time, name string, by sim.Time) Fault{"delay": delay, "skew": skewed}[words[0]]
		if make != nil {
			return make(instant(t, d, words[5]), instant(t, d, words[7]), words[1], instant(t, d, words[3]))
		}
	}
	d.Fatalf(t, "no fault: %v", words)
	return Fault{}
}

// instant reads milliseconds: 1220ms.
func instant(t *testing.T, d *datadriven.TestData, text string) sim.Time {
	var n int64
	if _, err := fmt.Sscanf(text, "%dms", &n); err != nil {
		d.Fatalf(t, "no time: %s", text)
	}
	return sim.Time(n) * ms
}
