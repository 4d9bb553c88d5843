package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"strings"
	"time"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// Source is one system that holds data. Its methods may be called at the same
// time from several goroutines, and a sequence may be left before its end. An
// error ends a sequence; all errors are of type *Error.
type Source interface {
	// Name is what the landlord calls the system.
	Name() string
	// Schema reads what the system holds, as it is now.
	Schema(ctx context.Context) (*rows.Schema, error)
	// Scan streams every row of a table: in the order of its key where it declares
	// one, else in an order of the engine's own. Outside the hours that the URL gives
	// the source it fails with a *HoursError, and so does one that is under way when they end.
	Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error]
	// Lookup streams the rows of a table in which every condition holds. A value
	// that the column's type cannot have is in no row; that is no error.
	Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error]
	// Fingerprint is the same string for as long as the table has certainly not
	// changed, over restarts too. Empty means that the engine cannot tell cheaply.
	// Take it before the scan that it is to stand for.
	Fingerprint(ctx context.Context, table string) (string, error)
	// Check reaches for the system and says what stands in the way of reading it.
	Check(ctx context.Context) (Health, error)
	// Close lets go of connections. Sequences under way end with an error.
	Close() error
}

// ScanOptions narrow a scan.
type ScanOptions struct {
	// Columns to read; nil is all of them. Those of the key are always read. Rows
	// come with a Table that has just these columns.
	Columns []string
	// Now reads outside the source's hours as well: a person waits for the answer.
	Now bool
}

// Options are what all engines go by. The zero value will do.
type Options struct {
	Limits Limits
	// Report is told of everything that could not be read, as it is come upon; it
	// may be called from several goroutines. A Problem may name a row by its key,
	// and a key may be personal data: do not write it to a log.
	Report func(Problem)
	// Keys gives the key columns that a map names for a table without a key of its
	// own; nil if it names none.
	Keys func(table string) []string
	// OCR reads pictures and scanned pages; see doc.FindOCR. Where it is nil they are
	// reported as not read.
	OCR *doc.OCR
}

// Limits bound what reading may cost. Zero fields take the defaults.
type Limits struct {
	Value     int           // bytes of one value; default 1 MiB
	Statement time.Duration // how long an engine may take to give the next row; default 1 minute
	Document  doc.Limits    // of one file or message
}

// Problem is something that could not be read, or not wholly.
type Problem struct {
	Source string `json:"source"`
	Table  string `json:"table,omitempty"`
	Key    string `json:"key,omitempty"` // the row, by Row.ID
	Column string `json:"column,omitempty"`
	Why    string `json:"why"`
	Mend   string `json:"mend,omitempty"` // what someone can do about it
}

// String is the problem in one line, without the row's key.
func (p Problem) String() string {
	s := p.Source
	for _, part := range []string{p.Table, p.Column} {
		if part != "" {
			s += "." + part
		}
	}
	s += ": " + p.Why
	if p.Mend != "" {
		s += " (" + p.Mend + ")"
	}
	return s
}

// Health is what Check found.
type Health struct {
	Engine   string    `json:"engine"`             // with its version: "PostgreSQL 15.4"
	Login    string    `json:"login,omitempty"`    // who we are there
	Tables   int       `json:"tables"`             // that can be read
	ReadOnly bool      `json:"read_only"`          // the system itself would refuse a write of ours
	Writable []string  `json:"writable,omitempty"` // tables that the login could change, and need not
	Limits   []string  `json:"limits,omitempty"`   // what keeps reading it from being a burden, in words
	Problems []Problem `json:"problems"`           // what cannot be read, and how to mend it
}

// Error is a failure to reach or read a source.
type Error struct {
	Source string
	Table  string // empty if the failure is not about one table
	After  string // Row.ID of the last row that was read; may be personal data
	Doing  string // "reading", "connecting"
	Mend   string
	Err    error
}

// Error is the failure in one line. It leaves out After, which callers show
// where personal data may stand.
func (e *Error) Error() string {
	s := "source " + e.Source
	if e.Table != "" {
		s += ", table " + e.Table
	}
	s += ": " + e.Doing + ": " + e.Err.Error()
	if e.Mend != "" {
		s += "; " + e.Mend
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// What an *Error may wrap.
var (
	ErrUnsupported = errors.New("this kind of source is not supported yet")
	ErrNoTable     = errors.New("there is no such table")
	ErrNoColumn    = errors.New("there is no such column")
	ErrUnreachable = errors.New("cannot be reached")
	ErrRefused     = errors.New("the login was refused")
)

// Open makes a source of a URL. It does not touch the system yet: Check does,
// and so does everything else.
func Open(_ context.Context, name, rawURL string, opts Options) (Source, error) {
	if opts.Limits.Value <= 0 {
		opts.Limits.Value = 1 << 20
	}
	if opts.Limits.Statement <= 0 {
		opts.Limits.Statement = time.Minute
	}
	if opts.Report == nil {
		opts.Report = func(Problem) {}
	}
	if opts.Keys == nil {
		opts.Keys = func(string) []string { return nil }
	}
	b := base{name: name, opts: opts}
	engineURL, m, err := takeManners(rawURL, opts)
	if err != nil {
		return nil, b.fail("", "opening", err)
	}
	b.opts.Limits.Statement, b.conns = m.timeout, m.conns
	s, err := openEngine(b, engineURL)
	if err != nil {
		return nil, err
	}
	if !m.database && m.hours.always() {
		return s, nil // nobody works with it while it is read, or it is asked about one person
	}
	return &gentle{s, m, wallClock{}}, nil
}

// openEngine makes the source that reads what the URL's scheme says.
func openEngine(b base, rawURL string) (Source, error) {
	scheme, rest, ok := strings.Cut(rawURL, ":")
	if !ok {
		return nil, b.fail("", "opening", fmt.Errorf("%w: a source's URL begins with %s", ErrUnsupported, known))
	}
	if rest == "" {
		return nil, b.fail("", "opening", fmt.Errorf("the URL is %q alone: say where after it", scheme+":"))
	}
	switch scheme {
	case "sqlite":
		return newSQLite(b, rest)
	case "postgres", "postgresql":
		return newPostgres(b, rawURL)
	case "mysql", "mariadb":
		return newMySQL(b, rawURL)
	case "sqlserver", "mssql":
		return newSQLServer(b, rawURL)
	case "oracle":
		return newOracle(b, rawURL)
	case "dir":
		return newDir(b, rest)
	case "mbox":
		return newMailFiles(b, rest, mboxFormat), nil
	case "sar":
		return newSAR(b, rest)
	case "pst":
		return newMailFiles(b, rest, pstFormat), nil
	case "imap", "imaps":
		return newIMAP(b, rawURL)
	case "purview":
		return newPurview(b, rest), nil
	case "graph":
		return newGraph(b, rest)
	}
	return nil, b.fail("", "opening", fmt.Errorf("%w: %q; those that are: %s", ErrUnsupported, scheme+":", known))
}

const known = "sqlite: postgres: mysql: sqlserver: oracle: dir: mbox: pst: imap: graph: purview: sar:"

// Redact is a source's URL without what is secret in it, for showing.
func Redact(rawURL string) string {
	scheme, rest, ok := strings.Cut(rawURL, ":")
	switch {
	case !ok:
		return "…"
	case scheme == "sqlite" || scheme == "dir" || scheme == "mbox" || scheme == "pst" || scheme == "purview":
		return rawURL
	case scheme == "graph":
		return redactGraph(rest)
	case scheme == "sar":
		return "sar:" + Redact(rest)
	case strings.HasPrefix(rest, "//"):
	case scheme == "postgres" || scheme == "postgresql":
		return scheme + ":" + keywordPassword.ReplaceAllString(rest, "${1}…")
	default: // nothing that can be opened, and a secret may stand anywhere in it
		return scheme + ":…"
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return scheme + "://…"
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	q := u.Query()
	for key := range q {
		if strings.Contains(key, "password") || key == "token" && !strings.HasPrefix(q.Get(key), "env:") {
			q.Set(key, "xxxxx")
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

var keywordPassword = regexp.MustCompile(`(?i)(\w*password\s*=\s*)('(?:[^'\\]|\\.)*'|\S+)`)

// base is what every engine has.
type base struct {
	name  string
	opts  Options
	conns int // to a server, at most
}

func (b *base) Name() string { return b.name }

func (b *base) report(p Problem) {
	p.Source = b.name
	b.opts.Report(p)
}

// fail makes an *Error of an error that is none yet.
func (b *base) fail(table, doing string, err error) *Error {
	var already *Error
	if errors.As(err, &already) {
		return already
	}
	return &Error{Source: b.name, Table: table, Doing: doing, Err: err}
}

// one is a sequence that is nothing but an error.
func one(err error) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) { yield(rows.Row{}, err) }
}
