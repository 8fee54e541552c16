package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
)

// Load reads a built-in scenario by its name, or a file by its path, and
// applies overrides. Its error is a *BadInput.
func Load(nameOrPath string, overrides []Override) (*Scenario, error) {
	if data, ok := BuiltinYAML(nameOrPath); ok {
		return Parse(nameOrPath, data, overrides)
	}
	data, err := readFile(nameOrPath)
	if errors.Is(err, fs.ErrNotExist) {
		var names []string
		for _, b := range append(Builtins(), Anomalies()...) {
			names = append(names, b.Name)
		}
		return nil, &BadInput{[]string{fmt.Sprintf("%s: there is no such file or built-in scenario%s",
			quoted(nameOrPath), didYouMean(nameOrPath, names))}}
	}
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, &BadInput{[]string{fmt.Sprintf("%s: cannot be read: %v", quoted(nameOrPath), err)}}
	}
	return Parse(nameOrPath, data, overrides)
}

// readFile reads a little more than the largest scenario file at most.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, fileBytesMax+1))
}

// Parse reads a scenario and applies overrides. File is what messages call it.
// Its error is a *BadInput that tells everything wrong with both.
func Parse(file string, data []byte, overrides []Override) (*Scenario, error) {
	f := &flaws{file: oneLine(file)}
	tree := readTree(data, nil, f)
	if tree == nil {
		if len(f.found) == 0 {
			f.add(place{origin: fromFile, line: 1, column: 1}, "the file is empty: a scenario begins with simrun: 1 and name: NAME")
		}
		return nil, f.err()
	}
	if tree.kind != mapNode {
		f.add(tree.place, "expected a map of keys such as simrun: 1 and name: NAME, not %s", tree.kind)
		return nil, f.err()
	}
	fill(tree, defaultTree(), &documentField)
	changed := tree.clone()
	s := decodeTree(tree, f)
	if len(overrides) > 0 {
		for i, o := range overrides {
			override(changed, o, i, f)
		}
		base := s
		s = decodeTree(changed, f)
		s.variant = variant(base, s)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return s, nil
}

// decodeTree decodes a filled tree and judges what came out of it.
func decodeTree(tree *node, f *flaws) *Scenario {
	var doc document
	d := decoder{f}
	d.decode(tree, reflect.ValueOf(&doc).Elem(), &documentField, "")
	r := rules{flaws: f, root: tree, s: &doc.Scenario}
	r.judge()
	return &doc.Scenario
}

// variant gives 8 hexadecimal digits if overrides changed more of a scenario
// than its seed and its protocol, else nothing.
func variant(base, s *Scenario) string {
	text := func(s *Scenario) string {
		c := *s
		c.Seed, c.Recovery.Protocol = 0, protocols[0]
		return string(c.Expand())
	}
	if text(base) == text(s) {
		return ""
	}
	sum := sha256.Sum256([]byte(text(s)))
	return hex.EncodeToString(sum[:4])
}

// Folder names the folder of the scenario's results: its name, followed by +
// and 8 hexadecimal digits if a --set changed it. The seed and the protocol
// have folders of their own.
func (s *Scenario) Folder() string {
	if s.variant == "" {
		return s.Name
	}
	return s.Name + "+" + s.variant
}

// Clone copies a scenario so that neither notices changes of the other.
func (s *Scenario) Clone() *Scenario {
	c := *s
	c.Faults, c.Planted = slices.Clone(s.Faults), slices.Clone(s.Planted)
	if c.Swarm = copyOf(s.Swarm); c.Swarm != nil {
		c.Swarm.Kinds, c.Swarm.Keep = slices.Clone(s.Swarm.Kinds), slices.Clone(s.Swarm.Keep)
	}
	for i := range c.Faults {
		c.Faults[i] = c.Faults[i].clone()
	}
	for _, e := range []*Expected{&c.Expect.None, &c.Expect.Redo, &c.Expect.Global, &c.Expect.Clonos} {
		e.Checks = slices.Clone(e.Checks)
	}
	return &c
}

func (f Fault) clone() Fault {
	f.Crash = slices.Clone(f.Crash)
	f.Pause, f.Slow, f.Cut = copyOf(f.Pause), copyOf(f.Slow), copyOf(f.Cut)
	f.Lose, f.Delay, f.Skew = copyOf(f.Lose), copyOf(f.Delay), copyOf(f.Skew)
	if f.After = copyOf(f.After); f.After != nil {
		f.After.Task = copyOf(f.After.Task)
	}
	return f
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
