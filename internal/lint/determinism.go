package lint

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// A finding is a place where source breaks a rule, and what to write instead.
type finding struct {
	position token.Position
	message  string
}

func (f finding) String() string { return fmt.Sprintf("%s: %s", f.position, f.message) }

const (
	bannedMapRange = "a map has no order: keep a sorted slice beside it, or range over slices.Sorted(maps.Keys(m))"
	bannedKeys     = "the keys of a map have no order: hand them straight to slices.Sorted"
	bannedGo       = "a goroutine runs when the scheduler likes: schedule an event (sim.Kernel.After)"
	bannedSelect   = "select picks at random: let the kernel's queue decide what comes first"
	bannedChannel  = "the simulated world has one thread: keep a slice or a ring, and schedule an event"
	bannedClock    = "the wall clock differs in each run: use sim.Kernel.Now and After, in a task Env"
	bannedRandom   = "its draws are not keyed by the seed: use sim.Stream"
	bannedSync     = "the simulated world has one thread: no lock is needed"
	bannedUnsafe   = "memory layout differs by machine: copy the value"
	bannedMaphash  = "its seed is random in each process: use hash/fnv, hash/crc32 or a mix of your own"
	bannedFloat    = "floating point differs by architecture (fused multiply-add): use integers, sim.Dist for draws"
	bannedSort     = "an unstable sort leaves equals in any order: use slices.SortStableFunc, or slices.SortFunc with the comment // total order"
	totalOrder     = "total order"
)

var bannedImports = map[string]string{
	"math/rand":    bannedRandom,
	"math/rand/v2": bannedRandom,
	"crypto/rand":  bannedRandom,
	"hash/maphash": bannedMaphash,
	"sync":         bannedSync,
	"sync/atomic":  bannedSync,
	"unsafe":       bannedUnsafe,
}

var bannedFunctions = map[string]string{
	"time.Now":       bannedClock,
	"time.Since":     bannedClock,
	"time.Until":     bannedClock,
	"time.Sleep":     bannedClock,
	"time.After":     bannedClock,
	"time.AfterFunc": bannedClock,
	"time.Tick":      bannedClock,
	"time.NewTimer":  bannedClock,
	"time.NewTicker": bannedClock,
	"sort.Slice":     bannedSort,
	"sort.Sort":      bannedSort,
}

// sortsByComment may be used where a comment claims that the comparison orders all elements.
var sortsByComment = []string{"slices.SortFunc", "slices.SortedFunc"}

var mapIterators = []string{"maps.Keys", "maps.Values", "maps.All"}

// sortedKeys may take an iterator over a map.
var sortedKeys = []string{"slices.Sorted", "slices.SortedFunc"}

// findings returns what in a package may make two runs of one seed differ, in the order of the source.
func (s *source) findings() []finding {
	var found []finding
	for _, file := range s.files {
		found = append(found, s.inFile(file)...)
	}
	return found
}

func (s *source) inFile(file *ast.File) []finding {
	var found []finding
	report := func(at token.Pos, message string) {
		f := finding{s.fileSet.Position(at), message}
		same := func(g finding) bool { return g.position.Line == f.position.Line && g.message == message }
		if !slices.ContainsFunc(found, same) {
			found = append(found, f)
		}
	}
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && bannedImports[path] != "" {
			report(spec.Pos(), fmt.Sprintf("import of %s: %s", path, bannedImports[path]))
		}
	}
	claimed := s.claims(file)
	sorted := s.iteratorsSorted(file)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			if isMap(s.info.TypeOf(n.X)) {
				report(n.Pos(), "range over a map: "+bannedMapRange)
			}
		case *ast.GoStmt:
			report(n.Pos(), "go statement: "+bannedGo)
		case *ast.SelectStmt:
			report(n.Pos(), "select: "+bannedSelect)
		case *ast.ChanType:
			report(n.Pos(), "channel: "+bannedChannel)
		case *ast.Ident:
			name := s.function(n)
			switch {
			case bannedFunctions[name] != "":
				report(n.Pos(), name+": "+bannedFunctions[name])
			case slices.Contains(mapIterators, name) && !sorted[n]:
				report(n.Pos(), name+": "+bannedKeys)
			case slices.Contains(sortsByComment, name) && !claimed[s.fileSet.Position(n.Pos()).Line]:
				report(n.Pos(), name+": "+bannedSort)
			}
		}
		if e, ok := n.(ast.Expr); ok && isFloat(s.info.TypeOf(e)) {
			report(e.Pos(), "floating point: "+bannedFloat)
		}
		return true
	})
	return found
}

// function returns the name of the package-level function that an identifier refers to, as "package.Function".
func (s *source) function(id *ast.Ident) string {
	f, ok := s.info.Uses[id].(*types.Func)
	if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
		return ""
	}
	return f.Pkg().Path() + "." + f.Name()
}

// claims returns the lines that carry, or directly follow, a comment that claims a total order.
func (s *source) claims(file *ast.File) map[int]bool {
	lines := map[int]bool{}
	for _, group := range file.Comments {
		if strings.Contains(group.Text(), totalOrder) {
			last := s.fileSet.Position(group.End()).Line
			lines[last], lines[last+1] = true, true
		}
	}
	return lines
}

// iteratorsSorted returns the identifiers of map iterators that are called as the argument of a sort.
func (s *source) iteratorsSorted(file *ast.File) map[*ast.Ident]bool {
	sorted := map[*ast.Ident]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		outer, ok := n.(*ast.CallExpr)
		if !ok || len(outer.Args) == 0 || !slices.Contains(sortedKeys, s.function(called(outer))) {
			return true
		}
		if inner, ok := outer.Args[0].(*ast.CallExpr); ok {
			if id := called(inner); slices.Contains(mapIterators, s.function(id)) {
				sorted[id] = true
			}
		}
		return true
	})
	return sorted
}

// called returns the identifier of the function that is called, and nil if it has none.
func called(c *ast.CallExpr) *ast.Ident {
	f := c.Fun
	if index, ok := f.(*ast.IndexExpr); ok {
		f = index.X
	}
	switch f := f.(type) {
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.Ident:
		return f
	}
	return nil
}

func isMap(t types.Type) bool {
	return t != nil && anyTerm(t, func(t types.Type) bool { _, is := t.Underlying().(*types.Map); return is })
}

func isFloat(t types.Type) bool {
	return t != nil && anyTerm(t, func(t types.Type) bool {
		basic, is := t.Underlying().(*types.Basic)
		return is && basic.Info()&(types.IsFloat|types.IsComplex) != 0
	})
}

// anyTerm reports whether a type, or one that a type parameter stands for, is of a kind.
func anyTerm(t types.Type, kind func(types.Type) bool) bool {
	parameter, ok := t.(*types.TypeParam)
	if !ok {
		return kind(t)
	}
	constraint := parameter.Constraint().Underlying().(*types.Interface)
	for i := range constraint.NumEmbeddeds() {
		switch e := constraint.EmbeddedType(i).(type) {
		case *types.Union:
			for j := range e.Len() {
				if kind(e.Term(j).Type()) {
					return true
				}
			}
		default:
			if kind(e) {
				return true
			}
		}
	}
	return false
}
