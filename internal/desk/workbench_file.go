package desk

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/detect"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/pack"
	"tenet/internal/redact"
	"tenet/internal/rows"
)

const (
	// outlineFile is the working file of what was found and what is proposed, but for
	// the texts, which stand one after another in the text files.
	outlineFile = "outline.json"
	// textBytes is how much of the texts one file holds.
	textBytes = 32 << 20
	// answerFile is the one working file that earlier versions made of it all.
	answerFile = "answer.json"
)

func textFile(n int) string { return fmt.Sprint("texts.", n) }

// outline is the working file of a draft. Words that are often the same stand in
// Words once, and are meant by their place in it; the first is empty.
type outline struct {
	Stamp    string       `json:"stamp"` // with which each text file begins: they are of one draft
	Files    int          `json:"files"`
	Bytes    int          `json:"bytes"`    // of all texts
	Revision int          `json:"revision"` // the last step that the draft has in it
	Answer   *find.Answer `json:"answer"`   // without its records
	Known    match.Known  `json:"known"`
	Around   []string     `json:"around"`
	Tables   []tableKept  `json:"tables"`
	Words    []string     `json:"words"`
	Items    []itemKept   `json:"items"`
	// NoCopy is why no copy of a document went with the draft, by item.
	NoCopy map[string]whyLeft `json:"no_copy,omitempty"`
	// Proof is what was proved to be in no byte of the draft; nil in drafts of before it
	// was kept. It is proved again of answers that were handed over.
	Proof *proofKept `json:"proof,omitempty"`
}

// proofKept is what was looked for in a draft.
type proofKept struct {
	Secrets []string `json:"secrets"`
}

type tableKept struct {
	Source string     `json:"source"`
	Table  rows.Table `json:"table"`
}

// stretch is a part of the texts: where it begins, and its length.
type stretch [2]int

// itemKept is one record and what is proposed for it.
type itemKept struct {
	ID        string      `json:"id"`
	Title     string      `json:"title"`
	On        law.Date    `json:"on,omitzero"`
	Table     int         `json:"table"`
	Record    stretch     `json:"record"` // the record as JSON, without its values
	Key       int         `json:"key"`    // its columns, with zero bytes between them
	Like      string      `json:"like,omitempty"`
	Thread    int         `json:"thread,omitempty"`
	Waits     int         `json:"waits,omitempty"`
	Stays     int         `json:"stays,omitempty"`
	Exemption int         `json:"exemption,omitempty"`
	Values    []valueKept `json:"values"`
}

// valueKept is one value, and the piece of the document that it is.
type valueKept struct {
	Text      stretch `json:"t"`
	Null      bool    `json:"n,omitempty"`
	Lost      int     `json:"l,omitempty"`
	Held      int     `json:"h,omitempty"`
	Unread    int     `json:"u,omitempty"`
	Exemption int     `json:"e,omitempty"`
	Whole     bool    `json:"w,omitempty"`
	Prose     bool    `json:"p,omitempty"`
	Spans     []byte  `json:"s,omitempty"` // spans one after another, each number as a varint
}

// spanKept is the start and end of a span, and the places in Words of its type, its
// label, action, exemption, reason, lesson, why and part, and of its people, several
// with a zero byte between them.
type spanKept [11]int

// spans are the spans of a value; ok is false if there are none such.
func (v *valueKept) spans() (out []spanKept, ok bool) {
	data := v.Spans
	for len(data) > 0 {
		var s spanKept
		for i := range s {
			n, size := binary.Uvarint(data)
			if size <= 0 || n > math.MaxInt32 {
				return nil, false
			}
			s[i], data = int(n), data[size:]
		}
		out = append(out, s)
	}
	return out, true
}

// writer puts an outline together.
type writer struct {
	outline
	texts strings.Builder
	words map[string]int
}

func (w *writer) word(s string) int {
	n, ok := w.words[s]
	if !ok {
		n = len(w.Words)
		w.words[s] = n
		w.Words = append(w.Words, s)
	}
	return n
}

func (w *writer) text(s string) stretch {
	at := stretch{w.texts.Len(), len(s)}
	w.texts.WriteString(s)
	return at
}

// keep is what was found and proposed, as working files. Those of the draft before
// that are not written over are emptied.
func keep(a *find.Answer, state *redact.State, left map[string]whyLeft, secrets []string, formerly int) ([]cases.File, error) {
	w := writer{words: map[string]int{}}
	w.word("")
	head := *a
	head.Records = nil
	w.Stamp, w.Revision, w.NoCopy, w.Proof = rand.Text(), state.Revision, left, &proofKept{secrets}
	w.Answer, w.Known, w.Around = &head, a.Person.Known, a.Around
	tables := map[string]int{}
	for i, r := range a.Records {
		at, ok := tables[r.Source+"\x00"+r.Table]
		if !ok {
			at = len(w.Tables)
			tables[r.Source+"\x00"+r.Table] = at
			w.Tables = append(w.Tables, tableKept{r.Source, *r.Row.Table})
		}
		item, err := w.item(r, &state.Work.Docs[i])
		if err != nil {
			return nil, err
		}
		item.Table = at
		w.Items = append(w.Items, item)
	}
	texts := w.texts.String()
	w.Bytes, w.Files = len(texts), (len(texts)+textBytes-1)/textBytes
	out, err := json.Marshal(w.outline)
	if err != nil {
		return nil, fmt.Errorf("keep what was found: %w", err)
	}
	files := []cases.File{{Name: outlineFile, Data: out}}
	for i := range w.Files {
		files = append(files, cases.File{Name: textFile(i), Data: []byte(w.Stamp + texts[i*textBytes:min(len(texts), (i+1)*textBytes)])})
	}
	for i := w.Files; i < formerly; i++ {
		files = append(files, cases.File{Name: textFile(i)})
	}
	return files, nil
}

func (w *writer) item(r find.Record, doc *redact.Document) (itemKept, error) {
	row := r.Row
	r.Fields, r.Lost = nil, nil
	meta, err := json.Marshal(r)
	if err != nil {
		return itemKept{}, fmt.Errorf("keep what was found: %w", err)
	}
	item := itemKept{ID: doc.ID, Record: w.text(string(meta)), Like: doc.Like, Thread: w.word(r.Thread), Waits: w.word(doc.Waits), Stays: w.word(doc.Stays), Exemption: w.word(doc.Exemption)}
	item.Title, item.On = titleOf(row)
	item.Key = w.word(strings.Join(row.Key, "\x00"))
	p := 0
	for _, v := range row.Values {
		k := valueKept{Text: w.text(v.Text), Null: v.Null, Lost: w.word(v.Lost)}
		if !v.Empty() {
			piece := &doc.Pieces[p]
			k.Held, k.Unread, k.Exemption, k.Whole, k.Prose = w.word(piece.Held), w.word(piece.Unread), w.word(piece.Exemption), piece.Whole, piece.Prose
			for _, s := range piece.Spans {
				for _, n := range (spanKept{s.Start, s.End, w.word(string(s.Type)), w.word(s.Label), w.word(string(s.Action)), w.word(s.Exemption),
					w.word(s.Reason), w.word(s.Lesson), w.word(s.Why), w.word(string(s.Part)), w.word(strings.Join(s.People, "\x00"))}) {
					k.Spans = binary.AppendUvarint(k.Spans, uint64(n))
				}
			}
			p++
		}
		item.Values = append(item.Values, k)
	}
	return item, nil
}

// titleOf is what a record is called in a list, and the first date in it.
func titleOf(row rows.Row) (title string, on law.Date) {
	for i, c := range row.Table.Columns {
		v := row.Values[i]
		if title == "" && c.Kind == rows.Text && slices.Contains([]string{"subject", "title", "summary", "path"}, strings.ToLower(c.Name)) && !v.Empty() {
			title = clipRunes(strings.Join(strings.Fields(v.Text), " "), 80)
		}
		if on.IsZero() && (c.Kind == rows.Date || c.Kind == rows.Time) {
			on, _ = dayOf(v.Text)
		}
	}
	what := pack.Label(row.Table.Name)
	switch {
	case title != "":
		return what + ": " + title, on
	case !on.IsZero():
		return what + " of " + on.Words(), on
	}
	return what, on
}

func clipRunes(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// check refuses an outline that does not fit its texts, or itself.
func (o *outline) check(texts string) error {
	word := func(all ...int) bool {
		return !slices.ContainsFunc(all, func(n int) bool { return n < 0 || n >= len(o.Words) })
	}
	within := func(start, length, all int) bool { return start >= 0 && length >= 0 && start <= all-length }
	ok := o.Answer != nil && len(texts) == o.Bytes
	for _, item := range o.Items {
		ok = ok && item.Table >= 0 && item.Table < len(o.Tables) && word(item.Key, item.Thread, item.Waits, item.Stays, item.Exemption) && within(item.Record[0], item.Record[1], len(texts)) &&
			len(item.Values) == len(o.Tables[item.Table].Table.Columns)
		for _, v := range item.Values {
			ok = ok && within(v.Text[0], v.Text[1], len(texts)) && word(v.Lost, v.Held, v.Unread, v.Exemption)
			spans, whole := v.spans()
			ok = ok && whole
			for _, n := range spans {
				ok = ok && within(n[0], n[1]-n[0], v.Text[1]) && word(n[2:]...)
			}
		}
		if !ok {
			break
		}
	}
	if !ok {
		return errors.New("the outline does not fit its texts")
	}
	return nil
}

// documents are what an outline says of its texts.
func (o *outline) documents(texts string) (docs []redact.Document) {
	for _, item := range o.Items {
		d := redact.Document{ID: item.ID, Like: item.Like, Waits: o.Words[item.Waits], Stays: o.Words[item.Stays], Exemption: o.Words[item.Exemption]}
		for i, c := range o.Tables[item.Table].Table.Columns {
			k := &item.Values[i]
			text := texts[k.Text[0] : k.Text[0]+k.Text[1]]
			if (rows.Value{Text: text, Null: k.Null}).Empty() {
				continue
			}
			p := redact.Piece{Name: c.Name, Text: text, Held: o.Words[k.Held], Unread: o.Words[k.Unread], Exemption: o.Words[k.Exemption], Whole: k.Whole, Prose: k.Prose}
			spans, _ := k.spans() // which check has seen
			if len(spans) > 0 {
				p.Spans = make([]redact.Span, len(spans))
			}
			for j, n := range spans {
				x := &p.Spans[j]
				x.Span = detect.Span{Start: n[0], End: n[1], Type: detect.Type(o.Words[n[2]]), Text: text[n[0]:n[1]], Why: o.Words[n[8]], Part: detect.Part(o.Words[n[9]])}
				if people := o.Words[n[10]]; people != "" {
					x.People = strings.Split(people, "\x00")
				}
				x.Label, x.Action, x.Exemption, x.Reason, x.Lesson = o.Words[n[3]], redact.Action(o.Words[n[4]]), o.Words[n[5]], o.Words[n[6]], o.Words[n[7]]
			}
			d.Pieces = append(d.Pieces, p)
		}
		docs = append(docs, d)
	}
	return docs
}

// record is what an outline keeps of the i-th record, without its row.
func (o *outline) record(texts string, i int) (r find.Record, err error) {
	at := o.Items[i].Record
	if err := json.Unmarshal([]byte(texts[at[0]:at[0]+at[1]]), &r); err != nil {
		return r, fmt.Errorf("read what was found: %w", err)
	}
	return r, nil
}

// found is the answer that an outline was made of, with its rows.
func (o *outline) found(texts string) (*find.Answer, error) {
	a := *o.Answer
	a.Person.Known, a.Around = o.Known, o.Around
	a.Records = make([]find.Record, len(o.Items))
	for i := range o.Items {
		var err error
		if a.Records[i], err = o.record(texts, i); err != nil {
			return nil, err
		}
		o.fill(&a.Records[i], texts, i)
	}
	return &a, nil
}

// fill puts the values of the i-th record into it.
func (o *outline) fill(r *find.Record, texts string, i int) {
	item := &o.Items[i]
	at := func(s stretch) string { return texts[s[0] : s[0]+s[1]] }
	t := &o.Tables[item.Table].Table
	r.Row = rows.Row{Table: t, Key: strings.Split(o.Words[item.Key], "\x00"), Values: make([]rows.Value, len(t.Columns))}
	r.Fields = make(map[string]*string, len(t.Columns))
	for j, c := range t.Columns {
		k := item.Values[j]
		v := &r.Row.Values[j]
		v.Text, v.Null, v.Lost = at(k.Text), k.Null, o.Words[k.Lost]
		if v.Lost != "" {
			if r.Lost == nil {
				r.Lost = map[string]string{}
			}
			r.Lost[c.Name] = v.Lost
		}
		if r.Fields[c.Name] = nil; !v.Null {
			r.Fields[c.Name] = &v.Text
		}
	}
}

// textFiles is how many text files the draft of a case has now, if it has one.
func (d *Desk) textFiles(ctx context.Context, k cases.Case) int {
	if k.Draft == nil || k.Draft.File != outlineFile {
		return 0
	}
	b, err := d.Bench(ctx, k)
	if err != nil {
		return 0 // it is written over
	}
	return b.Files
}
