package notice

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on one file. The parser recurses, so depth is bounded before it runs:
// by brackets, and by line length, which bounds indentation. It also takes time
// that grows as the square of the keys in a map, so tokens are bounded too; the
// largest file of the default pack has some 1,300.
const (
	maxFile   = 256 << 10 // bytes
	maxLine   = 2000      // bytes
	maxDepth  = 16        // brackets within brackets
	maxTokens = 30_000
)

// checkBytes refuses what no file of the folder may contain.
func checkBytes(file string, src []byte) *Problem {
	if len(src) > maxFile {
		return &Problem{Pos: Pos{File: file}, What: fmt.Sprintf("is larger than %d KiB", maxFile>>10), Mend: "a notice is written by people: shorten it, or split what is not notice out of it"}
	}
	for i, line := range bytes.Split(src, []byte("\n")) {
		at := Pos{File: file, Line: i + 1}
		if len(line) > maxLine {
			return &Problem{Pos: at, What: fmt.Sprintf("the line is longer than %d bytes", maxLine), Mend: "break it into several lines"}
		}
		for col := 0; col < len(line); {
			r, size := utf8.DecodeRune(line[col:])
			at.Column = col + 1
			if r == utf8.RuneError && size == 1 {
				return &Problem{Pos: at, What: "the text is not valid UTF-8", Mend: "save the file as UTF-8"}
			}
			if r < ' ' && r != '\t' && r != '\r' || r == 0x7f {
				return &Problem{Pos: at, What: fmt.Sprintf("control character %U", r), Mend: "remove it"}
			}
			col += size
		}
	}
	return nil
}

// parseYAML gives the one document of a YAML file.
func parseYAML(file string, src []byte) (body ast.Node, problem *Problem) {
	if p := checkBytes(file, src); p != nil {
		return nil, p
	}
	// The parser is not ours and the text is anybody's: a panic there is a bad
	// file here, not a crash.
	defer func() {
		if recover() != nil {
			body, problem = nil, &Problem{Pos: Pos{File: file}, What: "the file is not YAML that can be read", Mend: "simplify it: maps, lists and plain text are enough"}
		}
	}()
	tokens := lexer.Tokenize(string(src))
	if len(tokens) > maxTokens {
		return nil, &Problem{Pos: tokenPos(file, tokens[maxTokens]), What: fmt.Sprintf("the file holds more than %d keys, values and marks", maxTokens), Mend: "a notice is written by people: take out what is not notice"}
	}
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			if depth++; depth > maxDepth {
				return nil, &Problem{Pos: tokenPos(file, t), What: fmt.Sprintf("brackets are nested more than %d deep", maxDepth), Mend: "write it flatter"}
			}
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // bind reports duplicates itself, all of them
	if err != nil {
		return nil, syntaxProblem(file, err)
	}
	var bodies []ast.Node
	for _, d := range f.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			bodies = append(bodies, d.Body)
		}
	}
	switch {
	case len(bodies) == 0:
		return nil, &Problem{Pos: Pos{File: file}, What: "the file is empty", Mend: "fill it in, or start from a pack: tenet init DIR"}
	case len(bodies) > 1:
		return nil, &Problem{Pos: nodePos(file, bodies[1]), What: "a second document begins here", Mend: "keep one document in a file: remove the “---” before it"}
	}
	return bodies[0], nil
}

func syntaxProblem(file string, err error) *Problem {
	p := &Problem{Pos: Pos{File: file}, What: err.Error(), Mend: "check the indentation, colons, brackets and quotes here"}
	var ye yaml.Error
	if errors.As(err, &ye) {
		p.What = "not valid YAML: " + ye.GetMessage()
		if t := ye.GetToken(); t != nil {
			p.Pos = tokenPos(file, t)
		}
	}
	return p
}

func tokenPos(file string, t *token.Token) Pos {
	if t == nil || t.Position == nil {
		return Pos{File: file}
	}
	return Pos{File: file, Line: t.Position.Line, Column: t.Position.Column}
}

// nodePos is where a value begins: for a map, at its first key.
func nodePos(file string, n ast.Node) Pos {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return tokenPos(file, n.Values[0].Key.GetToken())
		}
	case *ast.MappingValueNode:
		return tokenPos(file, n.Key.GetToken())
	}
	return tokenPos(file, n.GetToken())
}
