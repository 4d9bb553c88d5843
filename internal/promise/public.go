package promise

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Public is a promise as the public may see it: no examples, no gaps, and no number
// that could single anybody out.
type Public struct {
	ID        notice.ID `json:"id"`
	Says      string    `json:"says"`
	Section   string    `json:"section"`
	Status    Status    `json:"status"`
	Since     time.Time `json:"since"`   // from when on the status has been this
	Figure    string    `json:"figure"`  // what was counted, in words
	Figures   []Figure  `json:"figures"` // the same
	Checks    []string  `json:"checks"`  // the kinds of check, each once
	CheckedAt time.Time `json:"checked_at"`
	Method    []string  `json:"method"`          // how it is checked, a sentence for each check
	Words     *Answer   `json:"words,omitempty"` // the landlord's own, where it is not kept
}

// Figure is how much is as promised. A number that is too small to be said is Few.
type Figure struct {
	Check string `json:"check"` // the kind of check that counted
	Good  int64  `json:"good"`
	Total int64  `json:"total"`
	Unit  string `json:"unit"` // "requests"
	// Hidden says which number is not given because it is above zero and below Few; then
	// Good is 0, and of what is hidden by its total Total is too.
	Hidden Hidden `json:"hidden,omitempty"`
}

// Hidden is a number too small to be said.
type Hidden string

// What may be hidden: how many there are, how many are as promised, how many are not.
const (
	HiddenTotal Hidden = "total"
	HiddenGood  Hidden = "good"
	HiddenBad   Hidden = "bad"
)

// String is the figure in words.
func (f Figure) String() string {
	switch {
	case f.Hidden == HiddenTotal:
		return fmt.Sprintf("fewer than %d %s", Few, f.Unit)
	case f.Hidden == HiddenGood:
		return fmt.Sprintf("fewer than %d of %s %s", Few, count(f.Total), f.Unit)
	case f.Hidden == HiddenBad:
		return fmt.Sprintf("all but fewer than %d of %s %s", Few, count(f.Total), f.Unit)
	}
	return fmt.Sprintf("%s of %s %s", count(f.Good), count(f.Total), f.Unit)
}

// Few is the number below which a count is not made public: with fewer, somebody who
// knows one of those concerned learns of them.
const Few = 5

// public is a figure without numbers that are too small: neither what is given nor
// what can be worked out from it.
func (e Evidence) public() Figure {
	f := Figure{Check: e.Check, Good: e.Good, Total: e.Total, Unit: e.unit()}
	bad := e.Total - e.Good
	switch {
	case e.Total == 0:
	case e.Total < Few:
		f.Good, f.Total, f.Hidden = 0, 0, HiddenTotal
	case e.Good > 0 && e.Good < Few:
		f.Good, f.Hidden = 0, HiddenGood
	case bad > 0 && bad < Few:
		f.Good, f.Hidden = 0, HiddenBad
	}
	return f
}

// unit is what was counted: the end of the figure in words.
func (e Evidence) unit() string {
	prefix := count(e.Good) + " of " + count(e.Total) + " "
	return strings.TrimPrefix(e.Figure, prefix)
}

// Answer is what the landlord says publicly of a promise that it does not keep.
type Answer struct {
	Words string   `json:"words"`
	Welsh string   `json:"welsh,omitempty"`
	By    law.Date `json:"by,omitzero"` // the day by which it will be mended
}

// ErrAnswer says that what was to be said publicly cannot be.
var ErrAnswer = errors.New("say what will be done in up to 1,000 bytes a language, and by when: a day that has not passed")

// Answer keeps what the landlord says publicly of a promise that is not kept. It is
// shown for as long as the promise stays broken and its words what they are.
func (h *History) Answer(ctx context.Context, by string, n *notice.Notice, id notice.ID, a Answer) error {
	says, ok := Say(n, id)
	if !ok {
		return fmt.Errorf("%w: %s", ErrNoPromise, quote(string(id)))
	}
	a.Words, a.Welsh = strings.TrimSpace(a.Words), strings.TrimSpace(a.Welsh)
	const most = 1000
	if a.Words == "" || len(a.Words) > most || len(a.Welsh) > most || !utf8.ValidString(a.Words+a.Welsh) || a.By.IsZero() || a.By.Before(law.DateOf(h.Now())) {
		return ErrAnswer
	}
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: h.Landlord, Actor: by, Name: "promise.answered", Subject: string(id), Notice: n.Version()}, answered{a, words(says)})
	})
	if err != nil {
		return fmt.Errorf("answer for %s: %w", id, err)
	}
	return nil
}

// answered is an answer as the ledger keeps it: with a digest of the sentence it is of.
type answered struct {
	Answer
	Of string `json:"of"`
}

// Answered is what was said last of a promise with these words, from a day on; nil if
// nothing was.
func (h *History) Answered(ctx context.Context, id notice.ID, says string, since time.Time) (*Answer, error) {
	var out *Answer
	err := h.read(ctx, `SELECT p.payload FROM ledger_entry e JOIN ledger_payload p ON p.landlord = e.landlord AND p.entry = e.id
		WHERE e.landlord = $1 AND e.subject = $2 AND e.act = 'promise.answered' AND e.time >= $3 ORDER BY e.id DESC LIMIT 1`,
		[]any{h.Landlord, string(id), store.Micros(since)}, func(rows *sql.Rows) error {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			var a answered
			if err := json.Unmarshal([]byte(text), &a); err != nil {
				return err
			}
			if a.Of == words(says) {
				out = &a.Answer
			}
			return nil
		}, func() { out = nil })
	return out, err
}

// Signed are the promises of a notice that were signed off for the public, with these
// very words.
func (h *History) Signed(ctx context.Context, n *notice.Notice) (map[notice.ID]bool, error) {
	signed := map[notice.ID]bool{}
	_, says := promises(n)
	err := h.read(ctx, `SELECT promise, words FROM promise_public WHERE landlord = $1`, []any{h.Landlord}, func(rows *sql.Rows) error {
		var id, w string
		err := rows.Scan(&id, &w)
		if s, ok := says[notice.ID(id)]; ok && w == words(s) {
			signed[notice.ID(id)] = true
		}
		return err
	}, func() { clear(signed) })
	return signed, err
}

// Published are the promises that were signed off, in the order of the notice. One
// whose words have changed since is left out until it is signed off again; so is one
// that was never checked.
func (h *History) Published(ctx context.Context, n *notice.Notice) ([]Public, error) {
	signed, err := h.Signed(ctx, n)
	if err != nil {
		return nil, fmt.Errorf("read which promises are public: %w", err)
	}
	all, err := h.Board(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	out := []Public{}
	order, says := promises(n)
	sections := Sections(n)
	for _, id := range order {
		s, ok := all[id]
		if !ok || !signed[id] {
			continue
		}
		p := Public{ID: id, Says: says[id], Section: sections[id], Status: s.Status, Since: s.Since, CheckedAt: s.CheckedAt, Figures: []Figure{}, Method: []string{}, Checks: []string{}}
		for _, e := range s.Evidence {
			if f := e.public(); f.Unit != "" {
				p.Figures = append(p.Figures, f)
			}
			if !slices.Contains(p.Checks, e.Check) {
				p.Checks = append(p.Checks, e.Check)
			}
			if e.Method != "" && !slices.Contains(p.Method, e.Method) {
				p.Method = append(p.Method, e.Method)
			}
		}
		figures := make([]string, len(p.Figures))
		for i, f := range p.Figures {
			figures[i] = f.String()
		}
		p.Figure = strings.Join(figures, "; ")
		if p.Status == Broken {
			if p.Words, err = h.Answered(ctx, id, p.Says, p.Since); err != nil {
				return nil, err
			}
		}
		out = append(out, p)
	}
	return out, nil
}
