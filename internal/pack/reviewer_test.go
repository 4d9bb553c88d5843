package pack_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/pack"
)

// canaries are what the answer leaves out: a value, names in texts, a whole
// record, a field that is not shown to anybody.
var canaries = []string{"Trap Secretname", "Norman Hiddenby", "Ada Coveredly", "Whole Withheldson", "PIN-88117"}

// records are the whole records of the answer.
func records(t testing.TB) (pack.Input, []pack.Whole) {
	in := answer(t)
	var out []pack.Whole
	for _, x := range in.Items {
		x.Fields, x.Texts = slices.Clone(x.Fields), slices.Clone(x.Texts)
		for i := range x.Fields {
			x.Fields[i].Withheld = false
		}
		for i := range x.Texts {
			x.Texts[i].Value = strings.NewReplacer("the neighbour, [name withheld], has", "the neighbour, Norman Hiddenby, has",
				"sincerely,\n[name withheld]\n", "sincerely,\nAda Coveredly\n").Replace(x.Texts[i].Value)
		}
		if x.ID == "housing:person/1" {
			x.Fields = append(x.Fields, pack.Field{Name: "pin", Value: "PIN-88117"})
		}
		out = append(out, pack.Whole{Item: x})
	}
	out = append(out, pack.Whole{Item: pack.Item{ID: "housing:case_note/9", Source: "housing", Table: "case_note",
		Texts: []pack.Field{{Name: "body", Value: "Asked Whole Withheldson for advice."}}}, Exemption: law.ExemptPrivilege, Reason: "It asks our solicitor for advice."})
	return in, out
}

func TestReviewerSeesEverything(t *testing.T) {
	in, all := records(t)
	u, err := pack.Reviewer(in, all)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name, data := range u.All() {
		seen++
		var says string
		switch name {
		case pack.PDFName:
			says = printed(t, data)
		case pack.PageName:
			structure(t, data)
			says = squeeze(text(parse(t, data)))
			var marked []string
			for _, m := range every(parse(t, data), "mark") {
				marked = append(marked, text(m))
			}
			if diff := cmp.Diff([]string{"this", "Trap Secretname", "PIN-88117", "Ada Coveredly", "Norman Hiddenby", "Asked Whole Withheldson for advice."}, marked); diff != "" {
				t.Errorf("marked: %s", diff)
			}
			for _, why := range []string{"UKGDPRArts4(1),15(1)", "[namewithheld]:DPA2018Sch2para16", "DPA2018Sch2para19"} {
				if !strings.Contains(says, why) {
					t.Errorf("no label says %s", why)
				}
			}
		case pack.JSONName:
			says = squeeze(string(data))
		default:
			continue
		}
		for _, c := range canaries {
			if !strings.Contains(says, squeeze(c)) {
				t.Errorf("%s does not show %q", name, c)
			}
		}
		if name != pack.JSONName && !strings.Contains(says, squeeze("Reviewer’s copy")) {
			t.Errorf("%s does not say what it is", name)
		}
		if err := pack.Check([]pack.File{{Name: pack.JSONName, Bytes: data}}, nil, nil); name == pack.JSONName && err == nil {
			t.Error("a reviewer's copy passes as an answer")
		}
	}
	if seen != 5 {
		t.Errorf("there are %d files", seen)
	}
	// And the requester sees none of it.
	list, err := pack.Files(in, pack.Print, pack.Spreadsheet)
	if err != nil {
		t.Fatal(err)
	}
	if err := (pack.Checker{Text: readBack(t)}).Check(list, canaries); err != nil {
		t.Error(err)
	}
}

func TestReviewerIsSealedApart(t *testing.T) {
	in, all := records(t)
	u, err := pack.Reviewer(in, all)
	if err != nil {
		t.Fatal(err)
	}
	one, two, office := identity(t), identity(t), identity(t)
	var sealed bytes.Buffer
	if err := u.Seal(&sealed, one.Recipient(), two.Recipient()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []age.Identity{one, two} {
		got, err := pack.OpenReviewer(bytes.NewReader(sealed.Bytes()), id)
		if err != nil {
			t.Fatal(err)
		}
		if got.Digest() != u.Digest() {
			t.Error("it is not what was sealed")
		}
	}
	if _, err := pack.OpenReviewer(bytes.NewReader(sealed.Bytes()), office); err == nil {
		t.Error("one who is no reviewer opened it")
	}
	if _, err := pack.Open(bytes.NewReader(sealed.Bytes()), one); err == nil {
		t.Error("it opens as an answer")
	}
	for _, c := range append(canaries, one.Recipient().String(), two.Recipient().String()) {
		if bytes.Contains(sealed.Bytes(), []byte(c)) {
			t.Errorf("the sealed file shows %q", c)
		}
	}
	var answer bytes.Buffer
	if err := pack.Seal(&answer, []pack.File{{Name: "a"}}, one.Recipient()); err != nil {
		t.Fatal(err)
	}
	if _, err := pack.OpenReviewer(&answer, one); err == nil {
		t.Error("an answer opens as a reviewer's copy")
	}
	words, _, err := pack.Passphrase("four words make sense")
	if err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string][]age.Recipient{"nobody": nil, "a passphrase": {words}} {
		if err := u.Seal(&bytes.Buffer{}, to...); err == nil {
			t.Errorf("sealed to %s", name)
		}
	}
	if err := (pack.Unredacted{}).Seal(&bytes.Buffer{}, one.Recipient()); err == nil {
		t.Error("sealed with nothing in it")
	}
}

func TestReviewerRefuses(t *testing.T) {
	in, all := records(t)
	if _, err := pack.Reviewer(in, all[1:]); err == nil || !strings.Contains(err.Error(), "item 1 has no whole record") {
		t.Errorf("without a record: error %v", err)
	}
	all[len(all)-1].Exemption = "because"
	if _, err := pack.Reviewer(in, all); err == nil || strings.Contains(err.Error(), "Withheldson") {
		t.Errorf("an unknown exemption: error %v", err)
	}
}

// Whatever was taken out of a text, the reviewer has all of it, in order.
func TestReviewerHasTheWholeText(t *testing.T) {
	words := rapid.SampledFrom([]string{"Ann", "Bo", " ", ", ", "met", "[sic]", "[", "]", "\n", "Ann Bo", "é", "met Ann"})
	rapid.Check(t, func(rt *rapid.T) {
		var whole, shown string
		for range rapid.IntRange(0, 12).Draw(rt, "parts") {
			w := words.Draw(rt, "word")
			whole += w
			if rapid.IntRange(0, 2).Draw(rt, "out") == 0 {
				w = rapid.SampledFrom([]string{"[Person 1]", "[phone withheld]"}).Draw(rt, "label")
			}
			shown += w
		}
		if again, _ := pack.Compare(whole, shown); again != whole {
			rt.Errorf("of %q with %q shown, the reviewer has %q", whole, shown, again)
		}
	})
}

func TestReviewerMarksWhatWasTakenOut(t *testing.T) {
	for _, c := range []struct {
		whole, shown string
		want         []string
	}{
		{"plain", "plain", nil},
		{"Ann met Bo.", "[Person 1] met [Person 2].", []string{"Ann <[Person 1]>", "Bo <[Person 2]>"}},
		{"Bo, 07700 900123 [sic], rang", "Bo, [phone withheld] [sic], rang", []string{"07700 900123 <[phone withheld]>"}},
		{"Ann Bo", "[Person 1]", []string{"Ann Bo <[Person 1]>"}},
		{"AnnBo", "[Person 1][Person 2]", []string{"AnnBo <[Person 2]>"}},
		{"rang Ann", "rang [Person 1]", []string{"Ann <[Person 1]>"}},
		{"one thing", "quite another", []string{"one thing <>"}},
		{"one thing more", "one thing", []string{" more <>"}},
		{"", "[Person 1]", nil},
	} {
		again, got := pack.Compare(c.whole, c.shown)
		if diff := cmp.Diff(c.want, got); diff != "" || again != c.whole {
			t.Errorf("%q with %q shown: %s", c.whole, c.shown, diff)
		}
	}
}
