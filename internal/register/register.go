package register

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Config is what registers need.
type Config struct {
	Store    *store.Store
	Ring     *keys.Ring
	Landlord string                // whose registers
	Forms    []*Form               // see [Forms]
	Notice   func() *notice.Notice // that decides now
	// Marks are keyed digests by which somebody whom a paper names is found again, 32
	// bytes each; nil finds nobody.
	Marks func(ctx context.Context, tx *store.Tx, n Somebody) ([][]byte, error)
	Now   func() time.Time // nil means time.Now
}

// Registers are those of one landlord. They are safe for use by many goroutines.
type Registers struct{ Config }

// New is the registers of a landlord.
func New(c Config) (*Registers, error) {
	if c.Store == nil || c.Ring == nil || c.Landlord == "" || c.Notice == nil || len(c.Forms) == 0 {
		return nil, errors.New("register: a store, keys, a landlord, forms and a notice are needed")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Registers{c}, nil
}

// Form is a register by its id. [ErrNone] where there is no such.
func (r *Registers) Form(id string) (*Form, error) {
	for _, f := range r.Forms {
		if f.ID == id {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%w: no register is called %q; those there are: %s", ErrNone, short(id), strings.Join(ids(r.Forms), ", "))
}

// formOf is the register that a number belongs to.
func (r *Registers) formOf(number string) (*Form, int64, error) {
	letters, n, ok := cutNumber(number)
	for _, f := range r.Forms {
		if ok && f.Letters == letters {
			return f, n, nil
		}
	}
	return nil, 0, fmt.Errorf("%w: no paper has the number %q", ErrNone, short(number))
}

// today is the day in London.
func (r *Registers) today() law.Date { return law.DateOf(r.Now()) }

// paper is one paper while it is read and acted on.
type paper struct {
	Paper
	key keys.DataKey
}

func (r *Registers) owner(id string) string { return "register/" + r.Landlord + "/" + id }

// place is what something sealed is bound to.
func (r *Registers) place(id, what string, n int64) []byte {
	return fmt.Appendf(nil, "tenet register v1\n%s\n%s\n%s\n%d", r.Landlord, id, what, n)
}

// said is what is sealed of a version or an entry.
type said struct {
	Title  string `json:"title,omitempty"`
	Values Values `json:"values"`
}

func (r *Registers) seal(p *paper, what string, n int64, s said) ([]byte, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("seal it: %w", err)
	}
	return p.key.Seal(plain, r.place(p.ID, what, n)), nil
}

func (r *Registers) open(p *paper, what string, n int64, sealed []byte) (said, error) {
	var s said
	plain, err := p.key.Open(sealed, r.place(p.ID, what, n))
	if err == nil {
		err = json.Unmarshal(plain, &s)
	}
	if err != nil {
		return s, fmt.Errorf("%s of %s cannot be read, or was altered: %w", what, p.Number, err)
	}
	for name, x := range s.Values {
		s.Values[name] = shape(x)
	}
	if s.Values == nil {
		s.Values = Values{}
	}
	return s, nil
}

// shape is what JSON made of a value, as it was: see [Values].
func shape(x any) any {
	list, ok := x.([]any)
	if !ok {
		return x
	}
	var texts []string
	var rows []map[string]string
	for _, e := range list {
		switch e := e.(type) {
		case string:
			texts = append(texts, e)
		case map[string]any:
			row := map[string]string{}
			for k, v := range e {
				row[k], _ = v.(string)
			}
			rows = append(rows, row)
		}
	}
	if rows != nil {
		return rows
	}
	return texts
}

// Paper is a paper by its number. [ErrNone] where there is none.
func (r *Registers) Paper(ctx context.Context, number string) (Paper, error) {
	var out Paper
	err := r.Store.Read(ctx, func(tx *store.Tx) error {
		p, err := r.read(ctx, tx, number)
		if err == nil {
			out = p.Paper
		}
		return err
	})
	if err != nil {
		return Paper{}, fmt.Errorf("read the paper: %w", err)
	}
	return out, nil
}

// Papers are those of a register, or of all where it is empty, by number.
func (r *Registers) Papers(ctx context.Context, register string) ([]Paper, error) {
	var out []Paper
	if register != "" {
		if _, err := r.Form(register); err != nil {
			return nil, err
		}
	}
	err := r.Store.Read(ctx, func(tx *store.Tx) error {
		list, err := r.readAll(ctx, tx, `($2 = '' OR register = $2)`, register)
		if err != nil {
			return err
		}
		out = out[:0]
		for _, p := range list {
			out = append(out, p.Paper)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list papers: %w", err)
	}
	slices.SortFunc(out, byNumber)
	return out, nil
}

func (r *Registers) read(ctx context.Context, tx *store.Tx, number string) (*paper, error) {
	f, n, err := r.formOf(number)
	if err != nil {
		return nil, err
	}
	list, err := r.readAll(ctx, tx, `register = $2 AND number = $3`, f.ID, n)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: no paper has the number %q", ErrNone, number)
	}
	return list[0], nil
}

// readAll reads papers with all that belongs to them.
func (r *Registers) readAll(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*paper, error) {
	args = append([]any{r.Landlord}, args...)
	rows, err := tx.QueryContext(ctx, `SELECT id, register, number, step, review, opened, changed, ended, wrapped FROM register_paper WHERE landlord = $1 AND `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []*paper
	byID := map[string]*paper{}
	for rows.Next() {
		var p paper
		var n, opened, changed int64
		var ended sql.NullInt64
		var review string
		var wrapped []byte
		if err := rows.Scan(&p.ID, &p.Register, &n, &p.Step, &review, &opened, &changed, &ended, &wrapped); err != nil {
			return nil, err
		}
		f, err := r.Form(p.Register)
		if err != nil {
			return nil, err
		}
		p.Number, p.Opened, p.Changed, p.Entries = number(f.Letters, n), store.Time(opened), store.Time(changed), []Entry{}
		if ended.Valid {
			p.Ended = store.Time(ended.Int64)
		}
		if review != "" {
			if p.ReviewBy, err = law.ParseDate(review); err != nil {
				return nil, fmt.Errorf("%s: %w", p.Number, err)
			}
		}
		if p.key, err = r.Ring.OpenDataKey(r.owner(p.ID), wrapped); err != nil {
			return nil, fmt.Errorf("the key of %s: %w", p.Number, err)
		}
		out, byID[p.ID] = append(out, &p), &p
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	mine := `landlord = $1 AND paper IN (SELECT id FROM register_paper WHERE landlord = $1 AND ` + where + `)`
	if err := r.readVersions(ctx, tx, byID, mine, args); err != nil {
		return nil, err
	}
	return out, r.readEntries(ctx, tx, byID, mine, args)
}

func (r *Registers) readVersions(ctx context.Context, tx *store.Tx, byID map[string]*paper, where string, args []any) error {
	rows, err := tx.QueryContext(ctx, `SELECT paper, n, state, written, actor, proposer, decided, decided_by, sealed FROM register_version WHERE `+where+` ORDER BY paper, n`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v Version
		var id string
		var at int64
		var decided sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&id, &v.N, &v.State, &at, &v.By, &v.Proposed, &decided, &v.DecidedBy, &sealed); err != nil {
			return err
		}
		p := byID[id]
		s, err := r.open(p, "version", v.N, sealed)
		if err != nil {
			return err
		}
		v.Title, v.Values, v.At = s.Title, s.Values, store.Time(at)
		if decided.Valid {
			v.Decided = store.Time(decided.Int64)
		}
		p.Versions = append(p.Versions, v)
	}
	return rows.Err()
}

func (r *Registers) readEntries(ctx context.Context, tx *store.Tx, byID map[string]*paper, where string, args []any) error {
	rows, err := tx.QueryContext(ctx, `SELECT paper, n, kind, version, at, actor, sealed FROM register_entry WHERE `+where+` ORDER BY paper, n`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var id string
		var at int64
		var sealed []byte
		if err := rows.Scan(&id, &e.N, &e.Kind, &e.Version, &at, &e.By, &sealed); err != nil {
			return err
		}
		p := byID[id]
		s, err := r.open(p, "entry", e.N, sealed)
		if err != nil {
			return err
		}
		e.Values, e.At = s.Values, store.Time(at)
		p.Entries = append(p.Entries, e)
	}
	return rows.Err()
}

// New is a paper that is begun.
type NewPaper struct {
	In
	By string
	// Once, if not empty, names what caused the paper: where there is one of that cause
	// already, that is given, and nothing is written.
	Once string
}

// Begin writes the first draft of a paper.
func (r *Registers) Begin(ctx context.Context, in NewPaper) (out Paper, err error) {
	err = r.Store.Write(ctx, func(tx *store.Tx) error {
		out, err = r.begin(ctx, tx, in)
		return err
	})
	if err != nil {
		return Paper{}, fmt.Errorf("begin a paper: %w", err)
	}
	return out, nil
}

func (r *Registers) begin(ctx context.Context, tx *store.Tx, in NewPaper) (Paper, error) {
	f, err := r.Form(in.Register)
	if err != nil {
		return Paper{}, err
	}
	title, values, err := r.take(f, in.Title, in.Values)
	if err != nil {
		return Paper{}, err
	}
	p := &paper{Paper: Paper{ID: "paper-" + strings.ToLower(rand.Text()), Register: f.ID, Step: 1, Entries: []Entry{}}}
	once := in.Once
	if once == "" {
		once = p.ID
	} else if list, err := r.readAll(ctx, tx, `once = $2`, once); err != nil {
		return Paper{}, err
	} else if len(list) > 0 {
		return list[0].Paper, nil
	}
	var n int64
	err = tx.QueryRowContext(ctx, `INSERT INTO register_series (landlord, register, last) VALUES ($1, $2, 1)
		ON CONFLICT (landlord, register) DO UPDATE SET last = register_series.last + 1 RETURNING last`, r.Landlord, f.ID).Scan(&n)
	if err != nil {
		return Paper{}, fmt.Errorf("number it: %w", err)
	}
	key, wrapped, err := r.Ring.NewDataKey(r.owner(p.ID))
	if err != nil {
		return Paper{}, err
	}
	now := store.Micros(r.Now())
	p.key, p.Number, p.Opened, p.Changed = key, number(f.Letters, n), store.Time(now), store.Time(now)
	_, err = tx.ExecContext(ctx, `INSERT INTO register_paper (landlord, id, once, register, number, step, review, opened, changed, ended, wrapped) VALUES ($1, $2, $3, $4, $5, 1, '', $6, $6, NULL, $7)`,
		r.Landlord, p.ID, once, f.ID, n, now, wrapped)
	if err != nil {
		return Paper{}, fmt.Errorf("keep it: %w", err)
	}
	sum, err := r.addVersion(ctx, tx, p, in.By, title, values)
	if err != nil {
		return Paper{}, err
	}
	return p.Paper, r.record(ctx, tx, p, in.By, "register.begun", map[string]any{"sealed": sum})
}

// take checks a title and values.
func (r *Registers) take(f *Form, title string, v Values) (string, Values, error) {
	title = strings.TrimSpace(title)
	values, faults := check(r.Notice(), f.Fields, v)
	if title == "" || len(title) > mostTitle || !utf8.ValidString(title) || strings.ContainsFunc(title, func(c rune) bool { return c < ' ' }) {
		faults = append(Faults{{"title", fmt.Sprintf("must be a line of at most %d bytes", mostTitle), "say in a few words what it is about"}}, faults...)
	}
	if len(faults) > 0 {
		return "", nil, fmt.Errorf("%w: %w", ErrInput, faults)
	}
	return title, values, nil
}

// addVersion writes the next version, a draft, and gives the digest of what is sealed.
func (r *Registers) addVersion(ctx context.Context, tx *store.Tx, p *paper, by, title string, values Values) (string, error) {
	if by == "" {
		return "", fmt.Errorf("%w: say who acts", ErrInput)
	}
	v := Version{N: int64(len(p.Versions)) + 1, State: Draft, Title: title, Values: values, At: p.Changed, By: by}
	sealed, err := r.seal(p, "version", v.N, said{title, values})
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO register_version (landlord, paper, n, state, written, actor, proposer, decided, decided_by, sealed) VALUES ($1, $2, $3, $4, $5, $6, '', NULL, '', $7)`,
		r.Landlord, p.ID, v.N, string(v.State), store.Micros(v.At), by, sealed)
	if err != nil {
		return "", fmt.Errorf("keep version %d: %w", v.N, err)
	}
	p.Versions = append(p.Versions, v)
	return digest(sealed), r.mark(ctx, tx, p, "version", v.N, values)
}

// record writes an act into the ledger. The step makes it one of its kind.
func (r *Registers) record(ctx context.Context, tx *store.Tx, p *paper, by, act string, payload map[string]any) error {
	payload["register"], payload["number"], payload["step"], payload["version"] = p.Register, p.Number, p.Step, p.Latest().N
	return tx.Record(ctx, ledger.Act{Landlord: r.Landlord, Actor: by, Name: act, Subject: p.ID, Notice: r.Notice().Version(), Once: fmt.Sprintf("%s/%d", p.ID, p.Step)}, payload)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
