package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tenet/internal/doc"
	"tenet/internal/law"
	"tenet/internal/pack"
	"tenet/internal/redact"
	"tenet/internal/source"
)

// What the documents of one answer may cost. A pack holds 1,000 files and 512 MiB,
// its own among them.
const (
	mostDocuments     = 900
	mostDocumentBytes = 256 << 20        // of their copies together
	documentPages     = 1000             // of one of them
	documentTime      = 15 * time.Minute // for one of them, and again to read its copy back
)

// Why a document stays out whose text goes out.
const (
	reasonUnproven  = "no copy of it can be made of which it is certain that nothing of other people is left in it"
	reasonUnread    = "not all of it can be read, so that it is not known what it says of other people"
	reasonWordless  = "a picture in which no words can be read: a person looks at it first"
	reasonPartly    = "a part of the record is held back, and the document has all of it"
	gapGone         = "the document is not there any more, or not as it was when it was read"
	gapUnreachable  = "the document could not be fetched"
	gapTooMany      = "there are more documents than one answer can hold"
	whatDocument    = "the document itself, whose text is given"
	documentsColumn = "text"       // of the tables whose rows are documents
	labelWithheld   = "[withheld]" // where it is not known of what kind it is
)

// documents are the clean copies of the documents of an answer.
type documents struct {
	copies  map[string]pack.Document // by item
	left    map[string]string        // why there is none, where the source has one; by item
	details map[string]string        // what went wrong with those and with missing ones, for staff alone; by item
	missing []pack.Gap               // those that could not be had
	secrets []string                 // what was taken out of them, to be looked for in all that goes out
	size    int
	ocr     *doc.OCR
	said    map[[sha256.Size]byte]string // by the bytes of a copy, as it was read back
}

// documents makes a clean copy of each document whose text goes out whole, with the
// labels and the decisions of its record. What was found in a document and not in
// any text goes from the texts of the list too. One of which no copy can be proven is
// left out, and said.
func (d *Desk) documents(ctx context.Context, s *systems, list []Disposition, c *composer, state *redact.State, progress Progress) (*documents, error) {
	ds := &documents{copies: map[string]pack.Document{}, left: map[string]string{}, details: map[string]string{}, said: map[[sha256.Size]byte]string{}}
	var err error
	if ds.ocr, err = doc.FindOCR(ctx, "eng"); err != nil && !errors.Is(err, doc.ErrNoOCR) {
		return nil, err
	}
	for i, x := range list {
		src, ok := s.sources[x.Record.Source].(source.Originals)
		if !ok || !x.Out {
			continue
		}
		stage(progress, "copy documents", int64(i+1))
		o, err := src.Original(ctx, x.Record.Row)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, source.ErrNoOriginal):
			continue
		case err == nil:
			err = ds.add(ctx, o, i, list, c, state)
			err = errors.Join(err, o.Close())
		case errors.Is(err, source.ErrChanged):
			ds.detail(x.Item, err)
			err = missing(gapGone)
		default:
			ds.detail(x.Item, err)
			err = missing(gapUnreachable)
		}
		var why missing
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &why):
			ds.missing = append(ds.missing, pack.Gap{What: x.Record.Source + ": " + d.publicTable(x.Record.Source, x.Record.Table), Why: string(why)})
			if ds.details[x.Item] == "" {
				ds.detail(x.Item, why)
			}
		case err != nil:
			ds.left[x.Item] = reasonUnproven
			ds.detail(x.Item, err)
		}
	}
	ds.spread(ctx, list, c)
	return ds, nil
}

// detail keeps what went wrong with a document, for staff.
func (ds *documents) detail(item string, err error) {
	ds.details[item] = clipRunes(err.Error(), 500)
}

// whyLeft is why no copy of a document is in a draft, for staff. What went wrong is never told to the requester: it could
// say more of the document than its schedule does.
type whyLeft struct {
	Why    string `json:"why"`
	Detail string `json:"detail,omitempty"`
}

// whyLeft is of each document that has no copy, by item.
func (ds *documents) whyLeft() map[string]whyLeft {
	out := make(map[string]whyLeft, len(ds.left))
	for item, detail := range ds.details {
		out[item] = whyLeft{Why: detail}
	}
	for item, why := range ds.left {
		out[item] = whyLeft{why, ds.details[item]}
	}
	return out
}

// missing is a document that cannot be had, for a reason that is no exemption.
type missing string

func (m missing) Error() string { return string(m) }

// add makes the copy of one document.
func (ds *documents) add(ctx context.Context, o *source.Original, at int, list []Disposition, c *composer, state *redact.State) error {
	x := list[at]
	text := x.Record.Row.Get(documentsColumn)
	released := state.Flag(at).Flag == redact.FlagRelease
	switch {
	case !x.goes(documentsColumn):
		return nil // the schedule says so of its text
	case x.partly():
		ds.left[x.Item] = reasonPartly
		return nil
	case text.Lost != "":
		ds.left[x.Item] = reasonUnread
		return nil
	case strings.TrimSpace(text.Text) == "" && !released:
		ds.left[x.Item] = reasonWordless
		return nil
	case len(ds.copies) == mostDocuments || ds.size >= mostDocumentBytes:
		return missing(gapTooMany)
	}
	var regions []doc.Region
	for _, g := range state.Regions(at) {
		regions = append(regions, doc.Region(g.Region))
	}
	cp := c.redactor.Copy()
	for _, own := range c.own {
		cp.Reveal(own)
	}
	for _, secret := range c.secrets {
		cp.Withhold(secret, labelWithheld, "WITHHELD")
	}
	if p := slices.IndexFunc(state.Work.Docs[at].Pieces, func(p redact.Piece) bool { return p.Name == documentsColumn }); p >= 0 {
		var decided, undecided []redact.Proposal
		for _, span := range state.Spans(at, p) {
			as := span.Proposal
			as.Action = span.Action
			if span.By != "" {
				decided = append(decided, as)
			} else {
				undecided = append(undecided, as)
			}
		}
		cp.Decide(decided, undecided)
	}
	cp.Learn(text.Text)
	var clean bytes.Buffer
	cleaner := doc.Cleaner{Limits: doc.Limits{Pages: documentPages, Time: documentTime}, OCR: ds.ocr, Find: cuts(cp), Prove: cp.Prove, Regions: regions}
	report, err := cleaner.Clean(ctx, io.LimitReader(o, o.Size+1), o.Name, &clean)
	if err != nil {
		return err
	}
	if clean.Len() == 0 {
		return errors.New("the copy is empty")
	}
	if ds.size+clean.Len() > mostDocumentBytes {
		return missing(gapTooMany)
	}
	f := pack.File{Name: pack.DocumentFolder + report.Name, Bytes: clean.Bytes()}
	if err := ds.checker(ctx).Document(f, c.secrets); err != nil {
		return err
	}
	ds.size += clean.Len()
	ds.secrets = append(ds.secrets, cp.Secrets(c.own...)...)
	ds.copies[x.Item] = pack.Document{Name: report.Name, Type: report.Type, Note: notCarried(report), Bytes: clean.Bytes()}
	return nil
}

// cuts hands what is to go from a text over to a doc.Cleaner.
func cuts(cp *redact.Copy) func(where, text string) ([]doc.Cut, error) {
	return func(_, text string) (out []doc.Cut, _ error) {
		for _, c := range cp.Cuts(text) {
			out = append(out, doc.Cut(c))
		}
		return out, nil
	}
}

// notCarried is what of a document is not in its copy, each kind once.
func notCarried(r *doc.Report) string {
	var what []string
	for _, a := range r.Losses {
		if !slices.Contains(what, a.What) && len(what) < 8 {
			what = append(what, a.What)
		}
	}
	if len(what) == 0 {
		return ""
	}
	return "not in this copy: " + strings.Join(what, "; ")
}

// goes says that a field goes out.
func (x Disposition) goes(name string) bool {
	return slices.ContainsFunc(x.Fields, func(f FieldFate) bool { return f.Name == name && f.Out })
}

// partly says that a field of the record is kept from the requester as somebody
// else's. Keys and what nobody is shown are not in the document as such.
func (x Disposition) partly() bool {
	return slices.ContainsFunc(x.Fields, func(f FieldFate) bool { return !f.Out && f.Reason != reasonHidden })
}

// spread takes what was found in documents alone out of the texts, and drops the
// documents that hold what was found in others.
func (ds *documents) spread(ctx context.Context, list []Disposition, c *composer) {
	slices.Sort(ds.secrets)
	ds.secrets = slices.DeleteFunc(slices.Compact(ds.secrets), func(s string) bool { return slices.Contains(c.secrets, s) })
	if len(ds.secrets) == 0 {
		return
	}
	for i := range list {
		for j := range list[i].Fields {
			ds.withhold(&list[i].Fields[j])
		}
		item := list[i].Item
		made, ok := ds.copies[item]
		if !ok {
			continue
		}
		if err := ds.checker(ctx).Document(pack.File{Name: pack.DocumentFolder + made.Name, Bytes: made.Bytes}, ds.secrets); err != nil {
			delete(ds.copies, item)
			ds.left[item] = reasonUnproven
			ds.detail(item, err)
		}
	}
}

// withhold takes them out of one field.
func (ds *documents) withhold(f *FieldFate) {
	if !f.Out || redact.Prove([]byte(f.Clean), ds.secrets) == nil {
		return
	}
	clean, places := redact.Blank(f.Clean, ds.secrets, labelWithheld)
	f.Clean = clean
	for range places {
		f.Pieces, f.Under = append(f.Pieces, labelWithheld), append(f.Under, law.ExemptThirdParty)
	}
	if redact.Prove([]byte(f.Clean), ds.secrets) != nil { // spelt out, run together, encoded
		f.Out, f.Clean, f.Pieces, f.Under = false, "", nil, nil
		f.Exemption, f.Reason = law.ExemptThirdParty, reasonOther
	}
}

// into puts the copies into the answer, and says what is left out of it.
func (ds *documents) into(in *pack.Input) {
	for i := range in.Items {
		x := &in.Items[i]
		if made, ok := ds.copies[x.ID]; ok {
			x.Documents = append(x.Documents, made)
		} else if why, ok := ds.left[x.ID]; ok {
			in.Withheld = append(in.Withheld, pack.Withheld{Item: x.ID, What: whatDocument, Exemption: law.ExemptThirdParty, Reason: why})
		}
	}
	in.NotSearched = append(in.NotSearched, ds.missing...)
}

// checker proves a pack and the documents in it, each of which is read back once.
func (ds *documents) checker(ctx context.Context) pack.Checker {
	return pack.Checker{Prove: redact.Prove, Text: func(name string, data []byte) (string, error) {
		if !strings.HasPrefix(name, pack.DocumentFolder) {
			return readBack(ctx, name, data)
		}
		sum := sha256.Sum256(data)
		if text, ok := ds.said[sum]; ok {
			return text, nil
		}
		r := doc.Reader{OCR: ds.ocr, Limits: doc.Limits{Bytes: mostDocumentBytes, Unpacked: 1 << 30, Text: 256 << 20, Pages: documentPages, Time: documentTime}}
		found, err := r.Read(ctx, bytes.NewReader(data), name, "")
		if err != nil {
			return "", fmt.Errorf("read the copy back: %w", err)
		}
		if i := slices.IndexFunc(found.Problems, func(p doc.Problem) bool { return p.Lost }); i >= 0 {
			return "", fmt.Errorf("read the copy back: %v", found.Problems[i])
		}
		ds.said[sum] = found.Text
		return found.Text, nil
	}}
}

// prove looks for everything withheld in everything that goes out. What is not
// plain text is read back by the reader of other people's documents.
func (ds *documents) prove(ctx context.Context, files []pack.File, secrets []string) error {
	if err := ds.checker(ctx).Check(files, secrets); err != nil {
		return &Error{Code: "leak", What: "something withheld would have gone out, so nothing was written", Mend: "withhold the record or field it names, or report this: the draft must not be made by hand", Err: err}
	}
	return nil
}
