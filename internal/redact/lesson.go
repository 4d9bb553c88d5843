package redact

import (
	"slices"
	"strings"
	"time"

	"tenet/internal/detect"
)

// Lesson is a rule of the landlord's own, learnt from what people decided: words that always stay, or that are always
// proposed to be withheld. It changes what is proposed, and never what a person decides.
type Lesson struct {
	ID     string    `json:"id"`
	Keep   bool      `json:"keep"`
	Words  string    `json:"words"`
	Reason string    `json:"reason"`
	By     string    `json:"by"` // who taught it
	At     time.Time `json:"at"`
}

// taught changes proposals as the lessons say. Words that stay by rule go to review where they name a known person who is
// neither the requester nor staff; words that are withheld by rule stay where they are the requester's own.
func (k *keeper) taught(text string, proposals []Proposal) []Proposal {
	for i := range k.Lessons {
		l := &k.Lessons[i]
		for _, at := range occurrences(text, []string{l.Words}) {
			if l.Keep {
				k.keepAt(at, l, proposals)
			} else {
				proposals = k.withholdAt(text, at, l, proposals)
			}
		}
	}
	return proposals
}

func (k *keeper) keepAt(at [2]int, l *Lesson, proposals []Proposal) {
	for i := range proposals {
		p := &proposals[i]
		if p.Start < at[0] || at[1] < p.End || p.Action == Reveal {
			continue
		}
		p.Lesson = l.ID
		if _, theirs := k.owners(p.People); theirs && !k.allStaff(p.People) {
			p.Action, p.Reason = Review, "a rule keeps these words, and they name a known person"
			continue
		}
		p.Action, p.Exemption, p.Reason = Reveal, "", "kept by a rule of the landlord: "+l.Reason
	}
}

// withholdAt withholds a place, with all of whatever is proposed there in part, unless the requester's own stands in it.
func (k *keeper) withholdAt(text string, at [2]int, l *Lesson, proposals []Proposal) []Proposal {
	p := Proposal{Span: detect.Span{Start: at[0], End: at[1], Score: 1, Why: "a rule of the landlord names it"},
		Action: Withhold, Exemption: ThirdParty, Reason: "withheld by a rule of the landlord: " + l.Reason, Lesson: l.ID}
	kept := make([]Proposal, 0, len(proposals)+1)
	for _, x := range proposals {
		if x.End <= p.Start || p.End <= x.Start {
			kept = append(kept, x)
			continue
		}
		mine, _ := k.owners(x.People)
		if x.Action == Reveal && mine || x.Action != Reveal && x.Start <= at[0] && at[1] <= x.End {
			return proposals
		}
		p.Start, p.End = min(p.Start, x.Start), max(p.End, x.End)
		if len(x.People) > 0 || p.Type == "" {
			p.Type, p.People = x.Type, x.People
		}
	}
	if slices.ContainsFunc(k.kept, func(own [2]int) bool { return own[0] <= at[0] && at[1] <= own[1] }) {
		return proposals
	}
	p.Text = text[p.Start:p.End]
	i := slices.IndexFunc(kept, func(x Proposal) bool { return x.Start > p.Start })
	if i < 0 {
		i = len(kept)
	}
	return slices.Insert(kept, i, p)
}

// Check refuses a rule that says nothing, or that would touch half of every letter.
func (l Lesson) Check() error {
	letters := 0
	for _, w := range foldedWords(l.Words) {
		letters += len(w)
	}
	switch {
	case letters < 4:
		return errShort
	case strings.TrimSpace(l.Reason) == "":
		return ErrReason
	}
	return nil
}
