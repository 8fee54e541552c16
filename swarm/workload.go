package swarm

import (
	"simrun/scenarios"
	"simrun/sim"
)

// drain is the time to finish what faults have held up: much longer than they
// last, unless they are to outlast it.
const drain = 10 * sim.Second

// workload draws who asks for what, and what there is to be had.
func (d *drawing) workload() {
	w := &d.Workload
	w.Operations = int64(d.number("operations", 10, d.budget.Operations))
	rate := int64(100 * d.number("rate", 2, 8)) // operations a second
	w.Arrivals = scenarios.Arrivals{OpenPerSecondMilli: rate * 1000}
	if seldom(d, "closed", 4) {
		closed := scenarios.Closed{Clients: d.number("clients", 1, 8), Think: fixed(span(d, "think", 0, 20, ms))}
		w.Arrivals = scenarios.Arrivals{Closed: closed}
	}
	w.Retry = scenarios.Retry{Timeout: 400 * ms, Max: scenarios.Unlimited}
	if on(d, "retry") {
		w.Retry.Timeout = span(d, "retry timeout", 20, 2000, ms)
		if seldom(d, "retries", 3) {
			w.Retry.Max = 3
			w.Retry.Timeout += sim.Second / 2 // that clients give up is to be seldom: judges of what nobody knows tire
		}
	}
	d.Time.Warmup, d.Time.Drain = 0, drain
	d.Time.Horizon = durationMax
	d.Time.Horizon = 3*d.activity() + 200*ms
	w.Mix = scenarios.Mix{Checkout: 800_000, AddStock: 60_000, AddCredit: 60_000, Read: 80_000}
	if on(d, "mix") {
		w.Mix = scenarios.Mix{AddStock: 10_000 * int64(d.number("add_stock", 0, 30)), AddCredit: 10_000 * int64(d.number("add_credit", 0, 20)),
			Read: 10_000 * int64(d.number("read", 0, 30))}
		w.Mix.Checkout = 1_000_000 - w.Mix.AddStock - w.Mix.AddCredit - w.Mix.Read
	}
	d.shop()
}

// durationMax is longer than any workload of a swarm.
const durationMax = 1000 * sim.Second

// shop draws what there is in stock, and who can pay.
func (d *drawing) shop() {
	c := &d.Checkout
	c.Transactions = "2pc"
	if seldom(d, "saga", 4) {
		c.Transactions = "saga"
		d.Check.Linearizable = false // not promised
	}
	price := scenarios.Distribution{Shape: scenarios.Uniform, A: 1, B: 20}
	c.Items = scenarios.Items{Count: d.number("items", 1, 12), Stock: int64(d.number("stock", 3, 40)), Price: price, Popularity: d.popularity("items popularity")}
	c.Users = scenarios.Users{Count: d.number("users", 1, 12), Credit: int64(10 * d.number("credit", 5, 60)), Popularity: d.popularity("users popularity")}
	c.Lines = scenarios.Distribution{Shape: scenarios.Uniform, A: 1, B: int64(d.number("lines", 1, 4))}
	c.Quantity = scenarios.Constant(1)
	if seldom(d, "quantity", 4) {
		c.Quantity = scenarios.Distribution{Shape: scenarios.Uniform, A: 1, B: 4}
	}
	c.Provider = scenarios.Provider{Latency: lognormal(ms, 5*ms), Timeout: sim.Second}
	if on(d, "provider") {
		c.Provider.Latency = lognormal(ms, span(d, "provider p99", 2, 40, ms))
		c.Provider.DeclinePPM = 10_000 * int64(d.number("decline", 0, 50))
		c.Provider.Timeout = pick(d, "provider timeout", sim.Second, 8*ms)
	}
	c.Window = 1024 // more than there are operations
	if seldom(d, "window", 4) {
		c.Window = d.number("order window", 1, 8)
	}
}

func (d *drawing) popularity(label string) scenarios.Popularity {
	if on(d, label) {
		return scenarios.Popularity{Zipf: 900}
	}
	return scenarios.Popularity{Uniform: true}
}
