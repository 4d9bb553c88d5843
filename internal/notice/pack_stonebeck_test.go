package notice

import (
	"strings"
	"testing"
)

func TestStonebeck(t *testing.T) {
	var faults []fault
	// Not of the bureau's files, whose period is in its client's agreement.
	for _, category := range strings.Fields(`identity contact-details ethnicity vulnerability housing-need bank-details card-payments rent-transactions benefits repairs contractor-feedback case-notes insurance call-recordings
		images publicity third-party-contacts surveys complaints asb support-needs money-advice employment credit-history criminal online-account`) {
		faults = append(faults, fault{"O7", "category-without-retention", dataFile, "id: " + category, ID(category)})
	}
	// Not of the bureau, where the basis is its client's to have.
	for _, use := range strings.Fields(`general-services keep-in-touch understand-needs tell-of-changes let-homes manage-housing take-payments verify-circumstances repair-homes arrange-insurance care-and-support help-with-money teach-skills arranged-calls
		answer-complaints record-events trusted-people stop-crime protect-people look-after-others legal-duties legal-rights keep-a-record ask-opinions run-websites`) {
		faults = append(faults, fault{"O7", "use-without-basis", usesFile, "id: " + use, ID(use)})
	}
	for _, use := range strings.Fields("general-services understand-needs manage-housing care-and-support") {
		faults = append(faults, fault{"O7", "special-without-condition", usesFile, "id: " + use, ID(use)})
	}
	for _, rule := range strings.Fields(`jobs system-support calls-out-of-hours payments mailings more-hands to-advisers to-insurer to-trainers to-other-landlords to-outside-help to-service-councils to-service-emergency to-service-callers
		utilities-ask collectors-ask risk-asked authorities-ask emergency-asks suppliers-of-yours to-funders past-incidents to-trusted to-bureau-client visits-counted`) {
		faults = append(faults, fault{"O7", "sharing-without-basis", sharingFile, "id: " + rule, ID(rule)})
	}
	for _, right := range []Regime{Rectification, Erasure, Restriction, Portability} {
		faults = append(faults, fault{"O7", "right-missing", rightsFile, "", ID(right)})
	}
	for _, cookie := range strings.Fields("CFID CFTOKEN _utmb _utmc") {
		faults = append(faults, fault{"X15", "cookie-type-and-life", webFile, "name: " + cookie, ""})
	}
	for _, cookie := range strings.Fields("_utma _utmb _utmc _utmz googtrans") {
		faults = append(faults, fault{"X15", "cookie-not-theirs", webFile, "name: " + cookie, ""})
	}
	for _, cookie := range strings.Fields("_utma _utmb _utmc _utmz") {
		faults = append(faults, fault{"O11", "cookie-retired", webFile, "name: " + cookie, ""})
	}
	faults = append(faults, []fault{
		{"O1", "law-without-year", landlordFile, "says: the Data Protection Act", ""},
		{"O16", "stairs-missing", landlordFile, "id: stonebeck", ""},
		{"O16", "stairs-missing", landlordFile, "id: merrow-vale", ""},
		{"", "client-without-end", landlordFile, "id: merrow-vale", ""},
		{"O9", "renamed-body", dataFile, "Criminal Records Bureau", ""},
		{"X11", "hedged-promise", dataFile, "id: card-numbers", ""},
		{"O7", "criminal-without-condition", usesFile, "id: look-after-others", ""},
		{"O7", "consent-without-withdrawal", usesFile, "promise: photos-by-consent", "publicity"},
		{"", "anonymity-untested", usesFile, "decides: governance", ""},
		{"O26", "recognised-interest-available", sharingFile, "id: emergency-asks", ""},
		{"O6", "complaint-route-missing", rightsFile, "", ID(OurOwn)},
		{"O6 O7", "complaint-route-missing", rightsFile, "", ID(ToRegulator)},
		{"", "others-withheld", rightsFile, "right: access", ""},
		{"O2 O5", "promise-weaker-than-law", rightsFile, "count: 40", ""},
		{"O2", "fee-not-lawful", rightsFile, "pence: 1000", ""},
		{"X15", "cookie-without-end", webFile, "name: BECKCHOICE", ""},
		{"O8", "cookie-without-refusal", webFile, "name: googtrans", ""},
		{"X14 O10", "consent-by-conduct", webFile, "cookie-choice:", ""},
		{"", "recording-untold", recordsFile, "id: calls", ""},
		{"", "recording-without-retention", recordsFile, "id: calls", ""},
		{"", "recording-untold", recordsFile, "id: cameras", ""},
		{"", "recording-without-assessment", recordsFile, "id: cameras", ""},
		{"", "recording-without-retention", recordsFile, "id: cameras", ""},
		{"", "recording-without-retention", recordsFile, "id: event-pictures", ""},
		{"O7", "consent-without-withdrawal", recordsFile, "promise: photos-by-consent", "event-pictures"},
		{"", "indicator-untold", recordsFile, "id: past-incident", ""},
		{"", "indicator-without-end", recordsFile, "id: past-incident", ""},
		{"O7", "bases-not-told", wordsFile, "", ""},
		{"O7", "complaint-not-told", wordsFile, "", ""},
		{"O5", "extension-not-told", wordsFile, "", ""},
		{"", "officer-not-reachable", wordsFile, "", ""},
		{"O7", "retention-not-told", wordsFile, "", ""},
		{"O7", "transfers-not-told", wordsFile, "", ""},
		{"O7", "withdrawal-not-told", wordsFile, "", ""},
		{"O1", "law-without-year", wordsFile, "{#kept-as-the-act-says}", ""},
		{"X13", "says-everything", wordsFile, "{#everything-told}", ""},
		{"O9", "renamed-body", wordsFile, "{#sources-told}", ""},
		{"X12", "claims-contradict", wordsFile, "{#only-us}", ""},
		{"O30", "duty-not-owed", wordsFile, "{#foi-said-to-apply}", ""},
		{"X11", "hedged-promise", wordsFile, "{#payment-details-usually-gone}", ""},
		{"X11", "claims-contradict", wordsFile, "{#payment-details-usually-gone}", ""},
		{"O2", "fee-not-lawful", wordsFile, "{#ten-pounds}", ""},
		{"O2 O5", "promise-weaker-than-law", wordsFile, "{#forty-days}", ""},
		{"O12", "outdated-wording", wordsFile, "{#representative-named}", ""},
		{"X14 O10", "consent-by-conduct", wordsFile, "{#cookies-by-browsing}", ""},
	}...)
	checkPack(t, "stonebeck", strings.Fields("X11 X12 X13 X14 X15 O1 O2 O5 O6 O7 O8 O9 O10 O11 O12 O16 O26 O30"), faults, []unfound{
		{"X14", wordsFile, "chose to accept cookies", "that a cookie remembers a choice which browsing never leaves to make is not looked for"},
	})
}
