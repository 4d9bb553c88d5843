package index

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// All asks for the rows that have, of every group of terms, at least one.
type All [][]Term

// Find gives the keys (see rows.DecodeID) of the rows of one table that have,
// of every group of terms, at least one. They are candidates: the caller fetches
// them and decides. A table that is not indexed has none.
//
// It reads one block for each term, whatever the table's size, and more only for
// a token that recurs thousands of times. Segments never change, and go in the
// transaction that puts another in their place: so one that is remembered is
// either still the live one or no longer there.
func (x *Index) Find(ctx context.Context, source, table string, groups ...[]Term) ([]string, error) {
	return x.FindAny(ctx, source, table, 0, All(groups))
}

// FindAny gives the keys that any of some questions gives, each once, for little
// more than one of them costs; and no more than so many of them, unless most is 0.
func (x *Index) FindAny(ctx context.Context, source, table string, most int, ways ...All) ([]string, error) {
	x.mu.Lock()
	seg := x.seen.of(source, table)
	x.mu.Unlock()
	for tries := 0; ; tries++ {
		var err error
		if seg == nil || seg.epoch == nil || tries > 0 {
			seg, err = x.live(ctx, source, table)
		}
		var ids []string
		if err == nil && seg != nil {
			ids, err = x.search(ctx, seg, most, ways)
		}
		switch {
		case err == nil:
			return ids, nil
		case tries < 5 && x.engine.noTable(err): // it was replaced while we read
		default:
			return nil, fmt.Errorf("search the index of %s in %s: %w", table, source, err)
		}
	}
}

func (x *Index) search(ctx context.Context, seg *segment, most int, ways []All) ([]string, error) {
	tok := seg.epoch.tokener(x.landlord, seg.source, seg.table)
	var tokens []int64
	for _, all := range ways {
		for _, group := range all {
			for _, term := range group {
				tokens = append(tokens, tok.token(term))
			}
		}
	}
	if len(tokens) == 0 {
		return nil, nil
	}
	have, err := x.first(ctx, seg, tokens)
	if err != nil {
		return nil, err
	}
	var found []int64
	for _, all := range ways {
		some, err := x.all(ctx, seg, all, tokens, have)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
		for _, group := range all {
			tokens = tokens[len(group):]
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	if most > 0 && len(found) > most {
		found = found[:most]
	}
	return x.keys(ctx, seg, found)
}

// all gives the rows that have a token of each group. tokens are those of the
// groups, in order.
func (x *Index) all(ctx context.Context, seg *segment, groups All, tokens []int64, have map[int64]*list) ([]int64, error) {
	var found []int64
	for i, group := range groups {
		var in []int64
		for range group {
			l := have[tokens[0]]
			if l != nil && l.more {
				if err := x.rest(ctx, seg, tokens[0], l); err != nil {
					return nil, err
				}
			}
			if l != nil {
				in = append(in, l.rows...)
			}
			tokens = tokens[1:]
		}
		slices.Sort(in)
		in = slices.Compact(in)
		if i == 0 {
			found = in
		} else {
			found = intersect(found, in)
		}
		if len(found) == 0 {
			break
		}
	}
	return found, nil
}

// list is the rows that have a token, as far as they have been read.
type list struct {
	rows     []int64
	last, id int64 // of the block read last
	more     bool  // the next block may have some too
}

// take adds what a block has of the token.
func (l *list) take(token int64, body []byte) error {
	return unpack(body, func(p posting) bool {
		if p.token == token {
			l.rows = append(l.rows, p.row)
		}
		return p.token <= token
	})
}

// first reads, of each token, the first block that may have it: almost always
// the only one.
func (x *Index) first(ctx context.Context, seg *segment, tokens []int64) (map[int64]*list, error) {
	sorted := slices.Compact(slices.Sorted(slices.Values(tokens)))
	rs, err := x.prepared.QueryContext(ctx, x.engine.first(seg.id), x.engine.numbers(sorted))
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	out := make(map[int64]*list, len(sorted))
	for rs.Next() {
		var token int64
		var body sql.RawBytes
		l := &list{}
		if err := rs.Scan(&token, &l.last, &l.id, &body); err != nil {
			return nil, err
		}
		if err := l.take(token, body); err != nil {
			return nil, err
		}
		l.more = l.last == token
		out[token] = l
	}
	return out, rs.Err()
}

// rest reads the other blocks of a token.
func (x *Index) rest(ctx context.Context, seg *segment, token int64, l *list) error {
	for l.more {
		if err := x.next(ctx, seg, token, l); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) next(ctx context.Context, seg *segment, token int64, l *list) error {
	rs, err := x.prepared.QueryContext(ctx, fmt.Sprintf(`SELECT last, id, body FROM posting_%d WHERE (last, id) > ($1, $2) ORDER BY last, id LIMIT 16`, seg.id), l.last, l.id)
	if err != nil {
		return err
	}
	defer rs.Close()
	l.more = false
	for rs.Next() {
		var body sql.RawBytes
		if err := rs.Scan(&l.last, &l.id, &body); err != nil {
			return err
		}
		if err := l.take(token, body); err != nil {
			return err
		}
		if l.more = l.last == token; !l.more {
			break
		}
	}
	return rs.Err()
}

// keys opens the locators of rows, which are in order.
func (x *Index) keys(ctx context.Context, seg *segment, found []int64) ([]string, error) {
	var blocks []int64
	for _, row := range found {
		if b, _ := place(row); len(blocks) == 0 || blocks[len(blocks)-1] != b {
			blocks = append(blocks, b)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	ids := make([]string, 0, len(found))
	for part := range slices.Chunk(blocks, 500) {
		rs, err := x.prepared.QueryContext(ctx, fmt.Sprintf(`SELECT id, sealed FROM locator_%d WHERE id IN (SELECT value FROM %s) ORDER BY id`, seg.id, x.engine.list()), x.engine.numbers(part))
		if err != nil {
			return nil, err
		}
		for rs.Next() {
			var b int64
			var sealed sql.RawBytes
			if err = rs.Scan(&b, &sealed); err != nil {
				break
			}
			var keys []string
			if keys, err = seg.keys(b, sealed); err != nil {
				break
			}
			for len(found) > 0 {
				in, at := place(found[0])
				if in != b {
					break
				}
				if at >= len(keys) {
					err = errDamaged
					break
				}
				ids = append(ids, keys[at])
				found = found[1:]
			}
			if err != nil {
				break
			}
		}
		rs.Close()
		if err == nil {
			err = rs.Err()
		}
		if err != nil {
			return nil, err
		}
	}
	if len(found) > 0 {
		return nil, errDamaged // a posting without its locator
	}
	return ids, nil
}

// keys opens one block of locators.
func (s *segment) keys(block int64, sealed []byte) ([]string, error) {
	body, err := s.epoch.unseal(locators, s.id, block, sealed)
	if err != nil {
		return nil, err
	}
	return unpackKeys(body)
}

func intersect(a, b []int64) []int64 {
	out := a[:0]
	for _, v := range a {
		if _, ok := slices.BinarySearch(b, v); ok {
			out = append(out, v)
		}
	}
	return out
}
