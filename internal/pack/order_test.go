package pack_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/pack"
)

// An answer is the same bytes whatever order its parts come in and whatever the
// items are called: IDs are made of the case and the workspace.
func TestOrderIsOfContent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type made struct {
			item  pack.Item
			lines []pack.Withheld
		}
		few := rapid.SampledFrom([]string{"", "a", "b", "ż"})
		all := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) made {
			m := made{item: pack.Item{Source: few.Draw(rt, "source"), Table: few.Draw(rt, "table"), Fields: []pack.Field{
				{Name: "n", Value: few.Draw(rt, "value")}, {Name: "w", Withheld: rapid.Bool().Draw(rt, "withheld"), Exemption: law.ExemptThirdParty},
			}}}
			for range rapid.IntRange(0, 2).Draw(rt, "lines") {
				m.lines = append(m.lines, pack.Withheld{What: "x" + few.Draw(rt, "what"), Exemption: law.ExemptThirdParty, Reason: few.Draw(rt, "reason")})
			}
			return m
		}), 0, 12).Draw(rt, "items")
		gaps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) pack.Gap { return pack.Gap{What: few.Draw(rt, "what"), Why: few.Draw(rt, "why")} }), 0, 3).Draw(rt, "gaps")
		given := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) pack.Disclosure {
			return pack.Disclosure{Recipient: few.Draw(rt, "to"), What: few.Draw(rt, "what")}
		}), 0, 4).Draw(rt, "given")
		input := func(workspace string) pack.Input {
			in := pack.Input{Reference: "A1", Landlord: "Larkfield Homes", Searched: date(t, "2026-10-03"), Sources: []string{"z", "a"}}
			order := rapid.Permutation(all).Draw(rt, "order")
			for i, m := range order {
				m.item.ID = fmt.Sprintf("%s%d", workspace, i*7%13)
				in.Items = append(in.Items, m.item)
				for _, l := range rapid.Permutation(m.lines).Draw(rt, "lines") {
					l.Item = m.item.ID
					in.Withheld = append(in.Withheld, l)
				}
			}
			in.Withheld = rapid.Permutation(in.Withheld).Draw(rt, "withheld")
			in.NotSearched = rapid.Permutation(gaps).Draw(rt, "gaps")
			in.Disclosures.Given = rapid.Permutation(given).Draw(rt, "given")
			return in
		}
		digest := func(workspace string) string {
			list, err := pack.Files(input(workspace)) // The extra files are made of these.
			if err != nil {
				rt.Fatal(err)
			}
			return pack.Digest(list)
		}
		if digest("one") != digest("two") {
			rt.Error("another workspace makes other bytes")
		}
	})
}

func TestEqualRowsWithoutAKey(t *testing.T) {
	in := answer(t)
	twin := pack.Item{ID: "same", Source: "s", Table: "t", Fields: []pack.Field{{Name: "a", Value: "1"}, {Name: "b", Withheld: true}}}
	for range 3 {
		in.Items = append(in.Items, twin)
		in.Withheld = append(in.Withheld, pack.Withheld{Item: "same", What: "a field of its own", Exemption: law.ExemptThirdParty})
	}
	d, _ := fromJSON(t, files(t, in)[pack.JSONName])
	seen := 0
	for _, w := range d.Withheld {
		if w.What == "a field of its own" {
			seen++
			if w.Times != 1 || d.Items[w.Item-1].Title != "T" {
				t.Errorf("the schedule says %+v", w)
			}
		}
	}
	if len(d.Items) != 31 || seen != 3 {
		t.Errorf("there are %d items, and %d lines about equal ones", len(d.Items), seen)
	}
	in.Items[len(in.Items)-1].Whose = "yours"
	if _, err := pack.Files(in); err == nil || !strings.Contains(err.Error(), "one ID") {
		t.Errorf("two different items of one ID: error %v", err)
	}
}

// Another process, on a machine that stands elsewhere and speaks otherwise,
// makes the same bytes.
func TestSameBytesInAnotherProcess(t *testing.T) {
	const ask = "PACK_TEST_DIGEST"
	list, err := pack.Files(answer(t), pack.Print, pack.Spreadsheet)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(ask) != "" {
		fmt.Println("digest", pack.Digest(list))
		return
	}
	for _, zone := range []string{"UTC", "Asia/Kathmandu", "America/Los_Angeles"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSameBytesInAnotherProcess$", "-test.count=1")
		cmd.Env = append(os.Environ(), ask+"=1", "TZ="+zone, "LANG=cy_GB.UTF-8", "GOMAXPROCS=1")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(out), "digest "+pack.Digest(list)) {
			t.Errorf("in %s it makes other bytes: %s", zone, out)
		}
	}
}
