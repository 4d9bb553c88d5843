package app

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tenet/internal/notice"
	"tenet/internal/testbrowser"
	"tenet/internal/testdata"
	"tenet/internal/web"
)

// TestNoticeInWelsh: the page and every form have the Welsh words in Welsh and the English in
// English, and a link says which, whatever the browser asks for.
func TestNoticeInWelsh(t *testing.T) {
	d, at := noticeSite(t, "")
	d.Config.Public = "https://privacy.example.org/"
	get := func(path, accept string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", accept)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(path, answer.Status, err)
		}
		return string(body)
	}
	const english, welsh = "We never sell it.", "Nid ydym byth yn ei gwerthu."
	for path, accept := range map[string]string{"/notice": "cy", "/notice/print": "cy", "/notice/print?in=cy": "en", "/notice/text?in=cy": "en", "/notice/json?in=cy": "en", "/notice/fragment?in=cy": "en"} {
		if body := get(path, accept); !strings.Contains(body, welsh) || strings.Contains(body, english) {
			t.Errorf("%s for %s is not in Welsh", path, accept)
		}
	}
	for path, accept := range map[string]string{"/notice": "en", "/notice/print?in=en": "cy", "/notice/text?in=xx": "en"} {
		if body := get(path, accept); strings.Contains(body, welsh) || !strings.Contains(body, english) {
			t.Errorf("%s for %s is not in English", path, accept)
		}
	}
	for _, form := range []string{"print", "text", "fragment"} {
		if body := get("/notice/"+form, "en"); !strings.Contains(body, "https://privacy.example.org/notice/"+form+"?in=cy") {
			t.Errorf("%s in English does not lead to the Welsh", form)
		}
	}
	if body := get("/notice", "cy"); strings.Contains(body, `class="govuk-inset-text"`) {
		t.Error("the page in Welsh says that it has no Welsh")
	}
}

// A notice without Welsh says so on its page, in Welsh and in English.
func TestNoticeWithoutWelsh(t *testing.T) {
	from, err := notice.Pack("harbourside")
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(from)
	if err != nil {
		t.Fatal(err)
	}
	page, err := layers(n, "cy")
	if err != nil || page.Language != "en" || page.Title != n.Words.Title || len(page.Notes) != 2 || page.Notes[0].Language != "cy" || page.Notes[1].Language != "en" {
		t.Errorf("in Welsh: %q %q %+v %v", page.Language, page.Title, page.Notes, err)
	}
	if page, err = layers(n, "en"); err != nil || len(page.Notes) != 0 {
		t.Errorf("in English: %+v %v", page.Notes, err)
	}
}

// The numbers of the contents stand inside the margin, those of two digits too.
func TestNoticeContentsInsideTheMargin(t *testing.T) {
	if !web.NewAssets().Built() {
		testdata.Missing(t, "assets", "the style sheet (npm ci && npm run build in frontend)")
	}
	_, at := noticeSite(t, "")
	p := testbrowser.Start(t).Page(t, testbrowser.Options{Width: 320, Height: 640})
	p.Goto(at + "/notice")
	// What is left of the margin beside a number of two digits, in the letters of the list; as
	// the list is laid out a number and its full stop end half a letter before the text.
	left := p.Eval(`(() => {
		const ol = document.querySelector("nav[aria-labelledby='contents'] ol"), style = getComputedStyle(ol), pen = document.createElement("canvas").getContext("2d")
		if (ol.children.length < 10) return "no number of two digits"
		pen.font = style.fontSize + " " + style.fontFamily
		return Math.floor(parseFloat(style.paddingLeft) - pen.measureText("10. ").width)
	})()`)
	if n, err := strconv.Atoi(left); err != nil || n < 0 {
		t.Errorf("beside “10.” there are %s pixels", left)
	}
}
