package console_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tenet/internal/console"
	"tenet/internal/web"
)

// fakeBench is a workbench of invented documents that folds every step over what
// was proposed, each time it is asked.
type fakeBench struct {
	mu      sync.Mutex
	docs    []console.Sheet // as proposed
	events  []fakeEvent     // what was done; the revision is how many
	sets    []console.Choice
	lessons []console.Lesson
	agreed  []console.Agreement
	last    string // the document looked at last
	asked   console.BenchQuery
}

type fakeEvent struct {
	by    string
	marks []console.Mark
	back  int // the step gone back to, where nothing is marked
}

// live are the events that stand after the first n.
func (b *fakeBench) live(n int) []int {
	var live []int
	for i, e := range b.events[:n] {
		if len(e.marks) > 0 {
			live = append(live, i)
		} else {
			live = b.live(e.back)
		}
	}
	return live
}

// span marks words within a piece: the first place that holds them.
type span struct{ words, kind, person, action string }

func fakeSheet(id, title string, on time.Time, fields ...any) console.Sheet {
	s := console.Sheet{Whose: "a mention of this person"}
	s.ID, s.Title, s.Where, s.On = id, title, "housing: case_note", on
	for i := 0; i < len(fields); i += 3 {
		p := console.Piece{Name: fields[i].(string), Text: fields[i+1].(string)}
		for n, w := range fields[i+2].([]span) {
			at := strings.Index(p.Text, w.words)
			if at < 0 {
				panic("no " + w.words + " in " + p.Text)
			}
			start := utf8.RuneCountInString(p.Text[:at])
			p.Spans = append(p.Spans, console.Span{
				ID: fmt.Sprintf("%s.%s.%d", id, p.Name, n), Start: start, End: start + utf8.RuneCountInString(w.words),
				Type: w.kind, Person: w.person, Group: "g-" + strings.ReplaceAll(w.person, " ", "-"), Action: w.action, Label: "[" + w.person + "]",
				Exemption: map[string]string{"withhold": "para16"}[w.action], Reason: "named beside the requester",
			})
		}
		s.Pieces = append(s.Pieces, p)
	}
	return s
}

// newFakeBench has twelve notes of three marks each, two of which wait, and one
// letter that nobody need decide about.
func newFakeBench() *fakeBench {
	b := &fakeBench{}
	for i := range 12 {
		b.docs = append(b.docs, fakeSheet(fmt.Sprintf("note-%d", i+1), fmt.Sprintf("Note of %s", web.Date(day(2026, 3, i+2))), day(2026, 3, i+2),
			"author", "Dilwen Parry, housing officer", []span{{"Dilwen Parry", "name", "Officer 1", "withhold"}},
			"note", fmt.Sprintf("Café 🏠 call %d. Mr Ambrose Tull of 14 Wharfedale Court rang 07700 900%03d about the music. Ms Pascoe was told, and agreed to keep it down after 11pm. Mrs Okonjo-Hale at number 16 said that she had heard it as well.", i+1, 100+i),
			[]span{{"Mr Ambrose Tull", "name", "Person 3", "review"}, {fmt.Sprintf("07700 900%03d", 100+i), "phone", "Person 3", "review"}}))
	}
	b.docs = append(b.docs, fakeSheet("letter-1", "Letter: your tenancy", day(2026, 4, 2), "text", "Dear Ms Pascoe,\nYour rent is £127.40.\n", []span{{"Ms Pascoe", "name", "the requester", "reveal"}}))
	letter := &b.docs[len(b.docs)-1]
	letter.Pictured, letter.NoCopy, letter.NoCopyDetail = true, "not all of it can be read", "page 2: the picture is damaged"
	return b
}

func late() error {
	return &web.Refusal{Why: "Somebody else changed this case after you opened the page.", Mend: "Look at how it is now, and decide again."}
}

// fold is the documents as they are after every step that stands.
func (b *fakeBench) fold() []console.Sheet {
	docs := slices.Clone(b.docs)
	for i := range docs {
		docs[i].Pieces = slices.Clone(docs[i].Pieces)
		docs[i].Regions = slices.Clone(docs[i].Regions)
		for j := range docs[i].Pieces {
			docs[i].Pieces[j].Spans = slices.Clone(docs[i].Pieces[j].Spans)
		}
	}
	for _, n := range b.live(len(b.events)) {
		e := b.events[n]
		for _, m := range e.marks {
			for i := range docs {
				if m.Kind == "group" || m.Kind == "rest" || m.Everywhere || m.Sheet == docs[i].ID {
					apply(&docs[i], m, e.by, n)
				}
			}
		}
	}
	for i := range docs {
		s := &docs[i]
		s.Number = i + 1
		if s.Why != "" && s.Flag == "" {
			s.SheetRow.Waiting++
		}
		for j := range s.Pieces {
			p := &s.Pieces[j]
			text, clean, at := []rune(p.Text), "", 0
			for _, sp := range p.Spans {
				s.SheetRow.Spans++
				if sp.Action == "review" {
					s.SheetRow.Waiting++
				}
				if sp.Action != "reveal" {
					clean += string(text[at:sp.Start]) + sp.Label
					at = sp.End
				}
			}
			p.Clean = clean + string(text[at:])
			if s.Flag == console.FlagWithhold {
				p.Held = "the whole document is withheld"
			}
		}
		if i > 0 {
			s.Prev, docs[i-1].Next = docs[i-1].ID, s.ID
		}
	}
	for i := range docs {
		for _, later := range docs[i+1:] {
			if later.SheetRow.Waiting > 0 {
				docs[i].NextOpen = later.ID
				break
			}
		}
	}
	return docs
}

func apply(s *console.Sheet, m console.Mark, by string, n int) {
	if m.Kind == "flag" {
		s.Flag, s.FlagWhy = m.Flag, m.Reason
		return
	}
	if m.Kind == "region" {
		s.Regions = append(s.Regions, console.Region{Box: *m.Region, ID: fmt.Sprintf("r%d", n), By: by, Exemption: m.Exemption, Reason: m.Reason})
	}
	s.Regions = slices.DeleteFunc(s.Regions, func(g console.Region) bool { return m.Kind == "drop" && g.ID == m.Span })
	for j := range s.Pieces {
		p := &s.Pieces[j]
		for k := range p.Spans {
			sp := &p.Spans[k]
			hit := m.Kind == "span" && sp.ID == m.Span || m.Kind == "group" && sp.Group == m.Group && !slices.Contains(m.Except, sp.ID) ||
				m.Kind == "rest" && sp.Action == "review"
			if hit {
				sp.By, sp.Reason, sp.Action = by, m.Reason, m.Action
				if sp.Exemption = m.Exemption; m.Kind == "rest" {
					sp.Action = "withhold"
				}
			}
		}
		p.Spans = slices.DeleteFunc(p.Spans, func(sp console.Span) bool { return m.Kind == "drop" && sp.ID == m.Span && sp.Added })
		if m.Kind != "add" {
			continue
		}
		start, end := m.Start, m.End
		if m.Words != "" {
			at := strings.Index(p.Text, m.Words)
			if at < 0 {
				continue
			}
			start = utf8.RuneCountInString(p.Text[:at])
			end = start + utf8.RuneCountInString(m.Words)
		} else if p.Name != m.Piece {
			continue
		}
		p.Spans = append(p.Spans, console.Span{
			ID: fmt.Sprintf("%s.%s.a%d", s.ID, p.Name, n), Start: start, End: end, Type: "words", Person: "Person 9", Group: "g-Person-9",
			Action: "withhold", Label: "[Person 9]", Exemption: m.Exemption, Reason: m.Reason, By: by, Added: true,
		})
		slices.SortFunc(p.Spans, func(a, b console.Span) int { return a.Start - b.Start })
	}
}

func (b *fakeBench) progress(docs []console.Sheet) console.Progress {
	p := console.Progress{Revision: len(b.events), Documents: len(docs)}
	for _, s := range docs {
		p.Spans += s.SheetRow.Spans
		p.Waiting += s.SheetRow.Waiting
		if s.SheetRow.Waiting == 0 {
			p.Done++
		}
	}
	if len(b.events) > 0 {
		p.Left = 80 * time.Minute
	}
	return p
}

func (b *fakeBench) Bench(_ context.Context, n string, q console.BenchQuery) (console.Bench, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n != number {
		return console.Bench{}, web.ErrNotFound
	}
	b.asked = q
	docs := b.fold()
	out := console.Bench{Progress: b.progress(docs), Resume: b.last, Exemptions: []console.ExemptionChoice{
		{ID: "para16", Name: "Another person's data", Cite: "DPA 2018 Schedule 2 paragraph 16", Verified: true},
		{ID: "negotiations", Name: "Negotiations with the requester", Cite: "DPA 2018 Schedule 2 paragraph 23", Verified: true},
		{ID: "own", Name: "Safety of an officer"},
	}}
	for _, s := range docs {
		text := ""
		for _, p := range s.Pieces {
			text += p.Text
		}
		if (!q.Open || s.SheetRow.Waiting > 0) && strings.Contains(text, q.Text) {
			out.Total++
			g := console.SheetGroup{Sheets: []console.SheetRow{s.SheetRow}, Waiting: s.SheetRow.Waiting, Spans: s.SheetRow.Spans}
			if n := len(out.Groups); s.LikeOf != "" && n > 0 {
				last := &out.Groups[n-1]
				last.Sheets, last.Waiting, last.Spans, last.Alike = append(last.Sheets, g.Sheets[0]), last.Waiting+g.Waiting, last.Spans+g.Spans, true
				continue
			}
			out.Groups = append(out.Groups, g)
		}
	}
	out.Pages = max((len(out.Groups)+49)/50, 1)
	out.Groups = out.Groups[min((q.Page-1)*50, len(out.Groups)):min(q.Page*50, len(out.Groups))]
	if len(b.agreed) > 0 {
		out.Second = b.agreed[len(b.agreed)-1].By
	}
	return out, nil
}

func (b *fakeBench) Sheet(_ context.Context, n, id string) (console.Sheet, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	docs := b.fold()
	for _, s := range docs {
		if n == number && (s.ID == id || id == "" && s.SheetRow.Waiting > 0) {
			s.Progress = b.progress(docs)
			return s, nil
		}
	}
	return console.Sheet{}, web.ErrNotFound
}

// fakePages is how many pages every document with pages has.
const fakePages = 2

func (b *fakeBench) Page(_ context.Context, _, id string, page int) (console.Picture, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.docs, func(s console.Sheet) bool { return s.ID == id && s.Pictured })
	switch {
	case i < 0:
		return console.Picture{}, web.ErrNotFound
	case page > fakePages:
		return console.Picture{}, &web.Refusal{Why: "There is no such page.", Mend: "Choose another."}
	}
	b.docs[i].Pages = fakePages
	m := image.NewGray(image.Rect(0, 0, 600, 800))
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	for line := range 12 { // as if something were written there
		draw.Draw(m, image.Rect(60, 80+40*line, 540, 92+40*line), image.NewUniform(color.Gray{Y: 90}), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		return console.Picture{}, err
	}
	return console.Picture{PNG: out.Bytes(), Pages: fakePages}, nil
}

func (b *fakeBench) Groups(_ context.Context, _ string, q console.GroupQuery) (console.Groups, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	docs := b.fold()
	out := console.Groups{Progress: b.progress(docs), Pages: 1}
	at := make(map[string]int)
	for _, s := range docs {
		in := make(map[int]bool)
		for _, p := range s.Pieces {
			for _, sp := range p.Spans {
				text := []rune(p.Text)
				i, ok := at[sp.Group]
				if !ok {
					i = len(out.Groups)
					at[sp.Group] = i
					out.Groups = append(out.Groups, console.Group{ID: sp.Group, What: sp.Person + ": " + string(text[sp.Start:sp.End]), Type: sp.Type, Action: sp.Action})
				}
				g := &out.Groups[i]
				g.Spans++
				if sp.Action == "review" {
					g.Waiting++
				}
				if g.Action != sp.Action {
					g.Action = "mixed"
				}
				if !in[i] {
					g.Sheets++
				}
				in[i] = true
				if q.Group == sp.Group {
					g.Places = append(g.Places, console.Place{
						Sheet: s.ID, Title: s.Title, Span: sp.ID, Before: string(text[max(0, sp.Start-20):sp.Start]), Match: string(text[sp.Start:sp.End]),
						After: string(text[sp.End:min(len(text), sp.End+20)]), Action: sp.Action, By: sp.By, Exemption: sp.Exemption,
					})
				}
			}
		}
	}
	out.Groups = slices.DeleteFunc(out.Groups, func(g console.Group) bool {
		return q.Open && g.Waiting == 0 || q.Group != "" && g.ID != q.Group
	})
	out.Total = len(out.Groups)
	return out, nil
}

func (b *fakeBench) Mark(_ context.Context, by console.Staff, _ string, revision int, marks []console.Mark) (console.Progress, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if revision != len(b.events) {
		return console.Progress{}, late()
	}
	for _, m := range marks {
		b.last = cmp.Or(m.Sheet, b.last)
		if m.Reason == "" && (m.Kind == "add" || m.Kind == "region" || m.Kind == "rest" || m.Kind == "span" && m.Action == "reveal" && b.proposed(m.Span) == "withhold") {
			return console.Progress{}, &web.Refusal{Why: "This needs a reason.", Mend: "Say why, in a sentence."}
		}
	}
	if len(marks) != 1 || marks[0].Kind != "seen" {
		b.events = append(b.events, fakeEvent{by: by.Name, marks: marks})
	}
	return b.progress(b.fold()), nil
}

func (b *fakeBench) Undo(_ context.Context, by console.Staff, _ string, revision, step int) (console.Progress, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if revision != len(b.events) {
		return console.Progress{}, late()
	}
	b.events = append(b.events, fakeEvent{by: by.Name, back: step})
	return b.progress(b.fold()), nil
}

func (b *fakeBench) Steps(context.Context, string, int) (console.Steps, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := console.Steps{Progress: b.progress(b.fold()), Pages: 1}
	live := b.live(len(b.events))
	for i, e := range slices.Backward(b.events) {
		s := console.Step{Number: i + 1, On: now, By: e.by, What: fmt.Sprint("back to step ", e.back), Back: len(e.marks) == 0}
		if !s.Back {
			s.What, s.Undone = strings.TrimSpace(e.marks[0].Kind+" "+e.marks[0].Action), !slices.Contains(live, i)
		}
		out.Steps = append(out.Steps, s)
	}
	return out, nil
}

func (b *fakeBench) Second(context.Context, string, int) (console.Second, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	docs := b.fold()
	out := console.Second{Progress: b.progress(docs), Pages: 1, Agreed: b.agreed}
	for i, s := range docs {
		for j, p := range s.Pieces {
			for _, sp := range p.Spans {
				for _, was := range b.docs[i].Pieces[j].Spans {
					if was.ID == sp.ID && was.Action != sp.Action {
						text := []rune(p.Text)
						out.Differences = append(out.Differences, console.Difference{
							Place:    console.Place{Sheet: s.ID, Title: s.Title, Span: sp.ID, Match: string(text[sp.Start:sp.End])},
							Proposed: was.Action, First: sp.By + ": " + sp.Action, Last: sp.By + ": " + sp.Action, Reason: sp.Reason,
						})
					}
				}
			}
		}
	}
	out.Total = len(out.Differences)
	return out, nil
}

func (b *fakeBench) Agree(_ context.Context, by console.Staff, _ string, revision int, words string) (console.Progress, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if revision != len(b.events) {
		return console.Progress{}, late()
	}
	b.agreed = append(b.agreed, console.Agreement{By: by.Name, On: now, Words: words})
	return b.progress(b.fold()), nil
}

func (b *fakeBench) Lessons(context.Context) ([]console.Lesson, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.lessons), nil
}

func (b *fakeBench) LessonSets(context.Context) ([]console.Choice, error) { return b.sets, nil }

func (b *fakeBench) Learn(_ context.Context, _ console.Staff, l console.Lesson) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	l.ID = fmt.Sprint("l", len(b.lessons)+1)
	b.lessons = append(b.lessons, l)
	return nil
}

func (b *fakeBench) Unlearn(_ context.Context, _ console.Staff, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.lessons)
	if b.lessons = slices.DeleteFunc(b.lessons, func(l console.Lesson) bool { return l.ID == id }); len(b.lessons) == n {
		return web.ErrNotFound
	}
	return nil
}

// proposed is what the program would do with a span.
func (b *fakeBench) proposed(id string) string {
	for _, s := range b.docs {
		for _, p := range s.Pieces {
			for _, sp := range p.Spans {
				if sp.ID == id {
					return sp.Action
				}
			}
		}
	}
	return ""
}

// found is the span with this id as it is now.
func (b *fakeBench) found(id string) console.Span {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.fold() {
		for _, p := range s.Pieces {
			for _, sp := range p.Spans {
				if sp.ID == id {
					return sp
				}
			}
		}
	}
	return console.Span{}
}

// decided counts the spans that a person has withheld, and in how many documents.
func (b *fakeBench) decided() (spans, docs int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.fold() {
		before := spans
		for _, p := range s.Pieces {
			for _, sp := range p.Spans {
				if sp.By != "" && sp.Action == "withhold" {
					spans++
				}
			}
		}
		if spans > before {
			docs++
		}
	}
	return spans, docs
}

// state is the revision, and the newest mark that was made.
func (b *fakeBench) state() (revision int, newest console.Mark) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		if len(e.marks) > 0 {
			newest = e.marks[len(e.marks)-1]
		}
	}
	return len(b.events), newest
}
