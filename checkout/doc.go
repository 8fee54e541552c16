// Package checkout is the business: stock, order and payment services and the
// two ends of the dataflow, written as operators. It is pure application code.
// It does not know that it is simulated, nor which protocol guards it, and does
// nothing against failures: no service looks whether it has done a thing
// before. That is the dataflow's promise, and it has to show when it is broken.
//
// Start at Graph (graph.go) and transaction.go, where an order task drives a
// checkout through the services; then stock.go, payment.go and locks.go.
// Requests and replies, which clients speak, are in request.go and reply.go;
// what the services say to each other is in message.go. What judges read of the
// state is in audit.go (of tasks, at the end) and cut.go (of a checkpoint's bytes).
package checkout
