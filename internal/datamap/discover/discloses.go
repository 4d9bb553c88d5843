package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// recipients name the column of whoever was given somebody's data. Those that
// say so by themselves are true; a recipient alone may be that of a letter.
var recipients = lexicon[bool]{
	"disclosed to, shared with, released to, given to, provided to, supplied to, passed to": true,
	"recipient, recipient name, sent to, receiver, organisation, agency":                    false,
}

var recipientPhrases = recipients.phrases()

// discloseds name the column of what was given.
var discloseds = lexicon[bool]{
	"what, what disclosed, disclosed, information, information disclosed, information shared, data disclosed, data shared, item disclosed, " +
		"detail, detail disclosed, content, description, data category, category": true,
}

var disclosedPhrases = discloseds.phrases()

// discloses proposes that the rows record who was given a person's data: the
// actual recipients, of whom UK GDPR Art 15(1)(c) speaks.
func (p *proposer) discloses(t *table) {
	if t.people != datamap.NotPeople || t.level == 0 || message(t) || !slices.ContainsFunc(t.out.OwnedBy, func(e datamap.Edge) bool {
		return e.RoleOr() == datamap.Subject || e.Role == datamap.Joint
	}) {
		return
	}
	named := slices.Contains(t.words, "disclosure") || slices.Contains(t.words, "disclosed")
	var to *column
	certain := false
	for _, c := range t.columns {
		if r, ok := exactly(c.words, recipientPhrases); ok && c.isText() && c.link == nil && (to == nil || r.means && !certain) {
			to, certain = c, r.means
		}
	}
	if to == nil {
		return
	}
	at := t.dated1([]string{"disclosed", "shared", "released", "given", "sent", "date", "on", "at", "created"}, stamps)
	if at == "" {
		at = t.anyDate()
	}
	if at == "" {
		return
	}
	d := &datamap.Disclosure{To: to.Name, At: at}
	for _, c := range t.columns {
		if _, ok := exactly(c.words, disclosedPhrases); ok && c.isText() && c != to && d.What == "" {
			d.What = c.Name
		}
	}
	conf, why := 0.5, fmt.Sprintf("somebody's, with a recipient (%s) and a date (%s)", d.To, d.At)
	switch {
	case named:
		conf, why = 0.9, why+", and named for disclosures"
	case certain:
		conf, why = 0.8, why+", and the recipient's name says that something was given"
	case d.What != "" && strings.HasPrefix(d.What, "what"):
		conf, why = 0.75, why+fmt.Sprintf(", and what was given (%s)", d.What)
	default:
		why += ", which a letter would have too"
	}
	p.say(t, d.To, "records disclosures", conf, why)
	if conf >= Confident {
		t.out.Discloses = d
	}
}

func (c *column) isText() bool { return c.Kind == rows.Text || c.Kind == rows.Other }
