// Package report turns what one run measured into files and text: CSV and JSON, a results folder that is there whole or
// not at all, figures as SVG, PNG and PDF, a page in HTML, and the tables of the terminal.
//
// It owns how results look and where they lie. It must not judge and must not simulate: everything it prints stands in
// a Run, and a Run that was loaded from a folder gives the same bytes as the one that was saved there. Times are rounded
// to microseconds before anything is printed or drawn, for that reason.
//
// Figures use the canvases, fonts and text of gonum/plot, but lay out their own panels: shared axes, bars with direct
// labels and tints beneath a grid need data areas at fixed places, and plot.Plot places one panel by its own measure.
//
// Start at Run (run.go); files.go says which file holds what, folder.go how it gets to the disk, load.go how it comes
// back, figures.go what is drawn, summary.go and compare.go what the terminal shows.
package report
