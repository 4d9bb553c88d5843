package console

import (
	"net/http"
	"strings"

	"tenet/internal/web"
)

func (c *Console) accountRoutes() map[string]page {
	if c.Sittings == nil {
		return nil
	}
	return map[string]page{
		"GET /account":           c.accountPage,
		"POST /account/sign-out": c.signOutEverywhere,
	}
}

type accountView struct {
	Staff
	Factor   *Factor // nil where there are none
	Sittings []Sitting
	Password bool // it can be changed here
}

func (c *Console) accountPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	v := accountView{Staff: staff, Password: c.Passwords != nil}
	var err error
	if v.Sittings, err = c.Sittings.All(r.Context(), staff); err == nil && c.Factors != nil {
		var f Factor
		f, err = c.Factors.Factor(r.Context(), staff)
		v.Factor = &f
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	current := c.sessions.GetString(r.Context(), keySitting)
	for i := range v.Sittings {
		v.Sittings[i].Current = v.Sittings[i].ID == current
	}
	c.show(w, r, staff, "account", "/account", web.Page{Title: "Your account", Main: v})
}

// signOutEverywhere ends every sign-in of an account, this one too.
func (c *Console) signOutEverywhere(w http.ResponseWriter, r *http.Request, staff Staff) {
	err := c.Sittings.EndAll(r.Context(), staff)
	if err == nil {
		err = c.sessions.Destroy(r.Context())
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// browser is a browser in words that tell one's own apart. What it says of itself is
// not kept.
func browser(agent string) string {
	first := func(pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	// Each also calls itself by the names of those that come after it here.
	name := first("Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari")
	on := first("iPhone", "an iPhone", "iPad", "an iPad", "Android", "Android", "Windows", "Windows", "Mac OS X", "a Mac", "Linux", "Linux")
	switch {
	case name == "":
		return "A browser"
	case on == "":
		return name
	}
	return name + " on " + on
}
