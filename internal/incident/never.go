package incident

import (
	"regexp"
	"strings"

	"tenet/internal/notice"
)

// Asked is a sentence that asks for something we never ask for.
type Asked struct {
	What     string `json:"what"`
	Sentence string `json:"sentence"`
}

// secrets are what nobody may ask for, whatever a notice says, and the words that a
// notice or a letter has for them, in English and Welsh.
var secrets = []struct {
	what  string
	words *regexp.Regexp
}{
	{"card numbers", regexp.MustCompile(`(?i)\b(?:(?:credit|debit|bank|payment)?[ -]?card(?:'s|’s)?[ -](?:numbers?|details)|numbers? (?:of|on) (?:your|the) (?:\w+ )?card|long number|security code|CVV|CVC|rhif(?:au)? (?:eich )?cerdyn|manylion (?:eich )?cerdyn)\b`)},
	{"user names", regexp.MustCompile(`(?i)\b(?:user[ -]?names?|user[ -]?ids?|log-?in (?:name|details)|enw(?:au)? defnyddiwr|manylion mewngofnodi)\b`)},
	{"passwords", regexp.MustCompile(`(?i)\b(?:pass(?:words?|codes?|phrases?)|PINs?|memorable (?:word|information)|cyfrinair|cyfrineiriau|gair cofiadwy)\b`)},
}

// asks is what makes a sentence a request; not is what makes it the opposite.
var (
	asks = regexp.MustCompile(`(?i)\b(?:send|give|tell|type|enter|confirm|provide|reply|fill in|verify|supply|submit|write|share|need|ask(?:s|ed|ing)? (?:you )?for|what(?:'s|’s| is) your|update|check your|` +
		`anfon(?:wch)?|rhowch|rhoi|dywedwch|teip?iwch|cadarnhewch|darparwch|ateb(?:wch)?|llenwch|beth yw eich|mae angen)\b`)
	not  = regexp.MustCompile(`(?i)\b(?:never|not|no one|nobody|without|n't|n’t|cannot|byth|peidiwch|ni fyddwn|nid|neb|heb)\b|n['’]t\b`)
	ends = regexp.MustCompile(`[.!?]+(?:\s|$)|\n\s*\n|;\s|\n\s*[-*•]`)
	// turns is where a sentence begins to say something else.
	turns = regexp.MustCompile(`(?i)\b(?:but|so|and then|ond|felly)\b|:`)
)

// mostLabel is the most words of a text that asks by being a label: "Password".
const mostLabel = 4

// NeverAsks is the sentences of outgoing words, of a letter, a form or a page, that ask
// for what the landlord says it never asks for, and for card numbers, user names and
// passwords in any case. A sentence that says not to send them asks for nothing. n may
// be nil.
func NeverAsks(n *notice.Notice, words string) []Asked {
	all := secrets[:len(secrets):len(secrets)]
	if n != nil && n.Web.Phishing != nil {
		for _, thing := range n.Web.Phishing.Never {
			if known(thing) {
				continue
			}
			pattern := regexp.QuoteMeta(strings.TrimSuffix(strings.TrimSpace(thing), "s"))
			if pattern != "" {
				all = append(all, struct {
					what  string
					words *regexp.Regexp
				}{thing, regexp.MustCompile(`(?i)\b` + pattern + `s?\b`)})
			}
		}
	}
	var out []Asked
	for _, sentence := range ends.Split(words, -1) {
		sentence = strings.Join(strings.Fields(sentence), " ")
		label := len(strings.Fields(sentence)) <= mostLabel
		for _, part := range turns.Split(sentence, -1) {
			if not.MatchString(part) || !label && !asks.MatchString(sentence) {
				continue
			}
			for _, s := range all {
				if s.words.MatchString(part) {
					out = append(out, Asked{s.what, sentence})
				}
			}
		}
	}
	return out
}

// known says whether a thing of a notice's list is one of secrets.
func known(thing string) bool {
	for _, s := range secrets {
		if s.words.MatchString(thing) {
			return true
		}
	}
	return false
}

// Warning is a draft of what to put up for others when somebody pretends to be us.
// Nobody's message is in it.
func Warning(n *notice.Notice) string {
	never := []string{"card numbers", "user names", "passwords"}
	where := ""
	if p := n.Web.Phishing; p != nil {
		never = p.Never
		for _, c := range n.Landlord.Contacts {
			if c.ID == p.Report {
				where = strings.Join(filled(string(c.Email), string(c.Phone)), " or ")
			}
		}
	}
	if where == "" {
		for _, c := range n.Landlord.Contacts {
			if c.DPO {
				where = strings.Join(filled(string(c.Email), string(c.Phone)), " or ")
			}
		}
	}
	list := never[0]
	if k := len(never) - 1; k > 0 {
		list = strings.Join(never[:k], ", ") + " or " + never[k]
	}
	out := "Somebody is pretending to be " + n.Landlord.Name + ". Do not answer, do not follow its links and do not ring its numbers.\n\nWe never ask for " + list + " by e-mail."
	if where != "" {
		out += "\n\nIf you had such a message, pass it on to " + where + ". If you answered it, tell your bank at once."
	}
	return out
}
