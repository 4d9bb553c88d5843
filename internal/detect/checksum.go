package detect

// luhn reports whether the digits pass the check of ISO/IEC 7812 that payment card numbers carry.
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// mod97 reports whether an IBAN in capitals without spaces passes the check of ISO 13616.
func mod97(iban []byte) bool {
	if len(iban) < 5 {
		return false
	}
	rest := 0
	for i := range iban {
		switch c := iban[(i+4)%len(iban)]; {
		case '0' <= c && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case 'A' <= c && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}
