package swarm

import (
	"os"
	"testing"
)

func TestW(t *testing.T) {
	base := load(t, *baseFlag, *protoFlag)
	s := Draw(base, uint64(*fromFlag))
	s.Checkout.Window = 3
	os.WriteFile("/tmp/w.yaml", s.Expand(), 0o644)
}
