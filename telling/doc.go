// Package telling says why a run failed, to a person: which check is violated and how, in sentences about the operation
// that went wrong; the few events that led to it; and the faults of the schedule.
//
// It owns the choice of what is told. It must not judge: what is wrong stands in the findings (check.About), and it never
// reads their prose. Nor does it know how a telling looks: report prints it.
//
// Start at Of (telling.go). The events are heard in a second run of the same scenario (listen.go), which stops when all that
// matters has happened; chain.go chooses among them.
package telling
