package ledger

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 value: of a leaf, of a node of the tree, or a commitment.
// It is written in standard base64.
type Hash = tlog.Hash

const (
	// NonceSize is the length of the nonce of a commitment, in bytes.
	NonceSize = 32
	// MaxPayload is the most bytes a payload may hold. What is larger is kept
	// where it belongs, and its hash goes into the payload.
	MaxPayload = 1 << 20

	maxID = 200 // bytes in one identifier of an entry

	// timeLayout is RFC 3339 with exactly six decimals, so that an instant has
	// one spelling and survives a store that counts microseconds.
	timeLayout = "2006-01-02T15:04:05.000000Z"
)

// Act is what somebody did, as the room that did it tells it. Every field is an
// opaque identifier of letters, digits and . _ : / - alone.
type Act struct {
	Landlord string // whose ledger it goes into
	Actor    string // who did it: the id of a staff account, "system", or a request's own reference
	Name     string // what was done: "case.opened", "access.searched", "pack.sealed"
	Subject  string // what it was done to: the id of a case, a plan, a source; may be empty
	Notice   string // hash of the version of the notice that decided it; may be empty

	// Once, if not empty, names this doing of the act among all those of the
	// landlord, so that work resumed after a crash records nothing twice. It is
	// not part of the entry.
	Once string
}

// Validate says what is wrong with an act, if anything is.
func (a Act) Validate() error {
	for _, f := range []struct {
		name, value string
		need        bool
	}{
		{"landlord", a.Landlord, true},
		{"actor", a.Actor, true},
		{"act", a.Name, true},
		{"subject", a.Subject, false},
		{"notice", a.Notice, false},
		{"once", a.Once, false},
	} {
		if f.value == "" && f.need {
			return fmt.Errorf("ledger: the act has no %s; give it one", f.name)
		}
		if err := checkID(f.value); err != nil {
			// The value is not shown: it may be the very thing that must not be here.
			return fmt.Errorf("ledger: %s: %w", f.name, err)
		}
	}
	return nil
}

func checkID(s string) error {
	if len(s) > maxID {
		return fmt.Errorf("longer than %d bytes; use a shorter id", maxID)
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '.', c == '_', c == ':', c == '/', c == '-':
		default:
			return fmt.Errorf("byte %d is %q; only letters, digits and . _ : / - may stand in an entry: "+
				"use an opaque id, and put names and words in the payload", i+1, c)
		}
	}
	return nil
}

// Entry is an act in its place in the log.
type Entry struct {
	Seq        int64     // its number, from 0
	Time       time.Time // when it was done, UTC, to the microsecond
	Landlord   string
	Actor      string
	Act        string
	Subject    string
	Notice     string
	Commitment Hash // to the payload, see Commit
}

// Validate says what is wrong with an entry, if anything is.
func (e Entry) Validate() error {
	if e.Seq < 0 {
		return fmt.Errorf("ledger: entry number %d is below 0", e.Seq)
	}
	if y := e.Time.UTC().Year(); y < 1 || y > 9999 {
		return fmt.Errorf("ledger: entry %d is dated in the year %d; RFC 3339 holds 1 to 9999", e.Seq, y)
	}
	act := Act{Landlord: e.Landlord, Actor: e.Actor, Name: e.Act, Subject: e.Subject, Notice: e.Notice}
	return act.Validate()
}

// Encode is the one encoding of an entry that Validate passes: a JSON object
// whose members stand in a fixed order without spaces. No identifier can hold a
// character that JSON would escape, which is what makes it the only one.
func (e Entry) Encode() []byte {
	b := make([]byte, 0, 256)
	b = append(b, `{"v":1,"seq":`...)
	b = strconv.AppendInt(b, e.Seq, 10)
	for _, f := range [...][2]string{
		{"time", e.Time.UTC().Format(timeLayout)},
		{"landlord", e.Landlord},
		{"actor", e.Actor},
		{"act", e.Act},
		{"subject", e.Subject},
		{"notice", e.Notice},
		{"commitment", e.Commitment.String()},
	} {
		b = append(b, `,"`...)
		b = append(b, f[0]...)
		b = append(b, `":"`...)
		b = append(b, f[1]...)
		b = append(b, '"')
	}
	return append(b, '}')
}

// Leaf is the hash of an entry in the tree: the RFC 6962 leaf hash of its encoding.
func (e Entry) Leaf() Hash { return tlog.RecordHash(e.Encode()) }

// MarshalJSON is Encode, after Validate.
func (e Entry) MarshalJSON() ([]byte, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	return e.Encode(), nil
}

// UnmarshalJSON is DecodeEntry.
func (e *Entry) UnmarshalJSON(data []byte) error {
	got, err := DecodeEntry(data)
	if err == nil {
		*e = got
	}
	return err
}

// DecodeEntry reads what Encode wrote. Any other spelling of the same entry is
// an error: bytes that differ would hash differently.
func DecodeEntry(data []byte) (Entry, error) {
	var raw struct {
		V          int    `json:"v"`
		Seq        int64  `json:"seq"`
		Time       string `json:"time"`
		Landlord   string `json:"landlord"`
		Actor      string `json:"actor"`
		Act        string `json:"act"`
		Subject    string `json:"subject"`
		Notice     string `json:"notice"`
		Commitment Hash   `json:"commitment"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return Entry{}, fmt.Errorf("ledger: entry is not readable: %w", err)
	}
	if raw.V != 1 {
		return Entry{}, fmt.Errorf("ledger: entry of version %d; this program reads version 1", raw.V)
	}
	at, err := time.Parse(timeLayout, raw.Time)
	if err != nil {
		return Entry{}, fmt.Errorf("ledger: entry %d: its time is not written like %s", raw.Seq, timeLayout)
	}
	e := Entry{raw.Seq, at.UTC(), raw.Landlord, raw.Actor, raw.Act, raw.Subject, raw.Notice, raw.Commitment}
	if err := e.Validate(); err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(e.Encode(), data) {
		return Entry{}, fmt.Errorf("ledger: entry %d is not in its one encoding", e.Seq)
	}
	return e, nil
}

// Opening is what opens a commitment.
type Opening struct {
	Nonce   []byte // NonceSize random bytes, never used for two payloads
	Payload []byte // JSON
}

// Validate says what is wrong with an opening, if anything is.
func (o Opening) Validate() error {
	switch {
	case len(o.Nonce) != NonceSize:
		return fmt.Errorf("ledger: a nonce has %d bytes, not %d", NonceSize, len(o.Nonce))
	case len(o.Payload) > MaxPayload:
		return fmt.Errorf("ledger: the payload has %d bytes and may have %d; keep it elsewhere and record its hash",
			len(o.Payload), MaxPayload)
	case !json.Valid(o.Payload):
		return fmt.Errorf("ledger: the payload is not JSON")
	}
	return nil
}

// Commit is the commitment to a payload: HMAC-SHA-256 keyed by the nonce over a
// fixed prefix and the payload's bytes. Without the nonce it tells nothing of
// the payload, however few payloads are possible; with it, no other payload fits.
func (o Opening) Commit() Hash {
	mac := hmac.New(sha256.New, o.Nonce)
	mac.Write([]byte("tenet ledger payload v1\n"))
	mac.Write(o.Payload)
	return Hash(mac.Sum(nil))
}

// Opens says whether o is what the commitment was made from.
func (o Opening) Opens(commitment Hash) bool {
	got := o.Commit()
	return len(o.Nonce) == NonceSize && hmac.Equal(got[:], commitment[:])
}
