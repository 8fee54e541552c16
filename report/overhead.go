package report

import (
	"fmt"
	"strings"

	"simrun/cluster"
)

// printOverhead says what causal logging cost: by kind of determinant, and what became of the bytes on the wire.
func printOverhead(p *printer, run Run) {
	kinds := loggedKinds(run)
	if len(kinds) == 0 {
		return
	}
	p.line("")
	t := table{}
	head, logged, wire := []string{"  determinants"}, []string{"  logged"}, []string{"  on the wire"}
	for _, k := range kinds {
		head = append(head, k.Kind)
		logged = append(logged, size(k.LoggedBytes))
		wire = append(wire, size(k.WireBytes))
	}
	t.add(head...)
	t.add(logged...)
	t.add(wire...)
	t.print(p)
	p.wrapped("  ", overheadText(run))
}

// loggedKinds are the kinds of which anything was logged.
func loggedKinds(run Run) (kinds []cluster.KindOverhead) {
	for _, k := range run.Kinds {
		if k.Count > 0 {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// overheadText is the same in a sentence each: how often a byte arrives, which task holds most, what headers cost in each
// encoding. Empty if nothing was logged.
func overheadText(run Run) string {
	if len(loggedKinds(run)) == 0 {
		return ""
	}
	var sum cluster.TaskOverhead
	most := 0
	for i := range run.Overhead {
		o := &run.Overhead[i]
		sum.LoggedBytes += o.LoggedBytes
		sum.NewBytes += o.NewBytes
		sum.AgainBytes += o.AgainBytes
		sum.SentBytes += o.SentBytes
		sum.VarintBytes += o.VarintBytes
		sum.FlatBytes += o.FlatBytes
		sum.HierarchicalBytes += o.HierarchicalBytes
		if o.ReplicasPeak > run.Overhead[most].ReplicasPeak {
			most = i
		}
	}
	parts := []string{size(sum.LoggedBytes) + " of determinants were logged"}
	if sum.SentBytes > 0 {
		parts = append(parts, fmt.Sprintf("%s went over the wire, %s of what arrived was held there already", size(sum.SentBytes),
			percent(sum.AgainBytes, sum.NewBytes+sum.AgainBytes)))
		parts = append(parts, fmt.Sprintf("%s held %s of others' logs, the most of all tasks", run.Overhead[most].Task, size(run.Overhead[most].ReplicasPeak)))
		parts = append(parts, fmt.Sprintf("headers of these deltas take %s as varints, %s in the hierarchical and %s in the flat encoding of Clonos",
			size(sum.VarintBytes), size(sum.HierarchicalBytes), size(sum.FlatBytes)))
	}
	return strings.Join(parts, "; ") + "."
}
