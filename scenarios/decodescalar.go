package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scalar decodes a word, a number, text, or on and off.
func (d *decoder) scalar(n *node, v reflect.Value, f *field, path string) {
	words := f.words
	if f.specialWord != "" {
		words = append(slices.Clone(words), f.specialWord)
	} else if f.off != "" {
		words = []string{"off"}
	}
	switch v.Kind() {
	case reflect.Bool:
		on := n.text == "on" || n.text == "true"
		if !on && n.text != "off" && n.text != "false" || n.quoted {
			d.fail(n, path, "expected on or off, not %s%s", quoted(n.text), didYouMean(n.text, []string{"on", "off"}))
		}
		v.SetBool(on)
	case reflect.String:
		switch {
		case f.specialWord != "" && n.text == f.specialWord:
			v.SetString(f.specialText)
		case len(words) > 0 && !slices.Contains(words, n.text):
			d.fail(n, path, "expected one of %s, not %s%s", listed(words), quoted(n.text), didYouMean(n.text, words))
		case len(words) == 0 && d.isText(n, f.form, path), len(words) > 0:
			v.SetString(n.text)
		}
	case reflect.Uint64:
		seed, err := strconv.ParseUint(n.text, 10, 64)
		if err != nil || n.quoted {
			d.fail(n, path, "expected a whole number from 0 to %d, not %s", uint64(math.MaxUint64), quoted(n.text))
		}
		v.SetUint(seed)
	default:
		if f.specialWord != "" && n.text == f.specialWord {
			v.SetInt(f.special())
		} else {
			v.SetInt(d.number(n, f, path, words...))
		}
	}
}

// listed names words; of many only the first.
func listed(words []string) string {
	if most := 24; len(words) > most {
		return fmt.Sprintf("%d words (%s ...)", len(words), strings.Join(words[:3], ", "))
	}
	return strings.Join(words, ", ")
}

// number reads a number within the bounds of its field. Words are what may
// stand in its place.
func (d *decoder) number(n *node, f *field, path string, words ...string) int64 {
	form := f.number()
	if n.quoted && form.unitless() {
		d.fail(n, path, "expected %s, not text: leave out the quotes", form.what)
		return 0
	}
	value, flaw := form.parse(n.text)
	switch {
	case flaw != "" && len(words) > 0 && !startsWithDigit(n.text):
		d.fail(n, path, "expected %s or %s, not %s%s", form.what, words[0], quoted(n.text), didYouMean(n.text, words))
	case flaw != "":
		d.fail(n, path, "%s", flaw)
	case value != f.min && f.min == f.max:
		d.fail(n, path, "expected %s, not %s", f.minText, n.text)
	case value < f.min:
		d.fail(n, path, "%s is below the least, %s", n.text, f.minText)
	case value > f.max:
		d.fail(n, path, "%s is above the most, %s", n.text, f.maxText)
	default:
		return value
	}
	return 0
}

func startsWithDigit(text string) bool {
	return text != "" && (text[0] == '-' || text[0] >= '0' && text[0] <= '9')
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

const textMax = 200

// isText reports text that cannot be a name, or is not one line.
func (d *decoder) isText(n *node, form, path string) bool {
	switch {
	case n.typed:
		d.fail(n, path, `expected text, not a number or truth value; did you mean "%s"?`, n.text)
	case form == "name" && !namePattern.MatchString(n.text):
		d.fail(n, path, "%s cannot name a folder: use up to 64 letters, digits and - _ . and begin with a letter or digit", quoted(n.text))
	case utf8.RuneCountInString(n.text) > textMax:
		d.fail(n, path, "longer than %d characters", textMax)
	case strings.ContainsFunc(n.text, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == utf8.RuneError || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff
	}):
		d.fail(n, path, "expected one line of text")
	default:
		return true
	}
	return false
}
