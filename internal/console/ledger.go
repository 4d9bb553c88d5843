package console

import (
	"net/http"

	"tenet/internal/web"
)

type ledgerView struct {
	Ledger
	Verified *Verification // nil until asked
}

func (c *Console) ledger(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showLedger(w, r, staff, nil)
}

// verify reads the whole ledger. It changes nothing, and is a POST only because
// it costs too much for a link that a browser may fetch ahead.
func (c *Console) verify(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, err := c.Desk.VerifyLedger(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.showLedger(w, r, staff, &v)
}

func (c *Console) showLedger(w http.ResponseWriter, r *http.Request, staff Staff, verified *Verification) {
	l, err := c.Desk.Ledger(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "ledger", "/ledger", web.Page{Title: "Ledger", Main: ledgerView{l, verified}})
}

func (c *Console) sources(w http.ResponseWriter, r *http.Request, staff Staff) {
	sources, err := c.Desk.Sources(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "sources", "/sources", web.Page{Title: "Sources", Main: sources})
}
