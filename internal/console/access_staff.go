package console

import (
	"net/http"
	"strings"

	"tenet/internal/web"
)

// staffRoutes are there where accounts can be managed on the console.
func (c *Console) staffRoutes() map[string]page {
	if c.Colleagues == nil {
		return nil
	}
	return map[string]page{
		"GET /staff":        c.staffPage,
		"POST /staff/reset": c.resetStaff,
	}
}

func (c *Console) staffPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	all, err := c.Colleagues.Accounts(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "staff", "/staff", web.Page{Title: "Staff", Main: all})
}

func (c *Console) resetStaff(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	login := strings.TrimSpace(r.PostForm.Get("login"))
	var err error
	if login == "" {
		err = &web.Refusal{Why: "Nothing says whose account is meant.", Mend: "Choose one from the list."}
	} else {
		err = c.Colleagues.Reset(r.Context(), staff, login)
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, "/staff", login+" may sign in again, and sets up a second factor anew. They are signed out everywhere.")
}
