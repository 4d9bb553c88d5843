package console

import (
	"context"
	"time"
)

// Workbench is what the redaction workbench asks of the rest of the program:
// the documents of one case, what is proposed to be taken out of each, and what
// people decided. Every change is one numbered step that can be taken back, and
// names the revision it was made on: where somebody else was quicker it is
// refused with a [*web.Refusal], and nothing changes.
type Workbench interface {
	// Bench is the state of the work and one page of its documents.
	Bench(ctx context.Context, number string, q BenchQuery) (Bench, error)
	// Sheet is one document; an empty id is the first that waits.
	Sheet(ctx context.Context, number, id string) (Sheet, error)
	// Page draws a page of the original of a document, counted from 1.
	Page(ctx context.Context, number, id string, page int) (Picture, error)
	// Groups is one page of what is proposed, put together by person and by what
	// is written.
	Groups(ctx context.Context, number string, q GroupQuery) (Groups, error)
	// Mark takes the marks as one step.
	Mark(ctx context.Context, by Staff, number string, revision int, marks []Mark) (Progress, error)
	// Undo takes back every step after the one given; 0 takes back all of them.
	Undo(ctx context.Context, by Staff, number string, revision, step int) (Progress, error)
	// Steps is what was done, newest first.
	Steps(ctx context.Context, number string, page int) (Steps, error)
	// Second is what a second reviewer looks at: where people departed from what
	// was proposed, and where two people differ.
	Second(ctx context.Context, number string, page int) (Second, error)
	// Agree records that a second person looked, and what they say of a step.
	Agree(ctx context.Context, by Staff, number string, revision int, words string) (Progress, error)
	// LessonSets are the landlords whose answers a rule can be for, where there are several.
	LessonSets(ctx context.Context) ([]Choice, error)
	// Lessons are the landlord's own rules, learnt from decisions.
	Lessons(ctx context.Context) ([]Lesson, error)
	// Learn adds a rule for one landlord's answers, for drafts made from now on.
	Learn(ctx context.Context, by Staff, l Lesson) error
	// Unlearn removes one.
	Unlearn(ctx context.Context, by Staff, id string) error
}

// BenchQuery chooses documents.
type BenchQuery struct {
	Open   bool   // only those where something waits
	Person string // only those that name this person of the groups
	Text   string // only those that hold these words
	Page   int    // from 1, of 50 groups
}

// Progress is how far the work has come.
type Progress struct {
	Revision  int // the number of the last step
	Documents int
	Done      int // documents where nothing waits
	Spans     int
	Waiting   int           // spans that nobody has decided and that need it
	Left      time.Duration // at the pace so far; zero while it cannot be said
	Stale     bool          // decided since the draft was made: the draft is made again
}

// Bench is the state of the work and one page of its documents, put together.
type Bench struct {
	Progress
	Groups     []SheetGroup
	Total      int // documents that match, on all pages
	Pages      int
	Exemptions []ExemptionChoice
	Resume     string // the document that was looked at last, by id
	Second     string // who looked second; empty if nobody has
}

// ExemptionChoice is one that can be chosen for something withheld.
type ExemptionChoice struct {
	ID, Name, Cite string
	Verified       bool // false: shown as a working rule, never as law
}

// SheetRow is one document in the list.
type SheetRow struct {
	ID      string
	Title   string // "Note of 3 March 2026", "E-mail: Re: boiler"
	Where   string // source and table
	On      time.Time
	Flag    string // one of the flags; empty
	Waiting int
	Spans   int
	Like    int    // near-identical documents, decided with this one
	LikeOf  string // the title of the document that it is nearly the same as, and is decided with; empty
}

// SheetGroup is what a list shows on one line: a document alone, or those that are to
// be read or decided together.
type SheetGroup struct {
	Sheets  []SheetRow // in the order of review, at least one
	Waiting int        // in all of them
	Spans   int
	Alike   bool // all are nearly the same as one of them, and are decided with it; else a conversation
}

// Flags of a whole document.
const (
	FlagWithhold   = "withhold"   // the whole of it stays out
	FlagDuplicate  = "duplicate"  // another document says the same
	FlagNotTheirs  = "not-theirs" // it is not about this person
	FlagPrivileged = "privileged" // legal advice or litigation
	FlagRelease    = "release"    // it goes out, with what is marked taken out
)

// Sheet is one document: as it is, and as it would go out.
type Sheet struct {
	SheetRow
	Progress
	Prev, Next string // ids in the order of review; empty at the ends
	NextOpen   string // the next where something waits
	Number     int    // from 1, in the order of review
	Whose      string // in words
	Why        string // why a person must look; empty
	Pieces     []Piece
	FlagWhy    string
	// Pictured says that the record is a document with pages that can be drawn; Pages is
	// how many, or 0 while that is not known.
	Pictured bool
	Pages    int
	Regions  []Region // in the order of the pages
	Together int      // other documents of the same conversation, which a flag can be set on at once
	// NoCopy says why the draft has no copy of the document; NoCopyDetail what went
	// wrong, for staff alone. Both are empty where there is one, or no document.
	NoCopy, NoCopyDetail string
}

// Picture is one page of a document, drawn.
type Picture struct {
	PNG   []byte
	Pages int // of the document
}

// Box is a rectangle on a page. Its sides are fractions of the page, from its upper
// left corner.
type Box struct {
	Page   int     `json:"page"` // from 1
	Left   float64 `json:"left"`
	Top    float64 `json:"top"`
	Right  float64 `json:"right"`
	Bottom float64 `json:"bottom"`
}

// Region is a part of a page that is black in the copy.
type Region struct {
	Box
	ID                    string // by which "drop" takes it away
	By, Exemption, Reason string
	From                  string // the title of the document that it was drawn on, where that is another, which this one is like
}

// Piece is one field of a document.
type Piece struct {
	Name  string
	Text  string // the original
	Clean string // as it would go out
	Held  string // why the whole field stays out; empty if it goes
	Spans []Span // in order, not overlapping
}

// Span is one place in the text of a piece that tells of somebody.
type Span struct {
	ID         string
	Start, End int // in Unicode code points
	Type       string
	Person     string // "Person 3", or the words for staff, the requester
	Group      string // id of the group it belongs to
	Action     string // "withhold", "reveal" or "review"
	Label      string // what stands in the copy: "[Person 3]"
	Exemption  string
	Reason     string // why, in words
	By         string // who decided; empty while it is a proposal
	Added      bool   // by a person, not by the detector
}

// GroupQuery chooses groups.
type GroupQuery struct {
	By    string // "person" or "text"
	Open  bool   // only those where something waits
	Group string // only this one, with its places
	Page  int
}

// Groups is one page of groups.
type Groups struct {
	Progress
	Groups []Group
	Total  int
	Pages  int
}

// Group is one person, or one string, wherever it stands.
type Group struct {
	ID      string
	What    string // the person's label and how they are written; or the string
	Type    string
	Known   string // how the landlord knows them: "neighbour's record in housing"; empty
	Spans   int
	Sheets  int
	Waiting int
	Action  string // where all agree; else "mixed"
	Places  []Place
}

// Place is one occurrence with the words around it.
type Place struct {
	Sheet, Title, Span    string
	Before, Match, After  string
	Action, By, Exemption string
}

// Mark is one thing done to the work. Which fields count goes by Kind.
type Mark struct {
	// Kind is "span", "group", "add", "region", "drop", "flag", "seen", or "rest", which
	// withholds all that nobody has decided and needs its Reason: without it a case
	// where something waits is not approved. A "seen" alone is no step.
	Kind  string `json:"kind"`
	Sheet string `json:"sheet,omitempty"`
	// Span is decided by "span", and by "drop" if a person had added it; "drop"
	// takes the id of a region too.
	Span string `json:"span,omitempty"`
	// Group is decided everywhere by "group", but for the spans in Except.
	Group  string   `json:"group,omitempty"`
	Except []string `json:"except,omitempty"`
	// Piece, Start and End are the place of "add", in Unicode code points. Words is
	// given instead by those who cannot select: every place in the sheet that holds
	// them. Everywhere does it in all sheets.
	Piece      string `json:"piece,omitempty"`
	Start      int    `json:"start,omitempty"`
	End        int    `json:"end,omitempty"`
	Words      string `json:"words,omitempty"`
	Everywhere bool   `json:"everywhere,omitempty"`

	Region *Box `json:"region,omitempty"` // is covered by "region"

	Action string `json:"action,omitempty"` // "withhold" or "reveal"
	// Exemption and Reason are those of the proposal where they are empty. A reason is
	// needed for "add", "region", "rest" and the flag "withhold", and to decide against a
	// proposal: what was to be withheld stays, or what was not is withheld.
	Exemption string `json:"exemption,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Flag      string `json:"flag,omitempty"` // empty takes the flag away
	// Thread has a "flag" set on every document of the conversation, in the one step.
	Thread bool `json:"thread,omitempty"`
}

// Steps is one page of what was done.
type Steps struct {
	Progress
	Steps []Step
	Pages int
}

// Step is one thing done, that can be gone back to.
type Step struct {
	Number int
	On     time.Time
	By     string
	What   string // in words: "withheld Person 3 in 14 places"
	Undone bool
	Back   bool // it marked nothing and only went back to an earlier step
}

// Second is what a second reviewer looks at.
type Second struct {
	Progress
	Differences []Difference
	Total       int
	Pages       int
	Agreed      []Agreement
}

// Difference is one place where what was decided is not what was proposed, or
// where two people decided differently.
type Difference struct {
	Place
	Proposed string // what the program would have done
	First    string // who decided first, and what: "A. Officer: reveal"
	Last     string
	Reason   string
}

// Agreement is what a second reviewer said.
type Agreement struct {
	By    string
	On    time.Time
	Words string
}

// Lesson is one of the landlord's own rules.
type Lesson struct {
	ID     string
	Keep   bool   // true: these words always stay; false: they are always proposed
	Words  string // as they are written
	Reason string
	By     string
	On     time.Time
	For    string // whose answers it is for; empty where there is one landlord alone
	// Whose answers a new one is for: those of the landlord of the case it was learnt in, or
	// those of a set of LessonSets.
	Number, Set string
}
