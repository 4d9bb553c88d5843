package notice

import (
	"strings"
	"testing"
)

func TestPottersGreen(t *testing.T) {
	var faults []fault
	for _, category := range []ID{
		"identity", "contact-details", "security-answers", "applications", "criminal", "care-reports", "health", "ethnicity", "religion", "sexual-orientation", "tenancy",
		"rent-transactions", "financial", "warning-markers", "household", "images", "payment-firm", "web-visits", "requests",
	} {
		faults = append(faults, fault{"O7", "category-without-retention", dataFile, "id: " + string(category), category})
	}
	for _, right := range []Regime{Rectification, Erasure, Restriction, Portability} {
		faults = append(faults, fault{"O7", "right-missing", rightsFile, "", ID(right)})
	}
	// The notice gives no basis for passing anything on.
	for _, rule := range []ID{
		"work-to-contractors", "payments", "interest-or-law-to-police", "interest-or-law-to-councils", "interest-or-law-to-social-services", "interest-or-law-to-landlords",
		"address-to-utilities", "address-to-council-tax", "debts-to-recovery", "money-with-debt-advice", "money-with-welfare-rights", "money-with-housing-benefit",
		"money-with-housing-advice", "year-end-to-benefits-teams", "year-end-to-ministry", "attackers-to-police", "others-by-law",
	} {
		faults = append(faults, fault{"", "sharing-without-basis", sharingFile, "id: " + string(rule), rule})
	}
	for _, recipient := range []ID{"contractors", "payment-desk", "debt-recovery"} {
		faults = append(faults, fault{"", "recipient-without-agreement", sharingFile, "id: " + string(recipient), recipient})
	}
	for _, place := range []ID{"lobby-cameras", "yard-cameras"} {
		faults = append(faults,
			fault{"", "recording-untold", recordsFile, "id: " + string(place), place},
			fault{"O7", "recording-without-retention", recordsFile, "id: " + string(place), place})
	}
	for _, sentence := range []string{"## The General Data Protection Regulation", "{#principles-kept}", "is the data controller under the GDPR", "{#kinds-that-are-special}", "{#formal-request}"} {
		faults = append(faults, fault{"O4", "repealed-law", wordsFile, sentence, ""})
	}
	faults = append(faults, []fault{
		{"O7", "officer-missing", landlordFile, "", ""},
		{"O4", "repealed-law", landlordFile, "says: General Data Protection Regulation", ""},
		{"O4", "renamed-body", landlordFile, "says: English data protection laws", ""},
		{"O16", "stairs-missing", landlordFile, "id: potters-green", ""},
		// The condition: public health, consent, and in words a legitimate interest and a duty.
		{"X17", "condition-undecided", usesFile, "or: [explicit-consent],", "house-disabled-people"},
		{"X17", "condition-undecided", usesFile, "or: [explicit-consent, substantial-public-interest]", "treat-people-fairly"},
		{"X17", "condition-unlikely", usesFile, "special: {article-9: public-health", "let-homes"},
		{"X17", "condition-unlikely", usesFile, "special: {article-9: public-health", "house-disabled-people"},
		{"X17", "condition-unlikely", usesFile, "special: {article-9: public-health", "treat-people-fairly"},
		{"X17", "condition-without-schedule-1", usesFile, "special: {article-9: public-health", "let-homes"},
		{"X17", "condition-without-schedule-1", usesFile, "special: {article-9: public-health", "house-disabled-people"},
		{"X17", "condition-without-schedule-1", usesFile, "special: {article-9: public-health", "treat-people-fairly"},
		{"X17", "interests-for-special", wordsFile, "{#special-by-interest}", ""},
		{"", "criminal-without-condition", usesFile, "id: let-homes", ""},
		{"", "criminal-without-condition", usesFile, "id: protect-staff", ""},
		{"O7", "consent-without-withdrawal", usesFile, "consent: {how: asked", "house-disabled-people"},
		{"O7", "consent-without-withdrawal", usesFile, "consent: {how: asked", "treat-people-fairly"},
		{"", "recipient-open-ended", sharingFile, "id: other-bodies", ""},
		{"O26", "recognised-interest-available", sharingFile, "id: interest-or-law-to-police", ""},
		{"X18", "everyone-shared", sharingFile, "id: year-end-to-benefits-teams", ""},
		{"X18", "everyone-shared", sharingFile, "id: year-end-to-ministry", ""},
		{"X18", "claims-contradict", wordsFile, "{#year-end-everyone}", ""},
		{"O6", "complaint-route-missing", rightsFile, "", ID(OurOwn)},
		{"O6 O7", "complaint-route-missing", rightsFile, "", ID(ToRegulator)},
		{"O24 O5", "promise-weaker-than-law", rightsFile, "count: 30", ""},
		{"O24 O5", "promise-weaker-than-law", wordsFile, "{#thirty-days}", ""},
		{"X20", "informal-without-clock", rightsFile, "Copies of particular papers", ""},
		{"X16 O10", "consent-by-conduct", webFile, "consent: visiting", ""},
		{"X16 O10", "consent-by-conduct", wordsFile, "{#visiting-is-consent}", ""},
		{"O10", "consent-by-conduct", wordsFile, "{#family-assumed}", ""},
		{"O8", "cookie-refusal-hard", webFile, "refuse: none", ""},
		{"X21", "disclaimer-of-duty", webFile, "Loss of data", ""},
		{"X21", "disclaimer-of-duty", wordsFile, "{#not-liable-for-viruses}", ""},
		{"X21", "disclaimer-of-duty", wordsFile, "at your own risk", ""},
		{"X21", "disclaimer-of-duty", wordsFile, "{#not-liable-for-data}", ""},
		{"X19", "scope-too-narrow", wordsFile, "{#this-website-only}", ""},
		{"", "indicator-untold", recordsFile, "id: staff-safety", ""},
		{"O7", "indicator-without-end", recordsFile, "id: staff-safety", ""},
		{"O7", "complaint-not-told", wordsFile, "", ""},
		{"O5", "extension-not-told", wordsFile, "", ""},
		{"O7", "retention-not-told", wordsFile, "", ""},
		{"O7", "transfers-not-told", wordsFile, "", ""},
		{"O4", "renamed-body", wordsFile, "{#english-laws}", ""},
		{"O13", "renamed-body", wordsFile, "{#registered}", ""},
		{"O13", "repealed-law", wordsFile, "{#registered}", ""},
		{"O22", "renamed-body", wordsFile, "{#year-end-file}", ""},
		{"O23", "duty-not-owed", wordsFile, "{#equality-duty}", ""},
		// Named as kinds we may ask for, and held by nothing.
		{"", "kind-named-not-held", wordsFile, "{#kinds-that-are-special}", ""},
	}...)
	checkPack(t, "potters-green", strings.Fields("X16 X17 X18 X19 X20 X21 O4 O5 O6 O7 O8 O10 O13 O16 O22 O23 O24 O26"), faults, []unfound{
		{"O8", webFile, "cookie-choice:", "the notice does not speak of cookies at all; only that visiting is consent, with no way to refuse, can be found"},
		{"O22", wordsFile, "{#year-end-reason}", "that housing benefit has given way to Universal Credit for most is not in the table of what is out of date: housing benefit still exists"},
	})
}
