package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// conversation parses the input of a golden test. Lines that begin with --set
// are overrides; in parse head is put before the file, so that examples are short.
func conversation(input string) (data []byte, overrides []Override) {
	var file []string
	for _, line := range strings.Split(input, "\n") {
		if set, ok := strings.CutPrefix(line, "--set "); ok {
			key, value, _ := strings.Cut(set, "=")
			overrides = append(overrides, Override{key, value})
			continue
		}
		file = append(file, line)
	}
	return []byte(strings.NewReplacer("<TAB>", "\t", "<CR>", "\r", "<BELL>", "\a", "<FF>", "\xff").Replace(strings.Join(file, "\n"))), overrides
}

// Everything wrong, each with its place. The files are read as documentation.
func TestBadInput(t *testing.T) {
	datadriven.Walk(t, "testdata/bad", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			data, overrides := conversation(d.Input)
			s, err := Parse("s.yaml", data, overrides)
			if err == nil {
				return "accepted: " + s.Name + "\n"
			}
			if s != nil || !errors.As(err, new(*BadInput)) {
				t.Errorf("%s: scenario %v with error %T", d.Pos, s, err)
			}
			return err.Error() + "\n"
		})
	})
}

// What changes when a scenario is written or overridden in some way: the lines
// of the expanded form that differ from those of a scenario without it.
func TestExpanded(t *testing.T) {
	datadriven.Walk(t, "testdata/expand", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			data, overrides := conversation(d.Input)
			s, err := Parse("s.yaml", data, overrides)
			if err != nil {
				return err.Error() + "\n"
			}
			plain, err := Parse("plain.yaml", []byte("simrun: 1\nname: plain"), nil)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			before := strings.Split(string(plain.Expand()), "\n")
			for _, line := range strings.Split(string(s.Expand()), "\n") {
				if !slices.Contains(before, line) && !strings.HasPrefix(line, "name: ") {
					out.WriteString(line + "\n")
				}
			}
			if s.Folder() != s.Name {
				out.WriteString("folder: " + s.Folder() + "\n")
			}
			return out.String()
		})
	})
}

const everyDefault = `
simrun: 1
name: plain
about: ''
seed: 1
time: {horizon: 60s, warmup: 5s, drain: 30s}
job: checkout
parallelism: {ingress: 4, order: 4, stock: 4, payment: 4, egress: 4}
cluster: {slots: 1, standbys: 1, reboot: 5s, start: 1s, detector: {heartbeat: 500ms, timeout: 2s, disconnect: 20ms}}
network:
  latency: {lognormal: {p50: 200us, p99: 900us}}
  bandwidth: 10Gbit/s
  buffer: {bytes: 32KiB, timeout: 5ms}
  credits: 10
costs: {record: 10us, byte: 1ns, determinant: 20ns, snapshot_byte: 1ns, restore_byte: 1ns}
checkpoint:
  every: 5s
  store: {latency: {lognormal: {p50: 20ms, p99: 80ms}}, bandwidth: 200MB/s}
recovery: {protocol: clonos, sharing_depth: full, variant: cyclic, orphans: rollback}
checkout:
  transactions: 2pc
  items: {count: 100000, stock: 100000, price: {uniform: {min: 1, max: 100}}, popularity: uniform}
  users: {count: 100000, credit: 1000000, popularity: uniform}
  lines: {uniform: {min: 1, max: 3}}
  quantity: 1
  provider: {latency: {lognormal: {p50: 1ms, p99: 5ms}}, decline: 0%}
workload:
  arrivals: {open: 10000/s}
  mix: {checkout: 90%, add_stock: 4%, add_credit: 4%, read: 2%}
  retry: {timeout: 15s, max: unlimited}
faults: []
check: {linearizable: on}
expect: pass
`

// The defaults are those that the contract prints.
func TestDefaultsAreThoseOfTheContract(t *testing.T) {
	explicit, err := Parse("explicit", []byte(everyDefault), nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Parse("plain", []byte("{simrun: 1, name: plain}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(plain, explicit) {
		t.Errorf("defaults:\n%s\nwritten out:\n%s", plain.Expand(), explicit.Expand())
	}
	s := plain // what the numbers mean
	r := s.Costs.Record[4]
	if s.Time.Horizon != 60e9 || s.Network.Bandwidth != 1_250_000_000 || s.Network.Buffer.Bytes != 32768 || s.Costs.BytePs != 1000 ||
		s.Costs.DeterminantPs != 20_000 || s.Workload.Mix != (Mix{900_000, 40_000, 40_000, 20_000}) || s.Workload.Arrivals.OpenPerSecondMilli != 10_000_000 ||
		s.Workload.Operations != Unlimited || s.Workload.Retry.Max != Unlimited || s.Recovery.SharingDepth != FullSharing || s.Recovery.Replies != "" ||
		r != (Distribution{A: 10_000, Timed: true}) || s.Network.Latency != (Distribution{LogNormal, 200_000, 900_000, true}) ||
		s.Checkout.Lines != (Distribution{Shape: Uniform, A: 1, B: 3}) || !s.Checkout.Items.Popularity.Uniform || s.Cluster.Detector.DisconnectOff {
		t.Errorf("decoded: %+v", s)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "mine.yaml")
	if err := os.WriteFile(path, []byte("simrun: 1\nname: mine\nseed: x\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(dir, "long.yaml")
	if err := os.WriteFile(long, make([]byte, fileBytesMax+10), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, want string }{
		{"crash-stok", "crash-stok: there is no such file or built-in scenario; did you mean crash-stock?"},
		{filepath.Join(dir, "no.yaml"), "no.yaml: there is no such file or built-in scenario"},
		{dir, "cannot be read: is a directory"},
		{path, "mine.yaml:3:7: seed: expected a whole number from 0 to 18446744073709551615, not x"},
		{long, "long.yaml:1:1: longer than 131072 bytes"},
		{"", "there is no such file or built-in scenario"},
	} {
		s, err := Load(c.name, nil)
		if s != nil || err == nil || !errors.As(err, new(*BadInput)) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Load(%q) = %v, %v, want %q", c.name, s, err, c.want)
		}
	}
	s, err := Load("crash-stock", []Override{{"seed", "7"}, {"recovery.protocol", "redo"}})
	if err != nil || s.Seed != 7 || s.Recovery.Protocol != "redo" || s.Folder() != "crash-stock" {
		t.Errorf("seed and protocol: %v, %v", s, err)
	}
}
