package report

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"simrun/scenarios"
)

const (
	publishedDoc  = "../docs/published.md"
	variantsDir   = "../results/reference/variants/"
	generatedFrom = "<!-- generated: go test ./report -run Variants -rewrite -->\n"
	generatedTo   = "<!-- end -->\n"
)

// TestVariants: the tracked comparison of the two variants, the page about it
// and its figure are what the source gives.
func TestVariants(t *testing.T) {
	rows, err := scenarios.CompareVariants(scenarios.RunWith, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(variantsDir + "bursts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	bursts, err := ReadBursts(file)
	if err != nil {
		t.Fatal(err)
	}
	v := Variants{rows, bursts}
	for _, f := range v.Files() {
		tracked, err := os.ReadFile(variantsDir + f.Name)
		var now bytes.Buffer
		if err == nil {
			err = f.Write(&now)
		}
		if err != nil || !bytes.Equal(tracked, now.Bytes()) {
			t.Errorf("%s is not what the source gives (%v): go run ./cmd/simrun reference", f.Name, err)
		}
	}
	comparePage(t, v.Markdown())
	for _, wrong := range misplaced(variantsFigure(v)) {
		t.Error(wrong)
	}
	sampleBursts(t, bursts)
}

func comparePage(t *testing.T, tables string) {
	page, err := os.ReadFile(publishedDoc)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), generatedFrom)
	had, after, closed := strings.Cut(rest, generatedTo)
	switch {
	case !found || !closed:
		t.Fatalf("%s has no generated part", publishedDoc)
	case had == tables:
	case flag.Lookup("rewrite").Value.String() == "true": // the flag of package datadriven
		if err := os.WriteFile(publishedDoc, []byte(before+generatedFrom+tables+generatedTo+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s does not say what the source gives: go test ./report -run Variants -rewrite", publishedDoc)
	}
}

// sampleBursts plays some of the bursts again: the last ones that are lost, and some
// that are not.
func sampleBursts(t *testing.T, rows []scenarios.BurstRow) {
	lost := 0
	for _, row := range rows {
		numbers := []uint64{uint64(row.Failures)}
		for _, list := range row.Lost {
			numbers = append(numbers, list[max(0, len(list)-3):]...)
		}
		for _, n := range numbers {
			for i, variant := range scenarios.VariantNames {
				o, err := scenarios.PlayBurst(context.Background(), scenarios.RunWith, n, row.Failures, variant)
				if err != nil || o.Survived == slices.Contains(row.Lost[i], n) || o.Struck < 1 || o.Struck > row.Failures {
					t.Errorf("burst %d of %d failures, %s: %+v, %v", n, row.Failures, variant, o, err)
				}
				if !o.Survived {
					lost++
				}
			}
		}
	}
	if lost == 0 {
		t.Error("no burst is lost: they test nothing")
	}
}

// What is written is read back, and what is not is refused.
func TestReadBursts(t *testing.T) {
	row := scenarios.BurstRow{Failures: 3, Bursts: 10, Struck: [2]int{27, 30}, Survived: [2]int{10, 8}, Lost: [2][]uint64{nil, {4, 7}}}
	var b bytes.Buffer
	if err := (Variants{Bursts: []scenarios.BurstRow{row}}).writeBursts(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	got, err := ReadBursts(strings.NewReader(text))
	if err != nil || len(got) != 1 || got[0].Survived != row.Survived || got[0].Struck != row.Struck || !slices.Equal(got[0].Lost[1], row.Lost[1]) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, wrong := range []string{"", text + "3,cyclic,1,1,1,\n", strings.Replace(text, "30,8", "30,x", 1), strings.Replace(text, "4 7", "4 -7", 1)} {
		if _, err := ReadBursts(strings.NewReader(wrong)); err == nil {
			t.Errorf("%q is read", wrong)
		}
	}
}

// Bursts stand over the failures that struck, not over those asked for.
func TestBurstsStandOverWhatStruck(t *testing.T) {
	v := Variants{Bursts: []scenarios.BurstRow{{Failures: 4, Bursts: 10, Struck: [2]int{31, 25}, Survived: [2]int{10, 8}}}}
	for i, want := range []vg.Point{{X: 3.1, Y: 0}, {X: 2.5, Y: 200}} {
		if got := variantPanels(v)[2].series[i]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, want %v", scenarios.VariantNames[i], got, want)
		}
	}
	if text := v.Markdown(); !strings.Contains(text, "| cyclic: struck, in the mean | 3.10 |") || !strings.Contains(text, "| published: struck, in the mean | 2.50 |") {
		t.Error(text)
	}
}

// The figure holds what a broken comparison could give it.
func TestVariantsFigureHoldsNothing(t *testing.T) {
	for _, v := range []Variants{{}, {Bursts: []scenarios.BurstRow{{Failures: 1}}}} {
		f := variantsFigure(v)
		for _, file := range f.Files() {
			if err := file.Write(io.Discard); err != nil {
				t.Error(err)
			}
		}
	}
}
