package pack

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	_ "embed"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// The names of the files of a portable answer. Its tables are CSV files beside them,
// named by number, system and table.
const (
	PortableName       = "your-data.json"
	PortableSchemaName = "your-data.schema.json"
)

// portableFormat names the shape of PortableName, which portable.schema.json describes.
const portableFormat = "tenet-portable/1"

// A Portable is what a person takes with them: UK GDPR Article 20(1). It holds what goes
// and nothing else; what is left out is told in words.
type Portable struct {
	Reference string // of the case; required
	Landlord  string // required
	Contact   notice.Contact
	Person    string
	Searched  law.Date // required

	Tables      []PortableTable
	Left        []PortableLeft // what stays, once for each thing: equal ones are counted
	NotSearched []Gap
}

// PortableTable is the rows of one table, each with the same columns.
type PortableTable struct {
	Source, Name string
	Columns      []PortableColumn
	Rows         [][]string // canonical text, as in rows.Value, in the order of Columns; empty where there is nothing
}

// PortableColumn is one column, and what the notice says of it.
type PortableColumn struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"` // made by the function Label if empty
	Kind     string   `json:"kind"`  // "text", "date" and so on: how to read the value
	Category string   `json:"category"`
	Title    string   `json:"category_title"`
	DPV      []string `json:"dpv"` // of the category, in the Data Privacy Vocabulary
	Basis    string   `json:"basis"`
}

// PortableLeft is something that stays, and why.
type PortableLeft struct {
	What  string `json:"what"`
	Why   string `json:"why"`
	Times int    `json:"times"`
}

// portable is the JSON.
type portable struct {
	Format      string          `json:"format"`
	Reference   string          `json:"reference"`
	Landlord    string          `json:"landlord"`
	Contact     notice.Contact  `json:"contact"`
	Person      string          `json:"person"`
	Searched    law.Date        `json:"searched"`
	Tables      []portableTable `json:"tables"`
	Left        []PortableLeft  `json:"left_out"`
	NotSearched []gap           `json:"not_searched"`
}

type portableTable struct {
	File    string           `json:"file"` // the same as CSV
	Source  string           `json:"source"`
	Name    string           `json:"table"`
	Columns []PortableColumn `json:"columns"`
	Rows    [][]string       `json:"rows"`
}

// PortableFiles makes the answer to a request to take data away: JSON with its schema, a
// CSV file for each table, and what to read first. The same Portable gives the same
// bytes, whatever the order of its parts. A [Checker] proves these files too.
func PortableFiles(in Portable) ([]File, error) {
	p := portable{Format: portableFormat, Reference: line(in.Reference), Landlord: line(in.Landlord), Contact: cleanContact(in.Contact), Person: line(in.Person),
		Searched: in.Searched, Tables: []portableTable{}, Left: []PortableLeft{}, NotSearched: gaps(in.NotSearched)}
	switch {
	case p.Reference == "":
		return nil, errors.New("pack: the answer has no reference: give that of its case")
	case p.Landlord == "":
		return nil, errors.New("pack: the answer does not say whose it is: give the landlord's name")
	case p.Searched.IsZero():
		return nil, errors.New("pack: the answer does not say when the systems were searched: give the date")
	}
	for _, t := range in.Tables {
		made, err := newPortableTable(t)
		if err != nil {
			return nil, fmt.Errorf("pack: %w", err)
		}
		p.Tables = append(p.Tables, made)
	}
	slices.SortFunc(p.Tables, func(a, b portableTable) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Name, b.Name), slices.CompareFunc(a.Rows, b.Rows, slices.Compare[[]string]))
	})
	for i := range p.Tables {
		p.Tables[i].File = fmt.Sprintf("%02d-%s-%s.csv", i+1, plainName(p.Tables[i].Source), plainName(p.Tables[i].Name))
	}
	times := map[PortableLeft]int{}
	for _, l := range in.Left {
		times[PortableLeft{What: line(l.What), Why: line(l.Why)}] += max(l.Times, 1)
	}
	for l, n := range times {
		l.Times = n
		p.Left = append(p.Left, l)
	}
	slices.SortFunc(p.Left, func(a, b PortableLeft) int { return cmp.Or(cmp.Compare(a.Why, b.Why), cmp.Compare(a.What, b.What)) })
	files, err := p.files()
	if err == nil {
		err = sound(files)
	}
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return files, nil
}

func newPortableTable(in PortableTable) (portableTable, error) {
	t := portableTable{Source: line(in.Source), Name: line(in.Name), Columns: []PortableColumn{}, Rows: [][]string{}}
	for _, c := range in.Columns {
		dpv := []string{}
		for _, id := range c.DPV {
			dpv = append(dpv, line(id))
		}
		t.Columns = append(t.Columns, PortableColumn{line(c.Name), cmp.Or(line(c.Label), Label(line(c.Name))), line(c.Kind), line(c.Category), line(c.Title), dpv, line(c.Basis)})
	}
	for _, r := range in.Rows {
		if len(r) != len(t.Columns) {
			return t, fmt.Errorf("a row of source %q has %d values for %d columns", t.Source, len(r), len(t.Columns))
		}
		row := make([]string, len(r))
		for i, v := range r {
			row[i] = Clean(v)
		}
		t.Rows = append(t.Rows, row)
	}
	slices.SortFunc(t.Rows, slices.Compare[[]string])
	return t, nil
}

// plainName is a name as part of that of a file.
func plainName(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if b.Len() == 40 {
			break
		}
		if r < 'a' || r > 'z' {
			if r < '0' || r > '9' {
				r = '-'
			}
		}
		b.WriteRune(r)
	}
	return cmp.Or(strings.Trim(b.String(), "-"), "table")
}

//go:embed portable.tmpl
var portableReadMe string

var portableTemplate = template.Must(template.New("portable").Parse(portableReadMe))

//go:embed portable.schema.json
var portableSchema []byte

func (p *portable) files() ([]File, error) {
	var note, data bytes.Buffer
	if err := portableTemplate.Execute(&note, p); err != nil {
		return nil, fmt.Errorf("make %s: %w", ReadMeName, err)
	}
	e := json.NewEncoder(&data)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		return nil, fmt.Errorf("make %s: %w", PortableName, err)
	}
	files := []File{{ReadMeName, note.Bytes()}, {PortableName, data.Bytes()}, {PortableSchemaName, slices.Clone(portableSchema)}}
	for _, t := range p.Tables {
		b, err := t.csv()
		if err != nil {
			return nil, fmt.Errorf("make %s: %w", t.File, err)
		}
		files = append(files, File{t.File, b})
	}
	return files, nil
}

func (t portableTable) csv() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(byteOrderMark)
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = csvCell(c.Name)
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	for _, r := range t.Rows {
		row := make([]string, len(r))
		for i, v := range r {
			row[i] = csvCell(v)
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// PortableColumns are the columns of a portable answer, read back from its files, each
// category once; ok is false where the files are none.
func PortableColumns(files []File) (columns []PortableColumn, ok bool, err error) {
	p, ok, err := portableOf(files)
	if err != nil || !ok {
		return nil, ok, err
	}
	for _, t := range p.Tables {
		for _, c := range t.Columns {
			if len(t.Rows) > 0 && !slices.ContainsFunc(columns, func(h PortableColumn) bool { return h.Category == c.Category }) {
				columns = append(columns, c)
			}
		}
	}
	return columns, true, nil
}

// portableOf reads a portable answer back from its files.
func portableOf(files []File) (*portable, bool, error) {
	i := slices.IndexFunc(files, func(f File) bool { return f.Name == PortableName })
	if i < 0 {
		return nil, false, nil
	}
	p := new(portable)
	if err := json.Unmarshal(files[i].Bytes, p); err != nil {
		return nil, true, fmt.Errorf("%s cannot be read back: %w", PortableName, err)
	}
	return p, true, nil
}

// checkPortable is [Checker.Check] for a portable answer. What everybody's has, our own
// words and the names of tables and columns, is looked for in the values alone.
func (k Checker) checkPortable(p *portable, files []File, secrets []string) error {
	blank := *p
	blank.Person, blank.Left, blank.NotSearched, blank.Tables = "", nil, nil, slices.Clone(p.Tables)
	for i := range blank.Tables {
		blank.Tables[i].Rows = nil
	}
	own, err := blank.files()
	if err != nil {
		return err
	}
	var everyones []byte
	for _, f := range own {
		everyones = append(append(everyones, f.Bytes...), '\n')
	}
	telling, ordinary := slices.Clone(secrets), make([]string, len(secrets))
	for i, s := range secrets {
		if strings.IndexFunc(s, isWord) < 0 {
			telling[i] = ""
		} else if holds(view{text: everyones}, s) || k.Prove(everyones, []string{s}) != nil {
			telling[i], ordinary[i] = "", s
		}
	}
	for _, f := range files {
		says, forms, err := k.views(f)
		if err != nil {
			return err
		}
		for _, b := range append(says, []byte(f.Name)) {
			forms = append(forms, view{text: b})
			if err := k.Prove(b, telling); err != nil {
				return fmt.Errorf("%s holds what was withheld: %w", f.Name, err)
			}
		}
		for _, v := range forms {
			if i := v.found(telling); i >= 0 {
				return leak(f.Name, i, secrets)
			}
		}
	}
	for n, t := range p.Tables {
		for _, r := range t.Rows {
			for _, value := range r {
				for _, list := range [][]string{telling, ordinary} {
					if i := (view{text: []byte(value)}).found(list); i >= 0 {
						return leak(fmt.Sprintf("table %d", n+1), i, secrets)
					}
				}
			}
		}
	}
	return nil
}
