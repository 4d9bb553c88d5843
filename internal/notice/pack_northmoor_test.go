package notice

import (
	"strings"
	"testing"
)

func TestNorthmoor(t *testing.T) {
	var faults []fault
	// The notice names no appropriate policy document.
	for _, use := range []ID{"support-people", "tell-of-needs", "keep-staff-safe", "protect-people", "prevent-crime", "arrange-insurance", "report-to-regulators"} {
		faults = append(faults, fault{"", "policy-document-missing", usesFile, "id: " + string(use), use})
	}
	faults = append(faults, []fault{
		// Who we are, and what regulates which company.
		{"O16", "stairs-missing", landlordFile, "id: fellside", ""},
		{"X30", "claims-contradict", wordsFile, "not registered with the regulator", ""},
		{"O25", "outdated-wording", wordsFile, "{#who-regulates-us}", ""},
		// Bases and conditions.
		{"X28", "bases-differ", usesFile, "promise: four-cases", ""},
		{"X28", "condition-undecided", usesFile, "or: [explicit-consent]", "support-people"},
		{"X28 X35", "interests-for-special", wordsFile, "{#special-by-interest}", ""},
		{"X33", "kind-named-not-held", wordsFile, "{#special-protection}", ""},
		{"", "use-without-law", usesFile, "id: check-credit-and-fraud", ""},
		{"", "sharing-without-law", sharingFile, "id: searches-at-credit-agencies", ""},
		{"", "sharing-without-law", sharingFile, "id: searches-at-fraud-agencies", ""},
		{"", "interest-not-named", usesFile, "id: run-smart-homes", ""},
		{"O26", "recognised-interest-available", sharingFile, "id: crime-to-police", ""},
		// Consent and marketing.
		{"X31 O10", "consent-by-conduct", recordsFile, "consent: {how: attending", ""},
		{"X31 O10", "consent-by-conduct", wordsFile, "{#staying-is-consent}", ""},
		{"O27", "marketing-without-consent", usesFile, "by: email", ""},
		{"X25", "never-shared-yet-shared", sharingFile, "id: offers-from-partners", ""},
		{"X25", "claims-contradict", wordsFile, "{#partners-offers}", ""},
		// Sharing.
		{"X29", "recipient-open-ended", sharingFile, "id: other-third-parties", ""},
		{"X29", "recipient-open-ended", wordsFile, "{#other-third-parties}", ""},
		{"X29", "claims-contradict", wordsFile, "{#other-third-parties}", ""},
		{"X34", "conditions-differ", sharingFile, "id: commitment-to-refer", ""},
		{"O28", "referral-without-agreement", sharingFile, "id: commitment-to-refer", ""},
		{"O28", "referral-without-agreement", sharingFile, "id: council-to-prevent-homelessness", ""},
		// Transfers.
		{"X26", "perimeters-differ", sharingFile, "promise: suppliers-ask-first", ""},
		{"X26", "perimeters-differ", sharingFile, "promise: [within-adequate-countries", ""},
		{"O18", "outdated-wording", wordsFile, "{#clauses-explained}", ""},
		// Rights and complaints.
		{"X27", "address-without-postcode", rightsFile, "id: access-letter", ""},
		{"O5", "clock-not-told", rightsFile, "right: access", ""},
		{"O5", "extension-not-told", wordsFile, "", ""},
		{"O6", "complaint-form-missing", rightsFile, "right: dp-complaint", ""},
		{"O6", "complaint-clock-missing", rightsFile, "route: our-own", ""},
		{"X36 O6", "complaint-order", rightsFile, "route: regulator", ""},
		{"O20", "outdated-wording", wordsFile, "automated decisions and profiling", ""},
		// Recordings, indicators, the site.
		{"", "recording-untold", recordsFile, "id: calls", ""},
		{"X32", "indicator-misnamed", recordsFile, "id: needs-time", ""},
		{"O8", "tracker-without-consent", webFile, "id: clickwell", ""},
		{"O8", "cookies-not-listed", wordsFile, "{#hold-browsing}", ""},
		// Words.
		{"X29", "recipient-open-ended", wordsFile, "{#partners-offers}", ""},
		{"", "promise-without-id", wordsFile, "We mostly use it to arrange", ""},
		{"", "promise-without-id", wordsFile, "In a few cases we may use it", ""},
		{"X22", "broken-cross-reference", wordsFile, "See section 15", ""},
		{"X23", "broken-cross-reference", wordsFile, "See section 3.6", ""},
		{"X24", "broken-text", wordsFile, "in o cookie policy", ""},
		{"X24", "empty-list", wordsFile, "You can read more here:", ""},
		{"O15", "expired-statement", wordsFile, "{#fraud-pilot}", ""},
		{"O17", "regulator-details-stale", wordsFile, "01625 545 745", ""},
		{"O19", "outdated-wording", wordsFile, "not transferred to countries", ""},
		{"O21", "repealed-law", wordsFile, "{#asked-by-law}", ""},
		{"", "law-without-year", wordsFile, "{#laws-protect}", ""},
		{"", "repealed-law", wordsFile, "{#laws-protect}", ""},
	}...)
	checkPack(t, "northmoor", strings.Fields("X22 X23 X24 X25 X26 X27 X28 X29 X30 X31 X32 X33 X34 X35 X36 O5 O6 O8 O10 O15 O16 O17 O18 O19 O20 O21 O25 O26 O27 O28"), faults, []unfound{
		{"X34", sharingFile, "id: silent-to-investigators", "the second half of it: that sharing in the group is told first and sharing with investigators never is. An exemption is named, so no rule holds the two against each other"},
		{"X35", usesFile, "id: equality-figures", "that one sentence rests special data on an interest, and another rests these answers on consent, is found at the first sentence; the use itself is as the second says"},
		{"X36", wordsFile, "{#worries-to-officer}", "only the order of the steps is found; that two sections each give a whole route is not looked for"},
	})
}
