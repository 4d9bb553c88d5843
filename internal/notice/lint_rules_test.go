package notice

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// today is the day the rules are tried on.
const today Date = "2026-11-22"

// spoil is one change to the default pack. Without old, new is put at the end of
// the file.
type spoil struct{ file, old, new string }

func (s spoil) in(t *testing.T, fsys fstest.MapFS) {
	t.Helper()
	if s.old == "" {
		fsys[s.file] = &fstest.MapFile{Data: append(slices.Clone(fsys[s.file].Data), s.new...)}
		return
	}
	edit(t, fsys, s.file, s.old, s.new)
}

// Each rule is given a way of spoiling the default pack that must make it find,
// and nothing else.
func TestEveryRuleFires(t *testing.T) {
	words := func(sentence string) spoil { return spoil{wordsFile, "", "\n" + sentence + "\n"} }
	tests := []struct {
		rule  string
		about ID
		spoil []spoil
	}{
		{"sentence-without-check", "never-sold", []spoil{{promisesFile, "never-sold: [{check: attested, by: data-protection, every: P1Y}]\n", ""}}},
		{"promise-without-id", "", []spoil{words("We will always be kind.")}},
		{"sale-said", "", []spoil{words("Your details may be sold.")}},
		{"withdrawal-hindered", "", []spoil{words("You can withdraw consent by paying.")}},
		{"period-differs", "", []spoil{words("Rent records are kept for 12 years.")}},
		{"period-vague", "", []spoil{words("Your data is kept for as long as necessary.")}},
		{"clock-differs", "answer-in-a-month", []spoil{{wordsFile, "We answer within one month.", "We answer within two weeks."}}},
		{"place-differs", "", []spoil{words("Your data may be stored in the United States.")}},
		{"recipient-not-in-rules", "", []spoil{words("Your rent account goes to us, and is shared with insurers.")}},
		{"recording-differs", "", []spoil{words("All calls are recorded for training.")}},
		{"promise-reversed", "tell-callers", []spoil{{wordsFile, "We tell you at the start of a call if we record it.", "We do not tell you of it."}}},
		{"rule-without-sentence", "to-your-representative", []spoil{{sharingFile, "    promise: people-you-choose\n", ""}}},
		{"category-without-use", "online-account", []spoil{{usesFile, "categories: [online-account, contact-details]", "categories: [contact-details]"}}},
		{"category-without-retention", "call-recordings", []spoil{{keepingFile, "categories: [call-recordings]", "categories: [images]"}}},
		{"use-without-basis", "help-with-money-and-work", []spoil{{usesFile, "    basis: consent\n", ""}}},
		{"use-without-law", "check-right-to-rent", []spoil{{usesFile, "    law: Immigration Act 2014, Part 3\n", ""}}},
		{"use-without-source", "watch-shared-spaces", []spoil{{usesFile, "    sources: [devices]\n", ""}}},
		{"sharing-without-basis", "to-your-representative", []spoil{{sharingFile, "    basis: consent\n", ""}}},
		{"sharing-without-law", "lettings-return", []spoil{{sharingFile, "    law: Housing and Regeneration Act 2008, section 193, through the Tenancy Standard\n", ""}}},
		{"interest-not-named", "prevent-fraud", []spoil{{usesFile, "    recognised: crime\n", ""}}},
		{"automated-on-recognised-interest", "prevent-fraud", []spoil{{usesFile, "    recognised: crime\n", "    recognised: crime\n    automated: {decision: Who is looked into, logic: A score, effect: A visit, ask: data-protection}\n"}}},
		{"special-without-condition", "employ-people", []spoil{{usesFile, "    special:\n      article-9: employment-and-social-protection\n      schedule-1: 1\n      why: Employment law gives us duties about sickness and disability.\n", ""}}},
		{"interests-for-special", "treat-people-fairly", []spoil{{usesFile, "    special:\n      article-9: substantial-public-interest\n      schedule-1: 8\n      why: It is used only for figures about groups, never to decide anything about you.\n", ""}}},
		{"interests-for-special", "", []spoil{words("We use special category data in our legitimate business interest.")}},
		{"condition-without-schedule-1", "keep-people-safe", []spoil{{usesFile, "      schedule-1: 18\n      why: Someone", "      why: Someone"}}},
		{"equality-condition-too-wide", "treat-people-fairly", []spoil{{dataFile, "    special: [belief]", "    special: [belief, political-opinion]"}}},
		{"condition-undecided", "treat-people-fairly", []spoil{{usesFile, "      schedule-1: 8\n", "      schedule-1: 8\n      or: [explicit-consent]\n"}}},
		{"condition-unlikely", "employ-people", []spoil{{usesFile, "article-9: employment-and-social-protection", "article-9: public-health"}}},
		{"criminal-without-condition", "", []spoil{{usesFile, "    criminal:\n      schedule-1: 33\n      why: It is needed for claims in court and advice about them.\n", ""}}},
		{"policy-document-missing", "employ-people", []spoil{{usesFile, "      without: We cannot employ or pay you.\n    policy-document: {title: How we protect sensitive information, from: 2026-07-01, review-by: 2027-06-30}\n", "      without: We cannot employ or pay you.\n"}}},
		{"bases-differ", "weigh-interests", []spoil{{usesFile, "", "\nstated-bases:\n  - {promise: consent-can-be-withdrawn, bases: [consent, contract, legal-obligation, recognised-legitimate-interests, legitimate-interests]}\n  - {promise: weigh-interests, bases: [consent, contract]}\n"}}},
		{"recognised-interest-available", "crime-to-police", []spoil{
			{usesFile, "    basis: recognised-legitimate-interests\n    recognised: safeguarding\n", "    basis: vital-interests\n"},
			{usesFile, "    basis: recognised-legitimate-interests\n    recognised: crime\n", "    basis: legitimate-interests\n    interest: Ours.\n"},
			{sharingFile, "    basis: recognised-legitimate-interests\n    promise: police-in-writing\n", "    basis: legitimate-interests\n    promise: police-in-writing\n"}}},
		{"only-as-given-broken", "check-right-to-rent", []spoil{{usesFile, "", "\nfurther-use: {decides: data-protection, only-as-given: true}\n"}}},
		{"new-purpose-untold", "run-websites", []spoil{{usesFile, "    sources: [you, devices]\n    basis: legitimate-interests\n", "    sources: [you, devices]\n    basis: legitimate-interests\n    new: {since: 2026-08-01, told: 2026-09-01}\n"}}},
		{"anonymity-untested", "further-use", []spoil{{usesFile, "", "\nfurther-use: {decides: data-protection, anonymous-freely: true}\n"}}},
		{"consent-by-conduct", "help-with-money-and-work", []spoil{{usesFile, "    basis: consent\n", "    basis: consent\n    consent: {how: visiting, withdraw: [mail]}\n"}}},
		{"consent-by-conduct", "cookie-choice", []spoil{{webFile, "", "\ncookie-choice: {consent: browsing, refuse: banner}\n"}}},
		{"consent-by-conduct", "", []spoil{words("If you keep looking at other pages, by continuing to browse this site you agree to cookies.")}},
		{"consent-by-conduct", "", []spoil{words("People who come to our events are deemed to have given consent to pictures.")}},
		{"consent-not-the-persons", "help-with-money-and-work", []spoil{{usesFile, "    basis: consent\n", "    basis: consent\n    consent: {how: asked, by: landlord, withdraw: [mail]}\n"}}},
		{"consent-not-the-persons", "", []spoil{words("Some things rest on the consent of your landlord.")}},
		{"consent-without-withdrawal", "help-with-money-and-work", []spoil{{usesFile, "    basis: consent\n", "    basis: consent\n    consent: {how: asked}\n"}}},
		{"marketing-without-consent", "email", []spoil{{usesFile, "", "\nmarketing:\n  - {by: email, when: registered-or-asked, stop: [mail]}\n"}}},
		{"agent-without-client", "larkfield-repairs", []spoil{{landlordFile, "    kind: company\n", "    kind: managing-agent\n"}}},
		{"agent-without-client", "run-websites", []spoil{{usesFile, "    people: [tenants, leaseholders, applicants, visitors]\n", "    people: [tenants, leaseholders, applicants, visitors]\n    role: processor\n"}}},
		{"client-without-agreement", "orchard", []spoil{{landlordFile, "", "\nclients:\n  - {id: orchard, name: Orchard Court, kind: co-operative, does: Homes., ends: {action: delete, within: P1M}}\n"}}},
		{"client-without-end", "orchard", []spoil{{landlordFile, "", "\nclients:\n  - {id: orchard, name: Orchard Court, kind: co-operative, does: Homes., agreement: it-contract}\n"}}},
		{"officer-missing", "contacts", []spoil{{landlordFile, "    data-protection-officer: true\n", ""}}},
		{"address-without-postcode", "customer-service", []spoil{{landlordFile, "    phone: 01632 960 100\n    address: Lark House, 1 Example Street, Larkfield Cross, LK1 1AA\n", "    phone: 01632 960 100\n    address: Lark House\n"}}},
		{"regulator-unnamed-today", "rsh", []spoil{{landlordFile, "      - name: Regulator of Social Housing\n", "      - name: Regulator of Social Housing\n        until: 2026-10-31\n"}}},
		{"stairs-missing", "larkfield-homes", []spoil{{rightsFile, "  - right: stairs\n", "  - right: ombudsman-1\n"}}},
		{"recipient-without-rule", "printers", []spoil{{sharingFile, "    to: printers\n", "    to: telephone-suppliers\n"}}},
		{"recipient-without-agreement", "printers", []spoil{{sharingFile, "    agreement: print-contract\n", ""}}},
		{"recipient-open-ended", "survey-firms", []spoil{{sharingFile, "    agreement: survey-contract\n", "    agreement: survey-contract\n    open-ended: true\n"}}},
		{"recipient-open-ended", "", []spoil{words("Other third parties may see it if that is lawful.")}},
		{"agreement-needed-and-missing", "new-home-to-utility", []spoil{{sharingFile, "    promise: utilities-only-when-asked\n", "    promise: utilities-only-when-asked\n    needs: [agreement]\n"}}},
		{"conditions-differ", "homelessness-referral", []spoil{{sharingFile, "    promise: councils-what-law-allows\n", "    promise: councils-what-law-allows\n    needs: [agreement]\n"}}},
		{"silent-sharing", "crime-to-police", []spoil{{sharingFile, "    promise: police-in-writing\n", "    promise: police-in-writing\n    tell: never\n"}}},
		{"everyone-shared", "lettings-return", []spoil{{sharingFile, "    promise: lettings-figures\n", "    promise: lettings-figures\n    everyone: true\n"}}},
		{"referral-without-agreement", "homelessness-referral", []spoil{{sharingFile, "    when: by-person\n    if: person.agreed && home.at-risk\n", "    when: as-needed\n    if: person.agreed && home.at-risk\n"}}},
		{"never-shared-yet-shared", "crime-to-police", []spoil{{sharingFile, "  - {id: sold,", "  - {id: police, says: Nothing goes to the police., to: [police]}\n  - {id: sold,"}}},
		{"never-held-yet-held", "card-numbers", []spoil{{dataFile, "    promise: no-card-numbers\n", "    promise: no-card-numbers\n    categories: [financial]\n"}}},
		{"never-held-yet-held", "religion", []spoil{{dataFile, "    promise: no-card-numbers\n", "    promise: no-card-numbers\n    special: [belief]\n"}}},
		{"hedged-promise", "card-numbers", []spoil{{dataFile, "    promise: no-card-numbers\n", "    promise: no-card-numbers\n    unless: We usually do not.\n"}}},
		{"hedged-promise", "", []spoil{words("We do not usually keep old letters.")}},
		{"transfer-without-safeguard", "computer-suppliers", []spoil{
			{sharingFile, "    safeguard: adequacy-regulations\n", ""}}},
		{"perimeters-differ", "only-uk-and-ireland", []spoil{{sharingFile, "  - {within: [uk, eea], our", "  - {within: [uk, eu, eea], promise: never-sold}\n  - {within: [uk, eea], our"}}},
		{"transfer-beyond-perimeter", "computer-suppliers", []spoil{
			{sharingFile, "    where: [GB, IE]\n    safeguard: adequacy-regulations\n", "    where: [GB, IE, US]\n    safeguard: binding-corporate-rules\n"}}},
		{"suppliers-not-controlled", "cloud", []spoil{{keepingFile, "", "\nstores:\n  - {id: cloud, title: A supplier’s computers, kind: supplier-computers, recipient: computer-suppliers, if: they are under our control}\n"}}},
		{"hold-without-review", "arrears", []spoil{{keepingFile, "", "\nleaving: {asks: Is there a reason to keep it?, holds: [arrears]}\n"}}},
		{"right-missing", "erasure", []spoil{{rightsFile, "  - right: erasure\n", "  - right: ombudsman-1\n"}}},
		{"clock-not-told", "access", []spoil{{rightsFile, "    clock: {count: 1, unit: months, as-law: true, promise: answer-in-a-month}\n    target", "    target"}}},
		{"promise-weaker-than-law", "rectification", []spoil{{rightsFile, "{count: 10, unit: working-days, promise: correct-in-ten-days}", "{count: 30, unit: calendar-days, promise: correct-in-ten-days}"}, {wordsFile, "within ten working days", "within 30 days"}}},
		{"promise-weaker-than-law", "", []spoil{words("You get your copy within 40 days of asking.")}},
		{"fee-not-lawful", "access", []spoil{{rightsFile, "    target: {count: 21, unit: calendar-days}\n", "    target: {count: 21, unit: calendar-days}\n    charge: {pence: 1000, when: may}\n"}}},
		{"fee-not-lawful", "", []spoil{words("We charge £10 for a copy of your file.")}},
		{"fee-not-lawful", "", []spoil{words("You get it once any fees payable have come in.")}},
		{"only-in-writing", "access", []spoil{{rightsFile, "    target: {count: 21, unit: calendar-days}\n", "    target: {count: 21, unit: calendar-days}\n    only-in-writing: true\n"}}},
		{"only-in-writing", "", []spoil{words("Your request must be made in writing.")}},
		{"limit-without-law", "access", []spoil{{rightsFile, "    target: {count: 21, unit: calendar-days}\n", "    target: {count: 21, unit: calendar-days}\n    limits:\n      - {says: We hold it because the law says so.}\n"}}},
		{"others-withheld", "access", []spoil{{rightsFile, "    other-people: edit-out\n", "    other-people: withhold-all\n"}}},
		{"informal-without-clock", "access", []spoil{{rightsFile, "    target: {count: 21, unit: calendar-days}\n", "    target: {count: 21, unit: calendar-days}\n    informal: {says: One paper from your file.}\n"}}},
		{"regime-not-owed", "foi", []spoil{{rightsFile, "  - right: dp-complaint\n", "  - {right: foi, title: Ask what we hold, says: Ask., channels: [mail], decides: data-protection}\n  - right: dp-complaint\n"}}},
		{"refusal-word-wrong", "access", []spoil{{rightsFile, "    target: {count: 21, unit: calendar-days}\n", "    target: {count: 21, unit: calendar-days}\n    refusal-word: exception\n"}}},
		{"complaint-route-missing", "our-own", []spoil{{rightsFile, "    route: our-own\n    contact: data-protection\n", "    route: court\n"}}},
		{"complaint-clock-missing", "our-own", []spoil{{rightsFile, "    contact: data-protection\n    clock: {count: 5, unit: working-days, promise: acknowledge-complaints}\n", "    contact: data-protection\n"}}},
		{"complaint-form-missing", "dp-complaint", []spoil{{rightsFile, "    channels: [form, mail, telephone, letter, anyone]\n    clock: {count: 5,", "    channels: [mail, telephone]\n    clock: {count: 5,"}}},
		{"complaint-order", "regulator", []spoil{{rightsFile, "complaints:\n", "complaints:\n  - {title: The regulator, says: At any time., route: regulator, regulator: ico}\n"}}},
		{"scope-too-narrow", "sites-only", []spoil{{webFile, "", "\nsites-only: true\n"}}},
		{"scope-too-narrow", "", []spoil{words("This notice is limited to this website only.")}},
		{"ip-claims-differ", "not-collected", []spoil{{webFile, "", "\nip-addresses:\n  - {where: The main site, kept: logged}\n  - {where: the main site, kept: not-collected}\n"}}},
		{"cookie-type-and-life", "session", []spoil{{webFile, "use: strictly-necessary, lasts: session, promise", "use: strictly-necessary, type: persistent, lasts: session, promise"}}},
		{"cookie-without-end", "session", []spoil{{webFile, "use: strictly-necessary, lasts: session, promise", "use: strictly-necessary, lasts: never, promise"}}},
		{"cookie-not-theirs", "session", []spoil{{webFile, "use: strictly-necessary, lasts: session, promise", "use: strictly-necessary, party: third, domain: www.larkfield.example, lasts: session, promise"}}},
		{"cookie-retired", "__utma", []spoil{{webFile, "{name: session,", "{name: __utma,"}}},
		{"cookie-without-refusal", "language", []spoil{{webFile, ", refuse: Choose the usual settings and it is gone.", ""}}},
		{"cookie-refusal-hard", "cookie-choice", []spoil{{webFile, "", "\ncookie-choice: {consent: asked, refuse: browser-settings}\n"}}},
		{"tracker-without-consent", "dot", []spoil{{webFile, "", "\ntrackers:\n  - {id: dot, title: A dot, kind: pixel, use: statistics}\n"}}},
		{"asks-without-use", "contact-us", []spoil{{webFile, "asks: [identity, contact-details, correspondence]", "asks: [identity, contact-details, correspondence, religion]"}}},
		{"recording-untold", "calls", []spoil{{recordsFile, "    told: at-the-start\n", "    told: this-notice-only\n"}}},
		{"recording-without-retention", "cameras", []spoil{{recordsFile, "    keeping: camera-film\n", ""}}},
		{"recording-without-assessment", "cameras", []spoil{{recordsFile, "    assessment: cameras\n", ""}}},
		{"assessment-incomplete", "cameras", []spoil{{usesFile, "    necessary: Better doors and lights did not stop them.\n", ""}}},
		{"indicator-misnamed", "mobility", []spoil{{recordsFile, "", "  - {id: mobility, title: Warning marker, kind: support, when: Someone cannot climb stairs.}\n"}}},
		{"indicator-untold", "safety", []spoil{{recordsFile, "    tell-person: true\n", ""}}},
		{"indicator-without-end", "safety", []spoil{{recordsFile, "    lasts: P1Y\n", ""}}},
		{"compartment-bypassed", "rent", []spoil{
			{recordsFile, "", "\nroles:\n  - {id: rent, title: Rent team, sees: [financial]}\n"},
			{recordsFile, "    title: Advice on money\n    who:", "    title: Advice on money\n    holds: [financial]\n    who:"}}},
		{"controller-not-named", "larkfield-community", []spoil{{wordsFile, "Larkfield Community Fund gives advice", "a charity gives advice"}}},
		{"officer-not-reachable", "data-protection", []spoil{{wordsFile, "Write to [data@larkfield.example](mailto:data@larkfield.example) or call [01632 960 110](tel:01632960110).", "Ask us."}}},
		{"bases-not-told", "bases", []spoil{{wordsFile, "The law says we must have a good reason each time. These are ours:", "We use it for these:"}}},
		{"transfers-not-told", "transfers", []spoil{
			{sharingFile, "transfers:\n  - {within: [uk, eea], our-permission: true, safeguards: [adequacy-regulations], promise: only-uk-and-ireland}\n", ""},
			{wordsFile, "### Outside the United Kingdom\n", "### Where it is kept\n"}}},
		{"withdrawal-not-told", "consent", []spoil{{wordsFile, ", and you can change your mind at any time.", "."}}},
		{"complaint-not-told", "complaints", []spoil{{wordsFile, "You can go to the Information Commissioner’s Office at any time. You can also go to court.\nThe Housing Ombudsman can help if the complaint is about us as a landlord.", "You can also go to court."}}},
		{"notice-expired", "larkfield", []spoil{{landlordFile, "effective: 2026-07-01\n", "effective: 2026-07-01\nuntil: 2026-10-31\n"}}},
		{"review-overdue", "print-contract", []spoil{{sharingFile, "review-by: 2027-01-15", "review-by: 2026-01-15"}}},
		{"expired-statement", "", []spoil{words("From 5 December 2016 calls will be recorded.")}},
		{"expired-statement", "", []spoil{words("We take part in a pilot of data matching during 2024.")}},
		{"repealed-law", "", []spoil{words("This page follows the Data Protection Act 1998.")}},
		{"repealed-law", "", []spoil{words("This page follows the GDPR.")}},
		{"repealed-law", "", []spoil{words("This page follows the General Data Protection Regulation (GDPR).")}},
		{"repealed-law", "", []spoil{words("This page follows the General Data Protection Regulation (“the GDPR”).")}},
		{"broken-text", "", []spoil{words("We may show pixels, or clear pictures. In either or both cases what we learn has no name.")}},
		{"broken-text", "", []spoil{words("The page is about neither other addresses nor to how they sign you in.")}},
		{"broken-text", "", []spoil{words("It does not cover pages which differ neither to signing in or users nor to links.")}},
		{"repealed-law", "why", []spoil{{keepingFile, "    why: It gives time to ask us to think again.\n", "    why: The Data Protection Act 1998 says so.\n"}}},
		{"repealed-law", "", []spoil{words("Tell us if you get council tax benefit.")}},
		{"law-without-year", "", []spoil{words("This page follows the Data Protection Act.")}},
		{"renamed-body", "", []spoil{words("We may ask the Criminal Records Bureau.")}},
		{"renamed-body", "", []spoil{words("We are on the list of the Homes and Communities Agency.")}},
		{"renamed-body", "", []spoil{words("We ask the Department of Works and Pensions.")}},
		{"outdated-wording", "", []spoil{words("Firms abroad sign standard contractual clauses.")}},
		{"outdated-wording", "", []spoil{words("We keep to the eight principles.")}},
		{"outdated-wording", "", []spoil{words("We are registered with the office under the UK GDPR.")}},
		{"outdated-wording", "", []spoil{words("Ask our nominated representative.")}},
		{"outdated-wording", "", []spoil{words("You have the right not to be subject to automated decisions.")}},
		{"regulator-details-stale", "", []spoil{words("Or ring 01625 545 745.")}},
		{"claims-contradict", "", []spoil{words("Our site logs the IP address of visitors."), words("It does not collect IP addresses.")}},
		{"claims-contradict", "", []spoil{words("The website does not store personal information."), words("Cookies remember who you are.")}},
		{"claims-contradict", "", []spoil{words("Normally, only we can see your file.")}},
		{"claims-contradict", "", []spoil{words("We only use this information to provide you with a service.")}},
		{"claims-contradict", "", []spoil{words("We usually do not disclose anything without your consent.")}},
		{"claims-contradict", "", []spoil{words("We do not give details to others for their marketing."), words("We send them to other companies for credit checks and marketing.")}},
		{"claims-contradict", "", []spoil{words("We are not registered with the regulator of landlords.")}},
		{"regimes-confused", "", []spoil{words("The Freedom of Information Act 2000 and the Data Protection Act 2018 are Acts that open our files to the public.")}},
		{"access-narrowed", "", []spoil{words("This only applies if a computer made the decision by consent.")}},
		{"duty-not-owed", "", []spoil{words("The public sector equality duty requires us to count.")}},
		{"duty-not-owed", "", []spoil{words("What we hold can be subject to freedom of information.")}},
		{"disclaimer-of-duty", "", []spoil{words("We are not liable for any loss of data.")}},
		{"disclaimer-of-duty", "disclaimers", []spoil{{webFile, "", "\ndisclaimers:\n  - {says: Any loss, data: true}\n"}}},
		{"kind-named-not-held", "", []spoil{words("We may use genetic data.")}},
		{"empty-list", "", []spoil{words("Cookies help us, for example:")}},
		{"broken-text", "", []spoil{words("In either or both cases nothing is kept.")}},
		{"broken-text", "", []spoil{words("Learn more by reading o cookie policy.")}},
		{"broken-contact", "", []spoil{words("See http://www larkfield.example for more.")}},
		{"broken-contact", "", []spoil{words("Or email :")}},
		{"broken-cross-reference", "", []spoil{words("See section 15 on how to complain.")}},
		{"broken-cross-reference", "", []spoil{words("Read [this](#nowhere).")}},
		{"broken-cross-reference", "", []spoil{{wordsFile, "## Our websites", "## 15 Our websites"}, words("See section 15 on how to complain.")}},
		{"sentence-too-long", "", []spoil{words("We keep " + strings.Repeat("old letters and ", 16) + "cards.")}},
	}
	fired := make(map[string]bool)
	for _, tt := range tests {
		t.Run(tt.rule+" "+tt.spoil[len(tt.spoil)-1].new, func(t *testing.T) {
			t.Parallel()
			fsys := pack(t)
			for _, s := range tt.spoil {
				s.in(t, fsys)
			}
			found := Lint(load(t, fsys), today)
			var got []string
			for _, f := range found {
				if f.Rule != "promise-without-id" || tt.rule == f.Rule { // what “We keep …” is too, beside what is tried
					got = append(got, f.Rule)
				}
				if f.File == "" || f.Why == "" || f.Source == "" || f.Mend == "" || f.Sure == "" || f.Severity == "" {
					t.Errorf("finding that leaves something out: %+v", f)
				}
			}
			got = slices.Compact(got)
			if diff := cmp.Diff([]string{tt.rule}, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%+v", diff, found)
			}
			if len(got) > 0 && tt.about != "" && found[0].ID != tt.about {
				t.Errorf("it is about %q, want %q", found[0].ID, tt.about)
			}
		})
		fired[tt.rule] = true
	}
	t.Run("use-without-basis, and a processor's", func(t *testing.T) {
		fsys := pack(t)
		edit(t, fsys, usesFile, "    basis: consent\n", "    role: processor\n    clients: [orchard]\n")
		spoil{landlordFile, "", "\nclients:\n  - {id: orchard, name: Orchard Court, kind: co-operative, does: Homes., agreement: it-contract, ends: {action: delete, within: P1M}}\n"}.in(t, fsys)
		if found := Lint(load(t, fsys), today); len(found) > 0 {
			t.Errorf("the basis of a client's purpose is the client's: %+v", found)
		}
	})
	for _, harmless := range []string{
		"We may reach you by post, email or telephone.",
		"This page follows the UK General Data Protection Regulation (GDPR).",
		"This page follows the Data Protection Act (DPA) 2018.",
		"This page follows the UK GDPR and the General Data Protection Regulation (UK GDPR).",
		"We write if you owe rent, or if a repair is due. In either or both cases we say why.",
		"You may write or call. In either case you are heard.",
		"It goes neither to neighbours nor to shops.",
		"The office keeps neither letters nor notes of calls.",
		"We need neither your name nor your address, or anything else.",
		"Rent can be claimed under section 5 of the Limitation Act 1980.",
		"We do not take consent from what you do.",
	} {
		t.Run("harmless "+harmless, func(t *testing.T) {
			fsys := pack(t)
			words(harmless).in(t, fsys)
			if found := Lint(load(t, fsys), today); len(found) > 0 {
				t.Errorf("%+v", found)
			}
		})
	}
	for _, more := range rulesThatNeedMore() {
		t.Run(more.rule, func(t *testing.T) {
			fsys := pack(t)
			more.spoil(fsys)
			var got []string
			for _, f := range Lint(load(t, fsys), today) {
				got = append(got, f.Rule)
			}
			slices.Sort(got)
			if diff := cmp.Diff(append([]string{more.rule}, more.and...), slices.Compact(got)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
		fired[more.rule] = true
		for _, r := range more.and {
			fired[r] = true
		}
	}
	fired["waiver-expired"], fired["waiver-idle"] = true, true                        // TestWaive
	fired["rule-faulty"], fired["portal-cookie-not-listed"] = true, true              // TestFaultOfRule, TestUnlistedCookies: whoever decides, or serves a portal, asks
	fired["check-faulty"] = true                                                      // TestFaultOfCheck: whoever knows the kinds of checks finds them
	fired["client-without-retention"] = true                                          // TestUnkept: whoever reads the maps finds it
	for _, r := range []string{"missing", "lacks-promise", "adds-promise", "older"} { // TestTranslationFindings
		fired["translation-"+r] = true
	}
	for _, r := range LintRules() {
		if !fired[r.ID] {
			t.Errorf("nothing here makes %s find", r.ID)
		}
		if r.Finds == "" || r.Source == "" {
			t.Errorf("%s does not say what it finds, or why", r.ID)
		}
	}
}

// rulesThatNeedMore are those that one edit cannot set off.
func rulesThatNeedMore() []struct {
	rule  string
	and   []string // what it cannot but set off as well
	spoil func(fstest.MapFS)
} {
	swap := func(fsys fstest.MapFS, file, pattern, with string) {
		fsys[file] = &fstest.MapFile{Data: regexp.MustCompile(pattern).ReplaceAll(fsys[file].Data, []byte(with))}
	}
	return []struct {
		rule  string
		and   []string
		spoil func(fstest.MapFS)
	}{
		{"retention-not-told", nil, func(f fstest.MapFS) {
			f[wordsFile] = &fstest.MapFile{Data: regexp.MustCompile(`(?m)^- .*$`).ReplaceAllFunc(f[wordsFile].Data, func(line []byte) []byte {
				return regexp.MustCompile(` (day|month|year)s?\b`).ReplaceAll(line, []byte(" moons"))
			})}
		}},
		{"obligation-not-told", nil, func(f fstest.MapFS) { swap(f, usesFile, `    needed:\n      by: .*\n      without: .*\n`, "") }},
		{"automated-not-told", nil, func(f fstest.MapFS) {
			swap(f, usesFile, `(    basis: legitimate-interests\n    interest: Ours and yours, in websites)`, "    automated: {decision: Who may sign in, logic: A list, effect: None, ask: data-protection}\n$1")
			swap(f, wordsFile, `machine|computer|by itself`, "thing")
		}},
		{"extension-not-told", nil, func(f fstest.MapFS) {
			swap(f, wordsFile, `If your request is very large .*\n`, "")
			swap(f, promisesFile, `tell-if-longer: .*\n`, "")
			swap(f, rightsFile, `(tell-if-longer, )|(, tell-if-longer)|    promise: tell-if-longer\n`, "")
		}},
		{"cookies-not-listed", nil, func(f fstest.MapFS) {
			swap(f, webFile, `(?ms)^cookies:.*?^forms:`, "forms:")
		}},
		{"right-missing", []string{"says-everything"}, func(f fstest.MapFS) {
			swap(f, rightsFile, `right: erasure`, "right: ombudsman-1")
			swap(f, wordsFile, `It took effect on 1 July 2026.`, "It tells you everything you need to know.")
		}},
		{"claims-contradict", []string{"hedged-promise"}, func(f fstest.MapFS) {
			swap(f, wordsFile, `(?s)$`, "\nUnless you pay by direct debit the firm does not usually keep your payment details.\n")
		}},
		{"reading-ease", nil, func(f fstest.MapFS) {
			swap(f, wordsFile, `\bWe\b`, "Organisational accountability notwithstanding, administratively we")
		}},
	}
}
