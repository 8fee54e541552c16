package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// drawn returns the SHA-256 of every file of the figures.
func drawn(t testing.TB, figures []Figure) map[string]string {
	sums := map[string]string{}
	for _, figure := range figures {
		for _, file := range figure.Files() {
			sum := sha256.New()
			if err := file.Write(sum); err != nil {
				t.Fatalf("%s: %v", file.Name, err)
			}
			sums[file.Name] = hex.EncodeToString(sum.Sum(nil))
		}
	}
	return sums
}

func differences(a, b map[string]string) (names []string) {
	for name := range a {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	return names
}

func TestFiguresAreTheSameEveryTime(t *testing.T) {
	for _, name := range []string{"clonos", "all", "empty", "many"} {
		first := drawn(t, figuresOf(t, drawnSamples()[name]))
		if again := differences(first, drawn(t, figuresOf(t, drawnSamples()[name]))); again != nil {
			t.Errorf("%s: drawn twice, %v differ", name, again)
		}
	}
}

// Two processes draw the same bytes: no address, map order or time of day is in them.
func TestFiguresAreTheSameInAnotherProcess(t *testing.T) {
	const child = "SIMRUN_REPORT_CHILD"
	sums := fmt.Sprint(drawn(t, Figures(sampleRun("clonos"))))
	if os.Getenv(child) != "" {
		fmt.Println("sums", sums)
		return
	}
	command := exec.Command(os.Args[0], "-test.run=^TestFiguresAreTheSameInAnotherProcess$")
	command.Env = append(os.Environ(), child+"=1")
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "sums "+sums+"\n") {
		t.Errorf("here %s, there %s", sums, out)
	}
}

// What plot draws from a saved result is what run drew.
func TestFiguresOfALoadedRunAreTheSame(t *testing.T) {
	for _, protocol := range []string{"clonos", "global"} {
		run := sampleRun(protocol)
		run.Recoveries[0].Detect += 499 // below a microsecond
		run.Recoveries[0].Total += 499
		for i := range run.Windows {
			run.Windows[i].LatencyP50 += int64(i % 500)
		}
		loaded, err := Load(saved(t, run))
		if err != nil {
			t.Fatal(err)
		}
		if names := differences(drawn(t, Figures(run)), drawn(t, Figures(loaded))); names != nil {
			t.Errorf("%s: %v differ", protocol, names)
		}
		run.Recoveries[0].Detect += 30 * ms // and a difference that matters is seen
		if names := differences(drawn(t, Figures(run)), drawn(t, Figures(loaded))); len(names) == 0 {
			t.Errorf("%s: another detection time draws the same", protocol)
		}
	}
}

func TestFormatsAreWhatTheyClaim(t *testing.T) {
	for name, runs := range drawnSamples() {
		for _, figure := range figuresOf(t, runs) {
			var svg, raster, pdf bytes.Buffer
			for _, err := range []error{figure.SVG(&svg), figure.PNG(&raster), figure.PDF(&pdf)} {
				if err != nil {
					t.Fatalf("%s/%s: %v", name, figure.Name, err)
				}
			}
			wellFormed(t, name+"/"+figure.Name, svg.Bytes())
			if bytes.Contains(svg.Bytes(), []byte("opacity")) {
				t.Errorf("%s/%s: something is translucent, which PDF shows grey", name, figure.Name)
			}
			if bytes.Contains(svg.Bytes(), []byte("NaN")) || bytes.Contains(svg.Bytes(), []byte("Inf")) {
				t.Errorf("%s/%s: a coordinate is no number", name, figure.Name)
			}
			if !bytes.Contains(svg.Bytes(), []byte("'Liberation Sans',Arimo,")) {
				t.Errorf("%s/%s: no font to fall back on", name, figure.Name)
			}
			picture, err := png.DecodeConfig(&raster)
			if want := int(math.Round(figure.width.Dots(pngDPI))); err != nil || picture.Width < want-1 || picture.Width > want+1 {
				t.Errorf("%s/%s: %d pixels wide, want %d, %v", name, figure.Name, picture.Width, want, err)
			}
			if !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")) || bytes.Contains(pdf.Bytes(), []byte("D:20")) {
				t.Errorf("%s/%s: no PDF, or one with a date", name, figure.Name)
			}
			if figure.Caption == "" || strings.Contains(figure.Caption, "%!") {
				t.Errorf("%s/%s: caption %q", name, figure.Name, figure.Caption)
			}
		}
	}
}

func wellFormed(t *testing.T, name string, content []byte) {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	for {
		if _, err := decoder.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

func TestComparisonRefusesWhatItCannotHold(t *testing.T) {
	for _, n := range []int{0, 1, ComparisonsMax + 1} {
		if _, err := Comparison(make([]Run, n)); err == nil || !strings.Contains(err.Error(), "2 to 8 results") {
			t.Errorf("%d results: %v", n, err)
		}
	}
}

func TestNamesTellRunsApart(t *testing.T) {
	run := func(scenario, protocol string, seed uint64) Run {
		return Run{Scenario: scenario, Protocol: protocol, Seed: seed}
	}
	for _, test := range []struct {
		runs []Run
		want string
	}{
		{[]Run{run("a", "clonos", 1)}, "[clonos]"},
		{[]Run{run("a", "clonos", 1), run("a", "global", 1)}, "[clonos global]"},
		{[]Run{run("a", "clonos", 1), run("b", "clonos", 1)}, "[a b]"},
		{[]Run{run("a", "clonos", 1), run("a", "clonos", 2)}, "[seed 1 seed 2]"},
		{[]Run{run("a", "clonos", 1), run("b", "global", 1)}, "[clonos a global b]"},
		{[]Run{run("a", "clonos", 1), run("a", "clonos", 1)}, "[#1 #2]"},
	} {
		if got := fmt.Sprint(names(test.runs)); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

// Every run draws this much before it ends.
func BenchmarkDrawn(b *testing.B) {
	run := sampleRun("clonos")
	for b.Loop() {
		for _, file := range run.Drawn() {
			if err := file.Write(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	}
}
