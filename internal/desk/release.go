package desk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/match"
	"tenet/internal/store"
)

// Releasing is release: in tenet.yaml: for how long answers wait to be fetched.
type Releasing struct {
	// Days is how long a link opens its answer; 0 means 7, and 28 is the most.
	Days int `yaml:"days,omitempty"`
	// LogDays is for how long it is kept who fetched what beside the ledger, which keeps
	// it for ever and names nobody; 0 means 400.
	LogDays int `yaml:"log-days,omitempty"`
}

const (
	linkDays    = 7
	mostDays    = 28
	logDays     = 400
	codeDigits  = 6
	codeLife    = 15 * time.Minute
	codeApart   = time.Minute      // between two codes of one link
	mostCodes   = 5                // of one link
	mostTries   = 10               // at the codes and the words of one link, together
	resumeFor   = 30 * time.Minute // from the first download on, one that broke off may be begun again
	mostClaims  = 5                // downloads of one link that may begin
	downloading = 2 * time.Minute  // for which one that nobody hears of is taken to be under way
)

func (r Releasing) check() error {
	if r.Days < 0 || r.Days > mostDays || r.LogDays < 0 {
		return &Error{Code: "config", What: fmt.Sprintf("a link opens its answer for 1 to %d days, and log-days is no less than 0", mostDays), Where: configFile + ": release", Mend: "leave them out for 7 days and 400"}
	}
	return nil
}

func (r Releasing) life(days int) int {
	if days <= 0 {
		days = r.Days
	}
	if days <= 0 {
		days = linkDays
	}
	return min(days, mostDays)
}

// LinkDays is for how many days a link opens its answer unless it is told otherwise.
func (d *Desk) LinkDays() int { return d.Config.Release.life(0) }

// LinkState is how far a link has come.
type LinkState string

// The states of a link. Only one that is open opens anything.
const (
	LinkOpen      LinkState = "open"
	LinkUsed      LinkState = "used"       // the answer was fetched, whole
	LinkBroken    LinkState = "broken-off" // it began to be fetched, and was not in time
	LinkExpired   LinkState = "expired"
	LinkWithdrawn LinkState = "withdrawn" // by staff
	LinkReplaced  LinkState = "replaced"  // by a new one
	LinkLocked    LinkState = "locked"    // too many wrong codes or words
	LinkOvertaken LinkState = "overtaken" // the answer is another now, or the case has ended otherwise
)

// Link is a way by which one verified person fetches one approved answer, once.
type Link struct {
	ID      string           `json:"id"`
	Case    string           `json:"case"` // its id
	Made    time.Time        `json:"made"`
	By      string           `json:"by"`
	Factor  cases.FactorKind `json:"factor"` // how the person shows that it is they: a code by e-mail or by telephone
	To      string           `json:"-"`      // where the codes go; empty once it has ended
	Draft   string           `json:"draft"`  // the digest of the answer that it opens
	Expires time.Time        `json:"expires"`
	State   LinkState        `json:"state"`
	Ended   time.Time        `json:"ended,omitzero"`
	EndedBy string           `json:"ended_by,omitempty"`
	Asked   time.Time        `json:"asked,omitzero"` // a code was asked for last
	Codes   int              `json:"codes"`          // asked for
	Tries   int              `json:"tries"`          // wrong codes and words
	Began   time.Time        `json:"began,omitzero"` // the first download

	claims        int
	opened        bool
	until         time.Time // of the code
	lease         time.Time
	code, words   []byte
	holder        []byte
	pepper        []byte
	sealedContent []byte
}

// Open reports whether the link may still open something at an instant.
func (l Link) open(now time.Time) bool {
	return l.State == LinkOpen && now.Before(l.Expires) && (l.Began.IsZero() || now.Before(l.Began.Add(resumeFor)))
}

// Download is one time that an answer began to go out by a link.
type Download struct {
	Link     string           `json:"link"`
	N        int              `json:"n"` // of the link, from 1
	Factor   cases.FactorKind `json:"factor"`
	Began    time.Time        `json:"began"`
	Ended    time.Time        `json:"ended,omitzero"` // zero while it is under way, and where the program was stopped in the middle
	Size     int64            `json:"size"`           // bytes, of the whole
	Bytes    int64            `json:"bytes"`          // that went out
	Complete bool             `json:"complete"`
}

// NewLink is a link that somebody wants to make.
type NewLink struct {
	// To is an e-mail address or a telephone number on the landlord's record; codes go
	// there and nowhere else.
	To string
	// Since and Alone are what staff have looked up of To, where no factor of the case's
	// identity says it: since when it stands on record unchanged, and that nobody linked
	// with the person uses it too.
	Since law.Date
	Alone bool
	Days  int // 0 leaves it to the landlord
	// Tell says that no letter is wanted: staff tell the person themselves, and are shown
	// the address.
	Tell bool
}

// MadeLink is a link as it is shown to staff, once.
type MadeLink struct {
	Link
	// Words open the download. They are told by another way than the link: never by e-mail.
	Words string `json:"words"`
	// URL is for staff to hand over; empty where a letter takes it to the person.
	URL    string `json:"url,omitempty"`
	Letter string `json:"letter,omitempty"` // the reference of that letter
}

// linkContent is what is sealed of a link.
type linkContent struct {
	To     string `json:"to"`
	Pepper []byte `json:"pepper"` // the key of what is hashed: no code can be tried without the landlord's keys
}

func linkSealed(id string) string { return "link " + id }

// MakeLink makes a link to the approved answer of a case, in the place of any that is
// open. It is bound to contact details that are proof enough of who opens it
// ([cases.Policy]): held before the request, unchanged for as long as the policy wants,
// used by nobody linked with the person, and safe for them.
func (d *Desk) MakeLink(ctx context.Context, k cases.Case, n NewLink, by string) (MadeLink, error) {
	if _, err := d.openDraft(ctx, k); err != nil {
		return MadeLink{}, err
	}
	if err := d.Releasable(ctx, k, by); err != nil {
		return MadeLink{}, err
	}
	factor, to, err := d.linkFactor(ctx, k, n)
	if err != nil {
		return MadeLink{}, err
	}
	now := store.Time(store.Micros(d.Now()))
	l := Link{ID: randomID(), Case: k.ID, Made: now, By: by, Factor: factor, To: to, Draft: k.Draft.Digest, State: LinkOpen,
		Expires: now.AddDate(0, 0, d.Config.Release.life(n.Days))}
	made := MadeLink{Link: l, Words: randomWords()}
	token := randomToken()
	letterOnce := "link " + l.ID
	var p Preview
	write := !n.Tell && d.Config.Public != ""
	if write {
		if p, err = d.ProposeLetter(ctx, k, NewLetter{Kind: letter.Ready, Until: law.DateOf(l.Expires)}); err != nil {
			return MadeLink{}, err
		}
		if p.Way == ByEmail {
			p.Mail.Text = strings.ReplaceAll(p.Mail.Text, d.publicURL(followPage), d.publicURL(collectPage)+"/"+tokenPlace(l.ID))
		} else if readable, err := d.readable(ctx, k); err != nil {
			return MadeLink{}, err
		} else if !readable || p.To == "" {
			write = false // whoever has no code could not follow a printed letter
		}
	}
	content := linkContent{To: to, Pepper: make([]byte, 32)}
	rand.Read(content.Pepper) // never fails (crypto/rand)
	plain, err := json.Marshal(content)
	if err != nil {
		return MadeLink{}, err
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		// Whatever was looked at above has to be so still.
		if err := d.unchanged(ctx, tx, k); err != nil {
			return err
		}
		if old, err := d.linkBy(ctx, tx, LinkAt{Number: k.Number}); err == nil {
			if err := d.endLink(ctx, tx, k.Notice, old, LinkReplaced, by); err != nil {
				return err
			}
		} else if !errors.Is(err, ErrNotOpened) {
			return err
		}
		sealed, err := d.Cases.Seal(ctx, tx, k.ID, linkSealed(l.ID), plain)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO desk_link (landlord, id, case_id, made, actor, factor, draft, expires, state, ended_by, sends, tries, words, opened, claims, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', 0, 0, $9, 0, 0, $10)`,
			d.Config.Landlord, l.ID, k.ID, store.Micros(l.Made), by, string(factor), l.Draft, store.Micros(l.Expires), hashOf(content.Pepper, "words", plainWords(made.Words)), sealed)
		if err != nil {
			return fmt.Errorf("keep a link: %w", err)
		}
		if write {
			if err := d.enqueue(ctx, tx, k, letterOnce, p, by); err != nil {
				return err
			}
		}
		if !write || p.Way != ByEmail {
			if err := d.keepToken(ctx, tx, l.ID, token); err != nil {
				return err
			}
		}
		return d.recordLink(ctx, tx, k.Notice, l, by, "link.made", l.ID, map[string]any{"factor": factor, "digest": l.Draft, "expires": l.Expires.Format(time.RFC3339)})
	})
	if err != nil {
		return MadeLink{}, err
	}
	if write {
		out, err := d.letterOnce(ctx, k.ID, letterOnce)
		if err != nil {
			return MadeLink{}, err
		}
		made.Letter = out.Reference
	}
	if !write || p.Way != ByEmail {
		made.URL = d.publicURL(collectPage) + "/" + token
	}
	return made, nil
}

// collectPage is where the portal has people fetch their answers.
const collectPage = "/collect"

func (d *Desk) publicURL(path string) string { return strings.TrimSuffix(d.Config.Public, "/") + path }

// Releasable refuses what may not be handed over as the case stands; the error is an *[Error].
func (d *Desk) Releasable(ctx context.Context, k cases.Case, by string) error {
	offers, err := d.Cases.Offers(ctx, k, by)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(offers, func(o cases.Offer) bool { return o.Action == cases.Releases })
	if i < 0 {
		return &Error{Code: "state", What: fmt.Sprintf("the case is %s, and only an approved answer is handed over", k.State), Where: k.Number, Mend: "approve the answer first: tenet case approve " + k.Number}
	}
	if lacks := offers[i].Lacks; len(lacks) > 0 {
		return &Error{Code: "needs", What: "it may not be handed over yet: it is needed that " + join(lacks), Where: k.Number, Mend: "see tenet case show " + k.Number}
	}
	return nil
}

// unchanged says whether a case is in the caller's transaction as it was read.
func (d *Desk) unchanged(ctx context.Context, tx *store.Tx, k cases.Case) error {
	var version int64
	err := tx.QueryRowContext(ctx, `SELECT version FROM cases WHERE landlord = $1 AND id = $2`, d.Config.Landlord, k.ID).Scan(&version)
	if err == nil && version != k.Version {
		err = &Error{Code: "changed", What: "somebody changed the case meanwhile", Where: k.Number, Mend: "look at it again", Err: errMoved}
	}
	return err
}

// linkFactor is the proof that a link is bound to, once it is proof enough, and where its
// codes go.
func (d *Desk) linkFactor(ctx context.Context, k cases.Case, n NewLink) (cases.FactorKind, string, error) {
	to := strings.TrimSpace(n.To)
	no := func(what, mend string) (cases.FactorKind, string, error) {
		return "", "", &Error{Code: "factor", What: what, Where: k.Number, Mend: mend + "; or print the answer: tenet case print " + k.Number}
	}
	f := cases.Factor{Held: true, Since: n.Since, Passed: d.Today()}
	if n.Alone {
		f.Shared = law.IsNot
	}
	if email, ok := match.Email(to); ok && !strings.ContainsAny(to, " ,;<>") {
		f.Kind, to = cases.EmailCode, email
	} else if _, ok := match.Phone(to); ok && !strings.Contains(to, "@") {
		f.Kind = cases.PhoneCode
	} else {
		return no("that is neither one e-mail address nor one telephone number", "give the one that codes are to go to, as it is on record")
	}
	if k.Identity != nil {
		for _, had := range k.Identity.Factors {
			if had.Kind == f.Kind && had.Held && f.Since.IsZero() {
				f.Since, f.Shared = had.Since, had.Shared
			}
		}
	}
	h, _ := k.Kind.Handling()
	if got := (cases.Policy{}).Assess(max(h.Proof, law.HighAssurance), []cases.Factor{f}, d.Today()); !got.Enough {
		return no("codes sent there would not show who opens it: "+strings.Join(got.Why, "; "), "look up since when these details are on record, and who else uses them, and say so")
	}
	if err := k.MayReach(to); err != nil {
		return "", "", err
	}
	if f.Kind == cases.EmailCode && d.Config.Post == "" {
		return no("nothing is there to send a code by", "set post in "+configFile+", or use a telephone number, to which a member of staff reads the code")
	}
	if err := d.heldAlone(ctx, k, f.Kind, to); err != nil {
		return "", "", err
	}
	return f.Kind, to, nil
}

// heldAlone holds contact details against what the landlord's systems hold, where there
// are any: they have to lead to this person, and to nobody else.
func (d *Desk) heldAlone(ctx context.Context, k cases.Case, kind cases.FactorKind, to string) error {
	if len(d.Config.Sources) == 0 {
		return nil
	}
	no := func(what string) error {
		return &Error{Code: "factor", What: what, Where: k.Number, Mend: "use details that are the person's own on record, or print the answer: tenet case print " + k.Number}
	}
	q := Query{Email: to}
	if kind == cases.PhoneCode {
		q = Query{Phone: to}
	}
	client, err := d.caseSet(k) // among whose customers they have to be alone
	if err != nil {
		return err
	}
	who, err := d.findIn(ctx, client, q)
	var several *find.Ambiguous
	switch {
	case errors.As(err, &several):
		return no("more than one person on record uses these details")
	case errors.Is(err, find.ErrNobody):
		return no("the landlord's systems do not hold these details: they came with the request, and prove nothing")
	case err != nil:
		return err
	}
	person, err := d.Found(ctx, k)
	if err == nil && len(person.Person.Records) == 0 { // an answer in words
		person, err = d.findIn(ctx, client, personQuery(k).readable())
	}
	if errors.As(err, &several) || errors.Is(err, find.ErrNobody) {
		return no("it cannot be told on record whose details these are")
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(who.Person.Records, func(r string) bool { return slices.Contains(person.Person.Records, r) }) {
		return no("on record these are somebody else's details")
	}
	return nil
}
