package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tenet/internal/doc"
	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Grade says how a part of an installation is.
type Grade string

// The grades.
const (
	Well Grade = "ok"   // as it should be
	Warn Grade = "warn" // works, and somebody should look at it
	Fail Grade = "fail" // does not work, or must not be relied on
)

// Finding is what a check-up found of one part of an installation.
type Finding struct {
	Check  string `json:"check"` // the part: "store", "source housing"
	Status Grade  `json:"status"`
	What   string `json:"what"`
	Why    string `json:"why,omitempty"`  // why it matters
	Mend   string `json:"mend,omitempty"` // what to do
	// Err is what stands behind it. Faces have words for errors of their own.
	Err error `json:"-"`
}

// Checkup says how far a check-up goes.
type Checkup struct {
	Version string        // of this program
	Quick   bool          // no further than this machine: sources are not reached for
	Wait    time.Duration // for each source; 15 seconds if zero
	Now     func() time.Time
}

// What a check-up finds fault with.
const (
	roomWarn  = 1 << 30          // bytes free
	roomFail  = 100 << 20        // bytes free: SQLite and drafts need room to finish
	indexOld  = 7                // days
	ahead     = 365              // days that the bank holidays should reach
	aheadFail = 92               // … and must: three months, the longest a clock runs
	slow      = 10 * time.Minute // that an entry may wait for its number while somebody serves
	skew      = 2 * time.Minute  // between the clocks of two machines
)

// doctor is one check-up under way.
type doctor struct {
	dir string
	how Checkup

	mu       sync.Mutex
	findings []Finding
}

func (c *doctor) add(f Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = append(c.findings, f)
}

func (c *doctor) well(check, format string, args ...any) {
	c.add(Finding{Check: check, Status: Well, What: fmt.Sprintf(format, args...)})
}

// Diagnose looks at an installation and changes nothing in it: not even the
// schema of its store, which every other command brings up to date, or an index
// of another version, which they empty. In a bucket it writes a file of its own
// and deletes it. What is wrong is
// a finding; the order is that in which things rest on one another.
func Diagnose(ctx context.Context, dir string, getenv func(string) string, how Checkup) []Finding {
	if how.Wait == 0 {
		how.Wait = 15 * time.Second
	}
	if how.Now == nil {
		how.Now = time.Now
	}
	c := &doctor{dir: dir, how: how}
	c.well("program", "tenet %s, %s, %s/%s", how.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if !c.owner() {
		return c.findings
	}
	conf, err := readConfig(dir)
	if err != nil {
		c.add(Finding{Check: "workspace", Status: Fail, What: "cannot be opened", Err: err})
		return c.findings
	}
	conf = conf.with(getenv)
	c.well("workspace", "%s, of the landlord %s", dir, conf.Landlord)
	c.configuration(conf)
	c.disk()
	c.packs(conf)
	// Each of these is looked at, and all are needed to open the workspace.
	opens := c.notice()
	opens = c.keys() && opens
	opens = c.holidays() && opens
	looked, whole := c.store(ctx, conf)
	serving := c.processes(conf, looked)
	if opens && whole {
		c.inside(ctx, getenv, serving)
	}
	if !how.Quick {
		c.ocr(ctx)
	}
	return c.findings
}

// owner says whether this user is the one whose workspace it is. To go on as
// another, root above all, would leave files behind that the owner cannot write.
func (c *doctor) owner() bool {
	name, mine, err := ownerOf(c.dir)
	if err != nil || mine {
		return true // that there is no such folder is said of the workspace
	}
	c.add(Finding{Check: "user", Status: Fail, What: "this workspace belongs to the user " + name + ", who is not the one running this",
		Why: "files that another user makes there, such as the log of the store, would be in its owner's way", Mend: "run it as: sudo -u " + name + " tenet doctor"})
	return false
}

func (c *doctor) configuration(conf Config) {
	for _, face := range []struct {
		name, at string
		private  bool
	}{{"portal", conf.Portal, false}, {"console", conf.Console, true}, {"metrics", conf.Metrics, true}} {
		if face.at == "" {
			continue
		}
		host, port, err := net.SplitHostPort(face.at)
		switch ip := net.ParseIP(host); {
		case err != nil || port == "":
			c.add(Finding{Check: face.name, Status: Fail, What: fmt.Sprintf("cannot listen on %q", face.at), Mend: "write an address of this machine and a port, such as 127.0.0.1:8080"})
		case face.private && host != "localhost" && !ip.IsLoopback():
			c.add(Finding{Check: face.name, Status: Warn, What: "listens on " + face.at + ", which other machines may reach",
				Why: "it speaks plain HTTP", Mend: "put TLS and your own network's guard before it, or write 127.0.0.1:" + port})
		default:
			c.well(face.name, "listens on %s", face.at)
		}
	}
	c.public(conf)
	if _, err := conf.Log.SlogLevel(); err != nil {
		c.add(Finding{Check: "log", Status: Fail, What: err.Error(), Mend: "mend it in tenet.yaml, or in TENET_LOG_LEVEL and TENET_LOG_FORMAT"})
	}
}

// SlogLevel is the level below which nothing is logged. It is an error if Format
// or Level is none that there is.
func (l Log) SlogLevel() (slog.Level, error) {
	var level slog.Level
	if !slices.Contains([]string{"", "text", "json"}, l.Format) {
		return level, fmt.Errorf("the log cannot be written as %q, only as text or json", l.Format)
	}
	switch l.Level {
	case "", "info":
		return slog.LevelInfo, nil
	case "debug", "warn", "error":
		return level, level.UnmarshalText([]byte(l.Level))
	}
	return level, fmt.Errorf("there is no level %q of the log, only debug, info, warn and error", l.Level)
}

func (c *doctor) disk() {
	free, err := freeSpace(c.dir)
	if err != nil {
		c.add(Finding{Check: "disk", Status: Warn, What: "its free space cannot be told", Err: err})
		return
	}
	f := Finding{Check: "disk", Status: Well, What: fmt.Sprintf("%.1f GiB free", float64(free)/(1<<30))}
	if free < roomWarn {
		f.Status, f.Why, f.Mend = Warn, "cases, drafts and the index need room; on a full disk nothing is lost, and nothing goes on", "make room"
	}
	if free < roomFail {
		f.Status = Fail
	}
	c.add(f)
}

// notice, keys, holidays and store say whether the workspace can be opened with
// what they looked at.
func (c *doctor) notice() bool {
	n, err := notice.Load(os.DirFS(filepath.Join(c.dir, "notice")))
	if err != nil {
		c.add(Finding{Check: "notice", Status: Fail, What: "cannot be read", Err: err})
		return false
	}
	if faults := len(notice.Check(n)); faults > 0 {
		c.add(Finding{Check: "notice", Status: Warn, What: fmt.Sprintf("version %.12s, with %d findings", n.Version(), faults),
			Why: "it falls short of the law or of its own word", Mend: "tenet notice check"})
		return true
	}
	c.well("notice", "version %.12s, in which nothing is amiss", n.Version())
	return true
}

func (c *doctor) keys() bool {
	if _, err := keys.Open(filepath.Join(c.dir, "keys")); err != nil {
		c.add(Finding{Check: "keys", Status: Fail, What: "cannot be opened", Mend: "mend what it names; if keys are lost, restore them from their own backup", Err: err})
		return false
	}
	c.well("keys", "open, and closed to others; Tenet cannot see whether they are backed up, apart from the rest: without them sealed answers stay shut for ever")
	return true
}

func (c *doctor) holidays() bool {
	h, err := readHolidays(c.dir)
	if err != nil {
		c.add(Finding{Check: "bank holidays", Status: Fail, What: "cannot be read", Err: err})
		return false
	}
	today := law.DateOf(c.how.Now())
	f := Finding{Check: "bank holidays", Status: Well}
	covers := h.Version().Covers
	for _, nation := range slices.Sorted(maps.Keys(covers)) {
		until := covers[nation]
		if f.What == "" || until.Before(today.AddDays(ahead)) {
			f.What = fmt.Sprintf("known to %s for %s", until, nation)
		}
		switch days := until.DaysSince(today); {
		case days < aheadFail:
			f.Status = Fail
		case days < ahead && f.Status == Well:
			f.Status = Warn
		}
	}
	if f.Status != Well {
		f.Why, f.Mend = "a date that they do not reach cannot be counted", "download https://www.gov.uk/bank-holidays.json, then: tenet law holidays --from bank-holidays.json"
	}
	c.add(f)
	return true
}

func (c *doctor) packs(conf Config) {
	if conf.Packs != "" {
		return // looked at from inside
	}
	dir := filepath.Join(c.dir, "packs")
	if err := writable(dir); err != nil {
		c.add(Finding{Check: "packs", Status: Fail, What: "no draft can be kept", Err: err, Mend: "make " + dir + " a folder that the user Tenet runs as may write"})
		return
	}
	if open, err := openToOthers(dir); err == nil && open {
		c.add(Finding{Check: "packs", Status: Warn, What: "others on this machine may look into " + dir, Mend: "chmod 700 " + dir})
		return
	}
	c.well("packs", "can be written, and not by others")
}

// bucket tries the storage of packs that the configuration names.
func (c *doctor) bucket(ctx context.Context, d *Desk) {
	wait, cancel := context.WithTimeout(ctx, c.how.Wait)
	defer cancel()
	found, err := d.Packs.Check(wait)
	if err != nil {
		c.add(Finding{Check: "packs", Status: Fail, What: "no draft can be kept", Err: err, Mend: "mend what it says in tenet.yaml or TENET_PACKS"})
		return
	}
	if len(found) == 0 {
		c.well("packs", "a file was written, read and deleted there")
	}
	for _, f := range found {
		c.add(Finding{Check: "packs", Status: Warn, What: f.Says, Mend: f.Mend})
	}
}

// ocr looks for Tesseract as reading documents does.
func (c *doctor) ocr(ctx context.Context) {
	ocr, err := doc.FindOCR(ctx, "eng")
	if err != nil {
		c.add(Finding{Check: "ocr", Status: Warn, What: err.Error(), Why: "scans and pictures are listed as not read"})
		return
	}
	c.well("ocr", "%s, for %s", ocr.Program, ocr.Language)
}

// inside opens the workspace as other commands do, and looks at what only then can be seen.
func (c *doctor) inside(ctx context.Context, getenv func(string) string, serving bool) {
	d, err := Open(ctx, c.dir, getenv)
	if err != nil {
		c.add(Finding{Check: "store", Status: Fail, What: "cannot be opened", Err: err})
		return
	}
	defer d.Close()
	d.Now = c.how.Now
	c.ledger(ctx, d, serving)
	c.jobs(ctx, d, serving)
	c.operators(ctx, d)
	c.promises(ctx, d)
	if !c.how.Quick {
		if d.Config.Packs != "" {
			c.bucket(ctx, d)
		}
		c.sources(ctx, d)
	}
}

// ledger holds the newest checkpoint against the key, and counts what waits for
// its number. The whole is for tenet ledger verify.
func (c *doctor) ledger(ctx context.Context, d *Desk, serving bool) {
	const page = 500
	var last store.Signed
	var acts []store.Recorded
	err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if last, err = tx.Checkpoint(ctx, d.Config.Landlord); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		acts, err = tx.Acts(ctx, d.Config.Landlord, "", 0, page)
		return err
	})
	if err == nil && last.Note != "" {
		err = signedBy(last, d.Keys.Verifier())
	}
	if err != nil {
		c.add(Finding{Check: "ledger", Status: Fail, What: "its newest checkpoint does not verify", Err: err, Mend: "tenet ledger verify"})
		return
	}
	waiting, oldest := 0, d.Now()
	for _, a := range acts {
		if a.Seq < 0 {
			waiting, oldest = waiting+1, a.Time
		}
	}
	f := Finding{Check: "ledger", Status: Well, What: fmt.Sprintf("%d entries under a checkpoint that verifies; %d wait for their number", last.Size, waiting)}
	if waiting == page {
		f.What = fmt.Sprintf("%d entries under a checkpoint that verifies; %d or more wait for their number", last.Size, waiting)
	}
	if last.Note == "" {
		f.What = fmt.Sprintf("no checkpoint yet; %d entries wait for their number", waiting)
	}
	if serving && d.Now().Sub(oldest) > slow {
		f.Status, f.Why, f.Mend = Fail, "the process that serves should number them within seconds", "look into its log for what keeps it from that"
	}
	c.add(f)

	newest := last.Time
	if len(acts) > 0 && acts[0].Time.After(newest) {
		newest = acts[0].Time
	}
	if early := newest.Sub(d.Now()); early > skew {
		c.add(Finding{Check: "clock", Status: Fail, What: fmt.Sprintf("the newest entry of the ledger is %s in the future", early.Round(time.Second)),
			Why: "this machine's clock is slow, or was fast; deadlines rest on it", Mend: "set the clock, and keep it by NTP: timedatectl"})
		return
	}
	c.well("clock", "%s, not before the newest entry of the ledger", d.Now().UTC().Format(time.RFC3339))
}

// signedBy says whether a checkpoint is the one that the key signed.
func signedBy(s store.Signed, verifier string) error {
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return fmt.Errorf("the ledger's key: %w", err)
	}
	signed, err := ledger.OpenCheckpoint(s.Note, v)
	if err == nil && signed != s.Checkpoint {
		err = errors.New("the checkpoint in the store is not the one that was signed")
	}
	return err
}
