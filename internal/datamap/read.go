package datamap

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxMap is how large a map file may be, in bytes: about ten thousand tables.
const MaxMap = 32 << 20

// Problem is one thing wrong with a map, and what would mend it.
type Problem struct {
	File string
	Line int    // from 1; 0 where no line is to blame
	At   string // "tables.tenant.identifiers.dob"
	What string
	Mend string
}

// String is the problem in one line.
func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	if p.At != "" {
		where += ": " + p.At
	}
	if p.Mend == "" {
		return where + ": " + p.What
	}
	return where + ": " + p.What + "; " + p.Mend
}

// Invalid is every problem of one map.
type Invalid struct{ Problems []Problem }

// Error lists the problems, one a line.
func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Parse reads a map and refuses, all at once, whatever would make it mean
// something else than it says: unknown keys, edges to tables that the map does
// not have, unknown roles. file is the name to put in errors. The error is an
// *Invalid.
func Parse(file string, data []byte) (*Map, error) {
	if len(data) > MaxMap {
		return nil, &Invalid{[]Problem{{File: file, What: fmt.Sprintf("%d bytes is too large for a map", len(data)), Mend: fmt.Sprintf("keep it under %d, or split the source", MaxMap)}}}
	}
	root, p := plain(file, data)
	if p != nil {
		return nil, &Invalid{[]Problem{*p}}
	}
	var m Map
	if err := decode(data, &m); err != nil {
		return nil, &Invalid{[]Problem{syntax(file, err)}}
	}
	for _, t := range m.Tables {
		if t == nil {
			continue
		}
		for i := range t.OwnedBy {
			t.OwnedBy[i].fill(m.Tables)
		}
		for i := range t.RefersTo {
			t.RefersTo[i].fill(m.Tables)
		}
	}
	v := validator{file: file, m: &m, root: root}
	v.all()
	if len(v.problems) > 0 {
		return nil, &Invalid{v.problems}
	}
	return &m, nil
}

// Plain refuses YAML with tags, anchors, aliases or more than one document, and
// what is no YAML at all. Whatever else reads YAML from outside asks it first: an
// alias within its own anchor has no end. The error is an *Invalid.
func Plain(file string, data []byte) error {
	if _, p := plain(file, data); p != nil {
		return &Invalid{[]Problem{*p}}
	}
	return nil
}

// plain refuses the parts of YAML that a map has no use for and that hide what
// it says: tags, anchors and aliases, a second document.
func plain(file string, data []byte) (ast.Node, *Problem) {
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		p := syntax(file, err)
		return nil, &p
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return nil, nil
	}
	if len(f.Docs) > 1 {
		return nil, &Problem{File: file, What: "more than one document", Mend: "one map a file: take out the --- between them"}
	}
	var finder oddities
	ast.Walk(&finder, f.Docs[0].Body)
	if finder.first != nil {
		tk := finder.first.GetToken()
		return nil, &Problem{File: file, Line: tk.Position.Line, What: fmt.Sprintf("%q: tags, anchors and aliases have no place in a map", tk.Value), Mend: "write the value out"}
	}
	return f.Docs[0].Body, nil
}

type oddities struct{ first ast.Node }

func (o *oddities) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.TagNode, *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		if o.first == nil {
			o.first = n
		}
	}
	return o
}

// decode is the library's, which is known to panic on some malformed input.
func decode(data []byte, into any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("cannot be read as a map")
		}
	}()
	return yaml.NewDecoder(bytes.NewReader(data), yaml.Strict(), yaml.DisallowUnknownField()).Decode(into)
}

// Marshal writes the map as YAML, tables in alphabetical order.
func (m *Map) Marshal() ([]byte, error) {
	out, err := yaml.MarshalWithOptions(m, yaml.Indent(2), yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("write the map of %q: %w", m.Source, err)
	}
	return out, nil
}

func (m *Map) names() []string { return slices.Sorted(maps.Keys(m.Tables)) }

// fill gives an edge that leaves its columns out the other table's key, by the
// same names.
func (e *Edge) fill(tables map[string]*Table) {
	if up := tables[e.Table]; len(e.On) == 0 && up != nil && e.Source == "" {
		e.On = map[string]string{}
		for _, k := range up.Key {
			e.On[k] = k
		}
	}
}

// syntax turns the library's error into one that names the place and the mend.
func syntax(file string, err error) Problem {
	p := Problem{File: file, What: err.Error()}
	at := func(tk *token.Token) {
		if tk != nil && tk.Position != nil {
			p.Line = tk.Position.Line
		}
	}
	var unknown *yaml.UnknownFieldError
	var other yaml.Error
	switch {
	case errors.As(err, &unknown):
		at(unknown.Token)
		name := ""
		if unknown.Token != nil {
			name = unknown.Token.Value
		}
		p.What = fmt.Sprintf("%q is no key that a map has here", name)
		p.Mend = "did you mean " + nearest(name, keys()) + "?"
	case errors.As(err, &other):
		at(other.GetToken())
		p.What = other.GetMessage()
	}
	return p
}

// keys is every key of the schema, from the types themselves.
func keys() []string {
	var out []string
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(t.Elem())
		case reflect.Struct:
			if seen[t] {
				return
			}
			seen[t] = true
			for i := range t.NumField() {
				f := t.Field(i)
				if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" {
					out = append(out, name)
				}
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[Map]())
	return out
}

func nearest(name string, among []string) string {
	best, least := "", 1<<30
	for _, k := range among {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters must be put in, taken out or changed.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(row[j]+1, row[j-1]+1, change)
		}
	}
	return row[len(b)]
}

// UnmarshalYAML takes "yes" for customers.
func (k *PeopleKind) UnmarshalYAML(unmarshal func(any) error) error {
	var v any
	if err := unmarshal(&v); err != nil {
		return err
	}
	switch v := v.(type) {
	case bool:
		*k = NotPeople
		if v {
			*k = Customers
		}
	case string:
		*k = PeopleKind(v)
		if v == "yes" {
			*k = Customers
		}
	default:
		return fmt.Errorf("people is yes, or one of %v", PeopleKinds())
	}
	return nil
}

// UnmarshalYAML takes one column without brackets.
func (c *Columns) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*c = Columns{one}
		return nil
	}
	var many []string
	if err := unmarshal(&many); err != nil {
		return err
	}
	*c = many
	return nil
}

// Edges are the edges of one kind. A map may write one alone, and one that
// joins by the other table's key as the table's name.
type Edges []Edge

// UnmarshalYAML takes a table's name, an edge, or a list of either.
func (e *Edges) UnmarshalYAML(unmarshal func(any) error) error {
	var many []edgeOrName
	if err := unmarshal(&many); err == nil {
		for _, x := range many {
			*e = append(*e, Edge(x))
		}
		return nil
	}
	var one edgeOrName
	if err := unmarshal(&one); err != nil {
		return err
	}
	*e = Edges{Edge(one)}
	return nil
}

type edgeOrName Edge

func (e *edgeOrName) UnmarshalYAML(unmarshal func(any) error) error {
	var name string
	if err := unmarshal(&name); err == nil {
		e.Table = name
		return nil
	}
	return unmarshal((*Edge)(e))
}

// validator finds what the types cannot: names that lead nowhere.
type validator struct {
	file     string
	m        *Map
	root     ast.Node
	problems []Problem
}

func (v *validator) bad(what, mend string, path ...string) {
	v.problems = append(v.problems, Problem{File: v.file, Line: lineOf(v.root, path), At: strings.Join(path, "."), What: what, Mend: mend})
}

func (v *validator) all() {
	if v.m.Source == "" {
		v.bad("the map does not say of which source it is", "add: source: NAME")
	}
	for _, name := range v.m.names() {
		t := v.m.Tables[name]
		if t == nil {
			v.m.Tables[name] = &Table{}
			continue
		}
		v.tableOf(name, t)
	}
	v.clients()
}

func (v *validator) tableOf(name string, t *Table) {
	at := func(rest ...string) []string { return append([]string{"tables", name}, rest...) }
	if t.People != NotPeople && !slices.Contains(PeopleKinds(), t.People) {
		v.bad(fmt.Sprintf("%q is no kind of people", t.People), fmt.Sprintf("use yes, or one of %v", PeopleKinds()), at("people")...)
	}
	if t.People != NotPeople && t.Skip == "" && len(t.Identifiers.All()) == 0 {
		v.bad("the rows are people, but no column says who they are", "add identifiers: with name, ref, email, …", at("people")...)
	}
	if t.Bridge && t.People != NotPeople {
		v.bad("a table of people cannot be a bridge", "take one of the two out", at("bridge")...)
	}
	if t.Refers && (t.People != NotPeople || t.Bridge) {
		v.bad("a table that many refer to and nobody owns cannot be people, or join people to things", "take one of the two out", at("refers")...)
	}
	if t.CopyOf != "" && (v.m.Tables[t.CopyOf] == nil || t.CopyOf == name) {
		v.bad(fmt.Sprintf("is said to be a copy of %q, which is no other table of this map", t.CopyOf), "name the table that it was copied from", at("copy-of")...)
	}
	for _, n := range t.Names {
		v.role(n.Role, false, at("names")...)
	}
	for _, kind := range []struct {
		key   string
		edges Edges
	}{{"owned-by", t.OwnedBy}, {"refers-to", t.RefersTo}, {"same-as", t.SameAs}} {
		for _, e := range kind.edges {
			v.placeIn(e.Source, e.Table, e.On, at(kind.key)...)
			v.role(e.Role, true, at(kind.key)...)
			for r := range e.Roles {
				v.role(r, false, at(kind.key)...)
			}
			if len(e.Roles) > 0 && e.RoleFrom == "" {
				v.bad("roles without role-from: nothing says which column holds the codes", "add role-from: COLUMN", at(kind.key)...)
			}
		}
	}
	for _, d := range t.During {
		v.placeIn(d.Source, d.Place, d.On, at("during")...)
		if d.At == "" {
			v.bad("during without at: nothing says which date counts", "add at: COLUMN", at("during")...)
		}
	}
	for _, o := range t.Occupies {
		v.placeIn(o.Source, o.Place, o.On, at("occupies")...)
		if o.From == "" {
			v.bad("occupies without from: nothing says when it began", "add from: COLUMN", at("occupies")...)
		}
	}
	for c, col := range t.Columns {
		if col == nil {
			t.Columns[c] = &Column{}
			continue
		}
		if base, _, in := strings.Cut(c, inside); in && col.FreeText {
			v.bad("free text is searched by whole columns, and this is a path in one", "say free-text of "+base, at("columns", c)...)
		}
		v.role(col.Role, true, at("columns", c)...)
		if !slices.Contains([]string{"", "ordinary", "special", "criminal", "child"}, col.Kind) {
			v.bad(fmt.Sprintf("%q is no kind of data", col.Kind), "use special, criminal or child, or leave it out", at("columns", c)...)
		}
	}
}

// placeIn looks at what leads to a table of this source or of another.
func (v *validator) placeIn(source, table string, on map[string]string, path ...string) {
	if source != "" && source == v.m.Source {
		v.bad("names this map's own source", "leave source: out", path...)
	}
	if source == "" {
		v.place(table, on, path...)
	} else if len(on) == 0 { // whether the table is there, Across says
		v.bad(fmt.Sprintf("does not say which columns join it to %q of %s", table, source), "add on: {column: "+table+"'s column}", path...)
	}
}

func (v *validator) place(table string, on map[string]string, path ...string) {
	if v.m.Tables[table] == nil {
		mend := "add it under tables:"
		if near := nearest(table, v.m.names()); near != "" && distance(near, table) <= 3 {
			mend = "did you mean " + near + "?"
		}
		v.bad(fmt.Sprintf("leads to the table %q, which this map does not have", table), mend, path...)
	}
	if len(on) == 0 {
		v.bad(fmt.Sprintf("does not say which columns join it to %q", table), "add on: {column: "+table+"'s column}", path...)
	}
}

func (v *validator) role(r Role, mayLack bool, path ...string) {
	if r == "" && mayLack || slices.Contains(Roles(), r) {
		return
	}
	v.bad(fmt.Sprintf("%q is no role", r), fmt.Sprintf("use one of %v", Roles()), path...)
}

// lineOf is the line on which a key stands, as deep as the path can be followed.
func lineOf(n ast.Node, path []string) int {
	line := 0
	for _, key := range path {
		var values []*ast.MappingValueNode
		switch m := n.(type) {
		case *ast.MappingNode:
			values = m.Values
		case *ast.MappingValueNode:
			values = []*ast.MappingValueNode{m}
		}
		i := slices.IndexFunc(values, func(x *ast.MappingValueNode) bool { return x.Key.GetToken().Value == key })
		if i < 0 {
			break
		}
		line = values[i].Key.GetToken().Position.Line
		n = values[i].Value
	}
	return line
}
