package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"simrun/scenarios"
	"simrun/sim"
)

// Variants are the comparison of the two ways in which clonos recovers.
type Variants struct {
	Rows   []scenarios.VariantRow
	Bursts []scenarios.BurstRow
}

// Files are the comparison as tables and figure.
func (v Variants) Files() []File {
	return append([]File{{"variants.csv", v.writeRows}, {"bursts.csv", v.writeBursts}}, variantsFigure(v).Files()...)
}

func (v Variants) writeRows(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"case", "tasks", "depth", "variant", "survived", "tasks_rolled_back", "collect_us", "detected_to_logs_us",
		"messages", "message_bytes", "bytes_fetched", "recover_us", "delta_per_million_data_bytes"})
	for _, r := range v.Rows {
		number := func(n int64) string { return strconv.FormatInt(n, 10) }
		c.Write([]string{r.Case.Name, strings.Join(r.Case.Tasks, " "), r.Depth, r.Variant, strconv.FormatBool(r.Survived), strconv.Itoa(r.RolledBack),
			number(int64(r.Collect / sim.Microsecond)), number(int64(r.Detected / sim.Microsecond)),
			number(r.Messages), number(r.Bytes), number(r.Fetched), number(int64(r.Recover / sim.Microsecond)), number(r.DeltaPPM)})
	}
	c.Flush()
	return c.Error()
}

func (v Variants) writeBursts(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"failures", "variant", "bursts", "struck", "survived", "lost"})
	for _, r := range v.Bursts {
		for i, variant := range scenarios.VariantNames {
			c.Write([]string{strconv.Itoa(r.Failures), variant, strconv.Itoa(r.Bursts), strconv.Itoa(r.Struck[i]), strconv.Itoa(r.Survived[i]), scenarios.LostText(r.Lost[i])})
		}
	}
	c.Flush()
	return c.Error()
}

// ReadBursts reads what bursts.csv holds.
func ReadBursts(r io.Reader) ([]scenarios.BurstRow, error) {
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	n := len(scenarios.VariantNames)
	if len(records) == 0 || (len(records)-1)%n != 0 {
		return nil, fmt.Errorf("bursts.csv has %d lines, not one per variant and number of failures below its head", len(records))
	}
	rows := make([]scenarios.BurstRow, (len(records)-1)/n)
	for i, record := range records[1:] {
		row := &rows[i/n]
		for _, field := range []struct {
			to   *int
			text string
		}{{&row.Failures, record[0]}, {&row.Bursts, record[2]}, {&row.Struck[i%n], record[3]}, {&row.Survived[i%n], record[4]}} {
			if *field.to, err = strconv.Atoi(field.text); err != nil {
				return nil, fmt.Errorf("bursts.csv line %d: %w", i+2, err)
			}
		}
		for _, word := range strings.Fields(record[5]) {
			number, err := strconv.ParseUint(word, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("bursts.csv line %d: %w", i+2, err)
			}
			row.Lost[i%n] = append(row.Lost[i%n], number)
		}
	}
	return rows, nil
}

// Markdown is the comparison as the tables of docs/published.md.
func (v Variants) Markdown() string {
	var b strings.Builder
	b.WriteString("| who dies | depth | variant | logs after | trips | rolled back | messages | their bytes | fetched | recovered after |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range v.Rows {
		collect, trips := duration(r.Collect), number(scenarios.Trips(r.Collect))
		if r.RolledBack > 0 {
			collect, trips = nothing, nothing
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", r.Case.Name, r.Depth, r.Variant, collect, trips,
			number(int64(r.RolledBack)), number(r.Messages), size(r.Bytes), size(r.Fetched), duration(r.Recover))
	}
	b.WriteString("\n| bytes of deltas per byte of data, without failures |")
	for _, depth := range v.depths() {
		fmt.Fprintf(&b, " depth %s |", depth)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(v.depths())) + "\n")
	for _, variant := range scenarios.VariantNames {
		fmt.Fprintf(&b, "| %s |", variant)
		for _, depth := range v.depths() {
			_, text := fixed(v.deltas(variant, depth), 1_000_000, 2)
			fmt.Fprintf(&b, " %s |", text)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n| failures in a burst |")
	for _, r := range v.Bursts {
		fmt.Fprintf(&b, " %d |", r.Failures)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(v.Bursts)) + "\n")
	for i, variant := range scenarios.VariantNames {
		fmt.Fprintf(&b, "| %s: struck, in the mean |", variant)
		for _, r := range v.Bursts {
			_, text := fixed(int64(r.Struck[i]), int64(max(1, r.Bursts)), 2)
			fmt.Fprintf(&b, " %s |", text)
		}
		b.WriteString("\n")
	}
	for i, variant := range scenarios.VariantNames {
		fmt.Fprintf(&b, "| %s survives |", variant)
		for _, r := range v.Bursts {
			fmt.Fprintf(&b, " %s of %s |", number(int64(r.Survived[i])), number(int64(r.Bursts)))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// depths lists the depths that there are rows of, in their order.
func (v Variants) depths() []string {
	var list []string
	seen := map[string]bool{}
	for _, r := range v.Rows {
		if !seen[r.Depth] {
			list, seen[r.Depth] = append(list, r.Depth), true
		}
	}
	return list
}

func (v Variants) deltas(variant, depth string) int64 {
	for _, r := range v.Rows {
		if r.Variant == variant && r.Depth == depth {
			return r.DeltaPPM
		}
	}
	return 0
}
