package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tenet/internal/blob"
	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/doc"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/pack"
	"tenet/internal/redact"
	"tenet/internal/source"
	"tenet/internal/store"
)

// AccessRequest is a request for everything held about a person.
type AccessRequest struct {
	Query
	Received law.Date // zero is today
	Channel  string   // how it came; "cli" if empty
	Out      string   // the folder for the sealed draft; packs/ of the workspace if empty
	By       string   // who answers it
	Client   string   // on whose instruction, from whose records alone; empty for our own
	Company  string   // the company of a group that it was put to; empty where that makes no difference, or the records tell
}

// Access is how far an access request has come.
type Access struct {
	Case   cases.Case    `json:"case"`
	Clock  law.Result    `json:"clock"`
	Answer *find.Answer  `json:"answer"`
	List   []Disposition `json:"-"`
	Draft  string        `json:"draft"` // path of the sealed file
}

// Access finds the person, opens a case for the request and answers it with a
// sealed draft. Where it cannot be told whom is meant there is no case yet. The
// same request again on the same day is the same case: killed at any moment, it
// goes on where it stood.
func (d *Desk) Access(ctx context.Context, r AccessRequest, progress Progress) (*Access, error) {
	open := func() (cases.Case, error) { return d.OpenCase(ctx, r.newCase(d.Today())) }
	return d.answer(ctx, open, r.Client, r.Query, r.Out, cases.On{By: r.By}, progress)
}

// newCase is the case that the request opens, the same for the same request.
func (r AccessRequest) newCase(today law.Date) NewCase {
	if r.Received.IsZero() {
		r.Received = today
	}
	if r.Channel == "" {
		r.Channel = "cli"
	}
	return NewCase{Query: r.Query, Kind: string(law.Access), Received: r.Received.String(), Channel: r.Channel,
		Once: strings.TrimSpace(fmt.Sprintf("access %q %s %s %s%s", r.Query, r.Received, r.Channel, r.Client, r.Company)), By: r.By, Client: r.Client, Entity: r.Company}
}

// Answer searches for the person of an open case and drafts the answer.
func (d *Desk) Answer(ctx context.Context, k cases.Case, on cases.On) (*Access, error) {
	if !Answerable(k.Kind) {
		return nil, &Error{Code: "kind", What: "this kind of case is answered in words, by whoever knows", Where: k.Number, Mend: "search with tenet case search " + k.Number + ", then write the answer: tenet case reply " + k.Number}
	}
	client, err := d.caseSet(k)
	if err != nil {
		return nil, err
	}
	return d.answer(ctx, func() (cases.Case, error) { return k, d.notThinner(ctx, k) }, client, personQuery(k).readable(), "", on, nil)
}

// NothingHeld drafts the answer that nothing is held about the person, which is
// an answer too (UK GDPR Art 15(1)). It searches first, and refuses where
// somebody matches after all.
func (d *Desk) NothingHeld(ctx context.Context, k cases.Case, on cases.On) (*Access, error) {
	_, err := d.Answer(ctx, k, on)
	if err == nil {
		return nil, &Error{Code: "held", What: "something is held, and a draft of it was made", Where: k.Number, Mend: "see tenet case show " + k.Number}
	}
	if !errors.Is(err, find.ErrNobody) {
		return nil, err
	}
	a := &find.Answer{Records: []find.Record{}, Counts: map[string]int{}, NotFollowed: []find.NotFollowed{}}
	a.Person.Name, a.Person.Known.Name = k.Requester.Name, match.ParseName(k.Requester.Name)
	var res *Access
	client, err := d.caseSet(k)
	if err != nil {
		return nil, err
	}
	err = d.searchingIn(ctx, client, func(s *systems, f *find.Finder) error {
		if a.NotSearched, err = f.NotSearched(ctx); err == nil {
			res, err = d.draft(ctx, k, a, s, "", on, nil)
		}
		return err
	})
	return res, err
}

// notThinner refuses to answer anew while a system is down that records were
// found in before: the answer would be thinner than the one there is.
func (d *Desk) notThinner(ctx context.Context, k cases.Case) error {
	if k.Draft == nil {
		return nil
	}
	s, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	for table := range k.Draft.Counts {
		if name, _, _ := strings.Cut(table, "."); name != ownSource && s.maps[name] == nil {
			return sourceGone(name)
		}
	}
	return nil
}

// answer searches the set of a client, or our own, then opens the case, then drafts.
func (d *Desk) answer(ctx context.Context, open func() (cases.Case, error), client string, q Query, out string, on cases.On, progress Progress) (*Access, error) {
	known, err := q.Known()
	if err != nil {
		return nil, err
	}
	var res *Access
	err = d.searchingIn(ctx, client, func(s *systems, f *find.Finder) error {
		stage(progress, "search", 0)
		a, err := f.Find(ctx, known)
		if err != nil {
			return err
		}
		if a.Person.Died != "" {
			return &Error{Code: "died", What: "a record says that the person has died, and the rights of UK GDPR are the living's", Mend: "check the record; where it is right this is an enquiry about an estate, to be answered by hand"}
		}
		k, err := open()
		if err != nil {
			return err
		}
		stage(progress, "decide what is whose", int64(len(a.Records)))
		res, err = d.draft(ctx, k, a, s, out, on, progress)
		return err
	})
	return res, err
}

func sourceGone(name string) error {
	return &Error{Code: "source-gone", What: "a source that records were found in cannot be used now", Where: name, Mend: "run tenet source check and tenet map check, then try again"}
}

func stage(p Progress, name string, n int64) {
	if p != nil {
		p(name, n)
	}
}

// Redraft makes the draft again from what was found, with the decisions that
// have been taken since.
func (d *Desk) Redraft(ctx context.Context, k cases.Case, on cases.On) (*Access, error) {
	if InWords(k) { // nothing was found for it
		return d.Answer(ctx, k, on)
	}
	if err := d.decidedSince(ctx, k); err != nil {
		return nil, err // what was found then is not the answer any more
	}
	a, err := d.Found(ctx, k)
	if err != nil {
		return nil, err
	}
	s, err := d.openFor(ctx, k)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return d.draft(ctx, k, a, s, "", on, nil)
}

// draft decides, redacts, packs, proves and seals, in that order, and puts the
// sealed file before whoever approves.
func (d *Desk) draft(ctx context.Context, k cases.Case, a *find.Answer, s *systems, out string, on cases.On, progress Progress) (*Access, error) {
	// The case says whose records these are, whoever searched and however.
	set, err := d.caseSet(k)
	if err == nil && set != s.client {
		err = fmt.Errorf("the answer to %s: what was searched is the set of %q, and the case is about %q", k.Number, s.client, set)
	}
	if err == nil {
		err = d.addOwn(ctx, s, k, a)
	}
	if err != nil {
		return nil, err
	}
	for _, r := range a.Records {
		if s.maps[r.Source] == nil {
			return nil, sourceGone(r.Source)
		}
	}
	if k, err = d.searched(ctx, k, a, on.By); err != nil {
		return nil, err
	}
	// In this order: a step that comes between the two makes the draft older than the
	// case, and it is refused.
	decisions, decided, err := d.Cases.Decisions(ctx, k.ID)
	if err != nil {
		return nil, err
	}
	steps, err := d.stepsAfter(ctx, k, 0)
	if err != nil {
		return nil, err
	}
	red, err := d.redactor(ctx, s, a)
	if err != nil {
		return nil, err
	}
	// Whom the person's data was given to is theirs to know (UK GDPR Art 15(1)(c)).
	red.Keep.Literals = append(red.Keep.Literals, s.recipients(a)...)
	own, err := d.ownLog(ctx, k, s.client, a.Person.Known)
	if err != nil {
		return nil, err
	}
	for _, x := range own {
		red.Keep.Literals = append(red.Keep.Literals, x.Recipient)
	}
	c := &composer{caseID: k.ID, maps: s.maps, notice: d.Notice, redactor: red, own: append(ownWords(a.Person.Known), red.Keep.Literals...), steps: steps, base: flagged(decisions)}
	if c.scope, err = d.scope(k.Scope); err != nil {
		return nil, err
	}
	if k.Kind == law.KindPortability {
		c.portable = d.newPortability(s, a)
	}
	stage(progress, "redact", int64(len(a.Records)))
	state, err := c.compose(a)
	if err != nil {
		return nil, err
	}
	list := dispositions(a.Records, state)
	docs, err := d.documents(ctx, s, list, c, state, progress)
	if err != nil {
		return nil, err
	}
	given, err := disclosures(ctx, s, list)
	if err != nil {
		return nil, err
	}
	if given.Given = append(given.Given, own...); given.LogFrom.IsZero() && len(own) > 0 {
		given.LogFrom = own[0].Date
	}
	clock, err := d.Cases.ClockOf(k, nil)
	if err != nil {
		return nil, err
	}
	in := d.input(k, clock, a, list, s, given)
	docs.into(&in)
	var files []pack.File
	if c.portable != nil {
		files, err = pack.PortableFiles(d.takeAway(in, list, s, c.portable))
	} else {
		files, err = pack.Files(in, pack.Print, pack.Spreadsheet)
	}
	if err != nil {
		return nil, err
	}
	stage(progress, "prove that nothing withheld is in it", int64(len(c.secrets)))
	secrets := slices.Concat(c.secrets, docs.secrets)
	if err := docs.prove(ctx, files, secrets); err != nil {
		return nil, err
	}
	res := &Access{Case: k, Clock: clock, Answer: a, List: list}
	if res.Draft, res.Case, err = d.seal(ctx, k, files, list, a, state, docs.whyLeft(), secrets, decided, out, on); err != nil {
		return nil, err
	}
	return res, nil
}

// readBack is the text of a file as a reader of documents finds it, all of it.
func readBack(ctx context.Context, name string, data []byte) (string, error) {
	r := doc.Reader{Limits: doc.Limits{Bytes: 1 << 30, Unpacked: 4 << 30, Text: 1 << 30, Pages: 100_000, Time: 10 * time.Minute}}
	found, err := r.Read(ctx, bytes.NewReader(data), name, "")
	if err != nil {
		return "", fmt.Errorf("read %s back: %w", name, err)
	}
	for _, p := range found.Problems {
		if p.Lost {
			return "", fmt.Errorf("read %s back: %v", name, p)
		}
	}
	return found.Text, nil
}

// seal writes the sealed file into the workspace, with a copy where it was asked
// for, and records the draft. A draft that says the same as the one the case has
// is that one.
func (d *Desk) seal(ctx context.Context, k cases.Case, files []pack.File, list []Disposition, a *find.Answer, state *redact.State, left map[string]whyLeft, secrets []string, decided int64, out string, on cases.On) (string, cases.Case, error) {
	if k.Draft != nil && k.Draft.Decided == decided && k.Draft.File == outlineFile {
		if have, err := d.openDraft(ctx, k); err == nil && pack.Digest(have) == pack.Digest(files) {
			path, err := d.copyDraft(ctx, k.Number, k.Draft.Pack, out)
			return path, k, err
		}
	}
	var sealed bytes.Buffer
	if err := pack.Seal(&sealed, files, d.Keys.PackRecipient()); err != nil {
		return "", k, err
	}
	sum := sha256.Sum256(sealed.Bytes())
	// Named after what is in it: the file that a case records is never overwritten,
	// whatever is drafted later, at the same time, or before the power goes.
	name := k.Number + "." + hex.EncodeToString(sum[:6]) + ".draft.age"
	if err := d.Packs.Put(ctx, name, bytes.NewReader(sealed.Bytes())); err != nil {
		return "", k, err
	}
	draft := cases.Draft{Pack: name, Digest: hex.EncodeToString(sum[:]), Size: int64(sealed.Len()), File: outlineFile,
		Counts: a.Counts, Whose: map[string]int{}, Notice: d.Notice.Version(), Decided: decided, By: on.By}
	if k.Kind == law.KindPortability { // what is said to go out is what goes
		draft.Counts = going(list)
	}
	for _, x := range list {
		for _, w := range x.Record.Whose {
			draft.Whose[string(w)]++
		}
		if x.Waiting > 0 {
			draft.Undecided++
		}
		if !x.Out || slices.ContainsFunc(x.Fields, func(f FieldFate) bool { return !f.Out || len(f.Pieces) > 0 }) {
			draft.Withheld++
		}
	}
	kept, err := keep(a, state, left, secrets, d.textFiles(ctx, k))
	if err != nil {
		return "", k, err
	}
	if k.Draft != nil && k.Draft.File == answerFile {
		kept = append(kept, cases.File{Name: answerFile})
	}
	on.Case = k.ID
	if k, err = d.Cases.SetDraft(ctx, on, draft, kept...); err != nil {
		return "", k, err
	}
	path, err := d.copyDraft(ctx, k.Number, name, out)
	return path, k, err
}

// copyDraft puts a copy of a sealed draft into a folder, under the case's number,
// and says where it is.
func (d *Desk) copyDraft(ctx context.Context, number, name, out string) (string, error) {
	if out == "" {
		return d.Packs.String() + "/" + name, nil
	}
	data, err := d.readPack(ctx, name)
	if err != nil {
		return "", fmt.Errorf("copy the draft: %w", err)
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return "", fmt.Errorf("make the folder for the draft: %w", err)
	}
	path := filepath.Join(out, number+".draft.age")
	return path, pack.WriteFile(path, func(w io.Writer) error { _, err := w.Write(data); return err })
}

// readPack reads a sealed file, which fits into memory as it was made there.
func (d *Desk) readPack(ctx context.Context, name string) ([]byte, error) {
	r, err := d.Packs.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	return data, errors.Join(err, r.Close())
}

// openDraft opens the sealed draft of a case, and refuses one that is not the
// file that was recorded.
func (d *Desk) openDraft(ctx context.Context, k cases.Case) ([]pack.File, error) {
	if err := d.withinCase(ctx, k); err != nil {
		return nil, err
	}
	if k.Draft == nil {
		return nil, &Error{Code: "no-draft", What: "there is no draft yet", Where: k.Number, Mend: "make one: tenet case answer " + k.Number}
	}
	data, err := d.readPack(ctx, k.Draft.Pack)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, &Error{Code: "draft-gone", What: "the sealed draft is not where it was written", Where: k.Draft.Pack, Mend: "make it again: tenet case answer " + k.Number, Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("open the draft of %s: %w", k.Number, err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != k.Draft.Digest {
		return nil, &Error{Code: "draft-changed", What: "the sealed file is not the one that was made", Where: k.Draft.Pack, Mend: "make it again: tenet case answer " + k.Number}
	}
	return pack.Open(bytes.NewReader(data), d.Keys.Pack())
}

// Approve lets the draft out, once the identity of the person is recorded and nothing
// waits that a person has to see. The file is opened first: what cannot be opened is
// not approved.
func (d *Desk) Approve(ctx context.Context, k cases.Case, by, digest string) (cases.Case, error) {
	if _, err := d.openDraft(ctx, k); err != nil {
		return k, err
	}
	if err := d.uninstructed(ctx, k); err != nil {
		return k, err
	}
	if digest == "" {
		digest = k.Draft.Digest
	}
	if InWords(k) {
		return d.approveReply(ctx, k, by, digest)
	}
	b, err := d.Bench(ctx, k)
	if err != nil {
		return k, err
	}
	if err := d.decidedSince(ctx, k); err != nil {
		return k, err
	}
	// What the case itself asks for comes first: identity, a fresh draft.
	also := func(context.Context, *store.Tx) error { return d.undecided(b, by) }
	return d.Cases.Approve(ctx, cases.On{Case: k.ID, By: by, Also: also}, digest)
}

// Send writes the approved pack, opened, to a file, and records that it was
// released. The record comes first: what left the building is on it.
func (d *Desk) Send(ctx context.Context, k cases.Case, by, path string) (cases.Case, error) {
	files, err := d.openDraft(ctx, k)
	if err != nil {
		return k, err
	}
	if _, err := os.Stat(path); err == nil {
		return k, &Error{Code: "file", What: "is there already", Where: path, Mend: "name a new file"}
	}
	if k, err = d.Cases.Release(ctx, cases.On{Case: k.ID, By: by, Once: "send " + k.Draft.Digest + " " + path}, cases.Sent); err != nil {
		return k, err
	}
	return k, pack.WriteFile(path, func(w io.Writer) error { return pack.Zip(w, files) })
}

// disclosures are the actual recipients of the person's data, from the logs that
// the maps name.
func disclosures(ctx context.Context, s *systems, list []Disposition) (pack.Disclosures, error) {
	var out pack.Disclosures
	for _, name := range slices.Sorted(maps.Keys(s.maps)) {
		for _, table := range slices.Sorted(maps.Keys(s.maps[name].Tables)) {
			log := s.maps[name].Tables[table].Discloses
			if log == nil {
				continue
			}
			// The log begins where its first line stands: only the date is read.
			for r, err := range s.scan(ctx, name, table, source.ScanOptions{Columns: []string{log.At}, Now: true}) {
				if err != nil {
					return out, err
				}
				if day, ok := dayOf(r.Get(log.At).Text); ok && (out.LogFrom.IsZero() || day.Before(out.LogFrom)) {
					out.LogFrom = day
				}
			}
			for _, x := range list {
				// What stays in stays in here too, and a text is told as it goes out.
				if r := x.Record; !x.Out || r.Source != name || r.Table != table || !r.Is(datamap.Self) && !r.Is(datamap.Shared) {
					continue
				}
				day, _ := dayOf(x.clean(log.At))
				out.Given = append(out.Given, pack.Disclosure{Recipient: x.clean(log.To), Date: day, What: x.clean(log.What)})
			}
		}
	}
	return out, nil
}

// clean is a field as it goes out; empty where it stays in.
func (x Disposition) clean(column string) string {
	for _, f := range x.Fields {
		if f.Name == column && f.Out {
			return f.Clean
		}
	}
	return ""
}

// recipients are those to whom the logs say the person's data was given, but for
// what a person has to look at first.
func (s *systems) recipients(a *find.Answer) []string {
	var out []string
	for _, r := range a.Records {
		if log := s.maps[r.Source].Tables[r.Table].Discloses; log != nil && len(r.Review) == 0 && (r.Is(datamap.Self) || r.Is(datamap.Shared)) {
			out = append(out, r.Row.Get(log.To).Text)
		}
	}
	return out
}

// dayOf is the day of a canonical date or time, in London.
func dayOf(text string) (law.Date, bool) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return law.DateOf(at), true
	}
	if len(text) < 10 {
		return law.Date{}, false
	}
	day, err := law.ParseDate(text[:10])
	return day, err == nil
}
