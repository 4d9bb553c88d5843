package app

import (
	"context"
	"strings"
	"time"

	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/notice"
	"tenet/internal/portal"
)

// publicReports is what the public reports, and who is shut out.
type publicReports struct{ d *desk.Desk }

// Kinds leaves out what only staff can know.
func (publicReports) Kinds() []string {
	var out []string
	for _, s := range incident.Sorts() {
		if s.Kind != incident.Misused && s.Kind != incident.Supplier {
			out = append(out, string(s.Kind))
		}
	}
	return out
}

func (p publicReports) NeverAsk() ([]string, string) {
	ph := p.d.Notice.Web.Phishing
	if ph == nil {
		return []string{"card numbers", "user names", "passwords"}, ""
	}
	var at notice.Contact
	for _, c := range p.d.Notice.Landlord.Contacts {
		if c.ID == ph.Report || ph.Report == "" && c.DPO {
			at = c
		}
	}
	where := string(at.Email)
	if where == "" {
		where = string(at.Phone)
	}
	return ph.Never, where
}

func (p publicReports) Report(ctx context.Context, w portal.Wrong) (string, error) {
	i, err := p.d.ReportIncident(ctx, incident.First{Once: "portal " + w.Token, Kind: incident.Kind(w.Kind), What: w.What, Message: strings.TrimSpace(w.Message), By: "portal",
		Reporter: incident.Reporter{Via: "portal", Name: w.Name, Contact: w.Contact}})
	return i.Number, err
}

func (p publicReports) ShutOut(ctx context.Context, host string) (time.Time, error) {
	x, err := p.d.Incidents()
	if err != nil {
		return time.Time{}, err
	}
	return x.Banned(ctx, host)
}
