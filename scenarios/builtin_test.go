package scenarios

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"simrun/check"
	"simrun/recovery"
	"simrun/sim"
)

// What the built-ins promise, by protocol: none, redo, global, clonos.
func TestBuiltinExpectations(t *testing.T) {
	want := map[string]string{
		"quiet": "pass pass pass pass", "museum": "fail any pass pass", "crash-ingress": "fail pass pass pass",
		"crash-egress": "fail any pass pass", "wdm-consistency": "fail any pass pass",
		"saga-dirty-read": "fail fail fail fail",
	}
	failing := map[string]string{"saga-dirty-read global": "linearizable", "saga-dirty-read clonos": "linearizable"} // and nothing else
	for _, b := range Builtins() {
		s, err := Load(b.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, protocol := range Protocols() {
			word, checks := s.Expectation(protocol)
			if words = append(words, word); strings.Join(checks, " ") != failing[b.Name+" "+protocol] {
				t.Errorf("%s: %s names %v", b.Name, protocol, checks)
			}
		}
		expected := want[b.Name]
		if expected == "" {
			expected = "fail fail pass pass"
		}
		if got := strings.Join(words, " "); got != expected {
			t.Errorf("%s expects %s, want %s", b.Name, got, expected)
		}
		if b.About == "" || strings.ContainsAny(b.About, "\n") || s.Folder() != b.Name || (len(s.Faults) == 0) != (b.Name == "quiet") {
			t.Errorf("%s: about %q, folder %s, %d faults", b.Name, b.About, s.Folder(), len(s.Faults))
		}
	}
}

// Every file is listed.
func TestBuiltinsAreListed(t *testing.T) {
	files, err := fs.Glob(builtinFiles, "builtin/*.yaml")
	if err != nil || len(files) != len(Builtins()) {
		t.Errorf("%d files, %d in the list, %v", len(files), len(Builtins()), err)
	}
	for _, b := range Builtins() {
		if _, ok := BuiltinYAML(b.Name); !ok {
			t.Errorf("no file of %s", b.Name)
		}
	}
	for _, name := range []string{"", "nothing", "../builtin/quiet", "quiet.yaml", "."} {
		if _, ok := BuiltinYAML(name); ok {
			t.Errorf("%q is a built-in scenario", name)
		}
	}
	list := Builtins()
	list[0].Name = "changed"
	if Builtins()[0].Name == "changed" {
		t.Error("callers can change the list")
	}
}

// The main job is the one that the design measures.
func TestMainJob(t *testing.T) {
	s, err := Load("crash-stock", nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Time.Horizon != 60*sim.Second || s.Workload.Arrivals.OpenPerSecondMilli != 10_000_000 || s.Workload.Operations != 600_000 ||
		s.Workload.Mix.Checkout != wholePPM || s.Parallelism != (Parallelism{4, 4, 4, 4, 4, 4}) || s.Checkpoint.Every != 5*sim.Second ||
		len(s.Faults) != 1 || s.Faults[0].String() != "{at: 30s, crash: stock/1}" {
		t.Errorf("the main job is\n%s", s.Expand())
	}
}

func TestSampleParses(t *testing.T) {
	s, err := Parse("sample.yaml", Sample(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "my-scenario" || len(s.Faults) != 2 {
		t.Errorf("the sample is\n%s", s.Expand())
	}
}

// The table of the contract.
func TestReplies(t *testing.T) {
	for _, c := range []struct{ recovery, none, redo, global, clonos string }{
		{"{sharing_depth: 2}, job: pipeline", "immediate", "immediate", "transactional", "transactional"},
		{"{sharing_depth: 3}, job: pipeline", "immediate", "immediate", "transactional", "determinants"},
		{"{sharing_depth: 4}, job: pipeline, pipeline: {stages: 3}", "immediate", "immediate", "transactional", "determinants"},
		{"{}", "immediate", "immediate", "transactional", "determinants"},
		{"{sharing_depth: 2}", "immediate", "immediate", "transactional", "determinants"},
		{"{sharing_depth: 1}", "immediate", "immediate", "transactional", "transactional"},
		{"{sharing_depth: 0}", "immediate", "immediate", "transactional", "transactional"},
		{"{replies: immediate, sharing_depth: 0}", "immediate", "immediate", "immediate", "immediate"},
		{"{replies: default}", "immediate", "immediate", "transactional", "determinants"},
	} {
		s, err := Parse("s", []byte("{simrun: 1, name: q, recovery: "+c.recovery+"}"), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{s.Replies("none"), s.Replies("redo"), s.Replies("global"), s.Replies("clonos")}
		if want := []string{c.none, c.redo, c.global, c.clonos}; !slices.Equal(got, want) {
			t.Errorf("%s: replies %v, want %v", c.recovery, got, want)
		}
	}
}

func TestUnused(t *testing.T) {
	const ofShop = "checkpoint.backoff parallelism.count costs.record.count pipeline"
	const ofPipeline = "checkpoint.backoff parallelism.order parallelism.stock parallelism.payment costs.record.order costs.record.stock costs.record.payment checkout workload.mix"
	for _, c := range []struct{ job, depth, protocol, want string }{
		{"checkout", "full", "clonos", "recovery.orphans " + ofShop},
		{"checkout", "1", "clonos", ofShop},
		{"checkout", "1", "global", "costs.determinant recovery.sharing_depth recovery.variant recovery.orphans checkpoint.backoff time.tick recovery.delta recovery.determinants recovery.inflight parallelism.count costs.record.count pipeline"},
		{"pipeline", "full", "clonos", "recovery.orphans " + ofPipeline},
		{"pipeline", "2", "clonos", ofPipeline},
	} {
		s, err := Parse("s", []byte("{simrun: 1, name: q, job: "+c.job+", recovery: {sharing_depth: "+c.depth+"}}"), nil)
		if err != nil {
			t.Fatal(err)
		}
		unused := s.Unused(c.protocol)
		if got := strings.Join(unused, " "); got != c.want {
			t.Errorf("%s at depth %s does not use %q, want %q", c.protocol, c.depth, got, c.want)
		}
		for _, key := range unused {
			if !slices.Contains(allKeys(&documentField, ""), key) {
				t.Errorf("there is no key %s", key)
			}
		}
	}
}

func TestExpectationNamesChecks(t *testing.T) {
	s, err := Parse("s", []byte("{simrun: 1, name: q, expect: {redo: {fail: [exactly_once]}, none: any}}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if word, checks := s.Expectation("redo"); word != "fail" || !slices.Equal(checks, []string{"exactly_once"}) {
		t.Errorf("redo: %s %v", word, checks)
	}
	if word, checks := s.Expectation("clonos"); word != "pass" || checks != nil {
		t.Errorf("a protocol that is left out: %s %v", word, checks)
	}
	if word, _ := new(Scenario).Expectation("none"); word != "pass" {
		t.Errorf("the zero scenario: %s", word)
	}
}

// Verbs are those that the protocols tell.
func TestVerbsAreThoseOfTheTrace(t *testing.T) {
	fields := fieldsOf(reflect.TypeFor[After]())
	i := slices.IndexFunc(fields, func(f field) bool { return f.key == "trace" })
	if !slices.Equal(fields[i].words, recovery.VerbNames[:]) {
		t.Errorf("verbs %v, traces tell %v", fields[i].words, recovery.VerbNames)
	}
}

// Every check that a run makes can be expected to fail, monitors apart.
func TestChecksAreThoseOfTheJudges(t *testing.T) {
	var names []string
	for _, f := range check.Judge(&check.Evidence{History: &check.History{}}) {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, checkNames) {
		t.Errorf("expectations can name %v, judges judge %v", checkNames, names)
	}
}

// Targets read back, and only they do.
func TestTargets(t *testing.T) {
	for _, text := range []string{"stock/1", "count1/0", "count8/3/standby", "ingress/0/standby", "machine/12", "manager", "broker", "store"} {
		if target, _, ok := parseTarget(text); !ok || target.String() != text {
			t.Errorf("%s reads as %v, %v", text, target, ok)
		}
	}
	for _, text := range []string{"", "/", "stock/", "stock/1/", "stock/1/standby/", "machine/1/standby", "store/0", "Stock/1", "stock/1000001", "stock/+1", "stock/1 ", "count/0", "count0/0", "count9/0", "count01/0", "count1"} {
		if target, _, ok := parseTarget(text); ok {
			t.Errorf("%q reads as %v", text, target)
		}
	}
}
