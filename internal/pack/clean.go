package pack

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tenet/internal/notice"
)

// Clean makes text that someone else wrote safe to show, and the same in every
// file: what is not UTF-8, and control characters, become U+FFFD; line breaks
// of all kinds become a line feed; and characters that are not seen, but change
// how others are read or hide within a word, are taken out (Unicode's
// directional embeddings, overrides and isolates, zero-width spaces and byte
// order marks). Directional marks and joiners stay: scripts need them.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
			return '\n'
		case unseen(r):
			return -1
		case r < ' ' && r != '\n' && r != '\t', r >= 0x7F && r <= 0x9F, r >= 0xFFFE && r <= 0xFFFF:
			return utf8.RuneError
		}
		return r
	}, s)
}

// unseen are the characters that Clean takes out.
func unseen(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069: // directional
	case r == 0x200B, r == 0x2060, r == 0xFEFF, r == 0x00AD, r == 0x180E: // of no width
	case r >= 0xE0000 && r <= 0xE007F: // tags
	default:
		return false
	}
	return true
}

// plain says that there is nothing to clean, which is nearly always so.
func plain(s string) bool {
	for i := range len(s) {
		if b := s[i]; b >= 0x7F || b < ' ' && b != '\n' && b != '\t' {
			return false
		}
	}
	return true
}

// line is Clean for what stands on one line.
func line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

func lines(in []string) []string {
	out := slices.Clone(in)
	for i := range out {
		out[i] = line(out[i])
	}
	return out
}

func cleanContact(c notice.Contact) notice.Contact {
	return notice.Contact{ID: c.ID, Who: line(c.Who), DPO: c.DPO, Email: notice.Email(line(string(c.Email))),
		Phone: notice.Phone(line(string(c.Phone))), Address: line(c.Address), Hours: line(c.Hours)}
}
