package check

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// agreeHistories is how many histories TestJudgesAgree draws: 1 to this.
const agreeHistories = 10000

// drawn is one history of TestJudgesAgree and what it was drawn as.
type drawn struct {
	number  int
	planted damage
	h       *History
	witness []int32
}

// drawNumber gives history n. Every second one has an anomaly in it, each kind
// in turn: shops are drawn until one comes to where it goes wrong. All replies
// tell versions; up to two clients may end in an operation that never returns.
func drawNumber(n int) drawn {
	d := drawn{number: n}
	if n%2 == 0 {
		d.planted = 1 + damage(n/2%int(damages-1))
	}
	for try := uint64(0); ; try++ {
		r := rand.New(rand.NewPCG(uint64(n), try))
		sh := tiny(r, 0)
		sh.after, sh.damage = 1, d.planted
		var wrong bool
		if d.h, d.witness, wrong = generateTold(r, sh); wrong == (d.planted != intact) && d.h.answered() > 0 {
			return d
		}
	}
}

// witnessVerdict is what comes of the order in which the services say that they
// decided. If the history contradicts it, the versions that replies tell give
// another; if even these leave too much open, bounds and search decide, without
// any order.
func witnessVerdict(h *History, claimed []int32) (verdict Verdict, by means) {
	verdict = Linearizable(h, claimed).Verdict
	switch {
	case JudgeWitness(h, claimed).Verdict == Ok:
		return verdict, byClaim
	case JudgeVersions(h).Verdict != Undecided:
		return verdict, byVersions
	}
	return verdict, bySearch
}

// means is what decided.
type means int

const (
	byClaim means = iota
	byVersions
	bySearch
)

// agreement counts what became of the histories of one kind.
type agreement struct {
	histories  int
	by         [3]int // by means: what decided, of the judge that begins with the witness
	witness    [4]int // by Verdict, as are the next two
	porcupine  [4]int
	bruteForce [4]int
	disagree   int        // the three do not say the same
	flawed     [flaws]int // judges with a flaw that say something else than brute force
}

// The witness, Porcupine and brute force, which share no search and of which
// brute force shares no rule with the others, agree on every one of 10,000
// small histories. A planted anomaly may be legal by chance: nobody looked, or
// another order explains it. Judges with a flaw in them do not agree: were they
// among the three, this test would say so.
func TestJudgesAgree(t *testing.T) {
	var kinds [damages]agreement
	for n := 1; n <= agreeHistories; n++ {
		d := drawNumber(n)
		if f := Harness(d.h); f.Verdict != Ok {
			t.Fatalf("history %d: %s\n%s", n, f.Detail, dump(d.h))
		}
		k := &kinds[d.planted]
		if !k.count(&d) {
			t.Errorf("history %d (%s): the judges disagree\n%s", n, damageWords[d.planted], dump(d.h))
		}
	}
	var all agreement
	for d := range kinds {
		k := &kinds[d]
		all.add(k)
		legal := k.bruteForce[Ok]
		if damage(d) == intact && (legal != k.histories || k.by[byClaim] != k.histories) {
			t.Errorf("of %d histories with nothing planted %d are legal, and %d orders stand", k.histories, legal, k.by[byClaim])
		}
		if damage(d) != intact && (legal == k.histories || k.histories < 250) {
			t.Errorf("%s: %d histories, %d of them legal", damageWords[d], k.histories, legal)
		}
	}
	if all.histories != agreeHistories || kinds[intact].histories != agreeHistories/2 || all.disagree > 0 ||
		all.witness[Undecided]+all.porcupine[Undecided]+all.bruteForce[Undecided] > 0 {
		t.Errorf("%+v", all)
	}
	for f, words := range flawWords {
		if all.flawed[f] == 0 {
			t.Errorf("a judge that %s disagrees nowhere", words)
		}
	}
	table := agreementTable(&kinds, &all)
	t.Log("\n" + table)
	evidence, err := os.ReadFile("../docs/evidence.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(evidence), table) {
		t.Errorf("docs/evidence.md has another table. It has to be:\n%s", table)
	}
}

// count asks the judges, and says whether the three agree.
func (k *agreement) count(d *drawn) bool {
	truth := Violated
	if bruteForce(d.h) {
		truth = Ok
	}
	w, by := witnessVerdict(d.h, d.witness)
	p := JudgePorcupine(d.h, Budget{}).Verdict
	k.histories++
	k.by[by]++
	k.witness[w]++
	k.porcupine[p]++
	k.bruteForce[truth]++
	for f := range flaws {
		if flawedVerdict(f, d.h, d.witness) != truth {
			k.flawed[f]++
		}
	}
	if w != truth || p != truth {
		k.disagree++
		return false
	}
	return true
}

func (k *agreement) add(o *agreement) {
	k.histories += o.histories
	k.disagree += o.disagree
	for m := range k.by {
		k.by[m] += o.by[m]
	}
	for v := range k.witness {
		k.witness[v] += o.witness[v]
		k.porcupine[v] += o.porcupine[v]
		k.bruteForce[v] += o.bruteForce[v]
	}
	for f := range k.flawed {
		k.flawed[f] += o.flawed[f]
	}
}

// blindness is what a judge that has to be found wrong does wrong.
type blindness int

const (
	deafToTime blindness = iota
	deafToVersions
	openIntervals
	believesOrder
	flaws
)

var flawWords = [flaws]string{
	deafToTime:     "ignores real time",
	deafToVersions: "ignores versions",
	openIntervals:  "takes an operation called when another returns for later",
	believesOrder:  "takes the order claimed for the only one",
}

// flawedVerdict is what a judge with the flaw says: a right judge that is given
// less, or more, than was seen.
func flawedVerdict(f blindness, h *History, witness []int32) Verdict {
	c := *h
	c.Ops = append([]Op(nil), h.Ops...)
	switch f {
	case believesOrder:
		return JudgeWitness(h, witness).Verdict
	case deafToVersions:
		c.After = nil
		for i := range c.Ops {
			c.Ops[i].AfterFrom, c.Ops[i].AfterTo = 0, 0
		}
	case deafToTime, openIntervals:
		for i := range c.Ops {
			op := &c.Ops[i]
			op.Call *= 2
			if op.Return != Pending {
				op.Return *= 2
			}
			switch {
			case f == openIntervals && op.Return != Pending && op.Return > op.Call:
				op.Return--
			case f == deafToTime:
				op.Client, op.Call = int32(i), 0
				if op.Return != Pending {
					op.Return = 1
				}
			}
		}
	}
	return JudgePorcupine(&c, Budget{}).Verdict
}

// agreementTable writes what was counted as it stands in docs/evidence.md.
func agreementTable(kinds *[damages]agreement, all *agreement) string {
	var b strings.Builder
	b.WriteString("| planted | histories | decided by the order claimed, versions, search | witness: ok, violated | Porcupine: ok, violated | brute force: ok, violated |")
	b.WriteString(" undecided | disagree |\n|---|---|---|---|---|---|---|---|\n")
	row := func(words string, k *agreement) {
		undecided := k.witness[Undecided] + k.porcupine[Undecided] + k.bruteForce[Undecided]
		fmt.Fprintf(&b, "| %s | %s | %s, %s, %s |", words, thousands(k.histories), thousands(k.by[byClaim]), thousands(k.by[byVersions]), thousands(k.by[bySearch]))
		for _, v := range [][4]int{k.witness, k.porcupine, k.bruteForce} {
			fmt.Fprintf(&b, " %s, %s |", thousands(v[Ok]), thousands(v[Violated]))
		}
		fmt.Fprintf(&b, " %d | %d |\n", undecided, k.disagree)
	}
	for d := range kinds {
		row(damageWords[d], &kinds[d])
	}
	row("all", all)
	b.WriteString("\n| a judge that | disagrees with brute force on |\n|---|---|\n")
	for f, words := range flawWords {
		fmt.Fprintf(&b, "| %s | %s |\n", words, thousands(all.flawed[f]))
	}
	return b.String()
}

// thousands writes a number below a million.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
