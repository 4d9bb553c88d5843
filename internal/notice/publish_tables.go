package notice

import (
	"slices"
	"strconv"
	"strings"
)

// pageTable is plain text throughout.
type pageTable struct {
	ID, Title string
	Head      []string
	Rows      [][]pageCell
	Foreign   Language // of what the folder says, where it is another than the page's
}

// pageCell is what a cell says: a phrase of ours, in the language that is published in,
// and after it what the folder says, in the language that it is written in.
type pageCell struct {
	Phrase, Words string
}

// String is the cell's text.
func (c pageCell) String() string { return c.Phrase + c.Words }

func phrase(s string) pageCell { return pageCell{Phrase: s} }
func own(s string) pageCell    { return pageCell{Words: s} }

// tables makes the tables of a published notice.
type tables struct {
	n       *Notice
	say     map[string]string
	foreign Language // see pageTable
}

func (t tables) table(id string, heads ...string) pageTable {
	out := pageTable{ID: id, Title: t.say[id], Foreign: t.foreign}
	for _, h := range heads {
		out.Head = append(out.Head, t.say[h])
	}
	return out
}

func (t tables) categories(ids []ID) string {
	var titles []string
	for _, id := range ids {
		c, _ := t.n.Data.Category(id)
		titles = append(titles, c.Title)
	}
	return strings.Join(titles, "; ")
}

func (t tables) purposes() pageTable {
	out := t.table("purposes", "purpose", "data", "basis")
	for _, u := range t.n.Uses.Uses {
		basis := t.say["basis-none"]
		if u.Basis != "" {
			basis = t.say["basis-"+string(u.Basis)] + " (" + u.Basis.Cite() + ")"
		}
		more := ""
		for _, x := range append([]string{u.Law, u.Interest}, t.n.conditions(u, u.Categories)...) {
			if x != "" {
				more += ". " + strings.TrimSuffix(x, ".")
			}
		}
		out.Rows = append(out.Rows, []pageCell{own(u.Purpose), own(t.categories(u.Categories)), {basis, more}})
	}
	return out
}

func (t tables) recipients() pageTable {
	out := t.table("recipients", "who", "what", "when", "basis")
	for _, r := range t.n.Sharing.Rules {
		to, _ := byID(t.n.Sharing.Recipients, r.To, func(r Recipient) ID { return r.ID })
		basis := ""
		if r.Basis != "" {
			basis = t.say["basis-"+string(r.Basis)]
		}
		out.Rows = append(out.Rows, []pageCell{own(to.Title), own(r.Says), phrase(t.say["when-"+string(r.When)]), phrase(basis)})
	}
	return out
}

func (t tables) keeping() pageTable {
	out := t.table("keeping", "what", "how-long", "from-when", "then")
	out.Head[0] = t.say["data"]
	for _, k := range t.n.Keeping.Rules {
		from := ""
		if trigger, ok := t.n.Keeping.Trigger(k.Trigger); ok {
			from = trigger.Title
		} else if before, ok := t.n.Keeping.Rule(k.After); ok {
			from = before.Title
		}
		out.Rows = append(out.Rows, []pageCell{own(t.n.keptAs(k)), phrase(t.period(string(k.Period))), own(from), phrase(t.say["action-"+string(k.Action)])})
	}
	return out
}

func (t tables) rights() pageTable {
	out := t.table("rights", "right", "answered", "how-to-ask")
	for _, r := range t.n.Rights.Rights {
		answered := t.say["clock-law"]
		if c := r.Clock; c != nil {
			answered = t.clock(*c)
		}
		var ways []string
		for _, id := range r.Channels {
			c, _ := byID(t.n.Rights.Channels, id, func(c Channel) ID { return c.ID })
			ways = append(ways, c.Title)
		}
		out.Rows = append(out.Rows, []pageCell{own(r.Title + ". " + r.Says), phrase(answered), own(strings.Join(ways, "; "))})
	}
	return out
}

func (t tables) cookies() pageTable {
	out := t.table("cookies", "cookie", "what-it-does", "lasts")
	for _, c := range t.n.Web.Cookies {
		lasts := string(c.Lasts)
		switch {
		case lasts == "session":
			lasts = t.say["session"]
		case lasts == "never":
			lasts = t.say["never-ends"]
		default:
			lasts = t.period(lasts)
		}
		out.Rows = append(out.Rows, []pageCell{own(c.Name), own(c.Purpose), phrase(lasts)})
	}
	return out
}

func (t tables) complaints(day Date) pageTable {
	out := t.table("complaints", "step", "what-it-does", "reach")
	for _, s := range t.n.Rights.Complaints {
		reach := ""
		if c, ok := t.n.contact(s.Contact); ok {
			reach = joined(string(c.Email), string(c.Phone), c.Address)
		}
		if r, ok := byID(t.n.Landlord.Regulators, s.Regulator, func(r Regulator) ID { return r.ID }); ok {
			name := r.On(day)
			reach = joined(name.Name, string(name.Web), string(name.Phone), name.Address)
		}
		out.Rows = append(out.Rows, []pageCell{own(s.Title), own(s.Says), own(reach)})
	}
	return out
}

func (t tables) contacts() pageTable {
	out := t.table("contacts", "who", "email", "phone", "address", "hours")
	for _, c := range t.n.Landlord.Contacts {
		out.Rows = append(out.Rows, []pageCell{own(c.Who), own(string(c.Email)), own(string(c.Phone)), own(c.Address), own(c.Hours)})
	}
	return out
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// count says a number of something: "6 years".
func (t tables) count(n int, one, many string) string {
	if n == 1 {
		return t.say[one]
	}
	return strings.ReplaceAll(t.say[many], "{n}", strconv.Itoa(n))
}

func (t tables) clock(c Clock) string {
	switch c.Unit {
	case Hours:
		return t.count(c.Count, "hour", "hours-count")
	case WorkingDays:
		return t.count(c.Count, "working-day", "working-days")
	case Months:
		return t.count(c.Count, "month", "months")
	}
	return t.count(c.Count, "day", "days")
}

// period says an ISO 8601 period, hours and minutes included.
func (t tables) period(p string) string {
	if rest, ok := strings.CutPrefix(p, "PT"); ok && rest != "" {
		n, _ := strconv.Atoi(rest[:len(rest)-1]) // the loader let only digits and a letter through
		if strings.HasSuffix(rest, "M") {
			return t.count(n, "minutes", "minutes")
		}
		return t.count(n, "hour", "hours-count")
	}
	years, months, days := Period(p).Parts()
	var parts []string
	if years > 0 {
		parts = append(parts, t.count(years, "year", "years"))
	}
	if months > 0 {
		parts = append(parts, t.count(months, "month", "months"))
	}
	if days > 0 {
		parts = append(parts, t.count(days, "day", "days"))
	}
	return strings.Join(parts, " "+t.say["and"]+" ")
}

// day says a date in words: "1 July 2026". What is no date is said as it stands.
func (t tables) day(d Date) string {
	year, rest, _ := strings.Cut(string(d), "-")
	month, day, ok := strings.Cut(rest, "-")
	n, err := strconv.Atoi(day)
	if name := t.say["month-"+month]; ok && err == nil && name != "" {
		return strconv.Itoa(n) + " " + name + " " + year
	}
	return string(d)
}
