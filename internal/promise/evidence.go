package promise

import (
	"context"
	"iter"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Systems are the landlord's own, as far as they can be read.
type Systems interface {
	// Tables are the tables that can be read now, and what cannot be, in words.
	Tables(ctx context.Context) (tables []Table, gaps []string, err error)
	// Scan streams columns of a table. An error ends it.
	Scan(ctx context.Context, t Table, q Query) iter.Seq2[Row, error]
	// Tally has the system itself count the rows of a table by the values of columns, each
	// combination once and in the same order every time; false where it cannot, or where
	// there are too many, so that the rows have to be read.
	Tally(ctx context.Context, t Table, q Query) ([]Tallied, bool, error)
	// Of is the same systems as the set of one client has them, and no row of another's.
	Of(client string) Systems
}

// Table is one table of a system with what its map says of it.
type Table struct {
	Source, Name  string
	Mapped        bool
	Category      string // id in the notice, where the table has one
	Retention     string // id of a retention rule
	RetentionFrom string // the column with the day from which keeping is counted
	DisclosedTo   string // of a log of disclosures: the column that says to whom
	DisclosedAt   string // and when
	DisclosedWhat string // and what, in words; empty where none does
	Asked         bool   // answers about one person at a time, and cannot be read through
	Apart         bool   // we act for others: their rows are sets apart, and are not given
	Aside         string // why its map says that it holds nobody's data by itself; empty where it may
	Columns       []Column
}

// String names the table as promises.yaml does.
func (t Table) String() string { return t.Source + "." + t.Name }

// has says whether the table has a column of the name.
func (t Table) has(name string) bool {
	for _, c := range t.Columns {
		if c.Name == name {
			return true
		}
	}
	return false
}

// Column is one column with what the map says of it.
type Column struct {
	Name     string
	Category string // its own or its table's
	Own      bool   // the map gives this very column its category or kind
	Kind     string // what the map calls it: "special", "criminal", "child"; empty where nothing
	Joins    bool   // is a key, or leads to another table
	Nullable bool
	Binary   bool // holds no text
}

// Query narrows a scan to columns and to rows in which columns have values, which
// the system itself is asked for where it can.
type Query struct {
	Columns []string
	Where   []Where
	// Few says that some of the rows are enough, so that the system is asked for those in
	// which the conditions hold, whether it has an index for it or not.
	Few bool
}

// Where is one condition: the column has this value, or none.
type Where struct {
	Column, Value string
	Null          bool
}

// Tallied is a combination of values, in the order of Query.Columns, and how many rows
// have it.
type Tallied struct {
	Values []Value
	Rows   int64
}

// Row is one row: values in the order of Query.Columns.
type Row struct {
	Values []Value
	ID     func() string // opaque: the same for the same row, and nobody can read it back
}

// Value is one value as text; empty for a null.
type Value struct {
	Text string
	Null bool
	Lost bool // not all of it could be read
}

// Text finds personal data in text.
type Text interface {
	// Types are what it can find: "CARD".
	Types() []string
	// Count is how many of a type stand in a text.
	Count(kind, text string) int
}

// Requests are the cases, and the packs handed over.
type Requests interface {
	Requests(ctx context.Context) iter.Seq2[Request, error]
	// Sealed says whether the pack of this name is whole and has the digest: nil if it
	// does; ErrDiffers if it is another or gone; another error if it cannot be read.
	Sealed(ctx context.Context, name, digest string) error
}

// Request is a case as a check needs it. It names nobody.
type Request struct {
	ID           string // as the ledger knows it
	Number       string // as people know it
	Received     law.Date
	Clocks       []Clock
	Acknowledged law.Date
	Charged      bool // was asked for a fee
	Released     bool
	Pack, Digest string // of the sealed answer that was let out; empty where there is none
}

// Clock is one clock of a case, counted by law and promise.
type Clock struct {
	Regime   law.Regime
	Due      time.Time // zero where it cannot be counted
	Met      law.Date  // zero while it runs
	Extended law.Date  // the day the person was told of more time
	// Before is when the answer was due without the extension.
	Before time.Time
}

// Item is one thing that somebody else looked at as a whole.
type Item struct {
	Name  string // opaque, or the landlord's own word for a system
	State State
	Why   string
	Paper string // of a register: the number of the paper that covers it, or will
}

// State is how a thing is.
type State int

// The states: as promised, not as promised, not looked at.
const (
	AsPromised State = iota
	NotAsPromised
	NotSeen
	Unread // and what would say so cannot be read at all
)

// Office is what the installation knows of itself.
type Office interface {
	Sources(ctx context.Context) ([]Item, error) // whether each system can be read
	Maps(ctx context.Context) ([]Item, error)    // whether each map was confirmed, and fits
	Index(ctx context.Context) ([]Item, error)   // whether each table stands in the index as it is now
	Ledger(ctx context.Context) ([]Item, error)  // whether it verifies: one item an entry or fault
	Lint(ctx context.Context) ([]Item, error)    // the notice against law and itself, by rule
	// Versions are the content hashes of the versions of the notice that can be read.
	Versions(ctx context.Context) ([]string, error)
	// Roles are those that an account may have, by what each sees.
	Roles(ctx context.Context) ([]Role, error)
}

// Role is what whoever has it sees.
type Role struct {
	ID   string
	All  bool // every category
	Sees []notice.ID
}

// Registers are the registers of accountability that Tenet keeps.
type Registers interface {
	// Register is each thing that the notice calls for in a register, and each paper of it
	// that is late: as promised where a signed paper covers it; not seen where only the
	// notice says that there is one; otherwise not as promised.
	Register(ctx context.Context, register string) ([]Item, error)
}
