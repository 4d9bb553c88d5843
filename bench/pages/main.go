// Command pages has Lighthouse look at the pages of portal and console, as a telephone
// on a slow line would meet them.
//
//	go run ./bench/pages
//
// It needs Chromium, and Lighthouse in bench/pages/node_modules: make bench-pages fetches it. The
// scores are Lighthouse's own, of a simulated telephone; the size is what goes over the line for the
// whole page.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"

	"tenet/bench/served"
)

func main() {
	tenet := flag.String("tenet", "bin/tenet", "the program to measure")
	here := flag.String("lighthouse", "bench/pages/node_modules/.bin/lighthouse", "Lighthouse")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *tenet, *here); err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(1)
	}
}

// first is the demo's own case.
const first = "AR-2026-0001"

// Those that are looked at.
var (
	public = []string{"/", "/notice", "/contact", "/cookies", "/request/what", "/follow"}
	staff  = []string{"/cases", "/cases/" + first, "/cases/" + first + "/found", "/cases/" + first + "/redact", "/cases/tasks", "/cases/figures", "/cases/new", "/ledger", "/sources"}
)

func run(ctx context.Context, tenet, lighthouse string) error {
	o, err := served.New(ctx, tenet, 200, 1)
	if err != nil {
		return err
	}
	defer o.Close()
	cookie, err := signIn(o.Console)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintln(w, "page\tspeed\taccess\tpractice\tkB\tlargest paint\tblocked\tshift")
	low := 0
	for _, face := range []struct {
		name, at, cookie string
		pages            []string
	}{{"portal", o.Portal, "", public}, {"console", o.Console, cookie, staff}} {
		for _, page := range face.pages {
			r, err := look(ctx, lighthouse, face.at+page, face.cookie)
			for try := 1; err != nil && try < 4 && ctx.Err() == nil; try++ { // its traces fail now and then
				r, err = look(ctx, lighthouse, face.at+page, face.cookie)
			}
			if err != nil {
				return fmt.Errorf("%s %s: %w", face.name, page, err)
			}
			fmt.Fprintf(w, "%s %s\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f ms\t%.0f ms\t%.3f\n", face.name, page, 100*r.Categories.Performance.Score, 100*r.Categories.Accessibility.Score,
				100*r.Categories.Practices.Score, r.Audits.Bytes.Value/1000, r.Audits.LCP.Value, r.Audits.TBT.Value, r.Audits.CLS.Value)
			if r.Categories.Accessibility.Score < 1 {
				low++
			}
		}
	}
	if low > 0 {
		return fmt.Errorf("%d pages are not fully accessible", low)
	}
	return nil
}

type score struct{ Score float64 }
type value struct {
	Value float64 `json:"numericValue"`
}

// result is what is read of a report.
type result struct {
	FinalURL   string `json:"finalDisplayedUrl"`
	Categories struct {
		Performance   score
		Accessibility score
		Practices     score `json:"best-practices"`
	}
	Audits struct {
		Bytes value `json:"total-byte-weight"`
		LCP   value `json:"largest-contentful-paint"`
		TBT   value `json:"total-blocking-time"`
		CLS   value `json:"cumulative-layout-shift"`
	}
}

func look(ctx context.Context, lighthouse, at, cookie string) (result, error) {
	args := []string{at, "--output=json", "--quiet", "--only-categories=performance,accessibility,best-practices", "--chrome-flags=--headless=new --no-sandbox --disable-gpu"}
	if cookie != "" {
		heads, err := json.Marshal(map[string]string{"Cookie": cookie})
		if err != nil {
			return result{}, err
		}
		args = append(args, "--extra-headers="+string(heads))
	}
	c := exec.CommandContext(ctx, lighthouse, args...)
	c.Env = append(os.Environ(), "CHROME_PATH=/usr/bin/chromium")
	var problems bytes.Buffer
	c.Stderr = &problems
	out, err := c.Output()
	if err != nil {
		return result{}, fmt.Errorf("%s: %w\n%s", filepath.Base(lighthouse), err, problems.String())
	}
	var r result
	if err := json.Unmarshal(out, &r); err != nil {
		return r, err
	}
	if r.FinalURL != at {
		return r, fmt.Errorf("it was sent on to %s", r.FinalURL)
	}
	return r, nil
}

// signIn is the cookie of a member of staff.
func signIn(at string) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	browser := &http.Client{Jar: jar}
	for _, f := range []struct {
		path string
		form url.Values
	}{
		{"/sign-in", url.Values{"name": {served.Login(0)}, "password": {served.Password}}},
		// What the sensitive records of the case are opened for.
		{"/cases/" + first + "/access", url.Values{"purpose": {"answer"}, "reason": {"To measure the pages."}}},
	} {
		res, err := browser.PostForm(at+f.path, f.form)
		if err != nil {
			return "", err
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return "", fmt.Errorf("%s is answered with a %d", f.path, res.StatusCode)
		}
	}
	u, err := url.Parse(at)
	if err != nil {
		return "", err
	}
	var all []string
	for _, c := range jar.Cookies(u) {
		all = append(all, c.Name+"="+c.Value)
	}
	if len(all) == 0 {
		return "", errors.New("signing in gave no cookie")
	}
	return strings.Join(all, "; "), nil
}
