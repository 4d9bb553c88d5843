package pack_test

import (
	"testing"
	"unicode/utf8"

	"tenet/internal/pack"
)

func TestLabel(t *testing.T) {
	for name, want := range map[string]string{
		"ni_no":          "NI number",
		"nino":           "NI number",
		"rent_entry":     "Rent entry",
		"tenancy_ref":    "Tenancy reference",
		"TENANT_REF":     "Tenant reference",
		"dob":            "Date of birth",
		"DateOfBirth":    "Date of birth",
		"InvoiceDate":    "Invoice date",
		"UPRNCode":       "UPRN code",
		"nhsNo":          "NHS number",
		"house_no":       "House number",
		"no_of_beds":     "Number of beds",
		"no_contact":     "No contact",
		"no":             "No",
		"amount_pence":   "Amount (pence)",
		"addr1":          "Addr1",
		"address_line_1": "Address line 1",
		"dbo.Case Notes": "Dbo case notes",
		"created_at":     "Created at",
		"person_id":      "Person ID",
		"postcode":       "Postcode",
		"école_no":       "École number",
		"":               "",
		"__":             "__",
	} {
		if got := pack.Label(name); got != want {
			t.Errorf("Label(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzLabel(f *testing.F) {
	for _, s := range []string{"ni_no", "A", "aB", "\xff", "_pence", "ß_x", "ǆ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if got := pack.Label(name); (got == "") != (name == "") || utf8.ValidString(name) && !utf8.ValidString(got) {
			t.Errorf("Label(%q) = %q", name, got)
		}
	})
}
