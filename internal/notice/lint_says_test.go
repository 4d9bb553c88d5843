package notice

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// contradictions are sentences that the rules of the default pack contradict, by the rule of
// the linter that has to find each.
var contradictions = map[string][]string{
	"sale-said": {
		"We sell your details to our partners.", "We may sell your information.", "Your data may be sold to other firms.", "Sometimes we sell lists of tenants.",
		"We sell it to companies that want to reach you.", "We make money from the sale of your data.", "We do not usually sell your information.",
		"We never sell your details, except to our partners.", "Names and addresses are sold each year.", "We trade in what we know about you.", "We trade your data with other landlords.",
	},
	"period-differs": {
		"We keep rent records for 12 years.", "We keep it for 7 years.", "Recorded calls are kept for two years.", "Film from cameras is kept for 90 days.", "We hold complaints for ten years after they are closed.",
		"We delete repairs after 20 years.", "We keep your tenancy file for ever.", "Your information is stored indefinitely.", "We never delete anything.", "Your records stay with us for a hundred years.",
		"Letters are retained for eighteen months.", "We destroy the notes of our staff two years after they were made.",
	},
	"period-vague": {
		"We keep your data for as long as necessary.", "Your details are held for as long as we need them.", "We store it so long as it is useful.", "We keep it until it is no longer needed.",
	},
	"place-differs": {
		"Your data may be stored in the United States.", "Some of our suppliers are based in the United States.", "Our supplier processes your details in India.", "Calls are answered from South Africa, where your record is available.", "Backups are kept on servers in Germany.",
		"Your information may be held anywhere in the world.", "We transfer names and addresses to the USA.", "The cloud that we use is in Singapore.",
	},
	"fee-not-lawful": {
		"You must pay £10 for a copy.", "A copy of your file costs £25.", "We charge for copies.", "There is a fee for each request.", "We ask £10 for a copy.", "You pay for access to your information.",
	},
	"promise-weaker-than-law": {"We answer requests within three months.", "You have a reply in six weeks.", "A copy comes within 40 days."},
	"recipient-open-ended": {
		"We share your data with third parties.",
		"We may share it with selected third parties.", "We pass your details to trusted partners.", "Your information is shared with our business partners.", "We give your details to any organisation.",
		"We send it to carefully chosen companies.",
	},
	"recipient-not-in-rules": {
		"We share your details with credit reference agencies.", "We pass your rent account to insurers.", "We may tell your employer that you owe us money.", "Advertisers get your e-mail address.",
		"We give your name to newspapers.", "Your details are provided to Facebook.", "We send your information to banks and lenders.",
	},
	"recording-differs": {
		"We record all calls for training.", "All telephone calls may be recorded.", "Every conversation with us is taped.", "Every call to us is recorded.", "We do not record calls.", "Our staff wear cameras on visits.", "We fly drones over your home.",
	},
	"cookies-not-listed": {
		"We use Google Analytics cookies.", "Our website has a Facebook pixel.", "Advertising cookies follow what you look at.", "Hotjar shows us how visitors use our site.", "We use analytics cookies to count visits.", "We use cookies for advertising.", "We track you across other websites.",
	},
	"withdrawal-hindered": {
		"You can withdraw consent by paying.", "You pay £5 to withdraw your consent.", "You cannot withdraw your consent.", "There is a charge if you change your mind.",
	},
	"promise-without-id": {
		"We keep your file locked.", "We share nothing without a rule.", "We use your photograph for your card.", "We delete what you ask us to delete.", "We always tell you what we do.", "In winter we record the heat of your home.",
	},
}

// harmless are sentences of the same words that contradict nothing.
var harmless = []string{
	// Sale.
	"We never sell your details to our partners.", "Nobody here may sell your information.", "Your data is never sold.", "We will not sell lists of tenants.", "If you sell your home, tell us.", "You may sell your share of the home.",
	"We sell homes through shared ownership.", "Our contracts forbid suppliers to sell your data.", "We don’t sell it.", "Leaseholders sell their flats on the open market.", "We sell nothing.",
	// Periods.
	"Rent records are kept for six years.", "Recorded calls are kept for six months.", "Film from cameras is kept for 30 days.", "Your tenancy lasts for two years.", "You have lived here for twenty years.",
	"The warning is looked at every year.", "You can apply again after six months.", "We do not keep it for ever.", "Nothing is kept indefinitely.", "Complaints are kept for six years after they are closed.",
	"Ask us again after ten years.", "The rent is due in two weeks.", "As long as you are our tenant, you can vote.", "Keep this page for as long as you need it.", "You can keep your home for as long as you want.", "The lease runs for 125 years.", "Letters are answered by people.",
	// Places.
	"Your data is never stored in the United States.", "Our housing computer system is kept in Ireland.", "If you move to Spain, tell us.", "You may be a citizen of India.", "Some data is kept in Northern Ireland.",
	"We send your information nowhere else.", "Nothing goes to the USA.",
	// Fees.
	"A copy is free.", "You pay nothing for a copy.", "There is no charge for a request.", "You pay your rent each week.", "We never charge for access.", "The fee for a garage is £10.", "Parking costs £5.",
	// Recipients.
	"The police may ask for your address.", "We never share it with selected third parties.", "You can give your details to your bank.", "Councils may tell us things.", "We do not pass your rent account to insurers.",
	"The insurer of your home is for you to choose.", "If you tell your employer, that is up to you.", "Newspapers get nothing from us.", "You may share this page with anyone.", "Your employer may write to us.",
	// Recordings.
	"Some calls to our customer service team are recorded.", "The call is recorded only if we say so.", "We do not record calls about health without telling you.", "You may record our calls.",
	"Cameras are in halls and lifts.", "Your own doorbell is yours.",
	// Cookies.
	"We do not use Google Analytics.", "No advertising cookies are set.", "Follow us on Facebook.", "Our site has no tracking pixels.", "You can turn cookies off in your browser.",
	// Consent.
	"You can withdraw consent at any time.", "It costs nothing to change your mind.", "You can pay by card.", "Nobody has to pay to withdraw consent.", "You may withdraw consent by e-mail.",
	// Promises.
	"What we keep is listed above.", "This is how we use photographs.", "You know what we share.", "The form says why we ask.",
}

// TestContradictions: each sentence, put into the default pack, is found by its rule.
func TestContradictions(t *testing.T) {
	count := 0
	for rule, sentences := range contradictions {
		for _, s := range sentences {
			count++
			if found := foundWith(t, s); !slices.Contains(found, rule) {
				t.Errorf("%q: %s is not found, but %v", s, rule, found)
			}
		}
	}
	if count < 60 {
		t.Errorf("only %d sentences are tried", count)
	}
}

// TestHarmless: sentences of the same words, of which nothing is found.
func TestHarmless(t *testing.T) {
	if len(harmless) < 60 {
		t.Errorf("only %d sentences are tried", len(harmless))
	}
	for _, s := range harmless {
		found := slices.DeleteFunc(foundWith(t, s), func(rule string) bool { return rule == "promise-without-id" })
		if len(found) > 0 {
			t.Errorf("%q: %v", s, found)
		}
	}
}

// foundWith is what is found in the default pack with one more sentence.
func foundWith(t *testing.T, sentence string) []string {
	t.Helper()
	fsys := pack(t)
	fsys[wordsFile] = &fstest.MapFile{Data: append(slices.Clone(fsys[wordsFile].Data), "\n"+sentence+"\n"...)}
	return rulesOf(Lint(load(t, fsys), today))
}

func rulesOf(found []Finding) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Rule)
	}
	return out
}

// TestReversed: a promise of the default pack that is written to say the opposite under its
// own id is found, and one in other words of the same sense is not.
func TestReversed(t *testing.T) {
	for _, x := range []struct{ id, to, rule string }{
		{"never-sold", "We may sell it.", "promise-reversed"},
		{"never-sold", "We sell it to our partners.", "sale-said"},
		{"never-sold", "Nothing is ever sold.", ""},
		{"no-card-numbers", "We keep the number of your payment card.", "promise-reversed"},
		{"no-card-numbers", "The number of a payment card is not kept.", ""},
		{"no-readable-passwords", "We store your password as you typed it.", "promise-reversed"},
		{"tell-callers", "We do not tell you that a call is recorded.", "promise-reversed"},
		{"tell-callers", "Calls are recorded without telling you.", "promise-reversed"},
		{"tell-callers", "You are told at the start of a call if it is recorded.", ""},
		{"keep-film-thirty-days", "We keep film from cameras for 90 days.", "period-differs"},
		{"keep-film-thirty-days", "Film from cameras is deleted after thirty days.", ""},
		{"keep-calls-six-months", "We keep recorded calls for as long as necessary.", "period-vague"},
		{"keep-tenancy-six-years", "We keep your tenancy file and rent account for 12 years after you leave.", "period-differs"},
		{"delete-on-time", "We never delete your information.", "promise-reversed"},
		{"answer-in-a-month", "We answer within three months.", "clock-differs"},
		{"answer-in-a-month", "You have our answer within one month.", ""},
		{"correct-in-ten-days", "We correct simple mistakes within thirty working days.", "clock-differs"},
		{"acknowledge-complaints", "We let you know within ten working days that we have your complaint.", "clock-differs"},
		{"housing-information-in-twenty-days", "As a tenant you can also ask how we run our homes, and we answer that within 60 working days.", "clock-differs"},
		{"ask-any-way", "You must ask in writing.", "promise-reversed"},
		{"ask-any-way", "You can ask in whatever way you like, and any of us.", ""},
		{"only-uk-and-ireland", "We send your information to the United States as well.", "place-differs"},
		{"refer-if-you-agree", "If you may lose your home, we tell the council whether or not you agree.", "promise-reversed"},
		{"people-you-choose", "We tell your family what we like without asking you.", "promise-reversed"},
		{"tell-about-warnings", "We do not tell you about safety warnings.", "promise-reversed"},
		{"kept-in-code", "Everything we hold is kept in plain text.", "promise-reversed"},
		{"free-of-charge", "A copy costs £10.", "fee-not-lawful"},
		{"consent-can-be-withdrawn", "Once you agreed, you cannot change your mind.", "withdrawal-hindered"},
		{"only-needed-cookies", "We use advertising cookies.", "cookies-not-listed"},
	} {
		fsys := pack(t)
		n := load(t, fsys)
		s, ok := n.Words.Sentence(ID(x.id))
		if !ok {
			t.Fatalf("the default pack has no %s", x.id)
		}
		edit(t, fsys, wordsFile, s.Text+" {#"+x.id+"}", x.to+" {#"+x.id+"}")
		found := rulesOf(Lint(load(t, fsys), today))
		if x.rule == "" && len(found) > 0 || x.rule != "" && !slices.Contains(found, x.rule) {
			t.Errorf("%s: %q: found %v, want %s", x.id, x.to, found, x.rule)
		}
	}
}

// A list takes its sense from the sentence before it.
func TestEntriesOfAList(t *testing.T) {
	found := rulesOf(Lint(load(t, func() fstest.MapFS {
		fsys := pack(t)
		fsys[wordsFile] = &fstest.MapFile{Data: append(slices.Clone(fsys[wordsFile].Data), "\nWe may pass your details to:\n\n- insurers\n- selected third parties\n"...)}
		return fsys
	}()), today))
	if !slices.Contains(found, "recipient-not-in-rules") || !slices.Contains(found, "recipient-open-ended") {
		t.Errorf("found %s", strings.Join(found, " "))
	}
}
