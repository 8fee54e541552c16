package swarm

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"simrun/check"
	"simrun/scenarios"
)

var numbersFlag = flag.Int("numbers", 40, "how many numbers of a swarm TestNumbers runs")
var baseFlag = flag.String("base", "crash-small", "")
var fromFlag = flag.Int("from", 1, "")
var protoFlag = flag.String("proto", "clonos", "")

func load(t testing.TB, name, protocol string, more ...string) *scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Load(name, []scenarios.Override{{Key: "recovery.protocol", Value: protocol}})
	if err == nil {
		s, err = s.With(more...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNumbers(t *testing.T) {
	base := load(t, *baseFlag, *protoFlag)
	n := *numbersFlag
	type row struct {
		what, why string
		took      time.Duration
	}
	rows := make([]row, n)
	scenarios.Each(context.Background(), 1, n, func(i int) {
		s := Draw(base, uint64(*fromFlag+i))
		start := time.Now()
		r, err := scenarios.RunWith(s, scenarios.Options{Lean: true})
		rows[i].took = time.Since(start)
		if err != nil {
			rows[i] = row{"error", err.Error(), 0}
			return
		}
		rows[i].what = "ok"
		for _, f := range r.Checks {
			if f.Verdict == check.Violated {
				rows[i].what, rows[i].why = "violated", rows[i].why+f.Name+": "+f.Detail+"\n"
			}
			if f.Verdict == check.Undecided && rows[i].what == "ok" {
				rows[i].what, rows[i].why = "undecided", f.Name+": "+f.Detail
				if len(r.Unstruck) > 0 {
					rows[i].what = "did not strike"
					f := s.Faults[r.Unstruck[0]]
					rows[i].why = "at"
					if f.After != nil {
						rows[i].why = f.After.Trace
						if f.After.Task != nil {
							rows[i].why = "events"
						}
					} else if f.Crash != nil {
						rows[i].why = fmt.Sprintf("at crash kind %d of %d", f.Crash[0].Kind, len(f.Crash))
					}
				}
			}
		}
	})
	counts := map[string]int{}
	var total time.Duration
	for i, r := range rows {
		counts[r.what]++
		if r.what == "did not strike" {
			counts["- "+r.why]++
		}
		if r.what == "violated" || r.what == "error" || r.what == "undecided" {
			t.Logf("number %d %s: %s", *fromFlag+i, r.what, r.why)
		}
		total += r.took
	}
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Logf("%6d %s", counts[k], k)
	}
	slices.SortFunc(rows, func(a, b row) int { return int(a.took - b.took) })
	t.Logf("mean %v, median %v, max %v", total/time.Duration(n), rows[n/2].took, rows[n-1].took)
}

// What is drawn is a scenario file: it parses back to itself.
func TestDrawnScenariosAreFiles(t *testing.T) {
	for _, name := range []string{"crash-small", "pipeline-small", "crash-stock", "pipeline-variants"} {
		for _, protocol := range []string{"clonos", "global"} {
			base := load(t, name, protocol)
			for n := range uint64(60) {
				isFile(t, Draw(base, n))
			}
			rapid.Check(t, func(t *rapid.T) { isFile(t, Scenarios(base).Draw(t, "scenario")) })
		}
	}
}

func isFile(t rapid.TB, s *scenarios.Scenario) {
	text := s.Expand()
	back, err := scenarios.Parse("drawn", text, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !reflect.DeepEqual(s, back) || !bytes.Equal(back.Expand(), text) {
		t.Fatalf("%s\nparses to\n%s\n%+v\n%+v", text, back.Expand(), s, back)
	}
	_ = strings.TrimSpace
}

func TestShow(t *testing.T) {
	base := load(t, *baseFlag, *protoFlag)
	t.Logf("\n%s", Draw(base, uint64(*fromFlag)).Expand())
}

func TestWin(t *testing.T) {
	base := load(t, *baseFlag, *protoFlag)
	for _, n := range []uint64{20, 36, 65, 81, 100, 107, 122, 134, 147, 194, 240, 251, 262, 271, 310, 313, 335, 353, 354, 366, 452, 464, 506, 517, 537, 588, 620, 710, 722, 730, 755, 779, 835, 858, 956, 992} {
		s := Draw(base, n)
		w := s.Checkout.Window
		s.Checkout.Window = 1024
		r, _ := scenarios.Run(s)
		bad := ""
		for _, f := range r.Checks {
			if f.Verdict == check.Violated || f.Verdict == check.Undecided {
				bad += " " + f.Name + " " + f.Detail
			}
		}
		t.Logf("%d window %d: without: %s", n, w, bad)
	}
}
