package desk

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/redact"
	"tenet/internal/rows"
)

// composer makes the documents that people decide on, record by record and field
// by field, and proves what is decided.
type composer struct {
	caseID   string
	maps     map[string]*datamap.Map
	notice   *notice.Notice
	redactor *redact.Redactor
	own      []string // what is revealed on purpose: the requester's own names and numbers
	steps    []redact.Step
	base     map[string]redact.Flagged
	portable *portability    // what may be taken along; nil where a copy was asked for
	scope    *Scope          // what was asked for; nil is everything
	held     []string        // values of fields that are another person's
	secrets  []string        // that must be in no byte that goes out
	ordinary map[string]bool // words that the pack itself says: the names of tables and columns
}

// itemID names a record within a case, for decisions and the ledger, without
// giving its key away. It is of the record as it reads now: what was decided of
// other words does not hold for these.
func itemID(caseID string, r find.Record) string {
	h := hmac.New(sha256.New, []byte(caseID))
	fmt.Fprintf(h, "%q", r.ID())
	for _, v := range r.Row.Values {
		fmt.Fprintf(h, "%t %q %q", v.Null, v.Text, v.Lost)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// compose proposes, and folds what was decided. What is withheld once is withheld
// everywhere: another pass proposes it wherever it stands and was not recognised.
func (c *composer) compose(a *find.Answer) (*redact.State, error) {
	c.ordinary = map[string]bool{}
	for _, r := range a.Records {
		names := []string{r.Table}
		for _, col := range r.Row.Table.Columns {
			names = append(names, col.Name)
		}
		for _, n := range names {
			for w := range match.Words(pack.Label(n)) {
				c.ordinary[w.Text] = true
			}
		}
	}
	items := make(map[string]string, len(a.Records))
	for _, r := range a.Records {
		items[r.ID()] = itemID(c.caseID, r)
	}
	docs := make([]redact.Document, 0, len(a.Records))
	for _, r := range a.Records {
		d := c.document(r)
		d.Like = items[r.Like]
		docs = append(docs, d)
	}
	fold := func() (*redact.State, error) {
		return redact.NewWork(docs, c.redactor.Labels).At(c.steps, c.base)
	}
	state, err := fold()
	if err != nil {
		return nil, err
	}
	everywhere, _ := state.Secrets(c.held, c.own)
	if state.Spread(everywhere) {
		if state, err = fold(); err != nil {
			return nil, err
		}
	}
	if _, c.secrets = state.Secrets(c.held, c.own); c.holdHidden(state) {
		state, err = fold()
	}
	return state, err
}

// holdHidden keeps fields in that still hold something withheld in another form:
// spelt out, run together, encoded; and keys of which a part would have to be taken
// out. It says whether there were any.
func (c *composer) holdHidden(state *redact.State) (held bool) {
	each := func(do func(p *redact.Piece, clean string)) {
		for d := range state.Work.Docs {
			if out, _, _ := state.Out(d); !out {
				continue
			}
			for p := range state.Work.Docs[d].Pieces {
				piece := &state.Work.Docs[d].Pieces[p]
				if clean, _, _, why := state.Field(d, p); why == "" {
					do(piece, clean)
				} else if piece.Whole && piece.Held == "" && piece.Unread == "" {
					piece.Held, piece.Exemption, held = reasonHidden, "", true
				}
			}
		}
	}
	var all bytes.Buffer
	each(func(_ *redact.Piece, clean string) { all.WriteString(clean + "\n.\n") })
	// Looking once at everything is cheap; field by field only where there is
	// something to be found.
	if redact.Prove(all.Bytes(), c.secrets) != nil {
		each(func(p *redact.Piece, clean string) {
			if redact.Prove([]byte(clean), c.secrets) != nil {
				p.Held, p.Exemption, held = reasonOther, law.ExemptThirdParty, true
			}
		})
	}
	return held
}

// document is a record as people decide on it.
func (c *composer) document(r find.Record) redact.Document {
	d := redact.Document{ID: itemID(c.caseID, r)}
	t := c.maps[r.Source].Tables[r.Table]
	if why := c.portable.record(r, t); why != "" {
		d.Stays, d.Exemption = why, law.ExemptNotPortable
	} else if stays, _ := c.scope.leaves(r, t); stays != "" {
		d.Stays, d.Exemption = stays, law.ExemptNotAsked
	} else if waits := c.waits(r, t); r.Is(datamap.Authored) {
		d.Stays, d.Exemption = reasonAuthored, law.ExemptNotYours
	} else if waits != "" {
		d.Waits, d.Exemption = waits, law.ExemptThirdParty
	}
	// Free text goes out at once only where the whole row is the requester's and
	// nothing asks for a reader; a person's decision to release lets it out.
	freely := slices.Equal(r.Whose, []datamap.Whose{datamap.Self}) && len(r.Review) == 0
	for _, col := range r.Row.Table.Columns {
		if v := r.Row.Get(col.Name); !v.Empty() {
			p := redact.Piece{Name: col.Name, Text: v.Text}
			c.piece(&p, d.ID, r, t, col, freely)
			d.Pieces = append(d.Pieces, p)
		}
	}
	return d
}

// waits is why the whole record needs a person before it goes out.
func (c *composer) waits(r find.Record, t *datamap.Table) string {
	_, unsure := c.scope.leaves(r, t)
	switch {
	case r.Is(datamap.Mention):
		return reasonMention
	case unsure != "":
		return unsure
	case t.Review != "":
		return t.Review
	case t.Category != "":
		return c.notice.Review(t.Category)
	}
	return ""
}

func (c *composer) piece(p *redact.Piece, item string, r find.Record, t *datamap.Table, col rows.Column, freely bool) {
	m := t.Columns[col.Name]
	if m == nil {
		m = &datamap.Column{}
	}
	p.Exemption, p.Prose = law.ExemptThirdParty, m.FreeText || long(p.Text)
	_, decided := c.base[item]
	switch {
	case m.Hide != "":
		p.Held, p.Exemption = reasonHidden, ""
		return
	case slices.Equal(r.FieldWhose[col.Name], []datamap.Whose{datamap.Other}):
		c.secret(p.Text)
		p.Held = reasonOther
		return
	case c.portable != nil:
		if why, _ := c.portable.column(r, t, col.Name); why != "" {
			p.Held, p.Exemption = why, law.ExemptNotPortable // whatever anybody decides
			return
		}
	}
	switch {
	case m.Review != "" && decided:
		p.Held = m.Review // whoever released the record did not mean this field by it
		return
	case m.Review != "":
		p.Unread = m.Review
	case m.FreeText && !freely:
		p.Unread = reasonFree
	case m.Category != "" && m.Category != t.Category && !freely && c.notice.Review(m.Category) != "":
		p.Unread = c.notice.Review(m.Category)
	}
	if t.People != datamap.NotPeople && r.Is(datamap.Self) && slices.Contains(t.Identifiers.All(), col.Name) {
		return // who they are, as we hold it: theirs, whoever else has the same name
	}
	if m.Role == datamap.Subject && !m.FreeText && slices.Equal(r.Whose, []datamap.Whose{datamap.Self}) {
		return // the map says that the column is about them and nobody else: their number, their address on the net
	}
	if col.Kind != rows.Text && col.Kind != rows.JSON && col.Kind != rows.Other && !strings.ContainsFunc(p.Text, unicode.IsLetter) {
		return
	}
	p.Whole = slices.Contains(r.Row.Key, col.Name) || joins(t, col.Name)
	gone := 0
	for _, x := range c.redactor.Propose(p.Text) {
		p.Spans = append(p.Spans, redact.Span{Proposal: x})
		if x.Action != redact.Reveal {
			gone++
		}
	}
	for _, plain := range decoded(p.Text) {
		more := 0
		for _, x := range c.redactor.Propose(plain) {
			if x.Action != redact.Reveal {
				more++
			}
		}
		if more > gone {
			p.Held = reasonOther // it names somebody in an escaped form
		}
	}
}

// decoded is a text as whatever it is written for would show it, where that
// differs.
func decoded(text string) []string {
	var out []string
	if plain := html.UnescapeString(text); plain != text {
		out = append(out, plain)
	}
	var v any
	if strings.Contains(text, `\u`) && json.Unmarshal([]byte(text), &v) == nil {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// joins says that a column does nothing but point at another row.
func joins(t *datamap.Table, column string) bool {
	for _, e := range slices.Concat(t.OwnedBy, t.RefersTo) {
		if _, ok := e.On[column]; ok {
			return true
		}
	}
	return false
}

// secret adds the value of a withheld field to what must not appear anywhere:
// a name, an address, a telephone number. A bare number or code of a few signs
// is no secret outside its own field.
func (c *composer) secret(text string) {
	text = strings.TrimSpace(text)
	digits, letters := 0, 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		} else if unicode.IsLetter(r) {
			letters++
		}
	}
	if c.ordinary[strings.ToLower(text)] || strings.Contains(strings.ToLower(text), "withheld]") {
		return
	}
	if letters < 4 && digits < 9 || slices.ContainsFunc(c.own, func(o string) bool { return strings.EqualFold(o, text) }) {
		return
	}
	c.held = append(c.held, text)
}

// dispositions is what becomes of each record, as the state has it.
func dispositions(records []find.Record, state *redact.State) []Disposition {
	out := make([]Disposition, len(records))
	for i, r := range records {
		doc, flag := &state.Work.Docs[i], state.Flag(i).Flag
		x := Disposition{Item: doc.ID, Record: r, Repeats: flag == redact.FlagDuplicate}
		x.Out, x.Exemption, x.Reason = state.Out(i)
		x.Waiting, _ = state.Waiting(i)
		if !x.Out && x.Reason == doc.Waits {
			x.Waits, x.Reason = doc.Waits, reasonUndecided
		}
		p := 0
		for _, col := range r.Row.Table.Columns {
			v := r.Row.Get(col.Name)
			f := FieldFate{Name: col.Name, Long: long(v.Text), Out: true}
			if !v.Empty() {
				var taken []redact.Settled
				f.Clean, taken, f.Exemption, f.Reason = state.Field(i, p)
				f.Out = f.Reason == ""
				for _, s := range taken {
					f.Pieces, f.Under = append(f.Pieces, s.Label), append(f.Under, s.Exemption)
				}
				p++
			}
			x.Fields = append(x.Fields, f)
		}
		out[i] = x
	}
	return out
}

// flagged is what was decided of whole records before there were flags.
func flagged(decisions []cases.Decision) map[string]redact.Flagged {
	out := map[string]redact.Flagged{}
	for _, d := range decisions {
		f := redact.Flagged{Flag: redact.FlagWithhold, Verdict: redact.Verdict{Action: redact.Withhold, Exemption: d.Exemption, Reason: d.Reason, By: d.By, At: d.At}}
		if d.Release {
			f.Flag, f.Action = redact.FlagRelease, redact.Reveal
		}
		out[d.Item] = f
	}
	return out
}
