package check

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// contractExample is the history of the contract, letter for letter.
const contractExample = `{"simrun_history":1,"stock":{"i1":1},"credit":{"u1":10},"price":{"i1":1}}
{"op":"checkout","client":"c1","order":"o1","user":"u1","lines":[{"item":"i1","quantity":1}],"call":1000,"return":2000,"outcome":"paid"}
{"op":"checkout","client":"c2","order":"o2","user":"u1","lines":[{"item":"i1","quantity":1}],"call":1100,"return":2500,"outcome":"out_of_stock"}
{"op":"add_stock","client":"c3","item":"i1","quantity":5,"call":3000,"return":3100,"outcome":"ok"}
{"op":"add_credit","client":"c3","user":"u1","amount":5,"call":3200,"return":3300,"outcome":"ok"}
{"op":"read_stock","client":"c3","item":"i1","call":3400,"return":3500,"outcome":"ok","value":5}
{"op":"read_credit","client":"c3","user":"u1","call":3600,"return":3700,"outcome":"ok","value":14}
{"op":"find_order","client":"c3","order":"o1","call":3800,"return":3900,"outcome":"ok","status":"paid"}
`

func read(t testing.TB, text string) *History {
	t.Helper()
	h, err := ReadHistory(strings.NewReader(text), "history.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestContractExample(t *testing.T) {
	h := read(t, contractExample)
	for _, f := range CheckHistory(h, Budget{}) {
		if f.Verdict != Ok || f.LookedAt != 7 {
			t.Errorf("%+v", f)
		}
	}
	var out bytes.Buffer
	if err := WriteHistory(&out, h); err != nil {
		t.Fatal(err)
	}
	if out.String() != contractExample {
		t.Errorf("written:\n%s", out.String())
	}
}

// Every bad input is reported, with its place.
func TestBadInput(t *testing.T) {
	datadriven.RunTest(t, "testdata/bad_input", func(t *testing.T, d *datadriven.TestData) string {
		input := strings.ReplaceAll(d.Input, "INITIAL", `{"simrun_history":1,"stock":{"i1":5,"i2":5},"credit":{"u1":10},"price":{"i1":1,"i2":2}}`)
		if d.Cmd == "raw" {
			input = strings.ReplaceAll(input, `\n`, "\n")
		} else {
			input += "\n"
		}
		h, err := ReadHistory(strings.NewReader(input), "h.jsonl")
		if err != nil {
			return err.Error()
		}
		if f := Harness(h); f.Verdict != Ok {
			t.Fatalf("accepted, but %s", f.Detail)
		}
		return "accepted"
	})
}

// A history survives being written and read, names and all.
func TestWrittenHistoryReadsBack(t *testing.T) {
	for n := range 300 {
		r := rand.New(rand.NewPCG(3, uint64(n)))
		h, _ := generate(r, tiny(r, n))
		first, second := write(t, h), bytes.Buffer{}
		again := read(t, first)
		if err := WriteHistory(&second, again); err != nil {
			t.Fatal(err)
		}
		if first != second.String() {
			t.Fatalf("written:\n%s\nread and written:\n%s", first, second.String())
		}
		if a, b := Linearizable(h, nil), Linearizable(again, nil); a.Verdict != b.Verdict {
			t.Fatalf("%s before, %s after", a.Verdict, b.Verdict)
		}
	}
}

func write(t testing.TB, h *History) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteHistory(&out, h); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The reader never panics, and what it accepts is a history, whose written form
// reads as the same one.
func FuzzReadHistory(f *testing.F) {
	f.Add(contractExample)
	initial := `{"simrun_history":1,"stock":{"a\u00e9\"":5},"credit":{"u1":10},"price":{"a\u00e9\"":1}}` + "\n"
	f.Add(initial + `{"op":"checkout","client":"c1","order":"o1","user":"u1","lines":[{"item":"aé\"","quantity":1}],"call":1,"return":2,"outcome":"paid",` +
		`"after":{"stock":{"aé\"":[4,1]},"credit":{"u1":[9,1]}},"paid_at":7,"receipt":18446744073709551615}`)
	f.Add(initial + `{"op":"read_credit","client":"c1","user":"u1","call":-1,"return":null,"outcome":"unknown"}`)
	f.Add(initial + `{"op":"add_credit","client":"c1","user":"u1","amount":9223372036854775807,"call":1,"return":2,"outcome":"ok"}`)
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ReadHistory(strings.NewReader(text), "f")
		if err != nil {
			if _, ok := err.(*BadInput); !ok || err.Error() == "" {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if flaws := flawsOf(h, 1); len(flaws) > 0 {
			t.Fatalf("accepted, but %s", flaws[0].words(h))
		}
		first := write(t, h)
		again, err := ReadHistory(strings.NewReader(first), "again")
		if err != nil {
			t.Fatalf("%v\n%s", err, first)
		}
		if second := write(t, again); first != second {
			t.Fatalf("%s\n%s", first, second)
		}
	})
}
