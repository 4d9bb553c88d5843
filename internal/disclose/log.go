package disclose

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"
	"unicode/utf8"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/rule"
	"tenet/internal/store"
)

// The errors that callers tell apart.
var (
	ErrNone      = errors.New("there is no entry of that number in the log of disclosures")
	ErrCorrected = errors.New("the entry was corrected already: correct the later one")
	ErrInput     = errors.New("the entry cannot be kept")
)

// Config is what a log needs.
type Config struct {
	Store    *store.Store
	Ring     *keys.Ring
	Landlord string           // whose log
	Now      func() time.Time // nil means time.Now
}

// Log is the log of one landlord. It is safe for use by many goroutines.
type Log struct {
	store    *store.Store
	ring     *keys.Ring
	landlord string
	clock    func() time.Time
}

// New is the log of a landlord.
func New(c Config) (*Log, error) {
	if c.Store == nil || c.Ring == nil || c.Landlord == "" {
		return nil, errors.New("disclose: a store, keys and a landlord are needed")
	}
	l := &Log{c.Store, c.Ring, c.Landlord, c.Now}
	if l.clock == nil {
		l.clock = time.Now
	}
	return l, nil
}

// Kind is what an entry records.
type Kind string

// The kinds.
const (
	Shared Kind = "shared" // given to a recipient of the notice
	Answer Kind = "answer" // given to the person, or to whoever acts for them
	Void   Kind = "void"   // a correction: what the corrected entry says did not happen
)

// Verdict is how a release stood to the rules when it was made.
type Verdict string

// The verdicts.
const (
	Within  Verdict = "within"  // a rule of the notice allowed it
	Against Verdict = "against" // none did, and somebody who may decided it all the same
	Right   Verdict = "right"   // it was the person's right to have it
)

// Entry is one entry of the log.
type Entry struct {
	N       int64     `json:"n"`
	At      time.Time `json:"at"`  // when it was written, UTC
	Day     law.Date  `json:"day"` // when it went
	By      string    `json:"by"`  // who let it go
	Kind    Kind      `json:"kind"`
	Verdict Verdict   `json:"verdict"`
	To      notice.ID `json:"to,omitempty"`   // the recipient of the notice; empty for an answer
	Rule    notice.ID `json:"rule,omitempty"` // the rule of sharing.yaml
	Case    string    `json:"case,omitempty"` // the id of the case that released it
	// Client is whose customers' data it was, where we gave it out for a client; empty for
	// the landlord's own. A correction is of the set of what it corrects.
	Client string `json:"client,omitempty"`
	Notice string `json:"notice"` // the version that decided
	People int64  `json:"people"` // how many people's data it was
	// Corrects is the entry that this one corrects, and Corrected the one that corrects this.
	Corrects  int64 `json:"corrects,omitempty"`
	Corrected int64 `json:"corrected,omitempty"`
	// Forgotten says that the details were destroyed.
	Forgotten bool `json:"forgotten,omitempty"`
	// Sure says, of an entry that was looked for by person, that it is surely theirs.
	Sure bool `json:"sure,omitempty"`
	Details

	// Once names what caused the entry: written again it is the entry there is. Empty
	// writes each time. It is not kept in what is read.
	Once string `json:"-"`
}

// Stands reports whether the entry tells of something that happened, as far as is
// known now.
func (e Entry) Stands() bool { return e.Kind != Void && e.Corrected == 0 }

// Details are what is sealed of an entry.
type Details struct {
	Name       string         `json:"name,omitempty"`  // who was given it, as they are called
	Whose      string         `json:"whose,omitempty"` // the name of the person, where it is one person
	Born       string         `json:"born,omitempty"`  // their birthday, YYYY-MM-DD, where it is known
	Categories []notice.ID    `json:"categories,omitempty"`
	Fields     []string       `json:"fields,omitempty"`
	Counts     map[string]int `json:"counts,omitempty"` // records of each table
	What       string         `json:"what,omitempty"`   // in words, where fields do not say it
	Way        string         `json:"way,omitempty"`    // how it went
	Why        string         `json:"why,omitempty"`
	Basis      string         `json:"basis,omitempty"`
	Digest     string         `json:"digest,omitempty"` // SHA-256 of the sealed file or of the list that went
	Over       string         `json:"over,omitempty"`   // why it went against the rules
	Number     string         `json:"number,omitempty"` // the number of the case
	Step       int64          `json:"step,omitempty"`   // and the step of it that released this
	Ask        *rule.Ask      `json:"ask,omitempty"`    // what was decided, to be decided again
}

// Mark is one identifier of a person as a keyed digest of 32 bytes.
type Mark struct {
	Digest []byte
	Strong bool // of one person alone
}

// Person is the marks of one person.
type Person []Mark

// mostDetails bounds what is sealed of an entry, in bytes.
const mostDetails = 1 << 18

func (e Entry) check() error {
	bad := func(what string) error { return fmt.Errorf("%w: %s", ErrInput, what) }
	switch {
	case e.By == "":
		return bad("nobody let it go")
	case e.Day.IsZero():
		return bad("the day is not said")
	case e.Kind != Shared && e.Kind != Answer && e.Kind != Void:
		return bad("it is of no kind")
	case e.Verdict != Within && e.Verdict != Against && e.Verdict != Right:
		return bad("it is not said how it stands to the rules")
	case e.Kind == Shared && e.To == "":
		return bad("it is not said to whom it went")
	case e.Kind == Void && e.Corrects == 0:
		return bad("it says that something did not happen, and not what")
	case e.Verdict == Against && e.Over == "":
		return bad("it went against the rules, and nobody says why")
	case e.Kind == Void && e.Why == "":
		return bad("say what was wrong with the entry")
	}
	return nil
}

// Record writes an entry, with the people it is about, in the transaction of what it
// records. An error of people ends it. The people of an entry that is corrected are
// taken over where none are given. Nothing of the ledger's entry names a person.
func (l *Log) Record(ctx context.Context, tx *store.Tx, e Entry, people iter.Seq2[Person, error]) (Entry, error) {
	if err := e.check(); err != nil {
		return Entry{}, err
	}
	if e.Once != "" {
		var n int64
		err := tx.QueryRowContext(ctx, `SELECT n FROM disclose_entry WHERE landlord = $1 AND once = $2`, l.landlord, e.Once).Scan(&n)
		if err == nil {
			return l.get(ctx, tx, n)
		} else if !errors.Is(err, sql.ErrNoRows) {
			return Entry{}, err
		}
	}
	if e.Corrects != 0 {
		was, err := l.get(ctx, tx, e.Corrects)
		if err != nil {
			return Entry{}, err
		}
		if was.Corrected != 0 {
			return Entry{}, ErrCorrected
		}
		e.Client = was.Client
		if e.Kind == Void {
			e.To, e.Rule, e.Case = was.To, was.Rule, was.Case
		}
		if people == nil {
			e.People = was.People
		}
	}
	err := tx.QueryRowContext(ctx, `INSERT INTO disclose_series (landlord, last) VALUES ($1, 1)
		ON CONFLICT (landlord) DO UPDATE SET last = disclose_series.last + 1 RETURNING last`, l.landlord).Scan(&e.N)
	if err != nil {
		return Entry{}, fmt.Errorf("number the disclosure: %w", err)
	}
	e.At = store.Time(store.Micros(l.clock()))
	plain, err := json.Marshal(e.Details)
	if err != nil {
		return Entry{}, fmt.Errorf("seal the disclosure: %w", err)
	}
	if len(plain) > mostDetails || !utf8.Valid(plain) {
		return Entry{}, fmt.Errorf("%w: what it says must be text of at most %d bytes", ErrInput, mostDetails)
	}
	key, wrapped, err := l.ring.NewDataKey(l.owner(e.N))
	if err != nil {
		return Entry{}, err
	}
	sealed := key.Seal(plain, l.place(e))
	// People come after the entry, which their marks refer to; how many there are is
	// written last.
	_, err = tx.ExecContext(ctx, `INSERT INTO disclose_entry (landlord, n, once, at, day, actor, kind, verdict, recipient, rule, case_id, notice, people, corrects, wrapped, sealed, client)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		l.landlord, e.N, e.Once, store.Micros(e.At), e.Day.String(), e.By, e.Kind, e.Verdict, e.To, e.Rule, sql.NullString{String: e.Case, Valid: e.Case != ""}, e.Notice,
		e.People, sql.NullInt64{Int64: e.Corrects, Valid: e.Corrects != 0}, wrapped, sealed, e.Client)
	if err != nil {
		return Entry{}, fmt.Errorf("keep the disclosure: %w", err)
	}
	if err := l.mark(ctx, tx, &e, people); err != nil {
		return Entry{}, err
	}
	sum := sha256.Sum256(sealed)
	facts := map[string]any{"disclosure": e.N, "kind": e.Kind, "verdict": e.Verdict, "day": e.Day, "people": e.People, "sealed": hex.EncodeToString(sum[:])}
	for name, v := range map[string]string{"to": string(e.To), "rule": string(e.Rule), "case": e.Case, "client": e.Client} {
		if v != "" {
			facts[name] = v
		}
	}
	act := "disclosure.recorded"
	if e.Corrects != 0 {
		act, facts["corrects"] = "disclosure.corrected", e.Corrects
	}
	return e, tx.Record(ctx, ledger.Act{Landlord: l.landlord, Actor: e.By, Name: act, Subject: fmt.Sprintf("disclosure/%d", e.N), Notice: e.Notice,
		Once: fmt.Sprintf("disclosure/%d", e.N)}, facts)
}

// mark writes whose it is.
func (l *Log) mark(ctx context.Context, tx *store.Tx, e *Entry, people iter.Seq2[Person, error]) error {
	if people == nil {
		if e.Corrects == 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO disclose_mark (landlord, mark, n, person, strong)
			SELECT landlord, mark, $3, person, strong FROM disclose_mark WHERE landlord = $1 AND n = $2`, l.landlord, e.Corrects, e.N)
		return err
	}
	n := int64(0)
	for p, err := range people {
		if err != nil {
			return err
		}
		for _, m := range p {
			_, err := tx.ExecContext(ctx, `INSERT INTO disclose_mark (landlord, mark, n, person, strong) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
				l.landlord, m.Digest, e.N, n, number(m.Strong))
			if err != nil {
				return fmt.Errorf("keep whose it is: %w", err)
			}
		}
		n++
	}
	if n == e.People {
		return nil
	}
	e.People = n
	_, err := tx.ExecContext(ctx, `UPDATE disclose_entry SET people = $3 WHERE landlord = $1 AND n = $2`, l.landlord, e.N, n)
	return err
}

// Forget destroys what an entry says, and by which it is found for a person: number,
// day and recipient stay.
func (l *Log) Forget(ctx context.Context, tx *store.Tx, by string, n int64) error {
	e, err := l.get(ctx, tx, n)
	if err != nil || e.Forgotten {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE disclose_entry SET wrapped = NULL, sealed = NULL WHERE landlord = $1 AND n = $2`, l.landlord, n)
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM disclose_mark WHERE landlord = $1 AND n = $2`, l.landlord, n)
	}
	if err != nil {
		return fmt.Errorf("forget the disclosure %d: %w", n, err)
	}
	return tx.Record(ctx, ledger.Act{Landlord: l.landlord, Actor: by, Name: "disclosure.forgotten", Subject: fmt.Sprintf("disclosure/%d", n), Once: fmt.Sprintf("disclosure-forgotten/%d", n)},
		map[string]any{"disclosure": n})
}

func (l *Log) owner(n int64) string { return fmt.Sprintf("disclosure/%s/%d", l.landlord, n) }

// place is what a sealed entry is bound to, so that it can neither be moved nor be
// made to say another recipient, day or verdict.
func (l *Log) place(e Entry) []byte {
	place := fmt.Appendf(nil, "tenet disclosure v1\n%s\n%d\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%d", l.landlord, e.N, e.Day, e.By, e.Kind, e.Verdict, e.To, e.Rule, e.Notice, e.Corrects)
	if e.Client != "" {
		place = fmt.Appendf(place, "\n%s", e.Client)
	}
	return place
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
