package notice

import (
	"strings"
	"testing"
)

// Every kind of change has its words, and says which thing it is about.
func TestMeans(t *testing.T) {
	fsys := pack(t)
	edit(t, fsys, keepingFile, "    period: P30D\n", "    period: P90D\n")
	edit(t, fsys, rightsFile, "{count: 10, unit: working-days, promise", "{count: 5, unit: working-days, promise")
	edit(t, fsys, sharingFile, "    if: letting.new\n", "")
	edit(t, fsys, landlordFile, "effective: 20", "effective: 21")
	edit(t, fsys, sharingFile, "categories: [identity, contact-details, tenancy, images, asb, criminal]\n    basis: recognised", "categories: [identity, contact-details, tenancy, asb, criminal, complaints]\n    basis: recognised")
	c := Compare(load(t, pack(t)), load(t, fsys))
	var en, cy []string
	for _, x := range c.Rules() {
		en, cy = append(en, x.Means("en")), append(cy, x.Means("cy"))
	}
	want := "We will keep it for longer: Film from cameras in shared spaces, 30 days before and 90 days now."
	// Whose, of what, and by how much stand in each.
	for _, want := range []string{want,
		"10 working days before and 5 working days now.",
		"More is done with information about you, or for more people: The police: What they say in writing they need, for a crime they name (now also: Complaints; no longer: Pictures and film)."} {
		if len(en) != 4 || !strings.Contains(strings.Join(en, "\n"), want) {
			t.Errorf("in English: %q, want %q among four", en, want)
		}
	}
	for i := range cy {
		if cy[i] == en[i] {
			t.Errorf("in Welsh: %q", cy[i])
		}
	}
	if got := (Change{Kind: "new-kind", Title: "A thing."}).Means("gd"); got != "This is done in another way: A thing." {
		t.Errorf("a kind and a language that nobody knows: %q", got)
	}
	if len(c.Different()) != 0 {
		t.Errorf("sentences differ: %v", c.Different())
	}
}

func TestEveryKindOfChangeHasWords(t *testing.T) {
	for _, k := range []ChangeKind{AddsPurpose, RemovesPurpose, ChangesBasis, AddsCategory, RemovesCategory, AddsRecipient, RemovesRecipient, Widens, Narrows, MovesCondition, KeepsLonger, KeepsShorter,
		MovesTrigger, SlowsClock, HastensClock, AddsRight, RemovesRight, AddsPromise, RemovesPromise, RewordsPromise, Rewords, AddsRule, RemovesRule, ChangesRule} {
		if phrases()["en"]["means-"+string(k)] == "" {
			t.Errorf("%s has no words", k)
		}
	}
}
