package report

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/check"
	"simrun/sim"
)

func TestQuantities(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{duration(0), "0"}, {duration(us), "1.0 µs"}, {duration(340 * us), "340 µs"}, {duration(4210 * us), "4.21 ms"},
		{duration(127400 * us), "127.4 ms"}, {duration(999949 * us), "999.9 ms"}, {duration(999951 * us), "1.00 s"},
		{duration(1834 * ms), "1.83 s"}, {duration(9996 * ms), "10.0 s"}, {duration(99960 * ms), "100 s"}, {duration(3600 * sim.Second), "3600 s"},
		{brief(127400 * us), "127 ms"}, {brief(999600 * us), "1.00 s"}, {brief(20211 * us), "20.2 ms"}, {brief(5 * sim.Second), "5.00 s"},
		{instant(30 * sim.Second), "30 s"}, {instant(30250 * ms), "30.25 s"}, {instant(0), "0 s"}, {instant(100 * sim.Second), "100 s"},
		{size(0), "0 B"}, {size(999), "999 B"}, {size(1000), "1.00 kB"}, {size(12_345_678), "12.3 MB"}, {size(999_999), "1.00 MB"},
		{size(412_345_678), "412 MB"}, {size(math.MaxInt64), "9223 PB"},
		{percent(1, 3), "33.3 %"}, {percent(0, 3), "0.0 %"}, {percent(5, 1), "500 %"}, {percent(1, 0), ""},
		{number(0), "0"}, {number(999), "999"}, {number(1000), "1,000"}, {number(1_204_331), "1,204,331"}, {number(-12_345), "-12,345"},
		{Plural(1, "recovery"), "1 recovery"}, {Plural(2, "recovery"), "2 recoveries"}, {Plural(0, "task"), "0 tasks"},
		{shortened("reservation/12", 9), "rese…n/12"}, {shortened("stock/1", 9), "stock/1"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}

// A shown duration is within half of its last digit, whatever the unit.
func TestDurationsAreRounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Int64Range(1000, 100e9).Draw(t, "ns")
		var value float64
		var unit string
		text := duration(sim.Time(want))
		if _, err := fmt.Sscan(text, &value, &unit); err != nil {
			t.Fatal(err)
		}
		digits := 0
		if _, fraction, found := strings.Cut(strings.Fields(text)[0], "."); found {
			digits = len(fraction)
		}
		scale := map[string]float64{"µs": 1e3, "ms": 1e6, "s": 1e9}[unit]
		if off := math.Abs(value*scale - float64(want)); off > 0.5*scale*math.Pow(10, -float64(digits))*1.000001 {
			t.Fatalf("%d ns is shown as %s", want, text)
		}
	})
}

func TestAxes(t *testing.T) {
	labels := func(a axis) string {
		var list []string
		for _, tick := range a.ticks {
			list = append(list, tick.Label)
		}
		return strings.Join(list, " ")
	}
	for _, test := range []struct {
		a    axis
		want string
	}{
		{fromZero(0.3e9, inSeconds, 4), "0 0.1 0.2 0.3"},
		{fromZero(5.33e9, inSeconds, 6), "0 1 2 3 4 5"},
		{fromZero(15_000, 1, 4), "0 5k 10k 15k"},
		{fromZero(2_600, 1, 4), "0 1000 2000"},
		{fromZero(12_000_000, 1, 4), "0 5M 10M"},
		{fromZero(0, 1, 4), "0 0.5 1.0"},
		{between(28.2e9, 34.3e9, inSeconds, 8), "29 30 31 32 33 34"},
		{latencies([]float64{3e6, 4e9}), "10 ms 100 ms 1 s"},
		{latencies([]float64{3e6, 18e6}), "2 ms 5 ms 10 ms 20 ms"},
		{latencies([]float64{0}), "1 ms 10 ms 100 ms 1 s"},
		{latencies([]float64{1, 3e5}), "1 µs 10 µs 100 µs"},
		{tail(3), " p50 p90 p99 p99.9"},
	} {
		if got := labels(test.a); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
		if test.a.at(test.a.min) != 0 || test.a.at(test.a.max) != 1 {
			t.Errorf("%s: ends at %v and %v", test.want, test.a.at(test.a.min), test.a.at(test.a.max))
		}
	}
}

func TestAxesHoldTheirValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(1e3, 1e13), 1, 5).Draw(t, "values")
		a := latencies(values)
		for _, v := range values {
			if at := a.at(v); at < -1e-9 || at > 1+1e-9 {
				t.Fatalf("%v lies at %v", v, at)
			}
		}
		top := values[0]
		b := fromZero(top, 1, rapid.IntRange(3, 9).Draw(t, "room"))
		if len(b.ticks) < 2 || len(b.ticks) > 11 {
			t.Fatalf("%d ticks up to %v", len(b.ticks), top)
		}
	})
}

// The exit code of a run, as the contract has it.
func TestExit(t *testing.T) {
	violated := []check.Finding{{Name: "linearizable", Verdict: check.Violated}}
	for _, test := range []struct {
		verdict  Verdict
		expected string
		only     []string
		want     int
	}{
		{Pass, "pass", nil, 0}, {Fail, "pass", nil, 1}, {Undecided, "pass", nil, 3},
		{Pass, "fail", nil, 1}, {Fail, "fail", nil, 0}, {Undecided, "fail", nil, 3},
		{Pass, "any", nil, 0}, {Fail, "any", nil, 0}, {Undecided, "any", nil, 0},
		{Fail, "fail", []string{"progress", "linearizable"}, 0}, {Fail, "fail", []string{"progress"}, 1},
	} {
		run := Run{Verdict: test.verdict, Expected: test.expected, ExpectedChecks: test.only, Checks: violated}
		if got := run.Exit(); got != test.want {
			t.Errorf("%s, expected %s %v: exit %d, want %d", test.verdict, test.expected, test.only, got, test.want)
		}
	}
	for want, verdicts := range map[Verdict][]check.Verdict{
		Pass: {check.Ok, check.Skipped}, Undecided: {check.Ok, check.Undecided}, Fail: {check.Violated, check.Undecided, check.Ok},
	} {
		var checks []check.Finding
		for _, v := range verdicts {
			checks = append(checks, check.Finding{Verdict: v})
		}
		if got := VerdictOf(checks); got != want {
			t.Errorf("%v: %s, want %s", verdicts, got, want)
		}
	}
}
