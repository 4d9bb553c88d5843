package expiry

import (
	"context"
	"crypto/rand"
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

// Hold is a reason not to delete that somebody placed: a claim, an inquiry. It ends.
type Hold struct {
	ID      string             `json:"id"`
	Kind    notice.ID          `json:"kind"`              // of keeping.yaml's holds
	Records []notice.OwnRecord `json:"records,omitempty"` // what it keeps; empty is everything
	// Everybody says that it is about no one person, and keeps whatever Records names.
	Everybody bool      `json:"everybody,omitempty"`
	Placed    time.Time `json:"placed"`
	By        string    `json:"by"`
	Review    law.Date  `json:"review"` // the day by which somebody asks whether it is still needed
	Ended     time.Time `json:"ended,omitzero"`
	EndedBy   string    `json:"ended_by,omitempty"`
	Secret
}

// Secret is what of a hold is sealed, and gone once it has ended.
type Secret struct {
	Whose string `json:"whose,omitempty"` // the name of the person
	Why   string `json:"why,omitempty"`
}

// NewHold is a hold to be placed.
type NewHold struct {
	Kind    notice.ID
	Records []notice.OwnRecord
	// Marks are keyed digests of what identifies the person (cases.Cases.Marks); none
	// where it is about everybody.
	Marks     [][]byte
	Everybody bool
	By        string
	Review    law.Date
	Secret
}

// What keep refuses.
var (
	ErrNone  = errors.New("there is none")
	ErrState = errors.New("this cannot be done as things stand")
)

// InputError says what was given and cannot be right. It quotes nothing of a person.
type InputError struct{ Field, What, Mend string }

// Error is what is wrong, and the mend, in one line.
func (e *InputError) Error() string { return e.Field + ": " + e.What + "; " + e.Mend }

func (n NewHold) check(rules *notice.Notice, today law.Date) error {
	var kinds []string
	for _, h := range rules.Keeping.Holds {
		kinds = append(kinds, string(h.ID))
	}
	switch {
	case n.By == "":
		return &InputError{"by", "is empty", "say who places it"}
	case n.Kind == "" || len(n.Kind) > 100:
		return &InputError{"hold", "is not named", "name one of keeping.yaml's holds, such as claim"}
	case len(kinds) > 0 && !slices.Contains(kinds, string(n.Kind)):
		return &InputError{"hold", "is none of keeping.yaml", "use one of: " + strings.Join(kinds, ", ")}
	case n.Everybody == (len(n.Marks) > 0):
		return &InputError{"person", "must be one who can be found again, or everybody", "give a name with a date of birth, a reference, an e-mail address or a number; or say everybody"}
	case len(strings.Fields(n.Why)) < 2 || len(n.Why) > 4<<10 || len(n.Whose) > 500 || !utf8.ValidString(n.Why+n.Whose):
		return &InputError{"why", "is missing or too long", "say in a sentence what is going on: it is kept, sealed"}
	case !n.Review.After(today):
		return &InputError{"review", "is not a day to come", "name the day by which somebody asks whether it is still needed"}
	case len(n.Marks) > 60:
		return &InputError{"person", "has more than 60 identifiers", "give fewer"}
	}
	for _, r := range n.Records {
		if !slices.Contains(notice.OwnRecords(), r) {
			return &InputError{"records", "names what Tenet does not keep", fmt.Sprintf("use some of: %v", notice.OwnRecords())}
		}
	}
	for _, m := range n.Marks {
		if len(m) != 32 {
			return &InputError{"person", "has a mark that is not 32 bytes", "make marks by cases.Cases.Marks"}
		}
	}
	return nil
}

func (o *Office) holdOwner(id string) string { return "keep/" + o.Landlord + "/hold/" + id }

// Place places a hold.
func (o *Office) Place(ctx context.Context, n NewHold) (Hold, error) {
	if err := n.check(o.Notice(), o.today()); err != nil {
		return Hold{}, err
	}
	h := Hold{ID: "kh-" + strings.ToLower(rand.Text()), Kind: n.Kind, Records: n.Records, Everybody: n.Everybody, Placed: store.Time(store.Micros(o.Now())), By: n.By, Review: n.Review, Secret: n.Secret}
	plain, err := json.Marshal(h.Secret)
	if err != nil {
		return Hold{}, fmt.Errorf("expiry: seal a hold: %w", err)
	}
	key, wrapped, err := o.Ring.NewDataKey(o.holdOwner(h.ID))
	if err != nil {
		return Hold{}, fmt.Errorf("expiry: seal a hold: %w", err)
	}
	err = o.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO keep_hold (landlord, id, kind, records, everybody, placed, actor, review, ended, ended_by, wrapped, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, '', $9, $10)`,
			o.Landlord, h.ID, string(h.Kind), words(h.Records), number(h.Everybody), store.Micros(h.Placed), h.By, h.Review.String(), wrapped, key.Seal(plain, []byte(o.holdOwner(h.ID))))
		if err != nil {
			return err
		}
		for _, m := range n.Marks {
			if _, err := tx.ExecContext(ctx, `INSERT INTO keep_hold_mark (landlord, mark, hold) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, o.Landlord, m, h.ID); err != nil {
				return err
			}
		}
		return tx.Record(ctx, ledger.Act{Landlord: o.Landlord, Actor: h.By, Name: "keep.held", Subject: h.ID, Notice: o.Notice().Version()},
			map[string]any{"kind": h.Kind, "records": h.Records, "everybody": h.Everybody, "review": h.Review})
	})
	if err != nil {
		return Hold{}, fmt.Errorf("expiry: place a hold: %w", err)
	}
	return h, nil
}

// Lift ends a hold: from then on it keeps nothing, and whose it was is gone.
func (o *Office) Lift(ctx context.Context, by, id string) error {
	if by == "" {
		return &InputError{"by", "is empty", "say who lifts it"}
	}
	err := o.Store.Write(ctx, func(tx *store.Tx) error {
		tx.Scrub()
		r, err := tx.ExecContext(ctx, `UPDATE keep_hold SET ended = $3, ended_by = $4, wrapped = NULL, sealed = NULL WHERE landlord = $1 AND id = $2 AND ended IS NULL`,
			o.Landlord, id, store.Micros(o.Now()), by)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, fmt.Errorf("a hold of that name: %w, or not any more", ErrNone))
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM keep_hold_mark WHERE landlord = $1 AND hold = $2`, o.Landlord, id); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: o.Landlord, Actor: by, Name: "keep.lifted", Subject: id, Notice: o.Notice().Version()}, map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("expiry: lift a hold: %w", err)
	}
	return nil
}

// Holds are those that stand, the oldest first.
func (o *Office) Holds(ctx context.Context) (all []Hold, err error) {
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, kind, records, everybody, placed, actor, review, wrapped, sealed FROM keep_hold WHERE landlord = $1 AND ended IS NULL ORDER BY placed, id`, o.Landlord)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var h Hold
			var records, review string
			var everybody, placed int64
			var wrapped, sealed []byte
			if err := rows.Scan(&h.ID, &h.Kind, &records, &everybody, &placed, &h.By, &review, &wrapped, &sealed); err != nil {
				return err
			}
			h.Everybody, h.Placed = everybody == 1, store.Time(placed)
			for r := range strings.FieldsSeq(records) {
				h.Records = append(h.Records, notice.OwnRecord(r))
			}
			if h.Review, err = law.ParseDate(review); err != nil {
				return err
			}
			key, err := o.Ring.OpenDataKey(o.holdOwner(h.ID), wrapped)
			var plain []byte
			if err == nil {
				plain, err = key.Open(sealed, []byte(o.holdOwner(h.ID)))
			}
			if err == nil {
				err = json.Unmarshal(plain, &h.Secret)
			}
			if err != nil {
				return fmt.Errorf("the hold %s cannot be read, or was altered: %w", h.ID, err)
			}
			all = append(all, h)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("expiry: the holds that stand: %w", err)
	}
	return all, nil
}

// placed is the kind of a hold that keeps a record with these marks; empty where none does.
func (o *Office) placed(ctx context.Context, tx *store.Tx, record notice.OwnRecord, marks [][]byte) (string, error) {
	const covers = ` AND h.ended IS NULL AND (h.records = '' OR ' ' || h.records || ' ' LIKE $2) LIMIT 1`
	like := "% " + string(record) + " %"
	var kind string
	err := tx.QueryRowContext(ctx, `SELECT h.kind FROM keep_hold h WHERE h.landlord = $1 AND h.everybody = 1`+covers, o.Landlord, like).Scan(&kind)
	for i := 0; errors.Is(err, sql.ErrNoRows) && i < len(marks); i++ {
		err = tx.QueryRowContext(ctx, `SELECT h.kind FROM keep_hold_mark m JOIN keep_hold h ON h.landlord = m.landlord AND h.id = m.hold WHERE m.landlord = $1 AND m.mark = $3`+covers,
			o.Landlord, like, marks[i]).Scan(&kind)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return kind, err
}

func words(list []notice.OwnRecord) string {
	var out []string
	for _, r := range list {
		out = append(out, string(r))
	}
	return strings.Join(out, " ")
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
