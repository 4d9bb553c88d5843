package notice

import (
	"strings"
	"testing"
)

func TestHarbourside(t *testing.T) {
	var faults []fault
	// Not of what is kept for a client alone, whose agreement gives the period.
	for _, category := range strings.Fields("identity contact-details household employment ethnicity health repairs call-recordings web-forms web-visits") {
		faults = append(faults, fault{"O7", "category-without-retention", dataFile, "id: " + category, ID(category)})
	}
	for _, use := range strings.Fields("record-calls run-websites") {
		faults = append(faults, fault{"", "use-without-basis", usesFile, "id: " + use, ID(use)})
	}
	for _, use := range strings.Fields("landlords-duties equality profile-statistics") {
		faults = append(faults, fault{"", "use-without-law", usesFile, "id: " + use, ID(use)})
	}
	for _, use := range strings.Fields("fit-services equality profile-statistics") {
		faults = append(faults, fault{"", "special-without-condition", usesFile, "id: " + use, ID(use)})
	}
	for _, rule := range strings.Fields("crime-or-fraud benefits harm") {
		faults = append(faults, fault{"", "sharing-without-basis", sharingFile, "id: " + rule, ID(rule)})
	}
	for _, rule := range strings.Fields("duty-in-law figures") {
		faults = append(faults, fault{"", "sharing-without-law", sharingFile, "id: " + rule, ID(rule)})
	}
	for _, right := range []Regime{Erasure, Restriction, Objection, Portability} {
		faults = append(faults, fault{"O7", "right-missing", rightsFile, "", ID(right)})
	}
	for _, client := range strings.Fields("lantern-row netmakers-yard tidewater") {
		faults = append(faults, fault{"", "client-without-end", landlordFile, "id: " + client, ID(client)})
	}
	faults = append(faults, []fault{
		{"", "officer-missing", landlordFile, "", ""},
		{"O4", "repealed-law", landlordFile, "says: GDPR", ""},
		{"O16", "stairs-missing", landlordFile, "id: lantern-row", ""},
		{"O16", "stairs-missing", landlordFile, "id: netmakers-yard", ""},
		{"X9", "agent-without-client", usesFile, "id: act-on-consent", ""},
		{"X8", "consent-not-the-persons", usesFile, "by: landlord", ""},
		{"X10", "only-as-given-broken", usesFile, "decides: admin", ""},
		{"", "recipient-open-ended", sharingFile, "id: other-parties", ""},
		{"O26", "recognised-interest-available", sharingFile, "id: crime-or-fraud", ""},
		{"O6", "complaint-form-missing", rightsFile, "right: dp-complaint", ""},
		{"O6", "complaint-clock-missing", rightsFile, "title: First", ""},
		{"O5", "clock-not-told", rightsFile, "right: access", ""},
		{"X6", "limit-without-law", rightsFile, "promise: access-only-if", ""},
		{"O29", "limit-without-law", rightsFile, "promise: not-if-law-says-hold", ""},
		{"", "recording-without-retention", recordsFile, "id: calls", ""},
		{"O5", "extension-not-told", wordsFile, "", ""},
		{"O7", "obligation-not-told", wordsFile, "", ""},
		{"O7", "retention-not-told", wordsFile, "", ""},
		{"O7", "transfers-not-told", wordsFile, "", ""},
		{"O4", "repealed-law", wordsFile, "{#on-the-register}", ""},
		{"O25", "outdated-wording", wordsFile, "{#on-the-register}", ""},
		{"X10", "claims-contradict", wordsFile, "{#service-alone}", ""},
		{"X8", "consent-not-the-persons", wordsFile, "{#bases-named}", ""},
		{"X8", "consent-not-the-persons", wordsFile, "{#take-consent-back}", ""},
		{"", "recipient-open-ended", wordsFile, "{#shared-with-others}", ""},
		{"X6", "access-narrowed", wordsFile, "{#access-only-if}", ""},
		{"O20", "outdated-wording", wordsFile, "{#access-only-if}", ""},
		{"O29", "access-narrowed", wordsFile, "{#not-if-law-says-hold}", ""},
		{"O8", "cookies-not-listed", wordsFile, "{#cookies-count-visitors}", ""},
		{"", "consent-by-conduct", webFile, "cookie-choice:", ""},
		{"O8", "cookie-refusal-hard", webFile, "cookie-choice:", ""},
		{"X7", "claims-contradict", wordsFile, "{#cookies-leave-a-trail}", ""},
		{"O17", "regulator-details-stale", wordsFile, "casework@", ""},
	}...)
	checkPack(t, "harbourside", strings.Fields("X6 X7 X8 X9 X10 O4 O5 O6 O7 O8 O16 O17 O20 O25 O26 O29"), faults, []unfound{
		{"X9", wordsFile, "{#act-for-landlords}", "the words name no client and do not say who decides; only the names of controllers are looked for in them"},
	})
}
