package law

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/testdata"
)

// The built-in file says what GOV.UK's own repository says, day by day.
func TestEmbeddedIsGOVUKs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(testdata.Shared(t, "calendars"), "alphagov_frontend_bank_holidays_2019_2028.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Divisions map[string]map[string]json.RawMessage `json:"divisions"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	h := Embedded()
	for _, nation := range Nations() {
		var want []string
		for year, raw := range file.Divisions["common.nations."+string(nation)+"_slug"] {
			if !regexp.MustCompile(`^\d{4}$`).MatchString(year) {
				continue
			}
			var events []struct{ Date, Notes string }
			if err := json.Unmarshal(raw, &events); err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				d := e.Date[6:] + "-" + e.Date[3:5] + "-" + e.Date[:2]
				if e.Notes != "" {
					d += " substitute"
				}
				want = append(want, d)
			}
		}
		var got []string
		for d, title := range h.days[nation] {
			s := d.String()
			if strings.HasSuffix(title, ", substitute day") {
				s += " substitute"
			}
			got = append(got, s)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 80 {
			t.Errorf("%s: %s", nation, diff)
		}
	}
}

func TestCalendar(t *testing.T) {
	h := Embedded()
	for _, tt := range []struct {
		cal     Calendar
		day     string
		holiday string
		working bool
	}{
		{h.In(EnglandAndWales), "2026-12-28", "Boxing Day, substitute day", false},
		{h.In(EnglandAndWales), "2026-12-26", "", false},
		{h.In(EnglandAndWales), "2027-12-27", "Christmas Day, substitute day", false},
		{h.In(Scotland), "2027-01-04", "2nd January, substitute day", false},
		{h.In(Scotland), "2026-06-15", "World Cup bank holiday", false},
		{h.In(Scotland), "2027-03-29", "", true},
		{h.In(NorthernIreland), "2027-03-17", "St Patrick’s Day", false},
		{h.AnyPart(), "2026-11-30", "St Andrew’s Day in Scotland", false},
		{h.AnyPart(), "2026-12-25", "Christmas Day", false},
		{h.AnyPart(), "2027-03-29", "Easter Monday in England and Wales and Northern Ireland", false},
		{h.AnyPart(), "2026-12-01", "", true},
	} {
		d := day(t, tt.day)
		name, err := tt.cal.Holiday(d)
		if err != nil || name != tt.holiday {
			t.Errorf("%s in %s: %q (%v), want %q", d, tt.cal.words(), name, err, tt.holiday)
		}
		if ok, err := tt.cal.Working(d); err != nil || ok != tt.working {
			t.Errorf("%s in %s: working %t (%v)", d, tt.cal.words(), ok, err)
		}
	}
}

func TestVersionFollowsContent(t *testing.T) {
	var loose any
	if err := json.Unmarshal(embedded, &loose); err != nil {
		t.Fatal(err)
	}
	again, err := json.MarshalIndent(loose, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	h, err := ParseHolidays(again)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Embedded().Version(), h.Version()); diff != "" {
		t.Errorf("another layout is another version: %s", diff)
	}
	moved, err := ParseHolidays([]byte(strings.Replace(string(embedded), "2026-12-28", "2026-12-29", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if moved.Version().ID == h.Version().ID {
		t.Error("other days have the same version")
	}
}

func TestCoverage(t *testing.T) {
	cut := func(last string) *Holidays { // the file as it would be had it stopped after last
		var file map[string]struct {
			Division string           `json:"division"`
			Events   []map[string]any `json:"events"`
		}
		if err := json.Unmarshal(embedded, &file); err != nil {
			t.Fatal(err)
		}
		for n, d := range file {
			d.Events = slices.DeleteFunc(d.Events, func(e map[string]any) bool { return e["date"].(string) > last })
			file[n] = d
		}
		data, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		h, err := ParseHolidays(data)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if got := cut("2027-12-31").Version().Covers[Scotland]; got != (Date{2027, time.December, 31}) {
		t.Errorf("a whole year is covered to %s", got)
	}
	if got := cut("2027-09-01").Version().Covers[EnglandAndWales]; got != (Date{2027, time.August, 30}) {
		t.Errorf("a year without its Christmas is covered to %s", got)
	}
}

func TestParseHolidaysRefuses(t *testing.T) {
	const ok = `{"title":"A","date":"2026-01-01","notes":"","bunting":true}`
	nation := func(events string) string {
		return "{\n\"scotland\":{\"division\":\"scotland\",\n\"events\":[\n" + events + "\n]}}"
	}
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "line 1: the file ends"},
		{"not JSON", "<html>", "line 1: not JSON"},
		{"a list", "[]", "must be an object"},
		{"nation unknown", `{"wales":{}}`, `there is no nation "wales"`},
		{"nation missing", nation(ok), `"england-and-wales" is missing`},
		{"nation twice", `{"scotland":{"events":[` + ok + `]},"scotland":{}}`, `"scotland" twice`},
		{"division wrong", `{"scotland":{"division":"wales"}}`, `"division" says "wales"`},
		{"division key", `{"scotland":{"evens":[]}}`, `unknown key "evens"`},
		{"events no list", `{"scotland":{"events":{}}}`, "must be a list"},
		{"event no object", nation(`7`), "line 4: an event must be an object"},
		{"event key", nation(`{"titel":"A"}`), `line 4: unknown key "titel"`},
		{"date bad", nation(ok + ",\n" + `{"title":"B","date":"2026-02-30"}`), `line 5: "date": "2026-02-30" is not a date: there is no 30 February 2026`},
		{"date British", nation(`{"title":"B","date":"28/12/2026"}`), `line 4: "date": "28/12/2026" is not a date: write it as YYYY-MM-DD`},
		{"date no string", nation(`{"date":20260101}`), `line 4: "date" must be a string`},
		{"date missing", nation(`{"title":"B"}`), `no "date"`},
		{"title missing", nation(`{"date":"2026-01-01"}`), `no "title"`},
		{"bunting", nation(`{"bunting":"yes"}`), `"bunting" must be true or false`},
		{"same day twice", nation(ok + ",\n" + ok), "line 5: the date 2026-01-01 is given twice"},
		{"trailing", string(embedded) + "{}", "follows the end"},
		{"cut short", string(embedded[:2000]), "line 26: not JSON: unexpected EOF"},
		{"a hole", regexp.MustCompile(`(?m)^.*"date": "2024-(0[3-9]|1.)-.*\n`).ReplaceAllString(string(embedded), ""), "has a hole"},
		{"huge", strings.Repeat(" ", maxHolidayBytes+1), "is more than"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseHolidays([]byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func FuzzParseHolidays(f *testing.F) {
	f.Add([]byte(`{"scotland":{"division":"scotland","events":[{"title":"A","date":"2026-01-01","notes":"","bunting":true}]}}`))
	f.Add([]byte(`{"england-and-wales":{"events":[]},"scotland":{"events":[]},"northern-ireland":{"events":[]}}`))
	f.Add([]byte("[{"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ParseHolidays(data)
		if err != nil {
			return
		}
		for _, n := range Nations() {
			if h.Version().Covers[n].IsZero() {
				t.Errorf("%s is not covered and was not refused", n)
			}
		}
	})
}
