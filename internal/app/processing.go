package app

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/notice"
	"tenet/internal/processing"
	"tenet/internal/web"
)

// records is the record of processing activities as staff look at it.
type records struct{ staffDesk }

// mostBands is how many bands stand in a row of the drawing.
const mostBands = 12

func (s records) record(ctx context.Context, q console.ActivityQuery) (*processing.Register, error) {
	as := notice.AsController
	if q.As == string(notice.AsProcessor) {
		as = notice.AsProcessor
	}
	body := notice.ID(q.Body)
	if !slices.ContainsFunc(s.bodies(as), func(c console.Choice) bool { return c.ID == q.Body }) {
		body = "" // of the other kind of record, or of an address that somebody edited
	}
	r, err := s.d.Processing(ctx, as, body)
	return r, s.told(ctx, err)
}

func (s records) bodies(as notice.UseRole) []console.Choice {
	var out []console.Choice
	if as == notice.AsProcessor {
		for _, c := range s.d.Notice.Landlord.Clients {
			out = append(out, console.Choice{ID: string(c.ID), Text: c.Name})
		}
		return out
	}
	for _, c := range s.d.Notice.Landlord.Controllers {
		out = append(out, console.Choice{ID: string(c.ID), Text: c.Name})
	}
	return out
}

func (s records) Activities(ctx context.Context, q console.ActivityQuery) (console.ActivityRecord, error) {
	r, err := s.record(ctx, q)
	if err != nil {
		return console.ActivityRecord{}, err
	}
	out := console.ActivityRecord{Version: r.Version, From: string(r.Effective), Bodies: s.bodies(r.As)}
	for _, k := range r.Keepers {
		out.Keepers = append(out.Keepers, strings.Join(k.Lines(), ", "))
	}
	if r.Officer != nil {
		out.Officer = strings.Join(r.Officer.Lines(), ", ")
	}
	names := map[string]string{}
	for _, c := range out.Bodies {
		names[c.ID] = c.Text
	}
	shown := *r
	shown.Rows = nil
	for _, row := range r.Rows {
		x := recordRow(r, row, names)
		for _, name := range x.Systems {
			addChoice(&out.Systems, name, name)
		}
		addChoice(&out.Purposes, string(row.Use), x.Purpose)
		if q.Purpose != "" && q.Purpose != string(row.Use) || q.System != "" && !slices.Contains(x.Systems, q.System) {
			continue
		}
		out.Rows = append(out.Rows, x)
		shown.Rows = append(shown.Rows, row)
	}
	slices.SortStableFunc(out.Rows, func(a, b console.ActivityRow) int {
		return cmp.Compare(boolInt(len(a.Gaps) == 0), boolInt(len(b.Gaps) == 0))
	})
	for _, g := range r.Gaps {
		if g.Use == "" {
			out.Gaps = append(out.Gaps, recordGap(g))
		}
	}
	flow := processing.Flows(&shown, mostBands)
	out.Flow.Folded = flow.Folded
	for i, layer := range flow.Layers {
		for _, n := range layer {
			out.Flow.Layers[i] = append(out.Flow.Layers[i], console.ActivityBand{Title: n.Title, Size: n.Size})
		}
	}
	for _, l := range flow.Links {
		out.Flow.Ties = append(out.Flow.Ties, console.ActivityTie(l))
	}
	return out, nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func addChoice(to *[]console.Choice, id, text string) {
	if !slices.ContainsFunc(*to, func(c console.Choice) bool { return c.ID == id }) {
		*to = append(*to, console.Choice{ID: id, Text: text})
	}
}

func recordGap(g processing.Gap) console.ActivityGap {
	return console.ActivityGap{What: g.What, Law: g.Law, Mend: g.Mend, At: g.At.String()}
}

func recordRow(r *processing.Register, row processing.Row, names map[string]string) console.ActivityRow {
	x := console.ActivityRow{ID: string(row.Use), Body: names[string(row.Body)]}
	for i, c := range row.Cells {
		f := console.ActivityField{Title: r.Columns[i].Title}
		for _, e := range c.Entries {
			f.Lines = append(f.Lines, web.Link{Text: e.Text, Href: paperPage(e.Paper)})
		}
		x.Fields = append(x.Fields, f)
	}
	x.Purpose = row.Purpose()
	x.Categories, x.Systems = row.Categories(), row.Systems()
	for _, g := range row.Gaps {
		x.Gaps = append(x.Gaps, recordGap(g))
	}
	return x
}

// paperPage is the page of a paper of the registers or of an incident, by its number.
func paperPage(number string) string {
	switch {
	case number == "":
		return ""
	case strings.HasPrefix(number, "IN-"):
		return "/incidents/" + number
	}
	return "/papers/" + number
}

func (s records) WriteActivities(ctx context.Context, w io.Writer, q console.ActivityQuery, form string) error {
	r, err := s.record(ctx, q)
	if err != nil {
		return err
	}
	return s.told(ctx, desk.WriteProcessing(w, "."+form, r, s.d.Today()))
}
