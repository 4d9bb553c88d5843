package register

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Somebody is somebody whom a paper names.
type Somebody struct {
	Name      string
	Born      law.Date
	Email     string
	Phone     string
	NINO      string
	Reference string
}

// ReadSomebody reads the answer to a question who it is: a name, and after commas in any
// order what tells them from others. "Ann Larter, 1979-03-14, ann@example.org".
func ReadSomebody(s string) Somebody {
	var n Somebody
	for i, part := range strings.Split(s, ",") {
		part = strings.TrimSpace(part)
		born, err := law.ParseDate(part)
		letters := strings.IndexFunc(part, unicode.IsLetter) >= 0
		plain := strings.ToUpper(strings.ReplaceAll(part, " ", ""))
		switch {
		case part == "":
		case strings.Contains(part, "@"):
			n.Email = part
		case err == nil:
			n.Born = born
		case i == 0:
			n.Name = part
		case isNINO(plain):
			n.NINO = plain
		case !letters:
			n.Phone = part
		default:
			n.Reference = part
		}
	}
	return n
}

// isNINO says that letters and digits stand as in a National Insurance number.
func isNINO(s string) bool {
	if len(s) != 9 {
		return false
	}
	for i := range s {
		if letter := i < 2 || i == 8; letter && (s[i] < 'A' || s[i] > 'Z') || !letter && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}

// NameAlone reports whether nothing but the name tells who it is.
func (n Somebody) NameAlone() bool { return n == Somebody{Name: n.Name} }

// Gone stands where somebody was named who was forgotten.
const Gone = "somebody, forgotten since"

// fields are what a version, or an entry of a kind, may hold.
func (f *Form) fields(part, kind string) []Field {
	if part == "version" {
		return f.Fields
	}
	if e := f.Entry(kind); e != nil {
		return e.Fields
	}
	return nil
}

// people are the fields of values that name somebody, and who.
func people(fields []Field, v Values) map[string]Somebody {
	out := map[string]Somebody{}
	for _, x := range fields {
		if s := v.Text(x.Name); x.Type == Person && s != "" && s != Gone {
			out[x.Name] = ReadSomebody(s)
		}
	}
	return out
}

// mark writes by what those whom a version or an entry names are found again, in the
// place of what was written before.
func (r *Registers) mark(ctx context.Context, tx *store.Tx, p *paper, part string, n int64, v Values) error {
	f, err := r.Form(p.Register)
	if err != nil {
		return err
	}
	kind := ""
	if part == "entry" {
		kind = p.Entries[n-1].Kind
	}
	who := people(f.fields(part, kind), v)
	if _, err := tx.ExecContext(ctx, `DELETE FROM register_mark WHERE landlord = $1 AND paper = $2 AND part = $3 AND n = $4`, r.Landlord, p.ID, part, n); err != nil {
		return fmt.Errorf("mark who is named: %w", err)
	}
	for _, one := range who {
		if r.Marks == nil {
			break
		}
		marks, err := r.Marks(ctx, tx, one)
		if err != nil {
			return err
		}
		for _, m := range marks {
			_, err := tx.ExecContext(ctx, `INSERT INTO register_mark (landlord, mark, paper, part, n) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, r.Landlord, m, p.ID, part, n)
			if err != nil {
				return fmt.Errorf("mark who is named: %w", err)
			}
		}
	}
	names := 0
	if len(who) > 0 {
		names = 1
	}
	_, err = tx.ExecContext(ctx, `UPDATE register_`+part+` SET named = $4 WHERE landlord = $1 AND paper = $2 AND n = $3`, r.Landlord, p.ID, n, names)
	if err != nil {
		return fmt.Errorf("mark who is named: %w", err)
	}
	return nil
}

// CatchUp marks whom papers name that were written by an earlier program. Where there
// are none it costs a look.
func (r *Registers) CatchUp(ctx context.Context) error {
	var ids []string
	err := r.Store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT paper FROM register_version WHERE landlord = $1 AND named IS NULL UNION SELECT paper FROM register_entry WHERE landlord = $1 AND named IS NULL`, r.Landlord)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	for _, id := range ids {
		if err != nil {
			break
		}
		err = r.Store.Write(ctx, func(tx *store.Tx) error {
			p, err := r.byID(ctx, tx, id)
			if errors.Is(err, ErrNone) {
				return nil
			}
			if err != nil {
				return err
			}
			for _, v := range p.Versions {
				if err := r.mark(ctx, tx, p, "version", v.N, v.Values); err != nil {
					return err
				}
			}
			for _, e := range p.Entries {
				if err := r.mark(ctx, tx, p, "entry", e.N, e.Values); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return fmt.Errorf("mark whom papers name: %w", err)
	}
	return nil
}

func (r *Registers) byID(ctx context.Context, tx *store.Tx, id string) (*paper, error) {
	list, err := r.readAll(ctx, tx, `id = $2`, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: no paper is called so", ErrNone)
	}
	return list[0], nil
}

// Mention is a version of a paper, or an entry beside it, that names somebody.
type Mention struct {
	ID       string // names it: see [Registers.ForgetNamed]
	Number   string // of the paper
	Title    string // of the paper, as it was
	Register string // the title of the register
	What     string // "Somebody read it"; "Version 2"
	At       time.Time
	Who      []Somebody // everybody whom it names
	Says     []string   // the other answers of an entry, each with its question
}

const mostMentions = 500

// Naming is where somebody is named who is found by one of these marks, the newest first.
func (r *Registers) Naming(ctx context.Context, marks [][]byte) ([]Mention, error) {
	var out []Mention
	err := r.Store.Read(ctx, func(tx *store.Tx) error {
		out = nil
		at := map[string]bool{}
		for _, m := range marks {
			rows, err := tx.QueryContext(ctx, `SELECT paper, part, n FROM register_mark WHERE landlord = $1 AND mark = $2 ORDER BY paper, part, n LIMIT $3`, r.Landlord, m, mostMentions+1)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var paper, part string
				var n int64
				if err := rows.Scan(&paper, &part, &n); err != nil {
					return err
				}
				at[mentionID(paper, part, n)] = true
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		if len(at) > mostMentions {
			return fmt.Errorf("%w: more than %d papers are found by the same marks: ask by something that fewer people share", ErrState, mostMentions)
		}
		papers := map[string]*paper{}
		for id := range at {
			paper, part, n, err := cutMention(id)
			if err != nil {
				return err
			}
			if papers[paper] == nil {
				if papers[paper], err = r.byID(ctx, tx, paper); err != nil {
					return err
				}
			}
			m, err := r.mention(papers[paper], part, n)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look who is named in papers: %w", err)
	}
	slices.SortFunc(out, func(a, b Mention) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, nil
}

func mentionID(paper, part string, n int64) string { return fmt.Sprintf("%s/%s/%d", paper, part, n) }

func cutMention(id string) (paper, part string, n int64, err error) {
	parts := strings.Split(id, "/")
	if len(parts) == 3 && (parts[1] == "version" || parts[1] == "entry") {
		if _, err := fmt.Sscan(parts[2], &n); err == nil && n > 0 {
			return parts[0], parts[1], n, nil
		}
	}
	return "", "", 0, fmt.Errorf("%w: nothing of a paper is called so", ErrNone)
}

// part is what a version or an entry says.
func (p *paper) part(part string, n int64) (kind string, at time.Time, v Values, err error) {
	switch {
	case part == "version" && n <= int64(len(p.Versions)):
		return "", p.Versions[n-1].At, p.Versions[n-1].Values, nil
	case part == "entry" && n <= int64(len(p.Entries)):
		e := p.Entries[n-1]
		return e.Kind, e.At, e.Values, nil
	}
	return "", at, nil, fmt.Errorf("%w: nothing of a paper is called so", ErrNone)
}

func (r *Registers) mention(p *paper, part string, n int64) (Mention, error) {
	kind, at, v, err := p.part(part, n)
	if err != nil {
		return Mention{}, err
	}
	f, err := r.Form(p.Register)
	if err != nil {
		return Mention{}, err
	}
	m := Mention{ID: mentionID(p.ID, part, n), Number: p.Number, Title: p.Latest().Title, Register: f.Title, At: at, What: fmt.Sprintf("Version %d", n)}
	if e := f.Entry(kind); e != nil {
		m.What = e.Title
	}
	fields := f.fields(part, kind)
	who := people(fields, v)
	for _, x := range fields {
		if one, ok := who[x.Name]; ok {
			m.Who = append(m.Who, one)
		} else if said := x.Written(v); part == "entry" && said != "" && x.Type != Person {
			m.Says = append(m.Says, x.Title+": "+said)
		}
	}
	return m, nil
}

// ForgetNamed takes away what a mention says of people, and what was said beside in free
// words of an entry: that there was one, its day and its other answers stay. is chooses
// whom; nil is everybody.
func (r *Registers) ForgetNamed(ctx context.Context, tx *store.Tx, by, id string, is func(Somebody) bool) error {
	paper, part, n, err := cutMention(id)
	if err != nil {
		return err
	}
	p, err := r.byID(ctx, tx, paper)
	if err != nil {
		return err
	}
	kind, _, v, err := p.part(part, n)
	if err != nil {
		return err
	}
	f, err := r.Form(p.Register)
	if err != nil {
		return err
	}
	fields, who, number := f.fields(part, kind), map[string]Somebody{}, 0
	for name, one := range people(fields, v) {
		if is == nil || is(one) {
			who[name] = one
		}
	}
	if len(who) == 0 {
		return fmt.Errorf("%w: it names nobody of whom that is asked", ErrNone)
	}
	left := Values{}
	for name, x := range v {
		field := fieldOf(fields, name)
		_, gone := who[name]
		switch {
		case gone:
			left[name] = Gone
			number++
		case part == "entry" && (field == nil || field.Type == Text || field.Type == Long):
		default:
			left[name] = x
		}
	}
	title := ""
	if part == "version" {
		title = p.Versions[n-1].Title
	}
	sealed, err := r.seal(p, part, n, said{title, left})
	if err != nil {
		return err
	}
	tx.Scrub()
	if _, err := tx.ExecContext(ctx, `UPDATE register_`+part+` SET sealed = $4 WHERE landlord = $1 AND paper = $2 AND n = $3`, r.Landlord, p.ID, n, sealed); err != nil {
		return fmt.Errorf("forget who is named: %w", err)
	}
	if err := r.mark(ctx, tx, p, part, n, left); err != nil {
		return err
	}
	p.Step++
	if _, err := tx.ExecContext(ctx, `UPDATE register_paper SET step = $3, changed = $4 WHERE landlord = $1 AND id = $2`, r.Landlord, p.ID, p.Step, store.Micros(r.Now())); err != nil {
		return fmt.Errorf("forget who is named: %w", err)
	}
	return r.record(ctx, tx, p, by, "register.name-forgotten", map[string]any{"part": part, "n": n, "names": number, "sealed": digest(sealed)})
}
