package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// A listed package is what `go list` says about one.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string // without tests
	Imports    []string // of GoFiles
	Export     string   // file with the types of the compiled package; empty if it does not compile
	DepOnly    bool     // not asked for, a dependency of what was
	Standard   bool
}

// list runs `go list` in the module's root. With export, it compiles the packages and lists their dependencies too.
func list(root string, export bool, patterns ...string) ([]listed, error) {
	arguments := []string{"list", "-e", "-json=ImportPath,Dir,GoFiles,Imports,Export,DepOnly,Standard"}
	if export {
		arguments = append(arguments, "-export", "-deps")
	}
	command := exec.Command("go", append(arguments, patterns...)...)
	command.Dir = root
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, problems.String())
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("output of go list: %w", err)
		}
		packages = append(packages, p)
	}
}

// A source is one package, parsed and type-checked.
type source struct {
	fileSet *token.FileSet
	files   []*ast.File
	info    *types.Info
}

// A checker type-checks packages from source, and takes their imports from compiled packages.
type checker struct {
	fileSet  *token.FileSet
	importer types.Importer
}

func newChecker(packages []listed) *checker {
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	c := &checker{fileSet: token.NewFileSet()}
	c.importer = importer.ForCompiler(c.fileSet, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("package %s does not compile", path)
		}
		return os.Open(exports[path])
	})
	return c
}

// check parses and type-checks the files of one package.
func (c *checker) check(path, directory string, files []string) (*source, error) {
	s := &source{fileSet: c.fileSet, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Uses:  map[*ast.Ident]types.Object{},
	}}
	for _, name := range files {
		file, err := parser.ParseFile(c.fileSet, filepath.Join(directory, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, file)
	}
	configuration := types.Config{Importer: c.importer}
	if _, err := configuration.Check(path, c.fileSet, s.files, s.info); err != nil {
		return nil, err
	}
	return s, nil
}
