package console_test

import (
	"bytes"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/console"
)

// TestPagesOfASheet: the picture of a page is served to whoever may open the document, is kept by nobody and runs
// nothing; the sheet leads from page to page.
func TestPagesOfASheet(t *testing.T) {
	b := newFakeBench()
	f := serveBench(t, b)
	v := f.staff(t)
	at := bench + "/sheet/letter-1"
	res, err := v.http.Get(v.at + at + "/page/2")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(data)); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%d: %v", res.StatusCode, err)
	}
	for name, want := range map[string]string{"Content-Type": "image/png", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "script-src") {
		t.Errorf("the policy of a picture is %q", policy)
	}
	for path, want := range map[string]int{at + "/page/9": http.StatusConflict, at + "/page/0": http.StatusNotFound, at + "/page/x": http.StatusNotFound, bench + "/sheet/note-1/page/1": http.StatusNotFound} {
		if status, page := v.get(path); status != want || strings.Contains(page, "PNG") {
			t.Errorf("%s gives %d", path, status)
		}
	}
	if _, page := f.visitor(t).get(at + "/page/1"); !strings.Contains(page, `name="password"`) {
		t.Error("a page is shown to someone who is not signed in")
	}
	_, page := v.get(at)
	for _, want := range []string{`src="` + at + `/page/1"`, `loading="lazy"`, "page 1 of 2", "No part of it is covered", "page=2", "The draft has no copy of this document:", "page 2: the picture is damaged"} {
		if !strings.Contains(page, want) {
			t.Errorf("the sheet has no %q", want)
		}
	}
	for query, want := range map[string]string{"2": "page 2 of 2", "9": "page 2 of 2", "x": "page 1 of 2"} {
		if _, page := v.get(at + "?page=" + query); !strings.Contains(page, want) {
			t.Errorf("page %s is not %q", query, want)
		}
	}
	if _, page := v.get(bench + "/sheet/note-1"); strings.Contains(page, "page-picture") {
		t.Error("a note has pages")
	}
}

// TestRegionsByForm: four percentages cover a region, a button a whole page; both are listed with who and why, and can be
// taken away; what covers nothing is refused with what was typed.
func TestRegionsByForm(t *testing.T) {
	b := newFakeBench()
	v := serveBench(t, b).staff(t)
	form := func(page string, more ...string) []string {
		return append([]string{"kind", "region", "sheet", "letter-1", "page", page, "exemption", "para16", "reason", "a neighbour's child"}, more...)
	}
	status, page := v.post(bench+"/marks", form("2", "revision", "0", "left", "12.5", "top", " 30 % ", "right", "62,5", "bottom", "90")...)
	_, got := b.state()
	want := console.Mark{Kind: "region", Sheet: "letter-1", Exemption: "para16", Reason: "a neighbour's child", Region: &console.Box{Page: 2, Left: 0.125, Top: 0.3, Right: 0.625, Bottom: 0.9}}
	if diff := cmp.Diff(want, got); diff != "" || status != http.StatusOK {
		t.Errorf("%d, (-want +got):\n%s", status, diff)
	}
	for _, want := range []string{"The region is covered.", "Page 2: from 12.5 to 62.5 per cent across, from 30 to 90 per cent down", "by Rosalind Achebe: a neighbour&#39;s child", `x="0.125" y="0.3" width="0.5" height="0.6`, "page 2 of 2"} {
		if !strings.Contains(page, want) {
			t.Errorf("after it the sheet has no %q", want)
		}
	}
	if _, page = v.post(bench+"/marks", form("1", "revision", "1", "whole", "yes")...); !strings.Contains(page, "Page 1: the whole page") || !strings.Contains(page, "The whole page is covered.") {
		t.Error("a whole page is not shown as that")
	}
	if _, page = v.post(bench+"/marks", "kind", "drop", "of", "pages", "sheet", "letter-1", "span", "r0", "revision", "2"); strings.Contains(page, "Page 2: from") || !strings.Contains(page, "Covered: 1 region") {
		t.Error("what was taken away is there still")
	}
	for says, sides := range map[string][]string{
		"covers nothing":                       {"left", "60", "top", "0", "right", "60", "bottom", "10"},
		"numbers from 0 to 100":                {"left", "", "top", "0", "right", "60", "bottom", "10"},
		"numbers from 0 to 100.":               {"left", "0", "top", "0", "right", "160", "bottom", "10"},
		"sides of a region are numbers from 0": {"left", "NaN", "top", "0", "right", "60", "bottom", "10"},
	} {
		status, page := v.post(bench+"/marks", form("1", append(sides, "revision", "3")...)...)
		if status != http.StatusConflict || !strings.Contains(page, says) || !strings.Contains(page, `name="right" inputmode="decimal" aria-describedby="region-hint" value="`+sides[5]+`"`) {
			t.Errorf("%v: %d, no %q or not what was typed", sides, status, says)
		}
	}
	// One that a document without pages has of another is listed too, and can be taken away.
	b.docs[0].Regions = []console.Region{{Box: console.Box{Page: 1, Right: 1, Bottom: 1}, ID: "r9", By: "Tomos Prydderch", Reason: "A neighbour.", From: "Letter of 1 March 2026"}}
	if _, page := v.get(bench + "/sheet/note-1"); !strings.Contains(page, "Drawn on “Letter of 1 March 2026”") || !strings.Contains(page, `name="span" value="r9"`) || strings.Contains(page, "page-picture") {
		t.Error("a region of a document without pages is not listed")
	}
	if n, _ := b.state(); n != 3 {
		t.Errorf("what was refused made steps: %d", n)
	}
}

// TestDecidedOnce: what is nearly the same stands on one line of the list with its count, which opens to each; the sheets
// say with what they are decided.
func TestDecidedOnce(t *testing.T) {
	b := newFakeBench()
	b.docs[0].Like = 2
	b.docs[1].LikeOf, b.docs[2].LikeOf = b.docs[0].Title, b.docs[0].Title
	v := serveBench(t, b).staff(t)
	_, page := v.get(bench)
	for _, want := range []string{"3 documents nearly the same, decided once", "Decided with 2 documents like it", "Decided with “Note of 2 March 2026”", `<strong>6</strong>`, "13 documents"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list has no %q", want)
		}
	}
	if n := strings.Count(page, `<tr class="govuk-table__row">`); n != 1+11 {
		t.Errorf("%d rows", n)
	}
	if n := strings.Count(page, bench+"/sheet/note-2#work"); n != 1 {
		t.Errorf("a member is led to %d times", n)
	}
	if _, page = v.get(bench + "/sheet/note-1"); !strings.Contains(page, "Decided with 2 documents like it") {
		t.Error("the first does not say what is decided with it")
	}
	if status, page := v.post(bench+"/marks", "kind", "flag", "sheet", "note-1", "flag", "release", "thread", "yes", "revision", "0"); status != http.StatusConflict || !strings.Contains(page, "one by one") {
		t.Errorf("a conversation is let out unread: %d", status)
	}
	if _, page = v.get(bench + "/sheet/note-2"); !strings.Contains(page, "Decided with “Note of 2 March 2026”, which it is nearly the same as") {
		t.Error("another does not say what it is decided with")
	}
}
