package dataflow

import "testing"

// A task that gives up its checkpoint records nothing more for it, one that gives up an
// older checkpoint goes on.
func TestAbandonEndsRecordings(t *testing.T) {
	for _, c := range []struct {
		abandoned  int32
		recordings int
	}{{2, 1}, {3, 0}, {4, 0}} {
		task := &Task{inputs: []input{{feedback: true, recording: true}, {feedback: true}}, recordings: 1, epoch: 3}
		task.abandon(c.abandoned)
		if going := c.recordings > 0; task.Recording() != going || task.inputs[0].recording != going {
			t.Errorf("%d is given up in epoch 3: it records %v, its input %v", c.abandoned, task.Recording(), task.inputs[0].recording)
		}
	}
}
