package scenarios

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// A form is how a kind of number is written: with which units, and what one
// unit is in the integer that the structs hold. All of it is exact: a value
// that the integer cannot hold is refused, never rounded.
type form struct {
	what    string // "a duration"
	example string
	usual   string // the unit that is meant when none is given
	units   []unit
	print   []string // units to print with, the largest first
}

type unit struct {
	name     string
	num, den int64 // one unit is num/den
}

var timeUnits = []unit{{"ns", 1, 1}, {"us", 1e3, 1}, {"ms", 1e6, 1}, {"s", 1e9, 1}, {"m", 60e9, 1}, {"h", 3600e9, 1}}

// forms by the name that the tags of fields use.
var forms = map[string]form{
	"":     {"a whole number", "4", "", []unit{{"", 1, 1}}, []string{""}},
	"time": {"a duration", "2s", "s", timeUnits, []string{"s", "ms", "us", "ns"}},
	"cost": {"a duration", "20ns", "ns", inPicoseconds(timeUnits[:4]), []string{"ms", "us", "ns"}},
	"bytes": {"a size", "32KiB", "B", []unit{{"B", 1, 1}, {"kB", 1e3, 1}, {"MB", 1e6, 1}, {"GB", 1e9, 1},
		{"KiB", 1 << 10, 1}, {"MiB", 1 << 20, 1}, {"GiB", 1 << 30, 1}}, []string{"GiB", "GB", "MiB", "MB", "KiB", "kB", "B"}},
	"bandwidth": {"a bandwidth", "10Gbit/s", "Gbit/s", []unit{{"bit/s", 1, 8}, {"kbit/s", 125, 1}, {"Mbit/s", 125e3, 1}, {"Gbit/s", 125e6, 1},
		{"B/s", 1, 1}, {"kB/s", 1e3, 1}, {"MB/s", 1e6, 1}, {"GB/s", 1e9, 1}}, []string{"GB/s", "MB/s", "kB/s", "B/s"}},
	"rate":    {"a rate", "500/s", "/s", []unit{{"/s", 1e3, 1}}, []string{"/s"}},
	"percent": {"a share", "10%", "%", []unit{{"%", 1e4, 1}}, []string{"%"}},
	"milli":   {"a number", "0.9", "", []unit{{"", 1e3, 1}}, []string{""}},
	"offset":  {"a duration", "-50ms", "ms", timeUnits, []string{"s", "ms", "us", "ns"}},
}

func inPicoseconds(units []unit) []unit {
	var out []unit
	for _, u := range units {
		out = append(out, unit{u.name, u.num * 1000, u.den})
	}
	return out
}

func (f form) unit(name string) (unit, bool) {
	for _, u := range f.units {
		if u.name == name {
			return u, true
		}
	}
	return unit{}, false
}

func (f form) names() []string {
	var names []string
	for _, u := range f.units {
		names = append(names, u.name)
	}
	return names
}

// signed says whether numbers of the form may be below 0.
func (f form) signed() bool { return f.example[0] == '-' }

// unitless says whether numbers of the form are written without a unit.
func (f form) unitless() bool { return f.units[0].name == "" }

var numberPattern = regexp.MustCompile(`^(-?)([0-9]{1,20}(?:\.[0-9]{1,20})?)( *)(.*)$`)

// parse reads a number. A flaw says what is wrong and what was meant.
func (f form) parse(text string) (value int64, flaw string) {
	parts := numberPattern.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Sprintf("expected %s such as %s, not %s", f.what, f.example, quoted(text))
	}
	sign, number, blank, name := parts[1], parts[2], parts[3], parts[4]
	if sign != "" && !f.signed() {
		return 0, fmt.Sprintf("%s is negative", quoted(text))
	}
	if name == "" && !f.unitless() && strings.Trim(number, "0.") == "" {
		return 0, ""
	}
	u, known := f.unit(name)
	if !known || blank != "" {
		return 0, f.wrongUnit(text, number, name, known)
	}
	exact, _ := new(big.Rat).SetString(number)
	exact.Mul(exact, big.NewRat(u.num, u.den))
	if !exact.IsInt() && f.units[0] == (unit{"", 1, 1}) {
		return 0, fmt.Sprintf("expected %s, not %s", f.what, text)
	}
	if !exact.IsInt() {
		return 0, fmt.Sprintf("%s is too fine: the smallest step is %s", text, f.format(1))
	}
	if !exact.Num().IsInt64() {
		return 0, fmt.Sprintf("%s is too large", text)
	}
	if sign != "" {
		return -exact.Num().Int64(), ""
	}
	return exact.Num().Int64(), ""
}

func (f form) wrongUnit(text, number, name string, known bool) string {
	letters := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/%") == ""
	switch {
	case f.unitless() && letters && !strings.Contains(number, "."):
		return fmt.Sprintf("expected %s without a unit, not %s; did you mean %s?", f.what, quoted(text), number)
	case f.unitless():
		return fmt.Sprintf("expected %s such as %s, not %s", f.what, f.example, quoted(text))
	case !letters:
		return fmt.Sprintf("expected %s in one unit (of %s), such as %s, not %s", f.what, strings.Join(f.names(), " "), f.example, quoted(text))
	}
	problem, meant := "unknown unit in "+quoted(text), nearest(name, f.names())
	switch {
	case name == "":
		problem, meant = text+" has no unit", f.usual
	case known:
		problem, meant = quoted(text)+" has a blank before its unit", name
	case meant == "":
		meant = f.usual
	}
	return fmt.Sprintf("%s (one of %s); did you mean %s%s?", problem, strings.Join(f.names(), " "), number, meant)
}

// format writes a number so that parse gives it back.
func (f form) format(value int64) string {
	if value == 0 && !f.unitless() {
		return "0" + f.usual
	}
	if value < 0 && f.signed() {
		return "-" + f.format(-value)
	}
	last := f.print[len(f.print)-1]
	for _, name := range f.print {
		u, _ := f.unit(name)
		exact := new(big.Rat).Mul(big.NewRat(value, 1), big.NewRat(u.den, u.num))
		decimals := 3
		if name == last {
			decimals = 6
		} else if exact.Cmp(big.NewRat(1, 1)) < 0 {
			continue
		}
		digits := exact.FloatString(decimals)
		if back, _ := new(big.Rat).SetString(digits); back.Cmp(exact) != 0 {
			continue
		}
		return strings.TrimSuffix(strings.TrimRight(digits, "0"), ".") + name
	}
	panic(fmt.Sprintf("scenarios: %d has no %s form", value, f.what))
}

// pattern is the regular expression of what parse accepts, for the schema.
func (f form) pattern() string {
	var names []string
	for _, name := range f.names() {
		names = append(names, regexp.QuoteMeta(name))
	}
	sign := ""
	if f.signed() {
		sign = "-?"
	}
	return `^` + sign + `[0-9]{1,20}(\.[0-9]{1,20})?(` + strings.Join(names, "|") + `)$`
}
