package app

import (
	"net/http"
	"testing"

	"tenet/internal/law"
)

// TestCompanyOnTheForm: where a group has several companies the form asks which one a request
// was put to, and the case says for which it is and what binds that one.
func TestCompanyOnTheForm(t *testing.T) {
	c := openCounter(t, "northmoor", nil)
	v := c.visitor
	_, page := v.get("/cases/new")
	must(t, page, "Which of our companies was it put to?", "Fellside Housing Association")
	res, page := v.fill(page, "/cases/new", "asked", "What did you spend on lifts?", "kind", "foi", "channel", "letter", "received-day", "23", "received-month", "11", "received-year", "2026",
		"name", "Zebedee Nowhere", "email", "zebedee@example.org", "entity", "fellside")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("entering it gives %d:\n%s", res.StatusCode, textOf(page))
	}
	k, err := c.Cases.ByNumber(t.Context(), "PM-2026-0001")
	if err != nil || k.Kind != law.KindOther || k.Entity != "fellside" {
		t.Fatalf("it is a case of %s for %q: %v", k.Kind, k.Entity, err)
	}
	_, page = v.get("/cases/" + k.Number)
	must(t, page, "For Fellside Housing Association", "Regulator of Social Housing", "this is a plain request: no law sets a time for it")
}
