package desk

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/doc"
	"tenet/internal/redact"
)

const mineAlone = "Dear Jane Okafor, your tenancy is TEN-004417 and your boiler was serviced."

// scanned is a case over a letter with a page to cover and a text without pages; every record is released.
func scanned(t testing.TB) (*Desk, *Bench) {
	t.Helper()
	d := archive(t, map[string][]byte{"letter.pdf": aLetter(mineAlone), "note.txt": []byte(mineAlone)})
	res, err := d.Access(t.Context(), AccessRequest{Query: jane, By: "tester"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Bench(t.Context(), releaseAll(t, d, res))
	if err != nil {
		t.Fatal(err)
	}
	return d, b
}

// named is the place of the record of a file.
func named(t testing.TB, b *Bench, file string) int {
	t.Helper()
	for i := range b.Items {
		if strings.Contains(b.Items[i].Title, file) {
			return i
		}
	}
	t.Fatalf("there is no record of %s", file)
	return 0
}

// shade is the part of an area of a picture that is black.
func shade(t testing.TB, drawn doc.PageImage, left, top, right, bottom float64) float64 {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(drawn.PNG))
	if err != nil {
		t.Fatal(err)
	}
	w, h := float64(m.Bounds().Dx()), float64(m.Bounds().Dy())
	black, all := 0, 0
	for y := int(top * h); y < int(bottom*h); y++ {
		for x := int(left * w); x < int(right*w); x++ {
			if r, g, b, _ := m.At(x, y).RGBA(); max(r, g, b) < 0x4000 {
				black++
			}
			all++
		}
	}
	return float64(black) / float64(max(all, 1))
}

// TestRegionsOfAnAnswer: what somebody covers on the picture of a page is black in the copy that goes out, read back from
// the pack; taken back, it is not.
func TestRegionsOfAnAnswer(t *testing.T) {
	d, b := scanned(t)
	i := named(t, b, "letter.pdf")
	if !b.Pictured(i) || b.Pictured(named(t, b, "note.txt")) || d.Pages(b, i) != 0 {
		t.Error("what has pages is told wrongly")
	}
	drawn, err := d.Page(t.Context(), b, i, 1)
	if err != nil || max(drawn.Width, drawn.Height) != pagePoints || d.Pages(b, i) != 1 {
		t.Fatalf("%d by %d, %v", drawn.Width, drawn.Height, err)
	}
	// The lower half has nothing on it: what is black there is the region.
	g := redact.Region{Page: 1, Left: 0.1, Top: 0.5, Right: 0.6, Bottom: 0.9}
	if n := shade(t, drawn, g.Left, g.Top, g.Right, g.Bottom); n > 0.01 {
		t.Fatalf("%.2f of the original is black there already", n)
	}
	copied := func(marks ...redact.Mark) doc.PageImage {
		t.Helper()
		next, err := d.Mark(t.Context(), b.Case, by(b, "tester"), len(b.Steps), marks)
		if err != nil {
			t.Fatal(err)
		}
		b, _ = redrafted(t, d, next)
		docs, _ := handed(t, d, b.Case)
		if docs["letter.pdf"] == nil {
			why, detail := b.LeftOut(i)
			t.Fatalf("there is no copy: %s: %s", why, detail)
		}
		out, err := new(doc.Reader).PageImage(t.Context(), bytes.NewReader(docs["letter.pdf"]), "letter.pdf", 1, pagePoints)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	mark := redact.Mark{Kind: redact.MarkRegion, Doc: b.Items[i].ID, Region: &g, Reason: "a photograph of a neighbour"}
	// Whoever covers a part of a page means its words too: they wait, and the copy with
	// them, until somebody releases the document after that.
	release := redact.Mark{Kind: redact.MarkFlag, Doc: b.Items[i].ID, Flag: redact.FlagRelease, Reason: "read: the words name nobody"}
	for _, m := range []redact.Mark{release, mark} {
		next, err := d.Mark(t.Context(), b.Case, by(b, "tester"), len(b.Steps), []redact.Mark{m})
		if err != nil {
			t.Fatal(err)
		}
		b = next
	}
	held := 0
	for p := range b.State.Work.Docs[i].Pieces {
		if clean, _, _, why := b.State.Field(i, p); why != "" && clean == "" {
			held++
		}
	}
	if waiting, _ := b.State.Waiting(i); waiting == 0 || held == 0 {
		t.Errorf("once a region is drawn %d wait, and %d fields stay out", waiting, held)
	}
	b, _ = redrafted(t, d, b)
	if docs, _ := handed(t, d, b.Case); docs["letter.pdf"] != nil {
		t.Error("a copy goes out whose words nobody has released")
	}
	out := copied(release)
	if n := shade(t, out, g.Left+0.01, g.Top+0.01, g.Right-0.01, g.Bottom-0.01); n < 0.999 {
		t.Errorf("%.3f of the region is black in the copy", n)
	}
	if n := shade(t, out, g.Right+0.02, g.Top, 1, 1); n > 0.01 {
		t.Errorf("%.3f beside the region is black too", n)
	}
	out = copied(redact.Mark{Kind: redact.MarkDrop, Doc: b.Items[i].ID, Span: b.State.Regions(i)[0].ID})
	if n := shade(t, out, g.Left, g.Top, g.Right, g.Bottom); n > 0.01 {
		t.Errorf("taken away, %.3f of it is black still", n)
	}

	// What no copy could be made with is refused, and says what to do.
	far := g
	far.Page = 2
	for code, m := range map[string]redact.Mark{
		"mark":     {Kind: redact.MarkRegion, Doc: b.Items[i].ID, Region: &far, Reason: "r"},
		"no-pages": {Kind: redact.MarkRegion, Doc: b.Items[named(t, b, "note.txt")].ID, Region: &g, Reason: "r"},
		"reason":   {Kind: redact.MarkRegion, Doc: b.Items[i].ID, Region: &g},
	} {
		var e *Error
		if _, err := d.Mark(t.Context(), b.Case, by(b, "tester"), len(b.Steps), []redact.Mark{m}); !errors.As(err, &e) || e.Code != code || e.Mend == "" {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// TestPagesOfWhatChanged: what is not what was searched is not shown, and staff read why a copy was left out.
func TestPagesOfWhatChanged(t *testing.T) {
	d, b := scanned(t)
	i := named(t, b, "letter.pdf")
	for _, page := range []int{0, 2, -1} {
		var e *Error
		if _, err := d.Page(t.Context(), b, i, page); !errors.As(err, &e) || e.Code != "page" {
			t.Errorf("page %d: %v", page, err)
		}
	}
	var e *Error
	if _, err := d.Page(t.Context(), b, named(t, b, "note.txt"), 1); !errors.As(err, &e) || e.Code != "no-pages" {
		t.Errorf("a text: %v", err)
	}
	for _, s := range d.Config.Sources {
		if s.Name == "letters" {
			path := filepath.Join(strings.TrimPrefix(s.URL, "dir:"), "letter.pdf")
			if err := os.WriteFile(path, aLetter("Dear Gladys Pettifer, another letter altogether."), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := d.Page(t.Context(), b, i, 1); !errors.As(err, &e) || e.Code != "changed-document" {
		t.Errorf("a changed document: %v", err)
	}
	b, out := redrafted(t, d, b)
	why, detail := b.LeftOut(i)
	if why == "" || !strings.Contains(why+detail, "not what it was") {
		t.Errorf("why it was left out: %q, %q", why, detail)
	}
	if strings.Contains(out, "not what it was when it was read") {
		t.Error("the requester reads what went wrong")
	}
	if why, detail := b.LeftOut(named(t, b, "note.txt")); why != "" || detail != "" {
		t.Errorf("what went out was left out: %q, %q", why, detail)
	}
}

// TestRegionsWithoutPages: where a document has a region and no page for it, as one that is like another may, no copy is
// made, and staff read why.
func TestRegionsWithoutPages(t *testing.T) {
	d := archive(t, map[string][]byte{"a.txt": []byte(mineAlone), "b.pdf": aLetter(mineAlone, "We came twice.")})
	res, err := d.Access(t.Context(), AccessRequest{Query: jane, By: "tester"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, _, c, _ := single(t, d, res)
	var marks []redact.Mark
	for _, x := range res.List {
		marks = append(marks, redact.Mark{Kind: redact.MarkRegion, Doc: x.Item, Region: &redact.Region{Page: 2, Right: 1, Bottom: 1}, Reason: "r"},
			redact.Mark{Kind: redact.MarkFlag, Doc: x.Item, Flag: redact.FlagRelease, Reason: "r"})
	}
	c.steps = []redact.Step{{Number: 1, By: "tester", Marks: marks}}
	state, err := c.compose(res.Answer)
	if err != nil {
		t.Fatal(err)
	}
	list := dispositions(res.Answer.Records, state)
	ds, err := d.documents(t.Context(), s, list, c, state, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		want := map[bool]string{true: "it has no pages", false: "there is no page 2"}[strings.HasSuffix(x.Record.Row.Get("path").Text, ".txt")]
		if why := ds.whyLeft()[x.Item]; x.Record.Source == "letters" && (why.Why != reasonUnproven || !strings.Contains(why.Detail, want)) {
			t.Errorf("%+v, want %q", why, want)
		}
	}
	if len(ds.copies) != 0 || len(ds.left) != 2 {
		t.Errorf("%d copies, %d left out", len(ds.copies), len(ds.left))
	}
}
