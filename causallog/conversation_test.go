package causallog

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"simrun/dataflow"
)

// TestConversations plays pages of commands to the stores of a shop with one
// ingress, two orders, one stock and one egress, and compares what they say.
//
//	world depth=N|full       begin anew; the commands below come under "play", one a line
//	log TASK WORDS...        the task decides: order N, clock NS, seed N, end EPOCH
//	cut CHANNEL BYTES        the sender cuts a buffer
//	epoch TASK N             the task's logs enter an epoch
//	send CHANNEL             a buffer leaves with its delta
//	receive CHANNEL          the oldest delta in transit is merged
//	lose CHANNEL             the oldest delta in transit is lost; the cursor does not know
//	connect CHANNEL          a new connection
//	forge CHANNEL LOG EPOCH OFFSET HEX    a piece is put in transit
//	truncate TASK N
//	crash TASK FROM          a new incarnation gathers from all others and installs
//	left TASK EPOCH          what is still to be repeated of the main log
//	show TASK
func TestConversations(t *testing.T) {
	datadriven.Walk(t, "testdata/conversations", func(t *testing.T, path string) {
		var w *world
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "world" {
				depth := d.CmdArgs[0].Vals[0]
				n, err := strconv.Atoi(depth)
				if depth == "full" {
					n, err = FullSharing, nil
				}
				if err != nil {
					t.Fatal(err)
				}
				w = newWorld(shop(t, 1, 2, 1, 1), n)
				return "ok\n"
			}
			var said strings.Builder
			for _, line := range strings.Split(d.Input, "\n") {
				w.command(t, &said, strings.Fields(line))
			}
			return said.String()
		})
	})
}

func (w *world) command(t *testing.T, said *strings.Builder, words []string) {
	number := func(i int) int {
		n, err := strconv.Atoi(words[i])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	say := func(format string, args ...any) { fmt.Fprintf(said, format+"\n", args...) }
	switch words[0] {
	case "send", "receive", "lose", "connect", "forge", "cut":
		w.onChannel(t, say, words, number)
		return
	}
	id := taskNamed(t, w.graph, words[1])
	s := w.stores[id]
	switch words[0] {
	case "log":
		w.append(say, w.layout.Main(id), determinant(words[2], number(3)))
	case "epoch":
		s.StartEpoch(int32(number(2)))
	case "truncate":
		s.Truncate(int32(number(2)))
	case "crash":
		if err := w.crash(id, int32(number(2))); err != nil {
			say("%v", err)
			return
		}
		w.show(say, w.stores[id])
	case "left":
		say("%s epoch %d: %x", words[1], number(2), s.Expect(w.layout.Main(id), int32(number(2))))
	case "show":
		w.show(say, s)
	default:
		t.Fatalf("no command %q", words[0])
	}
}

func (w *world) onChannel(t *testing.T, say func(string, ...any), words []string, number func(int) int) {
	c := channelNamed(t, w.graph, words[1])
	switch words[0] {
	case "send":
		delta := w.send(c)
		header, determinants := DeltaSizes(delta)
		say("%s: %d bytes of headers, %d of determinants%s", words[1], header, determinants, w.pieces(delta))
	case "receive":
		m, err := w.deliver(c)
		say("%s: %d new, %d known", w.graph.TaskName(w.graph.Channels[c].To), m.New, m.Old)
		if err != nil {
			say("  %v", err)
		}
	case "lose":
		w.transit[c] = w.transit[c][1:]
	case "connect":
		w.reset(c)
	case "forge":
		data, err := hex.DecodeString(words[5])
		if err != nil {
			t.Fatal(err)
		}
		for id := range LogID(w.layout.Logs()) {
			if w.layout.Name(id) == words[2] {
				w.transit[c] = append(w.transit[c], appendPiece(nil, id, int32(number(3)), number(4), data))
			}
		}
	case "cut":
		w.append(say, w.layout.Cuts(c), determinant("cut", number(2)))
	}
}

func (w *world) append(say func(string, ...any), id LogID, d dataflow.Determinant) {
	matched, conflict := w.stores[w.layout.Owner(id)].Regenerate(id, &d)
	switch {
	case conflict != nil:
		say("%v", conflict)
	case matched:
		say("%s repeats %v", w.layout.Name(id), d.Kind)
	}
}

func determinant(word string, n int) dataflow.Determinant {
	switch word {
	case "order":
		return dataflow.Determinant{Kind: dataflow.Order, Channel: uint8(n)}
	case "clock":
		return dataflow.Determinant{Kind: dataflow.Timestamp, Value: int64(n)}
	case "seed":
		return dataflow.Determinant{Kind: dataflow.RNG, Value: int64(n)}
	case "end":
		return dataflow.Determinant{Kind: dataflow.EpochEnd, Key: uint64(n)}
	case "cut":
		return dataflow.Determinant{Kind: dataflow.BufferBuilt, Value: int64(n)}
	}
	panic("no determinant " + word)
}

func (w *world) pieces(delta []byte) string {
	var b strings.Builder
	var p piece
	for len(delta) > 0 {
		n := p.take(delta, w.layout.Logs())
		fmt.Fprintf(&b, "\n  %s epoch %d bytes %d to %d", w.layout.Name(p.log), p.epoch, p.offset, p.offset+len(p.data))
		delta = delta[n+len(p.data):]
	}
	return b.String()
}

func (w *world) show(say func(string, ...any), s *Store) {
	say("%s holds %d bytes from epoch %d on", w.graph.TaskName(s.Owner()), s.Size(), s.From())
	for id := range LogID(w.layout.Logs()) {
		first, last := s.Epochs(id)
		for e := first; e <= last; e++ {
			say("  %s epoch %d: %x", w.layout.Name(id), e, s.Bytes(id, e))
		}
	}
}
