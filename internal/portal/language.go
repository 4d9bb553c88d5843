package portal

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"tenet/internal/web"
)

//go:embed words/*.txt
var wordFiles embed.FS

// languages are those that the portal speaks, the first where nothing else is asked for.
var languages = []string{"en", "cy"}

// languageCookie keeps the language that somebody chose. It is set only then.
const languageCookie = "tenet-language"

// words is everything that the portal says in one language, by key. A text may hold
// {name} for what is told with it, and a key may have a form for each plural of {n}.
type words struct {
	language string
	texts    map[string]string // "key", or "key[few]"
	english  map[string]string // of this language, by the English: for what other rooms say
}

// readWords reads a file of words: key = text, a line each; # begins a remark.
func readWords(lang string) (*words, error) {
	name := "words/" + lang + ".txt"
	data, err := wordFiles.ReadFile(name)
	if err != nil {
		return nil, err
	}
	w := &words{language: lang, texts: map[string]string{}, english: map[string]string{}}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, text, ok := strings.Cut(line, " = ")
		if !ok || key == "" || text == "" {
			return nil, fmt.Errorf("%s:%d: not a line of the form: key = text", name, n)
		}
		if w.texts[key] != "" {
			return nil, fmt.Errorf("%s:%d: %s is there already", name, n, key)
		}
		w.texts[key] = text
	}
	return w, lines.Err()
}

// form is which plural a number takes: as Unicode's CLDR has it for each language.
func (w *words) form(n int) string {
	if w.language == "cy" {
		switch n {
		case 0:
			return "zero"
		case 1:
			return "one"
		case 2:
			return "two"
		case 3:
			return "few"
		case 6:
			return "many"
		}
		return "other"
	}
	if n == 1 {
		return "one"
	}
	return "other"
}

// say is the text of a key, with what is told: pairs of a name and a string, a whole
// number or a day. A key that there is not is our fault.
func (w *words) say(key string, pairs ...any) string {
	text, ok := w.texts[key]
	if len(pairs)%2 != 0 {
		panic("portal: " + key + " is told half a pair")
	}
	for i := 0; i < len(pairs); i += 2 {
		if n, isN := pairs[i+1].(int); isN && pairs[i] == "n" && !ok {
			if text, ok = w.texts[key+"["+w.form(n)+"]"]; !ok {
				text, ok = w.texts[key+"[other]"]
			}
		}
	}
	if !ok {
		panic("portal: there are no words for " + key + " in " + w.language)
	}
	for i := 0; i < len(pairs); i += 2 {
		var value string
		switch v := pairs[i+1].(type) {
		case string:
			value = v
		case int:
			value = web.Thousands(v)
		case time.Time:
			value = w.date(v)
		default:
			panic(fmt.Sprintf("portal: %s is told a %T", key, v))
		}
		text = strings.ReplaceAll(text, "{"+pairs[i].(string)+"}", value)
	}
	return text
}

// has says whether there are words for a key.
func (w *words) has(key string) bool { return w.texts[key] != "" }

// months are those of Welsh; English has its own in package time.
var months = [...]string{"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"}

// date is a day in words: "25 November 2026", "25 Tachwedd 2026".
func (w *words) date(t time.Time) string {
	if t.IsZero() || w.language != "cy" {
		return w.other(web.Date(t))
	}
	y, m, d := t.In(web.London).Date()
	return strconv.Itoa(d) + " " + months[m-1] + " " + strconv.Itoa(y)
}

// month reads the name of a month, whole or short, in either language.
func month(s string) (int, bool) {
	s = strings.ToLower(s)
	if len(s) < 3 {
		return 0, false
	}
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), s) || strings.HasPrefix(strings.ToLower(months[m-1]), s) {
			return int(m), true
		}
	}
	return 0, false
}

// moment is an instant in words: "25 Tachwedd 2026, 3:04pm".
func (w *words) moment(t time.Time) string {
	return w.date(t) + ", " + t.In(web.London).Format("3:04pm")
}

// left says how many days there are until a day.
func (w *words) left(now, due time.Time) string {
	switch n := web.Days(now, due); {
	case n == 0:
		return w.say("days.today")
	case n < 0:
		return w.say("days.late", "n", -n)
	default:
		return w.say("days.left", "n", n)
	}
}

// other is what another room says in English, in this language where we know it.
func (w *words) other(english string) string {
	if text := w.english[english]; text != "" {
		return text
	}
	return english
}

// one is the words for one of several, or those for any other.
func (w *words) one(key, of, otherwise string) string {
	if w.has(key + "." + of) {
		return w.say(key + "." + of)
	}
	return w.say(otherwise)
}

// funcs are the words as templates use them.
func (w *words) funcs(now func() time.Time) template.FuncMap {
	return template.FuncMap{
		"t": w.say, "say": w.other, "date": w.date, "datetime": w.moment, "has": w.has,
		"kind":  func(kind string) string { return w.one("kind", kind, "kind.other") },
		"clock": func(regime string) string { return w.one("clock", regime, "clock") },
		"left":  func(due time.Time) string { return w.left(now(), due) },
		"foreign": func() string { // for what is there in English only
			if w.language == "en" {
				return ""
			}
			return "en"
		},
	}
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.Make("cy")})

// language is the one to answer a request in: what was chosen before, or what the browser
// says.
func (p *Portal) language(r *http.Request) string {
	if c, err := r.Cookie(languageCookie); err == nil {
		for _, l := range languages {
			if c.Value == l {
				return l
			}
		}
	}
	accepts := r.Header.Get("Accept-Language")
	if len(accepts) > 200 {
		return languages[0]
	}
	_, i := language.MatchStrings(matcher, accepts)
	return languages[i]
}

// choose keeps the language that a link asks for, and shows the same page in it.
func (p *Portal) choose(w http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	chosen := q.Get("lang")
	if r.Method != http.MethodGet || p.faces[chosen] == nil {
		return false
	}
	http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: chosen, Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, Secure: p.TLS, SameSite: http.SameSiteLaxMode})
	q.Del("lang")
	to := *r.URL
	to.Scheme, to.Host, to.User, to.RawQuery = "", "", nil, q.Encode()
	to.Path = "/" + strings.TrimLeft(to.Path, "/\\") // never another site's
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
	return true
}
