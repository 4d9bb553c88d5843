package testbrowser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tenet/internal/testdata"
)

// Browser is one running browser, with nothing remembered from another.
type Browser struct{ ctx context.Context }

// patience is how long a browser may take over one step before the test fails,
// on a machine that is busy with other things.
const patience = 45 * time.Second

// Start starts a browser that ends with the test.
func Start(t testing.TB) *Browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		testdata.Missing(t, "chromium", "the browser Chromium (Debian's package chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("no-sandbox", os.Geteuid() == 0), // Chromium refuses to sandbox for root
		chromedp.WSURLReadTimeout(patience),
	)
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, end := chromedp.NewContext(alloc)
	if err := chromedp.Do(ctx); err != nil {
		end()
		endAlloc()
		t.Fatalf("start %s: %v", path, err)
	}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("end the browser: %v", err)
		}
		end()
		endAlloc()
	})
	return &Browser{ctx}
}

// Options are how a page is looked at. The zero Options are a desk's screen,
// light, with scripts on.
type Options struct {
	Width, Height int // in CSS pixels; 1280 by 900 if zero
	Dark          bool
	Print         bool // as on paper
	NoScript      bool // scripts are off, as some people have them
}

// Phone is the narrowest screen that pages must fit (WCAG 2.2, 1.4.10 Reflow).
var Phone = Options{Width: 320, Height: 640}

// Page is one tab.
type Page struct {
	t   testing.TB
	ctx context.Context
}

// Page opens an empty tab, which ends with the test.
func (b *Browser) Page(t testing.TB, o Options) *Page {
	t.Helper()
	if o.Width == 0 {
		o.Width, o.Height = 1280, 900
	}
	ctx, end := chromedp.NewContext(b.ctx)
	t.Cleanup(end)
	p := &Page{t, ctx}
	scheme := "light"
	if o.Dark {
		scheme = "dark"
	}
	// The first run opens the tab and gives it its life, so it has no time limit.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(o.Width), int64(o.Height))); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if o.Print {
		media.Media = "print"
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatalf("make a tab %s: %v", scheme, err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.NoScript}); err != nil {
		t.Fatalf("turn scripts on or off: %v", err)
	}
	return p
}

// run does one thing in a page, and fails the test if it cannot be done.
func run[T any](p *Page, what string, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return v
}

// leave does what leads to another page, and waits for that page.
func (p *Page) leave(what string, action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, action); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// Goto opens an address and waits until it has loaded.
func (p *Page) Goto(url string) {
	p.t.Helper()
	run(p, "open "+url, chromedp.Navigate(url))
}

// Title is the page's title.
func (p *Page) Title() string {
	p.t.Helper()
	return run(p, "read the title", chromedp.Title())
}

// Text is the text of the first element that a CSS selector finds.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return run(p, "read "+selector, chromedp.Text(chromedp.CSS(selector)))
}

// Shown says whether the first element that a CSS selector finds can be seen.
func (p *Page) Shown(selector string) bool {
	p.t.Helper()
	return run(p, "see "+selector, chromedp.Evaluate[bool](fmt.Sprintf(
		"document.querySelector(%q).checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})", selector)))
}

// Click clicks an element that leads to another page, and waits for that page.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.leave("click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Choose clicks a radio button or a box.
func (p *Page) Choose(selector string) {
	p.t.Helper()
	run(p, "choose "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Fill types into a field, in place of what is there.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	run(p, "find "+selector, chromedp.Evaluate[int](fmt.Sprintf("document.querySelector(%q).select(), 0", selector)))
	run(p, "fill "+selector, chromedp.KeyEvent(text))
}

// focused is the element that the keyboard would act on: its id and its words.
const focused = `(() => { const e = document.activeElement;
	const label = e.labels && e.labels[0] ? e.labels[0].innerText : (e.innerText || e.getAttribute('aria-label') || '');
	return (e.id ? '#' + e.id : '') + ' ' + label.trim().replace(/\s+/g, ' '); })()`

// TabTo presses Tab until what is in focus has this id ("#name") or words that
// contain want, as someone without a mouse would.
func (p *Page) TabTo(want string) {
	p.t.Helper()
	var seen []string
	for range 200 {
		run(p, "press Tab", chromedp.KeyEvent(kb.Tab))
		at := run(p, "see what is in focus", chromedp.Evaluate[string](focused))
		id, words, _ := strings.Cut(at, " ")
		if id == want || !strings.HasPrefix(want, "#") && strings.Contains(words, want) {
			return
		}
		seen = append(seen, at)
	}
	p.t.Fatalf("Tab never reached %q; it went through %q", want, seen)
}

// Type types into whatever is in focus.
func (p *Page) Type(text string) {
	p.t.Helper()
	run(p, "type", chromedp.KeyEvent(text))
}

// Enter presses Enter on a link or button that leads to another page.
func (p *Page) Enter() {
	p.t.Helper()
	p.leave("press Enter", chromedp.KeyEvent(kb.Enter))
}

// Back goes back one page, as the browser's own button does.
func (p *Page) Back() {
	p.t.Helper()
	run(p, "go back", chromedp.NavigateBack())
}

// Overflow is by how many CSS pixels the page is wider than the screen.
func (p *Page) Overflow() int {
	p.t.Helper()
	return run(p, "measure the page", chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
}

// Screenshot is the whole page, or what the screen shows of it, as a PNG.
func (p *Page) Screenshot(whole bool) []byte {
	p.t.Helper()
	if whole {
		return run(p, "take a picture", chromedp.FullScreenshot(100))
	}
	return run(p, "take a picture", chromedp.CaptureScreenshot())
}

// Violation is one rule that a page breaks, as axe says it.
type Violation struct {
	ID    string
	Help  string
	Nodes []struct {
		HTML           string
		FailureSummary string
	}
}

func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", v.ID, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n\t%s\n\t%s", n.HTML, n.FailureSummary)
	}
	return b.String()
}

// Axe runs axe-core over the page: every rule of WCAG 2 A and AA up to 2.2, and
// its best practices. It comes in by the browser's own tools, which the page's
// security policy does not bind.
func (p *Page) Axe() []Violation {
	p.t.Helper()
	src, err := os.ReadFile(axe(p.t))
	if err != nil {
		p.t.Fatal(err)
	}
	run(p, "bring in axe", chromedp.Evaluate[int](string(src)+";0"))
	out := run(p, "run axe", chromedp.Evaluate[string](
		`axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}).then(r => JSON.stringify(r.violations))`,
		chromedp.EvalAwaitPromise))
	var found []Violation
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		p.t.Fatalf("read what axe found: %v", err)
	}
	return found
}

// axe is the path of axe-core, in the frontend folder above the test.
func axe(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		path := filepath.Join(dir, "frontend", "node_modules", "axe-core", "axe.min.js")
		if _, err := os.Stat(path); err == nil {
			return path
		}
		up := filepath.Dir(dir)
		if up == dir {
			testdata.Missing(t, "assets", "axe-core (npm ci in frontend)")
		}
		dir = up
	}
}
