package desk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tenet/internal/find"
	"tenet/internal/index"
	"tenet/internal/keys"
	"tenet/internal/ledger"
	"tenet/internal/match"
	"tenet/internal/source"
	"tenet/internal/store"
)

// Progress is told how far a long piece of work has come. It may be nil.
type Progress func(stage string, done int64)

// Indexed is what indexing did.
type Indexed struct {
	Tables   []index.Built      `json:"tables"`
	Problems []source.Problem   `json:"problems"` // what could not be read
	Gaps     []find.NotSearched `json:"not_searched"`
}

func (d *Desk) openIndex(ctx context.Context) (*index.Index, error) {
	path := d.Config.Index
	if path == "" {
		path = filepath.Join(d.Dir, "index.db")
	}
	k := d.Keys.Index()
	var earlier []index.Key
	for _, old := range d.Keys.Indexes() {
		if old.Epoch != k.Epoch {
			earlier = append(earlier, index.Key{Epoch: fmt.Sprint(old.Epoch), Bytes: old.Key.Reveal()})
		}
	}
	x, err := index.Open(ctx, path, d.Config.Landlord, k.Key.Reveal(), fmt.Sprint(k.Epoch), earlier...)
	if err != nil && ctx.Err() == nil && strings.Contains(err.Error(), "not a database") {
		return nil, &Error{Code: "index", What: "is damaged", Where: path, Mend: "delete it and run tenet index: nothing is lost that is not in the sources", Err: err}
	}
	return x, err
}

// Index brings the blind index up to date, or builds all of it anew. Killed at
// any moment, it goes on where it stood when it is started again. A table that
// cannot be read does not keep the others from being indexed; the error names it.
func (d *Desk) Index(ctx context.Context, full bool, progress Progress) (*Indexed, error) {
	release, err := d.lockIndex()
	if err != nil {
		return nil, err
	}
	defer release()
	s, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	x, err := d.openIndex(ctx)
	if err != nil {
		return nil, err
	}
	defer x.Close()
	out := &Indexed{Gaps: s.gaps}
	var failed error
	s.takeProblems() // the schema's are found again in the scan
	for _, name := range slices.Sorted(maps.Keys(s.maps)) {
		for _, table := range slices.Sorted(maps.Keys(s.maps[name].Tables)) {
			t := s.maps[name].Tables[table]
			if !indexed(t) {
				continue
			}
			b, err := x.Refresh(ctx, name, table, t, s.sources[name], full, s.takeProblems, func(n int64) {
				if progress != nil {
					progress("index "+name+" "+table, n)
				}
			})
			var broken *source.Error
			var later *source.HoursError
			switch {
			case ctx.Err() != nil, err != nil && !errors.As(err, &broken):
				return out, errors.Join(err, ctx.Err())
			case errors.As(err, &later): // put off, and no fault of anybody's
				out.Gaps = append(out.Gaps, find.NotSearched{Source: name, Table: table, Why: "not brought up to date: " + later.Error()})
			case err != nil:
				failed = errors.Join(failed, err)
			default:
				out.Tables = append(out.Tables, b)
			}
		}
	}
	// A source that is down keeps its segments: what was found there is still there.
	err = x.Forget(ctx, func(name, table string) bool {
		m, ok := s.maps[name]
		return !ok && slices.ContainsFunc(d.Config.Sources, func(c System) bool { return c.Name == name }) || ok && m.Tables[table] != nil && indexed(m.Tables[table])
	})
	if err != nil {
		return out, err
	}
	out.Problems, err = x.Problems(ctx)
	return out, errors.Join(failed, err)
}

// CheckIndex holds the blind index against the sources, table by table: all of
// it, or, where every is more than 1, a sample of one row in so many. A table that
// cannot be read is a gap and not a failure.
func (d *Desk) CheckIndex(ctx context.Context, every int, progress Progress) ([]index.Checked, []find.NotSearched, error) {
	s, err := d.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer s.close()
	x, err := d.openIndex(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer x.Close()
	gaps := s.gaps
	var out []index.Checked
	for _, name := range slices.Sorted(maps.Keys(s.maps)) {
		for _, table := range slices.Sorted(maps.Keys(s.maps[name].Tables)) {
			t := s.maps[name].Tables[table]
			if !indexed(t) {
				continue
			}
			c, err := x.Check(ctx, name, table, t, s.sources[name], every)
			var broken *source.Error
			switch {
			case ctx.Err() != nil:
				return out, gaps, ctx.Err()
			case errors.Is(err, index.ErrAbsent):
				gaps = append(gaps, find.NotSearched{Source: name, Table: table, Why: "not indexed yet; run tenet index"})
			case errors.As(err, &broken):
				gaps = append(gaps, find.NotSearched{Source: name, Table: table, Why: err.Error()})
			case err != nil:
				return out, gaps, err
			default:
				out = append(out, c)
				stage(progress, "check "+name+" "+table, c.Rows)
			}
		}
	}
	return out, gaps, nil
}

// RotateIndex makes a new key for the blind index and builds it anew under that
// key, table by table; what has not been built yet is found under the old one.
// Processes that were started before know nothing of the new key: start them again.
func (d *Desk) RotateIndex(ctx context.Context, progress Progress) (*Indexed, error) {
	ring, err := keys.RotateIndex(filepath.Join(d.Dir, "keys"))
	if err != nil {
		return nil, err
	}
	d.Keys = ring
	return d.Index(ctx, true, progress)
}

// lockIndex keeps two commands from building the index at once. On a server each
// table has a lock of its own.
func (d *Desk) lockIndex() (release func() error, err error) {
	if d.Config.Index != "" {
		return func() error { return nil }, nil
	}
	dir := filepath.Join(d.Dir, "index.lock")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock the index: %w", err)
	}
	release, err = store.Lock(dir)
	var held *store.Held
	if errors.As(err, &held) {
		return nil, &Error{Code: "busy", What: fmt.Sprintf("process %d is building the index", held.PID), Where: d.Dir, Mend: "wait for it to end"}
	}
	return release, err
}

// Query is what is known of the person asked about, as it was given.
type Query struct {
	Name, DOB, Email, Phone, Ref, NINO, NHS, Postcode string
}

// Known is the query in the form that people are compared in. A part that
// cannot be read as what it is said to be is an error: searching without it
// would answer another question.
func (q Query) Known() (match.Known, error) {
	var k match.Known
	bad := func(flag, mend string) error {
		return &Error{Code: "query", What: "cannot be read", Where: flag, Mend: mend}
	}
	if q.Name != "" {
		if k.Name = match.ParseName(q.Name); k.Name.IsZero() {
			return k, bad("--name", "give a name as people write it")
		}
	}
	one := func(flag, value, mend string, normal func(string) (string, bool)) (string, error) {
		if value == "" {
			return "", nil
		}
		v, ok := normal(value)
		if !ok {
			return "", bad(flag, mend)
		}
		return v, nil
	}
	var email, phone, ref string
	for _, f := range []struct {
		to                *string
		flag, value, mend string
		normal            func(string) (string, bool)
	}{
		{&k.DOB, "--dob", q.DOB, "write the date as 1979-03-14", match.Date},
		{&email, "--email", q.Email, "give one e-mail address", match.Email},
		{&phone, "--phone", q.Phone, "give one telephone number", match.Phone},
		{&ref, "--ref", q.Ref, "give one reference", match.Ref},
		{&k.NINO, "--nino", q.NINO, "two letters, six digits, a letter", match.NINO},
		{&k.NHS, "--nhs", q.NHS, "ten digits", match.NHS},
		{&k.Postcode, "--postcode", q.Postcode, "write the whole postcode", match.Postcode},
	} {
		v, err := one(f.flag, f.value, f.mend, f.normal)
		if err != nil {
			return k, err
		}
		*f.to = v
	}
	for _, f := range []struct {
		to    *[]string
		value string
	}{{&k.Emails, email}, {&k.Phones, phone}, {&k.Refs, ref}} {
		if f.value != "" {
			*f.to = []string{f.value}
		}
	}
	if k.Name.IsZero() && k.DOB+k.NINO+k.NHS+email+phone+ref == "" {
		return k, &Error{Code: "query", What: "nothing says whom to look for", Mend: "give --ref, --email, --phone, --nino, or --name with --dob"}
	}
	return k, nil
}

// readable leaves out what a person wrote that cannot be read as what it is: a
// telephone number with a digit too few must not keep their name from being
// found.
func (q Query) readable() Query {
	for _, f := range []struct {
		value  *string
		normal func(string) (string, bool)
	}{{&q.DOB, match.Date}, {&q.Email, match.Email}, {&q.Phone, match.Phone}, {&q.Ref, match.Ref}, {&q.NINO, match.NINO}, {&q.NHS, match.NHS}, {&q.Postcode, match.Postcode}} {
		if _, ok := f.normal(*f.value); !ok {
			*f.value = ""
		}
	}
	return q
}

// Find searches for a person in our own set, and records that somebody did.
func (d *Desk) Find(ctx context.Context, by string, q Query) (*find.Answer, error) {
	return d.searchFor(ctx, by, "", q)
}

// searchFor is Find in the set of a client, and no other.
func (d *Desk) searchFor(ctx context.Context, by, client string, q Query) (*find.Answer, error) {
	a, err := d.findIn(ctx, client, q)
	var several *find.Ambiguous
	if errors.As(err, &several) {
		// Who might be meant was shown: that is on record too.
		rerr := d.Store.Write(ctx, func(tx *store.Tx) error {
			return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "person.searched", Notice: d.Notice.Version()}, map[string]any{"candidates": len(several.Candidates)})
		})
		return nil, errors.Join(err, rerr)
	}
	if err != nil {
		return nil, err
	}
	// The subject is opaque, and the same for the same person: forgetting it
	// forgets who was looked for.
	act := ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "person.searched", Subject: d.opaque(a.Person.Records), Notice: d.Notice.Version()}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, act, map[string]any{"records": len(a.Records)})
	})
	return a, err
}

// opaque names a person by their records, for the ledger, in a way that nobody
// without the key can read back.
func (d *Desk) opaque(records []string) string {
	h := hmac.New(sha256.New, d.Keys.Index().Key.Reveal())
	for _, r := range slices.Sorted(slices.Values(records)) {
		h.Write([]byte(r))
		h.Write([]byte{0})
	}
	return "person-" + hex.EncodeToString(h.Sum(nil)[:16])
}

func (d *Desk) find(ctx context.Context, q Query) (a *find.Answer, err error) {
	k, err := q.Known()
	if err != nil {
		return nil, err
	}
	err = d.searching(ctx, func(_ *systems, f *find.Finder) error {
		a, err = f.Find(ctx, k)
		return err
	})
	return a, err
}

// searching opens the systems and the index for the length of do, to search our own set.
func (d *Desk) searching(ctx context.Context, do func(*systems, *find.Finder) error) error {
	return d.searchingIn(ctx, "", do)
}

// searchingIn is searching in the set of a client, and no other.
func (d *Desk) searchingIn(ctx context.Context, client string, do func(*systems, *find.Finder) error) error {
	s, err := d.openSet(ctx, client)
	if err != nil {
		return err
	}
	defer s.close()
	x, err := d.openIndex(ctx)
	if err != nil {
		return err
	}
	defer x.Close()
	f, err := s.finder(ctx, d, x)
	if err != nil {
		return err
	}
	return do(s, f)
}

// ownDomains are the domains of the landlord's own e-mail addresses.
func (d *Desk) ownDomains() []string {
	var out []string
	for _, c := range d.Notice.Landlord.Contacts {
		if _, domain, ok := strings.Cut(string(c.Email), "@"); ok && !slices.Contains(out, strings.ToLower(domain)) {
			out = append(out, strings.ToLower(domain))
		}
	}
	return out
}

// NotSearched is what no answer covers just now.
func (d *Desk) NotSearched(ctx context.Context) (out []find.NotSearched, err error) {
	err = d.searching(ctx, func(_ *systems, f *find.Finder) error {
		out, err = f.NotSearched(ctx)
		return err
	})
	return out, err
}
