package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Unwritable is the error of a place that results cannot be written to. Nothing is left there that was not there before.
type Unwritable struct {
	Path string
	Err  error
}

func (e *Unwritable) Error() string {
	return fmt.Sprintf("cannot write results to %s: %v; nothing was left there: free some space or name another place with --out",
		e.Path, cause(e.Err))
}

func (e *Unwritable) Unwrap() error { return e.Err }

// cause drops the path of a file in the folder under construction, which is gone when the message is read.
func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// opener makes one file. Tests put a full disk here.
type opener func(path string) (io.WriteCloser, error)

func createFile(path string) (io.WriteCloser, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}

// Write makes dir a folder that holds the files and digest.txt, and nothing else. It builds the folder beside dir and
// renames it into place, so that a killed run leaves the old folder or none. events is the digest of the event sequence.
// An error is an *Unwritable.
func Write(dir, events string, files ...File) error {
	return writeFolder(createFile, dir, events, files)
}

func writeFolder(open opener, dir, events string, files []File) (err error) {
	dir = filepath.Clean(dir)
	defer func() {
		if err != nil {
			err = &Unwritable{dir, err}
		}
	}()
	if err := replaceable(dir); err != nil {
		return err
	}
	parent, base := filepath.Split(dir)
	made, err := makeAll(filepath.Clean(parent))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			removeEmpty(made)
		}
	}()
	removeOrphans(filepath.Clean(parent), base)
	temporary, err := os.MkdirTemp(filepath.Clean(parent), orphanPrefix(base)+strconv.Itoa(os.Getpid())+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(temporary)
		}
	}()
	if err := os.Chmod(temporary, 0o755); err != nil {
		return err
	}
	if err := fill(open, temporary, events, files); err != nil {
		return err
	}
	return replace(dir, temporary)
}

// fill writes the files, then their digests.
func fill(open opener, dir, events string, files []File) error {
	sums := newDigests(events)
	for _, file := range files {
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := writeFile(open, path, sums.of(file.Name), file.Write); err != nil {
			return fmt.Errorf("%s: %w", file.Name, cause(err))
		}
	}
	return writeFile(open, filepath.Join(dir, digestName), io.Discard, sums.write)
}

// writeFile streams through a buffer, histories being long and their lines short, and sums what passes.
func writeFile(open opener, path string, sum io.Writer, write func(io.Writer) error) error {
	file, err := open(path)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(io.MultiWriter(file, sum), 1<<16)
	err = write(buffered)
	if err == nil {
		err = buffered.Flush()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}

// replaceable refuses to put a results folder in the place of something else.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return errors.New("a file of that name, or of a folder above it, is in the way")
	}
	if err != nil || len(entries) == 0 {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, digestName)); err != nil {
		return fmt.Errorf("it holds files but no %s, so it is no results folder and is not replaced", digestName)
	}
	return nil
}

// replace renames the new folder to dir. Between the two renames there is no folder of that name.
func replace(dir, temporary string) error {
	old := temporary + "-old"
	err := os.Rename(dir, old)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	hadOld := err == nil
	if err := os.Rename(temporary, dir); err != nil {
		if hadOld {
			err = errors.Join(err, os.Rename(old, dir))
		}
		return err
	}
	if hadOld {
		os.RemoveAll(old) // what is left of it, if anything, goes with the orphans of the next run
	}
	return nil
}

// makeAll makes a folder and returns those that were not there, the outermost first.
func makeAll(dir string) (made []string, err error) {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || filepath.Dir(at) == at {
			break
		}
		made = append([]string{at}, made...)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		removeEmpty(made)
		return nil, err
	}
	return made, nil
}

func removeEmpty(made []string) {
	for i := len(made) - 1; i >= 0; i-- {
		os.Remove(made[i]) // fails on what others have filled since, as it should
	}
}

func orphanPrefix(base string) string { return ".tmp-" + base + "-" }

// removeOrphans removes what killed processes left of earlier attempts at this folder. Failing to is no harm.
func removeOrphans(parent, base string) {
	entries, _ := os.ReadDir(parent)
	for _, entry := range entries {
		rest, ours := strings.CutPrefix(entry.Name(), orphanPrefix(base))
		pid, _, _ := strings.Cut(rest, "-")
		if id, err := strconv.Atoi(pid); ours && err == nil && id != os.Getpid() && !alive(id) {
			os.RemoveAll(filepath.Join(parent, entry.Name()))
		}
	}
}

func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = process.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
