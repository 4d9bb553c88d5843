package rule

import (
	"maps"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// known are the facts that conditions are made of: each subject with the states in which
// the packs and this package speak of it. A landlord has facts of its own as well: what an
// example beside a rule gives is known too.
func known() map[string][]string {
	return map[string][]string{
		"account":        {"final-bill-unpaid", "in-arrears", "closed"},
		"address":        {"changed"},
		"adviser":        {"authorised"},
		"agency":         {"authorised"},
		"application":    {"open", "decided"},
		"approval":       {"given"},
		"arrears":        {"owed", "settled"},
		"asked":          {"yes"},
		"assessment":     {"done"},
		"authority":      {"shown"},
		"basis":          {"found"},
		"case":           {"open", "closed"},
		"claim":          {"open", "live"},
		"complaint":      {"open", "closed"},
		"consent":        {"explicit", "given"},
		"contact":        {"authorised"},
		"contractor":     {"signed"},
		"council":        {"agreed"},
		"debt":           {"owed", "settled"},
		"derogation":     {"applies"},
		"disclosure":     {"decided", "in-the-persons-interest", "in-the-publics-interest"},
		"engagement":     {"live"},
		"exemption":      {"applies"},
		"final-bill":     {"unpaid"},
		"home":           {"at-risk"},
		"initiative":     {"under-way"},
		"insurance":      {"asked-for"},
		"law":            {"allows", "permits", "requires"},
		"letting":        {"new", "completed"},
		"life":           {"in-danger"},
		"mark":           {"in-force"},
		"marker":         {"in-force"},
		"misuse":         {"confirmed"},
		"objection":      {"overridden"},
		"order":          {"made"},
		"parent":         {"consented"},
		"permission":     {"given"},
		"person":         {"adult", "agreed", "asked", "at-risk", "consented", "objected", "opted-out", "refused-surveys", "told", "warned"},
		"picture":        {"consented"},
		"regulator":      {"requires"},
		"repair":         {"open", "closed"},
		"request":        {"lawful", "reason-given", "signed", "written"},
		"risk":           {"serious"},
		"sale":           {"completed", "explored"},
		"scheduled":      {"yes"},
		"service":        {"asked-for"},
		"sub-contractor": {"approved"},
		"supplier":       {"signed-up"},
		"support-ticket": {"open"},
		"telling":        {"would-harm"},
		"tenancy":        {"ended", "new", "terms-broken"},
		"transfer":       {"secure"},
	}
}

// knownFacts are those facts, and what the examples of a notice give, as conditions write them.
func knownFacts(n *notice.Notice) map[string][]string {
	all := known()
	for _, r := range n.Sharing.Rules {
		for _, e := range r.Examples {
			facts, err := given(e.Given)
			if err != nil {
				continue // Examples says so
			}
			for what, states := range facts {
				for _, s := range states {
					all[what] = append(all[what], strings.TrimPrefix(s, "not-"))
				}
			}
		}
	}
	return all
}

// unknown is the first fact of a condition that nothing knows, with what was likely meant;
// "" where it knows them all.
func (c Condition) unknown(facts map[string][]string) (fact, mend string) {
	for _, f := range c.root.facts(nil) {
		what, is, _ := strings.Cut(f, ".")
		if slices.Contains(facts[what], is) {
			continue
		}
		var near []string
		subjects := []string{what}
		if facts[what] == nil {
			subjects = slices.Sorted(maps.Keys(facts))
		}
		for _, s := range subjects {
			for _, state := range facts[s] {
				if x := s + "." + state; !slices.Contains(near, x) {
					near = append(near, x)
				}
			}
		}
		slices.Sort(near)
		return f, notice.DidYouMean(f, near) + "; a fact of your own is known once an example beside a rule gives it, such as given: {" + what + ": " + is + "}"
	}
	return "", ""
}
