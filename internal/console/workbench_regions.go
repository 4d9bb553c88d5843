package console

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/web"
)

// picture serves one page of the original as a picture. Nobody keeps it: it is drawn
// when it is asked for, by whoever may open the document.
func (c *Console) picture(w http.ResponseWriter, r *http.Request, _ Staff) {
	page, err := strconv.Atoi(r.PathValue("page"))
	if err != nil || page < 1 {
		c.pages.Fail(w, r, web.ErrNotFound)
		return
	}
	p, err := c.Workbench.Page(r.Context(), r.PathValue("number"), r.PathValue("id"), page)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Disposition", fmt.Sprintf("inline; filename=page-%d.png", page))
	w.Header().Set("Content-Length", strconv.Itoa(len(p.PNG)))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(p.PNG) // the browser went away: nobody is left to tell
}

// formBox is the region that a form names in percentages, or a whole page. What is no
// number is NaN, which checkMark refuses.
func formBox(form url.Values) *Box {
	var b Box
	b.Page, _ = strconv.Atoi(strings.TrimSpace(form.Get("page")))
	if form.Get("whole") == "yes" {
		b.Right, b.Bottom = 1, 1
		return &b
	}
	for name, side := range map[string]*float64{"left": &b.Left, "top": &b.Top, "right": &b.Right, "bottom": &b.Bottom} {
		given := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(form.Get(name)), "%"))
		n, err := strconv.ParseFloat(strings.Replace(given, ",", ".", 1), 64)
		if *side = n / 100; err != nil {
			*side = math.NaN()
		}
	}
	return &b
}

// check refuses a region that nobody can place.
func (b *Box) check() error {
	within := true
	if b != nil {
		for _, side := range []float64{b.Left, b.Top, b.Right, b.Bottom} {
			within = within && side >= 0 && side <= 1
		}
	}
	switch {
	case b == nil || b.Page < 1:
		return &web.Refusal{Why: "That names no page to cover a part of.", Mend: "Give the number of a page, from 1."}
	case !within:
		return &web.Refusal{Why: "The sides of a region are numbers from 0 to 100.", Mend: "Say how far each is from the left edge or the top of the page, in per cent."}
	case b.Left >= b.Right || b.Top >= b.Bottom:
		return &web.Refusal{Why: "That region covers nothing.", Mend: "Its right side must be beyond its left one, and its bottom below its top."}
	}
	return nil
}

// Whole says that all of the page is covered.
func (b Box) Whole() bool { return b.Left <= 0 && b.Top <= 0 && b.Right >= 1 && b.Bottom >= 1 }

// Width and Height are fractions of the page, as the sides are.
func (b Box) Width() float64 { return b.Right - b.Left }

// Height is explained at Width.
func (b Box) Height() float64 { return b.Bottom - b.Top }

// Words is where the region is.
func (b Box) Words() string {
	if b.Whole() {
		return fmt.Sprintf("Page %d: the whole page", b.Page)
	}
	return fmt.Sprintf("Page %d: from %s to %s per cent across, from %s to %s per cent down", b.Page, perCent(b.Left), perCent(b.Right), perCent(b.Top), perCent(b.Bottom))
}

// perCent is a fraction in per cent, to a tenth; empty for what is no number.
func perCent(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ""
	}
	return strconv.FormatFloat(math.Round(f*1000)/10, 'f', -1, 64)
}

// pageView is the page of the original that a sheet shows.
type pageView struct {
	Number, Pages  int // Pages is 0 while that is not known
	Src            string
	Previous, Next string
	Here           []Region // on this page
	Tried          Box      // what was just refused, to be mended
}

// Said is one side of what was tried, for the form.
func (p *pageView) Said(side string) string {
	if p.Tried.Page == 0 {
		return ""
	}
	return perCent(map[string]float64{"left": p.Tried.Left, "top": p.Tried.Top, "right": p.Tried.Right, "bottom": p.Tried.Bottom}[side])
}

// page takes the page that is looked at; where it is not there, the first.
func (v *sheetView) page(r *http.Request, c *Console, page int) {
	if !v.Sheet.Pictured {
		return
	}
	p := &pageView{Number: max(page, 1), Pages: v.Sheet.Pages}
	if p.Number > 1 && p.Pages == 0 {
		drawn, err := c.Workbench.Page(r.Context(), r.PathValue("number"), v.Sheet.ID, p.Number)
		if p.Pages = drawn.Pages; err != nil {
			p.Number = 1 // whose picture then says what is wrong
		}
	}
	if p.Pages > 0 {
		p.Number = min(p.Number, p.Pages)
	}
	p.Src = v.Here + "/page/" + strconv.Itoa(p.Number)
	if p.Number > 1 {
		p.Previous = v.PageAt(p.Number - 1)
	}
	if p.Pages == 0 || p.Number < p.Pages {
		p.Next = v.PageAt(p.Number + 1)
	}
	for _, g := range v.Sheet.Regions {
		if g.Page == p.Number {
			p.Here = append(p.Here, g)
		}
	}
	v.Page = p
}

// PageAt leads to a page of the original on this sheet.
func (v *sheetView) PageAt(page int) string {
	return v.Here + "?" + url.Values{"part": {strconv.Itoa(v.Part)}, "page": {strconv.Itoa(page)}}.Encode() + "#pages"
}

// PageNumber is the page that is looked at; 0 where there is none.
func (v *sheetView) PageNumber() int {
	if v.Page == nil {
		return 0
	}
	return v.Page.Number
}

// CiteOf is an exemption in words, by its id.
func (v *sheetView) CiteOf(id string) string {
	if i := slices.IndexFunc(v.Exemptions, func(e ExemptionChoice) bool { return e.ID == id }); i >= 0 {
		return v.Exemptions[i].Words()
	}
	return ""
}
