// Package dataflow is the stream processor: a graph of operators, its parallel
// tasks, the buffers and barriers between them, epochs and their snapshots on
// graphs with cycles (Carbone et al. 2015), and the replay of a log.
//
// A Task is passive and single-threaded. It acts when it is handed an input and
// sees the world through two interfaces: Env (clock, entropy, buffers, timers,
// calls) and Guard (what a replay must not decide anew). It knows neither the
// simulator nor the protocol that guards it, and no other task.
//
// Start with operator.go, what an application writes; then task.go and Step,
// epoch.go for checkpoints and replay.go for what a guard makes a task repeat.
package dataflow
