package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/notice"
	"tenet/internal/web"
)

// instructActs is what is recorded in a case that is answered for a client.
func (s caseWork) instructActs() []act {
	return []act{{id: "instruct", action: cases.Finishes, group: "The client", name: "Record the client’s instruction", button: "Record the instruction",
		does: []string{"The case says who at the client instructed us to answer it, and on which day.", "Nothing is approved before that: the client decides over these records (UK GDPR Article 28(3)(a))."},
		when: func(k cases.Case) bool {
			return k.Ending == nil && slices.ContainsFunc(s.d.Notice.Landlord.Clients, func(c notice.Client) bool { return string(c.ID) == k.Entity })
		},
		fields: func(a asking) []console.FormField {
			return []console.FormField{
				{Name: "who", Label: "Who instructed us?", Hint: "Their name, and what they are there: Ann Lee, secretary.", As: "line", Must: true},
				dayField(a, "On which day?", "Today or before.")}
		},
		do: func(ctx context.Context, d doing) (string, error) {
			k, err := d.s.d.Instruct(ctx, d.on.By, d.k.Number, d.onDay(), d.text("who"))
			if err != nil {
				return "", err
			}
			return "The instruction of " + d.s.client(k.Entity) + " is recorded.", nil
		}}}
}

// onBehalf says in a case for whom it is answered, and whether they have instructed us.
func (s caseWork) onBehalf(ctx context.Context, k cases.Case) ([]console.Panel, error) {
	c, err := s.d.OnBehalfOf(ctx, k)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return s.forCompany(k), nil
	}
	p := console.Panel{ID: "behalf", Title: "On behalf of " + c.Name, Says: "These are its records, and it decides over them. Nothing of anybody else’s is in the answer."}
	if c.Who == "" {
		p.Warn = k.Ending == nil
		p.Rows = append(p.Rows, console.Row{Name: "Instruction", Says: "Not recorded: nothing is approved before it is."})
	} else {
		p.Rows = append(p.Rows, console.Row{Name: "Instruction", Says: c.Who + ", on " + c.Day.Words()})
	}
	return append([]console.Panel(nil), p), nil
}

// forCompany says for which company of a group a case is, and what staff are to mind about
// what binds it.
func (s caseWork) forCompany(k cases.Case) []console.Panel {
	p := console.Panel{ID: "company", Title: "To be minded", Says: k.Mind, Warn: k.Mind != "" && k.Ending == nil}
	if c, ok := s.d.Company(k); ok {
		p.Title = "For " + c.Name
		if len(c.Regulators) > 0 {
			p.Rows = append(p.Rows, console.Row{Name: "Overseen by", Says: strings.Join(c.Regulators, ", ")})
		}
		if c.ICO != "" {
			p.Rows = append(p.Rows, console.Row{Name: "Registered with the regulator for data", Says: c.ICO})
		}
	} else if k.Mind == "" {
		return nil
	}
	return []console.Panel{p}
}

// clients are the landlords that this one acts for, as staff look at them.
type clients struct{ staffDesk }

// clientsOf are the pages of clients; nil where nobody is acted for.
func clientsOf(o *office) console.Clients {
	if len(o.d.Notice.Landlord.Clients) == 0 {
		return nil
	}
	return clients{staffDesk{o}}
}

func (s clients) Clients(ctx context.Context) ([]console.ClientRow, error) {
	list, err := s.d.Clients()
	if err != nil {
		return nil, s.told(ctx, err)
	}
	var out []console.ClientRow
	for _, c := range list {
		if s.d.Sees(ctx, c.ID) {
			out = append(out, console.ClientRow{ID: c.ID, Name: c.Name, Officer: c.Officer, Systems: c.Sources, Ended: c.Ended})
		}
	}
	return out, nil
}

// periods are the times that can be reported on: how many months back.
var periods = map[string]int{"3": 3, "12": 12, "24": 24}

func (s clients) report(ctx context.Context, q console.ClientQuery) (desk.ClientReport, error) {
	months, ok := periods[q.Months]
	if !ok {
		months = 3
	}
	to := s.d.Today()
	r, err := s.d.ReportClient(ctx, q.Client, to.AddMonths(-months), to)
	return r, s.told(ctx, err)
}

func (s clients) ClientReport(ctx context.Context, q console.ClientQuery) (console.ClientReport, error) {
	r, err := s.report(ctx, q)
	if err != nil {
		return console.ClientReport{}, err
	}
	out := console.ClientReport{Name: r.Client.Name, From: r.From.Words(), To: r.To.Words(), Wants: r.Wants, Few: desk.FewWords, Lacks: slices.Concat(r.Lacks, r.Inside)}
	for _, t := range r.Tallies {
		x := console.ClientTally{Title: t.Title, Total: t.Total.N, Says: t.Says}
		for _, split := range t.By {
			for _, p := range split.Parts {
				x.Parts = append(x.Parts, console.ClientPart{Split: split.Title, Title: p.Title, N: p.N})
			}
		}
		out.Tallies = append(out.Tallies, x)
	}
	return out, nil
}

func (s clients) GiveClientReport(ctx context.Context, w io.Writer, by console.Staff, q console.ClientQuery, form string) (string, error) {
	if !slices.Contains(desk.ClientReportForms(), "."+form) {
		return "", &web.Refusal{Why: "A report is not written like that.", Mend: "Choose one of the files on the page."}
	}
	r, err := s.report(ctx, q)
	if err != nil {
		return "", err
	}
	if err := s.d.GiveClientReport(ctx, by.ID, r, "."+form, w); err != nil {
		return "", s.told(ctx, err)
	}
	return fmt.Sprintf("%s-%s-to-%s.%s", r.Client.ID, r.From, r.To, form), nil
}
