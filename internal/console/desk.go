package console

import (
	"context"
	"time"

	"tenet/internal/web"
)

// Desk is what the console asks of the rest of the program. An error that is
// [web.ErrNotFound] becomes a page saying so; a [*web.Refusal] is shown in its own
// words; any other is logged and shown as our fault. Methods that act are given
// who acts, and write the ledger entry with the act.
type Desk interface {
	// Cases lists cases, open ones first, nearest due date first.
	Cases(ctx context.Context, q CaseQuery) (CaseList, error)
	// Case is one case by its number.
	Case(ctx context.Context, number string) (Case, error)
	// Head is a case without what takes the opening of its files: no gaps and no parts
	// of the draft. It is for the pages that show neither, however large the answer.
	Head(ctx context.Context, number string) (Case, error)
	// Found is one page of the records found for a case.
	Found(ctx context.Context, number string, q FoundQuery) (Found, error)
	// Withheld is what the draft leaves out, and what was never looked at.
	Withheld(ctx context.Context, number string) (Withheld, error)
	// History is what was done in a case, newest first.
	History(ctx context.Context, number string) ([]Event, error)

	// RecordIdentity notes that the person is who they say they are.
	RecordIdentity(ctx context.Context, by Staff, number string, id Identity) error
	// Decide notes what becomes of one record that a person must look at.
	Decide(ctx context.Context, by Staff, number string, d Decision) error
	// Approve releases the draft with this fingerprint, and refuses any other.
	Approve(ctx context.Context, by Staff, number, fingerprint string) error
	// Download opens a released pack, and notes in the ledger who took it.
	// The console closes the file.
	Download(ctx context.Context, by Staff, number string) (web.File, error)

	// Ledger is the state of the ledger as its newest checkpoint has it.
	Ledger(ctx context.Context) (Ledger, error)
	// VerifyLedger reads the whole ledger and checks it.
	VerifyLedger(ctx context.Context) (Verification, error)
	// Sources are the systems Tenet reads, and whether it can.
	Sources(ctx context.Context) ([]Source, error)
}

// CaseQuery chooses cases. Empty fields choose all.
type CaseQuery struct {
	Closed bool   // closed ones instead of open ones
	Kind   string // the id of one of CaseList.Kinds
	Holder string // the id of one of CaseList.Holders
	Flag   string // one of CaseList.Flags
	Sort   string // "due", the default, "received", "person" or "holder"
	Page   int    // from 1; 0 gives every case
}

// CaseList is one page of cases.
type CaseList struct {
	Cases []CaseRow
	Total int // that were chosen, on all pages
	Pages int
	// What can be chosen by: what there is among the open cases, or the closed.
	Kinds, Holders, Flags []Choice
	// Due counts every open case by its due date, for the chart: one entry a
	// case, in any order. Paused cases are left out.
	Due []time.Time
}

// CaseRow is one case in the list.
type CaseRow struct {
	Number   string // "DEMO-2026-0001"
	Kind     string // "Access request"
	Person   string // how staff know the person: "Ms A. Example, tenant"
	Received time.Time
	Due      time.Time
	Paused   string // why the clock stands still; empty if it runs
	Closed   bool
	State    string   // in words: "Draft ready"
	With     string   // whose desk it is on: "Unassigned"
	Flags    []string // what to look out for: "Overdue", "Identity not recorded"
}

// Choice is one of several things that can be chosen.
type Choice struct{ ID, Text string }

// Case is one case.
type Case struct {
	CaseRow
	Asked    string // what the person asked for, in their words or ours
	Channel  string // how it came: "Online form"
	Next     string // the next thing to do, in a sentence
	Clock    Clock
	Identity *Identity // nil until recorded
	Anybody  bool      // the answer is anybody's to have: no identity is recorded for it
	InWords  bool      // the draft is an answer in words, and not records
	Counts   []Count   // by source and table
	Whose    []WhoseCount
	Withheld int   // items left out whole or in part
	Review   int   // records that wait for a person's decision
	Gaps     []Gap // not searched, not followed
	Draft    *Draft
}

// Clock is how long there is, and why.
type Clock struct {
	Regime   string    // "Access to your information (UK GDPR Article 15)"
	Started  time.Time // when the clock began to run
	Due      time.Time // the date that governs
	Target   time.Time // the landlord's own earlier target; zero if none
	Governs  string    // "law" or "promise"
	Law      Deadline
	Promise  *Deadline
	Extend   *Extension
	Working  []string // the working, a sentence a step
	Holidays string   // which calendar and which version of it
}

// Deadline is one reading of when an answer is due.
type Deadline struct {
	Due  time.Time
	Says string // the citation, or the promise's own words
}

// Extension is what more time would take.
type Extension struct {
	NoticeBy time.Time // the person must have been told by
	Due      time.Time
}

// Identity is how it is known that the person is who they say they are.
type Identity struct {
	How  string // one of the ways in [Ways], or other words
	Note string // what was seen; never a copy of it
	By   string
	On   time.Time
}

// Count is how many records one table gave.
type Count struct {
	Source, Table string
	Records       int
}

// WhoseCount is how many records are whose.
type WhoseCount struct {
	Whose   string // "self", "shared", …
	Records int
}

// Gap is something that was not searched or not followed.
type Gap struct {
	What string // source, or table within one
	Kind string // "not searched" or "not followed"
	Why  string
}

// Draft is the sealed answer.
type Draft struct {
	Fingerprint string // of the sealed bytes; approval names it
	Made        time.Time
	Size        int64 // bytes
	Parts       []Part
	// Blocked says why it cannot be approved yet; empty if it can.
	Blocked  string
	Approved *Approval
}

// Part is one file of the pack.
type Part struct {
	Name string
	What string // "One page with everything, for reading"
	Size int64  // bytes
}

// Approval is who released the draft, and when.
type Approval struct {
	By string
	On time.Time
}

// FoundQuery chooses among the records found. Empty fields choose all.
type FoundQuery struct {
	Whose  string
	Source string
	Table  string
	Review bool // only those that wait for a decision
	Page   int  // from 1
}

// Found is one page of records.
type Found struct {
	Records []Record
	Total   int // that match, on all pages
	Pages   int
	Sources []string // every source that gave a record, for the filter
}

// Record is one row, letter or message found.
type Record struct {
	ID     string // names the record within the case
	Source string
	Table  string
	Key    string   // how its own system knows it: "tenant_id 1042"
	Whose  []string // "self", "shared", "mention", "reference", "author", "other"
	Roles  []string
	Path   []string // how we got here, a step a sentence
	Fields []Field
	Review string    // why a person must look at it; empty if nobody need
	Chosen *Decision // what was decided
}

// Field is one value of a record.
type Field struct {
	Name  string
	Value string
	// Withheld says why this value stays out of the requester's copy; empty if it
	// goes. Staff see the value either way.
	Withheld string
}

// Decision is what becomes of one record in the answer.
type Decision struct {
	Record  string
	Release bool // false: withheld
	Reason  string
	By      string    // set by the desk
	On      time.Time // set by the desk
}

// Withheld is what the draft leaves out, and what nobody looked at.
type Withheld struct {
	Items []WithheldItem
	Gaps  []Gap
}

// WithheldItem is one thing left out.
type WithheldItem struct {
	Source, Table, Key string
	What               string // "a neighbour's name", "the whole note"
	Value              string // what it says; staff may see it
	Why                string // the reason in words
	Exemption          string // "DPA 2018 Schedule 2 paragraph 16"
}

// Event is one thing done in a case.
type Event struct {
	On    time.Time
	What  string
	By    string
	Entry int64  // index of its ledger entry; -1 while not yet sequenced
	Href  string // where what it tells of can be looked at; empty if nowhere
}

// Ledger is the ledger as its newest checkpoint has it.
type Ledger struct {
	Origin     string // the name on the checkpoint
	Size       int64  // entries
	Root       string // base64
	Signed     time.Time
	Key        string // the verifier key, to check it with elsewhere
	Checkpoint string // the signed note as it stands
	Recent     []Entry
}

// Entry is one line of the ledger: what was done, without saying to whom.
type Entry struct {
	Index int64
	On    time.Time
	Kind  string // "case.approve"
	Case  string // number; empty if about none
}

// Verification is what a reading of the whole ledger showed.
type Verification struct {
	OK       bool
	Entries  int64
	Took     time.Duration
	Findings []string // what is wrong, naming the entry
}

// Source is one system that Tenet reads.
type Source struct {
	Name    string
	Kind    string // "PostgreSQL", "Folder of letters"
	Address string // without secrets
	State   string // "ok", "trouble" or "unchecked"
	Note    string // what the last look showed
	Looked  time.Time
	Indexed time.Time // how fresh the index of it is; zero if never
	Records int       // in the index
}
