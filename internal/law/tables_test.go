package law

import (
	"encoding/json"
	"testing"
)

func TestRights(t *testing.T) {
	// The columns of UK GDPR Art 6(1)(a) to (f), with (ea) before (f).
	want := map[Right][7]Applies{
		RightInformed:        {Yes, Yes, Yes, Yes, Yes, Yes, Yes},
		RightAccess:          {Yes, Yes, Yes, Yes, Yes, Yes, Yes},
		RightRectification:   {Yes, Yes, Yes, Yes, Yes, Yes, Yes},
		RightErasure:         {May, May, No, May, No, May, May},
		RightRestriction:     {May, May, May, May, May, May, May},
		RightPortability:     {May, May, No, No, No, No, No},
		RightObject:          {No, No, No, No, Yes, Yes, Yes},
		RightObjectMarketing: {Yes, Yes, Yes, Yes, Yes, Yes, Yes},
		RightDecision:        {Yes, Yes, Yes, Yes, Yes, Yes, Yes},
		RightWithdraw:        {Yes, No, No, No, No, No, No},
	}
	for i, b := range Bases() {
		rights, err := Rights(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(rights) != len(want) || b.Cite() == "" {
			t.Errorf("%s (%s): %d rights, want %d", b, b.Cite(), len(rights), len(want))
		}
		for _, e := range rights {
			if e.Applies != want[e.Right][i] {
				t.Errorf("%s under %s: %s, want %s", e.Right, b, e.Applies, want[e.Right][i])
			}
			if e.Cite == "" || e.Applies == May && e.Note == "" {
				t.Errorf("%s under %s says too little: %+v", e.Right, b, e)
			}
		}
	}
	if _, err := Rights("because"); err == nil {
		t.Error("an unknown basis was taken")
	}
}

func TestExemptions(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Exemptions() {
		if seen[e.ID] || e.ID == "" || e.Cite == "" || e.Title == "" || e.Removes == "" || e.Test == "" {
			t.Errorf("twice, or incomplete: %+v", e)
		}
		seen[e.ID] = true
		if got, ok := ExemptionByID(e.ID); !ok || got != e {
			t.Errorf("%s is not found by its id", e.ID)
		}
	}
	for _, id := range []string{ExemptNotYours, ExemptThirdParty, ExemptPrivilege, ExemptCrime, ExemptNegotiations, ExemptHealthHarm} {
		if !seen[id] {
			t.Errorf("there is no exemption %s", id)
		}
	}
	if _, ok := ExemptionByID("nosy"); ok {
		t.Error("an unknown exemption was found")
	}
}

// Each doubt that names a setting names one that Settings has.
func TestDoubts(t *testing.T) {
	data, err := json.Marshal(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	var settings map[string]any
	if err := json.Unmarshal(data, &settings); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, d := range Doubts() {
		if _, ok := settings[d.Setting]; d.Setting != "" && !ok {
			t.Errorf("there is no setting %s", d.Setting)
		}
		if seen[d.ID] || d.Label == "" || d.Cite == "" || d.Says == "" {
			t.Errorf("twice, or incomplete: %+v", d)
		}
		seen[d.ID] = true
	}
	if err := Defaults().Validate(); err != nil {
		t.Error(err)
	}
}
