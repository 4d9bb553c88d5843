package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

const module = "tenet"

// file is one Go file, parsed. Build constraints are not looked at, so that what
// is true here is true on every platform.
type file struct {
	name string // as people would name it: internal/law/clock.go
	test bool
	tree *ast.File
}

// house is the source of the module: its Go files by folder.
type house struct {
	root string
	fset *token.FileSet
	dirs map[string][]file
}

func read(t *testing.T) *house {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(root)
		if up == root {
			t.Fatal("there is no go.mod above this test")
		}
		root = up
	}
	h := &house{root: root, fset: token.NewFileSet(), dirs: map[string][]file{}}
	err = fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir():
			// One room is called testdata; folders of that name inside rooms hold fixtures.
			fixtures := name == "testdata" && p != "internal/testdata"
			if p != "." && (fixtures || name == "node_modules" || strings.HasPrefix(name, ".")) {
				return fs.SkipDir
			}
		case strings.HasSuffix(name, ".go"):
			tree, err := parser.ParseFile(h.fset, filepath.Join(root, p), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			dir := path.Dir(p)
			h.dirs[dir] = append(h.dirs[dir], file{p, strings.HasSuffix(name, "_test.go"), tree})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(h.dirs) < 20 {
		t.Fatalf("found Go files in %d folders only, below %s", len(h.dirs), root)
	}
	return h
}

// rooms are the packages under internal, by name, in order.
func (h *house) rooms() []string {
	var out []string
	for _, dir := range slices.Sorted(maps.Keys(h.dirs)) {
		if name, ok := strings.CutPrefix(dir, "internal/"); ok {
			out = append(out, name)
		}
	}
	return out
}

func (h *house) at(n ast.Node) string {
	p := h.fset.Position(n.Pos())
	rel, err := filepath.Rel(h.root, p.Filename)
	if err != nil {
		rel = p.Filename
	}
	return fmt.Sprintf("%s:%d", filepath.ToSlash(rel), p.Line)
}

func TestEveryRoomIsInThePlan(t *testing.T) {
	h := read(t)
	for _, name := range h.rooms() {
		r, ok := plan[name]
		switch {
		case !ok:
			t.Errorf("internal/%s: no such room in the plan: add it to plan_test.go with its floor and what it may import, and say why in docs/decisions", name)
		case r.planned:
			t.Errorf("internal/%s is built now: take \"planned\" from its row in plan_test.go", name)
		}
		if slices.Contains(wordless, path.Base(name)) {
			t.Errorf("internal/%s: the name says nothing about what belongs there", name)
		}
	}
	for name, r := range plan {
		if _, ok := h.dirs["internal/"+name]; !ok && !r.planned {
			t.Errorf("the plan has a room %s and the house has none: take its row out, or mark it planned", name)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(h.dirs)) {
		if _, ok := outside[dir]; !ok && !strings.HasPrefix(dir, "internal/") {
			t.Errorf("%s: Go files stand in internal, cmd/tenet, or a folder of the list outside in plan_test.go", dir)
		}
	}
}

// The plan itself: every grant goes to a room that is in it, along a floor or
// down, and no chain of grants comes back to where it began.
func TestThePlanHasNoLoopAndGoesOneWay(t *testing.T) {
	for name, r := range plan {
		for _, to := range r.imports {
			if to == everything {
				if r.floor != top {
					t.Errorf("%s may import everything: only the top floor may", name)
				}
				continue
			}
			other, ok := plan[to]
			switch {
			case !ok:
				t.Errorf("%s may import %s, which is not in the plan", name, to)
			case other.floor == tests && r.floor != tests:
				t.Errorf("%s may import %s, which is for tests only", name, to)
			case other.floor > r.floor:
				t.Errorf("%s may import %s, which stands on a floor above it", name, to)
			}
		}
		for _, to := range r.tests {
			if _, ok := plan[to]; !ok {
				t.Errorf("the tests of %s may import %s, which is not in the plan", name, to)
			}
		}
		if r.floor == pure && r.pure {
			t.Errorf("%s: its floor says already that it is pure", name)
		}
	}

	var walk func(trail []string)
	walk = func(trail []string) {
		here := trail[len(trail)-1]
		for _, to := range plan[here].imports {
			if i := slices.Index(trail, to); i >= 0 {
				t.Fatalf("the plan goes in a circle: %s", strings.Join(append(trail[i:], to), " → "))
			}
			if to != everything {
				walk(append(slices.Clone(trail), to))
			}
		}
	}
	for name := range plan {
		walk([]string{name})
	}
}

func TestImports(t *testing.T) {
	h := read(t)
	checked := 0
	for dir, files := range h.dirs {
		name, isRoom := strings.CutPrefix(dir, "internal/")
		r := plan[name]
		granted := r.imports
		if !isRoom {
			granted = outside[dir]
		}
		for _, f := range files {
			for _, spec := range f.tree.Imports {
				target, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if target == "C" {
					t.Errorf("%s: imports C: what ships is built without cgo", h.at(spec))
				}
				if target == "testing" && !f.test && r.floor != tests {
					t.Errorf("%s: imports testing: that is for _test.go files and the rooms tests share", h.at(spec))
				}
				ours, ok := strings.CutPrefix(target, module+"/")
				if !ok {
					continue
				}
				checked++
				to, ok := strings.CutPrefix(ours, "internal/")
				if _, named := outside[ours]; !ok && named && strings.HasPrefix(ours, "bench/") && strings.HasPrefix(dir, "bench/") {
					continue // what measures may share what it measures with
				}
				if !ok {
					t.Errorf("%s: imports %s, which is no room", h.at(spec), ours)
					continue
				}
				if f.test && !isRoom {
					continue // what is tried from outside may be looked at from inside
				}
				if !allowed(name, to, granted, r.tests, f.test) {
					t.Errorf("%s: %s may not import %s: see the plan in internal/house/plan_test.go", h.at(spec), dir, to)
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("looked at %d imports between rooms: too few to be all of them", checked)
	}
}

// A grant that nothing needs would let the next person in unseen.
func TestNothingIsGrantedInVain(t *testing.T) {
	h := read(t)
	for name, r := range plan {
		if r.planned {
			continue
		}
		needed := map[string]bool{}
		for _, f := range h.dirs["internal/"+name] {
			for _, spec := range f.tree.Imports {
				if target, _ := strconv.Unquote(spec.Path.Value); !f.test {
					needed[strings.TrimPrefix(target, module+"/internal/")] = true
				}
			}
		}
		for _, to := range r.imports {
			if to != everything && !needed[to] {
				t.Errorf("%s may import %s and does not: take it out of its row in plan_test.go", name, to)
			}
		}
	}
}

// allowed says whether the room may import another, in a test or not.
func allowed(name, to string, granted, besides []string, test bool) bool {
	switch {
	case plan[to].floor == tests && !test:
		return plan[name].floor == tests && slices.Contains(granted, to)
	case slices.Contains(granted, everything), slices.Contains(granted, to):
		return true
	case !test:
		return false
	}
	return to == name || plan[to].floor == tests || slices.Contains(besides, to)
}

// Pure rooms do no I/O and have no clock, so that what they decide can be
// decided again.
func TestPureRooms(t *testing.T) {
	h := read(t)
	for name, r := range plan {
		if r.floor != pure && !r.pure {
			continue
		}
		for _, f := range h.dirs["internal/"+name] {
			if f.test {
				continue
			}
			for _, spec := range f.tree.Imports {
				if target, _ := strconv.Unquote(spec.Path.Value); below(target, impure) && !below(target, harmless) {
					t.Errorf("%s: %s is pure and imports %s: have it handed in", h.at(spec), name, target)
				}
			}
			ast.Inspect(f.tree, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks, s.Sel.Name) {
						t.Errorf("%s: %s is pure and calls time.%s: have the time handed in", h.at(s), name, s.Sel.Name)
					}
				}
				return true
			})
		}
	}
}

func below(target string, list []string) bool {
	return slices.ContainsFunc(list, func(p string) bool { return target == p || strings.HasPrefix(target, p+"/") })
}

// Each room says in doc.go what belongs there, and there alone.
func TestEveryRoomHasItsDoc(t *testing.T) {
	h := read(t)
	for _, name := range h.rooms() {
		found := false
		for _, f := range h.dirs["internal/"+name] {
			if f.test || f.tree.Doc == nil {
				continue
			}
			if path.Base(f.name) != "doc.go" {
				t.Errorf("%s: a package comment outside doc.go: what belongs in the room stands there", f.name)
				continue
			}
			found = true
			if want := "Package " + path.Base(name) + " "; !strings.HasPrefix(f.tree.Doc.Text(), want) {
				t.Errorf("%s: begin with %q", f.name, want)
			}
			if len(f.tree.Decls) > 0 {
				t.Errorf("%s: holds code: doc.go holds the package comment alone", f.name)
			}
		}
		if !found {
			t.Errorf("internal/%s: no doc.go that says what belongs in the room", name)
		}
	}
}

// selfEvident are methods whose meaning the standard library has fixed.
var selfEvident = []string{"As", "Error", "Format", "GoString", "Is", "Len", "Less", "LogValue", "MarshalJSON", "MarshalText", "MarshalYAML",
	"Read", "ServeHTTP", "String", "Swap", "UnmarshalJSON", "UnmarshalText", "UnmarshalYAML", "Unwrap", "Write"}

func TestExportedNamesHaveComments(t *testing.T) {
	h := read(t)
	for _, name := range h.rooms() {
		for _, f := range h.dirs["internal/"+name] {
			if f.test {
				continue
			}
			for _, d := range f.tree.Decls {
				for _, n := range wordsMissing(d) {
					if slices.ContainsFunc(f.tree.Decls, func(o ast.Decl) bool { return explains(o, n.Name) }) {
						continue
					}
					t.Errorf("%s: %s is exported and has no comment", h.at(n), n.Name)
				}
			}
		}
	}
}

// wordsMissing are the exported names of a declaration that nothing explains. In
// a group one comment may speak for all.
func wordsMissing(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		method := d.Recv != nil
		if !d.Name.IsExported() || d.Doc != nil || method && (slices.Contains(selfEvident, d.Name.Name) || !receiver(d).IsExported()) {
			return nil
		}
		return []*ast.Ident{d.Name}
	case *ast.GenDecl:
		if d.Doc != nil {
			return nil
		}
		var out []*ast.Ident
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && s.Comment == nil {
					out = append(out, s.Name)
				}
			case *ast.ValueSpec:
				if s.Doc != nil || s.Comment != nil {
					continue
				}
				for _, n := range s.Names {
					if n.IsExported() {
						out = append(out, n)
					}
				}
			}
		}
		return out
	}
	return nil
}

// explains says whether the declaration is that of a type whose comment speaks of
// the name, as a type's comment may of its zero value.
func explains(d ast.Decl, name string) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && g.Tok == token.TYPE && slices.Contains(strings.FieldsFunc(g.Doc.Text(), func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), name)
}

// receiver is the name of a method's type.
func receiver(d *ast.FuncDecl) *ast.Ident {
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x
		default:
			return ast.NewIdent("_")
		}
	}
}

// Nothing happens by being imported.
func TestNoInit(t *testing.T) {
	h := read(t)
	for _, files := range h.dirs {
		for _, f := range files {
			for _, d := range f.tree.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s: func init: say when it happens, by calling it", h.at(fn))
				}
			}
		}
	}
}
