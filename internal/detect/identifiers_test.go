package detect

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Identifiers as people really write them.
func TestHardIdentifiers(t *testing.T) {
	for text, want := range map[string][]string{
		"ASB log, case ASB/24/0193\n01/06 23:40":            {"REFERENCE ASB/24/0193"},
		"Job WO-558210.":                                    {"REFERENCE WO-558210"},
		"case 7 of 10":                                      nil,
		"09/06 CT seen; 23:05 two males by gate":            nil,
		"licence MORGA 657054 SM9IJ":                        {"DRIVING_LICENCE MORGA 657054 SM9IJ"},
		"driving licence no. morga657054sm9ij and":          {"DRIVING_LICENCE morga657054sm9ij"},
		"passport number 123 456 789":                       {"PASSPORT 123 456 789"},
		"passport AB1234567":                                {"PASSPORT AB1234567"},
		"his passport no is EA 1234567":                     {"PASSPORT EA 1234567"},
		"reg ABC 123A":                                      {"VEHICLE ABC 123A"},
		"van ABZ 1234":                                      {"VEHICLE ABZ 1234"},
		"GB29-NWBK-6016-1331-9268-19":                       {"IBAN GB29-NWBK-6016-1331-9268-19"},
		"s/c 20 45 77 acc 3192 6819":                        {"SORT_CODE 20 45 77", "ACCOUNT 3192 6819"},
		"account number is 12345678, sort code is 11-22-33": {"ACCOUNT 12345678", "SORT_CODE 11-22-33"},
		"dob 140385":                                        {"DATE_OF_BIRTH 140385"},
		"CHI no 0101999999":                                 {"NHS 0101999999"},
		"NHS number: 943 476 5919 phone 0161 496 0234":      {"NHS 943 476 5919", "PHONE 0161 496 0234"},
		"71 Quayside, HU1 2AB":                              {"ADDRESS 71 Quayside", "POSTCODE HU1 2AB"},
		"3 Wharf Cottages":                                  {"ADDRESS 3 Wharf Cottages"},
		"bank a/c 31926819 and card 4111-1111-1111-1111":    {"ACCOUNT 31926819", "CARD 4111-1111-1111-1111"},
		"UPRN-100023336956":                                 {"UPRN 100023336956"},
		"07700900123/07700900124":                           {"PHONE 07700900123", "PHONE 07700900124"},
	} {
		if diff := cmp.Diff(want, found(Detector{NoNames: true}.Detect(text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
