package testbrowser

import (
	"context"
	"time"

	"github.com/chromedp/chromedp"
)

// Until waits until an expression of JavaScript is true in the page, or in the
// page that it leads to. It is for pages whose script does something by itself.
func (p *Page) Until(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!("+expression+")", chromedp.WithPollingInterval(10*time.Millisecond), chromedp.WithPollingTimeout(0)))
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			p.t.Fatalf("it never came to be that %s: %v", expression, err)
		}
		// The page was left meanwhile: what replaces it is asked.
	}
}

// Eval is the value of an expression of JavaScript in the page, as text.
func (p *Page) Eval(expression string) string {
	p.t.Helper()
	return run(p, "evaluate "+expression, chromedp.Evaluate[string]("String("+expression+")"))
}
