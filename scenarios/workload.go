package scenarios

import "simrun/sim"

// Checkout is the shop: what it sells, who buys, how an order is kept whole.
type Checkout struct {
	Transactions string       `key:"transactions" words:"2pc saga" doc:"2pc must be linearizable; saga only conserves stock and money"`
	Items        Items        `key:"items"`
	Users        Users        `key:"users"`
	Lines        Distribution `key:"lines" min:"1" max:"1000" doc:"lines per checkout; a draw below 1 counts as 1"`
	Quantity     Distribution `key:"quantity" min:"1" max:"1000000" doc:"per line; a draw below 1 counts as 1"`
	Provider     Provider     `key:"provider"`
	Window       int          `key:"window" min:"1" max:"1000000" doc:"operations that an order task drives at a time; more wait in its state"`
}

// Pipeline is a chain of stages that count keys.
type Pipeline struct {
	Stages int      `key:"stages" min:"1" max:"8" doc:"operators count1, count2 ... between ingress and egress"`
	Keys   int      `key:"keys" min:"1" max:"10000000" doc:"an operation counts one of them at every stage"`
	Window sim.Time `key:"window" min:"1us" doc:"how long a task counts records until later ones tell how many they were"`
}

// Items are what is in stock at the start.
type Items struct {
	Count      int          `key:"count" min:"1" max:"10000000"`
	Stock      int64        `key:"stock" max:"1000000000000" doc:"of each item"`
	Price      Distribution `key:"price" max:"1000000000"`
	Popularity Popularity   `key:"popularity"`
}

// Users are who buys, and with how much money.
type Users struct {
	Count      int        `key:"count" min:"1" max:"10000000"`
	Credit     int64      `key:"credit" max:"1000000000000000" doc:"of each user"`
	Popularity Popularity `key:"popularity"`
}

// Provider authorises payments. It answers each call anew.
type Provider struct {
	Latency    Distribution `key:"latency" form:"time"`
	DeclinePPM int64        `key:"decline" form:"percent" max:"100%" doc:"share of calls that are declined"` // millionths
	Timeout    sim.Time     `key:"timeout" min:"1us" doc:"payment gives up on the provider"`
}

// Unlimited is the number of operations or retries that has no bound.
const Unlimited = -1

// Workload is what clients ask.
type Workload struct {
	Arrivals   Arrivals `key:"arrivals" is:"replace"`
	Operations int64    `key:"operations" special:"none=-1" max:"100000000" doc:"stop issuing after this many; none: go on until the horizon"`
	Mix        Mix      `key:"mix" is:"replace" doc:"shares of the operations; they sum to 100 %, a missing one is 0 %"`
	Retry      Retry    `key:"retry"`
}

// Arrivals are either open or closed.
type Arrivals struct {
	OpenPerSecondMilli int64  `key:"open" form:"rate" min:"0.001/s" max:"10000000/s" one:"arrivals" doc:"operations per second, whatever the answers"` // thousandths of an operation per second; 0 if closed
	Closed             Closed `key:"closed" one:"arrivals" doc:"clients that wait for each answer"`
}

// Closed arrivals come from clients with one operation each.
type Closed struct {
	Clients int          `key:"clients" min:"1" max:"1000000"`                                             // 0 if arrivals are open
	Think   Distribution `key:"think" form:"time" default:"0s" doc:"from an answer to the next operation"` // nanoseconds
}

// Mix is the share of each kind of operation in millionths. It sums to 1,000,000.
type Mix struct {
	Checkout  int64 `key:"checkout" form:"percent" max:"100%" is:"optional"`
	AddStock  int64 `key:"add_stock" form:"percent" max:"100%" is:"optional"`
	AddCredit int64 `key:"add_credit" form:"percent" max:"100%" is:"optional"`
	Read      int64 `key:"read" form:"percent" max:"100%" is:"optional" doc:"stock, credit and orders in equal parts"`
}

// Retry is what a client does that has no answer: it asks again, under the same order id.
type Retry struct {
	Timeout sim.Time `key:"timeout" min:"1us"`
	Max     int      `key:"max" special:"unlimited=-1" max:"1000000" doc:"retries; then the outcome is unknown"`
}
