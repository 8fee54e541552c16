// Package recovery holds the protocols: what is logged while nothing fails, and
// what the job manager and the tasks say to each other when something does.
// It owns connections, positions, credits, fences, the gather of determinants
// and the completion of checkpoints.
//
// Everything here is passive. A Manager and one Agent per incarnation of a task
// are handed messages and frames and answer by calls of World; they know no
// time and no machine, so a run is in the hands of whoever delivers.
//
// Start at Policy (policy.go), which says how protocols differ; then manager.go,
// agent.go (outbound.go, inbound.go, gather.go) and guard.go, how a task meets its
// log. Monitors (monitors.go) and ghosts (ghosts.go) watch, and have no effect.
package recovery
