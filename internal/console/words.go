package console

// Whose a record is, in the words a caseworker uses.
var whose = map[string]struct{ words, tag string }{
	"self":      {"This person's own", "green"},
	"shared":    {"Shared with others", "blue"},
	"mention":   {"Mentions this person", "yellow"},
	"reference": {"For context only", "grey"},
	"author":    {"Written by this person", "teal"},
	"other":     {"Someone else's", "red"},
}

// whoseOrder is the order to show them in.
var whoseOrder = []string{"self", "shared", "mention", "author", "reference", "other"}

func whoseWords(w string) string {
	if known, ok := whose[w]; ok {
		return known.words
	}
	return w
}

func whoseTag(w string) string {
	if known, ok := whose[w]; ok {
		return "govuk-tag--" + known.tag
	}
	return "govuk-tag--grey"
}

var roles = map[string]string{
	"subject":       "the record is about them",
	"joint":         "joint holder",
	"household":     "lives in the household",
	"reporter":      "told us of it",
	"reported":      "was reported",
	"witness":       "witness",
	"contact":       "someone to contact",
	"payer":         "paid",
	"author":        "wrote it, as staff",
	"correspondent": "sent or received it",
}

func roleWords(r string) string {
	if words, ok := roles[r]; ok {
		return words
	}
	return r
}
