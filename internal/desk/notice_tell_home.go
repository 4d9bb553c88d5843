package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// tellAside is how many people without an address in their record are set aside, to look
// for their homes together: each table on the way is read once for so many.
const tellAside = 20_000

// aside is somebody who waits for the address of their home.
type aside struct {
	addressee
	keys  []string // by which each way home begins; empty where it does not
	homes []string // addresses, each once
	ended bool     // there was a home that is theirs no more, or not yet
}

// homeless is people of one table who wait for the addresses of their homes.
type homeless struct {
	t    *teller
	ways []datamap.Home
	wait []*aside
}

// aside sets somebody aside who has no address of their own, if there is a way to their
// home; false where they need none.
func (h *homeless) aside(a addressee, r rows.Row) bool {
	if a.address != "" || a.left != "" || len(h.ways) == 0 {
		return false
	}
	x := &aside{addressee: a, keys: make([]string, len(h.ways))}
	for i, way := range h.ways {
		key, ok := way.Steps[0].From(r)
		switch {
		case ok && way.Now(r, h.t.d.Today().String()):
			x.keys[i] = key
		case ok:
			x.ended = true
		}
	}
	h.wait = append(h.wait, x)
	return true
}

// found gives those who were set aside, with the addresses of their homes. A table on the
// way that cannot be read to its end leads nobody home, and is a gap.
func (h *homeless) found(ctx context.Context) ([]addressee, error) {
	whole := true
	for i, way := range h.ways {
		ok, err := h.follow(ctx, way, i)
		if err != nil {
			return nil, err
		}
		whole = whole && ok
	}
	out := make([]addressee, 0, len(h.wait))
	for _, x := range h.wait {
		switch {
		case !whole:
			x.homeless = "where they live could not be read"
		case len(x.homes) == 1:
			x.address, x.home = x.homes[0], true
		case len(x.homes) > 1:
			x.homeless = "they have more than one home, and no address in their record"
		case x.ended:
			x.homeless = "their tenancy has ended or not begun, and no address is in their record"
		}
		out = append(out, x.addressee)
	}
	h.wait = nil
	return out, nil
}

// follow goes one way home for all who wait, a table at a time.
func (h *homeless) follow(ctx context.Context, way datamap.Home, nth int) (whole bool, err error) {
	at := map[string][]*aside{}
	for _, x := range h.wait {
		if x.keys[nth] != "" {
			at[x.keys[nth]] = append(at[x.keys[nth]], x)
		}
	}
	today := h.t.d.Today().String()
	for i, step := range way.Steps {
		if len(at) == 0 {
			return true, nil
		}
		next := map[string][]*aside{}
		for r, err := range h.t.s.sources[step.Source].Scan(ctx, step.Table, source.ScanOptions{Columns: step.Columns}) {
			if ctx.Err() != nil {
				return false, ctx.Err()
			}
			if err != nil {
				h.t.gap(placeOf(step.Source, step.Table) + " was not read to its end, to find where people live: " + err.Error())
				return false, nil
			}
			key, ok := step.At(r)
			who := at[key]
			if !ok || len(who) == 0 {
				continue
			}
			if !step.Now(r, today) {
				for _, x := range who {
					x.ended = true
				}
				continue
			}
			if i == len(way.Steps)-1 {
				address := strings.Join(step.Address(r), "\n")
				for _, x := range who {
					if address != "" && !slices.Contains(x.homes, address) {
						x.homes = append(x.homes, address)
					}
				}
			} else if key, ok := way.Steps[i+1].From(r); ok {
				next[key] = append(next[key], who...)
			}
		}
		at = next
	}
	return true, nil
}

// gap notes what was not read, once.
func (t *teller) gap(what string) {
	if !slices.Contains(t.out.Gaps, what) {
		t.out.Gaps = append(t.out.Gaps, what)
	}
}

// unread notes rows of a table that could not be read.
func (t *teller) unread(at string) {
	if left := slices.DeleteFunc(t.s.takeProblems(), func(p source.Problem) bool { return p.Column != "" }); len(left) > 0 {
		t.gap(fmt.Sprintf("%s: %d rows could not be read", at, len(left)))
	}
}
