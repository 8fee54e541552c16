package report

import (
	"io"
	"os"
	"path/filepath"
)

// Place writes single files into a folder that may hold others, each beside its place and then renamed: the figures
// that plot draws from saved results. An error is an *Unwritable; the files placed before it are whole.
func Place(dir string, files ...File) (err error) {
	defer func() {
		if err != nil {
			err = &Unwritable{dir, err}
		}
	}()
	for _, file := range files {
		if err := placeFile(createFile, filepath.Join(dir, filepath.FromSlash(file.Name)), file); err != nil {
			return err
		}
	}
	return nil
}

func placeFile(open opener, path string, file File) error {
	parent, base := filepath.Dir(path), filepath.Base(path)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	temporary := filepath.Join(parent, ".tmp-"+base)
	os.Remove(temporary) // of a killed process
	if err := writeFile(open, temporary, io.Discard, file.Write); err != nil {
		os.Remove(temporary)
		return err
	}
	return os.Rename(temporary, path)
}
