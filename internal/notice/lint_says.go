package notice

import (
	"regexp"
	"slices"
	"strings"
)

// What a sentence says is done with data is held against what the files say. The looks
// below read one clause at a time: a denial before the verb, or “to nobody” after it, turns
// what is said round, and an exception turns it back. They know words, and not sense: a
// sentence that says it in words of its own passes.

// said is a sentence with what stands before the list that it is an entry of.
type said struct {
	Sentence
	of string // “We share it with:”, without its colon; empty for a sentence of no list
}

// saids are all sentences of the words, in order.
func (w *Words) saids() []said {
	var out []said
	for _, section := range w.headings() {
		of := ""
		for _, b := range section.Blocks {
			for _, item := range b.Items {
				for _, s := range item.Sentences {
					out = append(out, said{s, of})
				}
			}
			of = ""
			if last := b.Items[len(b.Items)-1].Sentences; !b.List && len(last) > 0 {
				of, _ = strings.CutSuffix(strings.TrimSpace(last[len(last)-1].Text), ":")
				if of == strings.TrimSpace(last[len(last)-1].Text) {
					of = ""
				}
			}
		}
	}
	return out
}

var (
	clauseEnd = regexp.MustCompile(`(?i)[.;:!?—–]|, (and|but|or|yet|so|while|then|if|when)\b|\b(but|although|though|however|whereas|that)\b| (and|or) (we|they|you|it|our)\b`)
	denial    = regexp.MustCompile(`(?i)\b(not|never|no|nor|neither|nobody|nothing|none|nowhere|without|cannot|stop|stops|refuse[sd]?|forbids?|forbidden|prohibit\w*|unlawful|illegal|against the law|avoid|rather than|instead of)\b|n[’']t\b`)
	hedging   = regexp.MustCompile(`(?i)(\bnot|n[’']t) (usually|normally|generally|ordinarily|always|often|only)\b|\bno longer than\b`)
	toNobody  = regexp.MustCompile(`(?i)^\W*(it |them |(your |any |personal )*(data|details|information) )?((to|with) )?(nothing|nobody|no one|no-one|none|no|not)\b`)
	excepted  = regexp.MustCompile(`(?i)\b(except|unless|other than|apart from|save (to|for|where)|without (asking|telling|your|first|their))\b`)
)

// speaks reports whether a text has one of some words in it, or a part of one: what an
// expression that takes longer need not look at otherwise.
func speaks(text string, of ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(of, func(w string) bool { return strings.Contains(text, w) })
}

// denies reports whether the clause in which a stretch of a sentence stands denies it.
func denies(text string, from, to int) bool {
	start := 0
	for _, at := range clauseEnd.FindAllStringIndex(text[:from], -1) {
		start = at[1]
	}
	before := hedging.ReplaceAllString(text[start:from], "")
	return denial.MatchString(before) || toNobody.MatchString(text[to:])
}

// asserts finds the first stretch that matches and is not denied; nil where there is none.
func asserts(re *regexp.Regexp, text string) []int {
	for _, at := range re.FindAllStringIndex(text, -1) {
		if !denies(text, at[0], at[1]) {
			return at
		}
	}
	return nil
}

const theData = `(it|them|data|details|information|addresses|names|numbers|records?|lists?|profiles?|e-mails?|emails?|histor(y|ies)|what we (know|hold|have))`

var (
	speaksOfSale = regexp.MustCompile(`(?i)\b(sell|sold|sale|trade|trading|rent out|monetise)`)
	sellsIt      = regexp.MustCompile(`(?i)\b(sell|sells|sold|selling|trade in|trades in|trading in|trade (your|our|their|personal)|rent out|monetise)\b([^.;:,]{0,40}? )` + theData + `\b`)
	isSold       = regexp.MustCompile(`(?i)\b` + theData + `\b[^.;:,]{0,30}? (be|is|are|get|gets|being|been|was|were) ([a-z]+ )?(sold|traded)\b`)
	saleOf       = regexp.MustCompile(`(?i)\b(sale|selling) of (your |customers[’'] |tenants[’'] |personal |our )*(data|details|information|records)\b`)
	theySell     = regexp.MustCompile(`(?i)\b(you|your landlord|somebody|someone|anybody|owners?|leaseholders?|tenants?)( who)?( may| can| could| must| wish to| want to| decide to| have| ever)*$`)
	homesSold    = regexp.MustCompile(`(?i)^\W*(your|a|the|our|this|his|her|their|any|some|new|empty) ?(own )?(share|home|homes|house|flat|lease|property|garage|land|business)\b|^\W*(homes|houses|flats|land|shares|garages)\b`)
	withdraws    = regexp.MustCompile(`(?i)\bwithdr[ae]w\w*|\btak(e|ing) .{0,25}\bback\b|\bchange your mind|\bopt(ing)? out\b|\bunsubscrib\w+`)
	priced       = regexp.MustCompile(`(?i)\b(pay|pays|paying|payment|fee|charged?|charges|fine|penalty|deposit)\b|£ ?[0-9]|\bcosts? (you )?[0-9£a]`)
	cannotUndo   = regexp.MustCompile(`(?i)\b(cannot|can not|can[’']t|may not|must not|not able to|unable to|never) (then |later |ever |be )*(withdraw\w*|change your mind|take .{0,25}back|taken back|opt out|unsubscribe)\b|\b(consent|permission) (is|stays|remains) (final|for ever|permanent|binding|irrevocable)\b`)
	copyAsked    = regexp.MustCompile(`(?i)\b(cop(y|ies)|requests?|answers?|access|see(ing)? (it|what|your))\b`)
	chargesIt    = regexp.MustCompile(`(?i)\b(pay|paying|charge|charges|fee|fees|payment)\b|£ ?[0-9]`)
	chargesElse  = regexp.MustCompile(`(?i)\b(excessive|unfounded|service charges?|rent|licen[cs]e|Freedom|FOI|environmental|direct debit|(more|further|extra|other|additional|second|another) cop(y|ies)|benefits?|payment card|card|account|arrears|debts?)\b`)
)

// sells reports whether a sentence says that personal data is sold, or may be.
func sells(text string) bool {
	if !speaksOfSale.MatchString(text) {
		return false
	}
	for _, re := range []*regexp.Regexp{sellsIt, isSold, saleOf} {
		for _, at := range re.FindAllStringIndex(text, -1) {
			if re == sellsIt && (theySell.MatchString(strings.TrimSpace(text[:at[0]])) || homesSold.MatchString(text[at[0]+len(firstWord(text[at[0]:])):])) {
				continue
			}
			if !denies(text, at[0], at[1]) && !denial.MatchString(text[at[0]:at[1]]) || excepted.MatchString(text[at[0]:]) {
				return true
			}
		}
	}
	return false
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// hinders reports whether a sentence asks money for taking consent back, or does not let it
// be taken back.
func hinders(text string) bool {
	if !speaks(text, "withdr", "consent", "mind", "opt", "back", "unsub", "permission") {
		return false
	}
	if cannotUndo.MatchString(text) {
		return true
	}
	return withdraws.MatchString(text) && asserts(priced, text) != nil && !strings.Contains(strings.ToLower(text), "free")
}

// charges reports whether a sentence asks money for an answer that the law makes free.
func charges(text string) bool {
	return speaks(text, "pay", "charge", "fee", "£") && copyAsked.MatchString(text) && !chargesElse.MatchString(text) && asserts(chargesIt, text) != nil && !strings.Contains(strings.ToLower(text), "free")
}

// says holds each sentence against the rules, by what it says is done.
func (l *linter) says() {
	never := slices.IndexFunc(l.n.Sharing.Never, func(v NeverShared) bool { return sold.MatchString(v.Says + " " + string(v.ID)) })
	bound, site := l.n.bound(), l.siteText()
	for _, s := range l.n.Words.saids() {
		at := wordsAt(s.Line)
		if sells(s.Text) {
			against := "no rule of sharing.yaml sells anything"
			if never >= 0 {
				against = string(l.n.Sharing.Never[never].ID) + " at " + l.n.Sharing.Never[never].Pos.String() + " says never"
			}
			l.find("sale-said", at, s.ID, "it says that data is or may be sold, and "+against+": "+quote(s.Text), "take the sentence out, or withdraw what is said never to happen")
		}
		if hinders(s.Text) {
			l.find("withdrawal-hindered", at, s.ID, "consent must be as easy to take back as to give, and free: "+quote(s.Text), "say how it is taken back, and ask nothing for it")
		}
		if charges(s.Text) && !l.foundAt(s.Line, "fee-not-lawful") {
			l.find("fee-not-lawful", at, s.ID, "a fee is asked for an answer the law makes free: "+quote(s.Text), "take it out; until then none is asked")
		}
		l.periods(s, bound[s.ID])
		l.places(s, bound[s.ID])
		l.gives(s)
		l.records(s)
		l.watches(s, site)
		l.reversed(s, bound[s.ID])
	}
}

// sold marks the entry of never: that is about sale.
var sold = regexp.MustCompile(`(?i)\b(sell|sold|sale)\b`)

// foundAt reports whether a rule has found something at a line of the words already.
func (l *linter) foundAt(line int, rule string) bool {
	return slices.ContainsFunc(l.found, func(f Finding) bool { return f.File == wordsFile && f.Line == line && f.Rule == rule })
}
