package pack

import (
	"strings"
	"unicode"
)

// short is what the abbreviations of column names stand for. In a label they
// stand in small letters unless they are written here otherwise.
var short = map[string]string{
	"addr": "address", "amt": "amount", "asb": "ASB", "bic": "BIC", "cd": "code", "cust": "customer",
	"desc": "description", "dob": "date of birth", "dod": "date of death", "dt": "date", "epc": "EPC",
	"fname": "first name", "gp": "GP", "iban": "IBAN", "id": "ID", "ip": "IP", "lname": "last name",
	"nhs": "NHS", "ni": "NI", "nino": "NI number", "num": "number", "pcode": "postcode", "qty": "quantity",
	"ref": "reference", "sms": "SMS", "tel": "telephone", "ts": "time", "uprn": "UPRN", "uri": "URI", "url": "URL",
	"vat": "VAT",
}

// Label makes words of a column's or table's name: "ni_no" is "NI number",
// "rent_entry" is "Rent entry", "InvoiceDate" is "Invoice date". A name that it
// cannot improve comes back as it is.
func Label(name string) string {
	words := split(name)
	if len(words) == 0 {
		return name
	}
	unit := ""
	if last := words[len(words)-1]; len(words) > 1 && (last == "pence" || last == "gbp") {
		unit = map[string]string{"pence": " (pence)", "gbp": " (£)"}[last]
		words = words[:len(words)-1]
	}
	for i, w := range words {
		switch long, ok := short[w]; {
		case ok:
			words[i] = long
		// "no" is a number in "house_no" and "no_of_beds", and no in "no_contact".
		case w == "no" && len(words) > 1 && (i == len(words)-1 || words[i+1] == "of"):
			words[i] = "number"
		}
	}
	s := strings.Join(words, " ") + unit
	first := []rune(s)
	first[0] = unicode.ToUpper(first[0])
	return string(first)
}

// split cuts a name into words in small letters: at marks, and where the case
// changes, as in rentAccount and UPRNCode.
func split(name string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	rs := []rune(name)
	for i, r := range rs {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(rs[i-1]) ||
			unicode.IsUpper(rs[i-1]) && i+1 < len(rs) && unicode.IsLower(rs[i+1])):
			end()
		}
		word = append(word, r)
	}
	end()
	return words
}
