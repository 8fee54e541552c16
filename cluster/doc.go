// Package cluster is where a dataflow meets the simulated world: machines and
// what runs on them, the wires between them, the checkpoint store, the broker
// with its clients, the failure detector, faults, standbys. It owns every event
// of a run and what each costs in time.
//
// It must not know what a protocol decides (recovery does), nor what records
// mean, but behind job (job.go), which shop*.go and pipeline*.go implement.
//
// Start at Run (run.go), which dispatches events; process.go is one incarnation
// of a task, wire.go carries frames, lifecycle.go kills and restarts, faults.go
// strikes, branch.go lets many runs share their beginning. What only watches is
// in anatomy.go, timeline.go, audit.go, monitors.go, cutstate.go.
package cluster
