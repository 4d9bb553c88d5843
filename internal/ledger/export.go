package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	format = "tenet-ledger/1"
	// maxLine bounds the memory one line of an export may take: a payload in
	// which every byte is escaped, and the entry around it.
	maxLine = 6*MaxPayload + 1<<16
)

// line is one line of an export; exactly one of Header, Entry, Checkpoint and
// End is present.
type line struct {
	Header     *header         `json:"header,omitempty"`
	Entry      json.RawMessage `json:"entry,omitempty"`
	Leaf       *Hash           `json:"leaf,omitempty"`
	Nonce      []byte          `json:"nonce,omitempty"`
	Payload    *string         `json:"payload,omitempty"`
	Checkpoint string          `json:"checkpoint,omitempty"`
	End        *end            `json:"end,omitempty"`
}

type header struct {
	Format string `json:"format"`
	Origin string `json:"origin"`
	Key    string `json:"key"`
}

type end struct {
	Entries     int64 `json:"entries"`
	Checkpoints int64 `json:"checkpoints"`
}

// encode is the one way to write the line, newline included.
func (l line) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// decodeLine reads a line and refuses one that encode would write otherwise, so
// that not a space in an export can differ without being seen.
func decodeLine(data []byte) (line, error) {
	var l line
	if err := json.Unmarshal(data, &l); err != nil {
		return l, fmt.Errorf("not a line of JSON: %w", err)
	}
	again, err := l.encode()
	if err != nil {
		return l, err
	}
	if !bytes.Equal(again, data) {
		return l, errors.New("not written as an export writes it")
	}
	kinds := 0
	for _, is := range []bool{l.Header != nil, l.Entry != nil, l.Checkpoint != "", l.End != nil} {
		if is {
			kinds++
		}
	}
	if kinds != 1 || (l.Entry != nil) != (l.Leaf != nil) || (l.Nonce != nil) != (l.Payload != nil) ||
		(l.Nonce != nil && l.Entry == nil) {
		return l, errors.New("neither header, entry, checkpoint nor end")
	}
	return l, nil
}

// A Writer writes an export. Give it every entry in order, each checkpoint after
// the entries it covers, and Close it. It does not judge what it is given: an
// export of a store that was tampered with must come out for Verify to name it.
type Writer struct {
	w   io.Writer
	end end
}

// NewWriter begins an export of the log named origin, whose checkpoints the
// signed-note verifier key checks.
func NewWriter(w io.Writer, origin, key string) (*Writer, error) {
	x := &Writer{w: w}
	return x, x.line(line{Header: &header{format, origin, key}})
}

// Entry writes one entry and the leaf hash that is stored for it, and opens its
// commitment if opening is not nil. The stored hash is written as it is, not
// computed: where the two disagree, that is for the reader to see.
func (x *Writer) Entry(e Entry, leaf Hash, opening *Opening) error {
	if err := e.Validate(); err != nil {
		return fmt.Errorf("ledger: write export: entry %d is not one that Tenet writes: %w", e.Seq, err)
	}
	l := line{Entry: e.Encode(), Leaf: &leaf}
	if opening != nil {
		p := string(opening.Payload)
		l.Nonce, l.Payload = opening.Nonce, &p
	}
	x.end.Entries++
	return x.line(l)
}

// Checkpoint writes a signed checkpoint.
func (x *Writer) Checkpoint(signed string) error {
	x.end.Checkpoints++
	return x.line(line{Checkpoint: signed})
}

// Close ends the export. It does not close what it writes to.
func (x *Writer) Close() error { return x.line(line{End: &x.end}) }

func (x *Writer) line(l line) error {
	b, err := l.encode()
	if err == nil {
		_, err = x.w.Write(b)
	}
	if err != nil {
		return fmt.Errorf("ledger: write export: %w", err)
	}
	return nil
}
