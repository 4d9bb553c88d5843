package register

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"tenet/internal/notice"
)

//go:embed forms/*.yaml
var shipped embed.FS

// Form is a kind of paper.
type Form struct {
	ID      string        `yaml:"id" json:"id"`           // "dpia"
	Title   string        `yaml:"title" json:"title"`     // "Impact assessments"
	One     string        `yaml:"one" json:"one"`         // "impact assessment"
	Letters string        `yaml:"letters" json:"letters"` // before the number of a paper: "IA"
	Says    string        `yaml:"says" json:"says"`       // what it is for
	Law     []string      `yaml:"law" json:"law"`
	Signs   string        `yaml:"signs" json:"signs"`                       // who signs: see [Form.Signer]
	Second  bool          `yaml:"second,omitempty" json:"second,omitempty"` // nobody signs what they proposed
	Every   notice.Period `yaml:"every,omitempty" json:"every,omitempty"`   // how often it is looked at again; empty is never
	Live    bool          `yaml:"live,omitempty" json:"live,omitempty"`     // what it is about goes live, or not
	Unlocks string        `yaml:"unlocks" json:"unlocks"`                   // what a signature does
	Groups  []Group       `yaml:"groups,omitempty" json:"groups,omitempty"`
	Fields  []Field       `yaml:"fields" json:"fields"`
	Entries []EntryForm   `yaml:"entries,omitempty" json:"entries,omitempty"`
	Wants   []Wants       `yaml:"wants,omitempty" json:"wants,omitempty"`
}

// Group is a part of a form.
type Group struct {
	ID    string `yaml:"id" json:"id"`
	Title string `yaml:"title" json:"title"`
	Says  string `yaml:"says,omitempty" json:"says,omitempty"`
}

// Field is one question of a form.
type Field struct {
	Name    string   `yaml:"name" json:"name"`
	Group   string   `yaml:"group,omitempty" json:"group,omitempty"`
	Title   string   `yaml:"title" json:"title"` // the question as staff read it
	Hint    string   `yaml:"hint,omitempty" json:"hint,omitempty"`
	Type    Type     `yaml:"type" json:"type"`
	Of      string   `yaml:"of,omitempty" json:"of,omitempty"`     // of a ref: a kind of thing in the notice
	Many    bool     `yaml:"many,omitempty" json:"many,omitempty"` // of a ref or paper: several
	Choices []Choice `yaml:"choices,omitempty" json:"choices,omitempty"`
	Columns []Field  `yaml:"columns,omitempty" json:"columns,omitempty"` // of a table
	Must    bool     `yaml:"must,omitempty" json:"must,omitempty"`       // before it is proposed
	When    string   `yaml:"when,omitempty" json:"when,omitempty"`       // must be given where this holds: see needed
	Law     string   `yaml:"law,omitempty" json:"law,omitempty"`
	Policy  string   `yaml:"policy,omitempty" json:"policy,omitempty"` // whose list, where no statute asks it
	// Added says that the landlord added it.
	Added bool `yaml:"-" json:"added,omitempty"`
}

// Choice is one answer of several.
type Choice struct {
	ID    string `yaml:"id" json:"id"`
	Title string `yaml:"title" json:"title"`
}

// EntryForm is a kind of entry beside a paper.
type EntryForm struct {
	ID    string `yaml:"id" json:"id"`
	Title string `yaml:"title" json:"title"`
	Act   bool   `yaml:"act,omitempty" json:"act,omitempty"` // Tenet writes it, in an act of its own
	// Standing says that it is entered of the version that holds, and where none does not
	// at all.
	Standing bool    `yaml:"standing,omitempty" json:"standing,omitempty"`
	Fields   []Field `yaml:"fields" json:"fields"`
}

// Wants says which things of the notice call for a paper, and which field of the
// paper names the thing.
type Wants struct {
	Each string `yaml:"each" json:"each"` // see wanted
	By   string `yaml:"by" json:"by"`
	Law  string `yaml:"law" json:"law"`
}

// Type is the sort of answer.
type Type string

// The types.
const (
	Text    Type = "text"   // one line
	Long    Type = "long"   // several
	Day     Type = "date"   // 2026-11-23
	Number  Type = "number" // whole, from 0
	YesNo   Type = "yes-no" // yes or no
	OneOf   Type = "choice" // the id of a choice
	Link    Type = "link"   // an address, https://…
	Ref     Type = "ref"    // the id of something in the notice
	Other   Type = "paper"  // the number of another paper
	Table   Type = "table"  // rows of columns
	APeriod Type = "period" // P1Y
	Person  Type = "person" // who: a name, then what tells them from others (see Somebody)
)

var types = []Type{Text, Long, Day, Number, YesNo, OneOf, Link, Ref, Other, Table, APeriod, Person}

// Field is a field by its name; nil if the form has none.
func (f *Form) Field(name string) *Field { return fieldOf(f.Fields, name) }

// Entry is a kind of entry by its id; nil if the form has none.
func (f *Form) Entry(id string) *EntryForm {
	if i := slices.IndexFunc(f.Entries, func(e EntryForm) bool { return e.ID == id }); i >= 0 {
		return &f.Entries[i]
	}
	return nil
}

func fieldOf(list []Field, name string) *Field {
	if i := slices.IndexFunc(list, func(x Field) bool { return x.Name == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

// Signer is the contact of the notice who signs papers of this form: the one that
// the notice names for it, the data protection officer otherwise, and nobody where
// the notice names none.
func (f *Form) Signer(n *notice.Notice) notice.ID {
	switch {
	case f.Signs == "screening" && n.Uses.Screening != nil && n.Uses.Screening.Signs != "":
		return n.Uses.Screening.Signs
	case f.Signs == "further-use" && n.Uses.Further != nil:
		return n.Uses.Further.Decides
	}
	for _, c := range n.Landlord.Contacts {
		if c.DPO {
			return c.ID
		}
	}
	return ""
}

// ships reads the forms that ship, once.
var ships = sync.OnceValues(func() ([]*Form, error) {
	names, err := fs.Glob(shipped, "forms/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("read the forms: %w", err)
	}
	var out []*Form
	for _, name := range names {
		data, err := shipped.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the forms: %w", err)
		}
		f := &Form{}
		if err := yaml.UnmarshalWithOptions(data, f, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("read the form %s: %w", name, err)
		}
		out = append(out, f)
	}
	return out, nil
})

// Forms are the registers that there are, with what the landlord adds: a registers
// file of the workspace by its name and text; empty adds nothing. The error is
// [*Invalid], which says what is wrong with that file and where.
func Forms(file string, text []byte) ([]*Form, error) {
	as, err := ships()
	if err != nil {
		return nil, err
	}
	out := make([]*Form, len(as))
	for i, f := range as {
		own := *f
		own.Fields = slices.Clip(f.Fields) // what is added goes into a list of its own
		out[i] = &own
	}
	return out, extend(out, file, text)
}

// Invalid is a registers file that cannot be used.
type Invalid struct{ Problems []notice.Problem }

// Error is the first problem, and how many more there are.
func (e *Invalid) Error() string {
	p := e.Problems[0]
	s := fmt.Sprintf("%s: %s: %s; %s", p.Pos, p.Field, p.What, p.Mend)
	if n := len(e.Problems) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// mostText bounds a registers file.
const mostText = 256 << 10

// extend adds the fields of a landlord: a list for each register.
func extend(forms []*Form, file string, text []byte) error {
	if len(strings.TrimSpace(string(text))) == 0 {
		return nil
	}
	var found []notice.Problem
	fault := func(at ast.Node, field, what, mend string) {
		p := notice.Problem{Pos: notice.Pos{File: file}, Field: field, What: what, Mend: mend}
		if at != nil && at.GetToken() != nil {
			p.Line, p.Column = at.GetToken().Position.Line, at.GetToken().Position.Column
		}
		found = append(found, p)
	}
	if len(text) > mostText {
		return &Invalid{[]notice.Problem{{Pos: notice.Pos{File: file}, Field: "the file", What: "is larger than 256 KiB", Mend: "keep it to the fields that are added"}}}
	}
	doc, err := parser.ParseBytes(text, 0)
	if err != nil || len(doc.Docs) != 1 {
		what := "must be one YAML document"
		if err != nil {
			what = "is no YAML: " + firstLine(err.Error())
		}
		return &Invalid{[]notice.Problem{{Pos: notice.Pos{File: file, Line: 1}, Field: "the file", What: what, Mend: "mend the line it names"}}}
	}
	top, ok := mapping(doc.Docs[0].Body)
	if !ok {
		fault(doc.Docs[0].Body, "the file", "must be a list of fields for each register", "write dpia: and below it - {name: …, title: …, type: text}")
	}
	for _, pair := range top {
		id := pair.Key.String()
		i := slices.IndexFunc(forms, func(f *Form) bool { return f.ID == id })
		list, isList := pair.Value.(*ast.SequenceNode)
		switch {
		case i < 0:
			fault(pair.Key, id, "is no register", "use one of: "+strings.Join(ids(forms), ", "))
			continue
		case !isList:
			fault(pair.Value, id, "must be a list of fields", "write - {name: …, title: …, type: text} below it")
			continue
		}
		for _, node := range list.Values {
			var x Field
			at := id
			if err := yaml.NodeToValue(node, &x, yaml.Strict()); err != nil {
				fault(node, at, "is no field: "+firstLine(err.Error()), "a field has name, title, type, and may have group, hint, of, many, choices, must, when, law")
				continue
			}
			if x.Name != "" {
				at += "." + x.Name
			}
			if what, mend := x.wrong(forms[i]); what != "" {
				fault(node, at, what, mend)
				continue
			}
			x.Added = true
			forms[i].Fields = append(forms[i].Fields, x)
		}
	}
	if len(found) > 0 {
		return &Invalid{found}
	}
	return nil
}

func mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func ids(forms []*Form) []string {
	var out []string
	for _, f := range forms {
		out = append(out, f.ID)
	}
	return out
}

var fieldName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// wrong says what is wrong with a field that would be added to a form.
func (x Field) wrong(f *Form) (what, mend string) {
	switch {
	case !fieldName.MatchString(x.Name):
		return "has no name of small letters, digits and hyphens", "add name:"
	case slices.Contains([]string{"title", "number", "state", "review-by"}, x.Name):
		return "has the name of something every paper has", "choose another"
	case f.Field(x.Name) != nil:
		return "is there already", "choose another name"
	case strings.TrimSpace(x.Title) == "":
		return "has no title", "add title: with the question as staff read it"
	case !slices.Contains(types, x.Type):
		return fmt.Sprintf("has the type %q, which is none", x.Type), fmt.Sprintf("use one of: %v", types)
	case x.Type == OneOf && len(x.Choices) < 2:
		return "has fewer than two choices", "add choices: [{id: …, title: …}, …]"
	case x.Type == Ref && !slices.Contains(kinds(), x.Of):
		return fmt.Sprintf("refers to %q, which is nothing in the notice", x.Of), "use one of: " + strings.Join(kinds(), ", ")
	case x.Type == Table && len(x.Columns) == 0:
		return "is a table without columns", "add columns:"
	case x.Group != "" && !slices.ContainsFunc(f.Groups, func(g Group) bool { return g.ID == x.Group }):
		return fmt.Sprintf("belongs to the group %q, which the form does not have", x.Group), "leave group out, or name one of the form's"
	case x.Group == "screen":
		return "belongs to the screening, whose questions are the regulator's", "put it into another group"
	}
	for _, c := range x.Columns {
		if what, mend := c.wrong(&Form{}); what != "" || c.Type == Table {
			return "has a column that " + what, mend
		} else if c.Type == Person {
			return "has a column that names a person", "ask for each person in a field of its own"
		}
	}
	if name, value, ok := strings.Cut(x.When, "="); ok {
		of := f.Field(name)
		if of == nil || of.Type == OneOf && !of.has(value) || of.Type == YesNo && value != "yes" && value != "no" {
			return fmt.Sprintf("is needed when %q, which no field can say", x.When), "write when: FIELD=ANSWER of a field that stands above it"
		}
	} else if x.When != "" && !(x.When == whenFull && f.Live) {
		return fmt.Sprintf("is needed when %q, which means nothing", x.When), "write when: FIELD=ANSWER"
	}
	return "", ""
}

func (x Field) has(choice string) bool {
	return slices.ContainsFunc(x.Choices, func(c Choice) bool { return c.ID == choice })
}

// invalid is one problem of a file.
func invalid(file string, line int, field, what, mend string) error {
	return &Invalid{[]notice.Problem{{Pos: notice.Pos{File: file, Line: line}, Field: field, What: what, Mend: mend}}}
}
