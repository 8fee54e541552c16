package report

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"simrun/sim"
)

// duration gives a time in the unit a person would use: 340 µs, 4.21 ms, 127.4 ms, 1.83 s, 12.3 s.
func duration(t sim.Time) string {
	type form struct {
		below    sim.Time // in this form when it rounds to less
		unit     sim.Time
		decimals int
		name     string
	}
	forms := [...]form{
		{10 * sim.Microsecond, sim.Microsecond, 1, " µs"},
		{sim.Millisecond, sim.Microsecond, 0, " µs"},
		{10 * sim.Millisecond, sim.Millisecond, 2, " ms"},
		{sim.Second, sim.Millisecond, 1, " ms"},
		{10 * sim.Second, sim.Second, 2, " s"},
		{100 * sim.Second, sim.Second, 1, " s"},
	}
	if t == 0 {
		return "0"
	}
	for _, f := range forms {
		if scaled, text := fixed(int64(t), int64(f.unit), f.decimals); scaled < int64(f.below/f.unit)*power(f.decimals) {
			return text + f.name
		}
	}
	_, text := fixed(int64(t), int64(sim.Second), 0)
	return text + " s"
}

// brief gives a time in three digits, for figures.
func brief(t sim.Time) string {
	if t >= 100*sim.Millisecond && t < sim.Second {
		if scaled, text := fixed(int64(t), int64(sim.Millisecond), 0); scaled < 1000 {
			return text + " ms"
		}
		return duration(sim.Second)
	}
	return duration(t)
}

// instant gives a point of simulated time in seconds, without trailing zeros: 30 s, 30.25 s.
func instant(t sim.Time) string {
	_, text := fixed(int64(t), int64(sim.Second), 3)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + " s"
}

// size gives bytes in decimal units, as bandwidths are: 340 B, 4.21 kB, 12.3 MB.
func size(bytes int64) string {
	unit, names := int64(1), [...]string{" B", " kB", " MB", " GB", " TB", " PB"}
	for i, name := range names {
		decimals := 0
		if i > 0 {
			decimals = 2
			for _, limit := range [...]int64{10, 100} {
				if bytes >= limit*unit {
					decimals--
				}
			}
		}
		scaled, text := fixed(bytes, unit, decimals)
		if scaled < 1000*power(decimals) || i == len(names)-1 {
			return text + name
		}
		unit *= 1000
	}
	panic("report: no unit for a size")
}

// percent gives part of whole in per cent, and "" if there is no whole.
func percent(part, whole int64) string {
	if whole <= 0 {
		return ""
	}
	share := float64(part) / float64(whole) * 100
	decimals := 1
	if share >= 100 {
		decimals = 0
	}
	return strconv.FormatFloat(share, 'f', decimals, 64) + " %"
}

// number groups the digits of a count: 597,312.
func number(n int64) string {
	text, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		text, sign = text[1:], "-"
	}
	for cut := len(text) - 3; cut > 0; cut -= 3 {
		text = text[:cut] + "," + text[cut:]
	}
	return sign + text
}

// Plural gives a count with its noun: 1 task, 20 tasks.
func Plural(n int64, noun string) string {
	if n != 1 {
		noun = strings.TrimSuffix(noun, "y") + map[bool]string{true: "ies", false: "s"}[strings.HasSuffix(noun, "y")]
	}
	return number(n) + " " + noun
}

// fixed divides by a unit and rounds half up, in integers: the scaled value and its decimal text.
func fixed(value, unit int64, decimals int) (scaled int64, text string) {
	p := power(decimals)
	whole, rest := value/unit, value%unit
	scaled = whole*p + (rest*p+unit/2)/unit
	text = strconv.FormatInt(scaled/p, 10)
	if decimals > 0 {
		fraction := strconv.FormatInt(scaled%p, 10)
		text += "." + strings.Repeat("0", decimals-len(fraction)) + fraction
	}
	return scaled, text
}

func power(decimals int) int64 {
	p := int64(1)
	for range decimals {
		p *= 10
	}
	return p
}

// shortened cuts a name to at most width runes, in the middle, where names of tasks differ least.
func shortened(name string, width int) string {
	n := utf8.RuneCountInString(name)
	if n <= width || width < 3 {
		return name
	}
	runes := []rune(name)
	tail := (width - 1) / 2
	return string(runes[:width-1-tail]) + "…" + string(runes[n-tail:])
}
