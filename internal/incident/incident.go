package incident

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Config is what the room needs.
type Config struct {
	Store    *store.Store
	Ring     *keys.Ring
	Landlord string
	Notice   *notice.Notice // that decides today
	Holidays *law.Holidays
	Now      func() time.Time // nil means time.Now
}

// Incidents is what has gone wrong at one landlord. It is safe for use by many
// goroutines.
type Incidents struct {
	store    *store.Store
	ring     *keys.Ring
	landlord string
	notice   *notice.Notice
	holidays *law.Holidays
	clock    func() time.Time
}

// New is the incidents of a landlord.
func New(c Config) (*Incidents, error) {
	if c.Store == nil || c.Ring == nil || c.Landlord == "" || c.Notice == nil || c.Holidays == nil {
		return nil, errors.New("incident: a store, keys, a landlord, a notice and holidays are needed")
	}
	x := &Incidents{c.Store, c.Ring, c.Landlord, c.Notice, c.Holidays, c.Now}
	if x.clock == nil {
		x.clock = time.Now
	}
	return x, nil
}

// Incident is one of them.
type Incident struct {
	ID       string    `json:"id"`
	Number   string    `json:"number"` // IN-2026-0001
	Kind     Kind      `json:"kind"`
	State    State     `json:"state"`
	Version  int64     `json:"version"`
	Risk     Risk      `json:"risk,omitempty"` // as decided; empty until then
	Opened   time.Time `json:"opened"`
	Aware    time.Time `json:"aware,omitzero"`    // of a personal data breach, with reasonable certainty
	Notified time.Time `json:"notified,omitzero"` // when the regulator was first told
	Ended    time.Time `json:"ended,omitzero"`
	// Forgotten is when the people and the particulars were destroyed.
	Forgotten time.Time `json:"forgotten,omitzero"`
	Changed   time.Time `json:"changed"`
	By        string    `json:"by"`     // who changed it last
	Notice    string    `json:"notice"` // version under which it was opened
	// Client is whose set the data are, by its id in the notice; empty for our own.
	Client notice.ID `json:"client,omitempty"`
	Details
	People People `json:"people"` // listed, and told
}

// People counts whom a breach touches, as far as they are listed.
type People struct {
	Listed int `json:"listed"`
	Told   int `json:"told"`
}

// Details are sealed.
type Details struct {
	What     string   `json:"what"`              // as it was reported
	Message  string   `json:"message,omitempty"` // a message that was passed on, as it came
	Reporter Reporter `json:"reporter"`
	Happened string   `json:"happened,omitempty"` // when, in words: often nobody knows
	System   string   `json:"system,omitempty"`   // where: a system, a place, a firm

	Role        Role        `json:"role,omitempty"`
	Controllers []string    `json:"controllers,omitempty"` // for whom or with whom the data is held; names
	Owed        []notice.ID `json:"owed,omitempty"`        // clocks of contracts that run: ids in the notice
	Contracts   []Contract  `json:"contracts,omitempty"`   // agreements in force that give hours to tell somebody
	Knew        time.Time   `json:"knew,omitzero"`         // when the firm at which it happened knew
	Harms       []Harm      `json:"harms,omitempty"`
	AwareHow    string      `json:"aware_how,omitempty"`

	Facts    *Facts    `json:"facts,omitempty"`
	Proposal *Proposal `json:"proposal,omitempty"`
	Decision *Decision `json:"decision,omitempty"`

	Nature   string `json:"nature,omitempty"`   // what the regulator is told; Art 33(3)(a)
	Effects  string `json:"effects,omitempty"`  // likely consequences; Art 33(3)(c)
	Measures string `json:"measures,omitempty"` // taken and proposed; Art 33(3)(d)
	Advice   string `json:"advice,omitempty"`   // what people can do themselves

	Reports   []Report   `json:"reports,omitempty"` // to the regulator
	Reference string     `json:"reference,omitempty"`
	Passed    []Passing  `json:"passed,omitempty"`
	Exception *Exception `json:"exception,omitempty"`
	Published []Told     `json:"published,omitempty"`
	Letters   string     `json:"letters,omitempty"` // the case under which people are written to

	Tasks    []Task      `json:"tasks,omitempty"`
	Failed   []Failure   `json:"failed,omitempty"`
	Police   []Told      `json:"police,omitempty"`
	Cause    string      `json:"cause,omitempty"`
	Lessons  string      `json:"lessons,omitempty"`
	Promises []notice.ID `json:"promises,omitempty"` // sentences of the notice that it bears on
}

// Reporter is who said it first. All of it may be empty.
type Reporter struct {
	Via     string `json:"via"` // "console", "portal", "command line"
	Staff   string `json:"staff,omitempty"`
	Name    string `json:"name,omitempty"`
	Contact string `json:"contact,omitempty"`
}

// Role is what the landlord is to the data.
type Role string

// The roles.
const (
	Controller Role = "controller"
	Joint      Role = "joint-controller"
	Processor  Role = "processor"
)

// Decision is what somebody decided of the risk.
type Decision struct {
	Risk Risk      `json:"risk"`
	Why  string    `json:"why"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	// Proposed is what the assessment had come to.
	Proposed Risk `json:"proposed"`
}

// Report is one telling of the regulator.
type Report struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	How     string    `json:"how"`
	Delay   string    `json:"delay,omitempty"`   // why it is late
	Missing []string  `json:"missing,omitempty"` // elements that are to follow (UK GDPR Art 33(4))
}

// Passing is one telling of a controller, another controller or a client.
type Passing struct {
	To  string    `json:"to"`
	At  time.Time `json:"at"`
	By  string    `json:"by"`
	How string    `json:"how"`
	// Clock is the one that it met, by its id; or empty.
	Clock string `json:"clock,omitempty"`
}

// Told is something that was told, with what shows it.
type Told struct {
	At    time.Time `json:"at"`
	By    string    `json:"by"`
	Where string    `json:"where"` // the page, or the force
	Ref   string    `json:"ref,omitempty"`
	Words string    `json:"words,omitempty"`
}

// Exception is why people need not be told one by one: UK GDPR Art 34(3).
type Exception struct {
	Ground Ground    `json:"ground"`
	Why    string    `json:"why"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Ground is an exception of UK GDPR Art 34(3).
type Ground string

// The grounds.
const (
	Unintelligible   Ground = "unintelligible"   // (a): encrypted or the like
	Averted          Ground = "averted"          // (b): steps since then make a high risk unlikely
	Disproportionate Ground = "disproportionate" // (c): a public communication instead
)

// Task is something to be done about an incident.
type Task struct {
	N     int       `json:"n"`
	What  string    `json:"what"`
	Owner string    `json:"owner"`
	Due   law.Date  `json:"due,omitzero"`
	Done  time.Time `json:"done,omitzero"`
	How   string    `json:"how,omitempty"` // what was done
}

// Failure is a measure of the notice's security that did not hold, and whose it is.
type Failure struct {
	Measure notice.ID `json:"measure"`
	Says    string    `json:"says"` // as the notice has it
	Owner   string    `json:"owner"`
	Why     string    `json:"why"`
}

// ErrNotFound says that there is no such incident.
var ErrNotFound = errors.New("there is no such incident")

// Code is what sort of refusal an error is; stable, for scripts.
type Code string

// The codes.
const (
	CodeInput   Code = "input"
	CodeState   Code = "state"
	CodeNeeds   Code = "needs"
	CodeChanged Code = "changed"
)

// Error is a refusal, with its mend.
type Error struct {
	Code    Code
	Message string
	Mend    string
	Needs   []Need
}

func (e *Error) Error() string {
	if e.Mend != "" {
		return e.Message + "; " + e.Mend
	}
	return e.Message
}

func input(mend, format string, args ...any) error {
	return &Error{Code: CodeInput, Message: fmt.Sprintf(format, args...), Mend: mend}
}

const (
	mostText = 64 << 10 // bytes of one text
	mostList = 200      // of things of one sort in an incident
)

// text refuses what is too long to be meant, or missing.
func text(what, s string, must bool) error {
	switch {
	case must && strings.TrimSpace(s) == "":
		return input("say it in a sentence or two", "%s is missing", what)
	case len(s) > mostText || strings.ContainsRune(s, 0):
		return input(fmt.Sprintf("write plain text of at most %d bytes", mostText), "%s cannot be kept", what)
	}
	return nil
}

// First is a first report.
type First struct {
	// Once names this report among all of the landlord's: the same again is the
	// incident that was opened first.
	Once     string
	Kind     Kind
	What     string
	Message  string
	Happened string
	System   string
	Reporter Reporter
	By       string // a staff id, or "portal"
}

// Open opens an incident by a first report. The same report again gives the incident
// there is, and changes nothing.
func (x *Incidents) Open(ctx context.Context, r First) (Incident, error) {
	if _, ok := r.Kind.Sort(); !ok {
		return Incident{}, input("choose one of those there are", "%.40q is no kind of incident", r.Kind)
	}
	if r.Once == "" || r.By == "" {
		return Incident{}, input("give both", "a report has a name of its own and somebody who takes it")
	}
	for _, t := range []struct {
		what, s string
		must    bool
	}{{"what happened", r.What, r.Message == ""}, {"the message", r.Message, false}, {"when it happened", r.Happened, false}, {"where", r.System, false},
		{"the name", r.Reporter.Name, false}, {"how to reach them", r.Reporter.Contact, false}} {
		if err := text(t.what, t.s, t.must); err != nil {
			return Incident{}, err
		}
	}
	sum := sha256.Sum256([]byte("tenet incident once\n" + r.Once))
	once := hex.EncodeToString(sum[:])
	var i Incident
	err := x.store.Write(ctx, func(tx *store.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, `SELECT id FROM incident WHERE landlord = $1 AND once = $2`, x.landlord, once).Scan(&id)
		if err == nil {
			i, _, err = x.load(ctx, tx, "id", id)
			return err
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		now := store.Time(store.Micros(x.clock()))
		i = Incident{ID: strings.ToLower(rand.Text()), Kind: r.Kind, State: Reported, Version: 1, Opened: now, Changed: now, By: r.By, Notice: x.notice.Version(),
			Details: Details{What: r.What, Message: r.Message, Happened: r.Happened, System: r.System, Reporter: r.Reporter}}
		series := fmt.Sprintf("IN-%d", law.DateOf(now).Year)
		var n int64
		err = tx.QueryRowContext(ctx, `INSERT INTO incident_series (landlord, series, last) VALUES ($1, $2, 1)
			ON CONFLICT (landlord, series) DO UPDATE SET last = incident_series.last + 1 RETURNING last`, x.landlord, series).Scan(&n)
		if err != nil {
			return fmt.Errorf("number it: %w", err)
		}
		i.Number = fmt.Sprintf("%s-%04d", series, n)
		key, wrapped, err := x.ring.NewDataKey(owner(i.ID))
		if err != nil {
			return err
		}
		sealed, err := x.seal(key, i.ID, "details", i.Details)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO incident (landlord, id, number, once, kind, state, version, risk, opened, changed, actor, notice, wrapped, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, 1, '', $7, $7, $8, $9, $10, $11)`,
			x.landlord, i.ID, i.Number, once, string(i.Kind), string(i.State), store.Micros(now), i.By, i.Notice, wrapped, sealed)
		if err != nil {
			return fmt.Errorf("keep it: %w", err)
		}
		return x.record(ctx, tx, &i, key, Opens, On{By: r.By}, "", map[string]any{"number": i.Number, "kind": i.Kind, "via": r.Reporter.Via})
	})
	if err != nil {
		return Incident{}, fmt.Errorf("open an incident: %w", err)
	}
	return i, nil
}

func owner(id string) string { return "incident/" + id }

func (x *Incidents) bound(id, what string) []byte {
	return []byte("tenet incident v1\n" + x.landlord + "\n" + id + "\n" + what)
}

func (x *Incidents) seal(key keys.DataKey, id, what string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", what, err)
	}
	return key.Seal(plain, x.bound(id, what)), nil
}

func (x *Incidents) unseal(key keys.DataKey, id, what string, sealed []byte, v any) error {
	plain, err := key.Open(sealed, x.bound(id, what))
	if err == nil {
		err = json.Unmarshal(plain, v)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", what, err)
	}
	return nil
}

// Get is an incident by its number.
func (x *Incidents) Get(ctx context.Context, number string) (Incident, error) {
	var i Incident
	err := x.store.Read(ctx, func(tx *store.Tx) (err error) {
		i, _, err = x.load(ctx, tx, "number", number)
		return err
	})
	if err != nil {
		return Incident{}, fmt.Errorf("read an incident: %w", err)
	}
	return i, nil
}

// record writes a step and its entry of the ledger.
func (x *Incidents) record(ctx context.Context, tx *store.Tx, i *Incident, key keys.DataKey, a Action, on On, words string, payload map[string]any) error {
	var sealed []byte
	if words != "" {
		sealed = key.Seal([]byte(words), x.bound(i.ID, fmt.Sprint("step ", i.Version)))
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO incident_step (landlord, incident, n, at, actor, action, once, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		x.landlord, i.ID, i.Version, store.Micros(i.Changed), on.By, string(a), sql.NullString{String: on.Once, Valid: on.Once != ""}, sealed)
	if err != nil {
		return fmt.Errorf("keep the step: %w", err)
	}
	all := map[string]any{"step": i.Version, "state": i.State}
	for k, v := range payload {
		all[k] = v
	}
	return tx.Record(ctx, ledger.Act{Landlord: x.landlord, Actor: on.By, Name: a.Entry(), Subject: i.ID, Notice: x.notice.Version(),
		Once: fmt.Sprintf("%s/%s/%d", a.Entry(), i.ID, i.Version)}, all)
}
