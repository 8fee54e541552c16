package causallog

import (
	"encoding/hex"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"simrun/dataflow"
)

// Clonos encodes a determinant as its tag and its fields, without lengths; the
// sizes are those of the released code (SimpleDeterminantEncoder), but for
// EpochEnd, which it does not have, for what it keeps as Java objects, for the
// name of a timer, and for the empty reference (4 bytes more) that the trigger
// of a usual checkpoint has there. docs/specification.md has them side by side.
func TestEncodings(t *testing.T) {
	want := []struct {
		size  int
		bytes string
	}{
		{2, "00 03"},
		{9, "01 000000003b9aca07"},
		{5, "02 feedbeef"},
		{15 + 8, "03 00000011 0000000000000063 0008 617070726f766564"},
		{22, "04 00000012 0000000077359400 00 0000000000000005"},
		{21, "04 00000013 0000000077359401 01 00000003 505453"}, // the tick "PTS" of Clonos
		{23, "05 00000013 0000000000000002 00000000b2d05e00 00 00"},
		{13, "06 00000014 0000000000000003"},
		{5, "07 00008000"},
		{9, "08 0000000000000002"},
	}
	for i := range one {
		d := &one[i]
		data := AppendDeterminant(nil, d)
		if got := strings.ReplaceAll(want[i].bytes, " ", ""); hex.EncodeToString(data) != got || len(data) != want[i].size || DeterminantBytes(d) != want[i].size {
			t.Errorf("%v: %x, %d bytes, DeterminantBytes %d; want %s, %d bytes", d.Kind, data, len(data), DeterminantBytes(d), want[i].bytes, want[i].size)
		}
		var again dataflow.Determinant
		if n, err := ReadDeterminant(append(data, 0xee), &again); err != nil || n != len(data) || !reflect.DeepEqual(again, *d) {
			t.Errorf("%v: read back %+v, %d bytes, %v", d.Kind, again, n, err)
		}
		for cut := range data {
			if n, err := ReadDeterminant(data[:cut], &again); err == nil {
				t.Errorf("%v: %d of %d bytes are read as a determinant of %d bytes", d.Kind, cut, len(data), n)
			}
		}
	}
}

func TestWhatIsNoDeterminant(t *testing.T) {
	wrong := map[string][]byte{
		"tag 9":                  {9, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"NoKind":                 {255},
		"type of a callback":     append(make([]byte, 13), 1, 0, 0, 0, 0, 0, 0, 0, 0),
		"name of a callback":     append(make([]byte, 13), 1, 0, 0, 0, 3, 'P', 'T', 'T'),
		"handle of a tick":       append(make([]byte, 13), 0, 255, 255, 255, 255, 255, 255, 255, 255),
		"type of a checkpoint":   append(make([]byte, 21), 1, 0),
		"reference to a storage": append(make([]byte, 21), 0, 1),
	}
	wrong["name of a callback"][0], wrong["handle of a tick"][0] = byte(dataflow.TimerTrigger), byte(dataflow.TimerTrigger)
	wrong["type of a callback"][0] = byte(dataflow.TimerTrigger)
	wrong["type of a checkpoint"][0] = byte(dataflow.SourceCheckpoint)
	wrong["reference to a storage"][0] = byte(dataflow.SourceCheckpoint)
	for name, data := range wrong {
		var d dataflow.Determinant
		if n, err := ReadDeterminant(data, &d); err == nil || n != 0 {
			t.Errorf("%s: read as %+v, %d bytes", name, d, n)
		}
	}
}

// drawDeterminant draws one with all fields that its kind encodes.
func drawDeterminant(t *rapid.T) dataflow.Determinant {
	d := dataflow.Determinant{Kind: rapid.SampledFrom(one).Draw(t, "kind").Kind}
	switch d.Kind {
	case dataflow.Order:
		d.Channel = rapid.Uint8().Draw(t, "channel")
	case dataflow.Timestamp, dataflow.TimerTrigger, dataflow.SourceCheckpoint:
		d.Value = rapid.Int64().Draw(t, "value")
	case dataflow.RNG, dataflow.BufferBuilt:
		d.Value = rapid.Int64Range(0, math.MaxUint32).Draw(t, "value")
	case dataflow.Serializable:
		d.Answer = rapid.SliceOfN(rapid.Byte(), 0, 70).Draw(t, "answer")
	}
	if d.Kind.Strikes() {
		d.Count = rapid.Uint32().Draw(t, "count")
	}
	if d.Kind.Strikes() || d.Kind == dataflow.EpochEnd {
		d.Key = rapid.Uint64().Draw(t, "key")
	}
	return d
}

func TestEveryDeterminantIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.SliceOfN(rapid.Custom(drawDeterminant), 1, 8).Draw(t, "determinants")
		var log []byte
		for i := range drawn {
			log = AppendDeterminant(log, &drawn[i])
		}
		for i := range drawn {
			var d dataflow.Determinant
			n, err := ReadDeterminant(log, &d)
			if err != nil || n != DeterminantBytes(&drawn[i]) || !reflect.DeepEqual(d, drawn[i]) {
				t.Fatalf("wrote %+v, read %+v, %d bytes, %v", drawn[i], d, n, err)
			}
			log = log[n:]
		}
		if len(log) != 0 {
			t.Fatalf("%d bytes left", len(log))
		}
	})
}

func TestWhatCannotBeEncodedPanics(t *testing.T) {
	for name, d := range map[string]dataflow.Determinant{
		"NoKind":      {Kind: dataflow.NoKind},
		"long answer": {Kind: dataflow.Serializable, Answer: make([]byte, 1<<16)},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			AppendDeterminant(nil, &d)
		})
	}
	if n := len(AppendDeterminant(nil, &dataflow.Determinant{Kind: dataflow.Serializable, Answer: make([]byte, 1<<16-1)})); n != 15+1<<16-1 {
		t.Errorf("the longest answer takes %d bytes", n)
	}
}
