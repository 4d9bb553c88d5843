package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/redact"
	"tenet/internal/rows"
	"tenet/internal/web"
)

const (
	benchPage = 50
	around    = 60 // characters on either side of a place
)

// workbench is the desk as those who redact meet it.
type workbench struct{ staffDesk }

func (s workbench) bench(ctx context.Context, number string) (*desk.Bench, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return nil, s.told(ctx, err)
	}
	b, err := s.d.Bench(ctx, k)
	return b, s.told(ctx, err)
}

func progress(b *desk.Bench) console.Progress {
	p := console.Progress{Revision: len(b.Steps), Documents: len(b.Items), Left: b.Left(), Stale: stale(b.Case)}
	p.Done, p.Spans, p.Waiting = b.State.Totals()
	return p
}

func (s workbench) Bench(ctx context.Context, number string, q console.BenchQuery) (console.Bench, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Bench{}, err
	}
	out := console.Bench{Progress: progress(b), Resume: s.d.Resume(b)}
	var named map[int]bool
	if q.Person != "" {
		named = map[int]bool{}
		for _, x := range b.State.Places(q.Person) {
			named[x.Doc] = true
		}
	}
	holds := b.Holding(q.Text)
	groups := together(b, func(i int) bool {
		waiting, _ := b.State.Waiting(i)
		return (!q.Open || waiting > 0) && (named == nil || named[i]) && holds(i)
	})
	from := skip(q.Page, benchPage)
	for n, members := range groups {
		if out.Total += len(members); n >= from && n < from+benchPage {
			out.Groups = append(out.Groups, sheetGroup(b, members))
		}
	}
	out.Pages = pages(len(groups), benchPage)
	for _, e := range law.Exemptions() {
		if e.ID == law.ExemptNotPortable && b.Case.Kind != law.KindPortability || e.ID == law.ExemptNotAsked && b.Case.Scope == "" {
			continue
		}
		out.Exemptions = append(out.Exemptions, console.ExemptionChoice{ID: e.ID, Name: e.Title, Cite: e.Cite, Verified: e.Verified})
	}
	if agreed := b.State.Agreed(); len(agreed) > 0 {
		out.Second = accounts{s.d}.names(ctx)(agreed[len(agreed)-1].By)
	}
	return out, nil
}

// together are the documents of a list, those of one conversation or nearly the same as
// one another together, where the first of them stands.
func together(b *desk.Bench, listed func(i int) bool) (groups [][]int) {
	at := map[string]int{}
	for i := range b.Items {
		if !listed(i) {
			continue
		}
		x := b.Item(i)
		if like := b.State.Work.Doc(x.Like); like >= 0 {
			x = b.Item(like)
		}
		id := "document " + x.ID
		if x.Thread != "" {
			id = "thread " + x.Thread
		}
		n, ok := at[id]
		if !ok {
			n = len(groups)
			at[id] = n
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], i)
	}
	return groups
}

func sheetGroup(b *desk.Bench, members []int) console.SheetGroup {
	g := console.SheetGroup{Alike: len(members) > 1}
	first := ""
	for _, i := range members {
		row := sheetRow(b, i)
		g.Sheets, g.Waiting, g.Spans = append(g.Sheets, row), g.Waiting+row.Waiting, g.Spans+row.Spans
		of := b.Items[i].ID
		if b.State.Work.Doc(b.Items[i].Like) >= 0 {
			of = b.Items[i].Like
		}
		if first == "" {
			first = of
		}
		g.Alike = g.Alike && of == first
	}
	return g
}

func sheetRow(b *desk.Bench, i int) console.SheetRow {
	x := b.Item(i)
	r := console.SheetRow{ID: x.ID, Title: x.Title, Where: x.Source + ": " + x.Table.Name, Flag: string(b.State.Flag(i).Flag), Like: b.Likes(i)}
	if like := b.State.Work.Doc(x.Like); like >= 0 && like != i {
		r.LikeOf = b.Items[like].Title
	}
	if !x.On.IsZero() {
		r.On = x.On.Start()
	}
	r.Waiting, r.Spans = b.State.Waiting(i)
	return r
}

func (s workbench) Sheet(ctx context.Context, number, id string) (console.Sheet, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Sheet{}, err
	}
	i := b.State.Work.Doc(id)
	if id == "" {
		i = nextOpen(b, -1)
		if i < 0 && len(b.Items) > 0 {
			i = 0
		}
	}
	if i < 0 {
		return console.Sheet{}, web.ErrNotFound
	}
	name := accounts{s.d}.names(ctx)
	doc, flag := &b.State.Work.Docs[i], b.State.Flag(i)
	out := console.Sheet{SheetRow: sheetRow(b, i), Progress: progress(b), Number: i + 1, Why: doc.Waits, FlagWhy: flag.Reason}
	if out.Whose, err = b.Whose(i); err != nil {
		return console.Sheet{}, err
	}
	if i > 0 {
		out.Prev = b.Items[i-1].ID
	}
	if i+1 < len(b.Items) {
		out.Next = b.Items[i+1].ID
	}
	if n := nextOpen(b, i); n >= 0 {
		out.NextOpen = b.Items[n].ID
	}
	out.Pictured, out.Pages = b.Pictured(i), s.d.Pages(b, i)
	out.Together = max(len(conversation(b, i))-1, 0)
	out.NoCopy, out.NoCopyDetail = b.LeftOut(i)
	for _, g := range b.State.Regions(i) {
		region := console.Region{Box: console.Box(g.Region), ID: g.ID, By: name(g.By), Exemption: g.Exemption, Reason: g.Reason}
		if from := b.State.Work.Doc(g.From); from >= 0 {
			region.From = b.Items[from].Title
		}
		out.Regions = append(out.Regions, region)
	}
	for p := range doc.Pieces {
		piece := console.Piece{Name: doc.Pieces[p].Name, Text: doc.Pieces[p].Text}
		if doc.Pieces[p].Held != "" && doc.Pieces[p].Exemption == "" {
			piece.Text, piece.Held = "(not shown)", doc.Pieces[p].Held // to nobody
			out.Pieces = append(out.Pieces, piece)
			continue
		}
		piece.Clean, _, _, piece.Held = b.State.Clean(i, p)
		if out.Why == "" {
			out.Why = b.State.Unread(i, p)
		}
		at, runes := 0, 0
		place := func(bytes int) int {
			runes += utf8.RuneCountInString(piece.Text[at:bytes])
			at = bytes
			return runes
		}
		for _, x := range b.State.Spans(i, p) {
			span := console.Span{ID: x.ID, Type: string(x.Type), Person: whom(x), Group: x.Words, Action: string(x.Action), Label: x.Label,
				Exemption: x.Exemption, Reason: x.Reason, Added: x.Added, Start: place(x.Start), End: place(x.End)}
			if x.Person != "" {
				span.Group = x.Person
			}
			if x.By != "" {
				span.By = name(x.By)
			}
			piece.Spans = append(piece.Spans, span)
		}
		out.Pieces = append(out.Pieces, piece)
	}
	s.d.Seen(b.Case, out.ID)
	return out, nil
}

// conversation are the documents of the conversation that one is of, itself among them;
// none where it stands alone.
func conversation(b *desk.Bench, of int) (all []int) {
	if of < 0 || b.Item(of).Thread == "" {
		return nil
	}
	for i := range b.Items {
		if b.Item(i).Thread == b.Item(of).Thread {
			all = append(all, i)
		}
	}
	return all
}

// Page draws a page of the original.
func (s workbench) Page(ctx context.Context, number, id string, page int) (console.Picture, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Picture{}, err
	}
	i := b.State.Work.Doc(id)
	if i < 0 || !b.Pictured(i) {
		return console.Picture{}, web.ErrNotFound
	}
	drawn, err := s.d.Page(ctx, b, i, page)
	if err != nil {
		return console.Picture{}, s.told(ctx, err)
	}
	return console.Picture{PNG: drawn.PNG, Pages: drawn.Pages}, nil
}

// nextOpen is the first document after i where something waits, from the beginning
// again after the last; -1 if nothing does.
func nextOpen(b *desk.Bench, i int) int {
	for n := range len(b.Items) {
		at := (i + 1 + n) % len(b.Items)
		if waiting, _ := b.State.Waiting(at); waiting > 0 && at != i {
			return at
		}
	}
	return -1
}

// whom is who a span stands for, as staff read it.
func whom(x redact.Settled) string {
	switch reason := x.Proposal.Reason; {
	case strings.HasPrefix(reason, "the requester"):
		return "the requester"
	case strings.HasPrefix(reason, "a member of staff"):
		return "a member of staff"
	}
	return strings.Trim(x.Label, "[]")
}

func (s workbench) Groups(ctx context.Context, number string, q console.GroupQuery) (console.Groups, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Groups{}, err
	}
	out := console.Groups{Progress: progress(b)}
	from, n := skip(q.Page, benchPage), 0
	for _, g := range b.State.Groups(q.By != "text") {
		if q.Open && g.Waiting == 0 || q.Group != "" && g.ID != q.Group {
			continue
		}
		if n++; q.Group == "" && (n <= from || n > from+benchPage) {
			continue
		}
		row := console.Group{ID: g.ID, Type: string(g.Type), Known: knownAs(g.People), Spans: g.Spans, Sheets: g.Docs, Waiting: g.Waiting, Action: string(g.Action)}
		if row.What = strings.Join(g.Written, ", "); q.By != "text" {
			row.What = strings.Trim(g.Label, "[]") + ": " + row.What
		}
		if g.Action == "" {
			row.Action = "mixed"
		}
		out.Groups = append(out.Groups, row)
	}
	out.Total, out.Pages = n, pages(n, benchPage)
	if q.Group == "" || len(out.Groups) == 0 {
		return out, nil
	}
	all := b.State.Places(q.Group)
	out.Pages = pages(len(all), benchPage)
	name := accounts{s.d}.names(ctx)
	for _, x := range all[min(from, len(all)):min(from+benchPage, len(all))] {
		out.Groups[0].Places = append(out.Groups[0].Places, placeOf(b, x, name))
	}
	return out, nil
}

// knownAs is where the landlord knows people from.
func knownAs(ids []string) string {
	var out []string
	for _, id := range ids {
		source, row, _ := strings.Cut(id, ":")
		row, role, named := strings.Cut(row, "#")
		words := "a record"
		if role, _, _ = strings.Cut(role, "/"); named {
			words = "named as " + role
		}
		if table, _, err := rows.DecodeID(row); err == nil {
			words += " in " + source + ": " + table
		}
		if !slices.Contains(out, words) {
			out = append(out, words)
		}
	}
	return strings.Join(out, "; or ")
}

func placeOf(b *desk.Bench, x redact.Where, name func(string) string) console.Place {
	p := console.Place{Sheet: b.Items[x.Doc].ID, Title: b.Items[x.Doc].Title}
	if x.Piece < 0 {
		return p
	}
	text := b.State.Work.Docs[x.Doc].Pieces[x.Piece].Text
	p.Span, p.Match, p.Action, p.Exemption = x.ID, x.Span.Text, string(x.Action), x.Exemption
	if x.By != "" {
		p.By = name(x.By)
	}
	before, after := []rune(text[max(0, x.Start-4*around):x.Start]), []rune(text[x.End:min(len(text), x.End+4*around)])
	p.Before, p.After = string(before[max(0, len(before)-around):]), string(after[:min(len(after), around)])
	return p
}

func (s workbench) Mark(ctx context.Context, by console.Staff, number string, revision int, marks []console.Mark) (console.Progress, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Progress{}, err
	}
	var all []redact.Mark
	for _, m := range marks {
		if b.State.Work.Doc(m.Sheet) < 0 && m.Sheet != "" {
			return console.Progress{}, &web.Refusal{Why: "There is no such document in this case any more.", Mend: "Open the list of documents again."}
		}
		if m.Kind == "seen" {
			s.d.Seen(b.Case, m.Sheet)
			continue
		}
		x := redact.Mark{Kind: redact.Kind(m.Kind), Doc: m.Sheet, Span: m.Span, Group: m.Group, Except: m.Except, Piece: m.Piece, Words: m.Words, Everywhere: m.Everywhere,
			Action: redact.Action(m.Action), Exemption: m.Exemption, Reason: strings.TrimSpace(m.Reason), Flag: redact.Flag(m.Flag)}
		if m.Region != nil {
			region := redact.Region(*m.Region)
			x.Region = &region
		}
		if m.Kind == "add" && m.Words == "" {
			x.Start, x.End = bytesOf(b, m)
		}
		all = append(all, x)
		if m.Kind == "flag" && m.Thread {
			for _, i := range conversation(b, b.State.Work.Doc(m.Sheet)) {
				if x.Doc = b.Items[i].ID; x.Doc != m.Sheet {
					all = append(all, x)
				}
			}
		}
	}
	if len(all) == 0 {
		return progress(b), nil
	}
	b, err = s.d.Mark(ctx, b.Case, cases.On{By: by.ID}, revision, all)
	return s.moved(ctx, b, err)
}

// moved is how far the work has come after a step.
func (s workbench) moved(ctx context.Context, b *desk.Bench, err error) (console.Progress, error) {
	if err != nil {
		return console.Progress{}, s.told(ctx, err)
	}
	return progress(b), nil
}

// bytesOf is a place in code points as one in bytes; one that is not there is empty,
// and refused.
func bytesOf(b *desk.Bench, m console.Mark) (start, end int) {
	d := b.State.Work.Doc(m.Sheet)
	if d < 0 {
		return 0, 0
	}
	for _, p := range b.State.Work.Docs[d].Pieces {
		if p.Name != m.Piece {
			continue
		}
		n := 0
		start, end = -1, -1
		for at := range p.Text {
			if n == m.Start {
				start = at
			}
			if n == m.End {
				end = at
			}
			n++
		}
		if n == m.End {
			end = len(p.Text)
		}
		if start >= 0 && end > start {
			return start, end
		}
	}
	return 0, 0
}

func (s workbench) Undo(ctx context.Context, by console.Staff, number string, revision, step int) (console.Progress, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Progress{}, err
	}
	b, err = s.d.Undo(ctx, b.Case, cases.On{By: by.ID}, revision, step)
	return s.moved(ctx, b, err)
}

func (s workbench) Steps(ctx context.Context, number string, page int) (console.Steps, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Steps{}, err
	}
	out := console.Steps{Progress: progress(b), Pages: pages(len(b.Steps), benchPage)}
	live := map[int]bool{}
	for _, x := range b.State.Live {
		live[x.Number] = true
	}
	name := accounts{s.d}.names(ctx)
	from := min(skip(page, benchPage), len(b.Steps))
	for i := len(b.Steps) - 1 - from; i >= 0 && len(out.Steps) < benchPage; i-- {
		x := b.Steps[i]
		out.Steps = append(out.Steps, console.Step{Number: x.Number, On: x.At, By: name(x.By), What: stepWords(b, x), Undone: x.Back == nil && !live[x.Number], Back: x.Back != nil})
	}
	return out, nil
}

// stepWords is a step in words.
func stepWords(b *desk.Bench, x redact.Step) string {
	switch {
	case x.Back != nil && *x.Back == 0:
		return "went back to the beginning"
	case x.Back != nil:
		return fmt.Sprintf("went back to step %d", *x.Back)
	case x.Agreed != "":
		return "looked second: " + clip(x.Agreed)
	}
	var out []string
	for _, m := range x.Marks {
		words := markWords(b, m)
		if m.Reason != "" {
			words += " (" + m.Reason + ")"
		}
		if out = append(out, words); len(out) == 4 && len(x.Marks) > 4 {
			out = append(out, fmt.Sprintf("and %d more", len(x.Marks)-4))
			break
		}
	}
	return strings.Join(out, "; ")
}

func markWords(b *desk.Bench, m redact.Mark) string {
	did := map[redact.Action]string{redact.Withhold: "withheld", redact.Reveal: "let out"}[m.Action]
	title := "a document"
	if i := b.State.Work.Doc(m.Doc); i >= 0 {
		title = b.Items[i].Title
	}
	switch m.Kind {
	case redact.MarkSpan:
		return did + " one place in " + title
	case redact.MarkGroup:
		words := fmt.Sprintf("%s all of one person or one wording, %d places", did, b.State.Work.Size(m.Group))
		if len(m.Except) > 0 {
			words += fmt.Sprintf(" but %d", len(m.Except))
		}
		return words
	case redact.MarkAdd:
		if m.Everywhere {
			return "withheld words everywhere"
		}
		return "withheld words in " + title
	case redact.MarkRegion:
		if m.Region.Whole() {
			return fmt.Sprintf("covered the whole of page %d of %s", m.Region.Page, title)
		}
		return fmt.Sprintf("covered a region of page %d of %s", m.Region.Page, title)
	case redact.MarkDrop:
		return "took back what was added in " + title
	case redact.MarkRest:
		return "withheld all that was left"
	}
	return map[redact.Flag]string{
		"": "took the flag away from ", redact.FlagWithhold: "withheld the whole of ", redact.FlagDuplicate: "flagged as a duplicate ",
		redact.FlagNotTheirs: "flagged as not about the person ", redact.FlagPrivileged: "flagged as privileged ", redact.FlagRelease: "released ",
	}[m.Flag] + title
}

func (s workbench) Second(ctx context.Context, number string, page int) (console.Second, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Second{}, err
	}
	name := accounts{s.d}.names(ctx)
	all := b.State.Differences()
	out := console.Second{Progress: progress(b), Total: len(all), Pages: pages(len(all), benchPage)}
	from := skip(page, benchPage)
	for _, x := range all[min(from, len(all)):min(from+benchPage, len(all))] {
		d := console.Difference{Place: placeOf(b, x.Where, name), Reason: x.Last.Reason}
		switch {
		case x.Region != nil:
			d.Proposed, d.Match, d.Action, d.By, d.Exemption = "nothing: added by a person", console.Box(x.Region.Region).Words(), string(redact.Withhold), name(x.Last.By), x.Last.Exemption
			d.First, d.Last = name(x.First.By)+": covered", name(x.Last.By)+": covered"
		case x.Piece < 0:
			d.Proposed, d.Action, d.By, d.Exemption = proposedWhole(b, x.Doc), string(x.Flag), name(x.Last.By), x.Last.Exemption
			d.First, d.Last = name(x.First.By)+": "+flagWords(x.Former), name(x.Last.By)+": "+flagWords(x.Flag)
		default:
			d.Proposed = string(x.Proposal.Action)
			if x.Added {
				d.Proposed = "nothing: added by a person"
			}
			d.First, d.Last = name(x.First.By)+": "+string(x.First.Action), name(x.Last.By)+": "+string(x.Last.Action)
		}
		out.Differences = append(out.Differences, d)
	}
	for _, x := range b.State.Agreed() {
		out.Agreed = append(out.Agreed, console.Agreement{By: name(x.By), On: x.At, Words: x.Agreed})
	}
	return out, nil
}

func proposedWhole(b *desk.Bench, doc int) string {
	switch d := &b.State.Work.Docs[doc]; {
	case d.Waits != "":
		return "a person decides"
	case d.Stays != "":
		return "withhold"
	}
	return "release"
}

func flagWords(f redact.Flag) string {
	if f == "" {
		return "no flag"
	}
	return string(f)
}

func (s workbench) Agree(ctx context.Context, by console.Staff, number string, revision int, words string) (console.Progress, error) {
	b, err := s.bench(ctx, number)
	if err != nil {
		return console.Progress{}, err
	}
	b, err = s.d.Agree(ctx, b.Case, cases.On{By: by.ID}, revision, words)
	return s.moved(ctx, b, err)
}

func (s workbench) Lessons(ctx context.Context) ([]console.Lesson, error) {
	all, err := s.d.Lessons(ctx)
	if err != nil {
		return nil, s.told(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	var out []console.Lesson
	for _, l := range slices.Backward(all) {
		out = append(out, console.Lesson{ID: l.ID, Keep: l.Keep, Words: l.Words, Reason: l.Reason, By: name(l.By), On: l.At.Truncate(time.Second), For: s.landlordOf(l.Client)})
	}
	return out, nil
}

func (s workbench) Learn(ctx context.Context, by console.Staff, l console.Lesson) error {
	next := desk.Lesson{Lesson: redact.Lesson{Keep: l.Keep, Words: strings.TrimSpace(l.Words), Reason: strings.TrimSpace(l.Reason)}}
	switch {
	case l.Number != "": // the set of the case in which it was learnt
		k, err := s.d.Cases.ByNumber(ctx, l.Number)
		if err == nil {
			next.Client, err = s.d.SetOf(k)
		}
		if err != nil {
			return s.told(ctx, err)
		}
	default:
		var err error
		if next.Client, err = s.chosenSet(ctx, l.Set); err != nil {
			return s.told(ctx, err)
		}
	}
	_, err := s.d.Learn(ctx, by.ID, next)
	return s.told(ctx, err)
}

// LessonSets are the landlords whose answers a rule can be for, where there are several.
func (s workbench) LessonSets(ctx context.Context) ([]console.Choice, error) {
	sets, err := s.d.SetsSeen(ctx)
	if err != nil || len(sets) < 2 {
		return nil, s.told(ctx, err)
	}
	var out []console.Choice
	for _, x := range sets {
		out = append(out, console.Choice{ID: x.ID, Text: x.Name})
	}
	return out, nil
}

// landlordOf is the landlord whose set it is, in words.
func (s workbench) landlordOf(set string) string {
	if set == "" {
		return s.d.Notice.Landlord.Name
	}
	return s.client(set)
}

func (s workbench) Unlearn(ctx context.Context, by console.Staff, id string) error {
	return s.told(ctx, s.d.Unlearn(ctx, by.ID, id))
}
