package redact

import (
	"cmp"
	"slices"

	"tenet/internal/detect"
)

const reasonElsewhere = "the same is withheld elsewhere"

// Secrets are the strings withheld from what goes out that must not stand anywhere in it, with more from what is held by
// its field. What a person withheld at one place alone is none; own are the words that stand on purpose. Those for
// the proof leave out besides what people revealed somewhere.
func (s *State) Secrets(more, own []string) (everywhere, proof []string) {
	var gone []Withheld
	stands := slices.Clone(own)
	seen := map[string]bool{}
	for x := range s.all {
		p := &s.Work.Docs[x.Doc].Pieces[x.Piece]
		if out, _, _ := s.Out(x.Doc); !out || p.Held != "" || s.Unread(x.Doc, x.Piece) != "" {
			continue
		}
		k := key(x.Span.Text)
		switch {
		case x.Action == Reveal && x.By != "":
			if !seen["kept "+k] {
				seen["kept "+k] = true
				stands = append(stands, x.Span.Text)
			}
		case x.Action != Reveal && !x.here && !seen[x.Span.Text]:
			seen[x.Span.Text] = true
			gone = append(gone, Withheld{Type: x.Span.Type, secret: x.Span.Text})
		}
	}
	for _, m := range more {
		if !seen[m] {
			seen[m] = true
			gone = append(gone, Withheld{secret: m})
		}
	}
	everywhere = Secrets(gone, own...)
	if len(stands) == len(own) {
		return everywhere, everywhere
	}
	return everywhere, Secrets(gone, stands...)
}

// Spread withholds secrets wherever they stand in the documents of the work and nobody decided otherwise: a name that was
// recognised in one letter and not in another. It changes the documents, of which a new work is then to be made, and says
// whether it did.
func (s *State) Spread(secrets []string) (changed bool) {
	sought := phrases{}
	label := map[string]Settled{}
	for x := range s.all {
		if k := key(x.Span.Text); x.Action != Reveal && label[k].Label == "" {
			label[k] = x.Settled
		}
	}
	for _, secret := range secrets {
		like := label[key(secret)]
		sought.add(secret, cmp.Or(like.Label, "[information withheld]"), string(like.Type))
	}
	if len(sought) == 0 {
		return false
	}
	for d := range s.Work.Docs {
		for p := range s.Work.Docs[d].Pieces {
			piece := &s.Work.Docs[d].Pieces[p]
			if piece.Held != "" {
				continue
			}
			found := sought.in(piece.Text)
			if len(found) == 0 {
				continue
			}
			decided := s.Spans(d, p)
			for _, f := range found {
				if slices.ContainsFunc(decided, func(x Settled) bool { return x.By != "" && f.start < x.End && x.Start < f.end }) {
					continue
				}
				if spans, ok := cover(piece.Text, piece.Spans, f); ok {
					piece.Spans, changed = spans, true
				}
			}
		}
	}
	return changed
}

// cover adds to spans what of a place they do not withhold. Spans that stay and overlap it give way; ok is false if
// nothing is to be done.
func cover(text string, spans []Span, f phraseAt) (out []Span, ok bool) {
	start := f.start
	var fresh []Span
	add := func(end int) {
		if from, to, some := solid(text, start, max(start, end)); some {
			x := Span{Label: f.label}
			x.Span = detect.Span{Start: from, End: to, Type: detect.Type(f.kind), Text: text[from:to], Score: 1, Why: reasonElsewhere}
			x.Action, x.Exemption, x.Reason = Withhold, ThirdParty, reasonElsewhere
			fresh = append(fresh, x)
		}
	}
	for _, x := range spans {
		if x.End <= f.start || f.end <= x.Start {
			out = append(out, x)
			continue
		}
		if x.Action == Reveal {
			if x.Start == f.start && x.End == f.end { // the same span, with its people
				x.Action, x.Exemption, x.Reason, x.Label = Withhold, ThirdParty, reasonElsewhere, f.label
				out, start, ok = append(out, x), f.end, true
			}
			continue
		}
		add(x.Start)
		out, start = append(out, x), max(start, x.End)
	}
	if start < f.end {
		add(f.end)
	}
	if len(fresh) == 0 {
		if ok {
			return out, true
		}
		return spans, false
	}
	out = append(out, fresh...)
	slices.SortFunc(out, func(a, b Span) int { return a.Start - b.Start })
	return out, true
}
