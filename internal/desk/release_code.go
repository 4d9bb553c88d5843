package desk

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/letter"
	"tenet/internal/post"
	"tenet/internal/store"
)

// AskCode asks for a code for whoever comes to a link. Where one may be sent, send is part
// of the transaction that says so, and has [Desk.SendCode] called with the link's id soon;
// for a code by telephone a member of staff gets a task instead. To whoever asks it is
// the same whether anything happened: an error is a fault of ours.
func (d *Desk) AskCode(ctx context.Context, at LinkAt, send func(ctx context.Context, tx *store.Tx, id string) error) error {
	var k cases.Case
	var ring Link
	err := d.Store.Write(ctx, func(tx *store.Tx) error {
		ring = Link{}
		l, err := d.linkBy(ctx, tx, at)
		if err != nil {
			return err
		}
		now := d.Now()
		if !l.open(now) || l.Codes >= mostCodes || now.Before(l.Asked.Add(codeApart)) {
			return ErrNotOpened
		}
		_, err = tx.ExecContext(ctx, `UPDATE desk_link SET asked = $3, sends = sends + 1 WHERE landlord = $1 AND id = $2`, d.Config.Landlord, l.ID, store.Micros(now))
		if err != nil {
			return fmt.Errorf("ask for a code: %w", err)
		}
		if l.Factor == cases.EmailCode {
			return send(ctx, tx, l.ID)
		}
		ring = l
		return nil
	})
	if errors.Is(err, ErrNotOpened) {
		return nil
	}
	if err != nil || ring.ID == "" {
		return err
	}
	if k, err = d.Cases.Get(ctx, ring.Case); err != nil {
		return err
	}
	return d.tellStaff(ctx, k, fmt.Sprintf("code %s %d", ring.ID, ring.Codes+1),
		"The person waits for a code to fetch their answer. Ring them on the number that the link is bound to, on no other, and read out the code that you make then.", nil)
}

// SendCode makes a code for a link and sends it to where the link is bound to; done is
// part of the transaction that records it. What is kept of the code is a keyed hash.
// Where it has to be tried again another code is made, and the one before opens nothing.
func (d *Desk) SendCode(ctx context.Context, by post.Sender, id string, done func(context.Context, *store.Tx) error) error {
	l, code, err := d.newCode(ctx, id, nil)
	if errors.Is(err, ErrNotOpened) {
		return d.Store.Write(ctx, func(tx *store.Tx) error { return done(ctx, tx) })
	}
	if err != nil {
		return err
	}
	k, err := d.Cases.Get(ctx, l.Case)
	if err != nil {
		return err
	}
	if err := k.MayReach(l.To); err != nil || l.Factor != cases.EmailCode {
		// It was safe when the link was made and is not now: nothing goes there.
		return d.Store.Write(ctx, func(tx *store.Tx) error {
			if err := d.endLink(ctx, tx, k.Notice, l, LinkOvertaken, "system"); err != nil {
				return err
			}
			return done(ctx, tx)
		})
	}
	w := codeWords[letter.LangOf(k.Requester.Language)]
	err = by.Send(ctx, post.Message{To: l.To, Subject: w.subject, Text: fmt.Sprintf(w.text, code, d.Notice.Landlord.Name), Reference: fmt.Sprintf("%s-code-%s-%d", k.Number, l.ID[:8], l.Codes)})
	var no *post.Error
	switch {
	case err == nil:
	case ctx.Err() == nil && errors.As(err, &no) && no.Permanent:
		also := func(ctx context.Context, tx *store.Tx) error { return done(ctx, tx) }
		return d.tellStaff(ctx, k, fmt.Sprintf("code %s %d failed", l.ID, l.Codes), "The code by which the person would fetch their answer could not be sent: "+no.Error()+". Reach them in another way.", also)
	default:
		return err
	}
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := d.recordLink(ctx, tx, k.Notice, l, "system", "link.code-sent", fmt.Sprintf("%s/code/%d", l.ID, l.Codes), map[string]any{"factor": l.Factor}); err != nil && !errors.Is(err, store.ErrRecorded) {
			return err
		}
		return done(ctx, tx)
	})
}

// codeWords is the e-mail with a code. It says nothing of what the code opens.
var codeWords = map[letter.Lang]struct{ subject, text string }{
	letter.English: {"Your code", "Your code is %s.\n\nIt works for 15 minutes. Type it on the page where you asked for it.\n\nWe never ask you for it by phone or by e-mail. If you did not ask for a code, somebody else may have your letter: please tell us.\n\n%s\n"},
	letter.Welsh:   {"Eich cod", "Eich cod yw %s.\n\nMae'n gweithio am 15 munud. Teipiwch ef ar y dudalen lle gofynnoch amdano.\n\nNid ydym byth yn gofyn amdano dros y ffôn na thrwy e-bost. Os na ofynnoch am god, efallai fod eich llythyr gan rywun arall: rhowch wybod i ni.\n\n%s\n"},
}

// ReadOutCode makes a code for the open link of a case that is bound to a telephone, for
// a member of staff who has the person on that line.
func (d *Desk) ReadOutCode(ctx context.Context, k cases.Case, by string) (code string, until time.Time, err error) {
	var l Link
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		l, err = d.linkBy(ctx, tx, LinkAt{Number: k.Number})
		return err
	})
	if err == nil && l.Factor != cases.PhoneCode {
		return "", until, &Error{Code: "factor", What: "the codes of this link go by e-mail alone, to the address it is bound to", Where: k.Number, Mend: "have the person ask for one on the page, or make another link"}
	}
	if err == nil {
		if err := k.MayReach(l.To); err != nil {
			return "", until, err
		}
		l, code, err = d.newCode(ctx, l.ID, func(ctx context.Context, tx *store.Tx, l Link) error {
			return d.recordLink(ctx, tx, k.Notice, l, by, "link.code-read-out", l.ID+"/read/"+randomID(), map[string]any{"factor": l.Factor})
		})
	}
	if errors.Is(err, ErrNotOpened) {
		err = &Error{Code: "not-found", What: "there is no link that opens anything", Where: k.Number, Mend: "make one: tenet case link " + k.Number, Err: store.ErrNotFound}
	}
	return code, l.until, err
}

// newCode makes a code for a link, in the place of the one before.
func (d *Desk) newCode(ctx context.Context, id string, also func(context.Context, *store.Tx, Link) error) (l Link, code string, err error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return l, "", err
	}
	code = fmt.Sprintf("%0*d", codeDigits, n)
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		if l, err = d.linkByID(ctx, tx, id); err != nil {
			return err
		}
		now := d.Now()
		if !l.open(now) {
			return ErrNotOpened
		}
		l.until = now.Add(codeLife)
		_, err := tx.ExecContext(ctx, `UPDATE desk_link SET code = $3, until = $4 WHERE landlord = $1 AND id = $2 AND ended IS NULL`,
			d.Config.Landlord, id, hashOf(l.pepper, "code", code), store.Micros(l.until))
		if err != nil {
			return fmt.Errorf("keep a code: %w", err)
		}
		if also != nil {
			return also(ctx, tx, l)
		}
		return nil
	})
	return l, code, err
}

// Prove takes a code, once, and gives a secret by which whoever gave it is known from
// then on: they hold the link, and whoever held it before does not any more. The error is
// [ErrNotOpened] whatever is wrong. After too many tries the link is locked.
func (d *Desk) Prove(ctx context.Context, at LinkAt, code string) (holder string, err error) {
	token := randomToken()
	sum := sha256.Sum256([]byte("tenet link holder v1\n" + token))
	passed := false
	err = d.tryLink(ctx, at, func(tx *store.Tx, l Link) (bool, error) {
		passed = false
		live := len(l.code) > 0 && d.Now().Before(l.until)
		if !hmac.Equal(hashOf(l.pepper, "code", digits(code)), l.code) || !live {
			return false, nil
		}
		_, err := tx.ExecContext(ctx, `UPDATE desk_link SET code = NULL, until = NULL, holder = $3, opened = 0 WHERE landlord = $1 AND id = $2`, d.Config.Landlord, l.ID, sum[:])
		passed = err == nil
		return true, err
	})
	if err == nil && !passed {
		err = ErrNotOpened
	}
	if err != nil {
		return "", err
	}
	return token, nil
}

// Unlock takes the words that were told by another way, from whoever holds the link.
func (d *Desk) Unlock(ctx context.Context, at LinkAt, holder, words string) error {
	passed := false
	err := d.tryLink(ctx, at, func(tx *store.Tx, l Link) (bool, error) {
		passed = false
		if !l.heldBy(holder) || !hmac.Equal(hashOf(l.pepper, "words", plainWords(words)), l.words) {
			return false, nil
		}
		_, err := tx.ExecContext(ctx, `UPDATE desk_link SET opened = 1 WHERE landlord = $1 AND id = $2`, d.Config.Landlord, l.ID)
		passed = err == nil
		return true, err
	})
	if err == nil && !passed {
		err = ErrNotOpened
	}
	return err
}

// heldBy reports whether somebody is the one who gave the last code.
func (l Link) heldBy(holder string) bool {
	sum := sha256.Sum256([]byte("tenet link holder v1\n" + holder))
	return hmac.Equal(sum[:], l.holder)
}

// tryLink makes one try at a link, and counts it where it is wrong: that is kept whatever
// the caller makes of it.
func (d *Desk) tryLink(ctx context.Context, at LinkAt, try func(tx *store.Tx, l Link) (bool, error)) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		l, err := d.linkBy(ctx, tx, at)
		if errors.Is(err, ErrNotOpened) {
			l, err = Link{pepper: make([]byte, 32)}, nil // as much work as for one that there is
		}
		if err != nil {
			return err
		}
		live := l.ID != "" && l.open(d.Now())
		if !live {
			l = Link{pepper: l.pepper}
		}
		right, err := try(tx, l)
		if err != nil || right || !live {
			return err
		}
		if l.Tries+1 < mostTries {
			_, err := tx.ExecContext(ctx, `UPDATE desk_link SET tries = tries + 1 WHERE landlord = $1 AND id = $2`, d.Config.Landlord, l.ID)
			return err
		}
		return d.endLink(ctx, tx, "", l, LinkLocked, "system")
	})
}

// digits is a code as it was made, whichever way a person types it.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// tokenPlace stands in a letter where a link's token goes: the outbox keeps no token.
func tokenPlace(id string) string { return "token-of-" + id }

var tokenPlaces = regexp.MustCompile(`token-of-([0-9a-f]{24})`)

// WithTokens is a sender that puts a link's token where a message has the place for one.
// Each time that a message is tried it has a token of its own, made then and kept as a
// digest: none stands anywhere before it goes. All of them lead to the one link.
func (d *Desk) WithTokens(to post.Sender) post.Sender { return tokens{d, to} }

type tokens struct {
	d  *Desk
	to post.Sender
}

func (t tokens) Check(ctx context.Context) error { return t.to.Check(ctx) }

func (t tokens) Send(ctx context.Context, m post.Message) error {
	place := tokenPlaces.FindStringSubmatch(m.Text)
	if place == nil {
		return t.to.Send(ctx, m)
	}
	token := randomToken()
	err := t.d.Store.Write(ctx, func(tx *store.Tx) error {
		l, err := t.d.linkByID(ctx, tx, place[1])
		if err != nil {
			return err
		}
		return t.d.keepToken(ctx, tx, l.ID, token)
	})
	if errors.Is(err, ErrNotOpened) {
		return &post.Error{What: "the link in it is not open any more", Mend: "make another link if the person still waits", Permanent: true}
	}
	if err != nil {
		return err
	}
	m.Text = strings.ReplaceAll(m.Text, place[0], token)
	return t.to.Send(ctx, m)
}
