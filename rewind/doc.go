// Package rewind puts memory back to what it was: a run can be crashed at one of
// its events, followed to its end, and be taken back to before the crash, for the
// next one.
//
// It owns the copy of everything that a root leads to: pointers, slices to the
// end of their capacity, interfaces. It knows nothing of what the memory is for,
// so that no type needs a method that copies it, which could forget a field.
// Memory stays where it is; only what it holds is put back.
//
// What it cannot follow must not be there: maps and channels make Take panic, and
// functions must use nothing that changes and is not reached otherwise. What is
// shared with others must be Fixed: it would be written while they read.
//
// Start reading at Take in memory.go.
package rewind
