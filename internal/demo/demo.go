package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Landlord is whose homes they are. What the cast lives through is the same for every
// landlord; see Own for what it is called, and what else there is.
type Landlord struct {
	Name   string `json:"name"`
	Domain string `json:"domain"` // of its e-mail addresses
	Prefix string `json:"prefix"` // of its tenancy references: LKF of LKF-104417
	Street string `json:"street"` // of its office
	Town   string `json:"town"`   // with its postcode
	// Pack is the pack whose landlord it is: what else it has of its own stands under that
	// name in the folder landlords. Larkfield has nothing besides.
	Pack string `json:"pack,omitempty"`
}

// Larkfield is the landlord whose words the cast and the crowd are written in.
func Larkfield() Landlord {
	return Landlord{Name: "Larkfield Homes", Domain: "larkfield.example", Prefix: "LKF", Street: "1 Wharf Parade", Town: "Ottermere LN30 1LK"}
}

// Defaults of Options.
const (
	DefaultHomes = 60
	DefaultSeed  = 1
)

// DefaultToday is the day on which the demo's world stands still: 20 November 2026.
func DefaultToday() time.Time { return day(2026, time.November, 20) }

// Options says how large a landlord to build. The zero value is the default
// one. The same options give the same bytes in every source.
type Options struct {
	Homes int       // homes to let, DefaultHomes if 0; never fewer than the cast's own five
	Seed  uint64    // DefaultSeed if 0
	Today time.Time // the last day anything happened, DefaultToday if zero
	// Landlord is whose homes they are; Larkfield if zero.
	Landlord Landlord
}

// Source is one of the three systems built, as `tenet source add` takes it.
type Source struct {
	Name string // suggested name: housing, letters, mail
	Path string // absolute
	URL  string // sqlite:, dir: or mbox: with the path
}

// Person is one of the cast: what someone may know of them who asks.
type Person struct {
	Member    Member            `json:"member"`
	Name      string            `json:"name"` // forename and surname
	Forename  string            `json:"forename"`
	Surname   string            `json:"surname"`
	DOB       string            `json:"dob,omitempty"` // 2006-01-02
	NINO      string            `json:"nino,omitempty"`
	Email     string            `json:"email,omitempty"`
	Mobile    string            `json:"mobile,omitempty"`
	HomePhone string            `json:"home_phone,omitempty"`
	Ref       string            `json:"ref,omitempty"`      // reference of the tenancy they hold now, or held last
	Former    string            `json:"former,omitempty"`   // reference of a tenancy before that
	Address   string            `json:"address,omitempty"`  // one line, without town and postcode
	Postcode  string            `json:"postcode,omitempty"` // with its space
	Table     string            `json:"table,omitempty"`    // the table whose row is them: person, contact, staff, household_member
	Key       map[string]string `json:"key,omitempty"`      // that row's key
}

// Unread is a letter that no reader of text can read, and must be reported so.
type Unread struct {
	Path string `json:"path"` // relative to the folder of letters, with slashes
	Why  string `json:"why"`
}

// World is what was built, and the truth about its cast.
type World struct {
	Dir      string    `json:"-"` // absolute
	Landlord Landlord  `json:"landlord"`
	Homes    int       `json:"homes"`
	Seed     uint64    `json:"seed"`
	Today    time.Time `json:"today"`
	Database Source    `json:"-"`
	Letters  Source    `json:"-"`
	Mailbox  Source    `json:"-"`
	Others   []Source  `json:"-"` // systems that this landlord alone has
	// Cast holds every Member.
	Cast map[Member]Person `json:"cast"`
	// Truth says whose the cast's rows are: see Truth.
	Truth      []Truth  `json:"truth"`
	Phrases    Phrases  `json:"phrases"`
	Unreadable []Unread `json:"unreadable"`
	// Counts holds the rows of each table, the files under "letters" and the
	// messages under "mail".
	Counts map[string]int64 `json:"counts"`
}

// Sources are the systems in the order in which a reader would add them.
func (w *World) Sources() []Source {
	return append([]Source{w.Database, w.Letters, w.Mailbox}, w.Others...)
}

// Star is the tenant who asks.
func (w *World) Star() Person { return w.Cast[Star] }

// Of is the truth about one member.
func (w *World) Of(m Member) []Truth {
	var out []Truth
	for _, t := range w.Truth {
		if t.Member == m {
			out = append(out, t)
		}
	}
	return out
}

// ErrOccupied is returned, wrapped, for a folder that holds something else: not
// a demo, or a demo of other options. Nothing in it was touched.
var ErrOccupied = errors.New("the folder is not free for this demo")

// marker is the file by which a folder is known to be a demo. It holds the
// World, and says whether the build ended.
const (
	marker = ".tenet-demo.json"
	format = 1
)

type mark struct {
	Format   int   `json:"format"`
	Complete bool  `json:"complete"`
	World    World `json:"world"`
}

// Build makes the landlord in dir: housing.db, letters/ and mail/. A folder that
// does not exist is made. One that holds a finished demo of the same options is
// used as it is, without building; one that holds an unfinished demo is built
// again; any other that is not empty is refused with ErrOccupied.
//
// progress, if not nil, is told of each stage ("homes", "indexes") how much of
// it is done; it is called from this goroutine. Rows, letters and messages are
// written as they are made: memory does not grow with Homes.
func Build(ctx context.Context, dir string, opt Options, progress func(stage string, done, total int)) (*World, error) {
	if opt.Homes < 0 {
		return nil, fmt.Errorf("demo: %d homes: give a number above zero, or 0 for %d", opt.Homes, DefaultHomes)
	}
	if opt.Homes == 0 {
		opt.Homes = DefaultHomes
	}
	if opt.Seed == 0 {
		opt.Seed = DefaultSeed
	}
	if opt.Today.IsZero() {
		opt.Today = DefaultToday()
	}
	if opt.Landlord == (Landlord{}) {
		opt.Landlord = Larkfield()
	}
	y, m, d := opt.Today.Date()
	opt.Today = day(y, m, d)
	if progress == nil {
		progress = func(string, int, int) {}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("demo: finding the folder %q: %w", dir, err)
	}
	world := &World{Landlord: opt.Landlord, Homes: opt.Homes, Seed: opt.Seed, Today: opt.Today, Cast: map[Member]Person{}, Counts: map[string]int64{}}
	world.place(dir)
	if former, err := claimFolder(dir, world); err != nil || former != nil {
		return former, err
	}
	if err := world.save(false); err != nil {
		return nil, err
	}
	if err := build(ctx, world, progress); err != nil {
		return nil, fmt.Errorf("demo: building the landlord in %s: %w", dir, err)
	}
	if err := world.save(true); err != nil {
		return nil, err
	}
	return world, nil
}

// place gives the world its absolute paths.
func (w *World) place(dir string) {
	w.Dir = dir
	at := func(name, scheme string, parts ...string) Source {
		path := filepath.Join(append([]string{dir}, parts...)...)
		return Source{Name: name, Path: path, URL: scheme + ":" + path}
	}
	w.Database = at("housing", "sqlite", "housing.db")
	w.Letters = at("letters", "dir", "letters")
	w.Mailbox = at("mail", "mbox", "mail", "housing-officers.mbox")
	w.Others = w.Landlord.others(dir)
}

// claimFolder makes sure that dir is free to build the wanted world in. It
// returns the former world if dir holds exactly that one, finished.
func claimFolder(dir string, want *World) (*World, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("demo: making the folder: %w", err)
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("demo: reading the folder: %w", err)
	}
	body, err := os.ReadFile(filepath.Join(dir, marker))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("demo: %s is not empty and holds no demo: give another folder, or empty it first: %w", dir, ErrOccupied)
	}
	if err != nil {
		return nil, fmt.Errorf("demo: reading the marker of a former demo: %w", err)
	}
	var m mark
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, fmt.Errorf("demo: %s is damaged (%v): delete the folder, or give another: %w", filepath.Join(dir, marker), err, ErrOccupied)
	}
	w := &m.World
	if w.Landlord == (Landlord{}) { // made before there were others
		w.Landlord = Larkfield()
	}
	w.place(dir)
	switch {
	case m.Complete && m.Format == format && w.Homes == want.Homes && w.Seed == want.Seed && w.Today.Equal(want.Today) && w.Landlord == want.Landlord:
		for _, s := range w.Sources() {
			if _, err := os.Stat(s.Path); err != nil {
				return nil, fmt.Errorf("demo: the demo in %s has lost its source %s: delete the folder, or give another: %w", dir, s.Name, err)
			}
		}
		return w, nil
	case m.Complete:
		return nil, fmt.Errorf("demo: %s holds another demo (%s, %d homes, seed %d, %s, format %d; wanted %s, %d homes, seed %d, %s, format %d): "+
			"give another folder, or delete this one: %w", dir, w.Landlord.Name, w.Homes, w.Seed, w.Today.Format(time.DateOnly), m.Format,
			want.Landlord.Name, want.Homes, want.Seed, want.Today.Format(time.DateOnly), format, ErrOccupied)
	}
	stale := []string{w.Database.Path, w.Letters.Path, filepath.Dir(w.Mailbox.Path)}
	for _, s := range w.Others {
		stale = append(stale, s.Path)
	}
	for _, path := range stale {
		if err := os.RemoveAll(path); err != nil {
			return nil, fmt.Errorf("demo: clearing an unfinished demo: %w", err)
		}
	}
	return nil, nil
}

func (w *World) save(complete bool) error {
	if complete {
		// What stands there was last written today, in the landlord's own time.
		for _, s := range append([]Source{w.Database, w.Mailbox}, w.Others...) {
			if err := w.dated(s.Path); err != nil {
				return fmt.Errorf("demo: dating the sources: %w", err)
			}
		}
	}
	body, err := json.MarshalIndent(mark{Format: format, Complete: complete, World: *w}, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(w.Dir, marker), append(body, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("demo: writing the marker: %w", err)
	}
	return nil
}

// builder holds what the parts of one build share.
type builder struct {
	world *World
	rng   *rand.Rand
	db    *database
	post  *letters
	mail  *mailbox
	ours  *strings.Replacer // see Landlord.replacer
	near  bool              // see Own.NearPost
	heron int64             // the block of the star's flat, once it is written
	// shift moves the cast's dates when Today is not DefaultToday, so that they
	// stay as recent as they were written.
	shift time.Duration
}

func build(ctx context.Context, w *World, progress func(string, int, int)) error {
	own, err := w.Landlord.Own()
	if err != nil {
		return err
	}
	b := &builder{
		world: w,
		rng:   rand.New(rand.NewPCG(w.Seed, w.Landlord.chance())),
		shift: w.Today.Sub(DefaultToday()),
		ours:  w.Landlord.replacer(own),
		near:  own.NearPost,
	}
	if err := b.story(ctx, progress); err != nil {
		return err
	}
	return b.ownSystems(ctx)
}

// chance is what makes one landlord's crowd another's: the same seed gives each its own.
func (l Landlord) chance() uint64 {
	if l.Pack == "" {
		return 0x4c61726b66696564
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(l.Pack)) // never fails
	return h.Sum64()
}

// story writes the housing system, the letters and the mailbox.
func (b *builder) story(ctx context.Context, progress func(string, int, int)) (err error) {
	w := b.world
	if b.db, err = openDatabase(ctx, w.Database.Path); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.db.close()) }()
	b.db.ours = b.ours
	b.post = &letters{root: w.Letters.Path, dated: w.Today, ours: b.ours}
	if b.mail, err = openMailbox(w.Mailbox.Path, b.rng); err != nil {
		return err
	}
	b.mail.ours = b.ours
	defer func() { err = errors.Join(err, b.mail.close()) }()

	crowd := newCrowd(b)
	b.staff(crowd)
	total := max(w.Homes-castHomes, 0)
	for i := range total {
		if i%50 == 0 {
			if err := errors.Join(ctx.Err(), b.flush(ctx)); err != nil {
				return err
			}
			progress("homes", i, total+castHomes)
		}
		if i == total/2 {
			b.cast() // in the midst of the crowd, as they would be
		}
		crowd.home(i)
	}
	if total == 0 {
		b.cast()
	}
	if err := crowd.arrearsList(); err != nil {
		return err
	}
	if err := b.flush(ctx); err != nil {
		return err
	}
	progress("homes", total+castHomes, total+castHomes)
	progress("indexes", 0, 1)
	if err := b.db.finish(ctx); err != nil {
		return err
	}
	progress("indexes", 1, 1)
	w.Counts = b.db.counts()
	w.Counts["letters"], w.Counts["mail"] = b.post.written, b.mail.written
	return nil
}

// flush commits what is written so far and returns the first error of any part.
func (b *builder) flush(ctx context.Context) error {
	return errors.Join(b.db.commit(ctx), b.post.err, b.mail.err)
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// iso is a date as the database keeps it.
func iso(t time.Time) string { return t.Format(time.DateOnly) }

// long is a date as a letter has it.
func long(t time.Time) string { return t.Format("2 January 2006") }
