package desk

import (
	"fmt"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/detect"
	"tenet/internal/find"
	"tenet/internal/match"
	"tenet/internal/redact"
	"tenet/internal/rows"
)

// largeCase is a case of so many pages of invented notes, with a draft of them.
func largeCase(b *testing.B, pages int) (*Desk, cases.Case) {
	b.Helper()
	d, _, _ := bureau(b, notes, plainMap+noteMap)
	res, _ := ask(b, d, jane)
	m := &datamap.Map{Tables: map[string]*datamap.Table{"note": {Columns: map[string]*datamap.Column{}}}}
	t := &rows.Table{Name: "note", Columns: []rows.Column{{Name: "id", Kind: rows.Number}, {Name: "at", Kind: rows.Date}, {Name: "subject", Kind: rows.Text}, {Name: "body", Kind: rows.Text}}}
	forenames, surnames := strings.Fields("Gladys Oswin Robert Amina Priya Kwame Zofia Dilys Tariq Maeve Ines Ruaridh"), strings.Fields("Pettifer Thrale Blythe Larter Okonedo Baxter Nowak Prosser Mirza Quilligan Varga Strachan")
	var people []detect.Individual
	for i, f := range forenames {
		for j, s := range surnames {
			people = append(people, detect.Individual{ID: fmt.Sprintf("h:person/%d", 12*i+j), Known: match.Known{Name: match.ParseName(f + " " + s), Phones: []string{fmt.Sprintf("07700 900%03d", 12*i+j)}}})
		}
	}
	a := *res.Answer
	a.Records = nil
	for i := range pages {
		var text strings.Builder
		for j := range 12 {
			p := (i*7 + j*31) % len(people)
			fmt.Fprintf(&text, "%s rang on 0%d March about the damp in the back bedroom and the extractor, which was last seen to in the autumn. "+
				"Told them that an operative will call; number %s is the one to use. Nobody was in when we came the second time, and a card was left. ",
				people[p].Name.Written, 1+j%9, people[p].Phones[0])
			if j%6 == 5 {
				fmt.Fprintf(&text, "Paid by card 4111 1111 1111 1111.\n\n")
			}
		}
		a.Records = append(a.Records, find.Record{Source: "h", Table: "note", Key: map[string]string{"id": fmt.Sprint(i)}, Whose: []datamap.Whose{datamap.Self}, Roles: []datamap.Role{datamap.Subject},
			Path: []string{"the person", "note by tenant"}, Row: rows.Row{Table: t, Key: []string{"id"}, Values: []rows.Value{{Text: fmt.Sprint(i)}, {Text: "2026-03-01"}, {Text: fmt.Sprintf("Visit %d", i)}, {Text: text.String()}}}})
	}
	c := &composer{caseID: res.Case.ID, maps: map[string]*datamap.Map{"h": m}, notice: d.Notice,
		redactor: &redact.Redactor{Detector: detect.Detector{Known: detect.NewPeople(people)}, Labels: new(redact.Labels)}}
	state, err := c.compose(&a)
	if err != nil {
		b.Fatal(err)
	}
	files, err := keep(&a, state, nil, nil, 0)
	if err != nil {
		b.Fatal(err)
	}
	draft := *res.Case.Draft
	draft.Digest, draft.Approved = strings.Repeat("1", 64), nil
	k, err := d.Cases.SetDraft(b.Context(), cases.On{Case: res.Case.ID, By: "s1"}, draft, files...)
	if err != nil {
		b.Fatal(err)
	}
	_, spans, waiting := state.Totals()
	b.Logf("%d pages, %d spans, %d wait; outline %d bytes, %d files", pages, spans, waiting, len(files[0].Data), len(files))
	return d, k
}

// BenchmarkWorkbench is what each page and each act of the workbench asks of the desk
// in a case of 5,000 pages.
func BenchmarkWorkbench(b *testing.B) {
	ctx := b.Context()
	d, k := largeCase(b, 5000)
	open := func(b *testing.B) *Bench {
		x, err := d.Bench(ctx, k)
		if err != nil {
			b.Fatal(err)
		}
		return x
	}
	b.Run("first look after a start", func(b *testing.B) {
		for b.Loop() {
			d.benches = benches{}
			open(b)
		}
	})
	b.Run("outline", func(b *testing.B) {
		for b.Loop() {
			x := open(b)
			x.State.Totals()
			for i := range x.Items {
				x.Item(i)
			}
		}
	})
	b.Run("one sheet", func(b *testing.B) {
		for b.Loop() {
			x := open(b)
			for p := range x.State.Work.Docs[4000].Pieces {
				x.State.Clean(4000, p)
			}
			x.State.Totals()
		}
	})
	b.Run("groups", func(b *testing.B) {
		for b.Loop() {
			open(b).State.Groups(true)
		}
	})
	b.Run("second review", func(b *testing.B) {
		for b.Loop() {
			open(b).State.Differences()
		}
	})
	b.Run("search for words", func(b *testing.B) {
		for b.Loop() {
			open(b).Holding("Amina Larter")
		}
	})
	first := open(b).State.Spans(10, len(open(b).State.Work.Docs[10].Pieces)-1)[0]
	n := 0
	for name, mark := range map[string]func() redact.Mark{
		"mark one span": func() redact.Mark { return redact.Mark{Kind: redact.MarkSpan, Span: first.ID, Action: redact.Withhold} },
		"mark a group": func() redact.Mark {
			return redact.Mark{Kind: redact.MarkGroup, Group: first.Person, Action: redact.Withhold}
		},
		"mark a document": func() redact.Mark {
			return redact.Mark{Kind: redact.MarkFlag, Doc: open(b).Items[7].ID, Flag: redact.FlagPrivileged}
		},
		"mark words in all": func() redact.Mark {
			n++
			return redact.Mark{Kind: redact.MarkAdd, Words: fmt.Sprintf("Visit %d", n), Everywhere: true, Reason: "r"}
		},
		"mark many words in all": func() redact.Mark {
			return redact.Mark{Kind: redact.MarkAdd, Words: "back bedroom", Everywhere: true, Reason: "r"}
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				x := open(b)
				if _, err := d.Mark(ctx, x.Case, cases.On{By: "s1"}, len(x.Steps), []redact.Mark{mark()}); err != nil {
					b.Fatal(err)
				}
			}
		})
		x := open(b)
		if len(x.State.Live) == 0 {
			continue
		}
		if _, err := d.Undo(ctx, x.Case, cases.On{By: "s1"}, len(x.Steps), 0); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("records as the case shows them", func(b *testing.B) {
		for b.Loop() {
			d.benches = benches{}
			if _, _, err := d.Dispositions(ctx, k); err != nil {
				b.Fatal(err)
			}
		}
	})
}
