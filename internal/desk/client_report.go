package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/source"
	"tenet/internal/store"
)

// ClientReport is the management information of one client: numbers of its set and of no
// other's, and nobody's name.
type ClientReport struct {
	Client Keeper   `json:"client"`
	From   law.Date `json:"from"` // the first day of what is counted by day
	To     law.Date `json:"to"`   // the last
	Made   law.Date `json:"made"`
	Wants  string   `json:"wants,omitempty"` // what the notice says that the client is given
	// Exact says that small numbers are in it: it is for us, and does not leave the house.
	Exact   bool     `json:"exact"`
	Tallies []Tally  `json:"tallies"`
	Lacks   []string `json:"lacks"` // what the figures do not cover, as the client is told
	// Inside is what could not be looked at, by system and table and with what a system said
	// of itself: for us.
	Inside []string `json:"inside,omitempty"`
}

// ReportClient counts what a client is told of its customers between two days, small
// numbers and all.
func (d *Desk) ReportClient(ctx context.Context, client string, from, to law.Date) (ClientReport, error) {
	k, err := d.KeeperOf(client, "", "")
	if err != nil {
		return ClientReport{}, err
	}
	c, err := d.client(client)
	if err != nil {
		return ClientReport{}, err
	}
	if err := d.within(ctx, client); err != nil {
		return ClientReport{}, err
	}
	if from.IsZero() || to.IsZero() || to.Before(from) || d.Today().Before(to) {
		return ClientReport{}, &Error{Code: "period", What: "is no time that is over", Where: "--from and --to", Mend: "write two days, the first first, the last today or before: 2026-08-01 and 2026-10-31"}
	}
	r := &clientCount{d: d, client: client, from: from, to: to,
		ClientReport: ClientReport{Client: k, From: from, To: to, Made: d.Today(), Wants: c.Reports, Exact: true, Lacks: []string{}}}
	for _, count := range []func(context.Context) error{r.requests, r.contacts, r.disclosures, r.incidents, r.systems} {
		if err := count(ctx); err != nil {
			return ClientReport{}, fmt.Errorf("report to %s: %w", client, err)
		}
	}
	return r.ClientReport, nil
}

// ForClient is the report as it leaves the house: without small numbers, see [Tally].
func (r ClientReport) ForClient() ClientReport {
	if r.Exact = false; len(r.Inside) > 0 {
		r.Lacks = append(slices.Clip(r.Lacks), fmt.Sprintf("What stands in the systems is not counted whole: places that were not looked at, or not wholly: %d. We know which.", len(r.Inside)))
		r.Inside = nil
	}
	r.Tallies = slices.Clone(r.Tallies)
	for i, t := range r.Tallies {
		r.Tallies[i] = t.few()
	}
	return r
}

// clientCount is a report that is being counted.
type clientCount struct {
	d        *Desk
	client   string
	from, to law.Date
	ClientReport
}

func (r *clientCount) within(day law.Date) bool { return !day.Before(r.from) && !day.After(r.to) }

// Ways in which a client's request may stand.
const (
	answeredInTime  = "answered for you, in time"
	answeredLate    = "answered for you, late"
	running         = "with us to answer, in time so far"
	runningLate     = "with us to answer, late"
	endedUnanswered = "ended without an answer: withdrawn, or the person died"
	passedSameDay   = "passed on to you, on the day it came"
	passedLater     = "passed on to you, later"
	notPassed       = "to be passed on to you"
	pastForgotten   = "ended, and what came of it is forgotten"
)

// requests counts the cases about the client's customers, and their open tasks.
func (r *clientCount) requests(ctx context.Context) error {
	toPass := map[string]bool{} // by number
	if err := r.openTasks(ctx, cases.TaskFilter{Sort: cases.TaskTell, Place: r.client}, func(t cases.OpenTask) { toPass[t.Number] = true }); err != nil {
		return err
	}
	came := Tally{Title: "Requests and complaints that came", By: []Split{{Title: "by kind"}, {Title: "by how they stand"}}}
	open := map[string]bool{}
	e := &evidence{desk: r.d}
	for k, err := range e.cases(ctx) {
		if err != nil {
			return err
		}
		how, its, err := r.stands(k, toPass[k.Number])
		if err != nil {
			return err
		}
		if !its {
			continue
		}
		open[k.Number] = k.Ended.IsZero()
		if r.within(k.Received) {
			title := string(k.Kind)
			if h, ok := k.Kind.Handling(); ok {
				title = h.Title
			}
			came.add(title, how)
		}
	}
	tasks := Tally{Title: "Tasks that are open today", By: []Split{{Title: "by their day"}}, Says: "In cases about your customers, whenever they came."}
	err := r.openTasks(ctx, cases.TaskFilter{}, func(t cases.OpenTask) {
		switch {
		case !open[t.Number]:
		case t.Due.Before(r.d.Now()):
			tasks.add("past their day")
		default:
			tasks.add("not yet due")
		}
	})
	r.Tallies = append(r.Tallies, came, tasks)
	return err
}

// openTasks gives every open task of a sort, with its case.
func (r *clientCount) openTasks(ctx context.Context, f cases.TaskFilter, each func(cases.OpenTask)) error {
	for f.Limit = 1000; ; f.Skip += f.Limit {
		page, err := r.d.Cases.OpenTasks(ctx, f)
		if err != nil {
			return err
		}
		for _, t := range page {
			each(t)
		}
		if len(page) < f.Limit {
			return nil
		}
	}
}

// stands says whether a case is about the client's customers, and how it stands. A case of
// which nobody can tell whose it is, is nobody's here.
func (r *clientCount) stands(k cases.Case, toPass bool) (how string, its bool, err error) {
	if e := k.Ending; e != nil && e.How == cases.Transferred && e.Client == r.client {
		if law.DateOf(e.At) == k.Received {
			return passedSameDay, true, nil
		}
		return passedLater, true, nil
	}
	if set, err := r.d.caseSet(k); err != nil || set != r.client {
		return notPassed, toPass && k.Ended.IsZero(), nil
	}
	clocks, err := r.d.Cases.ClocksOf(k, nil)
	if err != nil {
		return "", false, fmt.Errorf("the clock of %s: %w", k.Number, err)
	}
	late := false
	for _, c := range clocks {
		met := c.Clock.Met
		if met.IsZero() {
			if met = r.d.Today(); !k.Ended.IsZero() {
				met = law.DateOf(k.Ended)
			}
		}
		late = late || met.After(c.Result.Due.Date)
	}
	answered := k.Ending != nil && (k.Ending.How == cases.Released || k.Ending.How == cases.Refused)
	switch {
	case k.Ended.IsZero() && late:
		return runningLate, true, nil
	case k.Ended.IsZero():
		return running, true, nil
	case k.Ending == nil:
		return pastForgotten, true, nil
	case answered && late:
		return answeredLate, true, nil
	case answered:
		return answeredInTime, true, nil
	}
	return endedUnanswered, true, nil
}

// contacts counts how often we were in touch with the client's customers.
func (r *clientCount) contacts(ctx context.Context) error {
	x, err := r.d.contactsIn(r.client)
	if err != nil {
		return err
	}
	t := Tally{Title: "Contacts with your customers", By: []Split{{Title: "by who began"}}, Says: "As they are noted in Tenet’s own register."}
	for k, err := range x.All(ctx) {
		if err != nil {
			return err
		}
		switch e := k.Entry; {
		case e == nil || e.Corrected != "" || !r.within(law.DateOf(e.At)):
		case e.Outward:
			t.add("we were in touch with them")
		default:
			t.add("they were in touch with us")
		}
	}
	r.Tallies = append(r.Tallies, t)
	return nil
}

// disclosures counts what was given out of the client's set, by Tenet's own log.
func (r *clientCount) disclosures(ctx context.Context) error {
	t := Tally{Title: "Disclosures from your records", By: []Split{{Title: "by who was given it"}}, Says: "As the log of disclosures has them; one may be about several people."}
	for e, err := range r.d.Given.Each(ctx, disclose.Filter{Sets: []string{r.client}, From: r.from, Until: r.to}) {
		switch {
		case err != nil:
			return err
		case !e.Stands():
		case e.Kind == disclose.Answer:
			t.add("the person, or whoever acts for them")
		default:
			t.add(r.recipient(string(e.To)))
		}
	}
	r.Tallies = append(r.Tallies, t)
	return nil
}

// recipient is what a recipient is called; what a log has that the notice does not is not
// written out, since it may be anybody's name.
func (r *clientCount) recipient(id string) string {
	for _, x := range r.d.Notice.Sharing.Recipients {
		if strings.EqualFold(string(x.ID), id) || strings.EqualFold(x.Title, id) {
			return x.Title
		}
	}
	return "others"
}

// incidents counts what went wrong with the client's records.
func (r *clientCount) incidents(ctx context.Context) error {
	t := Tally{Title: "Incidents that touch your records", By: []Split{{Title: "by what they are"}, {Title: "by state"}}, Says: "Reported in this time, or open today."}
	f := incident.Filter{Limit: 500, Sees: func(client notice.ID) bool { return string(client) == r.client }}
	for {
		page, err := r.d.ListIncidents(ctx, f)
		if err != nil {
			return err
		}
		for _, i := range page.Incidents {
			if !i.Ended.IsZero() && !r.within(law.DateOf(i.Opened)) {
				continue
			}
			what, state := "personal data breaches", "open"
			if !i.IsBreach() {
				what = "no personal data breach, or not known yet"
			}
			if !i.Ended.IsZero() {
				state = "closed"
			}
			t.add(what, state)
		}
		if f.After = page.Next; f.After == "" {
			r.Tallies = append(r.Tallies, t)
			return nil
		}
	}
}

// systems counts what stands in the systems themselves: how long records are kept, and the
// lines of logs of what was given out.
func (r *clientCount) systems(ctx context.Context) error {
	if ended, err := r.d.ended(); err != nil {
		return err
	} else if day := ended[r.client]; day != "" {
		r.Lacks = append(r.Lacks, "The contract ended on "+day+": the records in the systems are not looked at any more.")
		return nil
	}
	e := &evidence{desk: r.d, detector: textSearch()}
	defer e.close()
	b := &promise.Board{Notice: r.d.Notice, Today: r.d.Today(), Now: r.d.Now, Systems: e, Text: e.detector}
	kept, err := b.CheckOne(ctx, notice.PromiseCheck{Check: "retention.applied", With: map[string]any{"client": r.client}})
	if err != nil {
		return err
	}
	t := Tally{Title: "Records whose time to be kept has begun", By: []Split{{Title: "by your periods"}},
		Says: fmt.Sprintf("Today, in %d of %d tables and rules.", kept.Looked, kept.Of), Total: Count{N: int(kept.Total)}}
	t.By[0].Parts = []Portion{{"within their time", Count{N: int(kept.Good)}}, {"past their time", Count{N: int(kept.Violations)}}}
	r.Tallies = append(r.Tallies, t)
	r.Inside = append(r.Inside, kept.Gaps...)
	if err := r.periods(); err != nil {
		return err
	}
	s, err := r.d.openSet(ctx, r.client)
	if err != nil {
		return err
	}
	defer s.close()
	return r.logs(ctx, s)
}

// logs counts the lines of the systems' own logs of what was given out.
func (r *clientCount) logs(ctx context.Context, s *systems) error {
	t, some := Tally{Title: "Disclosures in the systems’ own logs", By: []Split{{Title: "by who was given it"}}}, false
	for _, name := range slices.Sorted(maps.Keys(s.maps)) {
		for _, table := range slices.Sorted(maps.Keys(s.maps[name].Tables)) {
			log := s.maps[name].Tables[table].Discloses
			if log == nil || !s.holdsSome(name, table) {
				continue
			}
			some = true
			for row, err := range s.scan(ctx, name, table, source.ScanOptions{Columns: []string{log.To, log.At}}) {
				if err != nil {
					if ctx.Err() != nil {
						return ctx.Err()
					}
					r.Inside = append(r.Inside, placeOf(name, table)+": "+err.Error())
					break
				}
				if day, ok := dayOf(row.Get(log.At).Text); ok && r.within(day) {
					t.add(r.recipient(row.Get(log.To).Text))
				}
			}
		}
	}
	if some {
		r.Tallies = append(r.Tallies, t)
	}
	return nil
}

// periods names the kinds of data for which the client has given us no period.
func (r *clientCount) periods() error {
	held, err := r.d.heldForClients(r.d.Notice)
	if err != nil {
		return err
	}
	held = slices.DeleteFunc(held, func(h notice.Held) bool { return string(h.Client) != r.client })
	for _, id := range notice.WithoutPeriod(r.d.Notice, held) {
		if c, ok := r.d.Notice.Data.Category(id); ok {
			r.Lacks = append(r.Lacks, "You have given us no period for: "+c.Title+".")
		}
	}
	return nil
}

// ClientReportForms are the files that a report can be given as, by ending.
func ClientReportForms() []string { return []string{".csv", ".xlsx", ".json"} }

// GiveClientReport writes a report to a client as it leaves the house, as a file of one of
// [ClientReportForms]. That it was made for the client, and which, is in the ledger before
// any of it is written.
func (d *Desk) GiveClientReport(ctx context.Context, by string, r ClientReport, form string, w io.Writer) error {
	r = r.ForClient()
	var b bytes.Buffer
	switch form {
	case ".json":
		out := json.NewEncoder(&b)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		if err := out.Encode(r); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	case ".csv":
		out := csv.NewWriter(&b)
		out.UseCRLF = true
		lines := r.Lines()
		for _, line := range lines {
			for i, cell := range line {
				if cell != "" && strings.Contains("=+-@\t\r", cell[:1]) { // a spreadsheet would run it
					line[i] = "'" + cell
				}
			}
		}
		if err := out.WriteAll(lines); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	case ".xlsx":
		if err := writeRegisterBook(&b, "Report", r.Lines()); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	default:
		return &Error{Code: "form", What: fmt.Sprintf("a report cannot be written as %q", form), Where: "--out", Mend: "name a file that ends in " + strings.Join(ClientReportForms(), ", ")}
	}
	sum := sha256.Sum256(b.Bytes())
	act := ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "client.reported", Notice: d.Notice.Version()}
	err := d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, act, map[string]any{"client": r.Client.ID, "from": r.From, "to": r.To, "form": form, "sha256": hex.EncodeToString(sum[:])})
	})
	if err != nil {
		return err
	}
	_, err = b.WriteTo(w)
	return err
}

// FewWords says how small numbers are dealt with where a report leaves the house.
const FewWords = "A number from 1 to 4 is not given, nor any that it could be worked out from. “Not given” is never none."

// Lines are the report as a table: what is counted, how it is split, the part, the number.
func (r ClientReport) Lines() [][]string {
	out := [][]string{{"What", "Split", "Part", "Number"}, {r.Client.Name + ", " + r.From.String() + " to " + r.To.String(), "", "", ""}}
	for _, t := range r.Tallies {
		out = append(out, []string{t.Title, "", "all", t.Total.String()})
		for _, s := range t.By {
			for _, p := range s.Parts {
				out = append(out, []string{t.Title, s.Title, p.Title, p.Count.String()})
			}
		}
	}
	for _, g := range r.Lacks {
		out = append(out, []string{"Not covered", "", g, ""})
	}
	for _, g := range r.Inside {
		out = append(out, []string{"Not looked at", "", g, ""})
	}
	if !r.Exact {
		out = append(out, []string{FewWords, "", "", ""})
	}
	return out
}
