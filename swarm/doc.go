// Package swarm draws whole scenarios at random: the job's shape, buffers,
// latencies, checkpoints, workload and options of recovery, and faults of every
// kind, at instants and at steps of the protocol. Each scenario leaves some
// kinds of faults and some options out, so that what hides a bug in one lets it
// show in another (swarm testing).
//
// What is drawn keeps within what the protocols promise to come through, and
// within the budget of the base scenario's key swarm, which gives what is not
// drawn. Draw makes number n of a base: the same everywhere. Scenarios makes the
// same with rapid, which shrinks; Check puts a property to it. Start at draw.go.
package swarm
