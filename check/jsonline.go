package check

import (
	"encoding/json"
	"math"
	"unicode/utf8"
)

// jsonLine reads the JSON of one line from left to right and remembers where
// it is, so that a flaw can be pointed at. After a flaw of syntax nothing more
// of the line can be read; broken is then set.
type jsonLine struct {
	text   []byte
	at     int
	number int // of the line, from 1
	flaws  *flawList
	broken bool
}

// flaw reports something wrong at a byte of the line.
func (l *jsonLine) flaw(at int, format string, args ...any) {
	l.flaws.add(l.number, at+1, format, args...)
}

// fail reports a flaw of syntax.
func (l *jsonLine) fail(what string) {
	if l.broken {
		return
	}
	l.broken = true
	if l.skip(); l.at >= len(l.text) {
		l.flaw(l.at, "the line is cut off: expected %s", what)
	} else {
		l.flaw(l.at, "expected %s", what)
	}
}

func (l *jsonLine) skip() {
	for l.at < len(l.text) && (l.text[l.at] == ' ' || l.text[l.at] == '\t' || l.text[l.at] == '\r' || l.text[l.at] == '\n') {
		l.at++
	}
}

// peek gives the first byte of the next token, or 0 at the end.
func (l *jsonLine) peek() byte {
	if l.skip(); l.at < len(l.text) && !l.broken {
		return l.text[l.at]
	}
	return 0
}

// accept takes the next byte if it is c.
func (l *jsonLine) accept(c byte) bool {
	if l.peek() != c {
		return false
	}
	l.at++
	return true
}

// next moves to the next element of an object or array that closes with end;
// first tells that none was read yet. It is false when there are no more.
func (l *jsonLine) next(end byte, first bool) bool {
	switch {
	case l.broken:
		return false
	case first:
		return !l.accept(end)
	case l.accept(','):
		return true
	case l.accept(end):
		return false
	}
	l.fail("a comma or " + string(end))
	return false
}

// key reads a key and its colon.
func (l *jsonLine) key() (key []byte, at int) {
	if l.peek() != '"' {
		l.fail("a key in quotes")
		return nil, l.at
	}
	at = l.at
	key = l.str()
	if !l.broken && !l.accept(':') {
		l.fail("a colon")
	}
	return key, at
}

// str reads a string; the opening quote is next. The bytes are a view of the
// line unless it has escapes.
func (l *jsonLine) str() []byte {
	from := l.at
	escaped := false
	for l.at++; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; {
		case c == '\\':
			escaped = true
			l.at++
		case c < ' ':
			l.fail("no control character in a string")
			return nil
		case c == '"':
			l.at++
			raw := l.text[from+1 : l.at-1]
			if !utf8.Valid(raw) {
				l.at = from
				l.fail("a string in UTF-8")
				return nil
			}
			if !escaped {
				return raw
			}
			var s string
			if json.Unmarshal(l.text[from:l.at], &s) != nil {
				l.at = from
				l.fail("a string with valid escapes")
			}
			return []byte(s)
		}
	}
	l.at = len(l.text)
	l.fail("a closing quote")
	return nil
}

// text of a value that must be a string; false: it was something else, which is
// reported and passed over.
func (l *jsonLine) stringValue(name string) ([]byte, bool) {
	if l.peek() != '"' {
		l.wrong(name, "a string")
		return nil, false
	}
	s := l.str()
	return s, !l.broken
}

// integer reads a value that must be an integer; unsigned ones may go up to
// 2^64-1 and come back as their bits.
func (l *jsonLine) integer(name string, unsigned bool) (int64, bool) {
	if c := l.peek(); c != '-' && (c < '0' || c > '9') {
		l.wrong(name, "an integer")
		return 0, false
	}
	from := l.at
	negative := l.accept('-')
	digits := l.at
	var value uint64
	fits := true
	for ; l.at < len(l.text) && l.text[l.at] >= '0' && l.text[l.at] <= '9'; l.at++ {
		digit := uint64(l.text[l.at] - '0')
		fits = fits && value <= (math.MaxUint64-digit)/10
		value = value*10 + digit
	}
	if l.at == digits || l.at-digits > 1 && l.text[digits] == '0' {
		l.at = from
		l.fail("a number")
		return 0, false
	}
	if l.at < len(l.text) && (l.text[l.at] == '.' || l.text[l.at] == 'e' || l.text[l.at] == 'E') {
		l.at = from
		l.wrong(name, "an integer")
		return 0, false
	}
	limit := uint64(math.MaxInt64)
	if unsigned && !negative {
		limit = math.MaxUint64
	} else if unsigned {
		limit = 0
	}
	if !fits || value > limit {
		l.flaw(from, "%s does not fit 64 bits", name)
		return 0, false
	}
	if negative {
		return -int64(value), true
	}
	return int64(value), true
}

// wrong reports a value of the wrong type and passes over it.
func (l *jsonLine) wrong(name, want string) {
	at := l.at
	if l.pass(0); !l.broken {
		l.flaw(at, "%s must be %s", name, want)
	}
}

// pass passes over any value.
func (l *jsonLine) pass(depth int) {
	if depth > 100 {
		l.fail("no deeper nesting")
		return
	}
	switch c := l.peek(); {
	case c == '"':
		l.str()
	case c == '{':
		l.at++
		for first := true; l.next('}', first); first = false {
			l.key()
			l.pass(depth + 1)
		}
	case c == '[':
		l.at++
		for first := true; l.next(']', first); first = false {
			l.pass(depth + 1)
		}
	default:
		l.word()
	}
}

// word passes over a number, true, false or null.
func (l *jsonLine) word() {
	from := l.at
	for l.at < len(l.text) && (l.text[l.at] >= '0' && l.text[l.at] <= '9' || l.text[l.at] >= 'a' && l.text[l.at] <= 'z' ||
		l.text[l.at] == '-' || l.text[l.at] == '+' || l.text[l.at] == '.' || l.text[l.at] == 'E') {
		l.at++
	}
	if !json.Valid(l.text[from:l.at]) {
		if l.at < len(l.text) {
			l.at = from
		}
		l.fail("a value")
	}
}

// null takes a null if it is next.
func (l *jsonLine) null() bool {
	if l.peek() != 'n' {
		return false
	}
	from := l.at
	l.word()
	return !l.broken && string(l.text[from:l.at]) == "null"
}
