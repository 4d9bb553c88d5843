package app

import (
	"context"
	"slices"

	"tenet/internal/desk"
	"tenet/internal/notice"
	"tenet/internal/portal"
)

// publicScope is what the notice covers, as the portal says it.
type publicScope struct{ d *desk.Desk }

// Terms is as the notice in force has it. That it ends where a link leads out is said of
// every notice: no landlord's words reach to other people's sites.
func (s publicScope) Terms(context.Context) (portal.Terms, error) {
	w := s.d.Notice.Web
	var t portal.Terms
	for _, x := range w.Sites {
		t.Sites = append(t.Sites, string(x))
	}
	for _, o := range w.Outside {
		t.Outside = append(t.Outside, portal.Outside{What: string(o.What), At: o.At})
	}
	if !slices.ContainsFunc(w.Outside, func(o notice.Outside) bool { return o.What == notice.LinksOut }) {
		t.Outside = append(t.Outside, portal.Outside{What: string(notice.LinksOut)})
	}
	for _, x := range w.Disclaimers {
		if !x.Data { // nobody can disclaim the protection of personal data
			t.Liable = append(t.Liable, x.Says)
		}
	}
	if m := w.Misuse; m != nil {
		t.Misuse, t.Law, t.Bans = m.Says, m.Law, m.Bans
	}
	return t, nil
}
