package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"tenet/internal/blob"
	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Config is tenet.yaml.
type Config struct {
	Landlord string   `yaml:"landlord"` // a short name, for good: rows, keys and ledger belong to it
	Sources  []System `yaml:"sources"`
	// Stores are those that no connection reaches, and that are searched by asking: paper,
	// a supplier.
	Stores []Place `yaml:"stores,omitempty"`
	// Scopes are parts of what is held that people ask for by themselves.
	Scopes []Scope `yaml:"scopes,omitempty"`
	// Portal and Console are the addresses that serve listens on. The console is
	// for staff and stands on loopback unless told otherwise. Metrics is where a
	// monitor reads figures; empty is nowhere.
	Portal  string `yaml:"portal,omitempty"`
	Console string `yaml:"console,omitempty"`
	Metrics string `yaml:"metrics,omitempty"`
	// Store, Index and Packs are URLs of what lies in the workspace where they are
	// empty: postgres://… for the first two, s3://BUCKET/PREFIX?endpoint=… for packs.
	Store string `yaml:"store,omitempty"`
	Index string `yaml:"index,omitempty"`
	Packs string `yaml:"packs,omitempty"`
	Log   Log    `yaml:"log,omitempty"`
	// Public is where people outside find the portal, as "https://privacy.example.org".
	// Letters are told of by e-mail only where there is one to read them on. Where it is
	// https, what the portal sets in browsers goes back by TLS alone.
	Public string `yaml:"public,omitempty"`
	// Proxies are the addresses or networks of the proxies before the two faces. What they say
	// in X-Forwarded-For of where a request came from is believed.
	Proxies []string `yaml:"proxies,omitempty"`
	// ConsolePublic is likewise where staff find the console.
	ConsolePublic string `yaml:"console-public,omitempty"`
	// Release is for how long answers wait to be fetched.
	Release Releasing `yaml:"release,omitempty"`
	// Post is the URL of what sends e-mail; see package post. Where it is empty all
	// letters wait to be printed. PostFrom is who writes, the data protection officer
	// unless it says otherwise, and PostReplyTo where answers go.
	Post        string `yaml:"post,omitempty"`
	PostFrom    string `yaml:"post-from,omitempty"`
	PostReplyTo string `yaml:"post-reply-to,omitempty"`
	// Intake is the mailbox that requests come to.
	Intake Intake `yaml:"intake,omitempty"`
	// Identity is how sure a search must be of who is who.
	Identity Identity `yaml:"identity,omitempty"`
	// Reviewers are those for whom a copy with nothing taken out may be made: a name,
	// and their age public key.
	Reviewers map[string]string `yaml:"reviewers,omitempty"`
	// Redaction is what is taken out of answers, and by whose word.
	Redaction Redaction `yaml:"redaction,omitempty"`
	// Staff is what the roles of the notice may do, and how staff sign in.
	Staff StaffRules `yaml:"staff,omitempty"`
	// Operators say whose acts those at the command line are; left out nobody's by name.
	Operators Operators `yaml:"operators,omitempty"`
	// Ended are the clients whose contracts have ended, and on which day: see EndClient.
	Ended map[string]string `yaml:"clients-ended,omitempty"`
	// Caller is how callers show who they are.
	Caller CallerRules `yaml:"caller,omitempty"`
	// Promises is when they are checked.
	Promises PromiseTimes `yaml:"promises,omitempty"`
	// Keep is when what Tenet keeps itself is deleted; left out never.
	Keep KeepTimes `yaml:"keep,omitempty"`
}

// Log says how the program speaks of its own doings, on standard error.
type Log struct {
	Format string `yaml:"format,omitempty"` // text, which is the default, or json
	Level  string `yaml:"level,omitempty"`  // debug, info (the default), warn or error
}

// Settings are the parts of Config that an environment variable may set, over what
// tenet.yaml says: what differs from machine to machine, and what holds a password.
func (c *Config) Settings() map[string]*string {
	return map[string]*string{
		"TENET_PORTAL": &c.Portal, "TENET_CONSOLE": &c.Console, "TENET_METRICS": &c.Metrics,
		"TENET_STORE": &c.Store, "TENET_INDEX": &c.Index, "TENET_PACKS": &c.Packs,
		"TENET_POST": &c.Post, "TENET_INTAKE": &c.Intake.URL, "TENET_LOG_FORMAT": &c.Log.Format, "TENET_LOG_LEVEL": &c.Log.Level,
	}
}

// with is the configuration with what the environment says over it.
func (c Config) with(getenv func(string) string) Config {
	for name, to := range c.Settings() {
		if v := getenv(name); v != "" {
			*to = v
		}
	}
	return c
}

// System is one source as the workspace knows it.
type System struct {
	Name string `yaml:"name" json:"name"`
	URL  string `yaml:"url" json:"url"`
}

// Error is a failure that tells its user what to do. Where names the file,
// source or field; Code is stable, for scripts.
type Error struct {
	Code  string
	What  string
	Where string
	Mend  string
	Err   error
}

// Error is the failure in one line.
func (e *Error) Error() string {
	s := e.What
	if e.Where != "" {
		s = e.Where + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Desk is an open workspace.
type Desk struct {
	Dir      string
	Config   Config         // as tenet.yaml has it, with the environment over it
	Notice   *notice.Notice // that decides from today on
	Folder   *notice.Notice // that stands in notice/: the same, or being written
	Keys     *keys.Ring
	Store    *store.Store
	Cases    *cases.Cases
	Given    *disclose.Log // what was given out
	Packs    *blob.Store   // sealed drafts
	Holidays *law.Holidays
	// Now is the clock; tests set it.
	Now func() time.Time

	written Config  // as tenet.yaml has it
	benches benches // the work on answers that was looked at last
}

// Today is the day in London.
func (d *Desk) Today() law.Date { return law.DateOf(d.Now()) }

const (
	configFile   = "tenet.yaml"
	holidaysFile = "holidays.json"
	storeFile    = "tenet.db"
)

// Init makes a workspace in an empty folder, with the notice of a pack to begin
// from. Where the environment names a store of its own, the landlord is entered
// there.
func Init(ctx context.Context, dir, pack string, getenv func(string) string) error {
	if pack == "" {
		pack = notice.DefaultPack
	}
	from, err := notice.Pack(pack)
	if err != nil {
		return &Error{Code: "pack", What: "cannot begin from this pack", Where: "--like", Mend: "leave --like out for the default", Err: err}
	}
	n, err := notice.Load(from)
	if err != nil {
		return fmt.Errorf("read the pack %s: %w", pack, err)
	}
	if _, err := os.Stat(filepath.Join(dir, configFile)); err == nil {
		return &Error{Code: "occupied", What: "there is a workspace here already", Where: dir, Mend: "choose another folder"}
	}
	for _, sub := range []string{"", "maps", "packs"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return fmt.Errorf("make the workspace: %w", err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "notice")); errors.Is(err, fs.ErrNotExist) {
		if err := os.CopyFS(filepath.Join(dir, "notice"), from); err != nil {
			return fmt.Errorf("copy the notice: %w", err)
		}
	}
	landlord := string(n.Landlord.ID)
	if _, err := keys.Open(filepath.Join(dir, "keys")); err != nil {
		if _, err := keys.Create(filepath.Join(dir, "keys"), origin(landlord)); err != nil {
			return fmt.Errorf("make the keys: %w", err)
		}
	}
	s, err := store.Open(ctx, storeURL(dir, Config{}.with(getenv)))
	if err != nil {
		return err
	}
	defer s.Close()
	err = s.Write(ctx, func(tx *store.Tx) error {
		return tx.SetLandlord(ctx, store.Landlord{ID: landlord, Name: n.Landlord.Name})
	})
	if err != nil {
		return err
	}
	// The configuration comes last: a folder with one is a whole workspace.
	return writeConfig(dir, Config{Landlord: landlord})
}

// origin is the name on the ledger's checkpoints.
func origin(landlord string) string { return "tenet.local/" + landlord }

// Open opens a workspace.
// What getenv gives for the names in [Config.Settings] counts more than tenet.yaml.
func Open(ctx context.Context, dir string, getenv func(string) string) (_ *Desk, err error) {
	d := &Desk{Dir: dir, Now: time.Now}
	if d.written, err = readConfig(dir); err != nil {
		return nil, err
	}
	d.Config = d.written.with(getenv)
	folder, err := notice.Load(os.DirFS(filepath.Join(dir, "notice")))
	if err != nil {
		return nil, fmt.Errorf("the notice in %s: %w", filepath.Join(dir, "notice"), err)
	}
	if d.Keys, err = keys.Open(filepath.Join(dir, "keys")); err != nil {
		return nil, &Error{Code: "keys", What: "cannot be opened", Where: filepath.Join(dir, "keys"), Mend: "mend what it names; if keys are lost, restore them from their own backup", Err: err}
	}
	if d.Holidays, err = readHolidays(dir); err != nil {
		return nil, err
	}
	if d.Store, err = d.openStore(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Store.Close())
		}
	}()
	if d.Notice, err = d.settleNotice(ctx, folder); err != nil {
		return nil, err
	}
	if err := d.checkStaffClients(); err != nil {
		return nil, err
	}
	packs := d.Config.Packs
	if packs == "" {
		packs = "file:" + filepath.Join(dir, "packs")
	}
	if d.Packs, err = blob.Open(ctx, packs); err != nil {
		return nil, &Error{Code: "packs", What: "cannot be opened", Where: "packs", Mend: "mend what it says in " + configFile + " or TENET_PACKS", Err: err}
	}
	d.Cases, err = cases.New(cases.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord,
		Holidays: func() *law.Holidays { return d.Holidays }, Now: func() time.Time { return d.Now() }, Released: d.logRelease})
	if err != nil {
		return nil, err
	}
	d.Given, err = disclose.New(disclose.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord, Now: func() time.Time { return d.Now() }})
	return d, err
}

// openStore opens Tenet's own tables: where the configuration says, or tenet.db.
func (d *Desk) openStore(ctx context.Context) (*store.Store, error) {
	at := storeURL(d.Dir, d.Config)
	if path, file := strings.CutPrefix(at, "sqlite:"); file {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			// Making it anew would be forgetting every case without a word.
			return nil, &Error{Code: "no-store", What: "the workspace has lost its store", Where: path, Mend: "restore it from its backup: tenet store restore FILE"}
		}
	}
	return store.Open(ctx, at)
}

// Close closes the workspace.
func (d *Desk) Close() error { return errors.Join(d.Packs.Close(), d.Store.Close()) }

func readHolidays(dir string) (*law.Holidays, error) {
	data, err := os.ReadFile(filepath.Join(dir, holidaysFile))
	if errors.Is(err, fs.ErrNotExist) {
		return law.Embedded(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the bank holidays: %w", err)
	}
	h, err := law.ParseHolidays(data)
	if err != nil {
		return nil, &Error{Code: "holidays", What: "cannot be read", Where: holidaysFile, Mend: "run tenet law holidays --from FILE again, or delete it to use those that came with Tenet", Err: err}
	}
	return h, nil
}

func readConfig(dir string) (Config, error) {
	var c Config
	data, err := os.ReadFile(filepath.Join(dir, configFile))
	if errors.Is(err, fs.ErrNotExist) {
		return c, &Error{Code: "no-workspace", What: "there is no workspace here", Where: dir, Mend: "make one with: tenet init " + dir + ", or name it with -C DIR"}
	}
	if err != nil {
		return c, fmt.Errorf("read the workspace: %w", err)
	}
	if err := yaml.UnmarshalWithOptions(data, &c, yaml.Strict()); err != nil {
		return c, &Error{Code: "config", What: "cannot be read", Where: filepath.Join(dir, configFile), Mend: "mend the line it names", Err: err}
	}
	for i, s := range c.Sources {
		if slices.ContainsFunc(c.Sources[:i], func(o System) bool { return o.Name == s.Name }) {
			return c, &Error{Code: "source-twice", What: fmt.Sprintf("two sources are called %q", s.Name), Where: filepath.Join(dir, configFile), Mend: "give one of them another name"}
		}
	}
	return c, errors.Join(c.Identity.check(), c.Redaction.check(), c.Staff.check(), c.Operators.check(), c.Promises.check(), c.Keep.check(), c.Caller.check(), c.checkStores(), c.checkScopes(), c.checkPost(), c.checkPublic(), c.checkProxies(), c.Release.check(), c.Intake.check())
}

func writeConfig(dir string, c Config) error {
	out, err := yaml.Marshal(c)
	if err != nil {
		return fmt.Errorf("write %s: %w", configFile, err)
	}
	return replaceFile(filepath.Join(dir, configFile), out)
}

// replaceFile puts a whole new file in the place of an old one, or leaves the
// old one as it was.
func replaceFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

var sourceName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// AddSource adds a system to the workspace. It does not reach for it.
func (d *Desk) AddSource(s System) error {
	if !sourceName.MatchString(s.Name) {
		return &Error{Code: "source-name", What: fmt.Sprintf("%q cannot name a source", s.Name), Where: "NAME", Mend: "use small letters, digits and hyphens, beginning with a letter"}
	}
	if slices.ContainsFunc(d.Config.Sources, func(o System) bool { return o.Name == s.Name }) {
		return &Error{Code: "source-twice", What: fmt.Sprintf("there is a source called %q already", s.Name), Where: "NAME", Mend: "choose another name, or change its url in " + configFile}
	}
	if scheme, rest, ok := strings.Cut(s.URL, ":"); ok && slices.Contains([]string{"sqlite", "dir", "mbox", "pst", "purview"}, scheme) {
		if abs, err := filepath.Abs(rest); err == nil {
			s.URL = scheme + ":" + abs
		}
	}
	return d.setSources(append(slices.Clone(d.Config.Sources), s))
}

// DropSource takes a system out of the workspace. Its map stays.
func (d *Desk) DropSource(name string) error {
	return d.setSources(slices.DeleteFunc(slices.Clone(d.Config.Sources), func(s System) bool { return s.Name == name }))
}

func (d *Desk) setSources(list []System) error {
	next := d.written
	next.Sources = list
	if err := writeConfig(d.Dir, next); err != nil {
		return err
	}
	d.written, d.Config.Sources = next, list
	return nil
}

// SetHolidays takes GOV.UK's bank-holidays file in place of the one in use.
func (d *Desk) SetHolidays(data []byte) error {
	h, err := law.ParseHolidays(bytes.TrimSpace(data))
	if err != nil {
		return &Error{Code: "holidays", What: "not a bank-holidays file as GOV.UK publishes it", Where: "--from", Mend: "download bank-holidays.json again", Err: err}
	}
	if err := replaceFile(filepath.Join(d.Dir, holidaysFile), data); err != nil {
		return err
	}
	d.Holidays = h
	return nil
}
