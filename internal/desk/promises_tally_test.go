package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tenet/internal/notice"
	"tenet/internal/promise"
)

// rowByRow are systems that count nothing themselves.
type rowByRow struct{ promise.Systems }

func (rowByRow) Tally(context.Context, promise.Table, promise.Query) ([]promise.Tallied, bool, error) {
	return nil, false, nil
}

// TestCountedIsAsRead: over drawn tables each check comes to the same where the system
// counts as where every row is read, and the system did count.
func TestCountedIsAsRead(t *testing.T) {
	h := hold(t, promiseWorld(t), "{check: data.absent, type: CARD}")
	checks := map[string]notice.PromiseCheck{
		"tenancy.ended":         {Check: "retention.applied", With: map[string]any{"rule": "tenancy-file"}},
		"marker.ends":           {Check: "markers.ended", With: map[string]any{"in": "h.marker"}},
		"visit.outcome":         {Check: "records.filled", With: map[string]any{"in": "h.visit", "field": "outcome"}},
		"call.told":             {Check: "calls.told", With: map[string]any{"in": "h.call", "where": "recorded=Y"}},
		"taken_back.stopped_on": {Check: "consent.withdrawn", With: map[string]any{"in": "h.taken_back", "within": "P1D"}},
		"policy.review_by":      {Check: "policy.current", With: map[string]any{"in": "h.policy"}},
		"cookie.name":           {Check: "web.cookies", With: map[string]any{"in": "h.cookie"}},
	}
	values := []string{"NULL", "''", "' '", "'2019-01-31'", "'2027-01-31'", "'2026-11-22'", "'2026-02-31'", "'31/01/2019'", "'2019-01-31 12:30:00'", "'2019-01-31T23:30:00Z'", "'2099-12-31'", "'1900-01-01'", "20190131",
		"'in spring'", "'no'", "'yes'", "'Y'", "'y'", "0", "1", "x'4e'", "'session'", "'2026-10-01'", "'2026-10-02'", "1.5"}
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.SampledFrom(slices.Sorted(maps.Keys(checks))).Draw(rt, "check")
		table, column, _ := strings.Cut(at, ".")
		if _, err := h.db.Exec("DELETE FROM " + table); err != nil {
			rt.Fatal(err)
		}
		for i, v := range rapid.SliceOfN(rapid.SampledFrom(values), 0, 30).Draw(rt, "values") {
			also := map[string]string{"call": ", recorded", "taken_back": ", withdrawn_on"}[table]
			more := ""
			if also != "" {
				more = ", " + rapid.SampledFrom(values).Draw(rt, "beside")
			}
			if _, err := h.db.Exec(fmt.Sprintf("INSERT INTO %s (id, %s%s) VALUES (%d, %s%s)", table, column, also, i+1, v, more)); err != nil {
				rt.Fatal(err)
			}
		}
		e := &evidence{desk: h.Desk, detector: textSearch()}
		defer e.close()
		b := promise.Board{Notice: h.Notice, Today: h.Today(), Now: h.Now, Systems: e, Text: e.detector, Office: e, Registers: e, History: h.promises()}
		counted, err := b.CheckOne(t.Context(), checks[at])
		if err != nil {
			rt.Fatal(err)
		}
		if !strings.Contains(strings.Join(counted.Notes, " "), "itself") {
			rt.Fatalf("%s was read row by row: %+v", at, counted)
		}
		b.Systems = rowByRow{e}
		read, err := b.CheckOne(t.Context(), checks[at])
		if err != nil {
			rt.Fatal(err)
		}
		// How it was counted, and which of the rows are named, differ.
		if len(counted.Examples) > 0 != (len(read.Examples) > 0) {
			rt.Fatalf("examples are %q and %q", counted.Examples, read.Examples)
		}
		if diff := cmp.Diff(read, counted, cmpopts.IgnoreFields(promise.Evidence{}, "Rows", "Bytes", "Notes", "Millis", "Examples")); diff != "" {
			rt.Fatalf("%s, read and counted: %s", at, diff)
		}
	})
}
