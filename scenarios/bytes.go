package scenarios

import (
	"strings"
	"unicode/utf8"
)

// badByte finds the first byte that is not UTF-8 text.
func badByte(data []byte) (line, column int, found bool) {
	line, column = 1, 1
	for len(data) > 0 {
		c, size := utf8.DecodeRune(data)
		if c == utf8.RuneError && size == 1 || c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return line, column, true
		}
		if column++; c == '\n' {
			line, column = line+1, 1
		}
		data = data[size:]
	}
	return 0, 0, false
}

// manyBrackets finds where more brackets are open than any scenario needs. It
// does not know quotes and comments, and does not have to.
func manyBrackets(data []byte) (line, column int, found bool) {
	open := 0
	line, column = 1, 1
	for _, c := range data {
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open--
		}
		if open > bracketsMax {
			return line, column, true
		}
		if column++; c == '\n' {
			line, column = line+1, 1
		}
	}
	return 0, 0, false
}

func oneLine(text string) string {
	before, _, _ := strings.Cut(text, "\n")
	return before
}
