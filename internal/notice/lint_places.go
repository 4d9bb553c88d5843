package notice

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
)

// countries are the names by which sentences call other countries: those where landlords'
// suppliers are found, and Europe. Names that are also people's, such as Jordan, are not here.
var countries = sync.OnceValue(func() map[string]Country {
	return map[string]Country{
		"United States": "US", "United States of America": "US", "USA": "US", "US": "US", "U.S.": "US", "America": "US", "California": "US", "Canada": "CA", "Mexico": "MX", "Brazil": "BR",
		"India": "IN", "Pakistan": "PK", "Bangladesh": "BD", "Sri Lanka": "LK", "China": "CN", "Hong Kong": "HK", "Taiwan": "TW", "Japan": "JP", "South Korea": "KR", "Korea": "KR",
		"Singapore": "SG", "Malaysia": "MY", "Philippines": "PH", "Indonesia": "ID", "Thailand": "TH", "Vietnam": "VN", "Australia": "AU", "New Zealand": "NZ", "South Africa": "ZA",
		"Nigeria": "NG", "Kenya": "KE", "Egypt": "EG", "Morocco": "MA", "Israel": "IL", "United Arab Emirates": "AE", "Dubai": "AE", "Saudi Arabia": "SA", "Russia": "RU", "Ukraine": "UA",
		"Serbia": "RS", "Belarus": "BY", "Argentina": "AR", "Colombia": "CO", "Switzerland": "CH", "Isle of Man": "IM", "Jersey": "JE", "Guernsey": "GG", "Gibraltar": "GI",
		"Austria": "AT", "Belgium": "BE", "Bulgaria": "BG", "Croatia": "HR", "Cyprus": "CY", "Czechia": "CZ", "Czech Republic": "CZ", "Denmark": "DK", "Estonia": "EE", "Finland": "FI",
		"France": "FR", "Germany": "DE", "Greece": "GR", "Hungary": "HU", "Ireland": "IE", "Italy": "IT", "Latvia": "LV", "Lithuania": "LT", "Luxembourg": "LU", "Malta": "MT",
		"Netherlands": "NL", "Holland": "NL", "Poland": "PL", "Portugal": "PT", "Romania": "RO", "Slovakia": "SK", "Slovenia": "SI", "Spain": "ES", "Sweden": "SE",
		"Iceland": "IS", "Liechtenstein": "LI", "Norway": "NO",
	}
})

// countryNamed matches any of them as it is written, the longest first.
var countryNamed = sync.OnceValue(func() *regexp.Regexp {
	var names []string
	for name := range countries() {
		names = append(names, regexp.QuoteMeta(name))
	}
	sort.Slice(names, func(i, j int) bool {
		return len(names[i]) > len(names[j]) || len(names[i]) == len(names[j]) && names[i] < names[j]
	})
	return regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)(?:[^A-Za-z0-9]|$)`)
})

var (
	liesThere  = regexp.MustCompile(`(?i)\b(stor(e|es|ed|age)|keep|keeps|kept|held|holds?|host(s|ed)?|process(es|ed)?|sen(d|ds|t)|transfer(s|red)?|moved?|back(ed)? up|servers?|data centres?|cloud|lies?|looked after|handled|answered from|call centres?|available|travels?|goes?|based|access(ed)?)\b`)
	whereYouAt = regexp.MustCompile(`(?i)\byou (live|lived|are based|come|came|are from|were born|move|moved|travel|call)\b|\b(citizens?|born|nationals?) (of|in)\b|\bembass`)
	anywhere   = regexp.MustCompile(`(?i)\b(worldwide|anywhere in the world|any ?where else|any (other )?country|all over the world|around the world|(outside|beyond) (of )?(the )?(EEA|European Economic Area|EU|European Union|Europe))\b`)
	farAway    = regexp.MustCompile(`(?i)\b(abroad|overseas|other countries|another country|(outside|beyond) (of )?(the )?(UK|United Kingdom|country))\b`)
	ifThere    = regexp.MustCompile(`(?i)\b(if|unless|only|would|where|whether|before|until|except)\b`)
	northern   = regexp.MustCompile(`Northern $`)
)

// places holds where a sentence says that data lies against where the recipients are.
func (l *linter) places(s said, b bonds) {
	if !liesThere.MatchString(s.Text) || whereYouAt.MatchString(s.Text) {
		return
	}
	at := wordsAt(s.Line)
	var abroad []Country
	for _, r := range l.n.Sharing.Recipients {
		abroad = append(abroad, r.Abroad()...)
	}
	const mend = "say where it is; if it is there, name the country in where: of the recipient, with its safeguard"
	for _, m := range countryNamed().FindAllStringSubmatchIndex(s.Text, -1) {
		name := s.Text[m[2]:m[3]]
		code := countries()[name]
		if northern.MatchString(s.Text[:m[2]]) || slices.Contains(abroad, code) || denies(s.Text, m[2], m[3]) && !excepted.MatchString(s.Text[:m[2]]) {
			continue
		}
		why := "it says that data may be in " + name + ", and no recipient of sharing.yaml has it there"
		if t := l.n.Sharing.Transfers; len(t) > 0 {
			why += "; the line is drawn round " + quoteList(wordsOfIDs(t[0].Within)) + " at " + t[0].Pos.String()
		}
		l.find("place-differs", at, s.ID, why+": "+quote(s.Text), mend)
		return
	}
	if len(b.transfers) > 0 || ifThere.MatchString(s.Text) {
		return // the line itself
	}
	beyond := slices.ContainsFunc(l.n.Sharing.Transfers, func(t TransferLimit) bool { return slices.Contains(t.Within, InAdequate) })
	past := slices.ContainsFunc(abroad, func(c Country) bool { return !slices.Contains(eea(), c) })
	if asserts(anywhere, s.Text) != nil && !beyond && !past || asserts(farAway, s.Text) != nil && len(abroad) == 0 && !beyond {
		l.find("place-differs", at, s.ID, "it says that data may be beyond where any recipient of sharing.yaml has it: "+quote(s.Text), mend)
	}
}
