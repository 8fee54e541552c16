package report

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/check"
	"simrun/cluster"
	"simrun/sim"
)

// saved writes the data of a run to a new folder.
func saved(t testing.TB, run Run) string {
	dir := filepath.Join(t.TempDir(), "seed-1")
	if err := Write(dir, run.Digest, run.Data()...); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestLoadedRunIsTheSavedOne(t *testing.T) {
	for name, runs := range drawnSamples() {
		for _, run := range runs {
			dir := saved(t, run)
			loaded, err := Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			want := run.rounded()
			want.Dir = dir
			if !reflect.DeepEqual(loaded, want) {
				t.Errorf("%s: loaded\n%+v\nwant\n%+v", name, loaded, want)
			}
		}
	}
}

// drawRun draws a run of any shape, with times of a nanosecond's precision.
func drawRun(t *rapid.T) Run {
	text := rapid.StringMatching(`[a-z"',; \n<é]{0,12}`)
	span := rapid.Map(rapid.Int64Range(0, 200e9), func(n int64) sim.Time { return sim.Time(n) })
	count := rapid.Int64Range(0, 1e12)
	rows := rapid.IntRange(0, 5)
	run := Run{
		Scenario: text.Draw(t, "scenario"), Protocol: text.Draw(t, "protocol"), Seed: rapid.Uint64().Draw(t, "seed"),
		Replies: text.Draw(t, "replies"), Digest: text.Draw(t, "digest"), Command: text.Draw(t, "command"),
		Verdict:  rapid.SampledFrom([]Verdict{Pass, Fail, Undecided}).Draw(t, "verdict"),
		Expected: text.Draw(t, "expected"), Warmup: span.Draw(t, "warmup"), Horizon: span.Draw(t, "horizon"),
		Protection: cluster.Protection{DataBytes: count.Draw(t, "data"), LogPeak: count.Draw(t, "log")},
	}
	for range rows.Draw(t, "tasks") {
		run.Overhead = append(run.Overhead, cluster.TaskOverhead{Task: text.Draw(t, "task"), LoggedBytes: count.Draw(t, "own"), ReplicasPeak: count.Draw(t, "replicas"),
			NewBytes: count.Draw(t, "first"), AgainBytes: count.Draw(t, "duplicate"), LateBytes: count.Draw(t, "late"), SentBytes: count.Draw(t, "sent"),
			HeaderBytes: count.Draw(t, "header"), VarintBytes: count.Draw(t, "varint"), FlatBytes: count.Draw(t, "flat"), HierarchicalBytes: count.Draw(t, "hierarchical")})
	}
	for range rows.Draw(t, "kinds") {
		run.Kinds = append(run.Kinds, cluster.KindOverhead{Kind: text.Draw(t, "kind"), Count: count.Draw(t, "determinants"), LoggedBytes: count.Draw(t, "logged"), WireBytes: count.Draw(t, "wire")})
	}
	for range rows.Draw(t, "checks") {
		run.Checks = append(run.Checks, check.Finding{Name: text.Draw(t, "name"), LookedAt: count.Draw(t, "looked at"),
			Verdict: check.Verdict(rapid.IntRange(0, 3).Draw(t, "word")), Detail: text.Draw(t, "detail")})
	}
	for range rows.Draw(t, "recoveries") {
		v := cluster.Recovery{Fault: rapid.IntRange(0, 9).Draw(t, "fault"), Task: text.Draw(t, "task"), Protocol: text.Draw(t, "protocol"),
			At: span.Draw(t, "at"), CaughtUp: rapid.Bool().Draw(t, "caught up"), RecordsReplayed: count.Draw(t, "records"),
			Determinants: count.Draw(t, "determinants"), BytesFetched: count.Draw(t, "bytes"), TasksRolledBack: rapid.IntRange(0, 99).Draw(t, "tasks")}
		for _, phase := range phases {
			*phase.of(&v) = span.Draw(t, phase.name)
			v.Total += *phase.of(&v)
		}
		run.Recoveries = append(run.Recoveries, v)
	}
	for i := range rows.Draw(t, "windows") {
		run.Windows = append(run.Windows, cluster.Window{Start: sim.Time(i) * 100 * ms, Offered: count.Draw(t, "offered"),
			Answered: count.Draw(t, "answered"), LatencyP50: int64(span.Draw(t, "p50")), HeaderBytes: count.Draw(t, "headers")})
	}
	for range rows.Draw(t, "points") {
		run.Latency = append(run.Latency, cluster.LatencyPoint{Span: text.Draw(t, "span"), Share: rapid.Int64Range(0, 100_000).Draw(t, "share"),
			Latency: int64(span.Draw(t, "latency")), Count: count.Draw(t, "count")})
	}
	for range rows.Draw(t, "marks") {
		run.Marks = append(run.Marks, cluster.Mark{Name: text.Draw(t, "mark"), From: span.Draw(t, "from"), To: span.Draw(t, "to")})
	}
	return run
}

func encoded(t *rapid.T, run Run) map[string]string {
	files := map[string]string{}
	for _, file := range run.Data() {
		var content bytes.Buffer
		if err := file.Write(&content); err != nil {
			t.Fatal(err)
		}
		files[file.Name] = content.String()
	}
	return files
}

func TestAnyRunSurvivesItsFolder(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		run := drawRun(t)
		files := encoded(t, run)
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		loaded, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		loaded.Dir = ""
		if want := run.rounded(); !reflect.DeepEqual(loaded, want) {
			t.Fatalf("loaded\n%+v\nwant\n%+v", loaded, want)
		}
		if again := encoded(t, loaded); !reflect.DeepEqual(again, files) {
			t.Fatalf("saved again\n%v\nat first\n%v", again, files)
		}
	})
}

func TestRoundedPhasesSumToTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, before := range drawRun(t).Recoveries {
			v := roundRecovery(before)
			var sum sim.Time
			for _, phase := range phases {
				if *phase.of(&v)%us != 0 || *phase.of(&v) < 0 {
					t.Fatalf("%s is %d ns", phase.name, *phase.of(&v))
				}
				sum += *phase.of(&v)
			}
			if v.CaughtUp && (sum != v.Total || v.Total != roundTime(before.Total)) {
				t.Fatalf("phases sum to %d, total is %d of %d", sum, v.Total, before.Total)
			}
			if again := roundRecovery(v); again != v {
				t.Fatalf("rounded twice: %+v, once: %+v", again, v)
			}
		}
	})
}

// What is wrong with a folder is told with file, line, cause and remedy.
func TestLoadErrors(t *testing.T) {
	for _, test := range []struct {
		file, from, to string
		want           []string
	}{
		{"timeline.csv", "100000,", "soon,", []string{"timeline.csv:3: t_us is \"soon\", which is no whole number", "simrun run crash-stock"}},
		{"timeline.csv", "latency_p99_us", "p99", []string{"timeline.csv:1: no column latency_p99_us"}},
		{"timeline.csv", "header_bytes\n", "header_bytes\n1,2\n", []string{"timeline.csv:2: wrong number of fields"}},
		{"recovery.csv", "20211,", "20.211,", []string{"recovery.csv:2: detect_us is \"20.211\""}},
		{"recovery.csv", "0,stock/1,clonos", "\n", []string{"recovery.csv:", "wrong number of fields"}},
		{"latency.csv", "before,", "before,\"", []string{"latency.csv:"}},
		{"findings.json", `"PASS"`, `"MAYBE"`, []string{`findings.json:5: verdict "MAYBE" is none of`}},
		{"findings.json", `"skipped"`, `"fine"`, []string{`verdict "fine" of check INV-10`}},
		{"findings.json", `"struck_us": [`, `"struck_us": [ 1,`, []string{"struck_us has 2 instants, recovery.csv has 1 rows"}},
		{"findings.json", `"seed": 1`, `"seed": "one"`, []string{"findings.json:4: "}},
		{"run.json", `"simrun_run": 1`, `"simrun_run": 9`, []string{"run.json:1: simrun_run is 9", "run the scenario again"}},
		{"run.json", "{", "", []string{"run.json:2: ", "run the scenario again"}},
	} {
		dir := saved(t, sampleRun("clonos"))
		path := filepath.Join(dir, test.file)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		damaged := strings.Replace(string(content), test.from, test.to, 1)
		if damaged == string(content) {
			t.Fatalf("%s holds no %q", test.file, test.from)
		}
		os.WriteFile(path, []byte(damaged), 0o644)
		_, err = Load(dir)
		if err == nil {
			t.Errorf("%s with %q for %q: no error", test.file, test.to, test.from)
			continue
		}
		for _, want := range append(test.want, dir) {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s with %q for %q: %v\nwant %q", test.file, test.to, test.from, err, want)
			}
		}
	}
	for _, file := range []string{"run.json", "findings.json", "recovery.csv", "timeline.csv", "latency.csv"} {
		dir := saved(t, sampleRun("clonos"))
		os.Remove(filepath.Join(dir, file))
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), file+": no such file") {
			t.Errorf("without %s: %v", file, err)
		}
		os.WriteFile(filepath.Join(dir, file), nil, 0o644)
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), file+":1:") {
			t.Errorf("with an empty %s: %v", file, err)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "nowhere")); err == nil || errors.Is(err, os.ErrPermission) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// Columns and keys that a later version added do no harm, in whatever order columns stand.
func TestLoadLeavesAloneWhatItDoesNotKnow(t *testing.T) {
	content := "later,latency_us,span,replies,share_per_100000\nx,1500,before,10,50000\n"
	rows, err := readCSV([]byte(content), latencyColumns)
	want := []cluster.LatencyPoint{{Span: "before", Share: 50_000, Latency: 1_500_000, Count: 10}}
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("%+v, %v", rows, err)
	}
}

// The contract names these columns; scripts rely on them.
func TestColumnsAreThoseOfTheContract(t *testing.T) {
	run := sampleRun("clonos")
	run.Windows, run.Latency = run.Windows[:1], run.Latency[:1]
	run.Recoveries = append(run.Recoveries, run.Recoveries[0])
	run.Recoveries[1].CaughtUp = false
	for name, want := range map[string]string{
		"recovery.csv": "fault,task,protocol,detect_us,activate_us,restore_us,collect_us,connect_us,replay_us,catch_up_us,total_us," +
			"records_replayed,determinants,bytes_fetched,tasks_rolled_back\n" +
			"0,stock/1,clonos,20211,812,74,3127,1411,412337,1297000,1734972,24981,61734,4213772,1\n" +
			"0,stock/1,clonos,20211,812,74,3127,1411,412337,,,24981,61734,4213772,1\n",
		"timeline.csv": "t_us,offered,answered,paid,backlog,latency_p50_us,latency_p99_us,latency_max_us,data_bytes,determinant_bytes,header_bytes\n",
		"latency.csv":  "span,share_per_100000,latency_us,replies\n",
		"overhead.csv": "task,own_log_bytes,replica_bytes_max,delta_bytes_first,delta_bytes_duplicate,delta_bytes_late,sent_bytes," +
			"header_bytes,header_varint_bytes,header_flat_bytes,header_hierarchical_bytes\norder/0,1000,5000,4000,1000,0,9000,800,800,4000,3000\n",
		"determinants.csv": "kind,count,logged_bytes,wire_bytes\nOrder,500,1000,9000\n",
	} {
		for _, file := range run.Data() {
			var content bytes.Buffer
			if err := file.Write(&content); err != nil {
				t.Fatal(err)
			}
			if file.Name == name && !strings.HasPrefix(content.String(), want) {
				t.Errorf("%s is\n%swant\n%s", name, content.String(), want)
			}
		}
	}
}
