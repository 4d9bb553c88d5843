package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/testdata"
)

func readText(t testing.TB, in string) *answer {
	t.Helper()
	a, err := readAnswer(strings.NewReader(in), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnswerReadsWell(t *testing.T) {
	a := readText(t, `{"prn": "A1", "content": {
		"status": "OPEN", "isYouthOffender": false,
		"personalDetails": {"dateOfBirth": "1990-02-03", "homeAddress": {"line1": "3 Harbour St", "UPRN": 100023}, "aliases": ["Ann", "Annie"]},
		"adjudications": [
			{"chargeNumber": "MDI-45", "hearings": [
				{"id": 1941419, "outcome": {"adjudicator": "J_SMITH", "details": null}},
				{"id": 1941420, "notes": "line one\nline two"}], "plea": "", "damages": []},
			{"charge_number": "MDI-46", "linked": [[1, 2], [{"a": 1.50}]]}
		],
		"MDI-000045 Ann's": {"x": true}
	}}`)
	want := []record{
		{"", "General", "Prn: A1\nStatus: OPEN\nIs youth offender: no"},
		{"/content/personalDetails", "Personal details", "Date of birth: 1990-02-03\nHome address › line 1: 3 Harbour St\nHome address › UPRN: 100023\nAliases: Ann\nAliases: Annie"},
		{"/content/adjudications/0", "Adjudication 1", "Charge number: MDI-45"},
		{"/content/adjudications/0/hearings/0", "Adjudication 1 › hearing 1", "ID: 1941419\nOutcome › adjudicator: J_SMITH"},
		{"/content/adjudications/0/hearings/1", "Adjudication 1 › hearing 2", "ID: 1941420\nNotes: line one\nline two"},
		{"/content/adjudications/1", "Adjudication 2", "Charge number: MDI-46\nLinked: 1\nLinked: 2"},
		{"/content/adjudications/1/linked/1/0", "Adjudication 2 › linked 2 1", "A: 1.50"},
		{"/content/MDI-000045 Ann's", "MDI-000045 Ann's", "X: yes"},
	}
	if diff := cmp.Diff(want, a.records, cmp.AllowUnexported(record{})); diff != "" {
		t.Error(diff)
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"dateOfBirth": "date of birth", "date_of_birth": "date of birth", "DATE_OF_BIRTH": "date of birth", "nomsId": "noms ID",
		"CVLNumber": "CVL number", "addressLine1": "address line 1", "x": "x", "ID": "ID", "STATUS": "status", "": "(no name)",
		"isNDReferral": "is ND referral", "Ann Bell": "Ann Bell", "a__b": "a__b", "2nd": "2nd", "\x00a\u00a0b": "a b", "straße": "straße",
	} {
		if got := words(in); got != want {
			t.Errorf("words(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"hearings": "hearing", "histories": "history", "statuses": "statuse", "addresses": "address", "dis issue history": "dis issue history", "series": "series", "notes": "note", "boxes": "box",
	} {
		if got := singular(in); got != want {
			t.Errorf("singular(%q) = %q, want %q", in, got, want)
		}
	}
}

// A name that stands twice hides nothing, and no two rows share a key.
func TestAnswerDuplicateNames(t *testing.T) {
	a := readText(t, `{"content": {"a": {"x": 1}, "a": {"x": 2}, "b": 3, "b": 4}, "content": [{"y": 5}], "attachments": [{"attachmentNumber": 1, "url": "a"}, {"attachmentNumber": 1, "extra": {"by": "J"}}, {}, "odd"]}`)
	want := []record{
		{"", "General", "B: 3\nB: 4\nAttachments: odd"},
		{"/content/a", "A", "X: 1"}, {"/content/a~2", "A", "X: 2"}, {"/content/0", "Record 1", "Y: 5"},
		{"/attachments/1", "Attachment 2", "Extra › by: J"},
	}
	if diff := cmp.Diff(want, a.records, cmp.AllowUnexported(record{})); diff != "" {
		t.Error(diff)
	}
	var numbers []string
	for _, at := range a.attachments {
		numbers = append(numbers, at.number)
	}
	if diff := cmp.Diff([]string{"1", "1~2", "3"}, numbers); diff != "" {
		t.Error(diff)
	}
}

func TestAnswerRefuses(t *testing.T) {
	for in, why := range map[string]string{
		``: "before it is whole", `{`: "before it is whole", `{"content": [1,`: "before it is whole", `[]`: "no JSON object", `"x"`: "no JSON object", `null`: "no JSON object",
		`<html>`: "not JSON", `{"content": {"a" 1}}`: "not JSON", `{} {}`: "follows its end", `{} x`: "not JSON",
		`{"content": ` + strings.Repeat(`[`, 200): "nested more than", `{"content": ` + strings.Repeat(`{"a":`, 200): "nested more than",
		`{"content": [` + strings.Repeat(`{"a":1},`, answerRecords) + `{}]}`:                                       "more than 100,000 records",
		`{"content": {"a": {"` + strings.Repeat("k", 90) + `": {` + strings.Repeat(`"a": 1,`, 2000) + `"a": 1}}}}`: "more than the limit of 50,000 bytes",
	} {
		_, err := readAnswer(strings.NewReader(in), map[bool]int{true: 50000, false: 64 << 20}[strings.Contains(why, "50,000")])
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.40s: %v, want %q", in, err, why)
		}
	}
}

// leaf is a value of an answer that holds something, and where it stands.
type leaf struct{ part, text string }

// leaves reads an answer in another way than readAnswer does: all its values, in their order.
func leaves(t testing.TB, d *json.Decoder, part string, out []leaf) []leaf {
	t.Helper()
	tok, err := d.Token()
	if err != nil {
		t.Fatal(err)
	}
	end := func() {
		if _, err := d.Token(); err != nil {
			t.Fatal(err)
		}
	}
	switch v := tok.(type) {
	case json.Delim:
		for n := 0; d.More(); n++ {
			key := strconv.Itoa(n)
			if v == '{' {
				k, err := d.Token()
				if err != nil {
					t.Fatal(err)
				}
				key = strings.ReplaceAll(strings.ReplaceAll(k.(string), "~", "~0"), "/", "~1")
			}
			out = leaves(t, d, part+"/"+key, out)
		}
		end()
	case bool:
		out = append(out, leaf{part, map[bool]string{true: "yes", false: "no"}[v]})
	case nil:
	default:
		if s := fmt.Sprint(v); strings.TrimSpace(s) != "" {
			out = append(out, leaf{part, s})
		}
	}
	return out
}

// everyLeafOnce holds an answer's records against its values: each stands in the text
// of one record, that of the nearest thing around it, in its order and with a label before it, and
// nothing else stands there.
func everyLeafOnce(t testing.TB, in []byte, a *answer) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(in))
	d.UseNumber()
	texts := map[string]string{}
	for _, r := range a.records {
		if _, twice := texts[r.part]; twice {
			t.Fatalf("two records are called %q", r.part)
		}
		if r.heading == "" || r.text == "" {
			t.Fatalf("an empty record: %+v", r)
		}
		texts[r.part] = r.text
	}
	at := map[string]int{}
	for _, l := range leaves(t, d, "", nil) {
		if name := l.part[strings.LastIndex(l.part, "/")+1:]; strings.HasPrefix(l.part, "/attachments/") && strings.Count(l.part, "/") == 3 &&
			strings.Contains(" attachmentNumber name filename contentType filesize url ", " "+name+" ") {
			continue // columns of their own
		}
		owner := l.part
		for {
			if _, ok := texts[owner]; ok {
				break
			}
			if owner == "" {
				t.Fatalf("no record around %s", l.part)
			}
			owner = owner[:strings.LastIndex(owner, "/")]
		}
		rest := texts[owner][at[owner]:]
		i := strings.Index(rest, ": "+l.text)
		if i < 0 || strings.Contains(strings.TrimPrefix(rest[:i], "\n"), "\n") {
			t.Fatalf("%s is not where it should be in record %q: %q", l.part, owner, rest)
		}
		at[owner] += i + len(": "+l.text)
		if tail := texts[owner][at[owner]:]; tail != "" && tail[0] != '\n' {
			t.Fatalf("%s goes on: %q", l.part, tail)
		}
	}
	for part, text := range texts {
		if at[part] != len(text) {
			t.Fatalf("record %q says more than the answer does: %q", part, text[at[part]:])
		}
	}
}

func TestAnswersOfOthers(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testdata.Shared(t, "hmpps-sar-json"), "*.json"))
	if err != nil || len(files) != 35 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		in, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(f), func(t *testing.T) {
			a := readText(t, string(in))
			everyLeafOnce(t, in, a)
			for _, r := range a.records {
				for _, line := range strings.Split(r.heading, crumb) {
					if line == "" || len(line) > labelLimit+10 {
						t.Errorf("heading %q", r.heading)
					}
				}
			}
		})
	}
}

// What two services say of the same attachments, one of them with stray characters in it, is the same.
func TestAttachmentsTidied(t *testing.T) {
	dir := testdata.Shared(t, "hmpps-sar-json")
	var got [2][]attached
	for i, name := range []string{"", "-sanitized"} {
		in, err := os.ReadFile(filepath.Join(dir, "create-and-vary-a-licence-api-attachments"+name+"-response.json"))
		if err != nil {
			t.Fatal(err)
		}
		got[i] = readText(t, string(in)).attachments
	}
	if diff := cmp.Diff(got[1], got[0], cmp.AllowUnexported(attached{})); diff != "" || len(got[0]) != 2 {
		t.Errorf("%d attachments %s", len(got[0]), diff)
	}
}

// anyJSON draws the text of a JSON value.
func anyJSON(t *rapid.T, depth int) string {
	quoted := func(s string) string {
		b, _ := json.Marshal(s)
		return string(b)
	}
	kinds := 6
	if depth <= 0 {
		kinds = 4
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return quoted(rapid.String().Draw(t, "string"))
	case 1:
		return strconv.FormatFloat(rapid.Float64().Draw(t, "number"), 'g', -1, 64)
	case 2:
		return strconv.FormatBool(rapid.Bool().Draw(t, "bool"))
	case 3:
		return "null"
	case 4:
		var parts []string
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			parts = append(parts, anyJSON(t, depth-1))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	keys := rapid.SliceOfNDistinct(rapid.OneOf(rapid.StringMatching(`[a-z]{1,5}([A-Z][a-z]{1,4}){0,2}|[A-Z_]{1,8}|content|attachments|id|~1|/`), rapid.String()), 0, 4, rapid.ID[string]).Draw(t, "keys")
	var parts []string
	for _, k := range keys {
		parts = append(parts, quoted(k)+":"+anyJSON(t, depth-1))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func TestAnyAnswer(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in := `{"content":` + anyJSON(r, 5) + `,"more":` + anyJSON(r, 2) + `}`
		a, err := readAnswer(strings.NewReader(in), 64<<20)
		if err != nil {
			r.Fatalf("%s: %v", in, err)
		}
		everyLeafOnce(t, []byte(in), a)
	})
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`{"content":{"a":[{"b":[1,{"c":null}]}]}}`, `{"content":"x","attachments":[{"url":"a","attachmentNumber":1}]}`, `{"a":1,"a":{"a":2}}`, `{"content":[[[{}]]]}`, `{"":{"":[{"":0}]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		const max = 1 << 20
		a, err := readAnswer(bytes.NewReader(in), max)
		if err != nil {
			return
		}
		seen, size := map[string]bool{}, 0
		for _, r := range a.records {
			if seen[r.part] || r.text == "" || r.heading == "" {
				t.Errorf("record %+v", r)
			}
			seen[r.part] = true
			size += len(r.part) + len(r.heading) + len(r.text)
		}
		if size > max+len(in)+1000 {
			t.Errorf("%d bytes of %d", size, len(in))
		}
	})
}
