package cluster

import (
	"simrun/checkout"
	"simrun/netmodel"
	"simrun/sim"
)

// provider is the payment provider and the questions that it has not answered.
type provider struct {
	run   *Run
	model netmodel.Provider
	calls slab[providerCall]
	bytes []byte
}

type providerCall struct {
	key           uint64
	approved      bool
	authorisation uint64
}

func newProvider(r *Run) provider {
	return provider{run: r, model: netmodel.NewProvider(&r.cfg.ProviderLatency, r.cfg.ProviderDeclinePPM,
		sim.NewStream(r.cfg.Seed, 0, 0, purposeProvider))}
}

// ask makes a call. It is answered anew each time.
func (v *provider) ask(p *process, key uint64) {
	slot, c := v.calls.new()
	at, approved, authorisation := v.model.Authorise(v.run.kernel.Now(), checkout.OrderOf(key))
	*c = providerCall{key, approved, authorisation}
	v.run.kernel.At(at, dst(evAnswer, p.slot), slot)
}

func (v *provider) answered(p *process, slot uint32) {
	c := *v.calls.at(slot)
	if !p.dead && p.paused > v.run.kernel.Now() {
		v.run.kernel.At(p.paused, dst(evAnswer, p.slot), slot)
		return
	}
	v.calls.free(slot)
	if p.dead {
		return // the connection that asked is gone
	}
	v.run.kernel.Note(c.authorisation)
	v.bytes = checkout.EncodeAnswer(v.bytes[:0], c.approved, c.authorisation)
	p.task.Answered(c.key, v.bytes)
	p.wakeIfWaiting()
}
