package law

import (
	"slices"
	"strings"
	"unicode"
)

// Proposal is a kind that words may ask for. Nobody is held to it: the person need
// name no law and no right, and what they did name does not bind them (ICO: a request
// that cites another Act is still valid).
type Proposal struct {
	Kind  Kind     `json:"kind"`
	Why   []string `json:"why"`   // the words that say so, as they were found, in small letters
	Note  string   `json:"note"`  // what whoever takes it in should know; may be empty
	Score int      `json:"score"` // higher is likelier; only for the order
}

// sign is words that point to a kind.
type sign struct {
	kind  Kind
	score int
	words []string
}

func signs() []sign {
	return []sign{
		{KindAccess, 5, []string{"subject access", "data subject access", "dsar", "sar", "article 15", "right of access", "access my data", "access my information", "access my personal data"}},
		{KindAccess, 3, []string{"what you hold on me", "what you hold about me", "everything you have on me", "everything you have about me", "everything you hold", "information you hold about me", "information you have about me", "data you hold", "all my records", "my whole file", "my housing file", "my file", "see what you hold", "copy of my data", "copy of my information", "copy of my personal", "information about me", "data about me", "my personal data", "my personal information"}},
		{KindCopy, 4, []string{"copy of my tenancy agreement", "copy of my rent statement", "copy of the letter you sent me", "copy of my agreement", "copy of my statement", "my rent statement"}},
		{KindCCTV, 5, []string{"cctv", "camera footage", "video footage", "footage of me", "door camera", "body worn"}},
		{KindCalls, 5, []string{"recording of my call", "recordings of my calls", "call recording", "call recordings", "recording of the call", "recorded call", "phone recording", "listen to my call"}},
		{KindRectification, 5, []string{"rectification", "rectify", "article 16"}},
		{KindRectification, 3, []string{"is wrong on your records", "wrong date of birth", "wrong name", "wrong address", "wrong phone number", "incorrect information", "inaccurate", "out of date details", "correct my", "change my name on", "spelled wrong", "spelt wrong", "put it right", "update my details"}},
		{KindErasure, 5, []string{"right to be forgotten", "right to erasure", "article 17", "erase my", "erase all", "erasure"}},
		{KindErasure, 4, []string{"delete my", "delete all", "delete everything", "remove my data", "remove my information", "wipe my", "get rid of my data"}},
		{KindRestriction, 5, []string{"restrict processing", "restriction of processing", "restrict the processing", "restrict the use", "article 18", "limit how you use", "freeze my data", "stop using my data until"}},
		{KindObjection, 5, []string{"i object to", "article 21", "right to object", "my interests override", "stop processing", "stop sharing my", "do not share my", "don't share my"}},
		{KindMarketing, 5, []string{"stop marketing", "direct marketing", "unsubscribe", "no more newsletters", "stop the newsletters", "stop sending me emails", "stop emailing me", "stop texting me", "stop sending me texts", "stop sending me offers", "marketing emails"}},
		{KindPortability, 5, []string{"data portability", "portability", "article 20", "machine readable", "machine-readable", "send my data to my new landlord", "transfer my data to"}},
		{KindDecision, 5, []string{"automated decision", "automated decision-making", "decided by a computer", "decided by computer", "computer decided", "computer says", "algorithm", "article 22", "a human to look", "a person to look again", "human review"}},
		{KindWithdrawal, 5, []string{"withdraw my consent", "withdraw consent", "take back my consent", "i no longer consent", "i no longer agree to"}},
		{KindDataComplaint, 5, []string{"data breach by you", "complain about how you used my", "complain about my data", "complaint about my data", "data protection complaint", "164a", "breached my data", "breach of my data", "told my neighbour about", "shared my information without", "gave out my details", "leaked my"}},
		{KindComplaint, 3, []string{"i want to complain", "i wish to complain", "formal complaint", "make a complaint", "stage 1", "stage one", "stage 2", "stage two", "ombudsman", "not happy with the service", "escalate my complaint"}},
		{KindFOI, 5, []string{"freedom of information", "foi", "foia"}},
		{KindEIR, 5, []string{"environmental information", "eir"}},
		{KindEIR, 3, []string{"asbestos", "water testing", "legionella", "contamination", "contaminated land", "air quality", "emissions", "flood risk", "noise survey", "cladding", "energy performance"}},
		{KindSTAIRs, 5, []string{"stairs request", "social tenant access to information", "stairs"}},
		{KindSTAIRs, 3, []string{"how much was spent on our block", "repairs budget", "service charge accounts", "spending on our estate", "how you manage our", "planned works programme", "performance of your contractors"}},
		{KindEstate, 4, []string{"executor", "letters of administration", "grant of probate", "probate", "has died", "passed away", "deceased", "late husband", "late wife", "late mother", "late father"}},
		{KindBreach, 3, []string{"sent to the wrong person", "someone else's letter", "another tenant's details", "other people's details", "lost laptop"}},
	}
}

// own is words by which people ask for what is about themselves.
var own = []string{"about me", "on me", "my data", "my file", "my records", "my information", "my personal", "my tenancy", "my housing file", "i am the subject"}

// Classify proposes what kinds words in English or Welsh may ask for, likeliest first, each with the
// words that say so. Nothing found is an empty list: a person reads it, and a
// case of no particular kind is opened all the same. It is never a reason to turn anyone away.
func Classify(text string) []Proposal {
	said := plain(text)
	var all []Proposal
	add := func(k Kind, score int, why, note string) {
		i := slices.IndexFunc(all, func(p Proposal) bool { return p.Kind == k })
		if i < 0 {
			all = append(all, Proposal{Kind: k})
			i = len(all) - 1
		}
		p := &all[i]
		if !slices.Contains(p.Why, why) {
			p.Why = append(p.Why, why)
			p.Score += score
		}
		if note != "" {
			p.Note = note
		}
	}
	for _, s := range slices.Concat(signs(), welshSigns()) {
		for _, w := range s.words {
			if !has(said, w) {
				continue
			}
			if w == "stairs" && !has(said, "request under stairs") && !has(said, "under stairs") && !has(said, "stairs rules") {
				continue // most stairs are for walking up
			}
			add(s.kind, s.score, w, "")
		}
	}
	proposed := func(k Kind) bool { return slices.ContainsFunc(all, func(p Proposal) bool { return p.Kind == k }) }
	if proposed(KindFOI) || proposed(KindEIR) || proposed(KindSTAIRs) {
		for _, w := range slices.Concat(own, welshOwn) {
			if has(said, w) {
				add(KindAccess, 6, "their own: "+w, "They name another law, and what they ask for is about themselves: a request for one's own data is valid whatever it cites (ICO).")
			}
		}
	}
	if proposed(KindFOI) && proposed(KindEIR) {
		add(KindEIR, 6, "what is asked for is about the environment", "Environmental information is given under the Environmental Information Regulations, whatever the request cites (FOIA 2000 s.39).")
	}
	slices.SortStableFunc(all, func(a, b Proposal) int { return b.Score - a.Score })
	return all
}

// most is how much of a text is read: what people ask stands near its beginning.
const most = 100_000

// plain is text in small letters without circumflexes and the like, with one space between words, and one around.
func plain(text string) string {
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	var b strings.Builder
	b.WriteByte(' ')
	space := true
	for _, r := range strings.ToLower(text) {
		switch r = bare(r); {
		case r == '’' || r == '‘':
			r = '\''
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '-':
			r = ' '
		}
		if r == ' ' && space {
			continue
		}
		space = r == ' '
		b.WriteRune(r)
	}
	if !space {
		b.WriteByte(' ')
	}
	return b.String()
}

func has(said, words string) bool { return strings.Contains(said, " "+words+" ") }
