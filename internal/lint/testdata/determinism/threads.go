package control

import (
	"sync"        // want "import of sync: "
	"sync/atomic" // want "import of sync/atomic: "
)

type guarded struct {
	sync.Mutex
	count atomic.Int64
	done  chan bool // want "channel: "
}

func threads(g *guarded) {
	go g.count.Add(1) // want "go statement: "
	select {          // want "select: "
	case <-g.done:
	default:
	}
}
