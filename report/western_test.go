package report

import (
	"strings"
	"testing"
)

func TestWestern(t *testing.T) {
	for text, want := range map[string]string{
		"stock/1": "stock/1", "74 µs · 1 task": "74 \xb5s \xb7 1 task", "p50–p99…": "p50\x96p99\x85", "€Ÿé": "\x80\x9f\xe9",
		"λ ≤ 1": "? ? 1", "": "",
	} {
		if got := western(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// No figure needs a letter that PDF does not have.
func TestTextsOfFiguresHaveLetters(t *testing.T) {
	for name, runs := range drawnSamples() {
		for _, figure := range figuresOf(t, runs) {
			for _, text := range placedTexts(figure) {
				if strings.Contains(western(text.text), "?") && !strings.Contains(text.text, "?") {
					t.Errorf("%s/%s: %q", name, figure.Name, text.text)
				}
			}
		}
	}
}
