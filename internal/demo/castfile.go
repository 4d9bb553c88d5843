package demo

import "time"

// rents writes what is in the cast's accounts beyond the first charge.
func (c *castWriter) rents() {
	entry := func(t castTenancy, on time.Time, kind string, pence int, words string, payer Member, ref string, more ...claim) {
		r := row{"account_id": t.account, "entry_date": iso(on), "entry_type": kind, "amount_pence": pence, "description": words}
		if payer != "" {
			r["payer_person_id"], r["payer_reference"] = c.id[payer], ref
		}
		c.insert("rent_entry", r, append(t.claims(), more...)...)
	}
	today := c.world.Today
	for m := 12; m > 0; m-- {
		on := today.AddDate(0, -m, 0)
		entry(c.now, on, "CHG", 52180, "RENT AND SERVICE CHARGE", "", "")
		if m == 5 || m == 2 {
			entry(c.now, on.AddDate(0, 0, 4), "PAY", -52180, "FASTER PAYMENT", AdultChild, "ZOFIA KOW SAVER 7741",
				whose(AdultChild, "payer", Shared).because("she paid; the account is her parents'"))
			continue
		}
		entry(c.now, on.AddDate(0, 0, 1), "PAY", -52180, "DIRECT DEBIT", Star, "M KOWALCZYK")
	}
	for m := 4; m > 0; m-- {
		on := today.AddDate(0, -m, 0)
		entry(c.at16, on, "CHG", 49800, "RENT AND SERVICE CHARGE", "", "")
		entry(c.at16, on.AddDate(0, 0, 2), "PAY", -49800, "DIRECT DEBIT", Neighbour, "D PINNOCK")
		entry(c.names, on, "CHG", 61000, "RENT", "", "")
	}
	entry(c.names, today.AddDate(0, -1, 3), "PAY", -20000, "CARD PAYMENT BY PHONE", Namesake, "M KOWALCZYK")
	entry(c.former, c.on(2016, 9, 19), "ADJ", -3120, "REFUND OF CREDIT ON TRANSFER", "", "")
	entry(c.before14, c.on(2016, 8, 29), "ADJ", 18450, "RECHARGE CLEARANCE", "", "")

	// The copy that somebody made in 2019. It has no key: the whole row is one.
	copied := func(t castTenancy, ref, name, from, rent string) {
		c.insert("tenancy_bak_2019", row{"tenancy_id": t.id, "tenancy_ref": ref, "tenant_name": name, "property_id": t.home, "start_date": from, "weekly_rent": rent},
			because(t.claims(), "an old copy; a map may set it aside, and must then say so")...)
	}
	copied(c.now, "LKF-104417", "KOWALCZYK M & T", iso(c.on(2016, 9, 12)), "112.40")
	copied(c.at16, "LKF-097730", "PINNOCK D", iso(c.on(2013, 2, 4)), "109.15")
	copied(c.at15, "LKF-112046", "PUGH B", iso(c.on(2018, 6, 25)), "111.02")
	copied(c.after, "LKF-109655", "HRYTSENKO O", iso(c.on(2016, 10, 31)), "104.88")
}

func because(claims []claim, why string) []claim {
	for i := range claims {
		claims[i].Why = why
	}
	return claims
}

// during is what a dated row of the star's flat is to those who live there.
func during(more ...claim) []claim {
	return append([]claim{whose(Star, "", Shared).because("inside her tenancy"), whose(Joint, "", Shared).because("inside his tenancy")}, more...)
}

// repairs writes what hangs on places: repairs, surveys and sensors, before,
// between and during.
func (c *castWriter) repairs() {
	repair := func(home int64, reported, completed time.Time, by Member, trade, words, access string, claims ...claim) {
		r := row{"property_id": home, "reported_on": iso(reported), "priority_code": "R", "trade": trade, "description": words, "access_notes": access,
			"operative": "Callum Rafferty, Wolds Building Ltd", "cost_pence": 18650}
		if !completed.IsZero() {
			r["completed_on"] = iso(completed)
		}
		if by != "" {
			r["reported_by_person_id"] = c.id[by]
		}
		c.insert("repair", r, claims...)
	}
	early := func(m Member) []claim {
		return []claim{whose(m, "", Shared).because("inside his tenancy"), trap(Star, "before her tenancy"), trap(Joint, "before his tenancy")}
	}
	repair(c.flat14, c.on(2012, 1, 16), c.on(2012, 2, 3), Predecessor, "Plumbing", "Bath panel and seal, tenant Mr Jimale", "Interpreter please, ring 07700 900402", early(Predecessor)...)
	repair(c.flat14, c.on(2015, 11, 9), c.on(2015, 11, 10), "", "Heating", "Boiler lost pressure", "", early(Predecessor)...)
	repair(c.flat14, c.on(2016, 9, 2), c.on(2016, 9, 8), "", "Void", "Void works: replaster bedroom 2, new kitchen", "Key safe 2",
		trap(Star, "while the flat was empty"), trap(Joint, "while the flat was empty"), trap(Predecessor, "after he had left"))
	repair(c.flat14, c.on(2019, 3, 4), c.on(2019, 3, 21), Star, "Aids", "Lever taps to kitchen and bathroom", "Mrs Kowalczyk, mornings only",
		whose(Star, "reporter", Shared), whose(Joint, "", Shared))
	repair(c.flat14, c.on(2023, 8, 14), c.on(2023, 8, 15), Joint, "Electrical", "Cooker circuit trips", "Ring Tomasz on 07700 900187", whose(Joint, "reporter", Shared), whose(Star, "", Shared))
	repair(c.flat14, c.on(2025, 12, 1), c.on(2025, 12, 19), AdultChild, "Damp", "Mould behind wardrobe in daughter's room", "Zofia is home after 5, 07700 900233",
		during(whose(AdultChild, "reporter", Shared))...)
	repair(c.flat14, c.on(2026, 7, 6), c.on(2026, 7, 7), Neighbour, "Plumbing", "Overflow running down outside wall from Flat 14",
		"Reported by Mr Pinnock at Flat 16 (07700 900318), does not want Flat 14 told", during(whose(Neighbour, "reporter", Shared))...)
	repair(c.flat14, c.on(2026, 11, 9), time.Time{}, "", "Joinery", "Front door closer, whole block programme", "", during()...)
	repair(c.teal2, c.on(2014, 5, 12), c.on(2014, 5, 30), Star, "Glazing", "Bedroom window handle", "", whose(Star, "reporter", Shared).because("inside her former tenancy"))
	repair(c.teal2, c.on(2020, 2, 10), c.on(2020, 2, 11), Successor, "Heating", "No heating", "", whose(Successor, "reporter", Shared), trap(Star, "after she had left"))
	repair(c.flat16, c.on(2024, 4, 2), c.on(2024, 4, 9), Neighbour, "Joinery", "Ease bedroom door", "", whose(Neighbour, "reporter", Shared))
	repair(c.mallard3, c.on(2025, 1, 20), c.on(2025, 1, 22), Namesake, "Plumbing", "Outside tap frozen", "Ms Kowalczyk, 07700 900467", whose(Namesake, "reporter", Shared),
		trap(Star, "her namesake's"))

	survey := func(on time.Time, severity, findings string, claims ...claim) {
		c.insert("damp_survey", row{"property_id": c.flat14, "surveyed_on": iso(on), "surveyor": "Wolds Building Ltd", "severity": severity, "findings": findings}, claims...)
	}
	survey(c.on(2014, 2, 18), "medium", "Condensation in bedroom 2, fan advised.", early(Predecessor)...)
	survey(c.on(2025, 12, 4), "high", "Mould to external wall of bedroom 3. Lintel uninsulated.", during()...)
	c.readings(c.flat14, 8, during()...)
}

// caseFile writes the noise case and what else the file holds of the star.
func (c *castWriter) caseFile() {
	asb := c.insert("asb_case", row{"case_ref": "ASB-00417", "reporter_person_id": c.id[Neighbour], "respondent_person_id": c.id[Star],
		"officer_staff_id": c.id[Officer], "opened_on": iso(c.on(2026, 5, 18)), "category": "Noise",
		"summary": "Mr Pinnock (Flat 16) reports loud music and a washing machine after midnight from Flat 14, Marta Kowalczyk. Asks that his name is kept back.",
		"outcome": "Open"},
		whose(Star, "reported", Shared).because("about her; who reported it is not hers to know"), whose(Neighbour, "reporter", Shared), whose(Officer, "author", Author))
	c.insert("asb_witness", row{"case_id": asb, "person_id": c.id[Witness], "taken_on": iso(c.on(2026, 6, 3)),
		"statement": "I am Bronwen Pugh of Flat 15. On 23 May I was woken at 1 am. I could hear Marta and her husband arguing and then the washing machine. My number is 07700 900355."},
		selfAs(Witness, "witness"), whose(Star, "reported", Mention).because("words about her in another's statement"), mention(Joint))
	c.insert("warning_flag", row{"person_id": c.id[Star], "alert_code": "10", "reason": "Raised her voice at the door when asked about noise; two officers to visit.",
		"raised_on": iso(c.on(2026, 6, 10)), "raised_by_staff_id": c.id[Manager], "review_on": iso(c.on(2026, 12, 10)), "person_informed": "N"},
		self(Star), author(Manager))
	c.insert("warning_flag", row{"person_id": c.id[Namesake], "alert_code": "30", "reason": "Missed three gas appointments.", "raised_on": iso(c.on(2025, 2, 1)),
		"raised_by_staff_id": c.id[Manager], "review_on": iso(c.on(2026, 2, 1)), "person_informed": "Y"}, self(Namesake), author(Manager), trap(Star, "her namesake's"))
	c.insert("complaint", row{"person_id": c.id[Star], "received_on": iso(c.on(2026, 1, 12)), "stage": 1, "category": "Repairs",
		"details": "Mrs Kowalczyk lives with persistent fatigue and could not wait in a third time for the mould team.", "outcome": "Upheld", "closed_on": iso(c.on(2026, 1, 26))}, self(Star))
	c.insert("consent", row{"person_id": c.id[Star], "purpose": "Text message surveys", "given_on": iso(c.on(2016, 9, 12)), "withdrawn_on": iso(c.on(2022, 3, 1)), "channel": "Paper"}, self(Star))
	c.insert("consent", row{"person_id": c.id[Joint], "purpose": "Newsletter by e-mail", "given_on": iso(c.on(2018, 1, 8)), "channel": "Portal"}, self(Joint))
	for _, d := range []struct {
		who            Member
		to, what, why  string
		year, mon, day int
	}{
		{Star, "Wolds Building Ltd", "name, address, mobile", "mould treatment order", 2025, 12, 5},
		{Star, "Ottermere Borough Council", "name, date of birth, tenancy start", "council tax enquiry", 2026, 3, 17},
		{Joint, "Department for Work and Pensions", "name, rent, tenancy start", "Universal Credit housing costs", 2026, 4, 8},
		{Namesake, "Ottermere Borough Council", "name, address", "council tax enquiry", 2025, 6, 2},
	} {
		c.insert("disclosure_log", row{"person_id": c.id[d.who], "recipient": d.to, "sent_on": iso(c.on(d.year, time.Month(d.mon), d.day)), "what": d.what, "reason": d.why,
			"staff_id": c.id[Officer]}, self(d.who), author(Officer))
	}
}

// caseNotes writes the officer's notes: on both, on one, on neighbours, and on
// other people's files.
func (c *castWriter) caseNotes() {
	note := func(t castTenancy, p Member, on time.Time, kind, body string, claims ...claim) {
		r := row{"author_staff_id": c.id[Officer], "written_on": iso(on), "note_type": kind, "body": body}
		if t.id != 0 {
			r["tenancy_id"] = t.id
		}
		if p != "" {
			r["person_id"] = c.id[p]
		}
		c.insert("case_note", r, append(claims, author(Officer))...)
	}
	none := castTenancy{}
	note(c.now, "", c.on(2016, 10, 24), "VISIT", "Settling-in visit to Mr and Mrs Kowalczyk. Both present with Zofia. No concerns, explained communal bins.", append(c.now.claims(), mention(AdultChild))...)
	note(none, Star, c.on(2019, 2, 20), "HEALTH", "Mrs Kowalczyk asked us to write in Polish and in large print. Fatigue bad in winter, please book mornings.", self(Star))
	note(none, Star, c.on(2026, 5, 21), "ASB",
		"Spoke to Marta about noise. She says the washing machine on a timer is for the cheap rate. She thinks Delroy Pinnock has it in for her. Did not confirm who rang. "+
			"(Delroy is on 07700 900318 if he needs ringing back.) In my view she was honest and upset.",
		self(Star), mention(Neighbour))
	note(c.now, "", c.on(2026, 6, 15), "SUPPORT", "Tomasz came alone. Asked that this is not shared at home: he goes to counselling on Wednesday evenings about a gambling debt. Support worker Rafał Gutowski, 07700 900191.",
		whose(Joint, "joint", Shared).because("about him alone, though on the joint file"), whose(Star, "", Shared).because("hangs below her joint tenancy, about the joint tenant alone: to review"))
	note(none, Joint, c.on(2026, 8, 3), "HEALTH", "Mr Kowalczyk crushed two fingers at the depot, off work six weeks. PIP form done together.", self(Joint), trap(Star, "on the joint tenant's own file"))
	note(none, AdultChild, c.on(2026, 9, 14), "GENERAL", "Zofia asked how to get a place of her own. Does not get on with her mother Marta. Register form given.", self(AdultChild),
		mention(Star).because("her daughter's file names her"))
	note(c.before14, "", c.on(2016, 8, 30), "GENERAL", "Mr Jimale handed in keys for Flat 14 Heron Court, left owing for a cooker and clearance. Forwarding number 07700 900402.",
		self(Predecessor), trap(Star, "her flat, before her"), trap(Joint, "his flat, before him"))
	note(c.after, "", c.on(2016, 11, 7), "VISIT", "Ms Hrytsenko says the carpet was left by Mrs Marta Kowalczyk, who had the flat before and moved to Heron Court. Olena wants it gone.",
		self(Successor), mention(Star).because("another tenant's file names her, with her move"))
	note(c.at16, "", c.on(2026, 5, 18), "ASB", "Delroy Pinnock rang: Marta Kowalczyk at Flat 14 below has music on past midnight, his tinnitus keeps him awake. He is the retired bus driver who chairs the block meeting.",
		self(Neighbour), mention(Star))
	note(c.at15, "", c.on(2026, 7, 30), "PHONE", "Bronwen Pugh asks if a Marta Kowalczyk still runs the coffee morning. No address or ref given, did not say.",
		self(Witness), mention(Star).unsure(), mention(Namesake).unsure())
	note(none, Namesake, c.on(2026, 2, 11), "RENT", "Marta Kowalczyk rang about her arrears, she lost her job at the bakery. UC claim made.", self(Namesake),
		mention(Star).unsure().because("names her namesake in full, on the namesake's own file"))
	note(c.names, "", c.on(2026, 10, 5), "VISIT", "Called at 3 Mallard Row, tenant out on the school run to St Brannoc's. Card left.", self(Namesake), trap(Star, "her namesake's"))
}
