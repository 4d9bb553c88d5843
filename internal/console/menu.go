package console

import (
	"context"

	"tenet/internal/web"
)

// area is a part of the menu: pages that belong together. The menu shows the areas, and below
// them the pages of the one that is open.
type area struct {
	name  string
	pages []web.Link
}

// areas are all that this console has.
func (c *Console) areas(ctx context.Context, staff Staff) []area {
	requests := area{"Requests", []web.Link{{Text: "Cases", Href: "/cases"}}}
	if c.Work != nil {
		requests.add("Tasks", "/cases/tasks")
	}
	if c.Calls != nil {
		requests.add("On the telephone", contactAt)
	}
	requests.pages = append(requests.pages, c.postLinks(ctx, staff)...)
	if c.Figures != nil {
		requests.add("Figures", "/cases/figures")
	}
	if c.Clients != nil {
		requests.add("Clients", clientsAt)
	}

	promises := area{name: "Promises"}
	if c.Promises != nil {
		promises.name = c.promiseLink(ctx).Text
		promises.add("Promise board", promisesAt)
	}
	if c.Notices != nil {
		promises.add("Notice", noticeAt)
	}
	if c.Registers != nil {
		promises.add("Registers", "/registers")
	}
	if c.Processing != nil {
		promises.add("Record of processing", "/registers/processing")
	}
	if c.Kept != nil {
		promises.add("Deleting", keepingAt)
	}
	if c.Disclosures != nil {
		promises.add("Given out", disclosuresAt)
	}

	incidents := area{name: "Incidents"}
	if c.Incidents != nil {
		incidents.add("Incidents", incidentsAt)
		incidents.add("Report something wrong", incidentsAt+"/new")
	}

	systems := area{"Systems", []web.Link{{Text: "Sources", Href: "/sources"}}}
	if c.Maps != nil {
		systems.add("Maps", "/maps")
	}
	if c.People != nil {
		systems.add("Who is who", "/who")
	}
	if c.Workbench != nil {
		systems.add("Redaction rules", "/lessons")
	}

	ledger := area{"Ledger", []web.Link{{Text: "Ledger", Href: "/ledger"}}}

	people := area{name: "Staff"}
	if c.Colleagues != nil {
		people.add("Staff", "/staff")
	}
	if c.Sittings != nil {
		people.add("Your account", "/account")
	}
	return []area{requests, promises, incidents, systems, ledger, people}
}

func (a *area) add(text, href string) {
	a.pages = append(a.pages, web.Link{Text: text, Href: href})
}

// navigate puts the menu round a page: of each area the first page that this person may
// open, and of the area that the page is in, all of them.
func (c *Console) navigate(ctx context.Context, staff Staff, at string, p *web.Page) {
	for _, a := range c.areas(ctx, staff) {
		var may []web.Link
		here := false
		for _, l := range a.pages {
			if c.mayOpen(ctx, staff, l.Href) {
				l.Current = l.Href == at
				here = here || l.Current
				may = append(may, l)
			}
		}
		switch len(may) {
		case 0:
			continue
		case 1:
			l := may[0] // alone it stands in the menu under its own name
			if l.Href == promisesAt {
				l.Text = a.name // which says how many are not kept
			}
			p.Nav = append(p.Nav, l)
			continue
		}
		p.Nav = append(p.Nav, web.Link{Text: a.name, Href: may[0].Href, Current: here})
		if here {
			p.Within = may
		}
	}
}
