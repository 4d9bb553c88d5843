package law

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func day(t testing.TB, s string) Date {
	t.Helper()
	if s == "" {
		return Date{}
	}
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// spans reads "FROM/TO", "FROM/" and, for an arrival alone, "/TO".
func spans(t testing.TB, list ...string) (out []Span) {
	t.Helper()
	for _, s := range list {
		from, to, _ := strings.Cut(s, "/")
		out = append(out, Span{day(t, from), day(t, to)})
	}
	return out
}

type row struct {
	name     string
	regime   Regime
	received string // a date, or an instant
	nation   Nation // England and Wales unless said
	with     func(*Request)

	due, target, started, noticeBy, extended string // unchecked where empty
}

func (w row) request(t testing.TB) Request {
	t.Helper()
	m, err := ParseMoment(w.received)
	if err != nil {
		t.Fatal(err)
	}
	q := Request{Regime: w.regime, Received: m.Date, At: m.At, Nation: w.nation}
	if q.Nation == "" {
		q.Nation = EnglandAndWales
	}
	if w.with != nil {
		w.with(&q)
	}
	return q
}

// The worked examples of the law notes, and of the regulator.
func TestWorkedExamples(t *testing.T) {
	clarify := func(list ...string) func(*Request) {
		return func(q *Request) { q.Clarifications = spans(t, list...) }
	}
	extend := func(s string) func(*Request) { return func(q *Request) { q.ExtensionNotice = day(t, s) } }
	acked := func(s string) func(*Request) { return func(q *Request) { q.Acknowledged = day(t, s) } }
	rows := []row{
		{name: "starts on a Sunday", regime: Access, received: "2026-11-22", due: "2026-12-22", started: "2026-11-22"},
		{name: "starts on a Saturday", regime: Access, received: "2026-11-21", due: "2026-12-21"},
		{name: "Christmas, weekend and substitute day", regime: Access, received: "2026-11-25", due: "2026-12-29"},
		{name: "New Year", regime: Access, received: "2026-12-01", due: "2027-01-04"},
		{name: "New Year in Scotland", regime: Access, received: "2026-12-01", nation: Scotland, due: "2027-01-05"},
		{name: "same date", regime: Access, received: "2026-10-30", due: "2026-11-30"},
		{name: "no 31 November", regime: Access, received: "2026-10-31", due: "2026-11-30"},
		{name: "St Andrew's Day", regime: Access, received: "2026-10-30", nation: Scotland, due: "2026-12-01"},
		{name: "no 31 November, St Andrew's Day", regime: Access, received: "2026-10-31", nation: Scotland, due: "2026-12-01"},
		{name: "end of January", regime: Access, received: "2027-01-31", due: "2027-03-01"},
		{name: "end of January in a leap year", regime: Access, received: "2028-01-31", due: "2028-02-29"},
		{name: "first of February", regime: Access, received: "2027-02-01", due: "2027-03-01"},
		{name: "Easter", regime: Access, received: "2027-02-26", due: "2027-03-30"},
		{name: "Easter in Scotland", regime: Access, received: "2027-02-26", nation: Scotland, due: "2027-03-29"},
		{name: "extension from the start, not from the due date", regime: Access, received: "2027-01-31", with: extend("2027-02-20"), due: "2027-04-30", noticeBy: "2027-03-01", extended: "2027-04-30"},
		{name: "extension offered", regime: Access, received: "2027-01-31", due: "2027-03-01", noticeBy: "2027-03-01", extended: "2027-04-30"},
		{name: "identity restarts", regime: Access, received: "2026-11-02", with: func(q *Request) { q.Identity = spans(t, "2026-11-04/2026-11-20")[0] }, due: "2026-12-21", started: "2026-11-20"},
		{name: "clarification pauses", regime: Access, received: "2026-11-02", with: clarify("2026-11-09/2026-11-16"), due: "2026-12-10", target: "2026-12-09", started: "2026-11-02", noticeBy: "2026-12-10"},
		{name: "regulator: 1 January", regime: Access, received: "2024-01-01", due: "2024-02-01"},
		{name: "regulator: 25 November", regime: Access, received: "2024-11-25", due: "2024-12-27"},
		{name: "regulator: 31 January", regime: Access, received: "2024-01-31", due: "2024-02-29"},
		{name: "overlapping pauses count once", regime: Access, received: "2026-11-02", with: clarify("2026-11-09/2026-11-14", "2026-11-12/2026-11-16"), due: "2026-12-10", target: "2026-12-09"},
		{name: "a pause inside the wait for identity is worth nothing", regime: Access, received: "2026-11-02", with: func(q *Request) {
			q.Identity = spans(t, "2026-11-04/2026-11-20")[0]
			q.Clarifications = spans(t, "2026-11-06/2026-11-12")
		}, due: "2026-12-21"},
		{name: "World Cup in Scotland", regime: Erasure, received: "2026-05-15", nation: Scotland, due: "2026-06-16"},
		{name: "the Twelfth in Northern Ireland", regime: Objection, received: "2027-06-12", nation: NorthernIreland, due: "2027-07-13"},

		{name: "FOI: a Scottish holiday counts everywhere", regime: FOI, received: "2026-12-07", due: "2027-01-08"},
		{name: "EIR", regime: EIR, received: "2026-12-07", due: "2027-01-08", extended: "2027-02-05"},
		{name: "EIR extended", regime: EIR, received: "2026-12-07", with: extend("2027-01-08"), due: "2027-02-05"},
		{name: "FOI: St Andrew's Day", regime: FOI, received: "2026-11-02", due: "2026-12-01"},
		{name: "FOI: received on a Saturday", regime: FOI, received: "2026-12-05", due: "2027-01-07"},
		{name: "FOI: St Patrick and Easter", regime: FOI, received: "2027-03-01", due: "2027-04-01"},
		{name: "FOISA: Scottish holidays only", regime: FOI, received: "2027-03-01", nation: Scotland, due: "2027-03-30"},
		{name: "FOI: 23 November", regime: FOI, received: "2026-11-23", due: "2026-12-22"},
		{name: "FOI: 11 December", regime: FOI, received: "2026-12-11", due: "2027-01-14"},

		{name: "STAIRs", regime: STAIRs, received: "2027-04-01", due: "2027-05-01", target: "2027-04-30"},
		{name: "STAIRs before its time", regime: STAIRs, received: "2027-03-31", due: "2027-04-30"},

		{name: "complaint", regime: DPComplaint, received: "2026-11-23", due: "2026-12-23", target: "2026-12-22"},
		{name: "complaint over Christmas", regime: DPComplaint, received: "2026-11-26", due: "2026-12-29", target: "2026-12-24"},
		{name: "complaint on the first day of the duty", regime: DPComplaint, received: "2026-06-19", due: "2026-07-20", target: "2026-07-17"},

		{name: "ombudsman acknowledgement", regime: OmbudsmanAck, received: "2026-12-14", due: "2026-12-21"},
		{name: "ombudsman stage 1", regime: Ombudsman1, received: "2026-12-14", with: acked("2026-12-16"), due: "2027-01-04", extended: "2027-01-18"},
		{name: "ombudsman stage 2", regime: Ombudsman2, received: "2026-12-14", with: acked("2026-12-16"), due: "2027-01-18"},
		{name: "ombudsman stage 1, not acknowledged", regime: Ombudsman1, received: "2026-12-14", due: "2027-01-07", target: "2026-12-30"},

		{name: "breach over a weekend", regime: Breach, received: "2026-11-27T17:30", due: "2026-11-30T17:30:00Z"},
		{name: "breach, clocks forward", regime: Breach, received: "2027-03-27T10:00", due: "2027-03-30T11:00:00+01:00"},
		{name: "breach, clocks back", regime: Breach, received: "2026-10-24T10:00", due: "2026-10-27T09:00:00Z"},
	}
	h := Embedded()
	for _, w := range rows {
		t.Run(w.name, func(t *testing.T) {
			r, err := Clock(h, w.request(t))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{"due": r.Due.String(), "target": r.Target.String(), "started": r.Started.String()}
			if r.Extension != nil {
				got["notice by"], got["extended"] = r.Extension.NoticeBy.String(), r.Extension.Due.String()
			}
			for what, want := range map[string]string{"due": w.due, "target": w.target, "started": w.started, "notice by": w.noticeBy, "extended": w.extended} {
				if want != "" && got[what] != want {
					t.Errorf("%s: got %s, want %s\n%s", what, got[what], want, strings.Join(r.Working, "\n"))
				}
			}
			if len(r.Working) == 0 || r.Holidays.ID == "" {
				t.Errorf("no working or no version of holidays: %+v", r)
			}
		})
	}
}

// What thirty days would have said is later than the law: the promise never
// wins by being late, and wins by being early.
func TestPromiseAgainstLaw(t *testing.T) {
	h := Embedded()
	days := func(n int) *Promise { return &Promise{ID: "answer", Says: "We answer.", Count: n, Unit: CalendarDays} }
	for _, tt := range []struct {
		name             string
		row              row
		promise          *Promise
		due, promised    string
		target           string
		governs, warning string
	}{
		{"30 days, late in January", row{regime: Access, received: "2027-01-31"}, days(30), "2027-03-01", "2027-03-02", "2027-03-01", GovernsLaw, "should be put right"},
		{"30 days, early at Christmas", row{regime: Access, received: "2026-11-25"}, days(30), "2026-12-25", "2026-12-25", "2026-12-24", GovernsPromise, ""},
		{"30 days, same day", row{regime: Access, received: "2026-11-23"}, days(30), "2026-12-23", "2026-12-23", "2026-12-23", GovernsLaw, ""},
		{"40 days", row{regime: Access, received: "2026-11-23"}, days(40), "2026-12-23", "2027-01-02", "", GovernsLaw, "should be put right"},
		{"a month as the law counts it", row{regime: Access, received: "2026-11-25"}, &Promise{ID: "answer", Count: 1, Unit: Months, AsLaw: true}, "2026-12-29", "2026-12-29", "", GovernsLaw, ""},
		{"a month as its words stand", row{regime: Access, received: "2026-11-25"}, &Promise{ID: "answer", Count: 1, Unit: Months}, "2026-12-25", "2026-12-25", "2026-12-24", GovernsPromise, ""},
		{"20 working days of the nation", row{regime: FOI, received: "2026-11-23"}, &Promise{ID: "foi", Count: 20, Unit: WorkingDays}, "2026-12-21", "2026-12-21", "", GovernsPromise, ""},
		{"30 days once identity is proved", row{regime: Access, received: "2026-11-02", with: func(q *Request) { q.Identity = spans(t, "2026-11-04/2026-11-20")[0] }},
			&Promise{ID: "answer", Count: 30, Unit: CalendarDays, Start: FromIdentity}, "2026-12-20", "2026-12-20", "2026-12-18", GovernsPromise, ""},
		{"as the law, paused", row{regime: Access, received: "2026-11-02", with: func(q *Request) { q.Clarifications = spans(t, "2026-11-09/2026-11-16") }},
			&Promise{ID: "answer", Count: 28, Unit: CalendarDays, AsLaw: true}, "2026-12-08", "2026-12-08", "2026-12-08", GovernsPromise, ""},
		{"an extension sets a promise aside that runs as the law does", row{regime: Access, received: "2027-01-31", with: func(q *Request) { q.ExtensionNotice = day(t, "2027-02-10") }},
			&Promise{ID: "answer", Count: 1, Unit: Months, AsLaw: true}, "2027-04-30", "2027-04-30", "", GovernsLaw, ""},
		{"a day to report a breach", row{regime: Breach, received: "2026-10-24T10:00"}, &Promise{ID: "core", Count: 24, Unit: Hours}, "2026-10-25T09:00:00Z", "2026-10-25T09:00:00Z", "2026-10-25T09:00:00Z", GovernsPromise, ""},
		{"the notice alone", row{regime: "promise:call-back", received: "2026-12-24"}, &Promise{ID: "call-back", Count: 2, Unit: WorkingDays}, "2026-12-30", "2026-12-30", "2026-12-30", GovernsPromise, ""},
		{"the notice alone, in hours", row{regime: "promise:call-back", received: "2026-12-24T16:00"}, &Promise{ID: "call-back", Count: 48, Unit: Hours}, "2026-12-26T16:00:00Z", "", "", GovernsPromise, ""},
		{"by choice, with a promise", row{regime: FOI, received: "2026-12-07", with: func(q *Request) { q.Settings = with(func(s *Settings) { s.FOI = None }) }}, days(60), "2027-02-05", "2027-02-05", "", GovernsPromise, "does not bind"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := tt.row.request(t)
			q.Promise = tt.promise
			r, err := Clock(h, q)
			if err != nil {
				t.Fatal(err)
			}
			if r.Due.String() != tt.due || r.Governs != tt.governs {
				t.Errorf("got %s by %s, want %s by %s\n%s", r.Due, r.Governs, tt.due, tt.governs, strings.Join(r.Working, "\n"))
			}
			if tt.promised != "" && r.Promise.Due.String() != tt.promised {
				t.Errorf("promised %s, want %s", r.Promise.Due, tt.promised)
			}
			if tt.target != "" && r.Target.String() != tt.target {
				t.Errorf("target %s, want %s", r.Target, tt.target)
			}
			if got := strings.Join(r.Warnings, "\n"); !strings.Contains(got, tt.warning) || tt.warning == "" && got != "" {
				t.Errorf("warnings %q, want one with %q", got, tt.warning)
			}
		})
	}
}

func with(change func(*Settings)) *Settings {
	s := Defaults()
	change(&s)
	return &s
}

// What is said beside the date: warnings, what is awaited, what is unverified.
func TestSaid(t *testing.T) {
	h := Embedded()
	for _, tt := range []struct {
		name string
		row  row
		due  string
		said map[string][]string // list → a part of something in it; none where nil
	}{
		{"extension too late", row{regime: Access, received: "2027-01-31", with: func(q *Request) { q.ExtensionNotice = day(t, "2027-03-02") }}, "2027-03-01",
			map[string][]string{"warnings": {"not available"}, "working": {"there is no extension"}}},
		{"identity asked for too late to matter", row{regime: Access, received: "2026-11-02", with: func(q *Request) { q.Identity = spans(t, "2026-12-10/2026-12-12")[0] }}, "2026-12-02",
			map[string][]string{"warnings": {"already up"}}},
		{"identity asked for late", row{regime: Access, received: "2026-11-02", with: func(q *Request) { q.Identity = spans(t, "2026-11-20/2026-11-23")[0] }}, "2026-12-23",
			map[string][]string{"warnings": {"promptly"}}},
		{"identity awaited", row{regime: Access, received: "2026-11-02", with: func(q *Request) { q.Identity = spans(t, "2026-11-04/")[0] }}, "2026-12-04",
			map[string][]string{"waiting": {"identity"}, "working": {"has not begun"}}},
		{"identity awaited until a day", row{regime: Access, received: "2026-11-02", with: func(q *Request) {
			q.Identity, q.AsOf = spans(t, "2026-11-04/")[0], day(t, "2026-11-10")
		}}, "2026-12-10", map[string][]string{"waiting": {"identity"}}},
		{"latest of identity, authority and fee", row{regime: Portability, received: "2026-11-02", with: func(q *Request) {
			q.Identity, q.Authority, q.Fee = spans(t, "/2026-11-20")[0], spans(t, "/2026-11-24")[0], spans(t, "/2026-11-04")[0]
		}}, "2026-12-24", map[string][]string{"working": {"Proof of authority"}}},
		{"clarification awaited", row{regime: Access, received: "2026-11-02", with: func(q *Request) { q.Clarifications = spans(t, "2026-11-09/") }}, "2026-12-03",
			map[string][]string{"waiting": {"clarification"}, "unverified": {"clarification-inclusive"}}},
		{"clarification on the last day", row{regime: Access, received: "2026-11-25", with: func(q *Request) { q.Clarifications = spans(t, "2026-12-29/2026-12-30") }}, "2026-12-29",
			map[string][]string{"unverified": {"clarification-inclusive"}, "warnings": {"undue delay"}}},
		{"only access pauses", row{regime: Erasure, received: "2026-11-02", with: func(q *Request) { q.Clarifications = spans(t, "2026-11-09/2026-11-16") }}, "2026-12-02",
			map[string][]string{"warnings": {"only an access request pauses"}}},
		{"the pause as the regulator might count it", row{regime: Access, received: "2026-11-02", with: func(q *Request) {
			q.Clarifications = spans(t, "2026-11-09/2026-11-16")
			q.Settings = with(func(s *Settings) { s.ClarificationInclusive = false })
		}}, "2026-12-09", map[string][]string{"unverified": {"clarification-inclusive"}}},
		{"a nation's own holiday", row{regime: Access, received: "2026-10-30", nation: Scotland}, "2026-12-01",
			map[string][]string{"working": {"St Andrew’s Day"}}},
		{"a target in days", row{regime: Access, received: "2026-11-02", with: func(q *Request) {
			q.Settings = with(func(s *Settings) { s.TargetDays = 28 })
		}}, "2026-12-02", map[string][]string{"working": {"Monday 30 November 2026, the target of 28 days"}}},
		{"before Article 12A", row{regime: Access, received: "2025-11-03"}, "2025-12-03", map[string][]string{"unverified": {"before 5 February 2026"}}},
		{"known, though its extension is not", row{regime: Access, received: "2028-11-20"}, "2028-12-20",
			map[string][]string{"warnings": {"extended is not known", "tenet law holidays --from FILE"}}},
		{"FOI fee unpaid", row{regime: FOI, received: "2026-12-07", with: func(q *Request) { q.Fee = spans(t, "2026-12-09/")[0] }}, "2027-01-11",
			map[string][]string{"waiting": {"the fee"}, "working": {"is unpaid"}, "unverified": {"foi-extended-days"}}},
		{"FOI clarified", row{regime: FOI, received: "2026-11-02", with: func(q *Request) { q.Clarifications = spans(t, "2026-11-05/2026-12-07") }}, "2027-01-08",
			map[string][]string{"working": {"run afresh"}, "unverified": {"information-restarts", "foi-extended-days"}}},
		{"FOI fee, both days left out", row{regime: FOI, received: "2026-11-02", with: func(q *Request) { q.Fee = spans(t, "2026-11-09/2026-11-16")[0] }}, "2026-12-09",
			map[string][]string{"working": {"s.10(2)", "St Andrew’s Day in Scotland"}, "unverified": {"foi-extended-days"}}},
		{"EIR charge", row{regime: EIR, received: "2026-11-02", with: func(q *Request) { q.Fee = spans(t, "2026-11-09/2026-11-16")[0] }}, "2026-12-01",
			map[string][]string{"warnings": {"not verified"}, "unverified": {"eir-extended-days"}}},
		{"no extension in Scotland", row{regime: FOI, received: "2027-03-01", nation: Scotland, with: func(q *Request) { q.ExtensionNotice = day(t, "2027-03-10") }}, "2027-03-30",
			map[string][]string{"warnings": {"changes nothing"}, "unverified": {"scottish-information"}}},
		{"FOI by choice", row{regime: FOI, received: "2026-12-07", with: func(q *Request) { q.Settings = with(func(s *Settings) { s.FOI = Voluntary }) }}, "2027-01-08",
			map[string][]string{"warnings": {"does not bind"}, "unverified": {"foi-extended-days"}}},
		{"STAIRs by choice", row{regime: STAIRs, received: "2027-03-31"}, "2027-04-30",
			map[string][]string{"warnings": {"Not a statutory STAIRs request"}, "unverified": {"stairs-days"}}},
		{"STAIRs with every setting", row{regime: STAIRs, received: "2027-04-01", with: func(q *Request) {
			q.Clarifications = spans(t, "2027-04-05/2027-04-06")
			q.ExtensionNotice = day(t, "2027-04-20")
			q.Settings = with(func(s *Settings) { s.STAIRsRolls, s.STAIRsPauses, s.STAIRsExtendedDays = true, true, 60 })
		}}, "2027-06-02", map[string][]string{"unverified": {"stairs-days", "stairs-pauses", "stairs-extended-days", "stairs-rolls"}, "working": {"Early May bank holiday"}}},
		{"complaint before the duty", row{regime: DPComplaint, received: "2026-06-18"}, "2026-07-20", map[string][]string{"warnings": {"before the duty began"}}},
		{"late acknowledgement", row{regime: Ombudsman1, received: "2026-12-14", with: func(q *Request) { q.Acknowledged = day(t, "2026-12-23") }}, "2027-01-11",
			map[string][]string{"warnings": {"later than the Code allows"}, "unverified": {"ombudsman-holidays"}, "working": {"Work to Thursday 7 January 2027"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Clock(h, tt.row.request(t))
			if err != nil {
				t.Fatal(err)
			}
			if r.Due.String() != tt.due {
				t.Errorf("due %s, want %s\n%s", r.Due, tt.due, strings.Join(r.Working, "\n"))
			}
			for name, got := range map[string][]string{"working": r.Working, "waiting": r.Waiting, "warnings": r.Warnings, "unverified": r.Unverified} {
				for _, part := range tt.said[name] {
					if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, part) }) {
						t.Errorf("%s %q say nothing of %q", name, got, part)
					}
				}
				if len(tt.said[name]) == 0 && len(got) > 0 && name != "working" {
					t.Errorf("unexpected %s: %q", name, got)
				}
			}
		})
	}
}

func TestRefused(t *testing.T) {
	h := Embedded()
	for _, tt := range []struct {
		name string
		q    Request
		want string
	}{
		{"no regime", Request{Received: day(t, "2026-11-02"), Nation: Scotland}, "there is no regime"},
		{"no nation", Request{Regime: Access, Received: day(t, "2026-11-02")}, "there is no nation"},
		{"no receipt", Request{Regime: Access, Nation: Scotland}, "receipt is missing"},
		{"no such day", Request{Regime: Access, Nation: Scotland, Received: Date{2026, 2, 30}}, "28 days"},
		{"past the holidays", Request{Regime: Access, Nation: Scotland, Received: day(t, "2028-12-15")}, "tenet law holidays --from FILE"},
		{"before the holidays", Request{Regime: Access, Nation: Scotland, Received: day(t, "2018-06-01")}, "begin on Tuesday 1 January 2019"},
		{"answered before asked", Request{Regime: Access, Nation: Scotland, Received: day(t, "2026-11-02"), Clarifications: spans(t, "2026-11-09/2026-11-08")}, "which is earlier"},
		{"asked before received", Request{Regime: Access, Nation: Scotland, Received: day(t, "2026-11-02"), Clarifications: spans(t, "2026-11-01/2026-11-08")}, "before the request"},
		{"clarified, never asked", Request{Regime: Access, Nation: Scotland, Received: day(t, "2026-11-02"), Clarifications: spans(t, "/2026-11-08")}, "asked for is missing"},
		{"notice before receipt", Request{Regime: Access, Nation: Scotland, Received: day(t, "2026-11-02"), ExtensionNotice: day(t, "2026-11-01")}, "before receipt"},
		{"breach by the day", Request{Regime: Breach, Nation: Scotland, Received: day(t, "2026-11-02")}, "counts hours"},
		{"two receipts", Request{Regime: Breach, Nation: Scotland, Received: day(t, "2026-11-02"), At: time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)}, "give one of them"},
		{"STAIRs in Scotland", Request{Regime: STAIRs, Nation: Scotland, Received: day(t, "2027-11-02")}, "England only"},
		{"ombudsman in Northern Ireland", Request{Regime: Ombudsman1, Nation: NorthernIreland, Received: day(t, "2026-11-02")}, "landlords in England"},
		{"a promise not given", Request{Regime: "promise:call-back", Nation: Scotland, Received: day(t, "2026-11-02")}, "give the promise"},
		{"another promise", Request{Regime: "promise:call-back", Nation: Scotland, Received: day(t, "2026-11-02"), Promise: &Promise{ID: "other", Count: 1, Unit: Months}}, "was given the promise other"},
		{"promise in hours, no time", Request{Regime: Access, Nation: Scotland, Received: day(t, "2026-11-02"), Promise: &Promise{ID: "p", Count: 1, Unit: Hours}}, "give the time of receipt"},
		{"promise as no law", Request{Regime: "promise:p", Nation: Scotland, Received: day(t, "2026-11-02"), Promise: &Promise{ID: "p", Count: 1, Unit: Months, AsLaw: true}}, "leave as-law out"},
		{"promise without unit", Request{Regime: Access, Nation: Scotland, Received: day(t, "2026-11-02"), Promise: &Promise{ID: "p", Count: 1}}, "unit is"},
		{"promise of nothing", Request{Regime: Access, Nation: Scotland, Received: day(t, "2026-11-02"), Promise: &Promise{ID: "p", Unit: Months}}, "count is 0"},
		{"not bound, and no promise", Request{Regime: EIR, Nation: EnglandAndWales, Received: day(t, "2026-11-02"), Settings: with(func(s *Settings) { s.EIR = None })}, "setting eir: none"},
		{"a setting that means nothing", Request{Regime: EIR, Nation: EnglandAndWales, Received: day(t, "2026-11-02"), Settings: &Settings{}}, "setting foi is"},
		{"FOI fee without its notice", Request{Regime: FOI, Nation: EnglandAndWales, Received: day(t, "2026-11-02"), Fee: spans(t, "/2026-11-09")[0]}, "fees notice is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Clock(h, tt.q)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
	_, err := Clock(h, Request{Regime: FOI, Nation: Scotland, Received: day(t, "2028-12-20")})
	if ce := new(CoverageError); !errors.As(err, &ce) || ce.Nation != Scotland || ce.Date != day(t, "2029-01-01") {
		t.Errorf("got %v, want a CoverageError of Scotland for 1 January 2029", err)
	}
}

// Better holidays move a deadline; nothing else has to know.
func TestHolidaysMoveDeadlines(t *testing.T) {
	const event = `{"title": "Boxing Day", "date": "2026-12-28"`
	mended := strings.Replace(string(embedded), event, `{"title": "An extra day", "date": "2026-12-22", "notes": "", "bunting": true},`+event, 1)
	h, err := ParseHolidays([]byte(mended))
	if err != nil {
		t.Fatal(err)
	}
	q := row{regime: Access, received: "2026-11-22"}.request(t)
	r, err := Clock(h, q)
	if err != nil {
		t.Fatal(err)
	}
	if r.Due.String() != "2026-12-23" || r.Holidays.ID == Embedded().Version().ID {
		t.Errorf("due %s under %s", r.Due, r.Holidays.ID)
	}
}

func TestResultJSON(t *testing.T) {
	q := row{regime: Access, received: "2026-11-25"}.request(t)
	q.Promise = &Promise{ID: "answer", Says: "We answer within a month.", Count: 1, Unit: Months}
	r, err := Clock(Embedded(), q)
	if err != nil {
		t.Fatal(err)
	}
	r.Working = []string{"…"}
	r.Holidays.ID = "…"
	got, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "regime": "access",
 "received": "2026-11-25",
 "started": "2026-11-25",
 "due": "2026-12-25",
 "target": "2026-12-24",
 "nation": "england-and-wales",
 "governs": "promise",
 "law": {
  "due": "2026-12-29",
  "cite": "UK GDPR Art 15 with Arts 12(3) and 12A"
 },
 "promise": {
  "id": "answer",
  "due": "2026-12-25",
  "says": "We answer within a month."
 },
 "extension": {
  "notice_by": "2026-12-29",
  "due": "2027-02-25"
 },
 "working": [
  "…"
 ],
 "waiting": [],
 "warnings": [],
 "unverified": [],
 "holidays": {
  "id": "…",
  "covers": {
   "england-and-wales": "2028-12-31",
   "northern-ireland": "2028-12-31",
   "scotland": "2028-12-31"
  }
 }
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	var back Result
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Error(diff)
	}
}

func TestWorkingInWords(t *testing.T) {
	q := row{regime: Access, received: "2026-11-25"}.request(t)
	r, err := Clock(Embedded(), q)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Received on Wednesday 25 November 2026: time runs from the day itself, working day or not (UK GDPR Art 12A(2)(a); ICO, time limits).",
		"One month ends on the same date of the next month, Friday 25 December 2026 (UK GDPR Art 12A(1); Reg (EEC, Euratom) 1182/71 Art 3(2)(c)).",
		"No working day in England and Wales: Friday 25 December 2026 (Christmas Day), Saturday 26 December 2026, Sunday 27 December 2026 and Monday 28 December 2026 (Boxing Day, substitute day); so it moves to the end of the next working day, Tuesday 29 December 2026 (UK GDPR Art 4A; Reg (EEC, Euratom) 1182/71 Art 3(4)).",
		"An extension to Thursday 25 February 2027 can be had only by telling the person, with reasons, by Tuesday 29 December 2026 (UK GDPR Art 12A(3)–(4): three months from the relevant time, for complexity or number).",
	}
	if diff := cmp.Diff(want, r.Working); diff != "" {
		t.Error(diff)
	}
}
