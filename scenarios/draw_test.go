package scenarios

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/sim"
)

// drawScenario draws a valid scenario by walking the structs and their tags:
// every key takes every kind of value that it may have.
func drawScenario(t *rapid.T) *Scenario {
	var doc document
	drawInto(t, reflect.ValueOf(&doc).Elem(), &documentField, "")
	s := &doc.Scenario
	s.About = strings.TrimFunc(s.About, func(r rune) bool { return r < ' ' })
	mend(t, s)
	return s
}

func drawInto(t *rapid.T, v reflect.Value, f *field, path string) {
	switch to := v.Addr().Interface().(type) {
	case *Distribution:
		*to = drawDistribution(t, f, path)
		return
	case *Popularity:
		if to.Uniform = rapid.Bool().Draw(t, path); !to.Uniform {
			to.Zipf = rapid.Int64Range(0, 10_000).Draw(t, path)
		}
		return
	case *Target:
		*to = Target{Operator: rapid.IntRange(0, 4).Draw(t, path)} // mend makes it one of the job
		return
	case *Expected:
		if to.Word = rapid.SampledFrom(expectWords).Draw(t, path); to.Word == "fail" {
			to.Checks = rapid.SampledFrom([][]string{nil, {"INV-07"}, {"exactly_once", "progress"}}).Draw(t, path)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(f.kind.Elem()))
		drawInto(t, v.Elem(), f.element(f.kind.Elem()), path)
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, path)
		if n > 0 {
			v.Set(reflect.MakeSlice(f.kind, n, n))
		}
		for i := range n {
			drawInto(t, v.Index(i), f.element(f.kind.Elem()), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Struct, reflect.Array:
		drawKeys(t, v, f, path)
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, path))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, path))
	case reflect.String:
		v.SetString(drawString(t, f, path))
	default:
		number := rapid.Int64Range(f.min, f.max)
		if f.specialWord != "" {
			number = rapid.OneOf(number, rapid.Just(f.special()))
		}
		v.SetInt(number.Draw(t, path))
	}
}

// drawKeys draws one key of each group of alternatives and all other keys.
func drawKeys(t *rapid.T, v reflect.Value, f *field, path string) {
	chosen := map[string]string{}
	for _, child := range f.children() {
		if child.one == "" {
			drawInto(t, valueOf(v, child), &child, join(path, child.key))
		} else if chosen[child.one] == "" {
			chosen[child.one] = rapid.SampledFrom(groupKeys(f.children(), child.one)).Draw(t, join(path, child.one))
		}
	}
	for _, child := range f.children() {
		if child.one != "" && chosen[child.one] == child.key {
			drawInto(t, valueOf(v, child), &child, join(path, child.key))
		}
	}
}

func drawString(t *rapid.T, f *field, path string) string {
	switch {
	case len(f.words) > 0:
		words := append([]string(nil), f.words...)
		if f.specialWord != "" {
			words = append(words, f.specialText)
		}
		return rapid.SampledFrom(words).Draw(t, path)
	case f.form == "name":
		return rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9._-]{0,20}`).Draw(t, path)
	}
	return rapid.OneOf(rapid.StringMatching(`[ -~éü☃]{0,30}`),
		rapid.SampledFrom([]string{"true", "null", "~", "0x1", "1e3", ".inf", "- a", "a: b", "a #b", "'", "\"", "\\", "", " x ", "{", "2pc", "a,b", "a b", "12:30:00", "2026-01-01"})).Draw(t, path)
}

func drawDistribution(t *rapid.T, f *field, path string) Distribution {
	d := Distribution{Shape: Shape(rapid.IntRange(0, 3).Draw(t, path)), Timed: f.form == "time"}
	d.A = rapid.Int64Range(f.min, f.max).Draw(t, path)
	switch d.Shape {
	case Uniform:
		d.B = rapid.Int64Range(d.A, f.max).Draw(t, path)
	case LogNormal:
		d.A = max(d.A, 1)
		d.B = min(f.max, d.A*rapid.Int64Range(1, min(logNormalSpread, 1<<62/d.A)).Draw(t, path))
	}
	return d
}

// mend makes what was drawn key by key agree.
func mend(t *rapid.T, s *Scenario) {
	s.Time.Warmup = min(s.Time.Warmup, s.Time.Horizon)
	d := &s.Cluster.Detector
	d.Timeout = max(d.Timeout, 2*sim.Microsecond)
	d.Heartbeat = min(d.Heartbeat, d.Timeout-1)
	if rapid.Bool().Draw(t, "disconnect off") {
		s.Cluster.Detector.Disconnect, s.Cluster.Detector.DisconnectOff = 0, true
	}
	if s.Job == "checkout" {
		s.Recovery.Variant = "cyclic"
	}
	if f := &s.Recovery.InFlight; f.Pool == 0 && f.Spill == "threshold" {
		f.Spill = "every_buffer"
	}
	if !s.published() {
		s.Recovery.Quirks = nil
	} else if s.Recovery.SharingDepth == 0 {
		s.Recovery.SharingDepth = 1
	}
	if s.published() && s.Recovery.Replies == "determinants" {
		s.Recovery.Replies = "immediate"
	}
	if s.Recovery.Replies == "determinants" && !s.FullySharing() {
		s.Recovery.SharingDepth = FullSharing
	}
	m, left := &s.Workload.Mix, int64(wholePPM)
	for _, share := range []*int64{&m.Checkout, &m.AddStock, &m.AddCredit} {
		*share = rapid.Int64Range(0, left).Draw(t, "share")
		left -= *share
	}
	m.Read = left
	for i := range s.Faults {
		mendFault(t, s, &s.Faults[i])
	}
}

// targetOf is a task of the job's i-th operator, counted round.
func targetOf(s *Scenario, i int) Target {
	o := s.Operators()[i%len(s.Operators())]
	return Target{Operator: o.word, Stage: o.stage, Index: o.Tasks - 1}
}

func mendFault(t *rapid.T, s *Scenario, f *Fault) {
	f.At = min(f.At, s.Time.Horizon)
	if f.Pause != nil {
		*f.Pause = targetOf(s, f.Pause.Operator)
	}
	if f.Slow != nil {
		f.Slow.Target = targetOf(s, f.Slow.Target.Operator)
	}
	if a := f.After; a != nil {
		if a.Task = nil; rapid.Bool().Draw(t, "task") {
			task := targetOf(s, 3)
			a.Task = &task
		}
		if a.Count = max(1, a.Count); a.Trace == "" {
			task := targetOf(s, 2)
			a.Task, a.Count = &task, 0
		}
	}
	switch {
	case f.Lose != nil:
		f.Lose.WritesOf = rapid.SampledFrom([]Target{targetOf(s, 1), {Kind: Machine}, {Kind: Manager}}).Draw(t, "writer")
	case f.Delay != nil:
		f.Delay.WritesOf = targetOf(s, f.Delay.WritesOf.Operator)
	case f.Skew != nil:
		f.Skew.Target = rapid.SampledFrom([]Target{targetOf(s, 1), {Kind: Machine}}).Draw(t, "clock")
		if f.Skew.By == 0 {
			f.Skew.By = -1
		}
	}
	if f.Crash != nil || f.Pause == nil && f.Slow == nil && f.Cut == nil && f.Lose == nil && f.Delay == nil && f.Skew == nil {
		targets := []Target{targetOf(s, 1), {Kind: Machine}, targetOf(s, len(s.Operators())-1), {Kind: Machine, Index: s.Machines() - 1}}
		if s.Cluster.Standbys > 0 {
			standby := targetOf(s, 2)
			standby.Kind = Standby
			targets = append(targets, standby)
		}
		distinct := rapid.SliceOfNDistinct(rapid.SampledFrom(targets), 1, 2, func(t Target) Target { return t })
		if f.For, f.Crash = 0, distinct.Draw(t, "targets"); s.Machines() == 1 || f.Crash[0] == f.Crash[len(f.Crash)-1] {
			f.Crash = f.Crash[:1]
		}
		if len(f.Crash) > 1 && f.Crash[0].String() == f.Crash[1].String() {
			f.Crash = f.Crash[:1]
		}
		return
	}
	f.For = max(1, f.For)
	if f.Cut != nil {
		f.Cut.From, f.Cut.To = targetOf(s, 1), rapid.SampledFrom([]Target{{Kind: Broker}, {Kind: Store}, {Kind: Manager}}).Draw(t, "to")
	}
}

// Parse(Expand(s)) is s, and expanding again writes the same bytes.
func TestExpandRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		text := s.Expand()
		back, err := Parse("expanded", text, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !reflect.DeepEqual(s, back) {
			t.Fatalf("%s\nparses to\n%s\n%+v\n%+v", text, back.Expand(), s, back)
		}
		if err := validate(text); err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
	})
}

// A clone shares nothing that can be changed.
func TestCloneIsIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		before := string(s.Expand())
		c := s.Clone()
		if !reflect.DeepEqual(s, c) {
			t.Fatal("the clone differs")
		}
		for i := range c.Faults {
			f := &c.Faults[i]
			for j := range f.Crash {
				f.Crash[j].Index++
			}
			if f.After != nil {
				f.After.Count++
				if f.After.Task != nil {
					f.After.Task.Index++
				}
			}
			if f.Pause != nil {
				f.Pause.Index++
			}
			if f.Slow != nil {
				f.Slow.Factor++
			}
			if f.Cut != nil {
				f.Cut.Both = !f.Cut.Both
			}
			if f.Lose != nil {
				f.Lose.WritesOf.Index++
			}
			if f.Delay != nil {
				f.Delay.By++
			}
			if f.Skew != nil {
				f.Skew.By++
			}
			f.For++
		}
		for i := range c.Expect.None.Checks {
			c.Expect.None.Checks[i] = "progress"
		}
		if string(s.Expand()) != before {
			t.Fatalf("changing a clone changed\n%s\ninto\n%s", before, s.Expand())
		}
	})
}

// Numbers are written so that they read back, in every form.
func TestNumbersRoundTrip(t *testing.T) {
	for name, form := range forms {
		rapid.Check(t, func(t *rapid.T) {
			value := rapid.OneOf(rapid.Int64Range(0, 1<<53), rapid.Int64Range(0, 2000), rapid.Map(rapid.Int64Range(0, 1<<20),
				func(n int64) int64 { return n * 1_000_000 })).Draw(t, "value")
			text := form.format(value)
			back, flaw := form.parse(text)
			if flaw != "" || back != value {
				t.Fatalf("%s: %d is written %s, which reads as %d %s", name, value, text, back, flaw)
			}
		})
	}
}

// The drawn distributions are those that the text says.
func TestDistributions(t *testing.T) {
	for _, c := range []struct {
		d        Distribution
		text     string
		constant bool
		median   int64
	}{
		{Constant(3), "3", true, 3},
		{Distribution{A: 2_500_000, Timed: true}, "2.5ms", true, 2_500_000},
		{Distribution{Shape: Uniform, A: 1, B: 3}, "{uniform: {min: 1, max: 3}}", false, 2},
		{Distribution{Shape: Uniform, A: 3, B: 3}, "{uniform: {min: 3, max: 3}}", true, 3},
		{Distribution{Shape: Exponential, A: 5e6, Timed: true}, "{exponential: {mean: 5ms}}", false, 3_465_736},
		{Distribution{Shape: LogNormal, A: 2e5, B: 9e5, Timed: true}, "{lognormal: {p50: 200us, p99: 900us}}", false, 200_000},
	} {
		dist := c.d.Dist()
		if median := dist.Quantile(500_000); c.d.String() != c.text || median < c.median-c.median/200 || median > c.median+c.median/200 {
			t.Errorf("%s with median %d, want %s with median %d", c.d, median, c.text, c.median)
		}
		v, constant := c.d.Constant()
		stream := sim.NewStream(1, 2, 3, 4)
		if constant != c.constant || constant && (v != c.median || dist.Draw(&stream) != v) {
			t.Errorf("%s: constant %d %v", c.d, v, constant)
		}
	}
}
