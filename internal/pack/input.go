package pack

import (
	"tenet/internal/law"
	"tenet/internal/notice"
)

// Input is everything an answer says. Words in it are shown to the requester as
// they stand.
type Input struct {
	Reference string         // of the case; required
	Landlord  string         // its name; if empty, the one in Explanation
	Contact   notice.Contact // whom to ask about this answer; if zero, the officer in Explanation
	Person    string         // the requester's name; may be empty

	Received law.Date // when the request came; zero if not known
	Due      law.Date // zero if not known
	Working  []string // how Due was worked out, a step in each
	Searched law.Date // when the systems were searched; required

	Explanation notice.Article15
	Disclosures Disclosures

	Sources     []string // the systems that were searched, by name, whether or not they hold anything
	Items       []Item
	Withheld    []Withheld
	NotSearched []Gap // what was not, or not wholly, searched
	NotFollowed []Gap // what could be reached and was left alone, in words that give nobody away
}

// Disclosures are the actual recipients of the person's data: UK GDPR Article
// 15(1)(c), as far as a log knows them.
type Disclosures struct {
	LogFrom law.Date // the first day the log covers; zero if no log is kept
	Given   []Disclosure
}

// Disclosure is one time that data was given to someone.
type Disclosure struct {
	Recipient string
	Date      law.Date
	What      string
}

// Item is one record found: a row, a letter, a message.
type Item struct {
	ID       string // names it within this Input, is required, and is never shown or sorted by
	Source   string // the system's name
	Table    string // the table, folder or mailbox in it
	Title    string // what such a record is called: "Rent entries"; if empty, made from Table
	Category string // of the notice, by ID; may be empty
	Whose    string // in words: "yours", "shared with your joint tenant"
	Date     law.Date
	Fields   []Field // short values, in the order of the table
	Texts    []Field // long ones: a note, a letter; their line breaks are kept
	How      string  // how it was found, in words
	// Documents are clean copies of what the item is the text of.
	Documents []Document
}

// Field is one value of an item.
type Field struct {
	Name  string // the column's name
	Label string // what people call it; if empty, made by the function Label
	// Value is canonical text, as in rows.Value. Where it is a date or an instant,
	// the page says it in words.
	Value    string
	Withheld bool // Value is then left out of everything
	// Exemption is what a withheld value rests on, of package law, by ID; shown
	// where the value would be. It may be empty: the schedule says it too.
	Exemption string
	Note      string // said beside it: why it is not whole, or what a code means
}

// Withheld is one line of the schedule: that something was left out and why,
// without giving it away. What must be neither confirmed nor denied is not put
// here; the page says of every schedule that such things are not in it.
type Withheld struct {
	Item      string // the ID of the item it was in, or "" where the whole item is left out
	What      string // in neutral words, without a name or a length: "a name in a case note"
	Exemption string // of package law, by ID
	Reason    string
}

// Gap is something the answer does not cover.
type Gap struct {
	What string
	Why  string
}
