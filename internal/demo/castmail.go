package demo

import (
	"fmt"
	"time"
)

// messages writes the cast's mail into the housing officers' mailbox.
func (c *castWriter) messages() {
	desk := address{"Housing Officers", "housing-officers@larkfield.example"}
	post := func(m message, claims ...claim) string {
		id := c.mail.send(m)
		c.record(c.world.Mailbox.Name, "message", map[string]string{"id": id}, claims)
		for i := range m.Attachments { // the body is part 1
			c.record(c.world.Mailbox.Name, "attachment", map[string]string{"message": id, "part": fmt.Sprint(i + 2)}, claims)
		}
		return id
	}
	at := func(y int, m time.Month, d, hour, minute int) time.Time {
		return c.on(y, m, d).Add(time.Duration(hour*60+minute) * time.Minute)
	}
	marta, farida, delroy, gareth := c.party(Star), c.party(Officer), c.party(Neighbour), c.party(Manager)

	// The neighbour complains, with a diary, and is answered.
	t1 := at(2026, 5, 17, 22, 41)
	words := "Dear Housing\n\nNumber 14 is at it again. Marta Kowalczyk runs her machine at one in the morning. I attach my diary.\n" +
		"From my bed I can feel it through the floor. Please keep my name out of it.\n\nDelroy Pinnock\nFlat 16\n07700 900318\n"
	m1 := post(message{ID: "diary-1@example.com", At: t1, From: delroy, To: []address{desk}, Subject: "Noise from Flat 14", Body: words,
		Attachments: []attachment{{"noise-diary.csv", "text/csv; charset=utf-8", noiseDiary(iso(c.on(2026, 5, 16)))}}},
		selfAs(Neighbour, "reporter"), whose(Star, "reported", Mention), mention(Witness), mention(Joint))
	t2 := at(2026, 5, 18, 9, 12)
	answer := "Dear Mr Pinnock\n\nThank you. I have opened ASB-00417 and will see Mrs Kowalczyk. I will not say who rang.\n\nFarida Choudhury\n"
	m2 := post(message{ID: "diary-2@larkfield.example", At: t2, From: farida, To: []address{delroy}, Cc: []address{desk}, Subject: "Re: Noise from Flat 14",
		Body: answer + quote(t1, delroy, words), Replies: []string{m1}}, selfAs(Neighbour, "correspondent"), whose(Star, "reported", Mention), author(Officer))
	post(message{ID: "diary-3@example.com", At: at(2026, 5, 18, 9, 50), From: delroy, To: []address{farida}, Subject: "Re: Noise from Flat 14",
		Body: "Thank you Farida. Ms Pugh in 15 heard it too, bronwen.pugh@example.org.\n\nD Pinnock\n" + quote(t2, farida, answer), Replies: []string{m1, m2}},
		selfAs(Neighbour, "correspondent"), whose(Star, "reported", Mention), mention(Witness), mention(Officer))

	// The star writes herself.
	t3 := at(2026, 6, 12, 18, 5)
	hers := "Dear Farida\n\nI have your letter about noise. It is only the washing machine, for my joints I cannot hang things out.\n" +
		"I know that somebody does not like us here. My phone is 07700 900142, reference LKF-104417.\n\nMarta Kowalczyk\n"
	m3 := post(message{ID: "timer-1@example.org", At: t3, From: marta, To: []address{farida}, Subject: "Your letter about noise", Body: hers},
		self(Star), mention(Officer))
	t4 := at(2026, 6, 15, 11, 30)
	kind := "Dear Mrs Kowalczyk\n\nThank you for writing so soon. I cannot say who reported it. Shall I call on Thursday at ten?\n\nFarida Choudhury\n"
	m4 := post(message{ID: "timer-2@larkfield.example", At: t4, From: farida, To: []address{marta}, Cc: []address{desk}, Subject: "Re: Your letter about noise",
		Body: kind + quote(t3, marta, hers), Replies: []string{m3}}, self(Star), author(Officer))
	post(message{ID: "timer-3@example.org", At: at(2026, 6, 15, 12, 2), From: marta, To: []address{farida}, Subject: "Re: Your letter about noise",
		Body: "Thursday is good. Dziękuję.\n\nMarta\n" + quote(t4, farida, kind), Replies: []string{m3, m4}}, self(Star), mention(Officer))

	// Staff about her: opinions of her are her data, those of others are not.
	t5 := at(2026, 6, 10, 16, 45)
	about := "Gareth\n\nFlat 14, LKF-104417. Marta Kowalczyk shouted at the door when I said we had a report, then cried. I think she is frightened of losing the flat, not dangerous.\n" +
		"Delroy Pinnock is a regular caller and Bronwen Pugh backs him up. Do we need a flag?\n\nFarida\n"
	m5 := post(message{ID: "flag-1@larkfield.example", At: t5, From: farida, To: []address{gareth}, Subject: "Flat 14 Heron Court", Body: about},
		whose(Star, "subject", Self, Mention).because("staff about her: opinions of her are hers"), mention(Neighbour), mention(Witness), author(Officer), mention(Manager))
	post(message{ID: "flag-2@larkfield.example", At: t5.Add(40 * time.Minute), From: gareth, To: []address{farida}, Subject: "Re: Flat 14 Heron Court",
		Body:    "Flag for two-person visits for six months, please. I will raise it. The gentleman directly above has been right before.\n\nGareth Ellingham\n" + quote(t5, farida, about),
		Replies: []string{m5}}, whose(Star, "subject", Self, Mention).because("staff about her: opinions of her are hers"), mention(Neighbour), mention(Witness), author(Manager), mention(Officer))

	// The joint tenant, the namesake, the daughter.
	post(message{ID: "work-1@example.net", At: at(2026, 8, 2, 7, 20), From: c.party(Joint), To: []address{farida}, Subject: "Off work",
		Body: "Hello Farida\n\nI crushed two fingers at the depot and will be off six weeks. My wife Marta can send the sick note.\n\nTomasz Kowalczyk\n07700 900187\n"},
		self(Joint), mention(Star), mention(Officer))
	post(message{ID: "late-1@example.net", At: at(2026, 2, 10, 13, 9), From: c.party(Namesake), To: []address{desk}, Subject: "Rent late",
		Body: "Hi, I lost my job at the bakery, can I pay half? Ref LKF-131902\n\nMarta Kowalczyk\n07700 900467\n"},
		self(Namesake), trap(Star, "from her namesake: another address and reference"))
	post(message{ID: "pay-1@example.com", At: at(2026, 9, 24, 20, 15), From: c.party(AdultChild), To: []address{desk}, Subject: "Paid the rent for LKF-104417",
		Body: "Hi, I paid this month for my parents from my own account, ZOFIA KOW SAVER 7741.\n\nZofia Kowalczyk\n"},
		self(AdultChild), mention(Star), mention(Joint))

	// A statement to both, as a page, and a name with nothing to tell whose.
	statement := fmt.Sprintf("<html><body><h1>Statement 7104417</h1><p>Mrs M and Mr T Kowalczyk, LKF-104417</p><table><tr><td>%s</td><td>Rent</td><td>521.80</td></tr></table></body></html>\n", iso(c.on(2026, 10, 20)))
	post(message{ID: "statement-1@larkfield.example", At: at(2026, 10, 21, 9, 0), From: desk, To: []address{marta, c.party(Joint)}, Subject: "Your rent statement",
		Body: "Your statement is attached.\n", HTML: "<p>Your statement is <b>attached</b>.</p>\n",
		Attachments: []attachment{{"statement.html", "text/html; charset=utf-8", statement}}}, shared(Star, "correspondent"), shared(Joint, "correspondent"))
	post(message{ID: "ring-1@larkfield.example", At: at(2026, 10, 28, 15, 33), From: gareth, To: []address{desk}, Subject: "Ring back",
		Body: "A Marta Kowalczyk rang reception, no ref, will ring again. Bad line.\n\nGareth\n"}, mention(Star).unsure(), mention(Namesake).unsure(), author(Manager))
	c.broken(at)
}

// broken writes what every real mailbox has: a message without a date and with
// a header that is none, one whose parts never end, one in undeclared Latin-1.
func (c *castWriter) broken(at func(int, time.Month, int, int, int) time.Time) {
	raw := func(id, from string, when time.Time, text string, claims ...claim) {
		c.mail.raw(from, when, text)
		c.record(c.world.Mailbox.Name, "message", map[string]string{"id": id}, claims)
	}
	raw("fax-1@gateway.example", "fax@gateway.example", at(2025, 3, 3, 3, 3),
		"Message-ID: <fax-1@gateway.example>\nFrom: fax@gateway.example\nthis line is no header\nSubject: FAX 1 PAGE\n\nFor Farida: LKF-104417 Marta Kowalczyk sends her bank letter. Page 1 of 1.\n",
		whose(Star, "", Self, Mention), mention(Officer))
	raw("cut-1@example.com", "wolds@example.com", at(2025, 12, 20, 17, 1),
		"Message-ID: <cut-1@example.com>\nDate: not a day at all\nFrom: Wolds Building <wolds@example.com>\nSubject: Mould job done Flat 14\nMIME-Version: 1.0\n"+
			"Content-Type: multipart/mixed; boundary=\"never\"\n\n--never\nContent-Type: text/plain\n\nMould wash done at Flat 14 Heron Court, signed by M Kowalczyk.\n\n--never\nContent-Type: text/csv; name=\"times.csv\"\n\nin,out\n09:10,11:45\n",
		mention(Star))
	raw("latin-1@example.com", "cafe@example.com", at(2026, 4, 1, 12, 0),
		"Message-ID: <latin-1@example.com>\nDate: Wed, 01 Apr 2026 12:00:00 +0000\nFrom: Caf\xe9 Heron <cafe@example.com>\nSubject: Tenants' caf\xe9\n\nThe caf\xe9 opens at ten. Everyone is welcome. \xa31 a cup.\n")
}
