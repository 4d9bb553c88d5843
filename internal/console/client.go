package console

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"tenet/internal/web"
)

// Clients are the landlords that this one acts for, and what each is told.
type Clients interface {
	// Clients are those whose records whoever looks may see.
	Clients(ctx context.Context) ([]ClientRow, error)
	// ClientReport is the figures of one client, small numbers and all.
	ClientReport(ctx context.Context, q ClientQuery) (ClientReport, error)
	// GiveClientReport writes them as the client may have them, as a file of one of
	// ClientReportForms, records that, and says what the file is called.
	GiveClientReport(ctx context.Context, w io.Writer, by Staff, q ClientQuery, form string) (name string, err error)
}

// ClientReportForms are the files that a report can be given as, by ending.
func ClientReportForms() []string { return []string{"xlsx", "csv", "json"} }

// ClientRow is one client.
type ClientRow struct {
	ID, Name string
	Officer  string   // whom to pass requests to; empty where nobody is named
	Systems  []string // that have its records
	Ended    string   // the day its contract ended
}

// ClientQuery is which report is wanted.
type ClientQuery struct {
	Client string // its id
	Months string // how far back, of ClientMonths
}

// ClientMonths are the times that can be reported on.
func ClientMonths() []Choice {
	return []Choice{{"3", "The last three months"}, {"12", "The last twelve months"}, {"24", "The last two years"}}
}

// ClientReport is the figures of one client.
type ClientReport struct {
	Name     string
	From, To string // days, in words
	Wants    string // what the notice says that it is given; empty where it does not
	Few      string // how small numbers are dealt with where the report leaves the house
	Tallies  []ClientTally
	Lacks    []string // what is not covered
}

// ClientTally is how many there are of something, and of which sorts.
type ClientTally struct {
	Title, Says string
	Total       int
	Parts       []ClientPart
}

// ClientPart is how many are of one sort.
type ClientPart struct {
	Split, Title string // how they are told apart, and the sort
	N            int
}

type clientView struct {
	ClientReport
	Query  ClientQuery
	Months []Choice
	Forms  []Choice
}

const clientsAt = "/clients"

// clientRoutes are there where this landlord acts for others.
func (c *Console) clientRoutes() map[string]page {
	if c.Clients == nil {
		return nil
	}
	return map[string]page{
		"GET " + clientsAt:                       c.clients,
		"GET " + clientsAt + "/{client}":         c.client,
		"POST " + clientsAt + "/{client}/report": c.clientReport,
	}
}

func (c *Console) clients(w http.ResponseWriter, r *http.Request, staff Staff) {
	list, err := c.Clients.Clients(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "clients", clientsAt, web.Page{Title: "Clients", Main: list})
}

// clientQuery is the report that a request asks for: of the shortest time, unless it
// names another.
func clientQuery(r *http.Request) ClientQuery {
	q := ClientQuery{Client: r.PathValue("client"), Months: ClientMonths()[0].ID}
	for _, m := range ClientMonths() {
		if r.FormValue("months") == m.ID {
			q.Months = m.ID
		}
	}
	return q
}

func (c *Console) client(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := clientQuery(r)
	report, err := c.Clients.ClientReport(r.Context(), q)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := clientView{ClientReport: report, Query: q, Months: ClientMonths()}
	for _, form := range ClientReportForms() {
		v.Forms = append(v.Forms, Choice{form, map[string]string{"xlsx": "An Excel workbook", "csv": "A table, as CSV", "json": "For machines, as JSON"}[form]})
	}
	c.show(w, r, staff, "client", clientsAt, web.Page{Title: report.Name, Main: v, Back: clientsAt})
}

func (c *Console) clientReport(w http.ResponseWriter, r *http.Request, staff Staff) {
	form := r.FormValue("form")
	kind, ok := map[string]string{
		"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8; header=present", "json": "application/json",
	}[form]
	if !ok {
		c.pages.Problem(w, r, web.NotFound)
		return
	}
	var b bytes.Buffer // whole, so that what cannot be made is told of as a page
	name, err := c.Clients.GiveClientReport(r.Context(), &b, staff, clientQuery(r), form)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if _, err := b.WriteTo(w); err != nil {
		c.Log.Error("a download of a client's report broke off", "error", err)
	}
}
