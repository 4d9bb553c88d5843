package redact

import (
	"slices"
	"strings"

	"tenet/internal/match"
)

// Cut is one stretch of one text that is to go.
type Cut struct {
	Start, End int    // byte offsets in the text
	Label      string // what stands in its place where the copy is text: "[Person 3]"
	Kind       string // by which the copy's report counts it: the detected type
}

// Copy is what goes from one document while a clean copy of it is made: whoever makes the copy hands it the document's
// texts one after another with [Copy.Cuts], and what goes out with [Copy.Prove]. What is withheld in one of them is
// withheld in all, where nothing around it would have told. It is not for use by several goroutines.
type Copy struct {
	redactor *Redactor
	labels   *Labels
	secrets  phrases         // withheld anywhere in the document
	revealed map[string]bool // what stays on purpose
	common   map[string]bool // keys of what is withheld, and is a part of what stays
	decided  map[string]bool // keys of what people decided on: whether it stays
	gone     []Withheld      // what Cuts took out
	news     bool            // since the two were compared
}

// Copy starts on a document, with the labels of everything else that this Redactor is used for.
func (r *Redactor) Copy() *Copy {
	return &Copy{redactor: r, labels: r.labels(), secrets: phrases{}, revealed: map[string]bool{}, common: map[string]bool{}, decided: map[string]bool{}}
}

// Decide notes what people decided in the text of the document, and what stands in it undecided. A decision holds for the
// same words wherever in the document they are proposed; where it withholds, they go wherever they stand. Words that stay
// in one place and go in another go.
func (c *Copy) Decide(decided, undecided []Proposal) {
	for _, p := range decided {
		k := key(p.Text)
		if p.Action != Reveal {
			c.decided[k] = false
			c.secret(p)
		} else if _, ok := c.decided[k]; !ok {
			c.decided[k] = true
			c.Reveal(p.Text)
		}
	}
	for _, p := range undecided {
		if k := key(p.Text); c.decided[k] && p.Action != Reveal {
			c.decided[k] = false
			c.secret(p)
		}
	}
}

// propose is what is proposed for a text, as decided.
func (c *Copy) propose(text string) []Proposal {
	list := c.redactor.Propose(text)
	for i, p := range list {
		switch stays, ok := c.decided[key(p.Text)]; {
		case ok && stays:
			list[i].Action = Reveal
		case ok && p.Action == Reveal:
			list[i].Action = Withhold
		}
	}
	return list
}

// Learn notes what is withheld and what stays in the whole of the document's text, so that a name known by its last
// page is known on its first.
func (c *Copy) Learn(text string) {
	for _, p := range c.propose(text) {
		if p.Action == Reveal {
			c.Reveal(p.Text)
		} else {
			c.secret(p)
		}
	}
}

// Reveal notes what stays on purpose, and is no leak where a part of it is withheld elsewhere.
func (c *Copy) Reveal(text string) {
	c.news = c.news || !c.revealed[text]
	c.revealed[text] = true
}

// Withhold notes what is withheld elsewhere in the same pack. Kind and label are those of every cut that it makes.
func (c *Copy) Withhold(text, label, kind string) {
	c.news = c.secrets.add(text, label, kind) || c.news
}

// secret notes what is withheld here and gives its label.
func (c *Copy) secret(p Proposal) string {
	label := c.labels.For(p.Span)
	c.Withhold(p.Text, label, string(p.Type))
	return label
}

// Cuts are what goes from one text of the document, in order and apart: what is found in it, and what was withheld
// elsewhere in the document.
func (c *Copy) Cuts(text string) []Cut {
	var cuts []Cut
	var taken [][2]int
	for _, p := range c.propose(text) {
		taken = append(taken, [2]int{p.Start, p.End})
		if p.Action == Reveal {
			c.Reveal(p.Text)
			continue
		}
		cuts = append(cuts, Cut{p.Start, p.End, c.secret(p), string(p.Type)})
		c.gone = append(c.gone, Withheld{Type: p.Type, secret: p.Text})
	}
	for _, f := range c.secrets.in(text) {
		if slices.ContainsFunc(taken, func(t [2]int) bool { return f.start < t[1] && t[0] < f.end }) {
			continue
		}
		// A name that is a word as well: Will, and will.
		if written := text[f.start:f.end]; f.words == 1 && written == strings.ToLower(written) && f.text != written {
			c.common[key(f.text)] = true
			continue
		}
		taken = append(taken, [2]int{f.start, f.end})
		cuts = append(cuts, Cut{f.start, f.end, f.label, f.kind})
	}
	slices.SortFunc(cuts, func(a, b Cut) int { return a.Start - b.Start })
	return cuts
}

// Prove is [Prove] for everything that was taken out, save what the copy says on purpose elsewhere: a surname that the
// requester shares, a name that is a word too.
func (c *Copy) Prove(clean []byte, gone []string) error {
	if c.news {
		c.news = false
		for r := range c.revealed {
			for _, f := range c.secrets.in(r) {
				c.common[key(f.text)] = true
			}
		}
	}
	return Prove(clean, slices.DeleteFunc(slices.Clone(gone), func(g string) bool { return c.common[key(g)] }))
}

// Secrets are what was found in the document and taken out of it, to be looked for in everything else that goes out with
// it; those that stand within something that is revealed on purpose, and ordinary words, are not among them. They must
// reach no output.
func (c *Copy) Secrets(revealed ...string) []string {
	for text := range c.revealed {
		revealed = append(revealed, text)
	}
	return Secrets(c.gone, revealed...)
}

// NotProven is how many of the strings withheld are a part of what stays too, and were not looked for.
func (c *Copy) NotProven() int { return len(c.common) }

// Blank puts a label in the place of secrets in a text, whatever their case and what stands between their words, and says
// how many places there were.
func Blank(text string, secrets []string, label string) (clean string, places int) {
	p := phrases{}
	for _, s := range secrets {
		p.add(s, label, "")
	}
	var b strings.Builder
	end := 0
	for _, f := range p.in(text) {
		if f.start < end {
			continue
		}
		b.WriteString(text[end:f.start] + label)
		end, places = f.end, places+1
	}
	return b.String() + text[end:], places
}

// phrases finds phrases in texts, whatever their case and what stands between their words. They are kept by their
// first word.
type phrases map[string][]phrase

type phrase struct {
	text, label, kind string
	folded            []string
}

// phraseAt is where a phrase stands in a text.
type phraseAt struct {
	phrase
	start, end int // byte offsets
	words      int
}

// key is the same for every way of writing a phrase.
func key(text string) string {
	var b strings.Builder
	for w := range match.Words(text) {
		b.WriteString(w.Text + " ")
	}
	return b.String()
}

// add says whether the phrase is new.
func (p phrases) add(text, label, kind string) bool {
	folded := foldedWords(text)
	if len(folded) == 0 || slices.ContainsFunc(p[folded[0]], func(have phrase) bool { return slices.Equal(have.folded, folded) }) {
		return false
	}
	p[folded[0]] = append(p[folded[0]], phrase{text, label, kind, folded})
	return true
}

// in are the places of phrases in text; of those that begin together the longer ones come first.
func (p phrases) in(text string) []phraseAt {
	if len(p) == 0 {
		return nil
	}
	words := slices.Collect(match.Words(text))
	var out []phraseAt
	for i, w := range words {
		first := len(out)
		for _, f := range p[w.Text] {
			n := len(f.folded)
			if i+n <= len(words) && slices.EqualFunc(words[i:i+n], f.folded, func(w match.Word, s string) bool { return w.Text == s }) {
				out = append(out, phraseAt{f, w.Start, words[i+n-1].End, n})
			}
		}
		slices.SortStableFunc(out[first:], func(a, b phraseAt) int { return b.words - a.words })
	}
	return out
}
