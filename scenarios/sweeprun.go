package scenarios

import (
	"context"
	"sync"
)

// Each does the work of n items, numbered from 0, on so many workers at a time.
// It begins none after the context has ended, and returns when all that was
// begun is done. Items are begun in their order and end in any.
func Each(ctx context.Context, workers, n int, work func(i int)) {
	var waiting sync.WaitGroup
	next := make(chan int)
	for range min(max(1, workers), n) {
		waiting.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		select {
		case next <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	waiting.Wait()
}
