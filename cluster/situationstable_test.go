package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"simrun/recovery"
)

const situationsTable = "../docs/situations.md"

// The page of situations says what the code says: what each is, where it is
// marked, and who can come to it. Each is marked somewhere.
func TestSituationsTable(t *testing.T) {
	names := map[string]bool{}
	for i := range situations {
		s := &situations[i]
		if !regexp.MustCompile(`^[a-z]+(-[a-z0-9]+){0,2}$`).MatchString(s.Name) || names[s.Name] {
			t.Errorf("situation %d has the name %q", i, s.Name)
		}
		if names[s.Name] = true; s.Text == "" || strings.HasSuffix(s.Text, ".") {
			t.Errorf("%s is told as %q", s.Name, s.Text)
		}
		if n, ok := SituationNamed(s.Name); !ok || int(n) != i {
			t.Errorf("%s is found as %d", s.Name, n)
		}
	}
	table := describeSituations(t)
	if rewriting() {
		write(t, situationsTable, []byte(table))
	} else if text, err := os.ReadFile(situationsTable); err != nil || string(text) != table {
		t.Errorf("%s does not say what the code says (%v); -rewrite writes it", situationsTable, err)
	}
}

// situationProtocols are the columns of the table.
var situationProtocols = []struct {
	name string
	cfg  func() Config
}{
	{"none", none.cfg}, {"redo", redo.cfg}, {"global", global.cfg}, {"clonos", clonos.cfg}, {"depth 1", depth1.cfg},
	{"published", func() Config { return asPublished() }},
}

func describeSituations(t *testing.T) string {
	identifiers, marks := situationIdentifiers(t), situationMarks(t)
	var b strings.Builder
	b.WriteString(situationsHead)
	for i := range situations {
		s := &situations[i]
		where := marks[identifiers[i]]
		if len(where) == 0 {
			t.Errorf("nothing marks %s (recovery.%s)", s.Name, identifiers[i])
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` |", s.Name, s.Text, strings.Join(where, "`, `"))
		for _, p := range situationProtocols {
			cfg := p.cfg()
			cfg.Faults = []Fault{crash(0, "ingress/0"), crash(0, "order/0"), crash(0, "stock/0")}
			_, ofProtocol := cfg.Unreachable(recovery.Situation(i), 0)
			b.WriteString(map[bool]string{true: " |", false: " x |"}[ofProtocol])
		}
		var not []string
		for _, d := range conditions {
			if s.needs&d.need != 0 && d.need >= 1<<protocolNeeds {
				not = append(not, d.missing)
			}
		}
		fmt.Fprintf(&b, " %s |\n", strings.Join(not, "; "))
	}
	b.WriteString(situationsFoot)
	return b.String()
}

// situationIdentifiers are the constants of package recovery, in order.
func situationIdentifiers(t *testing.T) (names []string) {
	_, list, _ := strings.Cut(read(t, "../recovery/situations.go"), "const (")
	list, _, _ = strings.Cut(list, "\n)")
	for _, line := range strings.Split(list, "\n") {
		line, _, _ = strings.Cut(line, "//")
		if words := strings.Fields(line); len(words) > 0 {
			names = append(names, words[0])
		}
	}
	if len(names) != int(recovery.Situations)+1 {
		t.Fatalf("%d constants, %d situations", len(names), recovery.Situations)
	}
	return names
}

var (
	beginsFunction = regexp.MustCompile(`^func (?:\([^)]*\) )?(\w+)`)
	shopsMark      = regexp.MustCompile(`checkout\.(\w+): recovery\.(\w+)`)
	mark           = regexp.MustCompile(`(?:Reach\((?:recovery\.)?|recovery\.|tally\[)([A-Z]\w+)`)
)

// situationMarks finds, for each constant, the functions that name it. What tasks of
// the shop count is marked where they count it, and what a replay follows where it
// follows it.
func situationMarks(t *testing.T) map[string][]string {
	marks, counted := map[string][]string{}, map[string][]string{}
	note := func(to map[string][]string, name, where string) {
		if !slices.Contains(to[name], where) {
			to[name] = append(to[name], where)
		}
	}
	shop := map[string]string{}
	for _, dir := range []string{"recovery", "cluster", "checkout"} {
		files, err := filepath.Glob("../" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			name, function := dir+"/"+filepath.Base(path), ""
			if strings.HasSuffix(path, "_test.go") || name == situationTexts || name == "checkout/tally.go" {
				continue
			}
			to := marks
			if dir == "checkout" {
				to = counted
			}
			for _, line := range strings.Split(read(t, path), "\n") {
				line, _, _ = strings.Cut(line, "//")
				if m := beginsFunction.FindStringSubmatch(line); m != nil {
					function = m[1]
				}
				for _, m := range shopsMark.FindAllStringSubmatch(line, -1) {
					shop[m[2]] = m[1]
				}
				if function != "" {
					for _, m := range mark.FindAllStringSubmatch(line, -1) {
						note(to, m[1], name+" "+function)
					}
				}
				if line == "}" {
					function = ""
				}
			}
		}
	}
	for of, what := range shop {
		marks[of] = append(marks[of], counted[what]...)
	}
	for _, kind := range strings.Fields("Order Clock Random Answer Timer Tick Trigger Ignore EpochEnd") {
		note(marks, "Replay"+kind, "recovery/guard.go Replayed")
	}
	return marks
}

// situationTexts tells of all and marks none.
const situationTexts = "cluster/situations.go"

func read(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const situationsHead = `# Situations

What a run can come to that is hard to survive, or is easily missed. A run in which nothing broke says little about what it never came to: ` + "`simrun sweep`" + `
ends with how many of these its runs came to, and which none did. Written by ` + "`go test ./cluster -run TestSituationsTable -rewrite`" + `; that each is come to by
some small run is a test, TestEverySituationIsReached, as is that runs keep away from what is not theirs.

A count says how often, replays included. Nothing that is simulated depends on it. The columns say which protocols can come to it at all (depth 1: clonos at a
limited sharing depth; published: the variant); the last one what else keeps a run from it. What neither tells, such as whether stock runs out, is left open: a
situation that is never reached though it could be is what a sweep is to be changed for.

| | what it is | marked in | none | redo | global | clonos | depth 1 | published | not if |
|---|---|---|---|---|---|---|---|---|---|
`

const situationsFoot = `
## To demand them

` + "`check: {reached: [crash-replaying, orphan-averted]}`" + ` makes a run that does not come to all of them vacuous: undecided, no pass. Those that the protocol never comes to do not
count, so that one scenario can be run under all; one that job, machines or faults keep away does, and says that the scenario shows nothing. In a sweep one run
at least of each protocol and set of values has to come to each; no single run need to. Where none does, and none is missing, the group is undecided.

` + "`simrun run --situations`" + ` prints what a run came to, report.html and ` + "`findings.json`" + ` (reached) have it always, ` + "`simrun sweep --json`" + ` says how many runs came to each.
`
