package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"tenet/internal/cases"
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
	// Each, which may be nil, is part of the transaction of each batch of people: read is
	// how many records were looked at so far.
	Each func(ctx context.Context, tx *store.Tx, read int) error
}

// InEach is words in English and in Welsh, which may be empty.
func InEach(english, welsh string) map[letter.Lang]string {
	return map[letter.Lang]string{letter.English: english, letter.Welsh: welsh}
}

// mostTelling is how long the words of a telling may be together, in bytes of JSON: they
// wait in a job's row until all letters are written.
const mostTelling = 3500

// Telling is who was found to be told of a change, and how, by company.
type Telling struct {
	Version   string      `json:"version"`
	Effective notice.Date `json:"effective"`
	Dry       bool        `json:"dry"`
	Kinds     []TellKind  `json:"kinds"`
	Companies []TellCount `json:"companies"`
	Gaps      []string    `json:"gaps"` // what was not read, or not to its end
	Read      int         `json:"read"` // records of people that were looked at
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
	Home    int            `json:"home"` // of those by post, to the home of their tenancy
	Left    map[string]int `json:"left"` // who gets none, by reason
}

// addressee is somebody who is to be told.
type addressee struct {
	person   cases.Person
	address  string
	language string
	company  string
	left     string // why they get no letter; empty where they may
	home     bool   // the address is that of the home of their tenancy
	homeless string // why it is not, where they have none of their own
}

// tellAtOnce is how many people are looked up, and written to, in one transaction.
const tellAtOnce = 500

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
	t := &teller{d: d, o: o, n: n, s: s, seen: map[uint64]struct{}{}, counts: map[string]*TellCount{}, held: map[string]*tellHeld{}, asked: map[string]bool{}}
	if t.marker, err = d.Cases.Marker(ctx); err != nil {
		return Telling{}, err
	}
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
	for _, m := range []map[letter.Lang]string{o.Words, o.Why} {
		for _, words := range m {
			if !utf8.ValidString(words) {
				return &Error{Code: "usage", What: "the words are no text", Where: "--words", Mend: "write them in UTF-8"}
			}
		}
		if strings.TrimSpace(m[letter.English]) == "" {
			return &Error{Code: "usage", What: "it does not say what changes, or why", Where: "--words, --reason", Mend: "say both in plain English, as somebody who gets the letter would want to read it"}
		}
	}
	kept, err := json.Marshal([]map[letter.Lang]string{o.Words, o.Why})
	if err != nil {
		return fmt.Errorf("the words of a telling: %w", err)
	}
	if len(kept) > mostTelling {
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
