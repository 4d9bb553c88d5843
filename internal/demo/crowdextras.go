package demo

import (
	"fmt"
	"strings"
	"time"
)

// job is a repair the crowd reports.
type job struct{ priority, trade, words string }

func jobs() []job {
	return []job{
		{"E", "Plumbing", "Burst pipe under kitchen sink, water off at stop tap"},
		{"U", "Heating", "No hot water, boiler showing F28"},
		{"R", "Joinery", "Bedroom door will not close since the carpet was laid"},
		{"R", "Electrical", "Double socket in living room loose from wall"},
		{"U", "Plumbing", "Toilet cistern overflowing into pan"},
		{"R", "Glazing", "Handle snapped on kitchen window, cannot lock"},
		{"P", "Roofing", "Slipped tiles over back bedroom"},
		{"R", "Damp", "Black mould round bathroom window and behind wardrobe"},
		{"E", "Locks", "Lost keys, gain entry and change barrel"},
		{"R", "Joinery", "Kitchen drawer front off, hinges gone"},
		{"U", "Electrical", "Lights on landing tripping"},
		{"R", "Plastering", "Ceiling bowed after leak from above"},
		{"P", "Fencing", "Fence panel down between gardens"},
		{"U", "Heating", "Radiator in child's room cold, others hot"},
		{"R", "Aids", "Grab rail by bath come away from tiles"},
	}
}

// extras writes what only some homes have.
func (c *crowd) extras(t tenancyOf, home int64, from time.Time, p place, main soul) {
	b, r := c.b, c.r
	if chance(r, 40) {
		n := pick(r, c.communities).name(r)
		e := row{"person_id": main.id, "contact_name": n.full(), "relationship": pick(r, map[string][]string{"F": {"Sister", "Mother", "Daughter", "Friend", "Support worker"}, "M": {"Brother", "Father", "Son", "Friend", "Support worker"}}[n.gender]),
			"email": fmt.Sprintf("%s.c%d@example.com", asciiFold.Replace(strings.ToLower(n.surname)), b.db.tables["contact"].last)}
		if m := c.mobiles.next(r); m != nil {
			e["phone"] = m
		}
		b.insert("contact", e)
	}
	if chance(r, 6) {
		f := pick(r, [][2]string{{"10", "Verbally aggressive to operative on the doorstep"}, {"20-10", "Will not hear the bell, text first"},
			{"20-50", "Needs time to reach the door"}, {"30", "Four missed appointments this year"}, {"40", "Book an interpreter"}})
		raised := b.before(20, 900)
		b.insert("warning_flag", row{"person_id": main.id, "alert_code": f[0], "reason": f[1], "raised_on": iso(raised), "raised_by_staff_id": pick(r, c.officers).id,
			"review_on": iso(raised.AddDate(1, 0, 0)), "person_informed": pick(r, []string{"Y", "Y", "N"})})
	}
	if chance(r, 8) {
		b.insert("complaint", row{"person_id": main.id, "received_on": iso(c.within(from, b.world.Today)), "stage": 1 + r.IntN(2),
			"category": pick(r, []string{"Repairs", "Staff conduct", "ASB handling", "Service charge"}),
			"details":  pick(r, []string{"Three visits for one tap and still dripping.", "Nobody rang back although promised twice.", "Charged for a lift that has not worked since spring."}),
			"outcome":  pick(r, []string{"Upheld", "Partly upheld", "Not upheld"})})
	}
	b.insert("consent", row{"person_id": main.id, "purpose": pick(r, []string{"Text message surveys", "Newsletter by e-mail", "Referral to employment support"}),
		"given_on": iso(from), "channel": pick(r, []string{"Paper", "Portal", "Telephone"})})
	if chance(r, 20) {
		b.insert("disclosure_log", row{"person_id": main.id, "recipient": pick(r, []string{"Ottermere Borough Council", "Wolds Building Ltd", "Fenland Heating", "East Wolds Water"}),
			"sent_on": iso(b.before(5, 600)), "what": "name, address, telephone", "reason": pick(r, []string{"repair order", "council tax", "gas service"}), "staff_id": pick(r, c.officers).id})
	}
	if c.neighbour != nil && chance(r, 12) {
		c.nuisance(main)
	}
	if chance(r, 10) {
		b.insert("damp_survey", row{"property_id": home, "surveyed_on": iso(c.within(from, b.world.Today)), "surveyor": pick(r, c.officers).name.full(),
			"severity": pick(r, []string{"low", "medium", "high"}), "findings": pick(r, []string{"Condensation, extractor fan not used.", "Rising damp to gable wall 0.6 m.", "Cold bridge at lintel, mould wash booked."})})
	}
	if chance(r, 4) {
		b.readings(home, 24)
	}
	if b.near && p.block != starBlock {
		return // another landlord keeps their post
	}
	if t.balance < -20000 && len(c.arrears) < arrearsMost {
		c.arrears = append(c.arrears, []string{t.ref, main.full(), p.one() + ", " + p.postcode, pounds(t.balance), main.mobile, pick(r, []string{"Letter 1", "Letter 2", "NSP", "Agreement"}),
			pick(r, []string{"", "promised Friday", "UC pending", "no contact"})})
	}
	if chance(r, 45) {
		c.letter(t, p, main)
	}
	if main.email != "" && chance(r, 40) {
		c.thread(t, p, main)
	}
}

// nuisance writes an ASB case that the neighbour brought.
func (c *crowd) nuisance(main soul) {
	b, r := c.b, c.r
	opened := b.before(10, 800)
	id := b.insert("asb_case", row{"case_ref": fmt.Sprintf("ASB-%05d", b.db.tables["asb_case"].last), "reporter_person_id": c.neighbour.who.id,
		"respondent_person_id": main.id, "officer_staff_id": pick(r, c.officers).id, "opened_on": iso(opened), "category": pick(r, []string{"Noise", "Pets", "Rubbish", "Harassment"}),
		"summary": c.fill("{nb} reports {name}, almost every evening. Diary sheets issued.", tenancyOf{}, main, soul{}, "")})
	if chance(r, 40) {
		b.insert("asb_witness", row{"case_id": id, "person_id": c.neighbour.who.id, "taken_on": iso(opened.AddDate(0, 0, 9)),
			"statement": c.fill("I am {nb}. I have heard {name} shouting on the landing on five nights.", tenancyOf{}, main, soul{}, "")})
	}
}

// readings writes what a sensor in a home measured, one reading a week.
func (b *builder) readings(home int64, weeks int, claims ...claim) {
	for w := range weeks {
		at := b.world.Today.AddDate(0, 0, -7*(weeks-w))
		b.insert("sensor_reading", row{"property_id": home, "room": "Bedroom", "read_at": iso(at) + " 06:00:00",
			"temperature_c": float64(150+b.rng.IntN(70)) / 10, "humidity_pct": 45 + b.rng.IntN(40)}, claims...)
	}
}
