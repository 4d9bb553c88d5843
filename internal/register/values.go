package register

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Values are the answers of a paper or an entry, by field: a string; a []string
// where there may be several; a []map[string]string, rows by column, of a table.
type Values map[string]any

// Text is an answer that is one, and "" where there is none.
func (v Values) Text(name string) string {
	s, _ := v[name].(string)
	return s
}

// List is an answer that may be several; one is a list of one.
func (v Values) List(name string) []string {
	switch x := v[name].(type) {
	case []string:
		return x
	case string:
		if x != "" {
			return []string{x}
		}
	}
	return nil
}

// Rows are the rows of a table.
func (v Values) Rows(name string) []map[string]string {
	rows, _ := v[name].([]map[string]string)
	return rows
}

// Day is an answer that is a day; the zero Date where there is none.
func (v Values) Day(name string) law.Date {
	d, err := law.ParseDate(v.Text(name))
	if err != nil {
		return law.Date{}
	}
	return d
}

func (v Values) given(name string) bool {
	switch x := v[name].(type) {
	case string:
		return strings.TrimSpace(x) != ""
	case []string:
		return len(x) > 0
	case []map[string]string:
		return len(x) > 0
	}
	return false
}

// Fault is what is wrong with an answer.
type Fault struct {
	Field string `json:"field"`
	What  string `json:"what"`
	Mend  string `json:"mend"`
}

// Faults are what keeps values from being taken. It is an error.
type Faults []Fault

// Error is every fault in a line.
func (f Faults) Error() string {
	var out []string
	for _, x := range f {
		out = append(out, x.Field+": "+x.What+"; "+x.Mend)
	}
	return strings.Join(out, " | ")
}

// Bounds of what a paper holds.
const (
	mostTitle = 200
	mostLine  = 1000
	mostLong  = 16 << 10
	mostMany  = 200
	mostRows  = 100
	mostWhole = 256 << 10
)

// check holds values against fields, and makes them of one shape: nothing empty, days
// and numbers as they are written everywhere. What a draft lacks is no fault.
func check(n *notice.Notice, fields []Field, v Values) (Values, Faults) {
	out := Values{}
	var faults Faults
	for name := range v {
		if fieldOf(fields, name) == nil {
			var all []string
			for _, x := range fields {
				all = append(all, x.Name)
			}
			faults = append(faults, Fault{name, "is no field", "use one of: " + strings.Join(all, ", ")})
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Field, b.Field) })
	size := 0
	for _, x := range fields {
		got, ok := v[x.Name]
		if !ok || got == nil {
			continue
		}
		fine, what, mend := x.read(n, got)
		if what != "" {
			faults = append(faults, Fault{x.Name, what, mend})
			continue
		}
		if one := (Values{x.Name: fine}); one.given(x.Name) {
			out[x.Name] = fine
			size += len(fmt.Sprint(fine))
		}
	}
	if size > mostWhole {
		faults = append(faults, Fault{fields[0].Name, "is part of more than 256 KiB", "put what is long into a document, and name it"})
	}
	return out, faults
}

// read reads one answer.
func (x Field) read(n *notice.Notice, got any) (fine any, what, mend string) {
	if x.Type == Table {
		return x.rows(n, got)
	}
	var list []string
	switch g := got.(type) {
	case []string:
		list = g
	case []any:
		for _, one := range g {
			s, ok := scalar(one)
			if !ok {
				return nil, "holds something that is no answer", "give words"
			}
			list = append(list, s)
		}
	default:
		s, ok := scalar(got)
		if !ok {
			return nil, "is no answer", "give words"
		}
		if list = []string{s}; x.Many && strings.Contains(s, ",") {
			list = strings.Split(s, ",")
		}
	}
	var out []string
	for _, s := range list {
		s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
		if s == "" || slices.Contains(out, s) {
			continue
		}
		if s, what, mend = x.one(n, s); what != "" {
			return nil, what, mend
		}
		out = append(out, s)
	}
	switch {
	case x.Many && len(out) > mostMany:
		return nil, "has more than 200 answers", "leave some out"
	case x.Many:
		return out, "", ""
	case len(out) > 1:
		return nil, "has several answers", "give one"
	case len(out) == 0:
		return "", "", ""
	}
	return out[0], "", ""
}

// scalar is a value of YAML, JSON or a form as text; true is yes, as people write it.
func scalar(x any) (string, bool) {
	switch x := x.(type) {
	case nil:
		return "", true
	case string:
		return x, true
	case bool:
		if x {
			return "yes", true
		}
		return "no", true
	case int, int64, uint64:
		return fmt.Sprint(x), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	}
	return "", false
}

// one checks one answer.
func (x Field) one(n *notice.Notice, s string) (fine, what, mend string) {
	most := mostLine
	if x.Type == Long {
		most = mostLong
	}
	if len(s) > most || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
		return "", fmt.Sprintf("must be text of at most %d bytes", most), "shorten it"
	}
	if x.Type != Long && strings.Contains(s, "\n") {
		return "", "has several lines", "write it in one"
	}
	switch x.Type {
	case Day:
		d, err := law.ParseDate(s)
		if err != nil {
			return "", fmt.Sprintf("%q is no day", short(s)), "write it as 2026-11-23"
		}
		return d.String(), "", ""
	case Number:
		if i, err := strconv.ParseUint(s, 10, 31); err == nil {
			return fmt.Sprint(i), "", ""
		}
		return "", fmt.Sprintf("%q is no whole number from 0", short(s)), "write digits"
	case YesNo:
		if l := strings.ToLower(s); l == "yes" || l == "no" {
			return l, "", ""
		}
		return "", fmt.Sprintf("%q is neither yes nor no", short(s)), "write one of the two"
	case OneOf:
		var all []string
		for _, c := range x.Choices {
			if all = append(all, c.ID); c.ID == s {
				return s, "", ""
			}
		}
		return "", fmt.Sprintf("%q is not one of the answers", short(s)), "choose among: " + strings.Join(all, ", ")
	case Link:
		if u, err := url.Parse(s); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil {
			return s, "", ""
		}
		return "", fmt.Sprintf("%q is no address of a page", short(s)), "write it as https://www.example.org/page"
	case Ref:
		var all []string
		for _, o := range x.Offers(n) {
			if all = append(all, string(o.ID)); string(o.ID) == s {
				return s, "", ""
			}
		}
		if len(all) == 0 {
			return "", fmt.Sprintf("names %q, and the notice has no %s", short(s), x.Of), "leave it out"
		}
		return "", fmt.Sprintf("%q is no %s of the notice", short(s), x.Of), "choose among: " + strings.Join(all, ", ")
	case Other:
		if _, _, ok := cutNumber(s); !ok {
			return "", fmt.Sprintf("%q is no number of a paper", short(s)), "write it as IA-0001"
		}
	case APeriod:
		if y, m, d := notice.Period(s).Parts(); y+m+d == 0 {
			return "", fmt.Sprintf("%q is no period", short(s)), "write it as P1Y or P3M"
		}
	}
	return s, "", ""
}

// rows reads a table. A row with nothing in it is none.
func (x Field) rows(n *notice.Notice, got any) (fine any, what, mend string) {
	var in []map[string]any
	switch g := got.(type) {
	case []map[string]string:
		for _, row := range g {
			m := map[string]any{}
			for k, v := range row {
				m[k] = v
			}
			in = append(in, m)
		}
	case []any:
		for _, row := range g {
			m, ok := row.(map[string]any)
			if !ok {
				return nil, "has a row that is none", "write each as {column: answer, …}"
			}
			in = append(in, m)
		}
	case string:
		if strings.TrimSpace(g) == "" {
			return nil, "", ""
		}
		return nil, "is a table", "write its rows as a list of {column: answer, …}"
	default:
		return nil, "is a table", "write its rows as a list of {column: answer, …}"
	}
	if len(in) > mostRows {
		return nil, "has more than 100 rows", "put it into a document, and name it"
	}
	var out []map[string]string
	for i, row := range in {
		v, faults := check(n, x.Columns, row)
		if len(faults) > 0 {
			return nil, fmt.Sprintf("row %d: %s %s", i+1, faults[0].Field, faults[0].What), faults[0].Mend
		}
		if len(v) == 0 {
			continue
		}
		m := map[string]string{}
		for k := range v {
			m[k] = v.Text(k)
		}
		out = append(out, m)
	}
	return out, "", ""
}

// Lacks are the fields that must be given before a paper is proposed, and are not.
func (f *Form) Lacks(v Values) Faults {
	return lacking(f.Fields, v, func(when string) bool { return f.holds(when, v) })
}

func lacking(fields []Field, v Values, holds func(string) bool) Faults {
	var out Faults
	for _, x := range fields {
		if (x.Must || x.When != "" && holds(x.When)) && !v.given(x.Name) {
			out = append(out, Fault{x.Name, "is missing", "answer: " + x.Title})
		}
		for i, row := range v.Rows(x.Name) {
			for _, c := range x.Columns {
				if c.Must && row[c.Name] == "" {
					out = append(out, Fault{x.Name, fmt.Sprintf("row %d lacks %s", i+1, c.Name), "answer: " + c.Title})
				}
			}
		}
	}
	return out
}

// The conditions under which a field is needed that are no answer of one field.
const (
	whenFull      = "full"             // the screening calls for a full assessment
	whenNoConsent = "no-fresh-consent" // data given by consent is used on another ground
)

// holds says whether a field's condition does: FIELD=ANSWER, or one of those above.
func (f *Form) holds(when string, v Values) bool {
	switch when {
	case whenFull:
		s := f.Screen(nil, v)
		return s.Needed || s.Voluntary
	case whenNoConsent:
		return v.Text("consented") == "yes" && v.Text("ground") != "consent"
	}
	name, answer, _ := strings.Cut(when, "=")
	return slices.Contains(v.List(name), answer)
}

// In is a paper as a file has it: its register, its title, and its fields.
type In struct {
	Register string
	Title    string
	Values   Values
}

// Parse reads a paper from YAML or JSON: register, title, and the fields beside them.
func Parse(file string, text []byte) (In, error) {
	if len(text) > mostWhole {
		return In{}, invalid(file, 0, "the file", "is larger than 256 KiB", "put what is long into a document, and name it")
	}
	var m map[string]any
	if err := yaml.Unmarshal(text, &m); err != nil {
		return In{}, invalid(file, 1, "the file", "is no paper: "+firstLine(err.Error()), "write register:, title: and the fields of the register")
	}
	in := In{Values: Values{}}
	for name, x := range m {
		s, _ := x.(string)
		switch name {
		case "register":
			in.Register = s
		case "title":
			in.Title = s
		default:
			in.Values[name] = x
		}
	}
	if in.Register == "" {
		return In{}, invalid(file, 1, "register", "is missing", "say which: register: dpia")
	}
	return in, nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
