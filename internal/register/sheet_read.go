package register

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tenet/internal/store"
)

// MostLines is how many rows a sheet may have.
const MostLines = 5000

// Imported is a line of a register's sheet.
type Imported struct {
	In
	Row     int    // as a spreadsheet shows it
	Number  string // of the paper it is of; empty begins one
	Version int64  // of that paper, which was exported; 0 is not known
}

// Import reads the sheets of a register: the first has the columns of Columns, in any
// order, of which only title must be there, and one that has the name of a table its
// rows, each with the number or the title of its paper. What says how a paper stands is
// left out: nobody is signed by a sheet. The error is [*Invalid].
func (f *Form) Import(file string, sheets []Sheet) ([]Imported, error) {
	if len(sheets) == 0 || len(sheets[0].Rows) == 0 {
		return nil, invalid(file, 1, "the file", "has nothing in it", "export the register, and fill that in")
	}
	main := sheets[0]
	head, err := headings(file, main, f.Columns())
	if err != nil {
		return nil, err
	}
	if !slices.Contains(head, "title") {
		return nil, invalid(file, main.Rows[0].Number, "title", "is missing", "add the column")
	}
	var out []Imported
	for _, row := range main.Rows[1:] {
		if blank(row) {
			continue
		}
		if len(out) == MostLines {
			return nil, invalid(file, row.Number, "the file", fmt.Sprintf("has more than %d papers", MostLines), "import it in parts")
		}
		in, err := f.imported(file, head, row)
		if err != nil {
			return nil, err
		}
		out = append(out, in)
	}
	for _, s := range sheets[1:] {
		i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Type == Table && clip(x.Name, longestName) == s.Name })
		if i < 0 || len(s.Rows) == 0 {
			continue // somebody's own
		}
		if err := f.Fields[i].importTable(file, s, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// headings are the columns of a sheet, by place.
func headings(file string, s Sheet, known []string) ([]string, error) {
	at := s.Rows[0].Number
	var out []string
	for _, h := range s.Rows[0].Cells {
		h = strings.ToLower(strings.TrimSpace(h))
		switch {
		case !utf8.ValidString(h) || strings.ContainsFunc(h, unicode.IsControl):
			return nil, invalid(file, at, "the file", "is no sheet of text", "save it as .xlsx or as CSV in UTF-8")
		case h != "" && !slices.Contains(known, h):
			return nil, invalid(file, at, "the headings", fmt.Sprintf("have %q, which is no column of %s", short(h), s.Name), "use: "+strings.Join(known, ", "))
		case h != "" && slices.Contains(out, h):
			return nil, invalid(file, at, h, "stands there twice", "leave one out")
		}
		out = append(out, h)
	}
	return out, nil
}

func blank(r Row) bool {
	return !slices.ContainsFunc(r.Cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// imported reads a line. An empty cell takes an answer away; a column that is not there
// leaves it.
func (f *Form) imported(file string, head []string, row Row) (Imported, error) {
	in := Imported{In: In{Register: f.ID, Values: Values{}}, Row: row.Number}
	if len(row.Cells) > len(head) && !blank(Row{0, row.Cells[len(head):]}) {
		return in, invalid(file, row.Number, "the row", fmt.Sprintf("has %d cells, and there are %d headings", len(row.Cells), len(head)), "put what stands beyond the last heading into its column")
	}
	for i, h := range head {
		s := ""
		if i < len(row.Cells) {
			s = strings.ReplaceAll(row.Cells[i], "\r\n", "\n")
		}
		x := f.Field(h)
		switch {
		case h == "title":
			in.Title = strings.TrimSpace(s)
		case h == "number":
			in.Number = strings.TrimSpace(s)
		case h == "version" && strings.TrimSpace(s) != "":
			n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
			if err != nil || n < 1 {
				return in, invalid(file, row.Number, "version", fmt.Sprintf("%q is no number from 1", short(s)), "leave it as it was exported")
			}
			in.Version = n
		case x == nil:
		case x.Type == Table:
			rows, wrong := x.readRows(s)
			if wrong != "" {
				return in, invalid(file, row.Number, h, "is no table: "+wrong, "write each row on a line of its own, as "+x.pattern())
			}
			in.Values[h] = rows
		default:
			in.Values[h] = s
		}
	}
	return in, nil
}

// pattern shows how a row of a table is written.
func (x Field) pattern() string {
	var names []string
	for _, c := range x.Columns {
		names = append(names, c.Name+": …")
	}
	return strings.Join(names, "; ")
}

// importTable puts the rows of a sheet into the papers they are of. A paper of which it
// has none has an empty table.
func (x Field) importTable(file string, s Sheet, papers []Imported) error {
	known := slices.Clone(tableHead)
	for _, c := range x.Columns {
		known = append(known, c.Name)
	}
	head, err := headings(file, s, known)
	if err != nil {
		return err
	}
	for i := range papers {
		papers[i].Values[x.Name] = []map[string]string(nil)
	}
	for _, row := range s.Rows[1:] {
		if blank(row) {
			continue
		}
		cells := map[string]string{}
		for i, h := range head {
			if i < len(row.Cells) && h != "" {
				if text := strings.TrimSpace(strings.ReplaceAll(row.Cells[i], "\r\n", "\n")); text != "" {
					cells[h] = text
				}
			}
		}
		number, title := cells["number"], cells["title"]
		i := slices.IndexFunc(papers, func(p Imported) bool {
			return number != "" && p.Number == number || number == "" && p.Number == "" && p.Title == title
		})
		if i < 0 {
			return invalid(file, row.Number, "the sheet "+s.Name, "has a row that is of no paper of the first sheet", "give the number of its paper, or the title of one that has no number yet")
		}
		delete(cells, "number")
		delete(cells, "title")
		rows, _ := papers[i].Values[x.Name].([]map[string]string)
		papers[i].Values[x.Name] = append(rows, cells)
	}
	return nil
}

// same says whether an answer of a sheet is the one that a version has.
func (x Field) same(got any, v Values) bool {
	if rows, ok := got.([]map[string]string); ok {
		return slices.EqualFunc(rows, v.Rows(x.Name), func(a, b map[string]string) bool { return maps.Equal(a, b) })
	}
	s, _ := got.(string)
	if !x.Many {
		return strings.TrimSpace(s) == v.Text(x.Name)
	}
	var list []string
	for one := range strings.SplitSeq(s, ",") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return slices.Equal(list, v.List(x.Name))
}

// Taken is what became of a line of a sheet.
type Taken string

// What becomes of lines.
const (
	Begun     Taken = "begun"     // a draft of a new paper
	Edited    Taken = "changed"   // the next version of a paper, a draft
	Unchanged Taken = "unchanged" // it is what the paper says
)

// Take takes a line of a sheet: it begins a paper, once however often the line comes, or
// writes the next version of the one whose number it has. What says the same as the
// newest version changes nothing. A line of an older version that says something else is
// refused with [ErrChanged].
func (r *Registers) Take(ctx context.Context, by string, in Imported) (Paper, Taken, error) {
	if in.Number == "" {
		return r.takeNew(ctx, by, in.In)
	}
	f, _, err := r.formOf(in.Number)
	if err != nil {
		return Paper{}, "", err
	}
	if f.ID != in.Register {
		return Paper{}, "", fmt.Errorf("%w: %s is a paper of the register %s", ErrInput, in.Number, f.ID)
	}
	p, err := r.Paper(ctx, in.Number)
	if err != nil {
		return Paper{}, "", err
	}
	last := p.Latest()
	values, differs := maps.Clone(last.Values), in.Title != last.Title
	for name, got := range in.Values {
		if !f.Field(name).same(got, last.Values) {
			differs, values[name] = true, got
		}
	}
	switch {
	case !differs:
		return p, Unchanged, nil
	case in.Version != 0 && in.Version != last.N:
		return Paper{}, "", fmt.Errorf("%s: the sheet has version %d, and there is version %d: %w", p.Number, in.Version, last.N, ErrChanged)
	}
	p, err = r.Edit(ctx, On{Number: p.Number, Step: p.Step, By: by}, in.Title, values)
	return p, Edited, err
}

func (r *Registers) takeNew(ctx context.Context, by string, in In) (Paper, Taken, error) {
	whole, err := json.Marshal(in)
	if err != nil {
		return Paper{}, "", fmt.Errorf("read the line: %w", err)
	}
	var p Paper
	taken, once := Begun, "import/"+digest(whole)
	err = r.Store.Write(ctx, func(tx *store.Tx) error {
		taken = Begun
		if list, err := r.readAll(ctx, tx, `once = $2`, once); err != nil {
			return err
		} else if len(list) > 0 {
			p, taken = list[0].Paper, Unchanged
			return nil
		}
		p, err = r.begin(ctx, tx, NewPaper{In: in, By: by, Once: once})
		return err
	})
	if err != nil {
		return Paper{}, "", fmt.Errorf("begin a paper: %w", err)
	}
	return p, taken, nil
}
