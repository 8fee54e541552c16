package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"path"
	"sort"
)

const digestName = "digest.txt"

// outsideDigest tells the files that digest.txt leaves out: those about the machine, those drawn from other files, and
// the trace, which is there or not without changing what happened.
func outsideDigest(name string) bool {
	switch name {
	case "host.json", "report.html", "trace.txt":
		return true
	}
	return path.Dir(name) == "figures"
}

// digests sums the files of a folder while they are written.
type digests struct {
	events string
	sums   map[string]hash.Hash
}

func newDigests(events string) *digests {
	return &digests{events, map[string]hash.Hash{}}
}

// of returns where the bytes of a file are to go as well.
func (d *digests) of(name string) io.Writer {
	if outsideDigest(name) {
		return io.Discard
	}
	sum := sha256.New()
	d.sums[name] = sum
	return sum
}

// write gives the sums in the form of sha256sum, whose --check reads it; the event sequence stands in a comment, since
// it is in no file.
func (d *digests) write(w io.Writer) error {
	names := make([]string, 0, len(d.sums))
	for name := range d.sums {
		names = append(names, name)
	}
	sort.Strings(names)
	if _, err := fmt.Fprintf(w, "# events  %s\n", d.events); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := fmt.Fprintf(w, "%s  %s\n", hex.EncodeToString(d.sums[name].Sum(nil)), name); err != nil {
			return err
		}
	}
	return nil
}
