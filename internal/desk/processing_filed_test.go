package desk

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/processing"
	"tenet/internal/register"
)

// TestRecordAsksTheRegisters: what is signed, and what went wrong, is on the record the
// next time that somebody looks; what is only stated is called that.
func TestRecordAsksTheRegisters(t *testing.T) {
	d, _ := versioned(t, "larkfield", "2026-11-22")
	h := &heldDesk{Desk: d, t: t}
	ctx := t.Context()
	cell := func(use notice.ID, title string) string {
		t.Helper()
		rec, err := d.Processing(ctx, notice.AsController, "larkfield-homes")
		h.must(err)
		for _, row := range rec.Rows {
			for i, c := range row.Cells {
				if row.Use == use && strings.HasPrefix(rec.Columns[i].Title, title) {
					return c.Text()
				}
			}
		}
		t.Fatalf("%s has no %s", use, title)
		return ""
	}
	const test, dpia, breach = "Link to record of legitimate interests", "Data Protection Impact Assessment progress", "Has a personal data breach"
	if got := cell("watch-shared-spaces", test); !strings.HasPrefix(got, "None") {
		t.Errorf("no test is there, and the record says %q", got)
	}
	if got := cell("watch-shared-spaces", dpia); !strings.HasPrefix(got, "Stated by the notice, no paper") {
		t.Errorf("no assessment is there, and the record says %q", got)
	}
	if got := cell("watch-shared-spaces", breach); got != "No" {
		t.Errorf("nothing went wrong, and the record says %q", got)
	}
	r := h.files("lia")
	h.files("dpia")
	for title, number := range map[string]string{test: "LI-", dpia: "IA-0001"} {
		if got := cell("watch-shared-spaces", title); !strings.HasPrefix(got, number) || !strings.Contains(got, "signed on 2026-11-22, to be looked at again by 2027-11-22") || strings.Contains(got, "no paper") {
			t.Errorf("%s: what is signed is %q", title, got)
		}
	}
	p, err := r.Paper(ctx, "IA-0001")
	h.must(err)
	_, err = r.End(ctx, register.On{Number: p.Number, By: "s1"}, "The cameras were taken down.")
	h.must(err)
	if got := cell("watch-shared-spaces", dpia); !strings.HasPrefix(got, "Stated by the notice, no paper") {
		t.Errorf("a paper that has ended is still on the record: %q", got)
	}

	// A breach at the firm that a use gives data to, by its agreement.
	with := d.Notice.Sharing.Rules[0]
	for _, x := range d.Notice.Sharing.Rules {
		if len(x.For) > 0 {
			with = x
		}
	}
	h.agreed(r, register.Values{"recipients": []string{string(with.To)}, "breach-hours": "24"})
	i := d.wrong(t, "theirs", Triage{Recipients: []notice.ID{with.To}})
	d.steps(t, i.Number,
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Assess(ctx, on, incident.Facts{Data: []incident.Data{incident.Contact}})
		},
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Decide(ctx, on, incident.HighRisk, "Their addresses were on it.")
		})
	rec, err := d.Processing(ctx, notice.AsController, "")
	h.must(err)
	touched := map[notice.ID]bool{}
	for _, row := range rec.Rows {
		yes := row.Cell("breach").Text() == "Yes"
		touched[row.Use] = touched[row.Use] || yes
		if record := row.Cell("breach-record").Text(); yes != strings.Contains(record, i.Number+": aware on 2026-11-22, a high risk to people") {
			t.Errorf("%s: breach %v, and its record is %q", row.Use, yes, record)
		}
	}
	for _, u := range d.Notice.Uses.Uses {
		gives := false
		for _, x := range d.Notice.Sharing.Rules {
			for _, id := range x.For {
				gives = gives || id == u.ID && x.To == with.To
			}
		}
		if touched[u.ID] != gives {
			t.Errorf("%s gives data to %s: %v, and the breach there is on its line: %v", u.ID, with.To, gives, touched[u.ID])
		}
	}
}

// TestRegisterSheets takes back what was exported, and a line that somebody added.
func TestRegisterSheets(t *testing.T) {
	d, _ := versioned(t, "larkfield", "2026-11-22")
	h := &heldDesk{Desk: d, t: t}
	ctx := t.Context()
	r := h.files("dpia")
	f, err := r.Form("dpia")
	h.must(err)
	for _, form := range []string{"csv", "xlsx"} {
		papers, err := r.Papers(ctx, "dpia")
		h.must(err)
		var b bytes.Buffer
		h.must(f.Export(&b, form, papers, d.Today()))
		got, err := d.ImportPapers(ctx, "s1", "dpia", "x."+form, b.Bytes())
		if err != nil || len(got) != len(papers) {
			t.Fatalf("%s: %d of %d, %v", form, len(got), len(papers), err)
		}
		for i, x := range got {
			if x.Taken != register.Unchanged || x.Paper.Step != papers[i].Step || x.Row != i+2 {
				t.Errorf("%s: its own export made of %s: %+v", form, papers[i].Number, x.Taken)
			}
		}
	}
	for want, x := range map[string]struct{ name, data string }{
		"x.csv:7":    {"x.csv", "title,measures\r\n\"A\n\n\n\nlong title\",\r\n\r\n\r\n\r\n\r\nB,Doors\r\n"}, // as Excel counts: 1, 2, four empty ones, 7
		"x.csv: row": {"x.csv", "number,title\r\nIA-0099,B\r\n"},
		"not.xlsx":   {"not.xlsx", "PK\x03\x04 and nothing more"},
		"book.csv":   {"book.csv", "PK\x03\x04\x00\x01"},
		"raw.csv":    {"raw.csv", "\x00\x01\x02,\x7f\r\n"},
	} {
		_, err := d.ImportPapers(ctx, "s1", "dpia", x.name, []byte(x.data))
		if err == nil || !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\x00\x01\x02\x03\x04\x7f") {
			t.Errorf("%s: %q", want, err)
		}
	}
}

// TestProcessingRowsAsShown: a sheet's rows have the numbers that a spreadsheet shows,
// whatever lines its cells have.
func TestProcessingRowsAsShown(t *testing.T) {
	d, _ := versioned(t, "larkfield", "2026-11-22")
	rec, err := d.Processing(context.Background(), notice.AsController, "")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteProcessing(&b, ".csv", rec, law.Date{}); err != nil {
		t.Fatal(err)
	}
	sheets, err := readSheets(t.Context(), "x.csv", b.Bytes(), processing.MaxLines, processing.Unguard)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range sheets[0].Rows {
		if r.Number != i+1 {
			t.Fatalf("row %d is called %d", i+1, r.Number)
		}
	}
	if len(sheets[0].Rows) != len(rec.Rows)+1 {
		t.Errorf("%d rows of %d", len(sheets[0].Rows), len(rec.Rows))
	}
}
