package recovery

// Release gives the memory of the agent's logs back to where its layout's logs
// take theirs. The agent must not be used after it.
func (a *Agent) Release() {
	if a.store != nil {
		a.store.Release()
	}
	for i := range a.out {
		a.out[i].log.Release()
	}
}
