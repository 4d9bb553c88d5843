package demo

import (
	"fmt"
	"strings"
	"time"
)

// castHomes is how many homes the cast live in.
const castHomes = 5

// players are the cast as they are known outside their files. The keys of
// their rows are added when those are written.
func players() []Person {
	return []Person{
		{Member: Star, Forename: "Marta", Surname: "Kowalczyk", DOB: "1979-03-14", NINO: "JX482917B", Email: "marta.kowalczyk@example.org",
			Mobile: "07700 900142", HomePhone: "020 7946 0142", Ref: "LKF-104417", Former: "LKF-088203", Address: "Flat 14, Heron Court", Postcode: "LN30 4HD"},
		{Member: Joint, Forename: "Tomasz", Surname: "Kowalczyk", DOB: "1976-11-02", NINO: "JX518834C", Email: "tomasz.k@example.net",
			Mobile: "07700 900187", Ref: "LKF-104417", Address: "Flat 14, Heron Court", Postcode: "LN30 4HD"},
		{Member: AdultChild, Forename: "Zofia", Surname: "Kowalczyk", DOB: "2003-06-21", NINO: "SK730195A", Email: "zofia.kowalczyk@example.com",
			Mobile: "07700 900233", Address: "Flat 14, Heron Court", Postcode: "LN30 4HD"},
		{Member: YoungChild, Forename: "Oskar", Surname: "Kowalczyk", DOB: "2017-02-09", Address: "Flat 14, Heron Court", Postcode: "LN30 4HD"},
		{Member: Neighbour, Forename: "Delroy", Surname: "Pinnock", DOB: "1958-09-30", NINO: "WL204476D", Email: "delroy.pinnock@example.com",
			Mobile: "07700 900318", Ref: "LKF-097730", Address: "Flat 16, Heron Court", Postcode: "LN30 4HD"},
		{Member: Witness, Forename: "Bronwen", Surname: "Pugh", DOB: "1971-12-05", NINO: "PE661028A", Email: "bronwen.pugh@example.org",
			Mobile: "07700 900355", Ref: "LKF-112046", Address: "Flat 15, Heron Court", Postcode: "LN30 4HD"},
		{Member: Predecessor, Forename: "Abdirahman", Surname: "Jimale", DOB: "1965-01-17", NINO: "RN390652C", Email: "a.jimale@example.net",
			Mobile: "07700 900402", Ref: "LKF-061187", Address: "Flat 14, Heron Court", Postcode: "LN30 4HD"},
		{Member: Namesake, Forename: "Marta", Surname: "Kowalczyk", DOB: "1991-08-02", NINO: "TB847203D", Email: "mkowalczyk91@example.net",
			Mobile: "07700 900467", Ref: "LKF-131902", Address: "3 Mallard Row", Postcode: "LN30 2WA"},
		{Member: Successor, Forename: "Olena", Surname: "Hrytsenko", DOB: "1984-04-11", NINO: "CE115937B", Email: "olena.h@example.org",
			Mobile: "07700 900566", Ref: "LKF-109655", Address: "Flat 2, Teal House", Postcode: "LN30 7TR"},
		{Member: NextOfKin, Forename: "Agnieszka", Surname: "Sobczak", Email: "agnieszka.sobczak@example.com", Mobile: "07700 900514"},
		{Member: Officer, Forename: "Farida", Surname: "Choudhury", Email: "farida.choudhury@larkfield.example", Mobile: "01632 960021"},
		{Member: Manager, Forename: "Gareth", Surname: "Ellingham", Email: "gareth.ellingham@larkfield.example", Mobile: "01632 960022"},
	}
}

// castWriter writes the cast's story.
type castWriter struct {
	*builder
	id                                       map[Member]int64 // of person, staff or contact
	flat14, flat15, flat16, teal2, mallard3  int64            // properties
	now, former, before14, at15, at16, after castTenancy
	names                                    castTenancy // the namesake's
}

type castTenancy struct {
	id, account, household, home int64
	holders                      []Member
}

// claims is whose a row below the tenancy is: its one holder's, or shared by all.
func (t castTenancy) claims() []claim {
	if len(t.holders) == 1 {
		return []claim{self(t.holders[0])}
	}
	out := []claim{shared(t.holders[0], "subject")}
	for _, m := range t.holders[1:] {
		out = append(out, shared(m, "joint"))
	}
	return out
}

// cast writes everything about the cast.
func (b *builder) cast() {
	c := &castWriter{builder: b, id: map[Member]int64{}}
	c.people()
	c.homes()
	c.household()
	c.rents()
	c.repairs()
	c.caseFile()
	c.caseNotes()
	c.papers()
	c.messages()
	b.world.Phrases = phrases(b.players()).in(b.ours)
}

// on is a day of the story, moved with Today.
func (c *castWriter) on(y int, m time.Month, d int) time.Time { return day(y, m, d).Add(c.shift) }

func (c *castWriter) who(m Member) Person { return c.world.Cast[m] }

func (c *castWriter) party(m Member) address {
	p := c.who(m)
	return address{p.Name, p.Email}
}

// enrol says which row one of the cast is.
func (c *castWriter) enrol(p Person, table, column string, id int64) {
	p.Name = p.Forename + " " + p.Surname
	p.Table, p.Key = table, map[string]string{column: fmt.Sprint(id)}
	c.id[p.Member] = id
	c.world.Cast[p.Member] = p
}

func (c *castWriter) people() {
	more := map[Member]row{
		Star: {"title": "Mrs", "gender": "F", "known_as": "Martha", "ethnicity": "White: Polish", "preferred_language": "Polish",
			"disability_notes": "Rheumatoid arthritis, diagnosed 2019; lever taps and a perching stool fitted."},
		Joint:       {"title": "Mr", "gender": "M", "ethnicity": "White: Polish", "preferred_language": "Polish", "disability_notes": "Back injury at work, claims PIP."},
		AdultChild:  {"title": "Miss", "gender": "F", "ethnicity": "White: Polish", "preferred_language": "English"},
		Neighbour:   {"title": "Mr", "gender": "M", "ethnicity": "Black, Black British, Caribbean", "preferred_language": "English", "disability_notes": "Tinnitus."},
		Witness:     {"title": "Ms", "gender": "F", "ethnicity": "White: Welsh", "preferred_language": "Welsh"},
		Predecessor: {"title": "Mr", "gender": "M", "ethnicity": "Black, Black British, African: Somali", "preferred_language": "Somali", "interpreter_needed": "Y"},
		Namesake:    {"title": "Ms", "gender": "F", "ethnicity": "White: Polish", "preferred_language": "English"},
		Successor:   {"title": "Ms", "gender": "F", "ethnicity": "White: Ukrainian", "preferred_language": "Ukrainian"},
	}
	traps := map[Member][]claim{
		Namesake:    {trap(Star, "same forename and surname; date of birth, NI number and reference differ")},
		Predecessor: {trap(Star, "had the same flat before her"), trap(Joint, "had the same flat before him")},
		Star:        {trap(Namesake, "same forename and surname; date of birth, NI number and reference differ")},
	}
	for _, p := range c.players() {
		r := more[p.Member]
		switch {
		case r != nil:
			r["forename"], r["surname"], r["dob"], r["nino"], r["email"], r["mobile"] = p.Forename, p.Surname, p.DOB, p.NINO, p.Email, p.Mobile
			if p.HomePhone != "" {
				r["home_phone"] = p.HomePhone
			}
			r["created_on"] = iso(c.on(2016, 9, 1))
			c.enrol(p, "person", "person_id", c.insert("person", r, append(traps[p.Member], self(p.Member))...))
		case p.Member == Officer || p.Member == Manager:
			title := map[Member]string{Officer: "Housing Officer", Manager: "Anti-social Behaviour Manager"}[p.Member]
			login, _, _ := strings.Cut(p.Email, "@")
			c.enrol(p, "staff", "staff_id", c.newStaff(staffMember{p.Forename, p.Surname, title, login, p.Mobile, nil}, self(p.Member)))
		default: // the young child and the sister have rows of other tables
			p.Name = p.Forename + " " + p.Surname
			c.world.Cast[p.Member] = p
		}
	}
}

// homes writes the five homes and the seven tenancies.
func (c *castWriter) homes() {
	property := func(n int, line1, line2, postcode, kind string, block any, residents ...Member) int64 {
		var claims []claim
		for _, m := range residents {
			claims = append(claims, reference(m))
		}
		return c.insert("property", row{"uprn": fmt.Sprintf("90%010d", n), "address_line_1": line1, "address_line_2": line2, "town": "Ottermere",
			"postcode": postcode, "block_id": block, "property_type": kind, "bedrooms": 3, "void_status": "L"}, claims...)
	}
	heron := c.heronCourt()
	teal := c.insert("block", row{"name": "Teal House", "town": "Ottermere", "postcode": "LN30 7TR", "lift": "N", "fire_strategy": "Stay put"})
	c.flat14 = property(14, "Flat 14", "Heron Court", "LN30 4HD", "Flat", heron, Star, Joint, AdultChild, Predecessor)
	c.flat15 = property(15, "Flat 15", "Heron Court", "LN30 4HD", "Flat", heron, Witness)
	c.flat16 = property(16, "Flat 16", "Heron Court", "LN30 4HD", "Flat", heron, Neighbour)
	c.teal2 = property(102, "Flat 2", "Teal House", "LN30 7TR", "Flat", teal, Star, Successor)
	c.mallard3 = property(203, "3 Mallard Row", "", "LN30 2WA", "House", nil, Namesake)

	none := time.Time{}
	c.before14 = c.let(c.flat14, "LKF-061187", "SEC", c.on(2009, 5, 11), c.on(2016, 8, 28), Predecessor)
	c.former = c.let(c.teal2, "LKF-088203", "ASS", c.on(2011, 10, 3), c.on(2016, 9, 18), Star)
	c.now = c.let(c.flat14, "LKF-104417", "ASS", c.on(2016, 9, 12), none, Star, Joint)
	c.after = c.let(c.teal2, "LKF-109655", "ASS", c.on(2016, 10, 31), none, Successor)
	c.at16 = c.let(c.flat16, "LKF-097730", "SEC", c.on(2013, 2, 4), none, Neighbour)
	c.at15 = c.let(c.flat15, "LKF-112046", "ASS", c.on(2018, 6, 25), none, Witness)
	c.names = c.let(c.mallard3, "LKF-131902", "AST", c.on(2021, 5, 17), none, Namesake)
}

// heronCourt is the block of the star's flat and of the crowd's first homes.
func (b *builder) heronCourt() int64 {
	if b.heron == 0 {
		b.heron = b.insert("block", row{"name": "Heron Court", "town": "Ottermere", "postcode": "LN30 4HD", "lift": "Y", "fire_strategy": "Stay put"})
	}
	return b.heron
}

// let writes a tenancy with its parties, its account, its household and the
// first charge.
func (c *castWriter) let(home int64, ref, kind string, from, until time.Time, holders ...Member) castTenancy {
	t := castTenancy{home: home, holders: holders}
	r := row{"tenancy_ref": ref, "property_id": home, "type_code": kind, "start_date": iso(from)}
	end := any(nil)
	if !until.IsZero() {
		end = iso(until)
		r["end_date"], r["end_reason"] = end, "Transfer"
	}
	about := t.claims()
	occupier := func(claims []claim) []claim { // of the star's flat alone
		if len(holders) < 2 {
			return claims
		}
		return append(claims, whose(AdultChild, "household", Reference))
	}
	t.id = c.insert("tenancy", r, occupier(about)...)
	for i, m := range holders {
		claims := []claim{selfAs(m, []string{"subject", "joint"}[i])}
		for _, o := range holders {
			if o != m {
				claims = append(claims, whose(o, "joint", Shared, Other).because("who holds the tenancy with them"))
			}
		}
		c.insert("tenancy_party", row{"tenancy_id": t.id, "person_id": c.id[m], "role_code": string("TJ"[i]), "start_date": iso(from), "end_date": end}, claims...)
	}
	t.account = c.insert("rent_account", row{"tenancy_id": t.id, "account_ref": "7" + ref[4:], "balance": "0.00", "pay_method": "Direct debit"}, about...)
	t.household = c.insert("household", row{"tenancy_id": t.id, "household_type": "Family", "declared_on": iso(from)}, occupier(about)...)
	for i, m := range holders {
		p := c.who(m)
		claims := []claim{selfAs(m, []string{"subject", "joint"}[i])}
		for _, o := range holders {
			if o != m {
				claims = append(claims, whose(o, "household", Shared, Other))
			}
		}
		c.insert("household_member", row{"household_id": t.household, "person_id": c.id[m], "forename": p.Forename, "surname": p.Surname, "dob": p.DOB,
			"relationship": []string{"Tenant", "Joint tenant"}[i], "moved_in": iso(from)}, claims...)
	}
	c.insert("rent_entry", row{"account_id": t.account, "entry_date": iso(from), "entry_type": "CHG", "amount_pence": 11240, "description": "FIRST WEEK"}, about...)
	return t
}

// household writes who else lives in the star's flat.
func (c *castWriter) household() {
	parents := func() []claim {
		return []claim{whose(Star, "household", Shared, Other).because("a member of her household, not herself"), whose(Joint, "household", Shared, Other)}
	}
	z, o := c.who(AdultChild), c.who(YoungChild)
	moved := iso(c.on(2016, 9, 12))
	c.insert("tenancy_party", row{"tenancy_id": c.now.id, "person_id": c.id[AdultChild], "role_code": "O", "start_date": moved},
		append(parents(), selfAs(AdultChild, "household"))...)
	c.insert("household_member", row{"household_id": c.now.household, "person_id": c.id[AdultChild], "forename": z.Forename, "surname": z.Surname,
		"dob": z.DOB, "relationship": "Daughter", "moved_in": moved}, append(parents(), selfAs(AdultChild, "household"))...)
	id := c.insert("household_member", row{"household_id": c.now.household, "forename": o.Forename, "surname": o.Surname, "dob": o.DOB,
		"relationship": "Son", "moved_in": iso(c.on(2017, 2, 9))}, append(parents(), selfAs(YoungChild, "household"))...)
	c.enrol(o, "household_member", "member_id", id)

	k := c.who(NextOfKin)
	id = c.insert("contact", row{"person_id": c.id[Star], "contact_name": k.Name, "relationship": "Sister", "phone": k.Mobile, "email": k.Email,
		"notes": "Next of kin. Has a spare key."}, self(Star), mentioned(NextOfKin, "contact").because("her details, in her sister's file: to review"))
	c.enrol(k, "contact", "contact_id", id)
	c.insert("contact", row{"person_id": c.id[Neighbour], "contact_name": "Simone Pinnock", "relationship": "Daughter", "phone": "07700 900322"}, self(Neighbour))
	c.insert("contact", row{"person_id": c.id[Joint], "contact_name": "Rafał Gutowski", "relationship": "Support worker", "phone": "07700 900191"}, self(Joint))
}

// players are the cast as this landlord knows them.
func (b *builder) players() []Person {
	all := players()
	for i := range all {
		p := &all[i]
		for _, word := range []*string{&p.Forename, &p.Surname, &p.Email, &p.Ref, &p.Former, &p.Address, &p.Postcode} {
			*word = b.ours.Replace(*word)
		}
	}
	return all
}

func phrases(cast []Person) Phrases {
	who := map[Member]Person{}
	for _, p := range cast {
		who[p.Member] = p
	}
	of := func(m Member, what string, texts ...string) []Phrase {
		var out []Phrase
		for _, t := range texts {
			out = append(out, Phrase{Text: t, Member: m, What: what})
		}
		return out
	}
	var f Phrases
	s := who[Star]
	f.Always = append(of(Star, "identifier", s.Forename, s.Surname, "Martha", s.DOB, s.NINO, s.Email, s.Mobile, s.HomePhone, s.Ref, s.Former),
		of(Star, "her own words and file", "Rheumatoid arthritis, diagnosed 2019", "asked us to write in Polish", "the pen I signed with was blue",
			"lives with persistent fatigue")...)

	for _, m := range []Member{Neighbour, Witness, Predecessor, Successor} {
		f.Never = append(f.Never, of(m, "name", who[m].Forename, who[m].Surname)...)
	}
	for _, m := range []Member{Neighbour, Witness, Predecessor, Successor, Namesake} {
		f.Never = append(f.Never, of(m, "identifier", who[m].DOB, who[m].NINO, who[m].Email, who[m].Mobile, who[m].Ref)...)
	}
	for _, m := range []Member{Joint, AdultChild} {
		f.Never = append(f.Never, of(m, "identifier", who[m].NINO, who[m].Email, who[m].Mobile)...)
	}
	f.Never = append(f.Never, of(Namesake, "address", who[Namesake].Address, who[Namesake].Postcode)...)
	f.Never = append(f.Never, of(AdultChild, "payer's details", "ZOFIA KOW SAVER 7741")...)
	f.Never = append(f.Never, of(Joint, "note on the joint tenant alone", "counselling on Wednesday evenings", "gambling debt", "Rafał Gutowski", "07700 900191",
		"crushed two fingers at the depot")...)
	f.Never = append(f.Never, of(Neighbour, "his own file", "Simone", "07700 900322", "tinnitus keeps him awake")...)
	f.Never = append(f.Never, of(Predecessor, "his own file", "left owing for a cooker")...)
	f.Never = append(f.Never, of(Namesake, "her own file", "lost her job at the bakery", "school run to St Brannoc's")...)
	f.Never = append(f.Never, of(Manager, "privileged advice", "no better than two in five")...)

	f.Decide = append(of(Joint, "name", who[Joint].Forename), of(AdultChild, "name", who[AdultChild].Forename)...)
	f.Decide = append(f.Decide, of(YoungChild, "name", who[YoungChild].Forename)...)
	f.Decide = append(f.Decide, of(NextOfKin, "supplied by the star", "Agnieszka", "Sobczak", who[NextOfKin].Email, who[NextOfKin].Mobile)...)
	f.Decide = append(f.Decide, of(Officer, "name of staff", "Farida", "Choudhury", who[Officer].Email)...)
	f.Decide = append(f.Decide, of(Manager, "name of staff", "Gareth", "Ellingham", who[Manager].Email)...)
	f.Hints = append(of(Neighbour, "address", "Flat 16"), of(Neighbour, "description", "gentleman directly above", "the retired bus driver")...)
	f.Hints = append(f.Hints, of(Witness, "address", "Flat 15")...)
	return f
}
