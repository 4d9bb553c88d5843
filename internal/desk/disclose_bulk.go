package desk

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tenet/internal/disclose"
	"tenet/internal/notice"
	"tenet/internal/rule"
	"tenet/internal/store"
)

// BulkRow is what was decided of one row of a file.
type BulkRow struct {
	Row int `json:"row"` // its line in the file; the head is 1
	rule.Decision
}

// Bulk is what was decided of a file.
type Bulk struct {
	Fields  []string `json:"fields"` // the columns that would be given
	Allowed int64    `json:"allowed"`
	Asked   int64    `json:"asked"`
	Refused int64    `json:"refused"`
	Digest  string   `json:"digest,omitempty"` // SHA-256 of the file that goes out
}

// Rows is how many there were.
func (b Bulk) Rows() int64 { return b.Allowed + b.Asked + b.Refused }

// Prefixes of columns that are not given: what identifies the person of a row, and
// what is known of them.
const (
	personColumn = "person."
	givenColumn  = "given."
)

// sheetRow is one row of a file: what would be given, whose it is and what is known.
type sheetRow struct {
	line   int
	values []string
	person Query
	facts  rule.Facts
}

// mostRow bounds one row of a file, in bytes.
const mostRow = 1 << 20

// guarded counts what was read since the last row, and stops at a row that does not end.
type guarded struct {
	r io.Reader
	n int
}

func (g *guarded) Read(p []byte) (int, error) {
	if g.n > mostRow {
		return 0, fmt.Errorf("a row is longer than %d bytes: a quotation mark may be missing", mostRow)
	}
	n, err := g.r.Read(p)
	g.n += n
	return n, err
}

// sheet reads a file of rows to be given. Its head names fields as sharing.yaml does;
// columns person.name, person.dob, person.email, person.phone, person.ref, person.nino
// and person.nhs say whose a row is, and given.SUBJECT what is known of them. Neither goes.
type sheet struct {
	name    string
	csv     *csv.Reader
	guard   *guarded
	head    []string
	fields  []rule.Field
	columns []int // of the fields
}

func openSheet(name string, r io.Reader) (*sheet, error) {
	s := &sheet{name: name, guard: &guarded{r: r}}
	s.csv = csv.NewReader(s.guard)
	s.csv.ReuseRecord = true
	head, err := s.csv.Read()
	if err != nil {
		return nil, s.fault(1, "has no head that can be read", "begin it with a line of column names", err)
	}
	s.head = slices.Clone(head)
	s.head[0] = strings.TrimPrefix(s.head[0], "\ufeff") // as Excel begins a file
	for i, h := range s.head {
		h = strings.ToLower(strings.TrimSpace(h))
		s.head[i] = h
		switch {
		case slices.Contains(s.head[:i], h):
			return nil, s.fault(1, fmt.Sprintf("two columns are called %.60q", h), "give one of them another name", nil)
		case strings.HasPrefix(h, personColumn):
			if s.person(&Query{}, h) == nil {
				return nil, s.fault(1, fmt.Sprintf("nobody is known by %.60q", h), "use person.name, .dob, .email, .phone, .ref, .nino, .nhs or .postcode", nil)
			}
		case strings.HasPrefix(h, givenColumn):
			if err := (rule.Facts{}).Say(strings.TrimPrefix(h, givenColumn) + "=x"); err != nil {
				return nil, s.fault(1, err.Error(), "call the column given.person, with objected in its cells", nil)
			}
		default:
			f, err := rule.ParseField(h)
			if err != nil {
				return nil, s.fault(1, err.Error(), "name columns as sharing.yaml names fields", nil)
			}
			s.fields, s.columns = append(s.fields, f), append(s.columns, i)
		}
	}
	if len(s.fields) == 0 {
		return nil, s.fault(1, "no column would be given", "name the fields as sharing.yaml does", nil)
	}
	return s, nil
}

func (s *sheet) fault(line int, what, mend string, err error) error {
	return &Error{Code: "sheet", What: what, Where: fmt.Sprintf("%s:%d", s.name, line), Mend: mend, Err: err}
}

func (s *sheet) person(q *Query, column string) *string {
	return map[string]*string{"name": &q.Name, "dob": &q.DOB, "email": &q.Email, "phone": &q.Phone, "ref": &q.Ref, "nino": &q.NINO, "nhs": &q.NHS, "postcode": &q.Postcode}[strings.TrimPrefix(column, personColumn)]
}

// rows gives the rows, one at a time.
func (s *sheet) rows() iter.Seq2[sheetRow, error] {
	return func(yield func(sheetRow, error) bool) {
		for {
			s.guard.n = 0
			record, err := s.csv.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				line := 0
				var p *csv.ParseError
				if errors.As(err, &p) {
					line, err = p.Line, p.Err
				}
				yield(sheetRow{}, s.fault(line, "the row cannot be read", "give each row as many columns as the head", err))
				return
			}
			line, _ := s.csv.FieldPos(0)
			r := sheetRow{line: line, facts: rule.Facts{}}
			for i, h := range s.head {
				value := strings.TrimSpace(record[i])
				switch {
				case value == "":
				case strings.HasPrefix(h, personColumn):
					*s.person(&r.person, h) = value
				case strings.HasPrefix(h, givenColumn):
					if err := r.facts.Say(strings.TrimPrefix(h, givenColumn) + "=" + strings.ToLower(value)); err != nil {
						yield(sheetRow{}, s.fault(line, h+": what is known cannot be read", "write states of small letters, with commas between", nil))
						return
					}
				}
			}
			for _, i := range s.columns {
				r.values = append(r.values, record[i])
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// mostKnown is how many decisions are remembered while a file is read: rows share a few.
const mostKnown = 10_000

// decideRows decides each row of a file.
func (d *Desk) decideRows(ctx context.Context, ask rule.Ask, s *sheet, each func(sheetRow, rule.Decision) error) (Bulk, error) {
	var out Bulk
	for _, f := range s.fields {
		out.Fields = append(out.Fields, f.String())
	}
	ask.Fields = s.fields
	n, ask, err := d.asked(ctx, ask)
	if err != nil {
		return out, err
	}
	known := map[string]rule.Decision{}
	for r, err := range s.rows() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return out, err
		}
		facts, err := d.rowFacts(ctx, ask.Facts, r)
		if err != nil {
			return out, s.fault(r.line, "the person cannot be read", "mend the person columns of the row", err)
		}
		key := strings.Join(facts.Strings(), " ")
		decision, ok := known[key]
		if !ok {
			one := ask
			one.Facts = facts
			if decision = rule.MayDisclose(n, one); len(known) < mostKnown {
				known[key] = decision
			}
		}
		switch decision.Decision {
		case notice.Allow:
			out.Allowed++
		case notice.Ask:
			out.Asked++
		default:
			out.Refused++
		}
		if err := each(r, decision); err != nil {
			return out, err
		}
	}
	return out, nil
}

// rowFacts are what is known of the file with what is known of a row.
func (d *Desk) rowFacts(ctx context.Context, of rule.Facts, r sheetRow) (rule.Facts, error) {
	facts := rule.Facts{}
	for _, from := range []rule.Facts{of, r.facts} {
		for s, states := range from {
			facts[s] = append(facts[s], states...)
		}
	}
	if r.person == (Query{}) {
		return facts, nil
	}
	as, err := d.described(r.person)
	if err != nil {
		return nil, err
	}
	return d.objected(ctx, facts, as)
}

// CheckBulk decides each row of a file, and tells of each.
func (d *Desk) CheckBulk(ctx context.Context, ask rule.Ask, name string, r io.Reader, each func(BulkRow) error) (Bulk, error) {
	s, err := openSheet(name, r)
	if err != nil {
		return Bulk{}, err
	}
	return d.decideRows(ctx, ask, s, func(r sheetRow, x rule.Decision) error { return each(BulkRow{r.line, x}) })
}

// RecordBulk writes the rows of a file that may go into another, with no column but
// the fields, and one entry into the log about everybody in it. The file that goes out
// is there under its name only once the entry stands.
func (d *Desk) RecordBulk(ctx context.Context, x Disclosing, in, out string) (e disclose.Entry, b Bulk, err error) {
	if x.Over != "" {
		return e, b, &Error{Code: "usage", What: "a file is not given against the rules", Where: "--over", Mend: "leave out what is not allowed"}
	}
	if err := d.mayGive(ctx, x); err != nil {
		return e, b, err
	}
	if _, err := os.Stat(out); err == nil {
		return e, b, &Error{Code: "file", What: "is there already", Where: out, Mend: "name a new file"}
	}
	f, err := os.CreateTemp(filepath.Dir(out), ".new-*")
	if err != nil {
		return e, b, fmt.Errorf("write %s: %w", filepath.Base(out), err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var last rule.Decision
	var goes []bool // of each row
	sum := sha256.New()
	w := csv.NewWriter(io.MultiWriter(f, sum))
	read, err := overSheet(in, func(s *sheet) error {
		if err := w.Write(fieldNames(s.fields)); err != nil {
			return err
		}
		b, err = d.decideRows(ctx, x.Ask, s, func(r sheetRow, got rule.Decision) error {
			may := got.Decision == notice.Allow
			if goes = append(goes, may); !may {
				return nil
			}
			last = got
			return w.Write(r.values)
		})
		return err
	})
	if err != nil {
		return e, b, err
	}
	w.Flush()
	if err := errors.Join(w.Error(), f.Sync()); err != nil {
		return e, b, fmt.Errorf("write %s: %w", filepath.Base(out), err)
	}
	if b.Allowed == 0 {
		return e, b, &Error{Code: "refused", What: fmt.Sprintf("no row of %d may go", b.Rows()), Where: in, Mend: "see why: tenet disclose check --bulk " + in}
	}
	b.Digest = hex.EncodeToString(sum.Sum(nil))
	_, ask, err := d.asked(ctx, x.Ask)
	if err != nil {
		return e, b, err
	}
	for _, name := range b.Fields {
		one, _ := rule.ParseField(name) // it was read already
		ask.Fields = append(ask.Fields, one)
	}
	if e, err = d.entry(ctx, x, ask, last); err != nil {
		return e, b, err
	}
	e.Digest = b.Digest
	e.What = fmt.Sprintf("a file of %s; %d of %d were left out", counted(int(b.Allowed), "row", "rows"), b.Rows()-b.Allowed, b.Rows())
	err = d.Store.Write(ctx, func(tx *store.Tx) (err error) {
		e, err = d.Given.Record(ctx, tx, e, d.rowPeople(ctx, tx, in, read, goes))
		return err
	})
	if err == nil {
		err = os.Rename(f.Name(), out)
	}
	return e, b, logged(err)
}

// rowPeople are those of the rows that go, read from the file again; a file that was
// changed meanwhile is an error.
func (d *Desk) rowPeople(ctx context.Context, tx *store.Tx, in, read string, goes []bool) iter.Seq2[disclose.Person, error] {
	return func(yield func(disclose.Person, error) bool) {
		stopped, i := false, 0
		again, err := overSheet(in, func(s *sheet) error {
			for r, err := range s.rows() {
				if err == nil {
					err = ctx.Err()
				}
				if err != nil {
					return err
				}
				if i++; i > len(goes) || !goes[i-1] {
					continue
				}
				p, err := d.rowPerson(ctx, tx, r)
				if err != nil {
					return err
				}
				if stopped = !yield(p, nil); stopped {
					return nil
				}
			}
			return nil
		})
		switch {
		case stopped:
		case err != nil:
			yield(nil, err)
		case again != read:
			yield(nil, &Error{Code: "file", What: "was changed while it was read", Where: in, Mend: "do it again"})
		}
	}
}

// rowPerson is what the person of a row is found by.
func (d *Desk) rowPerson(ctx context.Context, tx *store.Tx, r sheetRow) (disclose.Person, error) {
	if r.person == (Query{}) {
		return nil, nil
	}
	as, err := d.described(r.person)
	if err != nil {
		return nil, err
	}
	return d.marked(ctx, tx, as...)
}

// overSheet reads a file of rows, and gives the digest of what was read.
func overSheet(in string, do func(*sheet) error) (string, error) {
	f, err := os.Open(in)
	if err != nil {
		return "", &Error{Code: "file", What: "cannot be opened", Where: in, Mend: "check its name", Err: err}
	}
	defer f.Close()
	sum := sha256.New()
	s, err := openSheet(filepath.Base(in), io.TeeReader(f, sum))
	if err == nil {
		err = do(s)
	}
	return hex.EncodeToString(sum.Sum(nil)), err
}

// fieldNames are fields as the head of a file has them.
func fieldNames(fields []rule.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}
