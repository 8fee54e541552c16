package scenarios

import (
	"fmt"
	"math/rand"
	"os"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	var seeds [][]byte
	for _, b := range Builtins() {
		d, _ := BuiltinYAML(b.Name)
		seeds = append(seeds, d)
	}
	seeds = append(seeds, Sample(), []byte(everyDefault))
	cur := make(chan []byte, 1)
	done := make(chan bool)
	last := time.Now()
	_ = last
	var busy []byte
	go func() {
		n := 0
		for start := time.Now(); time.Since(start) < 20*time.Second; n++ {
			d := append([]byte(nil), seeds[r.Intn(len(seeds))]...)
			for range 1 + r.Intn(4) {
				i := r.Intn(len(d))
				switch r.Intn(4) {
				case 0:
					d[i] = "{}[]:,#&*!|>-?'\"\n \t0a%@`"[r.Intn(24)]
				case 1:
					d = append(d[:i], d[i+r.Intn(len(d)-i):]...)
				case 2:
					d = append(d[:i], append([]byte{"{}[]:,#&*!|>-?'\"\n \t0a%@`"[r.Intn(24)]}, d[i:]...)...)
				case 3:
					j := r.Intn(len(d))
					k := j + r.Intn(len(d)-j)
					d = append(append(append([]byte(nil), d[:i]...), d[j:k]...), d[i:]...)
				}
				if len(d) == 0 {
					d = []byte("a")
				}
			}
			busy = d
			t0 := time.Now()
			Parse("x", d, nil)
			if e := time.Since(t0); e > 200*time.Millisecond {
				fmt.Println("slow", e, len(d))
				os.WriteFile("/tmp/b/slow.yaml", d, 0o666)
			}
		}
		fmt.Println(n, "done")
		done <- true
	}()
	_ = cur
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		os.WriteFile("/tmp/b/hang.yaml", busy, 0o666)
		t.Fatal("hang")
	}
}
