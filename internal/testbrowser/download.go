package testbrowser

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// Download clicks something that gives a file to save, and gives the file's name and
// what is in it once the browser has all of it.
func (p *Page) Download(selector string) (name string, data []byte) {
	p.t.Helper()
	dir := p.t.TempDir()
	_, err := chromedp.Call(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
	if err != nil {
		p.t.Fatalf("say where downloads go: %v", err)
	}
	run(p, "click "+selector, chromedp.Click(chromedp.CSS(selector)))
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(patience); time.Now().Before(until); <-tick.C {
		files, err := os.ReadDir(dir)
		if err != nil {
			p.t.Fatal(err)
		}
		// Until it is whole the file has another name.
		if len(files) == 1 && !strings.HasSuffix(files[0].Name(), ".crdownload") && !strings.HasPrefix(files[0].Name(), ".") {
			if data, err = os.ReadFile(filepath.Join(dir, files[0].Name())); err != nil {
				p.t.Fatal(err)
			}
			return files[0].Name(), data
		}
	}
	p.t.Fatalf("click %s: nothing was downloaded", selector)
	return "", nil
}
