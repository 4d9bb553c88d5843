package demo

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

//go:embed notes.txt
var notesText string

// template is one note the crowd's officers may write.
type template struct{ needs, kind, words string }

func templates() []template {
	var out []template
	for _, line := range strings.Split(notesText, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, "|", 3)
		out = append(out, template{parts[0], parts[1], parts[2]})
	}
	return out
}

// soul is somebody of the crowd, with a row of person.
type soul struct {
	name
	id     int64
	email  string
	mobile string
	dob    time.Time
}

// tenants is what the next home remembers of this one: a neighbour.
type tenants struct {
	who  soul
	home int64
}

// crowd writes everyone who is not of the cast, one home after another. It
// keeps nothing of a home but the neighbour for the next one and the lines of
// the arrears list, of which there are at most arrearsMost.
type crowd struct {
	b           *builder
	r           *rand.Rand
	communities []community
	notes       []template
	mobiles     *phones
	landlines   *phones
	officers    []officer
	blocks      map[string]int64
	neighbour   *tenants
	arrears     [][]string
}

const (
	arrearsMost   = 400
	deathOfTenant = "Death of tenant"
)

type officer struct {
	id   int64
	name name
	mail string
}

func newCrowd(b *builder) *crowd {
	homes := b.world.Homes
	return &crowd{
		b: b, r: b.rng, communities: communities(), notes: templates(),
		mobiles:   newPhones(b.rng, "07700 900%03d", homes*3),
		landlines: newPhones(b.rng, "020 7946 0%03d", homes*3),
		blocks:    map[string]int64{},
	}
}

// staff writes the landlord's own people, the cast's two officers among them.
func (b *builder) staff(c *crowd) {
	lines := newPhones(c.r, "01632 960%03d", 30)
	lines.share = 1000
	jobs := []string{"Housing Officer", "Housing Officer", "Income Officer", "Income Officer", "Repairs Planner", "Surveyor",
		"Tenancy Sustainment Officer", "Customer Adviser", "Customer Adviser", "Lettings Officer", "Complaints Officer", "Caretaker"}
	for i := range 18 {
		n := pick(c.r, c.communities).name(c.r)
		login := asciiFold.Replace(strings.ToLower(n.forename+"."+n.surname)) + fmt.Sprint(i+1)
		left := any(nil)
		if i >= 15 {
			left = iso(b.before(60, 900))
		}
		id := b.newStaff(staffMember{n.forename, n.surname, jobs[i%len(jobs)], login, lines.next(c.r), left})
		c.officers = append(c.officers, officer{id, n, login + "@larkfield.example"})
	}
}

type staffMember struct {
	forename, surname, job, login string
	phone, left                   any
}

// newStaff writes a member of staff and their login.
func (b *builder) newStaff(s staffMember, claims ...claim) int64 {
	id := b.insert("staff", row{"first_name": s.forename, "last_name": s.surname, "job_title": s.job,
		"team": "Neighbourhoods", "work_email": s.login + "@larkfield.example", "work_phone": s.phone,
		"started_on": iso(b.before(1000, 5000)), "left_on": s.left}, claims...)
	b.insert("app_user", row{"staff_id": id, "login": s.login,
		"password_hash": b.hash(),
		"last_login":    iso(b.before(0, 30)) + " 08:47:00", "locked": "N"}, claims...)
	return id
}

// hash has the look of a password's bcrypt hash and is the hash of nothing.
func (b *builder) hash() string {
	const letters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	out := []byte("$2b$12$")
	for range 53 {
		out = append(out, letters[b.rng.IntN(len(letters))])
	}
	return string(out)
}

// insert writes a row, records what it is to the cast, and returns its number.
func (b *builder) insert(table string, r row, claims ...claim) int64 {
	id, key := b.db.insert(table, r)
	b.record(b.world.Database.Name, table, key, claims)
	return id
}

// before is a day from a to z days before today.
func (b *builder) before(a, z int) time.Time {
	return b.world.Today.AddDate(0, 0, -a-b.rng.IntN(z-a+1))
}

// block is the row of a block of flats, written when its first flat is.
func (c *crowd) block(p place) any {
	if p.block == "" {
		return nil
	}
	if p.block == starBlock {
		return c.b.heronCourt()
	}
	id, ok := c.blocks[p.block+p.postcode]
	if !ok {
		clear(c.blocks) // an estate's homes come one after another
		id = c.b.insert("block", row{"name": p.block, "town": p.town, "postcode": p.postcode, "lift": pick(c.r, []string{"Y", "N"}),
			"fire_strategy": "Stay put"})
		c.blocks[p.block+p.postcode] = id
	}
	return id
}

// person writes somebody born between the given ages ago, in years; died is the
// date of death, nil for the living.
func (c *crowd) person(com community, n name, youngest, oldest int, died any) soul {
	s := soul{name: n, dob: c.b.before(youngest*365, oldest*365)}
	r := row{"title": n.title, "forename": n.forename, "surname": n.surname, "dob": iso(s.dob), "nino": nino(c.r), "gender": n.gender,
		"ethnicity": com.ethnicity, "preferred_language": "English", "interpreter_needed": "N", "date_of_death": died, "created_on": iso(c.b.before(30, 4000))}
	if m, ok := c.mobiles.next(c.r).(string); ok {
		s.mobile, r["mobile"] = m, m
	}
	r["home_phone"] = c.landlines.next(c.r)
	if chance(c.r, 70) {
		s.email = fmt.Sprintf("%s%d@example.%s", asciiFold.Replace(strings.ToLower(n.forename+"."+n.surname)),
			c.b.db.tables["person"].last+1, pick(c.r, []string{"org", "com", "net"}))
		r["email"] = s.email
	}
	if chance(c.r, 40) {
		r["preferred_language"] = com.language
		if com.language != "English" && chance(c.r, 30) {
			r["interpreter_needed"] = "Y"
		}
	}
	if chance(c.r, 12) {
		r["disability_notes"] = pick(c.r, []string{"Uses a stick outdoors.", "Asthma.", "Type 2 diabetes, insulin kept in fridge.",
			"Anxiety, prefers text messages.", "Registered sight impaired; large print.", "Arthritis in both hands, lever taps fitted."})
	}
	s.id = c.b.insert("person", r)
	return s
}

// tenancy writes a tenancy with its holders, account and household.
type tenancyOf struct {
	id, account, household int64
	ref                    string
	balance                int
}

func (c *crowd) tenancy(home int64, from, until time.Time, reason any, holders ...soul) tenancyOf {
	t := tenancyOf{ref: fmt.Sprintf("LKF-%06d", 200000+c.b.db.tables["tenancy"].last)}
	end := any(nil)
	if !until.IsZero() {
		end = iso(until)
	}
	t.id = c.b.insert("tenancy", row{"tenancy_ref": t.ref, "property_id": home, "type_code": pick(c.r, []string{"ASS", "ASS", "SEC", "AST", "STA"}),
		"start_date": iso(from), "end_date": end, "end_reason": reason})
	for i, h := range holders {
		c.b.insert("tenancy_party", row{"tenancy_id": t.id, "person_id": h.id, "role_code": string("TJJ"[i]), "start_date": iso(from), "end_date": end})
	}
	if until.IsZero() && chance(c.r, 35) {
		t.balance = -c.r.IntN(90000)
	}
	t.account = c.b.insert("rent_account", row{"tenancy_id": t.id, "account_ref": "7" + t.ref[4:], "balance": pounds(t.balance),
		"pay_method": pick(c.r, []string{"Direct debit", "Card", "Universal Credit", "Cash point"})})
	if until.IsZero() {
		t.household = c.b.insert("household", row{"tenancy_id": t.id, "household_type": pick(c.r, []string{"Family", "Single", "Couple", "Sharers"}),
			"declared_on": iso(from)})
	}
	return t
}

func (c *crowd) member(t tenancyOf, id any, n name, dob time.Time, relationship string, from time.Time) {
	c.b.insert("household_member", row{"household_id": t.household, "person_id": id, "forename": n.forename, "surname": n.surname,
		"dob": iso(dob), "relationship": relationship, "moved_in": iso(from)})
}

// rent writes some months of charges and payments.
func (c *crowd) rent(t tenancyOf, payers []soul, until time.Time, months int) {
	charge := 38000 + c.r.IntN(24000)
	for m := months; m > 0; m-- {
		at := until.AddDate(0, -m, 0)
		c.b.insert("rent_entry", row{"account_id": t.account, "entry_date": iso(at), "entry_type": "CHG", "amount_pence": charge, "description": "RENT AND SERVICE CHARGE"})
		if chance(c.r, 8) {
			continue // a month missed
		}
		p := pick(c.r, payers)
		e := row{"account_id": t.account, "entry_date": iso(at.AddDate(0, 0, c.r.IntN(9))), "entry_type": "PAY", "amount_pence": -charge,
			"description": pick(c.r, []string{"DIRECT DEBIT", "CARD PAYMENT BY PHONE", "UC MANAGED PAYMENT", "PAYPOINT"})}
		if chance(c.r, 50) {
			e["payer_person_id"], e["payer_reference"] = p.id, bankName(p.name)
		}
		c.b.insert("rent_entry", e)
	}
}

// bankName is a payer as a bank writes them: capitals without accents.
func bankName(n name) string {
	plain := func(s string) string { return strings.ToUpper(asciiFold.Replace(strings.ToLower(s))) }
	return plain(n.surname) + " " + plain(n.forename)[:1]
}

// home writes the i-th home of the crowd and everyone who has lived in it.
func (c *crowd) home(i int) {
	p, r := homeAddress(i), c.r
	void := chance(r, 3)
	status := "L"
	if void {
		status = "V"
	}
	home := c.b.insert("property", row{"uprn": fmt.Sprintf("90%010d", 1000+i), "address_line_1": p.line1, "address_line_2": p.line2, "town": p.town,
		"postcode": p.postcode, "block_id": c.block(p), "property_type": p.kind, "bedrooms": 1 + r.IntN(4), "void_status": status})
	from := c.b.before(200, 4500)
	if chance(r, 45) {
		com := pick(r, c.communities)
		left := from.AddDate(0, 0, -10-r.IntN(60))
		began := left.AddDate(0, 0, -400-r.IntN(2500))
		reason, died := pick(r, []string{"Transfer", "Notice by tenant", deathOfTenant, "Abandoned", "Mutual exchange", "Possession order"}), any(nil)
		if reason == deathOfTenant {
			died = iso(left.AddDate(0, 0, -r.IntN(30)))
		}
		former := c.person(com, com.name(r), 35, 85, died)
		t := c.tenancy(home, began, left, reason, former)
		c.rent(t, []soul{former}, left, 3)
		c.about(t, home, began, left, former, soul{}, "")
	}
	if void {
		return
	}
	com := pick(r, c.communities)
	holders := []soul{c.person(com, com.name(r), 20, 88, nil)}
	if chance(r, 30) {
		n := com.name(r)
		if chance(r, 60) {
			n.surname = holders[0].surname
		}
		holders = append(holders, c.person(com, n, 20, 80, nil))
	}
	main := holders[0]
	t := c.tenancy(home, from, time.Time{}, nil, holders...)
	for k, h := range holders {
		c.member(t, h.id, h.name, h.dob, []string{"Tenant", "Joint tenant"}[k], from)
	}
	kid := ""
	for range max(0, r.IntN(5)-2) {
		n := com.name(r)
		n.surname, kid = main.surname, n.forename
		born, moved := c.b.before(100, 17*365), from
		if born.After(moved) {
			moved = born
		}
		c.member(t, nil, n, born, map[string]string{"F": "Daughter", "M": "Son"}[n.gender], moved)
	}
	if chance(r, 15) {
		n := com.name(r)
		n.surname = main.surname
		adult := c.person(com, n, 18, 30, nil)
		c.member(t, adult.id, adult.name, adult.dob, "Adult child", from)
		c.b.insert("tenancy_party", row{"tenancy_id": t.id, "person_id": adult.id, "role_code": "O", "start_date": iso(from)})
	}
	joint := soul{}
	if len(holders) > 1 {
		joint = holders[1]
	}
	c.rent(t, holders, c.b.world.Today, 18)
	c.about(t, home, from, c.b.world.Today, main, joint, kid)
	c.extras(t, home, from, p, main)
	c.neighbour = &tenants{main, home}
}

// within is a day between two others.
func (c *crowd) within(from, until time.Time) time.Time {
	days := int(until.Sub(from).Hours() / 24)
	return from.AddDate(0, 0, c.r.IntN(max(days, 1)))
}

// about writes the repairs and notes of one tenancy.
func (c *crowd) about(t tenancyOf, home int64, from, until time.Time, main, joint soul, kid string) {
	r := c.r
	for range r.IntN(8) {
		job := pick(r, jobs())
		at := c.within(from, until)
		e := row{"property_id": home, "reported_on": iso(at), "priority_code": job.priority, "trade": job.trade, "description": job.words,
			"operative": pick(r, []string{"Wolds Building Ltd", "DLO team 2", "DLO team 5", "Fenland Heating"}), "cost_pence": 2500 + r.IntN(60000)}
		if done := at.AddDate(0, 0, 1+r.IntN(40)); done.Before(c.b.world.Today) {
			e["completed_on"] = iso(done)
		}
		if chance(r, 70) {
			e["reported_by_person_id"] = main.id
		}
		if chance(r, 50) {
			e["access_notes"] = c.fill(pick(r, []string{"{fore} works nights, not before 2pm", "Ring {phone} when on the way", "Dog, please knock and wait",
				"Key with {nb} next door", "Ask for {fore}, door bell broken", "Any time"}), t, main, joint, kid)
		}
		c.b.insert("repair", e)
	}
	for range 1 + r.IntN(5) {
		n := pick(r, c.notes)
		if n.needs == "k" && kid == "" || n.needs == "j" && joint.id == 0 || n.needs == "n" && c.neighbour == nil {
			continue
		}
		e := row{"author_staff_id": pick(r, c.officers).id, "written_on": iso(c.within(from, until)), "note_type": n.kind, "body": c.fill(n.words, t, main, joint, kid)}
		if chance(r, 65) {
			e["tenancy_id"] = t.id
		} else {
			e["person_id"] = main.id
		}
		c.b.insert("case_note", e)
	}
}

// fill puts names and days into a template.
func (c *crowd) fill(words string, t tenancyOf, main, joint soul, kid string) string {
	nb := name{title: "the", forename: "the", surname: "neighbour"}
	if c.neighbour != nil {
		nb = c.neighbour.who.name
	}
	phone := main.mobile
	if phone == "" {
		phone = "number on file"
	}
	return strings.NewReplacer("{name}", main.full(), "{formal}", main.formal(), "{fore}", main.forename, "{kid}", kid, "{joint}", joint.forename,
		"{nb}", nb.full(), "{nbformal}", nb.formal(), "{staff}", pick(c.r, c.officers).name.forename, "{date}", c.b.before(1, 700).Format("2/1/06"),
		"{addr}", "the property "+t.ref, "{phone}", phone).Replace(words)
}

// arrearsList writes the export that names everyone who owes: the cast's two
// after the crowd's.
func (c *crowd) arrearsList() error {
	var body bytes.Buffer
	w := csv.NewWriter(&body)
	lines := append([][]string{{"tenancy_ref", "tenant", "address", "balance", "phone", "stage", "officer_comment"}}, c.arrears...)
	for _, l := range c.b.castArrears() {
		lines = append(lines, l.fields) // no field holds a line break, so that this is line len(lines) of the file
		c.b.record(c.b.world.Letters.Name, "arrears/arrears_list", map[string]string{"row": fmt.Sprint(len(lines))}, l.claims)
	}
	if err := w.WriteAll(lines); err != nil {
		return fmt.Errorf("writing the arrears list: %w", err)
	}
	c.b.post.write("arrears/arrears_list.csv", body.Bytes())
	return c.b.post.err
}

// pounds is pence as decimal text.
func pounds(pence int) string {
	sign := ""
	if pence < 0 {
		sign, pence = "-", -pence
	}
	return fmt.Sprintf("%s%d.%02d", sign, pence/100, pence%100)
}
