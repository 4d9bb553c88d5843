package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/console"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/register"
	"tenet/internal/web"
)

// PaperForm is what a paper asks, filled in as it is.
func (s registerDesk) PaperForm(ctx context.Context, id, number string) (console.PaperForm, error) {
	r, err := s.d.Registers()
	if err != nil {
		return console.PaperForm{}, s.fails(ctx, err)
	}
	var values register.Values
	title := ""
	out := console.PaperForm{Number: number, Once: rand.Text()}
	if number != "" {
		p, err := r.Paper(ctx, number)
		if err != nil {
			return out, s.fails(ctx, err)
		}
		id, values, title, out.Step = p.Register, p.Latest().Values, p.Latest().Title, p.Step
	}
	f, err := r.Form(id)
	if err != nil {
		return out, s.fails(ctx, err)
	}
	out.Register, out.RegisterTitle, out.One = f.ID, f.Title, f.One
	head := console.FormField{Name: "title", Label: "What it is about, in a few words", As: "line", Must: true, Value: title}
	out.Groups = []console.PaperFormGroup{{Fields: []console.PaperField{{FormField: head}}}}
	needed := map[string]bool{}
	for _, x := range f.Lacks(values) {
		needed[x.Field] = true
	}
	for _, g := range groups(f) {
		part := console.PaperFormGroup{Title: g.Title, Says: g.Says}
		for _, x := range g.fields {
			if x.Type != register.Table {
				y := console.PaperField{FormField: s.field(x, values), Law: x.Law, Missing: needed[x.Name]}
				if y.Missing {
					y.Label += " (needed)"
				}
				part.Fields = append(part.Fields, y)
				continue
			}
			y := console.PaperField{FormField: console.FormField{Name: x.Name, Label: x.Title}, Law: x.Law, Missing: needed[x.Name]}
			rows := values.Rows(x.Name)
			for i := range len(rows) + 3 {
				var row []console.FormField
				for _, c := range x.Columns {
					said := register.Values{}
					if i < len(rows) {
						said[c.Name] = rows[i][c.Name]
					}
					cell := s.field(c, said)
					cell.Name, cell.Label = fmt.Sprintf("%s.%d.%s", x.Name, i+1, c.Name), fmt.Sprintf("%d. %s", i+1, c.Title)
					row = append(row, cell)
				}
				y.Rows = append(y.Rows, row)
			}
			part.Fields = append(part.Fields, y)
		}
		out.Groups = append(out.Groups, part)
	}
	return out, nil
}

// SavePaper writes a version of what was filled in.
func (s registerDesk) SavePaper(ctx context.Context, by console.Staff, g console.PaperGiven) (string, web.Errors, error) {
	r, err := s.d.Registers()
	if err != nil {
		return "", nil, s.fails(ctx, err)
	}
	id := g.Register
	if g.Number != "" {
		p, err := r.Paper(ctx, g.Number)
		if err != nil {
			return "", nil, s.fails(ctx, err)
		}
		id = p.Register
	}
	f, err := r.Form(id)
	if err != nil {
		return "", nil, s.fails(ctx, err)
	}
	var p register.Paper
	values, title := valuesOf(f.Fields, g.Given), g.Given.Get("title")
	if g.Number != "" {
		p, err = r.Edit(ctx, register.On{Number: g.Number, Step: g.Step, By: by.ID}, title, values)
	} else {
		p, err = r.Begin(ctx, register.NewPaper{In: register.In{Register: id, Title: title, Values: values}, By: by.ID, Once: "form/" + g.Once})
	}
	if errs := wrong(f, nil, err); len(errs) > 0 {
		return "", errs, nil
	}
	return p.Number, nil, s.fails(ctx, err)
}

// group is a part of a form with its fields.
type group struct {
	register.Group
	fields []register.Field
}

// groups are the parts of a form; what belongs to none comes first.
func groups(f *register.Form) []group {
	out := []group{{}}
	for _, g := range f.Groups {
		out = append(out, group{Group: g})
	}
	for _, x := range f.Fields {
		i := slices.IndexFunc(out, func(g group) bool { return g.ID == x.Group })
		out[max(i, 0)].fields = append(out[max(i, 0)].fields, x)
	}
	return slices.DeleteFunc(out, func(g group) bool { return len(g.fields) == 0 })
}

// field is a question as the console asks it.
func (s registerDesk) field(x register.Field, v register.Values) console.FormField {
	out := console.FormField{Name: x.Name, Label: x.Title, Hint: x.Hint, As: "line", Value: x.Written(v), Chosen: v.List(x.Name)}
	if whose := strings.TrimPrefix(x.Law+x.Policy, "; "); whose != "" {
		out.Hint = strings.TrimSpace(out.Hint + " " + sentence(whose))
	}
	switch x.Type {
	case register.Long:
		out.As = "words"
	case register.Day:
		out.As = "day"
	case register.Number:
		out.As = "number"
	case register.YesNo:
		out.As, out.Options = "one", []console.Option{{ID: "yes", Text: "Yes"}, {ID: "no", Text: "No"}}
	case register.OneOf:
		out.As = "one"
		for _, c := range x.Choices {
			out.Options = append(out.Options, console.Option{ID: c.ID, Text: c.Title})
		}
	case register.Ref:
		out.As = "choose"
		if x.Many {
			out.As = "some"
		}
		for _, o := range x.Offers(s.d.Notice) {
			out.Options = append(out.Options, console.Option{ID: string(o.ID), Text: clipWords(o.Title)})
		}
	}
	return out
}

// clipWords is enough of a sentence to choose by.
func clipWords(s string) string {
	if r := []rune(s); len(r) > 90 {
		return string(r[:90]) + "…"
	}
	return s
}

// answers are the questions that were answered.
func (s registerDesk) answers(fields []register.Field, v register.Values) []console.PaperAnswer {
	var out []console.PaperAnswer
	for _, x := range fields {
		a := console.PaperAnswer{Title: x.Title, Law: x.Law}
		for _, said := range v.List(x.Name) {
			a.Says = append(a.Says, s.says(x, said))
		}
		for _, row := range v.Rows(x.Name) {
			var cells []string
			for _, c := range x.Columns {
				cells = append(cells, s.says(c, row[c.Name]))
			}
			a.Rows = append(a.Rows, cells)
		}
		for _, c := range x.Columns {
			a.Columns = append(a.Columns, c.Title)
		}
		if len(a.Says)+len(a.Rows) > 0 {
			out = append(out, a)
		}
	}
	return out
}

// says is an answer in words.
func (s registerDesk) says(x register.Field, said string) string {
	switch x.Type {
	case register.OneOf:
		for _, c := range x.Choices {
			if c.ID == said {
				return c.Title
			}
		}
	case register.YesNo:
		return sentenceStart(said)
	case register.Day:
		if d, err := law.ParseDate(said); err == nil {
			return web.Date(d.Start())
		}
	case register.Ref:
		for _, o := range x.Offers(s.d.Notice) {
			if o.ID == notice.ID(said) {
				return o.Title
			}
		}
	}
	return said
}

// entryFields are the fields of an entry: of a kind of the form, or of an act.
func entryFields(f *register.Form, kind string) []register.Field {
	if e := f.Entry(kind); e != nil {
		return e.Fields
	}
	return []register.Field{{Name: "why", Title: "Why", Type: register.Long}, {Name: "for", Title: "Signs, by the notice", Type: register.Text}, {Name: "review-by", Title: "Looked at again by", Type: register.Day}}
}

func entryTitle(f *register.Form, kind string) string {
	if e := f.Entry(kind); e != nil {
		return e.Title
	}
	return sentenceStart(kind)
}

// valuesOf reads a form: fields by their names, cells of tables by TABLE.ROW.COLUMN.
func valuesOf(fields []register.Field, given url.Values) register.Values {
	out := register.Values{}
	for _, x := range fields {
		if x.Type != register.Table {
			if list := given[x.Name]; len(list) > 0 {
				out[x.Name] = list
			}
			continue
		}
		var rows []map[string]string
		for i := 1; i <= 200; i++ {
			row := map[string]string{}
			for _, c := range x.Columns {
				if said := given.Get(x.Name + "." + strconv.Itoa(i) + "." + c.Name); said != "" {
					row[c.Name] = said
				}
			}
			if len(row) > 0 {
				rows = append(rows, row)
			}
		}
		if len(rows) > 0 {
			out[x.Name] = rows
		}
	}
	return out
}
