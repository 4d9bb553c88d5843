package notice

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// eachPack runs a test over every pack, as it comes.
func eachPack(t *testing.T, test func(t *testing.T, n *Notice)) {
	t.Helper()
	packs, err := fs.ReadDir(Packs(), ".")
	if err != nil || len(packs) < 6 {
		t.Fatal(packs, err)
	}
	for _, p := range packs {
		t.Run(p.Name(), func(t *testing.T) {
			from, err := Pack(p.Name())
			if err != nil {
				t.Fatal(err)
			}
			test(t, load(t, from))
		})
	}
}

var forms = map[string]func(io.Writer, *Notice, Publication) error{"fragment": PublishFragment, "print": PublishPrint, "text": PublishText, "json": PublishJSON}

// Whatever a pack's words hold, no template refuses any of it, links are those of the words,
// and days are said in words.
func TestPublishedFormsAreWhole(t *testing.T) {
	isoDay := regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
	links := regexp.MustCompile(`<a href="([^"]*)"`)
	telephones := 0
	eachPack(t, func(t *testing.T, n *Notice) {
		for name, write := range forms {
			for _, language := range PhraseLanguages() {
				got := publishedAs(t, write, n, Publication{Language: language, At: func(to Language) string { return "https://example.org/notice?in=" + string(to) }})
				if strings.Contains(got, "ZgotmplZ") {
					t.Errorf("%s in %s: a link was refused", name, language)
				}
				if name == "json" {
					continue
				}
				for _, day := range isoDay.FindAllString(regexp.MustCompile(`datetime="[^"]*"`).ReplaceAllString(got, ""), -1) {
					t.Errorf("%s in %s: the day %s is not in words", name, language, day)
				}
				if name == "text" {
					continue
				}
				var want, have []string
				words, _ := n.In(language)
				for _, s := range words.All() {
					for _, r := range s.Runs {
						if r.Link != "" {
							want = append(want, r.Link)
						}
					}
				}
				for _, m := range links.FindAllStringSubmatch(got, -1) {
					if link := html.UnescapeString(m[1]); !strings.HasPrefix(link, "https://example.org/notice?") {
						have = append(have, link)
						if strings.HasPrefix(link, "tel:") {
							telephones++
						}
					}
				}
				if strings.Join(want, "\n") != strings.Join(have, "\n") {
					t.Errorf("%s in %s: links %q, want %q", name, language, have, want)
				}
			}
		}
	})
	if telephones < 4 {
		t.Errorf("%d links to telephones were looked at", telephones)
	}
}

func TestPublishedDays(t *testing.T) {
	n := load(t, pack(t))
	for language, want := range map[Language]string{"en": "In force from 1 July 2026\n", "cy": "Mewn grym o 1 Gorffennaf 2026\n"} {
		if got := publishedAs(t, PublishText, n, Publication{Language: language}); !strings.Contains(got, want) {
			t.Errorf("in %s it does not say %q: %.200s", language, want, got)
		}
	}
	for _, odd := range []Date{"", "2026", "2026-13-01", "2026-07-xx"} {
		if got := (tables{say: phrases()["en"]}).day(odd); got != string(odd) {
			t.Errorf("%q is said as %q", odd, got)
		}
	}
}

// Only what was found safe becomes a link, and one that was not is not guessed at.
func TestHref(t *testing.T) {
	for link, ok := range map[string]bool{
		"tel:01632960110": true, "tel:+44-1632-960110": true, "https://www.example.org/a?b=c": true, "mailto:data@example.org": true, "#who-we-are": true, "/cookies": true,
		"tel:01632 960110": false, "tel:javascript": false, "javascript:alert(1)": false, "data:text/html,x": false, "//example.org": false, "http://example.org": false, "tel:1\"onclick=": false, "": false,
	} {
		if got := href(link); (got != "") != ok || ok && string(got) != link {
			t.Errorf("%q becomes %q", link, got)
		}
	}
}

// What every pack publishes for machines is as the schema says, and holds what Article 13
// wants as far as the pack knows it.
func TestPublishedJSON(t *testing.T) {
	schema := compileSchema(t, publishedFile)
	eachPack(t, func(t *testing.T, n *Notice) {
		for _, language := range PhraseLanguages() {
			text := publishedAs(t, PublishJSON, n, Publication{Language: language})
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("in %s: %v", language, err)
			}
			for _, c := range n.Landlord.Controllers {
				for _, want := range []string{c.Address, c.ICO, c.Company, c.Charity} {
					if js, _ := json.Marshal(want); want != "" && !strings.Contains(text, string(js)) {
						t.Errorf("it lacks %q of %s", want, c.ID)
					}
				}
			}
			var out jsonNotice
			if err := json.Unmarshal([]byte(text), &out); err != nil {
				t.Fatal(err)
			}
			officer := false
			for _, c := range n.Landlord.Contacts {
				if officer = officer || c.DPO; c.DPO && (out.Officer == nil || out.Officer.Title != c.Who || out.Officer.Email != c.Email || out.Officer.Address != c.Address) {
					t.Errorf("the data protection officer is %+v, want %+v", out.Officer, c)
				}
			}
			if !officer && out.Officer != nil {
				t.Errorf("there is an officer: %+v", out.Officer)
			}
			transfers, automated := 0, 0
			for _, r := range n.Sharing.Recipients {
				if len(r.Abroad()) > 0 {
					transfers++
				}
			}
			for _, u := range n.Uses.Uses {
				if u.Automated != nil {
					automated++
				}
			}
			for name, pair := range map[string][2]int{
				"controllers": {len(out.Controllers), len(n.Landlord.Controllers)}, "purposes": {len(out.Processes), len(n.Uses.Uses)}, "recipients": {len(out.Recipients), len(n.Sharing.Recipients)},
				"transfers": {len(out.Transfers), transfers}, "periods": {len(out.Retention), len(n.Keeping.Rules)}, "rights": {len(out.Rights), len(n.Rights.Rights)},
				"complaints": {len(out.Complaints), len(n.Rights.Complaints)}, "decisions": {len(out.Automated), automated}, "sources": {len(out.Sources), len(n.Data.Sources)},
				"promises": {len(out.Promises), len(n.Words.Promises())},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%d %s, want %d", pair[0], name, pair[1])
				}
			}
			for _, x := range out.Complaints {
				if x.Route == ToRegulator && (x.Reach == nil || x.Reach.Title == "") {
					t.Errorf("the step %q names no regulator", x.Title)
				}
			}
		}
	})
}

// The schema refuses a notice that lacks a part, or has one it does not know.
func TestPublishedSchemaIsStrict(t *testing.T) {
	schema := compileSchema(t, publishedFile)
	whole := publishedAs(t, PublishJSON, load(t, pack(t)), Publication{})
	for name, spoil := range map[string]func(map[string]any){
		"no officer":     func(m map[string]any) { delete(m, "dpv:hasDataProtectionOfficer") },
		"no complaints":  func(m map[string]any) { delete(m, "tenet:complaints") },
		"no controllers": func(m map[string]any) { m["dpv:hasDataController"] = []any{} },
		"no address": func(m map[string]any) {
			delete(m["dpv:hasDataController"].([]any)[0].(map[string]any), "dpv:hasAddress")
		},
		"another key":       func(m map[string]any) { m["tenet:more"] = "x" },
		"no regulator":      func(m map[string]any) { delete(m["tenet:complaints"].([]any)[1].(map[string]any), "dpv:hasContact") },
		"an invented basis": func(m map[string]any) { m["dpv:hasProcess"].([]any)[0].(map[string]any)["dpv:hasLegalBasis"] = "whim" },
	} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(whole)))
		if err != nil {
			t.Fatal(err)
		}
		if spoil(v.(map[string]any)); schema.Validate(v) == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
}
