package report

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"simrun/sim"
)

// SweepFigures draws a sweep: map, which shows what every run came to, and where recovery was slow.
func SweepFigures(s *Sweep) []Figure {
	var l interface {
		draw(draw.Canvas)
		size() vg.Length
	}
	if s.Crashes == CrashesPairs {
		l = newPairMap(s)
	} else {
		l = newLaneMap(s)
	}
	return []Figure{{Name: "map", Caption: sweepCaption(s), width: pageWidth, height: l.size(), draw: l.draw}}
}

func sweepCaption(s *Sweep) string {
	var parts []string
	for i := range s.Groups {
		g := &s.Groups[i]
		t := s.Tally(g)
		text := fmt.Sprintf("%s: %s, %s ok, %s violated", g.name(), Plural(int64(t.Runs), "run"), number(int64(t.Ok)), number(int64(t.Violated)))
		if t.Undecided > 0 {
			text += fmt.Sprintf(", %s undecided", number(int64(t.Undecided)))
		}
		if t.Missed > 0 {
			text += fmt.Sprintf(", of %s %s did not strike", number(int64(t.Missed)), s.missing())
		}
		if t.Vacuous > 0 {
			text += fmt.Sprintf(", %s vacuous", number(int64(t.Vacuous)))
		}
		if t.Still > 0 {
			text += fmt.Sprintf(", %s stood still", number(int64(t.Still)))
		}
		if p50, found := t.quantile(50); found {
			longest, _ := t.quantile(100)
			text += fmt.Sprintf(", recovery p50 %s, max %s", duration(p50), duration(longest))
		}
		parts = append(parts, text)
	}
	return "Sweep of " + s.Scenario + ", " + s.about() + ". " + strings.Join(parts, "; ") + "."
}

// A tone is one kind of mark: what it means and its colour. The first ones stand at the foot of a column, where they are
// seen at once.
type tone struct {
	text string
	ink  color.RGBA
}

var outcomeTones = []tone{{OutcomeViolated, vermillion}, {OutcomeInternal, black}, {OutcomeUndecided, yellow}, {OutcomeStill, rgb(0x7A7A7A)}, {OutcomeMissed, rgb(0xB4B4B4)}, {OutcomeVacuous, rgb(0xD9D9D9)}, {OutcomeOk, rgb(0x9CCBE8)}}

func outcomeTone(r *SweepRow) int {
	for i, t := range outcomeTones {
		if t.text == r.Outcome {
			return i
		}
	}
	return len(outcomeTones) - 1
}

// timeTones divide recovery times at steps of 1, 2 and 5, the slowest first. Beyond the last step is what lies above it.
type timeTones struct {
	bounds []sim.Time // ascending; a time above all has the first tone
	tones  []tone
}

// timeInk is dark where recovery is slow.
var timeInk = [...]color.RGBA{rgb(0x08306B), rgb(0x08589E), rgb(0x2B8CBE), rgb(0x6BAED6), rgb(0xB3D5EA)}

// timeTonesOf has a tone for each part of the distribution that differs: most recoveries are of one order.
func timeTonesOf(times []sim.Time) timeTones {
	t := timeTones{}
	if len(times) == 0 {
		return t
	}
	last := times[len(times)-1]
	for _, share := range [...]int{25, 60, 90, 99} {
		at := times[len(times)*share/100]
		for i := range logSteps {
			step := sim.Time(logStep(i))
			if step >= at {
				if step < last && (len(t.bounds) == 0 || step > t.bounds[len(t.bounds)-1]) {
					t.bounds = append(t.bounds, step)
				}
				break
			}
		}
	}
	none := len(timeInk) - len(t.bounds) - 1
	text := "recovered"
	if n := len(t.bounds); n > 0 {
		text = "above " + stepText(t.bounds[n-1])
	}
	t.tones = append(t.tones, tone{text, timeInk[none/2]})
	for i := len(t.bounds) - 1; i >= 0; i-- {
		t.tones = append(t.tones, tone{"to " + stepText(t.bounds[i]), timeInk[none/2+len(t.tones)]})
	}
	t.tones = append(t.tones, tone{"never caught up", purple})
	return t
}

// stepText is a step of 1, 2 or 5 without decimals.
func stepText(t sim.Time) string {
	for i := range logSteps {
		if sim.Time(logStep(i)) == t {
			return logLabel(i)
		}
	}
	return brief(t)
}

func (t *timeTones) of(r *SweepRow) int {
	if !r.Recovered {
		return len(t.tones) - 1
	}
	return t.ofTime(r.Recovery)
}

func (t *timeTones) ofTime(length sim.Time) int {
	for i, bound := range t.bounds {
		if length <= bound {
			return len(t.bounds) - i
		}
	}
	return 0
}

// toneKeys are the legend of those tones that occur.
func toneKeys(tones []tone, used []bool) (keys []key) {
	for i, t := range tones {
		if used[i] {
			keys = append(keys, key{text: t.text, fill: t.ink})
		}
	}
	return keys
}
