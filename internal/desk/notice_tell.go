package desk

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// TellOrder is the telling of people of what a version of the notice changes.
type TellOrder struct {
	Version string // its hash, or the beginning of it
	By      string
	// Words are what changes and Why why, in plain words, by language. English must be
	// there; where a language is not, its people get the English.
	Words, Why map[letter.Lang]string
	// Sheet is a sheet of people, beside those of the systems; its name says how it is
	// read. Empty is none.
	Sheet     []byte
	SheetName string
	// Dry counts, and writes nothing.
	Dry bool
}

// InEach is words in English and in Welsh, which may be empty.
func InEach(english, welsh string) map[letter.Lang]string {
	return map[letter.Lang]string{letter.English: english, letter.Welsh: welsh}
}

// mostTelling is how long the words of a telling may be together, in bytes: they wait in a
// job's row until all letters are written.
const mostTelling = 3000

// Telling is who was found to be told of a change, and how, by company.
type Telling struct {
	Version   string      `json:"version"`
	Effective notice.Date `json:"effective"`
	Dry       bool        `json:"dry"`
	Kinds     []TellKind  `json:"kinds"`
	Companies []TellCount `json:"companies"`
	Gaps      []string    `json:"gaps"` // what was not read, or not to its end
}

// TellKind is a kind of people whom a change concerns.
type TellKind struct {
	People notice.People `json:"people"`
	Tables []string      `json:"tables"` // which hold them; empty where no map names any
}

// TellCount is how many people of one company are told.
type TellCount struct {
	Company string         `json:"company"`
	Name    string         `json:"name"`
	Case    string         `json:"case,omitempty"` // whose letters they are
	People  int            `json:"people"`         // each once
	Twice   int            `json:"twice"`          // records of somebody who was counted already
	Before  int            `json:"before"`         // had their letter before this run
	Email   int            `json:"email"`          // letters
	Post    int            `json:"post"`
	Left    map[string]int `json:"left"` // who gets none, by reason
}

// addressee is somebody who is to be told.
type addressee struct {
	person   cases.Person
	address  string
	language string
	company  string
	left     string // why they get no letter; empty where they may
}

// tellAtOnce is how many people are marked, and written to, in one transaction.
const tellAtOnce = 200

// TellChange writes to everybody whom the significant changes of a version concern: the
// people of the tables that maps name, and those of a sheet. Each gets one letter for each
// company that holds them, by the channel they gave, and never where they are not safe to
// be reached. It goes through the list in order, and somebody who has their letter is
// passed over: after a crash it goes on where it stopped.
func (d *Desk) TellChange(ctx context.Context, o TellOrder) (Telling, error) {
	p, err := d.Publication(ctx, o.Version)
	if err != nil {
		return Telling{}, err
	}
	n, err := d.NoticeVersion(ctx, p.Version.Hash)
	if err != nil {
		return Telling{}, err
	}
	if len(p.People) == 0 {
		return Telling{}, &Error{Code: "people", What: "nobody is to be told of this version: it is the first, or what it changes was not found significant", Where: "VERSION", Mend: "tenet notice displays says who is to be told of what"}
	}
	if err := o.Check(); !o.Dry && err != nil {
		return Telling{}, err
	}
	s, err := d.open(ctx)
	if err != nil {
		return Telling{}, err
	}
	defer s.close()
	t := &teller{d: d, o: o, n: n, s: s, seen: map[uint64]struct{}{}, counts: map[string]*TellCount{}, cases: map[string]cases.Case{}}
	t.out = Telling{Version: n.Version(), Effective: n.Landlord.Effective, Dry: o.Dry, Kinds: d.tellKinds(s.maps, p), Gaps: []string{}}
	if t.set, err = d.letters(); err != nil {
		return t.out, err
	}
	if t.link, err = d.noticeAt(n); !o.Dry && err != nil {
		return t.out, err
	}
	for _, g := range s.gaps {
		if g.Table == "" {
			t.out.Gaps = append(t.out.Gaps, g.Source+": "+g.Why)
		}
	}
	var wait []addressee
	for a, err := range t.everybody(ctx) {
		if err != nil {
			return t.out, err
		}
		if wait = append(wait, a); len(wait) == tellAtOnce {
			if err := t.take(ctx, wait); err != nil {
				return t.out, err
			}
			wait = wait[:0]
		}
	}
	err = t.take(ctx, wait)
	for _, id := range slices.Sorted(maps.Keys(t.counts)) {
		t.out.Companies = append(t.out.Companies, *t.counts[id])
	}
	return t.out, err
}

// Check refuses words that no letter could say.
func (o TellOrder) Check() error {
	size := 0
	for _, m := range []map[letter.Lang]string{o.Words, o.Why} {
		for _, words := range m {
			size += len(words)
			if !utf8.ValidString(words) {
				return &Error{Code: "usage", What: "the words are no text", Where: "--words", Mend: "write them in UTF-8"}
			}
		}
		if strings.TrimSpace(m[letter.English]) == "" {
			return &Error{Code: "usage", What: "it does not say what changes, or why", Where: "--words, --reason", Mend: "say both in plain English, as somebody who gets the letter would want to read it"}
		}
	}
	if size > mostTelling {
		return &Error{Code: "usage", What: fmt.Sprintf("what is to be told is longer than %d bytes", mostTelling), Where: "--words", Mend: "say it in fewer words: the letter names where the whole can be read"}
	}
	return nil
}

// noticeAt is where people read what was changed: the portal, or the first place of
// display.
func (d *Desk) noticeAt(n *notice.Notice) (string, error) {
	if d.Config.Public != "" {
		return strings.TrimSuffix(d.Config.Public, "/") + "/notice/changes?to=" + n.Version()[:12], nil
	}
	for _, x := range n.Landlord.Displays {
		return x.Title + ", " + x.At, nil
	}
	return "", &Error{Code: "config", What: "nothing says where people can read the notice", Where: "tenet.yaml: public", Mend: "give the address of the portal there, or a place of display in landlord.yaml"}
}

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
	cases  map[string]cases.Case
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
func (t *teller) marks(ctx context.Context, tx *store.Tx, a addressee) ([][]byte, error) {
	with := func(what string) string {
		if what == "" {
			return ""
		}
		return what + " " + strings.Join(strings.Fields(strings.ToLower(a.person.Name)), " ")
	}
	p := cases.Person{Name: a.person.Name, Born: a.person.Born, NINO: a.person.NINO, NHS: a.person.NHS, Email: with(a.person.Email), Reference: with(cmp.Or(a.person.Reference, a.person.Phone))}
	all, err := t.d.Cases.Marks(ctx, tx, p)
	if err != nil || len(all) > 0 || a.address == "" {
		return all, err
	}
	return t.d.Cases.Marks(ctx, tx, cases.Person{Reference: with(a.address)})
}

// take tells some of them.
func (t *teller) take(ctx context.Context, some []addressee) error {
	if len(some) == 0 {
		return ctx.Err()
	}
	marks := make([][][]byte, len(some))
	err := t.d.Store.Write(ctx, func(tx *store.Tx) (err error) {
		for i, a := range some {
			if marks[i], err = t.marks(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	type due struct {
		addressee
		marks [][]byte
		p     Preview
	}
	ready := map[string][]due{} // by company
	for i, a := range some {
		c := t.count(a.company)
		if len(marks[i]) == 0 {
			c.People++
			c.Left["their record says neither who they are nor where"]++
			continue
		}
		if t.before(a.company, marks[i]) {
			c.Twice++
			continue
		}
		c.People++
		if a.left != "" {
			c.Left[a.left]++
			continue
		}
		p, why, err := t.way(ctx, a)
		if err != nil {
			return err
		}
		if why != "" {
			c.Left[why]++
			continue
		}
		ready[a.company] = append(ready[a.company], due{a, marks[i], p})
	}
	for company, list := range ready {
		c := t.count(company)
		if t.o.Dry {
			for _, x := range list {
				c.add(x.p.Way)
			}
			continue
		}
		k, err := t.holder(ctx, company)
		if err != nil {
			return err
		}
		for i := range list {
			if err := t.write(k, list[i].addressee, &list[i].p); err != nil {
				return err
			}
		}
		var done TellCount
		err = t.d.Store.Write(ctx, func(tx *store.Tx) error {
			done = TellCount{}
			for _, x := range list {
				told, err := t.told(ctx, tx, k, x.marks)
				if err != nil {
					return err
				}
				if told {
					done.Before++
					continue
				}
				if err := t.d.enqueue(ctx, tx, k, tellOnce(x.marks[0]), x.p, t.o.By); err != nil {
					return err
				}
				done.add(x.p.Way)
			}
			return nil
		})
		if err != nil {
			return err
		}
		c.Email, c.Post, c.Before = c.Email+done.Email, c.Post+done.Post, c.Before+done.Before
	}
	return nil
}

func (c *TellCount) add(w Way) {
	if w == ByEmail {
		c.Email++
	} else {
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

// tellOnce names the letter of somebody among those of a version and a company.
func tellOnce(mark []byte) string { return fmt.Sprintf("told %x", mark) }

// told says whether somebody has their letter already, by any of their marks.
func (t *teller) told(ctx context.Context, tx *store.Tx, k cases.Case, marks [][]byte) (bool, error) {
	for _, m := range marks {
		var n int64
		err := tx.QueryRowContext(ctx, `SELECT n FROM desk_letter WHERE landlord = $1 AND case_id = $2 AND once = $3`, t.d.Config.Landlord, k.ID, tellOnce(m)).Scan(&n)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return err == nil, err
		}
	}
	return false, nil
}

// way is how a letter gets to somebody, or why none does.
func (t *teller) way(ctx context.Context, a addressee) (Preview, string, error) {
	if a.person.Email == "" && a.address == "" {
		return Preview{}, "no address of theirs is in their record", nil
	}
	safe, err := t.d.safeFor(ctx, a.person)
	if err != nil {
		return Preview{}, "", err
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
		return p, "no e-mail can go to them, and no postal address is in their record", nil
	default:
		return p, "no letter can go where they are safe to be reached", nil
	}
	return p, "", nil
}

// write fills in somebody's letter.
func (t *teller) write(k cases.Case, a addressee, p *Preview) error {
	lang := letter.LangOf(a.language)
	if a.language == "" && len(t.n.Landlord.Languages) > 0 {
		lang = letter.LangOf(string(t.n.Landlord.Languages[0]))
	}
	from, err := law.ParseDate(string(t.n.Landlord.Effective))
	if err != nil {
		return fmt.Errorf("the day on which version %s takes effect: %w", t.n.Version(), err)
	}
	in := letter.Input{Kind: letter.NoticeChanged, Lang: lang, From: t.d.sender(k), To: letter.SafeName(a.person.Name), Day: t.d.Today(), Reference: k.Number, About: k.Kind,
		Until: from, Words: in(t.o.Words, lang), Says: map[string]string{"why": in(t.o.Why, lang)}, Link: t.link}
	if p.Way == ByPost {
		in.At = strings.Split(p.To, "\n")
	}
	if p.Letter, err = t.set.Write(in); err != nil {
		return unwritten(k, err)
	}
	if p.Way == ByEmail {
		p.Mail = &Mail{p.Letter.Subject, p.Letter.Text()}
	}
	return nil
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
	if k, ok := t.cases[company]; ok {
		return k, nil
	}
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
	t.count(company).Case = k.Number
	t.cases[company] = k
	return k, nil
}
