package desk

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// teller goes through those who are to be told.
type teller struct {
	d      *Desk
	o      TellOrder
	n      *notice.Notice
	s      *systems
	set    *letter.Set
	link   string
	out    Telling
	counts map[string]*TellCount
	held   map[string]*tellHeld
	marker func(cases.Person) [][]byte
	asked  map[string]bool // the companies and languages whose letter was held against what we never ask for
	// seen is the beginnings of the marks of everybody so far: some 40 bytes a mark.
	seen map[uint64]struct{}
}

func (t *teller) count(company string) *TellCount {
	c := t.counts[company]
	if c == nil {
		c = &TellCount{Company: company, Name: t.d.companyName(company), Left: map[string]int{}}
		t.counts[company] = c
	}
	return c
}

// companyName is what a controller or client is called.
func (d *Desk) companyName(id string) string {
	for _, c := range d.Notice.Landlord.Controllers {
		if string(c.ID) == id {
			return c.Name
		}
	}
	if c, err := d.client(id); err == nil {
		return c.Name
	}
	return d.Notice.Landlord.Name
}

// marks are what an addressee is known by again. What two people may share, such as an
// e-mail address or the reference of a tenancy, counts with the name: both are told.
func (t *teller) marks(a addressee) [][]byte {
	with := func(what string) string {
		if what == "" {
			return ""
		}
		return what + " " + strings.Join(strings.Fields(strings.ToLower(a.person.Name)), " ")
	}
	all := t.marker(cases.Person{Name: a.person.Name, Born: a.person.Born, NINO: a.person.NINO, NHS: a.person.NHS, Email: with(a.person.Email), Reference: with(cmp.Or(a.person.Reference, a.person.Phone))})
	if len(all) > 0 || a.address == "" {
		return all
	}
	return t.marker(cases.Person{Reference: with(a.address)})
}

// due is somebody to whom a letter goes.
type due struct {
	addressee
	marks [][]byte
	p     Preview
	plain []byte // what is kept of the letter, once it is written
}

// take tells some of them.
func (t *teller) take(ctx context.Context, some []addressee) error {
	t.out.Read += len(some)
	ready, err := t.ready(ctx, some)
	if err != nil {
		return err
	}
	for _, company := range slices.Sorted(maps.Keys(ready)) {
		h, err := t.holds(ctx, company)
		if err != nil {
			return err
		}
		c := t.count(company)
		list := slices.DeleteFunc(ready[company], func(x due) bool { return h.has(x.marks) })
		c.Before += len(ready[company]) - len(list)
		if t.o.Dry {
			for _, x := range list {
				c.add(x)
			}
		} else if err := t.write(ctx, company, list); err != nil {
			return err
		}
	}
	if t.o.Each == nil {
		return ctx.Err()
	}
	return t.d.Store.Write(ctx, func(tx *store.Tx) error { return t.o.Each(ctx, tx, t.out.Read) })
}

// ready is those to whom a letter goes, by company. The others are counted.
func (t *teller) ready(ctx context.Context, some []addressee) (map[string][]due, error) {
	var list []due
	var asked [][][]byte
	for _, a := range some {
		c, marks := t.count(a.company), t.marks(a)
		switch {
		case len(marks) == 0:
			c.People++
			c.Left["their record says neither who they are nor where"]++
		case t.before(a.company, marks):
			c.Twice++
		case a.left != "":
			c.People++
			c.Left[a.left]++
		default:
			c.People++
			list, asked = append(list, due{addressee: a, marks: marks}), append(asked, t.marker(a.person))
		}
	}
	known, err := t.d.Cases.Marked(ctx, asked)
	if err != nil {
		return nil, err
	}
	out := map[string][]due{}
	for i, x := range list {
		safe := func(place string) bool { return place != "" }
		if known[i] {
			if safe, err = t.d.safeFor(ctx, x.person); err != nil {
				return nil, err
			}
		}
		p, why := t.way(x.addressee, safe)
		if why != "" {
			t.count(x.company).Left[why]++
			continue
		}
		x.p = p
		out[x.company] = append(out[x.company], x)
	}
	return out, nil
}

func (c *TellCount) add(x due) {
	switch {
	case x.p.Way == ByEmail:
		c.Email++
	case x.home:
		c.Home++
		fallthrough
	default:
		c.Post++
	}
}

// before notes somebody, and says whether they were met before in this run. For another
// company they are met anew.
func (t *teller) before(company string, marks [][]byte) bool {
	met := false
	for _, m := range marks {
		key := binary.BigEndian.Uint64(m)
		for _, b := range []byte(company) {
			key = key*1099511628211 ^ uint64(b)
		}
		if _, ok := t.seen[key]; ok {
			met = true
		}
		t.seen[key] = struct{}{}
	}
	return met
}

// way is how a letter gets to somebody, or why none does.
func (t *teller) way(a addressee, safe func(place string) bool) (Preview, string) {
	if a.person.Email == "" && a.address == "" {
		return Preview{}, cmp.Or(a.homeless, "no address of theirs is in their record")
	}
	p := Preview{}
	post := strings.Join(splitAddress(a.address), "\n")
	switch {
	case t.d.Config.Post != "" && strings.Contains(a.person.Email, "@") && safe(a.person.Email):
		p.Way, p.To = ByEmail, a.person.Email
		if safe(a.address) {
			p.Post = post
		}
	case post != "" && safe(a.address):
		p.Way, p.To = ByPost, post
	case post == "":
		return p, "no e-mail can go to them, and " + cmp.Or(a.homeless, "no postal address is in their record")
	default:
		return p, "no letter can go where they are safe to be reached"
	}
	return p, ""
}

// tellWords begins the name of the letter of somebody among those of a version and a
// company; the mark by which they are known again ends it.
const tellWords = "told "

func tellOnce(mark []byte) string { return tellWords + hex.EncodeToString(mark) }

// tellHeld is the letters of one company about the version: the case that holds them, and
// whose they are, as far as was read.
type tellHeld struct {
	k    cases.Case // without an id where a run that counts found none
	last int64      // the number of the last that is in had
	had  map[uint64]struct{}
}

func (h *tellHeld) note(mark []byte) { h.had[binary.BigEndian.Uint64(mark)] = struct{}{} }

// has says whether somebody has their letter, by any of their marks.
func (h *tellHeld) has(marks [][]byte) bool {
	return slices.ContainsFunc(marks, func(m []byte) bool {
		_, ok := h.had[binary.BigEndian.Uint64(m)]
		return ok
	})
}

// read reads whose the letters are that were written since it last did, by another process
// as a rule: none.
func (h *tellHeld) read(ctx context.Context, tx *store.Tx, landlord string) error {
	rows, err := tx.QueryContext(ctx, `SELECT n, once FROM desk_letter WHERE landlord = $1 AND case_id = $2 AND n > $3 ORDER BY n`, landlord, h.k.ID, h.last)
	if err != nil {
		return fmt.Errorf("who has their letter: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var once string
		if err := rows.Scan(&h.last, &once); err != nil {
			return fmt.Errorf("who has their letter: %w", err)
		}
		if mark, ok := strings.CutPrefix(once, tellWords); ok {
			if m, err := hex.DecodeString(mark); err == nil && len(m) >= 8 {
				h.note(m)
			}
		}
	}
	return rows.Err()
}

// holds is the letters of a company; a run that writes opens the case for them.
func (t *teller) holds(ctx context.Context, company string) (*tellHeld, error) {
	if h := t.held[company]; h != nil {
		return h, nil
	}
	h := &tellHeld{had: map[uint64]struct{}{}}
	var err error
	if t.o.Dry {
		h.k, err = t.holderOf(ctx, company)
	} else {
		h.k, err = t.holder(ctx, company)
	}
	if err != nil {
		return nil, err
	}
	if h.k.ID != "" {
		t.count(company).Case = h.k.Number
		if err := t.d.Store.Read(ctx, func(tx *store.Tx) error { return h.read(ctx, tx, t.d.Config.Landlord) }); err != nil {
			return nil, err
		}
	}
	t.held[company] = h
	return h, nil
}

// holderOf is the case that holds the letters of a company, where there is one.
func (t *teller) holderOf(ctx context.Context, company string) (cases.Case, error) {
	var k cases.Case
	err := t.d.Store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT id, number FROM cases WHERE landlord = $1 AND channel = $2 AND notice = $3 AND entity = $4`,
			t.d.Config.Landlord, tellChannel, t.n.Version(), company).Scan(&k.ID, &k.Number)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return k, err
}

// write writes letters to some people of a company, and puts them into the outbox in one
// transaction, with one entry of the ledger that commits to them all.
func (t *teller) write(ctx context.Context, company string, list []due) error {
	h, c := t.held[company], t.count(company)
	for i := range list {
		if err := t.letter(h.k, &list[i]); err != nil {
			return err
		}
	}
	var done TellCount
	var wrote [][]byte
	last := int64(0)
	err := t.d.Store.Write(ctx, func(tx *store.Tx) error {
		done, wrote = TellCount{}, wrote[:0]
		if err := h.read(ctx, tx, t.d.Config.Landlord); err != nil {
			return err
		}
		if err := t.stands(ctx, tx); err != nil {
			return err
		}
		b, err := t.d.tellBatch(ctx, tx, h.k, t.o.By, h.last)
		if err != nil {
			return err
		}
		defer b.close()
		for _, x := range list {
			if h.has(x.marks) { // another process was quicker
				done.Before++
				continue
			}
			if err := b.put(ctx, x); err != nil {
				return err
			}
			done.add(x)
			wrote = append(wrote, x.marks[0])
		}
		last = b.last
		return b.record(ctx, tx)
	})
	if err != nil {
		return err
	}
	for _, m := range wrote {
		h.note(m)
	}
	h.last = last
	c.Email, c.Post, c.Home, c.Before = c.Email+done.Email, c.Post+done.Post, c.Home+done.Home, c.Before+done.Before
	return nil
}

// stands refuses to tell anybody more of a version that was withdrawn meanwhile.
func (t *teller) stands(ctx context.Context, tx *store.Tx) error {
	var withdrawn sql.NullInt64
	err := tx.QueryRowContext(ctx, `SELECT withdrawn FROM desk_notice WHERE landlord = $1 AND version = $2`, t.d.Config.Landlord, t.n.Version()).Scan(&withdrawn)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("whether version %s was withdrawn: %w", t.n.Version(), err)
	}
	if withdrawn.Valid {
		return &Error{Code: "withdrawn", What: "the version was withdrawn: nobody more is told of it", Where: t.n.Version(), Mend: "adopt the version that takes its place, and tell people of that"}
	}
	return nil
}

// letter fills in somebody's letter.
func (t *teller) letter(k cases.Case, x *due) error {
	lang := letter.LangOf(x.language)
	if x.language == "" && len(t.n.Landlord.Languages) > 0 {
		lang = letter.LangOf(string(t.n.Landlord.Languages[0]))
	}
	from, err := law.ParseDate(string(t.n.Landlord.Effective))
	if err != nil {
		return fmt.Errorf("the day on which version %s takes effect: %w", t.n.Version(), err)
	}
	in := letter.Input{Kind: letter.NoticeChanged, Lang: lang, From: t.d.sender(k), Day: t.d.Today(), Reference: k.Number, About: k.Kind,
		Until: from, Words: in(t.o.Words, lang), Says: map[string]string{"why": in(t.o.Why, lang)}, Link: t.link}
	if of := k.ID + string(lang); !t.asked[of] { // they differ in name and address alone
		l, err := t.set.Write(in)
		if err == nil {
			err = t.d.asksNothing(l)
		}
		if err != nil {
			return unwritten(k, err)
		}
		t.asked[of] = true
	}
	in.To = letter.SafeName(x.person.Name)
	if x.p.Way == ByPost {
		in.At = strings.Split(x.p.To, "\n")
	}
	if x.p.Letter, err = t.set.Write(in); err != nil {
		return unwritten(k, err)
	}
	x.plain, err = json.Marshal(Content{To: x.p.To, Letter: x.p.Letter, Post: x.p.Post})
	return err
}

// in is words in a language, or in English.
func in(words map[letter.Lang]string, lang letter.Lang) string {
	return cmp.Or(strings.TrimSpace(words[lang]), words[letter.English])
}

// tellChannel marks the cases that hold letters about a version.
const tellChannel = "notice"

// holder is the case that holds the letters of a company about the version: opened with
// the first, and ended at once, as there is nothing to do in it.
func (t *teller) holder(ctx context.Context, company string) (cases.Case, error) {
	id, says := "notice-changed", "We tell people whom a change of the notice concerns."
	if ch := t.n.Landlord.Changes; ch != nil {
		if s, ok := t.n.Words.Sentence(ch.Promise.First()); ok {
			id, says = string(s.ID), s.Text
		}
	}
	k, err := t.d.Cases.Open(ctx, cases.Request{Once: "notice " + t.n.Version() + " " + company, Kind: law.KindOther, Regime: law.Regime("promise:" + id), Received: t.d.Today(), Channel: tellChannel, By: t.o.By,
		Notice: t.n.Version(), Nation: law.Nation(t.n.Landlord.Nation), Promise: &law.Promise{ID: id, Says: says, Count: 1, Unit: law.Months},
		Requester: cases.Requester{Name: t.d.companyName(company)}, Entity: company})
	if err != nil {
		return k, err
	}
	if k.State.Running() {
		why := fmt.Sprintf("This case only holds the letters of %s about version %.12s of the notice.", t.d.companyName(company), t.n.Version())
		also := func(ctx context.Context, tx *store.Tx) error {
			return tx.Record(ctx, ledger.Act{Landlord: t.d.Config.Landlord, Actor: t.o.By, Name: "notice.telling", Subject: k.ID, Notice: t.n.Version(), Once: "notice.telling/" + k.ID},
				map[string]any{"company": company, "words": t.o.Words, "why": t.o.Why})
		}
		if k, err = t.d.Cases.Withdraw(ctx, cases.On{Case: k.ID, By: t.o.By, Once: "holds letters", Also: also}, why); err != nil {
			return k, err
		}
	}
	return k, nil
}
