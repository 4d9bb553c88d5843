package register

import (
	"slices"

	"tenet/internal/notice"
)

// Named is something of the notice that a paper may name.
type Named struct {
	ID    notice.ID `json:"id"`
	Title string    `json:"title"`
}

func named[T any](list []T, of func(T) (notice.ID, string)) []Named {
	out := make([]Named, 0, len(list))
	for _, x := range list {
		id, title := of(x)
		out = append(out, Named{id, title})
	}
	return out
}

// things are the kinds of thing that a field may refer to.
var things = map[string]func(n *notice.Notice) []Named{
	"use": func(n *notice.Notice) []Named {
		return named(n.Uses.Uses, func(x notice.Use) (notice.ID, string) { return x.ID, x.Purpose })
	},
	"category": func(n *notice.Notice) []Named {
		return named(n.Data.Categories, func(x notice.Category) (notice.ID, string) { return x.ID, x.Title })
	},
	"recording": func(n *notice.Notice) []Named {
		return named(n.Records.Recordings, func(x notice.Recording) (notice.ID, string) { return x.ID, x.Title })
	},
	"assessment": func(n *notice.Notice) []Named {
		return named(n.Uses.Impact, func(x notice.ImpactAssessment) (notice.ID, string) { return x.ID, x.Title })
	},
	"document": func(n *notice.Notice) []Named {
		return named(n.Landlord.Documents, func(x notice.Document) (notice.ID, string) { return x.ID, x.Title })
	},
	"guidance": func(n *notice.Notice) []Named {
		return named(n.Records.Guidance, func(x notice.Guidance) (notice.ID, string) { return x.ID, x.Says })
	},
	"role": func(n *notice.Notice) []Named {
		return named(n.Records.Roles, func(x notice.StaffRole) (notice.ID, string) { return x.ID, x.Title })
	},
	"recipient": func(n *notice.Notice) []Named {
		return named(n.Sharing.Recipients, func(x notice.Recipient) (notice.ID, string) { return x.ID, x.Title })
	},
	"client": func(n *notice.Notice) []Named {
		return named(n.Landlord.Clients, func(x notice.Client) (notice.ID, string) { return x.ID, x.Name })
	},
	"agreement": func(n *notice.Notice) []Named {
		return named(n.Sharing.Agreements, func(x notice.Agreement) (notice.ID, string) { return x.ID, x.Title })
	},
	"measure": func(n *notice.Notice) []Named {
		return named(n.Keeping.Security, func(x notice.Measure) (notice.ID, string) { return x.ID, x.Says })
	},
	"promise": func(n *notice.Notice) []Named {
		return named(n.Words.Promises(), func(x notice.Sentence) (notice.ID, string) { return x.ID, x.Text })
	},
}

func kinds() []string {
	out := make([]string, 0, len(things))
	for k := range things {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Offers are the things of the notice that a field may refer to.
func (x Field) Offers(n *notice.Notice) []Named {
	if of := things[x.Of]; x.Type == Ref && of != nil {
		return of(n)
	}
	return nil
}
