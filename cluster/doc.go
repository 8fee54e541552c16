// Package cluster is where a dataflow meets the simulated world: machines and
// what runs on them, the wires between them, the checkpoint store, the broker
// with its clients, the failure detector, faults, standbys. It owns every event
// of a run and what each costs in time.
//
// It must not know what a protocol decides (package recovery does), and what
// records mean it knows only behind job (job.go), which shop*.go and pipeline*.go implement.
//
// Start at Run (run.go), which dispatches events; process.go is one incarnation
// of a task and its Env; wire.go carries frames and control messages; then
// store.go and writes.go, lifecycle.go (crash and restart), detector.go, faults.go,
// cuts.go, skew.go, broker.go and client.go. What only watches is in anatomy.go, timeline.go,
// audit.go, monitors.go and story.go.
package cluster
