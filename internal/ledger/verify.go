package ledger

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Trust is what the person checking an export already holds, from somewhere
// other than the export. With neither, an export is only shown to agree with
// itself.
type Trust struct {
	Key        string // the log's verifier key, as published
	Checkpoint string // a signed checkpoint kept from before
}

// Kind is what is wrong.
type Kind string

// The kinds of fault.
const (
	Malformed Kind = "malformed" // a line that no export contains
	Changed   Kind = "changed"   // an entry, or a stretch of them, is not what was logged
	Removed   Kind = "removed"   // entries are missing
	Reordered Kind = "reordered" // entries or checkpoints stand where they do not belong
	Forked    Kind = "forked"    // two things claim the same place
	Payload   Kind = "payload"   // a payload is not the one committed to
	Signature Kind = "signature" // a checkpoint is not signed by the log's key
	Foreign   Kind = "foreign"   // an entry of another landlord's, or another log's key
	Unsigned  Kind = "unsigned"  // entries that no checkpoint covers
	Truncated Kind = "truncated" // the export breaks off
)

// Fault is one thing that is wrong, and where.
type Fault struct {
	Kind  Kind   `json:"kind"`
	Line  int64  `json:"line"`  // of the export, from 1
	First int64  `json:"first"` // number of the first entry concerned, -1 if none is
	Last  int64  `json:"last"`  // number of the last, -1 if none is
	Words string `json:"words"`
}

// Error makes a fault an error.
func (f Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Words) }

// Report is what Verify found.
type Report struct {
	Origin      string  `json:"origin"`
	Key         string  `json:"key"`         // the key the signatures were checked with
	KeyTrusted  bool    `json:"key_trusted"` // it was given, not taken from the export
	Entries     int64   `json:"entries"`
	Opened      int64   `json:"opened"` // entries whose payload was there to check
	Checkpoints int64   `json:"checkpoints"`
	Root        Hash    `json:"root"` // of the last good checkpoint
	Faults      []Fault `json:"faults"`
	More        int64   `json:"more"` // faults beyond the first MaxFaults, counted only
}

// MaxFaults is how many faults a report holds.
const MaxFaults = 100

// OK says that nothing is wrong.
func (r Report) OK() bool { return len(r.Faults) == 0 }

// Verify reads an export to its end and reports everything that is wrong with
// it. The error is for a trust that cannot be used or a reader that fails; a
// bad export is a report with faults. Memory is bounded by the longest line.
func Verify(r io.Reader, trust Trust) (Report, error) {
	v := verifier{good: -1}
	if trust.Key != "" {
		key, err := note.NewVerifier(trust.Key)
		if err != nil {
			return v.report, fmt.Errorf("ledger: the key given is not a verifier key: %w", err)
		}
		v.key, v.report.Key, v.report.KeyTrusted = key, trust.Key, true
	}
	v.trust = trust

	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 1<<16), maxLine)
	s.Split(wholeLines)
	for s.Scan() && !v.stop {
		v.line++
		v.read(s.Bytes())
	}
	switch err := s.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		v.line++
		v.fault(Malformed, -1, -1, "the line is longer than %d bytes, the longest an export can have", maxLine)
	case err != nil:
		return v.report, fmt.Errorf("ledger: read export after line %d: %w", v.line, err)
	default:
		v.finish()
	}
	return v.report, nil
}

// wholeLines splits at newlines and keeps them, so that a last line without one
// can be told apart.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// span is a stretch of entries, first and last included.
type span struct{ first, last, line int64 }

type verifier struct {
	trust  Trust
	key    note.Verifier
	known  *Checkpoint // from trust, once the key is known
	report Report

	line     int64
	next     int64 // number of the entry due
	landlord string
	ended    bool
	stop     bool

	// Two trees, one over the hashes recorded beside the entries and one over
	// the entries themselves. They differ where one of the two was altered, and
	// the signed root tells that all else is as it was.
	recorded, computed Tree
	// broken says that a fault already reported makes roots incomparable.
	broken bool
	lost   int64  // unreadable lines since the last readable entry
	gaps   []span // entries not seen, which may still turn up out of order

	good     int64 // size of the last checkpoint that agreed, -1 before the first
	last     *Checkpoint
	lastLine int64
}

func (v *verifier) fault(k Kind, first, last int64, words string, args ...any) {
	v.faultAt(v.line, k, first, last, words, args...)
}

func (v *verifier) faultAt(line int64, k Kind, first, last int64, words string, args ...any) {
	if len(v.report.Faults) == MaxFaults {
		v.report.More++
		return
	}
	v.report.Faults = append(v.report.Faults, Fault{k, line, first, last, fmt.Sprintf(words, args...)})
}

func (v *verifier) read(data []byte) {
	if data[len(data)-1] != '\n' {
		v.fault(Truncated, v.next, -1, "the export breaks off within a line, where entry %d or what follows it is due", v.next)
		v.stop, v.ended = true, true
		return
	}
	l, err := decodeLine(data)
	switch {
	case v.line == 1 && (err != nil || l.Header == nil):
		v.fault(Malformed, -1, -1, "this is not an export of a ledger: its first line is not a header")
		v.stop, v.ended = true, true
	case err != nil:
		v.fault(Malformed, v.next, v.next, "where entry %d or what follows it is due: %v", v.next, err)
		if !bytes.HasPrefix(data, []byte(`{"checkpoint":`)) { // It may have been an entry.
			v.broken = true
			v.lost++
		}
	case v.ended:
		v.fault(Malformed, -1, -1, "the export has ended, and goes on")
		v.stop = true
	case l.Header != nil:
		v.header(*l.Header)
	case l.Entry != nil:
		v.entry(l)
	case l.Checkpoint != "":
		v.checkpoint(l.Checkpoint)
	case l.End != nil:
		v.end(*l.End)
	}
}

func (v *verifier) header(h header) {
	if v.line != 1 {
		v.fault(Malformed, -1, -1, "a second header: two exports were joined")
		v.stop, v.ended = true, true
		return
	}
	v.report.Origin = h.Origin
	if h.Format != format {
		v.fault(Malformed, -1, -1, "the format is %q; this program reads %q", h.Format, format)
		v.stop, v.ended = true, true
		return
	}
	key, err := note.NewVerifier(h.Key)
	if err == nil && !strings.HasPrefix(h.Key, fmt.Sprintf("%s+%08x+", key.Name(), key.KeyHash())) {
		err = errors.New("its key hash is not in lower case")
	}
	switch {
	case err != nil:
		v.fault(Signature, -1, -1, "the key in the header is not a verifier key: %v", err)
	case key.Name() != h.Origin:
		v.fault(Foreign, -1, -1, "the log is %q, and the key in the header signs for %q", h.Origin, key.Name())
	case v.key != nil && v.trust.Key != h.Key:
		v.fault(Foreign, -1, -1, "the export names the key %s+%08x, and the key you hold is %s+%08x",
			key.Name(), key.KeyHash(), v.key.Name(), v.key.KeyHash())
	}
	if v.key == nil {
		if err != nil {
			v.stop, v.ended = true, true
			return
		}
		v.key, v.report.Key = key, h.Key
	}
	if v.trust.Checkpoint != "" {
		c, err := OpenCheckpoint(v.trust.Checkpoint, v.key)
		if err != nil {
			v.fault(Signature, -1, -1, "the checkpoint you hold is not of this log: %v", err)
			return
		}
		v.known = &c
		v.compareKnown()
	}
}

func (v *verifier) entry(l line) {
	lost := v.lost
	v.lost = 0
	e, err := DecodeEntry(l.Entry)
	if err != nil {
		v.fault(Changed, v.next, v.next, "entry %d is not one that Tenet writes: %v", v.next, err)
		v.take(*l.Leaf, *l.Leaf)
		return
	}
	leaf := e.Leaf()
	if leaf != *l.Leaf {
		// Its own words cannot be relied on, its number among them: it is taken
		// to be the one due.
		v.fault(Changed, v.next, v.next, "entry %d hashes to %s, and the hash recorded beside it is %s: "+
			"one of the two was changed", v.next, leaf, *l.Leaf)
	} else if !v.place(e.Seq, lost) {
		return
	}
	switch {
	case v.landlord == "":
		v.landlord = e.Landlord
	case v.landlord != e.Landlord:
		v.fault(Foreign, v.next, v.next, "entry %d belongs to the landlord %q, and this ledger to %q", v.next, e.Landlord, v.landlord)
	}
	if l.Nonce != nil {
		v.report.Opened++
		if o := (Opening{l.Nonce, []byte(*l.Payload)}); !o.Opens(e.Commitment) {
			v.fault(Payload, v.next, v.next, "the payload shown for entry %d is not the one it commits to", v.next)
		}
	}
	v.take(*l.Leaf, leaf)
}

// take adds an entry to both trees and holds it against the checkpoint kept
// from before, if that is the size reached.
func (v *verifier) take(recorded, computed Hash) {
	v.recorded.Append(recorded)
	v.computed.Append(computed)
	v.next++
	v.report.Entries++
	v.compareKnown()
}

// place finds where an entry stands among the others, and says whether it goes
// into the tree there.
func (v *verifier) place(seq, lost int64) bool {
	if seq == v.next {
		return true
	}
	v.broken = true
	if seq > v.next {
		if seq-v.next > lost { // Else the unreadable lines account for it.
			v.gap(v.next, seq-1)
		}
		v.next = seq
		return true
	}
	v.report.Entries++
	for i, g := range v.gaps {
		if g.first <= seq && seq <= g.last {
			v.fault(Reordered, seq, seq, "entry %d stands after entry %d", seq, v.next-1)
			rest := append([]span(nil), v.gaps[:i]...)
			if g.first < seq {
				rest = append(rest, span{g.first, seq - 1, g.line})
			}
			if seq < g.last {
				rest = append(rest, span{seq + 1, g.last, g.line})
			}
			v.gaps = append(rest, v.gaps[i+1:]...)
			return false
		}
	}
	v.fault(Forked, seq, seq, "a second entry claims the number %d", seq)
	return false
}

func (v *verifier) gap(first, last int64) {
	if len(v.gaps) == MaxFaults { // Bounded memory: report it now, as removed.
		v.removed(span{first, last, v.line})
		return
	}
	v.gaps = append(v.gaps, span{first, last, v.line})
}

func (v *verifier) removed(g span) {
	if g.first == g.last {
		v.faultAt(g.line, Removed, g.first, g.last, "entry %d is missing before this line", g.first)
		return
	}
	v.faultAt(g.line, Removed, g.first, g.last, "entries %d to %d are missing before this line", g.first, g.last)
}

func (v *verifier) checkpoint(signed string) {
	v.report.Checkpoints++
	c, err := openSole(signed, v.key)
	if err != nil {
		v.fault(Signature, -1, -1, "checkpoint after entry %d: %v", v.next-1, err)
		return
	}
	lost := v.lost
	v.lost = 0
	switch {
	case v.last != nil && v.last.Size == c.Size && v.last.Root != c.Root:
		v.fault(Forked, -1, -1, "fork: the key signed two histories of %d entries, with root %s at line %d and root %s here",
			c.Size, v.last.Root, v.lastLine, c.Root)
		return
	case c.Size < v.next:
		v.fault(Reordered, -1, -1, "the checkpoint of %d entries stands after entry %d", c.Size, v.next-1)
		return
	case c.Size > v.next:
		v.broken = true
		if c.Size-v.next > lost {
			v.gap(v.next, c.Size-1)
		}
		v.next = c.Size
	}
	v.last, v.lastLine = &c, v.line
	switch {
	case v.broken:
		// What broke it has been reported, and no root after it can agree.
	case c.Root != v.recorded.Root() && c.Root != v.computed.Root():
		from := max(v.good, 0)
		if from == c.Size {
			v.fault(Changed, -1, -1, "the checkpoint of %d entries has not the root of those entries", c.Size)
		} else {
			v.fault(Changed, from, c.Size-1, "the checkpoint signed over %d entries has not their root: among the entries %d to %d "+
				"one or more were changed, and the hashes beside them with it", c.Size, from, c.Size-1)
		}
		v.broken = true
	default:
		v.good, v.report.Root = c.Size, c.Root
	}
}

// compareKnown holds the tree against the checkpoint kept from before.
func (v *verifier) compareKnown() {
	if v.known == nil || v.known.Size != v.next || v.broken {
		return
	}
	if v.known.Root != v.recorded.Root() && v.known.Root != v.computed.Root() {
		v.fault(Forked, -1, -1, "fork: the checkpoint you hold has another root for the first %d entries than this export: "+
			"history was rewritten, or there are two", v.known.Size)
	}
}

func (v *verifier) end(e end) {
	v.ended = true
	if n := v.report; n.OK() && !v.broken && (e.Entries != n.Entries || e.Checkpoints != n.Checkpoints) {
		v.fault(Malformed, -1, -1, "the last line counts %d entries and %d checkpoints; there are %d and %d",
			e.Entries, e.Checkpoints, n.Entries, n.Checkpoints)
	}
}

// finish reports what only the end of the export shows.
func (v *verifier) finish() {
	for _, g := range v.gaps {
		v.removed(g)
	}
	if v.line == 0 {
		v.fault(Truncated, -1, -1, "the export is empty")
		return
	}
	if !v.ended {
		v.fault(Truncated, v.next, -1, "the export has no last line: it breaks off where entry %d or what follows it is due", v.next)
		return
	}
	if v.stop {
		return
	}
	covered := int64(-1)
	if v.last != nil {
		covered = v.last.Size
	}
	switch {
	case covered < 0 && v.report.OK():
		v.fault(Unsigned, -1, -1, "the export holds no checkpoint")
	case covered >= 0 && covered < v.next:
		v.fault(Unsigned, covered, v.next-1, "no checkpoint covers the entries %d to %d", covered, v.next-1)
	}
	if v.known != nil && v.known.Size > v.next {
		v.fault(Removed, v.next, v.known.Size-1, "the checkpoint you hold covers %d entries, and the export ends after %d",
			v.known.Size, v.next)
	}
}
