package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"simrun/check"
	"simrun/report"
	"simrun/scenarios"
)

// save writes the results folder.
func (j *job) save(run report.Run, r scenarios.Result, culprit int32, wall time.Duration) error {
	files := run.Data()
	if j.flags.tracked {
		return report.Write(j.dir, run.Digest, files...)
	}
	whole := !j.flags.swept || unexpected(run)
	if whole && r.Evidence != nil && r.Evidence.History != nil {
		files = append(files, report.File{Name: "history.jsonl", Write: func(w io.Writer) error {
			return check.WriteHistory(w, r.Evidence.History)
		}})
	}
	files = append(files, j.evidence(run, r, culprit)...)
	files = append(files, report.File{Name: "host.json", Write: func(w io.Writer) error { return writeHost(w, r.Events, wall) }})
	if whole && !j.flags.noFigures {
		files = append(files, run.Drawn()...)
	}
	return report.Write(j.dir, run.Digest, files...)
}

// evidence is what shows how a run went wrong: its trace, and the page of the operations around the first bad reply.
func (j *job) evidence(run report.Run, r scenarios.Result, culprit int32) (files []report.File) {
	if j.trace != nil {
		files = append(files, report.File{Name: "trace.txt", Write: func(w io.Writer) error {
			return j.trace.writeTo(w, traceOf(&run))
		}})
	}
	if culprit >= 0 {
		files = append(files, report.File{Name: "porcupine.html", Write: func(w io.Writer) error {
			return check.WritePage(w, r.Evidence.History, culprit, marksOf(r))
		}})
	}
	return files
}

// marksOf are faults and recoveries, to be shown among the operations.
func marksOf(r scenarios.Result) (marks []check.Mark) {
	for _, m := range r.Marks {
		marks = append(marks, check.Mark{Row: "faults", From: int64(m.From), To: int64(max(m.From, m.To)), Text: m.Name, Colour: "#ff8080"})
	}
	for _, v := range r.Recoveries {
		until := v.At + v.Detect + v.Activate + v.Restore + v.Collect + v.Connect + v.Replay
		marks = append(marks, check.Mark{Row: "recovery", From: int64(v.At), To: int64(until), Text: "recovery of " + v.Task, Colour: "#b0d0ff"})
	}
	return marks
}

// host is what a run cost and where: the one file that differs from machine to machine.
type host struct {
	WallMS          int64  `json:"wall_ms"` // of the simulation, with its judges
	Events          uint64 `json:"events"`
	EventsPerSecond int64  `json:"events_per_second"`
	MemoryBytes     uint64 `json:"memory_bytes"` // that the process has from the system by now, other runs' included
	CPU             string `json:"cpu,omitempty"`
	Cores           int    `json:"cores"`
	OS              string `json:"os"`
	Architecture    string `json:"architecture"`
	Version         string `json:"version"`
}

func writeHost(w io.Writer, events uint64, wall time.Duration) error {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	h := host{WallMS: wall.Milliseconds(), Events: events, MemoryBytes: memory.Sys, CPU: processor(), Cores: runtime.NumCPU(),
		OS: runtime.GOOS, Architecture: runtime.GOARCH, Version: version()}
	h.EventsPerSecond = int64(float64(events) / max(wall.Seconds(), 1e-9))
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(h)
}

// processor is the model of the CPU, where the system says so.
func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if key, value, found := strings.Cut(lines.Text(), ":"); found && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
