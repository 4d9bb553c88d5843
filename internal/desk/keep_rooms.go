package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/disclose"
	"tenet/internal/expiry"
	"tenet/internal/incident"
	"tenet/internal/notice"
	"tenet/internal/register"
	"tenet/internal/store"
)

// keepers are the rooms that keep what goes on schedule, each as package expiry asks it.
func (d *Desk) keepers() (map[notice.OwnRecord]expiry.Keeper, error) {
	ours, err := contact.New(contact.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord, Now: func() time.Time { return d.Now() }})
	if err != nil {
		return nil, err
	}
	papers, err := d.Registers()
	if err != nil {
		return nil, err
	}
	events, err := d.Incidents()
	if err != nil {
		return nil, err
	}
	return map[notice.OwnRecord]expiry.Keeper{
		notice.OwnCases:         caseKeeper{d},
		notice.OwnContacts:      contactKeeper{ours, contact.AnEntry},
		notice.OwnAuthorities:   contactKeeper{ours, contact.AnAuthority},
		notice.OwnChecks:        contactKeeper{ours, contact.ACheck},
		notice.OwnIncidents:     incidentKeeper{events, false},
		notice.OwnIncidentsBare: incidentKeeper{events, true},
		notice.OwnPapers:        paperKeeper{papers},
		notice.OwnEntries:       namedKeeper{papers},
		notice.OwnDisclosures:   givenKeeper{d.Given},
		notice.OwnLooks:         lookKeeper{d},
		notice.OwnMail:          mailKeeper{d},
	}, nil
}

// caseKeeper is cases with all that hangs on them: their letters, their links and their
// drafts, which are sealed files.
type caseKeeper struct{ d *Desk }

func (k caseKeeper) Kept(ctx context.Context, tx *store.Tx) (int64, error) {
	return k.d.Cases.Kept(ctx, tx)
}

func (k caseKeeper) Due(ctx context.Context, tx *store.Tx, from notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	return k.d.Cases.Due(ctx, tx, from, p)
}

func (k caseKeeper) Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	return k.d.Cases.MarksOf(ctx, tx, id)
}

// Forget forgets the case. What other tables hold of it is sealed under its key, and is
// taken away all the same; its drafts are sealed to the office and not to the case, so
// they must go. They bear its number.
func (k caseKeeper) Forget(ctx context.Context, tx *store.Tx, by, id string) ([]string, error) {
	c, err := k.d.Cases.ForgetIn(ctx, tx, cases.On{Case: id, By: by})
	if err != nil {
		return nil, err
	}
	for _, query := range []string{
		`UPDATE desk_letter SET sealed = $3 WHERE landlord = $1 AND case_id = $2`,
		`UPDATE desk_posted SET sealed = $3 WHERE landlord = $1 AND case_id = $2`,
	} {
		if _, err := tx.ExecContext(ctx, query, k.d.Config.Landlord, id, []byte{}); err != nil {
			return nil, fmt.Errorf("take away what was sealed of %s: %w", c.Number, err)
		}
	}
	var files []string
	for f, err := range k.d.Packs.List(ctx, c.Number+".") {
		if err != nil {
			return nil, fmt.Errorf("list the drafts of %s: %w", c.Number, err)
		}
		files = append(files, f.Name)
	}
	return files, nil
}

// contactKeeper is one sort of what the landlord's own set of contacts has.
type contactKeeper struct {
	*contact.Contacts
	sort contact.Sort
}

func (k contactKeeper) Kept(ctx context.Context, tx *store.Tx) (int64, error) {
	return k.Contacts.Kept(ctx, tx, k.sort)
}

func (k contactKeeper) Due(ctx context.Context, tx *store.Tx, _ notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	return k.Contacts.Due(ctx, tx, k.sort, p)
}

func (k contactKeeper) Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	return k.MarksOf(ctx, tx, k.sort, id)
}

func (k contactKeeper) Forget(ctx context.Context, tx *store.Tx, by, id string) ([]string, error) {
	return nil, k.ForgetIn(ctx, tx, by, id)
}

// paperKeeper is papers of registers.
type paperKeeper struct{ *register.Registers }

func (k paperKeeper) Kept(ctx context.Context, tx *store.Tx) (int64, error) {
	return k.KeptPapers(ctx, tx)
}

func (k paperKeeper) Due(ctx context.Context, tx *store.Tx, _ notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	return k.DuePapers(ctx, tx, p)
}

func (k paperKeeper) Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	return k.PaperMarks(ctx, tx, id)
}

func (k paperKeeper) Forget(ctx context.Context, tx *store.Tx, by, id string) ([]string, error) {
	return nil, k.ForgetPaper(ctx, tx, by, id)
}

// namedKeeper is whom entries beside papers name.
type namedKeeper struct{ *register.Registers }

func (k namedKeeper) Kept(ctx context.Context, tx *store.Tx) (int64, error) {
	return k.KeptNamed(ctx, tx)
}

func (k namedKeeper) Due(ctx context.Context, tx *store.Tx, _ notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	return k.DueNamed(ctx, tx, p)
}

func (k namedKeeper) Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	return k.NamedMarks(ctx, tx, id)
}

func (k namedKeeper) Forget(ctx context.Context, tx *store.Tx, by, id string) ([]string, error) {
	return nil, k.ForgetNamed(ctx, tx, by, id, nil)
}

// givenKeeper is the log of what was given out.
type givenKeeper struct{ log *disclose.Log }

func (k givenKeeper) Kept(ctx context.Context, tx *store.Tx) (int64, error) {
	return k.log.Kept(ctx, tx)
}

func (k givenKeeper) Due(ctx context.Context, tx *store.Tx, _ notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	return k.log.Due(ctx, tx, p)
}

func (k givenKeeper) Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, disclose.ErrNone
	}
	return k.log.MarksOf(ctx, tx, n)
}

func (k givenKeeper) Forget(ctx context.Context, tx *store.Tx, by, id string) ([]string, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, disclose.ErrNone
	}
	return nil, k.log.Forget(ctx, tx, by, n)
}

// lookKeeper is who looked at cases and why they opened more, until Tenet forgets it
// whatever a rule says (lookKept).
type lookKeeper struct{ d *Desk }

func (k lookKeeper) Kept(ctx context.Context, tx *store.Tx) (int64, error) {
	return tx.KeptLooks(ctx, k.d.Config.Landlord)
}

func (k lookKeeper) Due(ctx context.Context, tx *store.Tx, _ notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	return tx.DueLooks(ctx, k.d.Config.Landlord, p)
}

func (k lookKeeper) Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	return k.d.Cases.MarksOf(ctx, tx, store.LookedAt(id))
}

func (k lookKeeper) Forget(ctx context.Context, tx *store.Tx, _, id string) ([]string, error) {
	return nil, tx.ForgetLook(ctx, k.d.Config.Landlord, id)
}

// mailKeeper is messages that nobody has dealt with. One that was dealt with is gone
// already; one that was not may be a request, and is held until a person has read it.
type mailKeeper struct{ d *Desk }

func (k mailKeeper) Kept(ctx context.Context, tx *store.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM desk_mail WHERE landlord = $1 AND ended IS NULL`, k.d.Config.Landlord).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the messages: %w", err)
	}
	return n, nil
}

func (k mailKeeper) Due(ctx context.Context, tx *store.Tx, _ notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	rows, err := tx.QueryContext(ctx, `SELECT taken, id FROM desk_mail WHERE landlord = $1 AND ended IS NULL AND taken < $2 AND (taken > $3 OR taken = $3 AND id > $4)
		ORDER BY taken, id LIMIT $5`, k.d.Config.Landlord, store.Micros(p.Before), p.After.At, p.After.ID, p.Limit)
	if err != nil {
		return nil, store.Place{}, fmt.Errorf("list old messages: %w", err)
	}
	defer rows.Close()
	var all []store.Kept
	var last store.Place
	for rows.Next() {
		if err := rows.Scan(&last.At, &last.ID); err != nil {
			return nil, last, fmt.Errorf("list old messages: %w", err)
		}
		all = append(all, store.Kept{ID: last.ID, At: store.Time(last.At), Held: "nobody has dealt with the message"})
	}
	if err := rows.Err(); err != nil {
		return nil, last, fmt.Errorf("list old messages: %w", err)
	}
	return all, p.Next(len(all), last), nil
}

func (mailKeeper) Marks(context.Context, *store.Tx, string) ([][]byte, error) { return nil, nil }

func (mailKeeper) Forget(context.Context, *store.Tx, string, string) ([]string, error) {
	return nil, errors.New("a message goes when somebody has dealt with it")
}

// incidentKeeper is whom incidents touch, or what is left of an incident afterwards.
type incidentKeeper struct {
	*incident.Incidents
	bare bool
}

func (k incidentKeeper) Kept(ctx context.Context, tx *store.Tx) (int64, error) {
	return k.Incidents.Kept(ctx, tx, k.bare)
}

func (k incidentKeeper) Due(ctx context.Context, tx *store.Tx, _ notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	return k.Incidents.Due(ctx, tx, k.bare, p)
}

func (k incidentKeeper) Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error) {
	return k.MarksOf(ctx, tx, id)
}

func (k incidentKeeper) Forget(ctx context.Context, tx *store.Tx, by, id string) ([]string, error) {
	if k.bare {
		return nil, k.ForgetWholeIn(ctx, tx, by, id)
	}
	return nil, k.ForgetIn(ctx, tx, by, id)
}
