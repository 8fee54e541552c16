package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"simrun/cluster"
)

// Load reads a results folder back, so that figures and tables need no second simulation. An error names the file, the
// line, what is wrong there and what to do.
func Load(dir string) (Run, error) {
	run := Run{}
	var struck int
	read := func(name string, parse func([]byte) error) error {
		path := filepath.Join(dir, name)
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: no such file; a results folder holds run.json, findings.json and CSV files: "+
				"name one, or make it with simrun run", path)
		}
		if err != nil {
			return err
		}
		if err := parse(content); err != nil {
			return fmt.Errorf("%s:%w; %s", path, err, run.remedy())
		}
		return nil
	}
	err := read("run.json", run.readRunJSON)
	if err == nil {
		err = read("findings.json", func(content []byte) error {
			times, err := run.readFindingsJSON(content)
			struck = len(times)
			for _, at := range times {
				run.Recoveries = append(run.Recoveries, cluster.Recovery{At: at})
			}
			return err
		})
	}
	if err == nil {
		err = read("recovery.csv", run.readRecoveries)
	}
	if err == nil && len(run.Recoveries) != struck {
		err = fmt.Errorf("%s: struck_us has %d instants, recovery.csv has %d rows; %s",
			filepath.Join(dir, "findings.json"), struck, len(run.Recoveries), run.remedy())
	}
	if err == nil {
		err = read("timeline.csv", func(content []byte) (err error) {
			run.Windows, err = readCSV(content, windowColumns)
			return err
		})
	}
	if err == nil {
		err = read("latency.csv", func(content []byte) (err error) {
			run.Latency, err = readCSV(content, latencyColumns)
			return err
		})
	}
	if err == nil {
		err = run.readOverhead(dir, read)
	}
	if err != nil {
		return Run{}, err
	}
	run.Dir = dir
	return run, nil
}

// readOverhead reads what causal logging cost. Folders of earlier versions do not say.
func (r *Run) readOverhead(dir string, read func(string, func([]byte) error) error) error {
	if _, err := os.Stat(filepath.Join(dir, "overhead.csv")); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := read("overhead.csv", func(content []byte) (err error) {
		r.Overhead, err = readCSV(content, overheadColumns)
		return err
	})
	if err != nil {
		return err
	}
	return read("determinants.csv", func(content []byte) (err error) {
		r.Kinds, err = readCSV(content, kindColumns)
		return err
	})
}

// remedy says how to get the folder back.
func (r *Run) remedy() string {
	if r.Command == "" {
		return "run the scenario again to make this folder anew"
	}
	return "to make this folder anew: " + r.Command
}

// readRecoveries adds the rows of recovery.csv to the instants that are there already.
func (r *Run) readRecoveries(content []byte) error {
	rows, err := readCSV(content, recoveryColumns)
	if err != nil {
		return err
	}
	instants := r.Recoveries
	r.Recoveries = nil
	for i, row := range rows {
		v := row.Recovery
		v.Fault, v.TasksRolledBack = int(row.fault), int(row.rolledBack)
		if i < len(instants) {
			v.At = instants[i].At
		}
		r.Recoveries = append(r.Recoveries, v)
	}
	return nil
}

// readCSV finds columns by name and leaves alone those that it does not know: later versions add some.
func readCSV[T any](content []byte, columns []column[T]) ([]T, error) {
	reader := csv.NewReader(bytes.NewReader(content))
	header, err := reader.Read()
	if err == io.EOF {
		return nil, errors.New("1: the file is empty")
	}
	if err != nil {
		return nil, plainCSVError(err)
	}
	place := make([]int, len(columns)) // of each column in the file
	for i, c := range columns {
		place[i] = -1
		for j, name := range header {
			if name == c.name {
				place[i] = j
			}
		}
		if place[i] < 0 {
			return nil, fmt.Errorf("1: no column %s among %s", c.name, strings.Join(header, ","))
		}
	}
	var rows []T
	for {
		cells, err := reader.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, plainCSVError(err)
		}
		var row T
		for i, c := range columns {
			if place[i] < 0 {
				continue
			}
			cell := cells[place[i]]
			if err := c.read(&row, cell); err != nil {
				line, _ := reader.FieldPos(place[i])
				return nil, fmt.Errorf("%d: %s is %q, which is no whole number: %w", line, c.name, cell, err)
			}
		}
		rows = append(rows, row)
	}
}

func plainCSVError(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%d: %w", parse.Line, parse.Err)
	}
	return fmt.Errorf("1: %w", err)
}
