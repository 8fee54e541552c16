// Package museum holds planted bugs: mistakes that implementations of
// causal recovery, of checkpoints and of services are likely to make, or have
// made, each behind one switch that is off unless a scenario plants it
// (planted: [no-fence]). What simrun is worth is which of them it catches.
//
// A bug is a name, what is wrong, where the switch is, who made it, and
// whether it can do harm. The switches themselves are where the code goes wrong:
// recovery.Broken, dataflow.Broken and checkout.Broken.
//
// Start reading at Bug. The lists are in logging.go (causal logs and replay),
// channels.go (connections, gathers), checkpoints.go and services.go.
package museum
