package report

import "io"

// File is one file of a results folder. Write may be called with anything that takes bytes and is called once; a large
// file is written as it is made.
type File struct {
	Name  string // with slashes: figures/recovery.svg
	Write func(io.Writer) error
}

// Data returns the files that a run is loaded from again.
func (r Run) Data() []File {
	return []File{
		{"run.json", r.runJSON},           // what ran
		{"findings.json", r.findingsJSON}, // the run object of --json, with marks and bytes of protection
		{"recovery.csv", r.recoveryCSV},   // a row per recovery
		{"timeline.csv", r.timelineCSV},   // a row per 100 ms
		{"latency.csv", r.latencyCSV},     // a row per span and share of the replies
		{"overhead.csv", r.overheadCSV},   // a row per task
		{"determinants.csv", r.kindsCSV},  // a row per kind of determinant
	}
}

// Drawn returns the figures of a run, in every format, and the page that shows them.
func (r Run) Drawn() []File {
	var files []File
	for _, figure := range Figures(r) {
		for _, file := range figure.Files() {
			files = append(files, File{"figures/" + file.Name, file.Write})
		}
	}
	return append(files, File{"report.html", func(w io.Writer) error { return Page(w, r) }})
}
