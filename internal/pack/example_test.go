package pack_test

import (
	"fmt"
	"testing"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/pack"
)

func date(t testing.TB, s string) law.Date {
	t.Helper()
	d, err := law.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// larkfield is what the default notice says to a tenant.
func larkfield(t testing.TB) notice.Article15 {
	t.Helper()
	fsys, err := notice.Pack("larkfield")
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var about notice.About
	for _, c := range n.Data.Categories {
		about.Categories = append(about.Categories, string(c.ID))
	}
	about.People = []notice.PeopleKind{notice.Customers}
	about.Day = "2026-10-03"
	return n.Explain(about)
}

const letter = "Dear Ms Akande,\n\nThank you for your letter about the damp in the back bedroom.\n\nWe have asked our surveyor to call on 12 May.\n\nYours sincerely,\n[name withheld]\nHousing officer"

// answer is an answer with some of everything. The withheld values in it are
// traps: they must not reach any file.
func answer(t testing.TB) pack.Input {
	in := pack.Input{
		Reference: "AR-2026-0042", Person: "Folake Akande",
		Received: date(t, "2026-09-21"), Due: date(t, "2026-10-21"), Searched: date(t, "2026-10-03"),
		Working: []string{
			"You asked on Monday 21 September 2026, and that day counts (UK GDPR Article 12A(2)).",
			"One month ends on Wednesday 21 October 2026, which is a working day.",
		},
		Explanation: larkfield(t),
		Disclosures: pack.Disclosures{LogFrom: date(t, "2026-07-01"), Given: []pack.Disclosure{
			{Recipient: "Northgate Water", Date: date(t, "2026-08-02"), What: "Your name, address and the start of your tenancy"},
		}},
		NotSearched: []pack.Gap{
			{What: "Archive folder (archive)", Why: "2 scanned documents have no text that can be searched"},
			{What: "Call recordings", Why: "no recordings are connected yet"},
		},
		NotFollowed: []pack.Gap{{What: "Other tenancies of your home", Why: "they belong to people who lived there at other times"}},
	}
	in.Items = append(in.Items, pack.Item{
		ID: "housing:person/1", Source: "housing", Table: "person", Title: "Your details", Category: "identity",
		Whose: "yours", How: "the tenancy reference that you gave",
		Fields: []pack.Field{
			{Name: "forename", Value: "Folake"}, {Name: "surname", Value: "Akande"}, {Name: "dob", Value: "1984-02-29"},
			{Name: "ni_no", Value: "QQ123456C"}, {Name: "email", Value: "folake.akande@example.org"}, {Name: "mobile", Value: "07700 900123"},
			{Name: "home_phone"}, {Name: "created_on", Value: "2019-04-01T09:30:00Z"},
			{Name: "next_of_kin", Value: "Trap Secretname", Withheld: true},
		},
	})
	for i := range 24 {
		kind, amount, text := "CHG", "11250", "Weekly charge"
		if i%4 == 3 {
			kind, amount, text = "PAY", "-45000", "Card payment, thank you"
		}
		in.Items = append(in.Items, pack.Item{
			ID: fmt.Sprintf("housing:rent_entry/%d", 900+i), Source: "housing", Table: "rent_entry", Category: "rent-transactions",
			Whose: "shared with your joint tenant", How: "it belongs to your tenancy", Date: date(t, "2026-01-05").AddDays(7 * i),
			Fields: []pack.Field{
				{Name: "entry_date", Value: date(t, "2026-01-05").AddDays(7 * i).String()}, {Name: "entry_type", Value: kind},
				{Name: "amount_pence", Value: amount}, {Name: "description", Value: text}, {Name: "payer_reference"},
			},
		})
	}
	in.Items = append(in.Items,
		pack.Item{
			ID: "housing:case_note/7", Source: "housing", Table: "case_note", Title: "Case notes", Category: "case-notes", Date: date(t, "2026-05-02"),
			Whose: "yours", How: "it belongs to your tenancy",
			Fields: []pack.Field{{Name: "created_at", Value: "2026-05-02T10:15:00Z"}, {Name: "note_type", Value: "VISIT"}},
			Texts:  []pack.Field{{Name: "body", Label: "Note", Value: "Visited. Ms Akande says the neighbour, [name withheld], has been shouting late at night.\nShe would like a call back."}},
		},
		pack.Item{
			ID: "housing:case_note/8", Source: "housing", Table: "case_note", Title: "Case notes", Category: "case-notes", Date: date(t, "2026-06-11"),
			Whose: "yours, and it mentions someone else", How: "it names you",
			Fields: []pack.Field{{Name: "created_at", Value: "2026-06-11T15:40:00Z"}, {Name: "note_type", Value: "CALL"}},
			Texts:  []pack.Field{{Name: "body", Label: "Note", Value: "Called back; no answer.", Note: "the note goes on; its end could not be read"}},
		},
		pack.Item{
			ID: "letters:2026/0512.txt", Source: "letters", Table: "2026", Title: "Letters", Category: "correspondence", Date: date(t, "2026-05-12"),
			Whose: "yours", How: "its address is yours",
			Texts: []pack.Field{{Name: "text", Label: "Letter", Value: letter}},
		})
	in.Withheld = []pack.Withheld{
		{Item: "housing:case_note/7", What: "a name in a case note", Exemption: law.ExemptThirdParty, Reason: "They did not agree to it, and it is not reasonable without."},
		{Item: "letters:2026/0512.txt", What: "a name in a letter", Exemption: law.ExemptThirdParty, Reason: "They did not agree to it, and it is not reasonable without."},
		{Item: "letters:2026/0512.txt", What: "a name in a letter", Exemption: law.ExemptThirdParty, Reason: "They did not agree to it, and it is not reasonable without."},
		{Item: "housing:person/1", What: "a field of your details", Exemption: law.ExemptNotYours, Reason: "It is about someone else only."},
		{What: "a whole note", Exemption: law.ExemptPrivilege, Reason: "It asks our solicitor for advice."},
	}
	return in
}

func files(t testing.TB, in pack.Input) map[string][]byte {
	t.Helper()
	return made(t, in)
}

// whole is the files of an answer with the extra ones.
func whole(t testing.TB, in pack.Input) map[string][]byte {
	t.Helper()
	return made(t, in, pack.Print, pack.Spreadsheet)
}

func made(t testing.TB, in pack.Input, extra ...pack.Extra) map[string][]byte {
	t.Helper()
	list, err := pack.Files(in, extra...)
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]byte)
	for _, f := range list {
		out[f.Name] = f.Bytes
	}
	return out
}
