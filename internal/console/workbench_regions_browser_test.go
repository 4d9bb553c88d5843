package console_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
)

// drawnPage waits for the page of the original to be ready, and puts the focus on it.
func drawnPage(p *testbrowser.Page) {
	p.Until("document.querySelector('#page[role=application]')")
	p.Eval("document.getElementById('page').focus()")
	p.Until("document.getElementById('page-picture').naturalWidth > 0")
}

// near says that a box is another, to a hundredth of the page.
func near(a, b console.Box) bool {
	for _, d := range []float64{a.Left - b.Left, a.Top - b.Top, a.Right - b.Right, a.Bottom - b.Bottom} {
		if math.Abs(d) > 0.011 {
			return false
		}
	}
	return a.Page == b.Page
}

// TestRegionsByKeyboard draws, moves, sizes and covers a region with keys alone; each is announced, and the focus stays on
// the page, whose picture is fetched once.
func TestRegionsByKeyboard(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet/letter-1?page=2")
	drawnPage(p)
	p.Eval("document.getElementById('page-picture').mine = true")
	p.Type(kb.Enter)
	p.Until("document.getElementById('said').textContent.includes('From 40 to 60 per cent across, from 40 to 50 per cent down.')")
	p.Type(kb.ArrowLeft + kb.ArrowLeft + kb.ArrowDown)
	p.Until("document.getElementById('said').textContent === 'From 38 to 58 per cent across, from 41 to 51 per cent down.'")
	p.Eval(`(() => { for (let i = 0; i < 60; i++) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', shiftKey: true, bubbles: true, cancelable: true})); return true; })()`)
	p.Until("document.getElementById('said').textContent === 'From 38 to 100 per cent across, from 41 to 51 per cent down.'")
	if got := p.Eval("document.getElementById('region-left').value + ' ' + document.getElementById('region-page').value"); got != "38 2" {
		t.Errorf("the form says %v", got)
	}
	p.Type(kb.Enter)
	p.Until("document.activeElement.id === 'ask-reason'")
	for _, v := range p.Axe() {
		t.Errorf("the dialog: %s", v)
	}
	p.Type("A photograph of a child.\r")
	revision(p, 1)
	_, m := b.state()
	if m.Kind != "region" || m.Region == nil || !near(*m.Region, console.Box{Page: 2, Left: 0.38, Top: 0.41, Right: 1, Bottom: 0.51}) || m.Reason != "A photograph of a child." {
		t.Errorf("the mark is %+v, %+v", m, m.Region)
	}
	p.Until("document.activeElement.id === 'page' && document.getElementById('page-picture').mine && document.querySelectorAll('rect.tenet-region').length === 2")
	p.Until("document.getElementById('said').textContent.includes('The region is covered.')")

	// Escape lets it go, and the one in the list goes by its button.
	p.Type(kb.Enter + kb.Escape)
	p.Until("document.getElementById('said').textContent === 'The region is let go.' && document.getElementById('region-draft').getAttribute('width') === '0'")
	p.Eval("document.querySelector('#regions button').click()")
	revision(p, 2)
	p.Until("!document.getElementById('regions')")
}

// TestRegionsByPointer draws with a mouse; a finger scrolls unless it was said that it draws.
func TestRegionsByPointer(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet/letter-1")
	drawnPage(p)
	drag := func(kind string, left, top, right, bottom float64) {
		p.Eval(fmt.Sprintf(`(() => { const page = document.getElementById('page'), on = page.getBoundingClientRect(); page.setPointerCapture = () => {};
			const send = (type, x, y) => page.dispatchEvent(new PointerEvent(type, {bubbles: true, cancelable: true, pointerId: 1, pointerType: %q, clientX: on.left + x * on.width, clientY: on.top + y * on.height}));
			send('pointerdown', %g, %g); send('pointermove', %g, %g); send('pointerup', %g, %g); return true; })()`, kind, left, top, right, bottom, right, bottom))
	}
	drag("touch", 0.1, 0.1, 0.5, 0.5)
	drag("mouse", 0.3, 0.3, 0.3, 0.3)
	if got := p.Eval("document.querySelectorAll('dialog[open]').length + document.getElementById('region-left').value"); got != "0" {
		t.Errorf("a finger that scrolls, or a click, draws: %v", got)
	}
	for i, kind := range []string{"mouse", "touch"} {
		if kind == "touch" {
			p.Choose("#region-draw")
		}
		drag(kind, 0.6, 0.5, 0.2, 0.1) // from the lower right
		p.Until("document.activeElement.id === 'ask-reason'")
		p.Eval("document.getElementById('ask-reason').value = ''")
		p.Type("A face.\r")
		revision(p, i+1)
		if _, m := b.state(); m.Region == nil || !near(*m.Region, console.Box{Page: 1, Left: 0.2, Top: 0.1, Right: 0.6, Bottom: 0.5}) {
			t.Errorf("by %s: %+v", kind, m.Region)
		}
	}
}

// TestRegionsWithoutScripts covers a region and a whole page by the form.
func TestRegionsWithoutScripts(t *testing.T) {
	b := newFakeBench()
	f := serveBench(t, b)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{NoScript: true})
	signInWith(p, f)
	p.Goto(f.URL + bench + "/sheet/letter-1")
	for name, side := range map[string]string{"left": "10", "top": "20", "right": "30", "bottom": "40"} {
		p.Fill("#region-"+name, side)
	}
	p.Fill("#region-reason", "A neighbour's signature.")
	p.Click("#region-form button:not([name])")
	if _, m := b.state(); m.Region == nil || !near(*m.Region, console.Box{Page: 1, Left: 0.1, Top: 0.2, Right: 0.3, Bottom: 0.4}) {
		t.Errorf("the mark is %+v", m.Region)
	}
	p.Fill("#region-page", "2")
	p.Fill("#region-reason", "Of another tenancy.")
	p.Click("#region-form button[name=whole]")
	if _, m := b.state(); m.Region == nil || !m.Region.Whole() || m.Region.Page != 2 {
		t.Errorf("the mark is %+v", m.Region)
	}
}

// TestPagesForEveryone holds the sheet with the picture of a page and regions on it against axe and the width of the
// screen, in light and dark.
func TestPagesForEveryone(t *testing.T) {
	needAssets(t)
	b := newFakeBench()
	b.docs[0].Like, b.docs[1].LikeOf = 1, b.docs[0].Title
	f := serveBench(t, b)
	for i, box := range []console.Box{{Page: 1, Left: 0.1, Top: 0.1, Right: 0.6, Bottom: 0.3}, {Page: 2, Right: 1, Bottom: 1}} {
		if _, err := b.Mark(t.Context(), tomos, number, i, []console.Mark{{Kind: "region", Sheet: "letter-1", Region: &box, Exemption: "para16", Reason: "A neighbour."}}); err != nil {
			t.Fatal(err)
		}
	}
	browser := testbrowser.Start(t)
	signInWith(browser.Page(t, testbrowser.Options{}), f)
	for _, width := range []int{320, 1280} {
		for _, dark := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d dark %t", width, dark), func(t *testing.T) {
				p := browser.Page(t, testbrowser.Options{Width: width, Height: 800, Dark: dark})
				p.Goto(f.URL + bench + "/sheet/letter-1")
				drawnPage(p)
				p.Type(kb.Enter) // a region that is being drawn
				for _, v := range p.Axe() {
					t.Error(v)
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%d pixels wider than the screen", n)
				}
				defer func() { // the list, with what is decided together opened
					p.Goto(f.URL + bench)
					p.Eval("document.querySelector('table details').open = true")
					for _, v := range p.Axe() {
						t.Errorf("the list: %s", v)
					}
					if n := p.Overflow(); n > 0 {
						t.Errorf("the list is %d pixels wider than the screen", n)
					}
				}()
				if dir := os.Getenv("TENET_TEST_PICTURES"); dir != "" {
					if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("pages-%d-%t.png", width, dark)), p.Screenshot(true), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
	}
}
