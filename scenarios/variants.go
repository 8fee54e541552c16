package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"simrun/check"
	"simrun/sim"
)

// VariantNames are the two ways in which clonos recovers.
var VariantNames = [...]string{"cyclic", "published"}

// VariantCase is a set of tasks of pipeline-variants that die at one instant.
type VariantCase struct {
	Name     string
	Tasks    []string
	Adjacent int // tasks in a row, each upstream of the next; 0: not a chain that the figure draws
}

// VariantCases are the sets that the variants are compared on: a chain of
// neighbours that grows until it is a whole path, and a sink with its upstream.
var VariantCases = []VariantCase{
	{"one task", []string{"count2/0"}, 1},
	{"two neighbours", []string{"count2/0", "count3/0"}, 2},
	{"three in a row", []string{"count2/0", "count3/0", "count4/0"}, 3},
	{"four in a row", []string{"count1/0", "count2/0", "count3/0", "count4/0"}, 4},
	{"five in a row", []string{"ingress/0", "count1/0", "count2/0", "count3/0", "count4/0"}, 5},
	{"a whole path", []string{"ingress/0", "count1/0", "count2/0", "count3/0", "count4/0", "egress/0"}, 6},
	{"a sink and its upstream", []string{"count4/0", "egress/0"}, 0},
}

// variantsLatency is how long a message takes in pipeline-variants.
const variantsLatency = sim.Millisecond

// VariantRow is what one variant does about one case.
type VariantRow struct {
	Case     VariantCase
	Variant  string
	Depth    string // of sharing: full, 1, 2 ...
	Survived bool

	RolledBack int      // tasks; 0: only those that died were brought back
	Collect    sim.Time // from the start of an incarnation to its logs: of the slowest
	Detected   sim.Time // from the detection to its logs: of the slowest
	Messages   int64    // control messages of the recovery
	Bytes      int64    // of these
	Fetched    int64    // of logs and state, all recoveries
	Recover    sim.Time // from the crash until all is as before: of the slowest
	DeltaPPM   int64    // without failures: bytes of deltas per million bytes of data
}

// Trips is how often the latency of a message fits into a time.
func Trips(t sim.Time) int64 { return int64((t + variantsLatency/2) / variantsLatency) }

// variantDepths are the depths that a case is tried with: chains beyond the
// longest that a limited depth could survive only with full sharing.
func variantDepths(c *VariantCase) []string {
	if len(c.Tasks) > 3 {
		return []string{"full"}
	}
	return []string{"full", "3", "2", "1"}
}

// Runner runs a scenario: RunWith, or what stands for it in tests.
type Runner func(s *Scenario, o Options) (Result, error)

// CompareVariants runs every case under both variants. The rows come by case,
// then by depth, then by variant.
func CompareVariants(run Runner, o Options) ([]VariantRow, error) {
	var rows []VariantRow
	quiet := map[string]int64{}
	for i := range VariantCases {
		c := &VariantCases[i]
		for _, depth := range variantDepths(c) {
			for _, variant := range VariantNames {
				key := depth + variant
				if _, known := quiet[key]; !known {
					r, err := runVariant(run, o, variant, depth, nil)
					if err != nil {
						return nil, err
					}
					p := r.Protection
					quiet[key] = (p.DeterminantBytes + p.HeaderBytes) * 1_000_000 / max(1, p.DataBytes)
				}
				r, err := runVariant(run, o, variant, depth, c.Tasks)
				if err != nil {
					return nil, err
				}
				rows = append(rows, variantRow(&r, *c, variant, depth, quiet[key]))
			}
		}
	}
	return rows, nil
}

func runVariant(run Runner, o Options, variant, depth string, crash []string) (Result, error) {
	faults := "[]"
	if len(crash) > 0 {
		faults = fmt.Sprintf("[{at: 1300ms, crash: [%s]}]", strings.Join(crash, ", "))
	}
	s, err := Load("pipeline-variants", []Override{{"recovery.variant", variant}, {"recovery.sharing_depth", depth}, {"faults", faults}})
	if err != nil {
		return Result{}, err
	}
	return run(s, o)
}

func variantRow(r *Result, c VariantCase, variant, depth string, deltaPPM int64) VariantRow {
	row := VariantRow{Case: c, Variant: variant, Depth: depth, Survived: survived(r), DeltaPPM: deltaPPM}
	for _, v := range r.Recoveries {
		row.RolledBack += v.TasksRolledBack
		row.Collect = max(row.Collect, v.Collect)
		row.Detected = max(row.Detected, v.Activate+v.Restore+v.Collect)
		row.Fetched += v.BytesFetched
		row.Recover = max(row.Recover, v.Total)
	}
	for _, k := range r.Control {
		if slices.Contains(recoveryMessages, k.Kind) {
			row.Messages += k.Messages
			row.Bytes += k.Bytes
		}
	}
	return row
}

// recoveryMessages are the control messages that only a recovery sends.
var recoveryMessages = []string{"Kill", "Recover", "Abandon", "Attach", "Answer", "Request", "Response", "Done"}

// survived says whether nothing that a run shows contradicts what it promises.
func survived(r *Result) bool {
	return !slices.ContainsFunc(r.Checks, func(f check.Finding) bool { return f.Verdict == check.Violated })
}

// String names the row: "two neighbours, depth 1, published".
func (r *VariantRow) String() string { return r.Case.Name + ", depth " + r.Depth + ", " + r.Variant }

// BurstRow is how many bursts of so many failures a variant survives.
type BurstRow struct {
	Failures int
	Bursts   int
	Struck   [len(VariantNames)]int // failures, of all bursts: one that finds its task dead already, or waits for what does not come, strikes nothing
	Survived [len(VariantNames)]int
	Lost     [len(VariantNames)][]uint64 // numbers of the bursts that it does not survive, ascending
}

// BurstFailures is the largest number of failures in a burst.
const BurstFailures = 8

// LostText lists numbers of bursts: "12 77".
func LostText(numbers []uint64) string {
	var words []string
	for _, n := range numbers {
		words = append(words, strconv.FormatUint(n, 10))
	}
	return strings.Join(words, " ")
}
