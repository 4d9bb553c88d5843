package index

import (
	"encoding/binary"
	"errors"
	"math"
)

// errDamaged says that a block is not what was written.
var errDamaged = errors.New("the index is damaged")

// posting says that a row, by its number in the segment, has a token.
type posting struct{ token, row int64 }

func (p posting) compare(o posting) int {
	switch {
	case p.token < o.token:
		return -1
	case p.token > o.token:
		return 1
	case p.row < o.row:
		return -1
	case p.row > o.row:
		return 1
	}
	return 0
}

// blockSize is how many bytes of postings stand together: what fills a page of
// SQLite (4096 bytes), and half a page of PostgreSQL, with the engine's own
// bytes for a row. A search for one token reads one block.
const blockSize = 3900

// A packer writes postings, which must come in order, as the differences
// between them: two numbers where the token is new, one where it is not.
//
//	new token:   uvarint(row<<1), uvarint(token − the token before)
//	same token:  uvarint((row − the row before)<<1 | 1)
//
// Each block begins anew, so that it can be read alone.
type packer struct {
	body []byte
	last posting
}

// add takes a posting, or reports that the block is full.
func (p *packer) add(n posting) bool {
	if len(p.body)+2*binary.MaxVarintLen64 > blockSize {
		return false
	}
	if len(p.body) == 0 {
		p.last = posting{token: math.MinInt64}
	} else if n.token == p.last.token {
		p.body = binary.AppendUvarint(p.body, uint64(n.row-p.last.row)<<1|1)
		p.last = n
		return true
	}
	p.body = binary.AppendUvarint(p.body, uint64(n.row)<<1)
	p.body = binary.AppendUvarint(p.body, uint64(n.token)-uint64(p.last.token))
	p.last = n
	return true
}

// unpack gives the postings of a block in order, until yield has had enough.
func unpack(body []byte, yield func(posting) bool) error {
	at := posting{token: math.MinInt64}
	for len(body) > 0 {
		v, n := binary.Uvarint(body)
		if n <= 0 {
			return errDamaged
		}
		body = body[n:]
		if v&1 == 1 {
			at.row += int64(v >> 1)
		} else {
			d, n := binary.Uvarint(body)
			if n <= 0 {
				return errDamaged
			}
			body = body[n:]
			at = posting{int64(uint64(at.token) + d), int64(v >> 1)}
		}
		if !yield(at) {
			return nil
		}
	}
	return nil
}

// perLocator is how many rows' keys are sealed together. The nonce and tag are
// shared by all of them, and keys that follow each other begin alike.
const perLocator = 64

// place is the block in which a row's key stands, and where in it. Rows and
// blocks are numbered from 1.
func place(row int64) (block int64, at int) {
	return (row-1)/perLocator + 1, int((row - 1) % perLocator)
}

// packKeys writes keys, each without what it shares with the one before.
func packKeys(ids []string) []byte {
	var out []byte
	before := ""
	for _, id := range ids {
		n := 0
		for n < min(len(id), len(before)) && id[n] == before[n] {
			n++
		}
		out = binary.AppendUvarint(out, uint64(n))
		out = binary.AppendUvarint(out, uint64(len(id)-n))
		out = append(out, id[n:]...)
		before = id
	}
	return out
}

func unpackKeys(body []byte) ([]string, error) {
	var out []string
	before := ""
	for len(body) > 0 {
		shared, n := binary.Uvarint(body)
		if n <= 0 || shared > uint64(len(before)) {
			return nil, errDamaged
		}
		body = body[n:]
		size, n := binary.Uvarint(body)
		if n <= 0 || size > uint64(len(body)-n) {
			return nil, errDamaged
		}
		before = before[:shared] + string(body[n:n+int(size)])
		body = body[n+int(size):]
		if out = append(out, before); len(out) > perLocator {
			return nil, errDamaged
		}
	}
	return out, nil
}
