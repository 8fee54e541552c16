package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	fileBytesMax = 1 << 17
	depthMax     = 32
	bracketsMax  = 256     // open at once: the parser takes cubic time for them
	nodesMax     = 100_000 // after aliases are replaced
)

// reader turns the parser's tree into nodes and reports what YAML allows and a
// scenario does not.
type reader struct {
	flaws   *flaws
	anchors map[string]*node
	open    int // depth of the node being read
	nodes   int
	set     *place // of the override being read; nil: a file
}

// readTree parses YAML into nodes. It gives nil if there is nothing to go on with.
func readTree(data []byte, set *place, f *flaws) *node {
	r := &reader{flaws: f, anchors: map[string]*node{}, set: set}
	start := r.at(1, 1)
	if len(data) > fileBytesMax {
		f.add(start, "longer than %d bytes: this is no scenario file", fileBytesMax)
		return nil
	}
	if line, column, ok := badByte(data); ok {
		f.add(r.at(line, column), "a character that cannot be printed, or is not UTF-8")
		return nil
	}
	if line, column, ok := manyBrackets(data); ok {
		f.add(r.at(line, column), "nested too deeply: this is no scenario file")
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	file, err := parse(data)
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			start = r.placeOf(syntax.GetToken())
			err = errors.New(syntax.GetMessage())
		}
		hint := ""
		if strings.Contains(err.Error(), "mapping value is not allowed") {
			hint = ": text that holds a colon and a blank needs quotes"
		}
		f.add(start, "not valid YAML: %s%s", oneLine(err.Error()), hint)
		return nil
	}
	var root *node
	for _, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.CommentGroupNode:
		case *ast.DirectiveNode:
			f.add(r.placeOf(body.GetToken()), "YAML directives are not used here: leave the line out")
		default:
			if root != nil {
				f.add(r.placeOf(doc.Start), "a second document: one scenario per file")
				continue
			}
			root = r.read(body)
		}
	}
	return root
}

// parse runs the parser, which was not written to be handed anything: where it
// panics the input is bad.
func parse(data []byte) (file *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

func (r *reader) at(line, column int) place {
	if r.set != nil {
		return *r.set
	}
	return place{origin: fromFile, line: line, column: column}
}

func (r *reader) placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return r.at(1, 1)
	}
	return r.at(max(1, t.Position.Line), max(1, t.Position.Column))
}

// read turns one node of the parser's tree into ours.
func (r *reader) read(n ast.Node) *node {
	at := r.placeOf(n.GetToken())
	wrong := &node{kind: nullNode, place: at, bad: true}
	if r.nodes++; r.nodes > nodesMax || r.open > depthMax {
		r.flaws.add(at, "nested too deeply, or too much: this is no scenario file")
		return wrong
	}
	r.open++
	defer func() { r.open-- }()
	switch n := n.(type) {
	case *ast.MappingNode:
		return r.readMap(n.Values, at)
	case *ast.MappingValueNode:
		return r.readMap([]*ast.MappingValueNode{n}, at)
	case *ast.SequenceNode:
		list := &node{kind: listNode, place: at}
		for _, value := range n.Values {
			list.items = append(list.items, r.read(value))
		}
		return list
	case *ast.NullNode:
		return &node{kind: nullNode, place: at}
	case *ast.StringNode:
		quote := n.Token.Type == token.DoubleQuoteType || n.Token.Type == token.SingleQuoteType
		return &node{text: n.Value, quoted: quote, place: at}
	case *ast.LiteralNode:
		return &node{text: n.Value.Value, quoted: true, place: at}
	case *ast.AnchorNode:
		value := r.read(n.Value)
		r.anchors[n.Name.GetToken().Value] = value
		return value
	case *ast.AliasNode:
		return r.readAlias(n, at)
	case *ast.TagNode, *ast.MergeKeyNode:
		r.flaws.add(at, "YAML tags and merge keys are not used here: write the value out")
		return wrong
	case ast.ScalarNode:
		return &node{text: n.GetToken().Value, typed: true, place: at}
	}
	r.flaws.add(at, "%s is not used here", n.Type())
	return wrong
}

func (r *reader) readAlias(n *ast.AliasNode, at place) *node {
	name := n.Value.GetToken().Value
	anchored, known := r.anchors[name]
	if !known { // an anchor is known from its end on, so that no node holds itself
		r.flaws.add(at, "there is no anchor &%s before this", quoted(name))
		return &node{kind: nullNode, place: at, bad: true}
	}
	if r.nodes += anchored.count(); r.nodes > nodesMax {
		r.flaws.add(at, "too much: this is no scenario file")
		return &node{kind: nullNode, place: at, bad: true}
	}
	return anchored.clone()
}

func (n *node) count() int {
	sum := 1
	for _, e := range n.entries {
		sum += e.value.count()
	}
	for _, item := range n.items {
		sum += item.count()
	}
	return sum
}

func (r *reader) readMap(values []*ast.MappingValueNode, at place) *node {
	m := &node{kind: mapNode, place: at}
	lines := map[string]int{} // where a key was first
	for i, value := range values {
		key := value.Key.GetToken()
		keyPlace := r.placeOf(key)
		if i == 0 && !startsFlow(key, at) {
			m.place = keyPlace // a block map's own token is its first colon
		}
		if _, merge := value.Key.(*ast.MergeKeyNode); merge || value.Key.Type() == ast.MappingKeyType {
			r.flaws.add(keyPlace, "merge keys and complex keys are not used here: write the keys out")
			continue
		}
		if line, twice := lines[key.Value]; twice && r.set == nil {
			r.flaws.add(keyPlace, "%s is given twice, first at line %d", quoted(key.Value), line)
		} else if twice {
			r.flaws.add(keyPlace, "%s is given twice", quoted(key.Value))
		} else {
			lines[key.Value] = keyPlace.line
		}
		m.entries = append(m.entries, entry{key.Value, keyPlace, r.read(value.Value)})
	}
	return m
}

// startsFlow says whether a map began with a brace before its first key.
func startsFlow(key *token.Token, at place) bool {
	return at.line < key.Position.Line || at.line == key.Position.Line && at.column < key.Position.Column
}
