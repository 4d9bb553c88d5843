package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// NewLetter is a letter that somebody wants to write about a case.
type NewLetter struct {
	Kind letter.Kind
	Lang letter.Lang // empty is the language the requester asked for
	// Words are the reasons, the question, the doubt, or what may be given out; which,
	// the kind says.
	Words string
	// Of an answer: Says is what it says of each of law.Contents, by id, and under
	// "answer" what comes first; Outcome what a complaint came to; Enclosed the ids of
	// what the pack that goes with it says.
	Says     map[string]string
	Outcome  law.Outcome
	Enclosed []string
	Grounds  []string // for a refusal, of law.GroundsFor
	Client   string   // for a transfer, the client landlord's id in the notice
	Why      string   // for a transfer, why it goes there although the person is another's customer too
	Until    law.Date // for asking somebody else's consent, by when to reply; for an answer to collect, how long it stays
	// To is who gets it, where that is not whoever asked: somebody else whose consent is
	// asked. It goes by post.
	To *cases.Requester
	// Edits are other words for some of its blocks, by their names (letter.Letter.Blocks).
	Edits map[string]string
	// ByPost has it printed, whatever other way there is.
	ByPost bool
	// Once names this writing: the same again is the letter there is. Empty is one of
	// its kind for each version of the case.
	Once string
}

// Preview is a letter before it is written, and where it would go.
type Preview struct {
	Letter letter.Letter `json:"letter"`
	Way    Way           `json:"way"`
	To     string        `json:"to"` // an e-mail address, or a postal address in lines; empty where none is known
	// Mail is what an e-mail would say: the letter, or only that it waits on the portal.
	Mail     *Mail    `json:"mail,omitempty"`
	Post     string   `json:"post,omitempty"`  // of a letter about a breach: where it goes if it cannot go by e-mail
	Latest   law.Date `json:"latest,omitzero"` // the last day on which it may go out for the law's sake
	Warnings []string `json:"warnings,omitempty"`
}

// Mail is what an e-mail says.
type Mail struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Way is how a letter goes.
type Way string

// The ways.
const (
	ByEmail Way = "email"
	ByPost  Way = "post"
)

// lettersFolder is where a landlord's own letters stand in the workspace.
const lettersFolder = "letters"

// CheckLetters reads every letter, ours and the landlord's, and says what is wrong
// with them.
func (d *Desk) CheckLetters() error {
	_, err := d.letters()
	return err
}

func (d *Desk) letters() (*letter.Set, error) {
	s, err := letter.Load(os.DirFS(filepath.Join(d.Dir, lettersFolder)))
	if err != nil {
		return nil, &Error{Code: "letters", What: "a letter cannot be used", Where: lettersFolder, Mend: "mend the lines it names, or take the file away to use ours", Err: err}
	}
	return s, nil
}

// Letterings is the letters that fit a case as it stands, for staff to choose from.
func (d *Desk) Letterings(k cases.Case) []letter.Kind {
	h, _ := k.Kind.Handling()
	complaint := k.Kind == law.KindComplaint || k.Kind == law.KindDataComplaint
	var all []letter.Kind
	add := func(is bool, kind letter.Kind) {
		if is {
			all = append(all, kind)
		}
	}
	first, outside := letter.Acknowledges(k.Kind)
	running := k.State.Running()
	add(running && outside, first)
	add(running && h.Proof > law.NoAssurance && k.Identity == nil, letter.Identity)
	add(running && outside, letter.Clarify)
	_, more := d.Cases.MayExtend(k)
	add(running && more, letter.Extend)
	answers := (running || k.State == cases.Released) && outside
	add(answers && k.Kind == law.KindWithdrawal, letter.Withdrawal)
	add(answers && complaint, letter.ComplaintReply)
	add(answers && !complaint && k.Kind != law.KindWithdrawal, letter.Answer)
	add(answers && !complaint && k.Kind != law.KindWithdrawal, letter.Partly)
	add(running && !complaint && len(law.GroundsFor(k.Kind)) > 0, letter.Refuse)
	add(running && h.Right == law.RightAccess, letter.Consent)
	add(running && len(d.Notice.Landlord.Clients) > 0, letter.Transfer)
	add(k.State == cases.Approved || k.State == cases.Released, letter.Ready)
	return all
}

// ProposeLetter fills a letter in and says where it would go, and writes nothing.
// Where the letter does not say what it has to, the preview has it as far as it goes.
func (d *Desk) ProposeLetter(ctx context.Context, k cases.Case, n NewLetter) (Preview, error) {
	set, err := d.letters()
	if err != nil {
		return Preview{}, err
	}
	in, latest, err := d.letterInput(k, &n)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Latest: latest}
	if p.Way, p.To, err = d.wayTo(ctx, k, n); err != nil {
		return Preview{}, err
	}
	if p.Way == ByPost {
		in.At = strings.Split(p.To, "\n")
	}
	if p.Letter, err = set.Revise(in, n.Edits); err != nil {
		return p, unwritten(k, err)
	}
	if p.Way == ByEmail {
		said := p.Letter
		if !n.Kind.Open() {
			in.Kind = letter.Waiting
			if said, err = set.Write(in); err != nil {
				return Preview{}, unwritten(k, err)
			}
		}
		p.Mail = &Mail{said.Subject, said.Text()}
	}
	if n.Kind.Answers() && k.Identity == nil {
		if h, _ := k.Kind.Handling(); h.Proof > law.NoAssurance {
			p.Warnings = append(p.Warnings, "Who asks is not proved: the letter may not say what is held.")
		}
	}
	if p.Way == ByPost && p.To == "" {
		p.Warnings = append(p.Warnings, "No address is known: find one, or hand it over.")
	}
	return p, nil
}

// unwritten is why a letter could not be written, for staff.
func unwritten(k cases.Case, err error) error {
	var m *letter.Missing
	if !errors.As(err, &m) {
		return err
	}
	var lacks []string
	for _, e := range m.Says {
		lacks = append(lacks, e.ID+": "+e.Says+" ("+e.Cite+")")
	}
	return &Error{Code: "letter", What: "the letter does not say what it has to", Where: k.Number,
		Mend: "add, in words of yours or, for contacts and regulators, in landlord.yaml: " + strings.Join(lacks, "; "), Err: err}
}

// letterInput is what a letter is filled in with.
func (d *Desk) letterInput(k cases.Case, n *NewLetter) (letter.Input, law.Date, error) {
	if n.Lang == "" {
		n.Lang = letter.LangOf(k.Requester.Language)
	}
	in := letter.Input{Kind: n.Kind, Lang: n.Lang, From: d.sender(k), To: k.Requester.Name, Day: d.Today(), Reference: k.Number, About: k.Kind,
		Received: k.Received, Until: n.Until, Words: n.Words, Says: n.Says, Outcome: n.Outcome, Enclosed: n.Enclosed}
	if first, _ := letter.Acknowledges(k.Kind); n.Kind == first {
		in.To = letter.SafeName(in.To) // nobody has read it yet
	}
	if n.To != nil {
		in.To = n.To.Name
	}
	if d.Config.Public != "" && k.Forgotten.IsZero() {
		in.Link = strings.TrimSuffix(d.Config.Public, "/") + followPage
	}
	for _, w := range d.Notice.Rights.Identity {
		in.Ways = append(in.Ways, w.Title)
	}
	for _, c := range d.Notice.Landlord.Clients {
		if string(c.ID) == n.Client {
			in.Who = c.Name
		}
	}
	var latest law.Date
	if n.Kind == letter.Extend {
		more, ok := d.Cases.MayExtend(k)
		if !ok {
			return in, latest, &Error{Code: "letter", What: "there is no extension to be had: the law has none for this, it was taken, or its notice would be too late", Where: k.Number, Mend: "answer as soon as you can, and say that it is late"}
		}
		in.Until, latest = more.Due.Date, more.NoticeBy.Date
	}
	all, err := d.Cases.ClocksOf(k, nil)
	if err != nil {
		return in, latest, err
	}
	for _, c := range all {
		// A complaint about data has a clock for its acknowledgement, and what it says is when
		// the answer comes.
		answer := c.Clock.Regime == k.Regime
		if k.Kind == law.KindDataComplaint {
			answer = c.Clock.Regime == law.WithoutDelay
		}
		if answer {
			in.Due = c.Result.Due.Date
			if in.Due.IsZero() {
				in.Due = c.Result.Target.Date
			}
		}
		if first, _ := letter.Acknowledges(k.Kind); n.Kind == first && (c.Clock.Regime == law.DPComplaint || c.Clock.Regime == law.OmbudsmanAck) {
			latest = c.Result.Due.Date
		}
	}
	return in, latest, nil
}

// followPage is where the portal has people follow their cases.
const followPage = "/follow"

// sender is the landlord as its letters have it today.
func (d *Desk) sender(k cases.Case) letter.Sender {
	n := d.Notice
	s := letter.Sender{Name: n.Landlord.Name}
	overseers := slices.Clone(n.Landlord.Regulators)
	for _, c := range n.Landlord.Controllers {
		if own := string(c.ID) == k.Entity; own || c.Lead && s.Address == nil {
			s.Address = splitAddress(c.Address)
			if own {
				s.Name = c.Name
				others := slices.DeleteFunc(slices.Clone(overseers), func(r notice.Regulator) bool { return slices.Contains(c.Regulators, r.ID) })
				overseers = slices.DeleteFunc(overseers, func(r notice.Regulator) bool { return !slices.Contains(c.Regulators, r.ID) })
				overseers = append(overseers, others...) // its own are asked first
			}
		}
	}
	right, decided := n.Rights.Right(notice.Regime(k.Regime))
	for _, c := range n.Landlord.Contacts {
		// Whoever decides this kind of request, or else the data protection officer.
		if !decided && c.DPO || decided && c.ID == right.Decides || s.Contact == "" {
			s.Contact, s.Officer = c.Who, c.DPO
			s.Reach = nonEmpty(string(c.Phone), string(c.Email))
			if len(s.Reach) == 0 {
				s.Reach = nonEmpty(c.Address)
			}
		}
	}
	for _, r := range overseers {
		on := r.On(notice.Date(d.Today().String()))
		words := strings.Join(nonEmpty(on.Name, string(on.Phone), string(on.Web)), ", ")
		onLadder := false
		for _, step := range n.Rights.Complaints {
			onLadder = onLadder || step.Regulator == r.ID
		}
		switch ombudsman := strings.Contains(strings.ToLower(on.Name), "ombudsman"); {
		case ombudsman && s.Ombudsman == "":
			s.Ombudsman = words
		case !ombudsman && onLadder && s.Regulator == "":
			s.Regulator = words
		}
	}
	return s
}

// splitAddress is an address written in one line, as it stands on an envelope.
func splitAddress(address string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(address, func(r rune) bool { return r == ',' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// wayTo is how a letter gets to its reader, and where: by e-mail where there is a mail
// server, an address and, for a letter that no e-mail may carry, a portal to read it
// on; by post otherwise. Where the person may be reached in safety alone it goes to a
// place that they named, or not at all.
func (d *Desk) wayTo(ctx context.Context, k cases.Case, n NewLetter) (Way, string, error) {
	if n.To != nil {
		if err := k.MayReach(n.To.Address); err != nil {
			return "", "", err
		}
		return ByPost, n.To.Address, nil
	}
	mails, posts := []string{k.Requester.Email}, []string{k.Requester.Address}
	if k.Safety != nil {
		for _, place := range k.Safety.Only {
			switch {
			case strings.Contains(place, "@"):
				mails = append(mails, place)
			case strings.ContainsAny(strings.ToLower(place), "abcdefghijklmnopqrstuvwxyz"): // no telephone number
				posts = append(posts, place)
			}
		}
	}
	byMail := d.Config.Post != "" && !n.ByPost
	if byMail && !n.Kind.Open() {
		readable, err := d.readable(ctx, k)
		if err != nil {
			return "", "", err
		}
		byMail = readable
	}
	for _, m := range mails {
		if byMail && m != "" && k.MayReach(m) == nil {
			return ByEmail, m, nil
		}
	}
	for _, p := range posts {
		if k.MayReach(p) == nil {
			return ByPost, strings.Join(splitAddress(p), "\n"), nil
		}
	}
	return "", "", &Error{Code: "unsafe", What: "this person is to be reached only where it is safe, and no letter can go there", Where: k.Number,
		Mend: "reach them in the way they chose, or record an address or an e-mail address that is safe"}
}

// readable says whether the person can read a letter on the portal: it has an address,
// and the case a code.
func (d *Desk) readable(ctx context.Context, k cases.Case) (bool, error) {
	if d.Config.Public == "" {
		return false, nil
	}
	_, err := d.Cases.Secret(ctx, k.Number)
	if errors.Is(err, cases.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// SendLetter does what a letter is about (asks, extends, refuses, transfers) and
// writes the letter, in one transaction; the outbox takes it from there. A letter that
// was written under the same Once is left as it is.
func (d *Desk) SendLetter(ctx context.Context, k cases.Case, n NewLetter, on cases.On) (cases.Case, Outgoing, error) {
	if n.Once == "" {
		n.Once = fmt.Sprintf("%s %d", n.Kind, k.Version)
	}
	if out, err := d.letterOnce(ctx, k.ID, n.Once); err == nil || !errors.Is(err, store.ErrNotFound) {
		return k, out, err
	}
	p, err := d.ProposeLetter(ctx, k, n)
	if err != nil {
		return k, Outgoing{}, err
	}
	on.Case = k.ID
	if on.Version == 0 {
		on.Version = k.Version // the letter tells how the case stood when it was filled in
	}
	then := on.Also
	on.Also = func(ctx context.Context, tx *store.Tx) error {
		if err := d.enqueue(ctx, tx, k, n.Once, p, on.By); err != nil {
			return err
		}
		if then != nil {
			return then(ctx, tx)
		}
		return nil
	}
	after, err := d.letterStep(ctx, k, n, on)
	if err != nil {
		return k, Outgoing{}, err
	}
	out, err := d.letterOnce(ctx, k.ID, n.Once)
	return after, out, err
}

// letterStep does the step that a letter of a kind is the telling of. Others change
// nothing of the case.
func (d *Desk) letterStep(ctx context.Context, k cases.Case, n NewLetter, on cases.On) (cases.Case, error) {
	switch n.Kind {
	case letter.Identity:
		return d.Cases.Ask(ctx, on, cases.ForIdentity, d.Today(), n.Words)
	case letter.Clarify:
		return d.Cases.Ask(ctx, on, cases.ForClarification, d.Today(), n.Words)
	case letter.Extend:
		return d.Cases.Extend(ctx, on, d.Today(), n.Words)
	case letter.Refuse:
		return d.Cases.Refuse(ctx, on, cases.Refusal{Reason: n.Words, Grounds: n.Grounds, Routes: law.Routes(k.Kind)})
	case letter.Transfer:
		return d.TransferCase(ctx, on, k, Passing{Client: n.Client, Day: d.Today(), Said: n.Words, Why: n.Why})
	}
	return k, d.Store.Write(ctx, func(tx *store.Tx) error { return on.Also(ctx, tx) })
}

// WithLetter gives what writes a letter in the transaction of a step that somebody
// else does, for its On.Also.
func (d *Desk) WithLetter(ctx context.Context, k cases.Case, n NewLetter, by string) (func(context.Context, *store.Tx) error, error) {
	if n.Once == "" {
		n.Once = fmt.Sprintf("%s %d", n.Kind, k.Version)
	}
	p, err := d.ProposeLetter(ctx, k, n)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *store.Tx) error { return d.enqueue(ctx, tx, k, n.Once, p, by) }, nil
}

// firstLetter names the letter that says that a case was opened: there is one of it.
const firstLetter = "acknowledge"

// AcknowledgeCase writes the letter that says that a case was opened, unless there is one, and
// says whether it did. Nobody reads it before it goes. Where no safe way to write is
// known it writes none, and gives staff a task instead.
func (d *Desk) AcknowledgeCase(ctx context.Context, k cases.Case) (bool, error) {
	kind, ok := letter.Acknowledges(k.Kind)
	if !ok {
		return false, nil
	}
	if _, err := d.letterOnce(ctx, k.ID, firstLetter); !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	_, _, err := d.SendLetter(ctx, k, NewLetter{Kind: kind, Once: firstLetter}, cases.On{By: "system"})
	var e *Error
	if errors.As(err, &e) && (e.Code == "unsafe" || e.Code == "letter") {
		return false, d.handOver(ctx, k, firstLetter, "Tell the person that their case was opened: no letter could be written. "+e.What+". "+e.Mend)
	}
	return err == nil, err
}
