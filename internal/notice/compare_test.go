package notice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	tests := []struct {
		name  string
		spoil []spoil
		want  []string // kind thing id field, and ! where it is significant
	}{
		{"nothing", nil, nil},
		{"a comment", []spoil{{sharingFile, "", "# nothing\n"}}, nil},
		{"a rule that moved in its file", []spoil{{webFile, "", "\n"}}, nil},
		{"the police rule narrows", []spoil{{sharingFile, "categories: [identity, contact-details, tenancy, images, asb, criminal]\n    basis: recognised", "categories: [identity, contact-details]\n    basis: recognised"}}, []string{"narrows sharing rule crime-to-police categories"}},
		{"a field more", []spoil{{sharingFile, "fields: [name, address, phone, job, access-needs]", "fields: [name, address, phone, job, access-needs, email]"}}, []string{"widens sharing rule repairs-to-contractors fields !"}},
		{"a condition gone", []spoil{{sharingFile, "    if: letting.new\n", ""}}, []string{"widens sharing rule lettings-return if !"}},
		{"a condition more", []spoil{{sharingFile, "    if: request.written && request.reason-given\n", "    if: request.written && request.reason-given && crime.serious\n"}}, []string{"narrows sharing rule crime-to-police if"}},
		{"a condition less", []spoil{{sharingFile, "    if: request.written && request.reason-given\n", "    if: request.reason-given\n"}}, []string{"widens sharing rule crime-to-police if !"}},
		{"conditions in another order", []spoil{{sharingFile, "    if: request.written && request.reason-given\n", "    if: (request.reason-given) &&  request.written\n"}}, nil},
		{"or another condition", []spoil{{sharingFile, "    if: letting.new\n", "    if: letting.new || sale.new\n"}}, []string{"widens sharing rule lettings-return if !"}},
		{"a condition moved", []spoil{{sharingFile, "    if: letting.new\n", "    if: sale.new\n"}}, []string{"moves-condition sharing rule lettings-return if !"}},
		{"other units", []spoil{{rightsFile, "{count: 10, unit: working-days, promise", "{count: 10, unit: calendar-days, promise"}}, []string{"hastens-clock right rectification clock.count"}},
		{"pushed instead of asked", []spoil{{sharingFile, "    says: The rent and the people named on the tenancy, when you claim help with it.\n    when: asked", "    says: The rent and the people named on the tenancy, when you claim help with it.\n    when: scheduled"}}, []string{"widens sharing rule rent-to-benefits when !"}},
		{"a need more", []spoil{{sharingFile, "    promise: utilities-only-when-asked\n", "    promise: utilities-only-when-asked\n    needs: [written-request]\n"}}, []string{"narrows sharing rule new-home-to-utility needs"}},
		{"kept longer", []spoil{{keepingFile, "    period: P30D\n", "    period: P90D\n"}}, []string{"keeps-longer retention rule camera-film period !"}},
		{"kept shorter", []spoil{{keepingFile, "    period: P30D\n", "    period: P2W\n"}}, []string{"keeps-shorter retention rule camera-film period"}},
		{"another trigger", []spoil{{keepingFile, "    trigger: recorded\n", "    trigger: case-closed\n"}}, []string{"moves-trigger retention rule camera-film trigger !"}},
		{"a slower clock", []spoil{{rightsFile, "{count: 10, unit: working-days, promise", "{count: 12, unit: working-days, promise"}}, []string{"slows-clock right rectification clock.count !"}},
		{"a faster clock", []spoil{{rightsFile, "{count: 10, unit: working-days, promise", "{count: 5, unit: working-days, promise"}}, []string{"hastens-clock right rectification clock.count"}},
		{"a purpose more", []spoil{{usesFile, "\nimpact-assessments:", "\n  - {id: sell-shares, purpose: To sell shares., categories: [identity], people: [tenants], basis: contract}\n\nimpact-assessments:"}}, []string{"adds-purpose use sell-shares  !"}},
		{"another basis", []spoil{{usesFile, "    basis: consent\n", "    basis: contract\n"}}, []string{"changes-basis use help-with-money-and-work basis !"}},
		{"a promise in other words", []spoil{{wordsFile, "We never sell it.", "We hardly ever sell it."}}, []string{"rewords-promise sentence never-sold  !"}},
		{"a promise gone", []spoil{{wordsFile, "We look into it and tell you what we found.", "We look into it."}}, []string{"rewords sentence  ", "rewords sentence  "}},
		{"a promise more", []spoil{{wordsFile, "", "\nWe are kind. {#kind}\n"}, {promisesFile, "", "kind: [{check: attested, by: data-protection, every: P1Y}]\n"}}, []string{"adds-promise sentence kind "}},
		{"a promise that moved", []spoil{{wordsFile, "It costs nothing. {#free-of-charge}\n", ""}, {wordsFile, "", "\nIt costs nothing. {#free-of-charge}\n"}}, nil},
	}
	old := load(t, pack(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := pack(t)
			for _, s := range tt.spoil {
				s.in(t, fsys)
			}
			c := Compare(old, load(t, fsys))
			var got []string
			significant := false
			for _, x := range c.Changes {
				line := string(x.Kind) + " " + x.Thing + " " + string(x.ID) + " " + x.Field
				if x.Significant {
					line += " !"
					significant = true
				}
				got = append(got, line)
				if x.File == "" || x.Why == "" || x.Says == "" {
					t.Errorf("change that leaves something out: %+v", x)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if c.Significant != significant || c.From.Version != old.Version() {
				t.Errorf("significant %v from %s", c.Significant, c.From.Version)
			}
		})
	}
}

// The other way round, what widened narrows.
func TestCompareBackwards(t *testing.T) {
	fsys := pack(t)
	edit(t, fsys, sharingFile, "fields: [name, address, phone, job, access-needs]", "fields: [name, address, phone, job, access-needs, email]")
	edit(t, fsys, keepingFile, "    period: P30D\n", "    period: P90D\n")
	edit(t, fsys, usesFile, "\nimpact-assessments:", "\n  - {id: sell-shares, purpose: To sell shares., categories: [identity], people: [tenants], basis: contract}\n\nimpact-assessments:")
	var got []ChangeKind
	for _, x := range Compare(load(t, fsys), load(t, pack(t))).Changes {
		got = append(got, x.Kind)
		if x.Significant {
			t.Errorf("%s is proposed as significant", x.Says)
		}
	}
	if diff := cmp.Diff([]ChangeKind{RemovesPurpose, Narrows, KeepsShorter}, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestCompareChannels(t *testing.T) {
	fsys := pack(t)
	src := strings.ReplaceAll(string(fsys[rightsFile].Data), ", anyone]", "]")
	src = strings.Replace(src, "  - {id: anyone, title: Tell any of our staff, kind: in-person, promise: ask-any-way}\n", "", 1)
	fsys[rightsFile].Data = []byte(src)
	c := Compare(load(t, pack(t)), load(t, fsys))
	if !c.Significant {
		t.Error("a way to ask that is gone is not proposed as significant")
	}
}

func TestOn(t *testing.T) {
	at := func(from, until Date) *Notice {
		return &Notice{Landlord: Landlord{Effective: from, Until: until}}
	}
	first, second, third := at("2025-01-01", "2025-12-31"), at("2026-01-01", ""), at("2026-07-01", "")
	for day, want := range map[Date]*Notice{
		"2024-12-31": nil, "2025-01-01": first, "2025-12-31": first, "2026-01-01": second,
		"2026-06-30": second, "2026-07-01": third, "2030-01-01": third,
	} {
		for _, order := range [][]*Notice{{first, second, third}, {third, first, second}} {
			got, ok := On(order, day)
			if got != want || ok != (want != nil) {
				t.Errorf("%s: got %+v, want %+v", day, got, want)
			}
		}
	}
}
