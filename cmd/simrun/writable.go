package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"simrun/report"
)

// place is a folder that results are to go to.
type place struct {
	dir    string
	folder bool // a results folder, replaced as a whole; else figures join what is there
}

// unwritable finds out before a simulation whether its results could be saved, and leaves nothing behind. All places that
// cannot be written to are told at once.
func unwritable(places []place) (lines []string) {
	for _, p := range places {
		if err := p.writable(); err != nil {
			line := (&report.Unwritable{Path: p.dir, Err: err}).Error()
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

func (p place) writable() error {
	entries, err := os.ReadDir(p.dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return errors.New("a file of that name, or of a folder above it, is in the way")
	case p.folder && len(entries) > 0:
		if _, err := os.Stat(filepath.Join(p.dir, "digest.txt")); err != nil {
			return errors.New("it holds files but no digest.txt, so it is no results folder and is not replaced")
		}
	}
	at := filepath.Clean(p.dir)
	if p.folder {
		at = filepath.Dir(at) // the new folder is built beside the old one
	}
	return probe(at)
}

// probe makes a folder in the nearest folder above that exists, and removes it.
func probe(at string) error {
	for ; ; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			break
		} else if err == nil {
			return errors.New("a file of that name, or of a folder above it, is in the way")
		} else if filepath.Dir(at) == at {
			return err
		}
	}
	made, err := os.MkdirTemp(at, ".simrun-probe-*")
	if err != nil {
		return err
	}
	return os.Remove(made)
}
