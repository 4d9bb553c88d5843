package notice

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// saying is wording that a rule looks for, sentence by sentence.
type saying struct {
	rule      string
	says, but *regexp.Regexp
	when      func(*Notice) bool // nil means always
	why, mend string
}

// sayings are compiled when a notice is first linted, and not before.
var sayings = sync.OnceValue(func() []saying {
	re := regexp.MustCompile
	shares := func(n *Notice) bool { return len(n.Sharing.Rules) > 0 }
	return []saying{
		{"consent-by-conduct", re(`(?i)\b(by|if you|continu\w+ to)\b.{0,25}\b(brows|visit|us(e|ing) (the|this|our)|attend|remain|stay|enter|com(e|ing) to)\w*.{0,90}\b(consent|agree|accept)`), re(`(?i)we ask|tick|choose|\bnot\b.{0,20}consent`), nil,
			"consent is taken from what people do anyway", "ask, or rest it on another basis"},
		{"consent-by-conduct", re(`(?i)(deemed|taken|assumed|presumed) to have (given |their )?.{0,15}(consent|agreed|accepted)|we (will )?assume.{0,40}(consent|permission|agree|happy)|implied consent`), nil, nil,
			"consent is assumed", "ask, or rest it on another basis"},
		{"consent-not-the-persons", re(`(?i)(consent|permission) of your landlord|your landlord.{0,60}\b(consent|gives? permission|given permission)`), re(`(?i)\bnot\b`), nil,
			"a landlord cannot consent for a tenant", "call it the landlord's instruction"},
		{"access-narrowed", re(`(?i)only (applies|apply|works|have this right|have the right)\b.{0,120}(consent|computer|automat)|not (required|obliged|have) to (disclose|give|release|show).{0,60}(required|obliged|have) .{0,15}(hold|keep)`), nil, nil,
			"access is given only for some uses; it is owed for all", "take the limit out; until then it is not applied"},
		{"regimes-confused", re(`Data Protection Act.{0,100}(Acts|laws)\b.{0,60}(public|anyone|everyone)|(Freedom of Information|Environmental Information).{0,160}Data Protection Act.{0,100}(Acts|laws)\b`), nil, nil,
			"data protection law gives access to one's own data, and gives the public nothing; the EIR are regulations", "speak of each by itself"},
		{"duty-not-owed", re(`(?i)(equality duty|Equality Act).{0,80}\b(requires?|obliges?|must)\b|\b(required|obliged) (by|under|to meet).{0,60}equality duty`), nil, noAuthority,
			"the public sector equality duty binds public authorities", "call it a policy of your own"},
		{"duty-not-owed", re(`(?i)(can|may|could|is|are) (be )?subject to .{0,20}freedom of information`), re(`(?i)\bnot\b`), noAuthority,
			"freedom of information law does not bind this body directly", "say that you answer such questions of your own accord, if you do"},
		{"disclaimer-of-duty", re(`(?i)(not|no|never|cannot)\b.{0,25}\b(liab|responsib)\w+.{0,100}\b(loss|damage|data|information)|at your own risk`), re(`(?i)(other|their|linked|external|third).{0,20}(sites?|websites?|organisations?)`), nil,
			"what the law makes you answer for cannot be disclaimed", "leave personal data out of it"},
		{"fee-not-lawful", re(`(?i)(charge|fee|cost)\w*\b.{0,50}£ ?[0-9]|£ ?[0-9]+.{0,50}\b(charge|fee)|\bfees?\b.{0,15}\b(payable|due)`), re(`(?i)excessive|unfounded|service charge|rent|(more|further|extra|other|additional) copies|licen[cs]e|garage|parking|permit|keys?\b|fobs?\b|laundry`), nil,
			"a fee is asked for an answer the law makes free", "take it out; until then none is asked"},
		{"only-in-writing", re(`(?i)\b(request|ask|apply|application)\w*\b.{0,40}\bmust be\b.{0,15}\bin writing\b|\bmust (write|put .{0,25}in writing)`), re(`(?i)police|council|compan|supplier|Freedom of Information|\bFOI\b`), nil,
			"people are told to write, and the law lets them ask in any way", "say that any way will do"},
		{"promise-weaker-than-law", re(`(?i)\bwithin\b.{0,10}\b(30|31|35|40|45|60|90|thirty|forty|sixty) (calendar )?days\b`), re(`(?i)complain|camera|film|footage|record|delete|keep|kept|Freedom|environment|homes are run|run (our|your) homes`), nil,
			"it can be later than one month, which is the law's limit", "promise one month or less; until then the law's month governs"},
		{"promise-weaker-than-law", re(`(?i)\b(answer|answers|reply|replies|respond|requests?|copy)\b.{0,50}\b(within|in|after) (up to )?((two|three|four|five|six|[2-9]|1[0-2]) months|(five|six|seven|eight|ten|twelve|[5-9]|1[0-9]) weeks)\b`), re(`(?i)more|further|extra|longer|extend|complain|large|complex|record|delete|keep|kept|Freedom|environment|homes are run|run (our|your) homes|close`), nil,
			"it can be later than one month, which is the law's limit", "promise one month or less; until then the law's month governs"},
		{"interests-for-special", re(`(?i)legitimate (business )?interests?.{0,100}(special categor|sensitive)|(special categor|sensitive).{0,100}legitimate (business )?interests?`), re(`(?i)\bnever\b|\bnot\b`), nil,
			"legitimate interests never allow special category data by themselves", "name a condition of Article 9(2)"},
		{"recipient-open-ended", re(`(?i)(any )?other third part(y|ies)|(anyone|anybody) (else )?we (choose|see fit|think)`), nil, shares,
			"it names nobody", "say which kinds of recipient"},
		{"scope-too-narrow", re(`(?i)\b(notice|policy|statement|page)\b.{0,30}\b(limited to|only covers|covers only|applies only to|only applies to|is only for)\b.{0,20}\b(website|web site|site)\b`), nil, func(n *Notice) bool { return len(n.Uses.Uses) > 1 },
			"the notice governs far more than a website", "say what else it covers"},
		{"hedged-promise", re(`(?i)\bnot (usually|normally|generally|ordinarily)\b.{0,40}\b(keep|retain|store|hold|record)`), nil, nil,
			"it says what is not kept, and takes it back in one word", "say never, or say when"},
	}
})

// noAuthority reports whether no controller is a public authority.
func noAuthority(n *Notice) bool {
	return !slices.ContainsFunc(n.Landlord.Controllers, func(c Controller) bool { return c.Kind == LocalAuthority })
}

var (
	promiseWords = regexp.MustCompile(`\b[Ww]e (will|shall|promise|guarantee|undertake)\b|` + // and what is said to be done, in a main clause
		`(^|^(In|At|For|From|On|With|Sometimes|Once|Normally|Usually|Now and then|Where|When|If|Every)\b[^,.]{0,80}?,? |, (and |but |so |then )?)[Ww]e ((also|only|always|never|mostly|often|sometimes|usually|may|can|cannot|do not|don[’']t|then|still) )*` +
		`(keep|hold|store|retain|record|film|sell|share|give|pass|send|tell|disclose|use|collect|gather|charge|delete|destroy|erase|encrypt|protect|transfer|ask|check|answer)\b`)
	announces    = regexp.MustCompile(`:\**$`)
	neitherCase  = regexp.MustCompile(`(?i)^in (either|both|either or both) (of these )?cases?\b`)
	eitherOrBoth = regexp.MustCompile(`(?i)^in either or both\b`)
	namesCases   = regexp.MustCompile(`(?i)\b(if|when|where|whether|unless|either)\b.* or | or .*\b(if|when|where|whether|unless)\b`)
	notBoth      = regexp.MustCompile(`(?i)\bneither\b(.*)`)
	orOrNor      = regexp.MustCompile(`(?i)\b(or|nor)\b( (to|of|for|with|from|by)\b)?`)
	withLink     = regexp.MustCompile(`(?i)^ (to|of|for|with|from|by)\b`)
	doubled      = regexp.MustCompile(`(?i)\b(the the|of of|to to|and and|a a|in in|for for|we we|is is|you you)\b`)
	strayLetter  = regexp.MustCompile(` [b-hj-z] `)
	brokenLink   = regexp.MustCompile(`(?i)https?://(www )|https?:// |\[email protected\]|https?://\S*\s\S*\.(org|co|com)\b|\bwww\s+[a-z]`)
	nothingAfter = regexp.MustCompile(`(?i)^or (e-?mail|write|telephone|phone|call)( us)?( at| to| on)?[ :]*\.?$|\b(e-?mail|telephone|phone|call|write)( us)? (at|on)[ :]*\.?$|\b(e-?mail|telephone|phone) ?:$`)
	// Words for kinds of special data, for holding the words against the categories.
	specialWords = []struct {
		kind SpecialKind
		says *regexp.Regexp
	}{
		{Genetic, regexp.MustCompile(`(?i)\bgenetic`)},
		{Biometric, regexp.MustCompile(`(?i)\bbiometric|fingerprint|face recognition|facial recognition`)},
		{PoliticalOpinion, regexp.MustCompile(`(?i)\bpolitical`)},
		{TradeUnion, regexp.MustCompile(`(?i)\btrade union`)},
		{SexLife, regexp.MustCompile(`(?i)\bsex life`)},
	}
	denied = regexp.MustCompile(`(?i)\b(not|never|no|nor|neither|don[’']t|doesn[’']t)\b`)
)

// words looks at each sentence by itself.
func (l *linter) words() {
	n := l.n
	rules := sayings()
	for _, block := range l.blocks() {
		for k, s := range block.sentences {
			at := wordsAt(s.Line)
			for _, r := range rules {
				if r.says.MatchString(s.Text) && (r.but == nil || !r.but.MatchString(s.Text)) && (r.when == nil || r.when(n)) {
					l.find(r.rule, at, s.ID, r.why+": "+quote(s.Text), r.mend)
				}
			}
			if s.ID == "" && promiseWords.MatchString(s.Text) && !announces.MatchString(strings.TrimSpace(s.Text)) {
				l.find("promise-without-id", at, "", "it promises, and nothing can be held to it: "+quote(s.Text), "give it an {#id}, and a check in promises.yaml")
			}
			lost := brokenLink.MatchString(s.Text) || !block.beforeList && nothingAfter.MatchString(strings.TrimSpace(s.Text))
			if lost {
				l.find("broken-contact", at, s.ID, "an address is broken or not there: "+quote(s.Text), "write it out, and try it")
			}
			if !lost && announces.MatchString(strings.TrimSpace(s.Text)) && k == len(block.sentences)-1 && !block.beforeList {
				l.find("empty-list", at, s.ID, "a list is announced and none follows: "+quote(s.Text), "write the list, or end the sentence")
			}
			before := ""
			if k > 0 {
				before = block.sentences[k-1].Text
			}
			if neitherCase.MatchString(s.Text) && !twoCases(before, eitherOrBoth.MatchString(s.Text)) && !block.beforeList {
				l.find("broken-text", at, s.ID, "it speaks of cases that the sentence before does not name: "+quote(s.Text), "find the sentence that was lost")
			}
			if doubled.MatchString(s.Text) || strayLetter.MatchString(s.Text) {
				l.find("broken-text", at, s.ID, "a word is doubled or cut short: "+quote(s.Text), "read it aloud, and mend it")
			}
			if garbled(s.Text) {
				l.find("broken-text", at, s.ID, "neither and nor do not join the same things: "+quote(s.Text), "say it in two sentences")
			}
			for _, w := range specialWords {
				if w.says.MatchString(s.Text) && !denied.MatchString(s.Text) && !l.holds(w.kind) {
					l.find("kind-named-not-held", at, s.ID, spaced(w.kind)+" data is named here, and no category of data.yaml holds it", "list the category if it is collected, or take it out of the words")
				}
			}
		}
	}
}

// twoCases reports whether a sentence names two cases. For “either or both” it must
// say when each is so: pixels or clear pictures are two names, and no cases.
func twoCases(sentence string, both bool) bool {
	if both {
		return namesCases.MatchString(sentence)
	}
	return strings.Contains(strings.ToLower(sentence), " or ")
}

// garbled reports whether what follows “neither” is not two things of one sort: “neither
// … or”, or “neither this nor to that”.
func garbled(sentence string) bool {
	after := notBoth.FindStringSubmatch(sentence)
	if after == nil {
		return false
	}
	for i, m := range orOrNor.FindAllStringSubmatch(after[1], -1) {
		if i == 0 && strings.EqualFold(m[1], "or") || strings.EqualFold(m[1], "nor") && m[3] != "" && !withLink.MatchString(after[1]) {
			return true
		}
	}
	return false
}

func (l *linter) holds(kind SpecialKind) bool {
	return slices.ContainsFunc(l.n.Data.Categories, func(c Category) bool { return slices.Contains(c.Special, kind) })
}

// passage is a paragraph or an entry of a list.
type passage struct {
	sentences  []Sentence
	beforeList bool // a list follows it at once
}

func (l *linter) blocks() []passage {
	var out []passage
	for _, s := range l.n.Words.headings() {
		for i, b := range s.Blocks {
			next := i+1 < len(s.Blocks) && s.Blocks[i+1].List
			for _, item := range b.Items {
				out = append(out, passage{item.Sentences, next || i+1 == len(s.Blocks) && len(s.Sections) > 0})
			}
		}
	}
	return out
}

// claim is a subject on which a notice may say both yes and no.
type claim struct {
	about     string
	no, yes   *regexp.Regexp       // yes may be nil
	hedge     *regexp.Regexp       // where this matches too, no is no denial; may be nil
	structure func(*Notice) string // what the files show against the no, or ""
}

var claims = sync.OnceValue(func() []claim {
	re := regexp.MustCompile
	const hedged = `(?i)(\bnot|n[’']t) (usually|normally|generally|ordinarily)\b`
	const never = `(?i)\b(do not|does not|don[’']t|doesn[’']t|never|will not|won[’']t|cannot)\b`
	return []claim{
		{"IP addresses", re(never + `.{0,40}\b(collect|log|record|store|keep|note)\w*\b.{0,30}\bIP address`), re(`(?i)\b(collect|log|record|store|keep|note)s?\b.{0,40}\bIP address`), nil, nil},
		{"what the website keeps", re(never + `.{0,30}\b(store|capture|collect|keep|hold)\b.{0,25}\bpersonal (information|data|details)`), re(`(?i)remember\w* who you are|audit trail|browsing history|link(s|ed)? .{0,30}to your (account|user name)`), nil, nil},
		{"payment cards", re(never + `.{0,30}\b(store|keep|hold|retain|record)\b.{0,40}\b(card|payment details)`), re(hedged + `.{0,30}\b(store|keep|hold|retain)\b.{0,40}\b(card|payment details)`), re(hedged), nil},
		{"who sees the data", re(`(?i)(normally|usually|generally),? only (we|us|our (own )?(staff|colleagues)|[A-Za-z]+)\b.{0,40}\b(see|access|open|use)`), nil, nil, func(n *Notice) string {
			if len(n.Sharing.Recipients) == 0 {
				return ""
			}
			return "sharing.yaml names " + plural(len(n.Sharing.Recipients), "recipient")
		}},
		{"use for the service alone", re(`(?i)only use\b.{0,50}\b(to )?(provide|give|offer|deliver)\b.{0,30}\bservices?\b`), nil, nil, func(n *Notice) string {
			for _, u := range n.Uses.Uses {
				if u.Basis != Contract && u.Basis != Consent && u.Basis != "" || slices.ContainsFunc(n.Sharing.Recipients, func(r Recipient) bool { return r.Kind == CompetentAuthority || r.Kind == PublicBody }) {
					return "uses.yaml and sharing.yaml have other purposes, such as " + quote(u.Purpose)
				}
			}
			return ""
		}},
		{"disclosure without consent", re(`(?i)(usually|normally|generally)\b.{0,40}\b(not|never)\b.{0,50}\bwithout\b.{0,20}\bconsent`), re(`(?i)\ball (our )?(customers|tenants)\b.{0,40}\b(are )?included`), nil, func(n *Notice) string {
			for _, r := range n.Sharing.Rules {
				if r.Basis != Consent && (r.When == Scheduled || r.Everyone) {
					return "sharing.yaml sends a file at set times without it: " + string(r.ID)
				}
			}
			return ""
		}},
		{"marketing by others", re(never + `.{0,50}\b(give|provide|pass|sell|share|send)\b.{0,80}\bmarketing`), re(`(?i)\b(send|give|pass|share|provide|sell)s?\b.{0,60}\b(third part|other compan|other organi)\w*.{0,100}\bmarketing`), nil, nil},
		{"the regulator of social housing", re(`(?i)\bnot (a )?registered (with|provider)\b`), nil, nil, func(n *Notice) string {
			for _, c := range n.Landlord.Controllers {
				if c.UnderSTAIRs() {
					return string(c.ID) + " is a registered provider, and the same notice binds it"
				}
			}
			return ""
		}},
		{"disclosures only with consent", re(`(?i)\bany other\b.{0,40}\b(instance|case|circumstance|reason|purpose)s?\b.{0,60}\b(consent|permission)`), re(`(?i)other third part(y|ies)`), nil, nil},
	}
})

// claims holds sentences against each other and against the files.
func (l *linter) claims() {
	sentences := l.n.Words.All()
	for _, c := range claims() {
		denies := func(s Sentence) bool {
			return c.no.MatchString(s.Text) && (c.hedge == nil || !c.hedge.MatchString(s.Text))
		}
		no := slices.IndexFunc(sentences, denies)
		if no < 0 {
			continue
		}
		const mend = "find out which is so, and say that; until then the stricter one holds"
		yes := slices.IndexFunc(sentences, func(s Sentence) bool { return c.yes != nil && !denies(s) && c.yes.MatchString(s.Text) })
		if yes >= 0 {
			l.find("claims-contradict", wordsAt(sentences[yes].Line), sentences[yes].ID, "about "+c.about+" it says "+quote(sentences[yes].Text)+", and at "+wordsAt(sentences[no].Line).String()+" "+quote(sentences[no].Text), mend)
			continue
		}
		if c.structure == nil {
			continue
		}
		if against := c.structure(l.n); against != "" {
			l.find("claims-contradict", wordsAt(sentences[no].Line), sentences[no].ID, "about "+c.about+" it says "+quote(sentences[no].Text)+", and "+against, mend)
		}
	}
}

var (
	sectionRef    = regexp.MustCompile(`(?i)\bsee (?:also )?(?:our )?section ([0-9]+(?:\.[0-9]+)*)(?: (?:on|about|for) ([^.;]{3,60})| ?[,:]? ?[“"'‘]([^”"'’]{3,60})[”"'’])?`)
	headingNumber = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)*)[.)]?\s+(.*)$`)
	plainWord     = regexp.MustCompile(`[a-z]{4,}`)
)

// crossReferences: sections and anchors the words point to are there, and are
// about what they are said to be about.
func (l *linter) crossReferences() {
	sections := make(map[string]Section)
	anchors := make(map[string]bool)
	for _, h := range l.n.Words.headings() {
		anchors["#"+h.Anchor] = true
		if m := headingNumber.FindStringSubmatch(h.Title); m != nil {
			sections[m[1]] = h
		}
	}
	for _, s := range l.n.Words.All() {
		at := wordsAt(s.Line)
		for _, r := range s.Runs {
			if strings.HasPrefix(r.Link, "#") && !anchors[r.Link] {
				l.find("broken-cross-reference", at, s.ID, "no section has the anchor "+quote(r.Link), "link to a heading of this page")
			}
		}
		for _, m := range sectionRef.FindAllStringSubmatch(s.Text, -1) {
			h, ok := sections[m[1]]
			about := m[2] + m[3]
			switch {
			case !ok:
				l.find("broken-cross-reference", at, s.ID, "there is no section "+m[1]+": "+quote(s.Text), "point to the section that is meant")
			case about != "" && !sharesWord(about, h.Title):
				l.find("broken-cross-reference", at, s.ID, "section "+m[1]+" is "+quote(h.Title)+", and not about "+quote(about), "point to the section that is meant")
			}
		}
	}
}

// sharesWord reports whether two phrases have the beginning of a long word in
// common: complaint and complain.
func sharesWord(a, b string) bool {
	for _, x := range plainWord.FindAllString(strings.ToLower(a), -1) {
		for _, y := range plainWord.FindAllString(strings.ToLower(b), -1) {
			if n := min(len(x), len(y), 6); x[:n] == y[:n] {
				return true
			}
		}
	}
	return false
}
