package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"simrun/report"
)

// rowsFile takes rows as runs end, in any order, and puts them into theirs when all are there.
type rowsFile struct {
	mu   sync.Mutex
	path string
	file *os.File
}

// sweepHost is what the rows of a folder were made by: the one file there that differs from machine to machine.
type sweepHost struct {
	Source string `json:"source"`
}

const sweepHostFile = "host.json"

// open makes the folder ready and says of which runs it has rows already. Rows of another source are thrown away.
func (s *sweeper) open() (f *rowsFile, done map[string]bool, err error) {
	defer func() {
		if err != nil {
			err = &report.Unwritable{Path: s.dir, Err: err}
		}
	}()
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, nil, err
	}
	if err := s.sameSource(); err != nil {
		return nil, nil, err
	}
	if err := s.replaceFile(report.SweepFile, s.result.JSONFile); err != nil {
		return nil, nil, err
	}
	f = &rowsFile{path: filepath.Join(s.dir, fmt.Sprintf("rows-%d-of-%d.csv", s.shard+1, s.shards))}
	if f.file, err = os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, nil, err
	}
	if err := f.mend(); err != nil {
		f.file.Close()
		return nil, nil, err
	}
	if err := s.result.ReadRows(s.dir); err != nil {
		f.file.Close()
		return nil, nil, err
	}
	done = map[string]bool{}
	for i := range s.result.Rows {
		done[s.result.Rows[i].Key()] = true
	}
	return f, done, nil
}

// mend cuts off a torn last line and writes the header if there is none.
func (f *rowsFile) mend() error {
	content, err := io.ReadAll(f.file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(content, '\n') + 1
	if err := f.file.Truncate(int64(whole)); err != nil {
		return err
	}
	if _, err := f.file.Seek(int64(whole), io.SeekStart); err != nil || whole > 0 {
		return err
	}
	_, err = f.file.Write(report.RowsHeader())
	return err
}

// append writes a row at once: what is finished stays, whatever happens next.
func (f *rowsFile) append(row *report.SweepRow) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.file.Write(row.Line()); err != nil {
		return &report.Unwritable{Path: f.path, Err: err}
	}
	return nil
}

// close ends the file. If all its rows are there it becomes independent of who ran them when.
func (f *rowsFile) close(all bool, of *report.Sweep) error {
	if err := f.file.Close(); err != nil || !all {
		return err
	}
	content, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	rows, _, err := report.ReadRows(content)
	if err != nil {
		return fmt.Errorf("%s:%w", f.path, err)
	}
	sorted := *of
	sorted.Rows = rows
	sorted.SortRows()
	lines := report.RowsHeader()
	for i := range sorted.Rows {
		lines = append(lines, sorted.Rows[i].Line()...)
	}
	if bytes.Equal(lines, content) {
		return nil
	}
	return replaceFile(f.path, lines)
}

// sameSource removes rows that another source has made: they would be mixed with those of this one.
func (s *sweeper) sameSource() error {
	content, err := os.ReadFile(filepath.Join(s.dir, sweepHostFile))
	var host sweepHost
	if err == nil && json.Unmarshal(content, &host) == nil && host.Source == s.source {
		return nil
	}
	files, err := report.RowsFiles(s.dir)
	if err != nil {
		return err
	}
	for _, path := range files {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	if len(files) > 0 && !s.flags.silent {
		fmt.Fprintf(s.app.stderr, "%s: rows of %s are thrown away, this is %s\n", s.dir, host.Source, s.source)
	}
	return s.replaceFile(sweepHostFile, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(sweepHost{s.source})
	})
}

func (s *sweeper) replaceFile(name string, write func(io.Writer) error) error {
	var content bytes.Buffer
	if err := write(&content); err != nil {
		return err
	}
	path := filepath.Join(s.dir, name)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content.Bytes()) {
		return nil
	}
	return replaceFile(path, content.Bytes())
}

// replaceFile writes beside and renames. The name is its own: shards may do the same at once.
func replaceFile(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(file.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}

// isResult says whether a results folder lies there.
func isResult(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "digest.txt"))
	return err == nil
}
