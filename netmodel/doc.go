// Package netmodel is what a dataflow stands on and nobody can program: network cards and links, the broker's
// partitions, the checkpoint store, the payment provider, and the clocks of machines. It owns how long bytes take and
// in which order they come.
//
// It must not know what the bytes mean, and it makes nothing happen: everything here is a passive calculator over
// simulated time. A caller asks when a message arrives or a snapshot is durable, and schedules the event itself; what
// it has scheduled already is its own to move when a fault comes in between (Link.CutUntil, Store.PausedUntil).
//
// Start at NIC (nic.go) and Link (link.go), which a message passes one after the other; then Store (store.go),
// Partition and Egress (partition.go, egress.go), Provider (provider.go) and Clock (clock.go).
package netmodel
