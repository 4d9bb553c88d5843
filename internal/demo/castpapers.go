package demo

import (
	"fmt"
	"strings"
	"time"
)

// paper writes a letter of the cast and what it is to them.
func (c *castWriter) paper(path string, body []byte, claims ...claim) {
	path = c.ours.Replace(path)
	c.post.write(path, body)
	c.record(c.world.Letters.Name, "file", map[string]string{"path": path}, claims)
}

// unreadable writes a file that is there and cannot be read as text.
func (c *castWriter) unreadable(path, why string, body []byte) {
	path = c.ours.Replace(path)
	c.post.write(path, body)
	c.world.Unreadable = append(c.world.Unreadable, Unread{path, why})
}

// papers writes the cast's letters: from us, about us, in every encoding that
// thirty years of word processors leave behind.
func (c *castWriter) papers() {
	flat14 := []string{"Flat 14, Heron Court", "Ottermere", "LN30 4HD"}
	both := append([]string{"Mrs Marta Kowalczyk and Mr Tomasz Kowalczyk"}, flat14...)
	marta := append([]string{"Mrs Marta Kowalczyk"}, flat14...)
	farida, housing := "Farida Choudhury", "Housing Officer"
	together := func() []claim { return []claim{shared(Star, "correspondent"), shared(Joint, "correspondent")} }

	c.paper("2026/LKF-104417_rent-review_2026-03-02.txt", []byte(letter{Ref: "LKF-104417", Date: c.on(2026, 3, 2), To: both, Dear: "Mrs and Mr Kowalczyk",
		Subject: "Your rent from April", Body: []string{"From the first Monday in April your weekly rent will be £120.42. Your account is 7104417.",
			"You are both responsible for the whole of the rent."}, From: farida, Title: housing}.text()), append(together(), author(Officer))...)

	c.paper("2016/LKF-104417_welcome_2016-09-12.html", []byte(letter{Ref: "LKF-104417", Date: c.on(2016, 9, 12), To: both, Dear: "Mrs and Mr Kowalczyk",
		Subject: "Welcome to Heron Court", Body: []string{"Here are two keys and a fob. Bins are on Thursdays.", "Your household as you told us: Zofia."},
		From: farida, Title: housing}.html()), append(together(), author(Officer), mention(AdultChild))...)

	c.paper("2026/LKF-104417_noise_2026-06-11.html", []byte(letter{Ref: "LKF-104417", Date: c.on(2026, 6, 11), To: marta, Dear: "Mrs Kowalczyk",
		Subject: "Noise reported at your home",
		Body: []string{"We have had a report of noise after midnight. Nobody has decided anything. I would like to hear from you first.",
			"Please ring me on 01632 960021 by " + long(c.on(2026, 6, 25)) + "."},
		From: farida, Title: housing, Foot: "File copy only: cc G Ellingham. Complainant Mr D Pinnock, Flat 16, 07700 900318. Witness B Pugh."}.html()),
		self(Star), mention(Neighbour), mention(Witness), author(Officer))

	c.paper("incoming/2026-05-17_letter_flat16.txt", []byte(fold("To the housing officer. I have lived at Flat 16 since 2013 and was a bus driver for thirty years. "+
		"The lady below me at number 14, Marta Kowalczyk, has music on and her machine going at one in the morning. Her husband shouts. "+
		"I do not want her to know that I wrote. You can ring my daughter Simone on 07700 900322.", 72)+
		"\n\nYours truly\nDelroy Pinnock\nFlat 16, Heron Court\ndelroy.pinnock@example.com\n"),
		selfAs(Neighbour, "reporter"), whose(Star, "reported", Mention), mention(Joint))

	c.paper("incoming/2026-06-20_letter_m_kowalczyk.txt", []byte(fold("Dear Miss Choudhury, thank you for your letter about noise. I am Marta Kowalczyk of Flat 14 and my reference is LKF-104417. "+
		"I put the machine on a timer because it is cheaper. I will stop. I kept a copy of the tenancy: the pen I signed with was blue. "+
		"My daughter Zofia studies late and my sister Agnieszka can tell you that we are quiet people.", 72)+"\n\nMarta Kowalczyk\n07700 900142\n"),
		self(Star), mention(AdultChild), mention(NextOfKin))

	// Windows-1252: the quotes, the dash and the pound sign are single bytes.
	c.paper("incoming/2026-02-03_gp_letter.txt", windows1252("Wharf Street Surgery\nOttermere\n\n3 February 2026\n\nRe: Mrs Marta Kowalczyk, born 14/03/1979, Flat 14 Heron Court\n\n"+
		"Dear Housing,\n\nMrs Kowalczyk’s arthritis makes stairs hard in winter – “a flat with a lift is essential”. The fee for this letter is £25.\n\n"+
		"Dr Ifeoma Nwachukwu\n"), self(Star).because("health: special category"))

	// UTF-16: to the joint tenant alone.
	c.paper("2026/LKF-104417_support_2026-06-22.txt", utf16le(c.ours.Replace(letter{Ref: "LKF-104417", Date: c.on(2026, 6, 22), To: append([]string{"Mr Tomasz Kowalczyk, private"}, flat14...),
		Dear: "Mr Kowalczyk", Subject: "Help with money", Body: []string{"As we agreed I have written to Rafał Gutowski about the gambling debt. Nobody else at home has been told."},
		From: farida, Title: housing}.text())), self(Joint), author(Officer), trap(Star, "to the joint tenant alone, though under the joint reference"))

	c.paper("legal/2026-10-02_advice_noise.txt", []byte(fold("PRIVILEGED AND CONFIDENTIAL. Penhallow and Drake LLP to "+c.world.Landlord.Name+", for Mr Ellingham. LKF-104417, Mrs Marta Kowalczyk. "+
		"You ask about an injunction. On the evidence of Mr Pinnock and Ms Pugh alone we put the prospects at no better than two in five. Do not serve notice yet.", 72)+"\n"),
		mention(Star).because("legal advice about her, privileged: to review"), mention(Neighbour), mention(Witness), mention(Manager))

	c.paper("2025/LKF-131902_arrears-1_2025-11-03.txt", []byte(letter{Ref: "LKF-131902", Date: c.on(2025, 11, 3),
		To: []string{"Ms Marta Kowalczyk", "3 Mallard Row", "Ottermere", "LN30 2WA"}, Dear: "Ms Kowalczyk", Subject: "Your rent account",
		Body: []string{"Your account 7131902 is £410.00 behind. Please ring us."}, From: farida, Title: housing}.text()),
		self(Namesake), author(Officer), trap(Star, "to her namesake"))

	c.paper("2015/LKF-061187_boiler_2015-11-12.txt", []byte(letter{Ref: "LKF-061187", Date: c.on(2015, 11, 12), To: append([]string{"Mr Abdirahman Jimale"}, flat14...),
		Dear: "Mr Jimale", Subject: "Your boiler", Body: []string{"The new boiler will be fitted next week. An interpreter will ring you on 07700 900402."}, From: farida, Title: housing}.text()),
		self(Predecessor), author(Officer), trap(Star, "to the tenant before her at the same address"), trap(Joint, "to the tenant before him at the same address"))

	eml := strings.ReplaceAll(c.mail.render(message{ID: "sister-1@example.com", At: c.on(2024, 1, 22).Add(10 * time.Hour), From: c.party(NextOfKin),
		To: []address{c.party(Officer)}, Subject: "My sister Marta Kowalczyk",
		Body: "Hello\n\nMy sister Marta Kowalczyk at Flat 14 Heron Court is in hospital until Friday. I have her key if the plumber comes.\n\nAgnieszka Sobczak\n07700 900514\n"}), "\n", "\r\n")
	c.post.write("incoming/2024-01-22_sister.eml", []byte(eml))
	c.record(c.world.Letters.Name, "message", map[string]string{"id": "sister-1@example.com"}, []claim{selfAs(NextOfKin, "correspondent"), mention(Star), mention(Officer)})

	c.unreadable("2016/LKF-104417_tenancy-agreement_signed.docx", "not a document: the word processor's file is damaged", append([]byte("PK\x03\x04\x14\x00\x06\x00"), c.noise(900)...))
	c.unreadable("incoming/scan_0017.bin", "binary, of no known type", append([]byte{0xde, 0xad, 0x00, 0x17}, c.noise(2000)...))
	c.post.write("incoming/notes.txt", nil)
}

// noise is bytes that mean nothing, the same for the same seed.
func (c *castWriter) noise(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(c.rng.Uint32())
	}
	return out
}

// arrear is one line of the arrears list, and what it is to the cast.
type arrear struct {
	fields []string
	claims []claim
}

func (b *builder) castArrears() []arrear {
	s, n, j := b.world.Cast[Star], b.world.Cast[Namesake], b.world.Cast[Joint]
	return []arrear{
		{[]string{s.Ref, s.Name + " & " + j.Forename, s.Address + ", " + s.Postcode, "-52.18", s.Mobile, "None", "technical, Zofia pays two months"},
			[]claim{shared(Star, "subject"), shared(Joint, "joint"), mention(AdultChild)}},
		{[]string{n.Ref, n.Name, n.Address + ", " + n.Postcode, "-410.00", n.Mobile, "Letter 1", "UC pending"},
			[]claim{self(Namesake), trap(Star, "her namesake's line of a list of many people")}},
	}
}

// noiseDiary is what the neighbour attaches.
func noiseDiary(first string) string {
	return fmt.Sprintf("date,from,to,what,who heard\n%s,00:40,02:10,washing machine and music,Delroy Pinnock\n%s,23:50,01:15,shouting Marta and husband,Bronwen Pugh\n", first, first)
}
