package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/detect"
	"tenet/internal/find"
	"tenet/internal/ledger"
	"tenet/internal/redact"
	"tenet/internal/store"
)

// Redaction is how this landlord takes out of answers what is other people's.
type Redaction struct {
	// WithholdStaff puts the names of staff up for review; otherwise they stand in their
	// work. Threat names the categories of the notice whose records mean a threat to
	// staff: where one was found, their names are up for review whatever else is said.
	WithholdStaff bool     `yaml:"withhold-staff,omitempty"`
	Threat        []string `yaml:"threat,omitempty"`
	// References are the shapes of the landlord's own references beside those of the
	// notice, as regular expressions (RE2): "TEN/[0-9]{5}".
	References []string `yaml:"references,omitempty"`
	// SecondPerson has answers approved by somebody who decided nothing in them.
	SecondPerson bool `yaml:"second-person,omitempty"`
}

func (r Redaction) check() error {
	for _, pattern := range r.References {
		if _, err := detect.NewShape("reference", pattern); err != nil {
			return &Error{Code: "config", What: fmt.Sprintf("%q is no shape of a reference: %v", pattern, err), Where: configFile + ": redaction: references", Mend: "write an expression without end that has a digit in all it matches, such as TEN/[0-9]{5}"}
		}
	}
	return nil
}

// shapes are what the landlord's own references look like, as the notice and
// tenet.yaml say.
func (d *Desk) shapes() ([]detect.Shape, error) {
	var out []detect.Shape
	add := func(where, title, pattern string) error {
		s, err := detect.NewShape(title, pattern)
		if err != nil {
			return &Error{Code: "config", What: fmt.Sprintf("%q is no shape of a reference: %v", pattern, err), Where: where, Mend: "write an expression without end that has a digit in all it matches, such as TEN/[0-9]{5}"}
		}
		out = append(out, s)
		return nil
	}
	for _, r := range d.Notice.Data.References {
		if err := add(fmt.Sprintf("%s:%d", r.File, r.Line), r.Title, string(r.Pattern)); err != nil {
			return nil, err
		}
	}
	for _, pattern := range d.Config.Redaction.References {
		if err := add(configFile+": redaction: references", "reference", pattern); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// withholdStaff says whether the names of staff are up for review in this answer.
func (d *Desk) withholdStaff(s *systems, a *find.Answer) bool {
	return d.Config.Redaction.WithholdStaff || slices.ContainsFunc(a.Records, func(r find.Record) bool {
		return slices.Contains(d.Config.Redaction.Threat, s.maps[r.Source].Tables[r.Table].Category)
	})
}

// Lesson is a rule of redaction and whose answers it is for: a client's that we act for, or,
// where Client is empty, our own. What was learnt from one landlord's records says nothing
// in the answers of another: a person may write it there again.
type Lesson struct {
	redact.Lesson
	Client string `json:"client,omitempty"`
}

// mostLessons is how many rules a set may have: each is looked for in every text.
const mostLessons = 1000

// Lessons are the landlord's own rules and those of the clients it acts for, as far as
// whoever acts may see them, the oldest first.
func (d *Desk) Lessons(ctx context.Context) ([]Lesson, error) {
	all, err := d.allLessons(ctx)
	return slices.DeleteFunc(all, func(l Lesson) bool { return !d.Sees(ctx, l.Client) }), err
}

// lessonsOf are the rules for the answers of one set.
func (d *Desk) lessonsOf(ctx context.Context, client string) ([]redact.Lesson, error) {
	all, err := d.allLessons(ctx)
	var out []redact.Lesson
	for _, l := range all {
		if l.Client == client {
			out = append(out, l.Lesson)
		}
	}
	return out, err
}

// allLessons are the rules of every set. Those from before rules had a set are our own.
func (d *Desk) allLessons(ctx context.Context) (out []Lesson, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, `SELECT id, wrapped, sealed FROM lesson WHERE landlord = $1`, d.Config.Landlord)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var wrapped, sealed []byte
			if err := rows.Scan(&id, &wrapped, &sealed); err != nil {
				return err
			}
			key, err := d.Keys.OpenDataKey(d.lessonOwner(id), wrapped)
			if err != nil {
				return fmt.Errorf("rule %s: %w", id, err)
			}
			plain, err := key.Open(sealed, []byte(d.lessonOwner(id)))
			if err != nil {
				return fmt.Errorf("rule %s: %w", id, err)
			}
			var l Lesson
			if err := json.Unmarshal(plain, &l); err != nil {
				return fmt.Errorf("rule %s: %w", id, err)
			}
			out = append(out, l)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the landlord's rules of redaction: %w", err)
	}
	slices.SortFunc(out, func(a, b Lesson) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
	})
	return out, nil
}

func (d *Desk) lessonOwner(id string) string { return "lesson/" + d.Config.Landlord + "/" + id }

// Learn adds a rule, for drafts that are made from now on in the cases of one set: Client,
// Keep, Words and Reason of l are taken. The ledger says that there is one and for which
// set, and not of what.
func (d *Desk) Learn(ctx context.Context, by string, l Lesson) (Lesson, error) {
	if err := l.Check(); err != nil || len(l.Words) > 500 || len(l.Reason) > 2000 {
		return l, &Error{Code: "reason", What: "this is no rule", Where: "lesson", Mend: "give words of four letters to 500 bytes, and say why", Err: err}
	}
	if err := d.mayWorkFor(ctx, l.Client); err != nil {
		return l, err
	}
	have, err := d.lessonsOf(ctx, l.Client)
	if err != nil {
		return l, err
	}
	for _, x := range have {
		if strings.EqualFold(x.Words, l.Words) {
			return Lesson{x, l.Client}, &Error{Code: "lesson", What: "there is a rule about these words already", Where: x.ID, Mend: "remove that one first"}
		}
	}
	if len(have) >= mostLessons {
		return l, &Error{Code: "lesson", What: fmt.Sprintf("there are %d rules", len(have)), Where: "lesson", Mend: "remove some that are not needed"}
	}
	l.ID, l.By, l.At = strings.ToLower(rand.Text()[:16]), by, d.Now().UTC()
	plain, err := json.Marshal(l)
	if err != nil {
		return l, fmt.Errorf("keep a rule of redaction: %w", err)
	}
	key, wrapped, err := d.Keys.NewDataKey(d.lessonOwner(l.ID))
	if err != nil {
		return l, fmt.Errorf("keep a rule of redaction: %w", err)
	}
	sealed := key.Seal(plain, []byte(d.lessonOwner(l.ID)))
	sum := sha256.Sum256(sealed)
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO lesson (landlord, id, wrapped, sealed) VALUES ($1, $2, $3, $4)`, d.Config.Landlord, l.ID, wrapped, sealed); err != nil {
			return err
		}
		facts := map[string]any{"keep": l.Keep, "sealed": hex.EncodeToString(sum[:])}
		if l.Client != "" {
			facts["client"] = l.Client
		}
		return tx.Record(ctx, d.lessonAct(by, "lesson.learnt", l.ID), facts)
	})
	if err != nil {
		return l, fmt.Errorf("keep a rule of redaction: %w", err)
	}
	return l, nil
}

// Unlearn removes a rule, with its key. Drafts that followed it stay as they are
// until they are made again.
func (d *Desk) Unlearn(ctx context.Context, by, id string) error {
	all, err := d.Lessons(ctx)
	if err != nil {
		return err
	}
	gone := &Error{Code: "no-lesson", What: "there is no such rule", Where: fmt.Sprintf("%.40q", id), Mend: "somebody may have removed it already"}
	if !slices.ContainsFunc(all, func(l Lesson) bool { return l.ID == id }) {
		return gone
	}
	switch err := d.unlearn(ctx, by, id); {
	case errors.Is(err, store.ErrNotFound):
		return gone
	case err != nil:
		return fmt.Errorf("remove a rule of redaction: %w", err)
	}
	return nil
}

// unlearn is Unlearn of several at once; [store.ErrNotFound] where one is not there.
func (d *Desk) unlearn(ctx context.Context, by string, ids ...string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			r, err := tx.ExecContext(ctx, `DELETE FROM lesson WHERE landlord = $1 AND id = $2`, d.Config.Landlord, id)
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err != nil {
				return err
			} else if n == 0 {
				return store.ErrNotFound
			}
			if err := tx.Record(ctx, d.lessonAct(by, "lesson.removed", id), map[string]any{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// unlearnClient removes the rules for a client's answers, and says how many there were.
func (d *Desk) unlearnClient(ctx context.Context, by, client string) (int, error) {
	all, err := d.lessonsOf(ctx, client)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	var ids []string
	for _, l := range all {
		ids = append(ids, l.ID)
	}
	if err := d.unlearn(ctx, by, ids...); err != nil {
		return 0, fmt.Errorf("remove the rules of redaction of %s: %w", client, err)
	}
	return len(ids), nil
}

func (d *Desk) lessonAct(by, name, id string) ledger.Act {
	return ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: name, Subject: id, Notice: d.Notice.Version()}
}
