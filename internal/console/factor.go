package console

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"tenet/internal/web"
)

// askCode asks for a code where the account has a second factor, and says whether
// it has answered.
func (c *Console) askCode(w http.ResponseWriter, r *http.Request, staff Staff) (bool, error) {
	if c.Factors == nil {
		return false, nil
	}
	ctx := r.Context()
	f, err := c.Factors.Factor(ctx, staff)
	if err != nil || !f.Set && !f.Locked {
		return false, err
	}
	// The token is new from here on too: what was known before the password is not
	// enough to give codes.
	if err := c.sessions.RenewToken(ctx); err != nil {
		return false, err
	}
	c.sessions.Put(ctx, keyPending, staff.ID)
	c.sessions.Put(ctx, keyUntil, c.Now().Add(codeWait).Unix())
	http.Redirect(w, r, "/sign-in/code", http.StatusSeeOther)
	return true, nil
}

// pending is who owes a code; where nobody does it has answered already.
func (c *Console) pending(w http.ResponseWriter, r *http.Request) (Staff, bool) {
	ctx := r.Context()
	id := c.sessions.GetString(ctx, keyPending)
	if id == "" || c.Factors == nil || c.Now().Unix() >= c.sessions.GetInt64(ctx, keyUntil) {
		c.sessions.Remove(ctx, keyPending)
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return Staff{}, false
	}
	staff, err := c.Accounts.Staff(ctx, id)
	switch {
	case errors.Is(err, ErrNoAccount):
		c.sessions.Remove(ctx, keyPending)
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	case err != nil:
		c.pages.Fail(w, r, err)
	}
	return staff, err == nil
}

func (c *Console) codePage(w http.ResponseWriter, r *http.Request) {
	staff, ok := c.pending(w, r)
	if !ok {
		return
	}
	f, err := c.Factors.Factor(r.Context(), staff)
	switch {
	case err != nil:
		c.pages.Fail(w, r, err)
	case f.Locked:
		c.pages.Problem(w, r, locked)
	default:
		c.pages.Show(w, http.StatusOK, "code", web.Page{Title: "Enter your code", Back: "/sign-in"})
	}
}

// locked is told to nobody who did not give the right password.
var locked = web.Problem{
	Status: http.StatusForbidden, Title: "This account is locked",
	Why:   "Ten wrong codes were given in a row, so no code is taken any more, right or wrong.",
	Mend:  "Ask whoever runs Tenet for you to reset the account: tenet account reset, with your sign-in name. If the wrong codes were not yours, somebody knows your password: say so.",
	Links: []web.Link{{Text: "Sign in as somebody else", Href: "/sign-in"}},
}

func (c *Console) giveCode(w http.ResponseWriter, r *http.Request) {
	if !c.form(w, r) {
		return
	}
	staff, ok := c.pending(w, r)
	if !ok {
		return
	}
	ctx := r.Context()
	code := strings.TrimSpace(r.PostForm.Get("code"))
	if code == "" {
		c.refuseCode(w, http.StatusUnprocessableEntity, "Enter the code")
		return
	}
	if !c.tries.Allow("code of " + staff.ID) {
		c.pages.Problem(w, r, web.TooMany)
		return
	}
	switch err := c.Factors.Use(ctx, staff, code); {
	case errors.Is(err, ErrWrongCode):
		c.refuseCode(w, http.StatusUnauthorized, "The code is not right, or was used before. Wait for the next one")
	case errors.Is(err, ErrLocked):
		c.pages.Problem(w, r, locked)
	case err != nil:
		c.pages.Fail(w, r, err)
	default:
		c.sessions.Remove(ctx, keyPending)
		c.sessions.Remove(ctx, keyUntil)
		if err := c.begin(w, r, staff, time.Time{}); err != nil {
			c.pages.Fail(w, r, err)
		}
	}
}

func (c *Console) refuseCode(w http.ResponseWriter, status int, why string) {
	c.pages.Show(w, status, "code", web.Page{Title: "Enter your code", Back: "/sign-in", Errors: web.Errors{{Field: "code", Text: why}}})
}

// factorRoutes are there where the desk offers second factors.
func (c *Console) factorRoutes() map[string]page {
	if c.Factors == nil {
		return nil
	}
	return map[string]page{
		"GET /second-factor":          c.factorPage,
		"GET /second-factor/picture":  c.factorPicture,
		"POST /second-factor":         c.beginFactor,
		"POST /second-factor/confirm": c.confirmFactor,
	}
}

type factorView struct {
	Factor
	Staff
	Secret Secret
	Spare  []string // shown once
}

func (c *Console) factorPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showFactor(w, r, staff, nil)
}

func (c *Console) showFactor(w http.ResponseWriter, r *http.Request, staff Staff, errs web.Errors) {
	v := factorView{Staff: staff}
	var err error
	if v.Factor, err = c.Factors.Factor(r.Context(), staff); err == nil && v.Begun {
		v.Secret, err = c.Factors.Secret(r.Context(), staff)
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "second-factor", "/account", web.Page{Title: "Second factor", Errors: errs, Main: v})
}

// factorPicture is the secret that waits to be confirmed, for a camera.
func (c *Console) factorPicture(w http.ResponseWriter, r *http.Request, staff Staff) {
	f, err := c.Factors.Factor(r.Context(), staff)
	if err == nil && !f.Begun {
		err = web.ErrNotFound
	}
	var secret Secret
	if err == nil {
		secret, err = c.Factors.Secret(r.Context(), staff)
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/png") // never kept: Cache-Control is no-store on every page
	_, _ = w.Write(secret.Picture)
}

func (c *Console) beginFactor(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) || !c.mayTry(w, r, staff) {
		return
	}
	if err := c.Factors.Begin(r.Context(), staff, r.PostForm.Get("code")); err != nil {
		c.failFactor(w, r, staff, err)
		return
	}
	http.Redirect(w, r, "/second-factor", http.StatusSeeOther)
}

// confirmFactor shows the codes for recovery in its answer: they are not kept, so
// there is no page to show them on.
func (c *Console) confirmFactor(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) || !c.mayTry(w, r, staff) {
		return
	}
	spare, err := c.Factors.Confirm(r.Context(), staff, r.PostForm.Get("code"))
	if err != nil {
		c.failFactor(w, r, staff, err)
		return
	}
	staff.MustEnrol = false
	c.show(w, r, staff, "second-factor", "/account", web.Page{Title: "Codes for recovery", Main: factorView{Staff: staff, Spare: spare}})
}

func (c *Console) mayTry(w http.ResponseWriter, r *http.Request, staff Staff) bool {
	ok := c.tries.Allow("code of " + staff.ID)
	if !ok {
		c.pages.Problem(w, r, web.TooMany)
	}
	return ok
}

func (c *Console) failFactor(w http.ResponseWriter, r *http.Request, staff Staff, err error) {
	switch {
	case errors.Is(err, ErrWrongCode):
		c.showFactor(w, r, staff, web.Errors{{Field: "code", Text: "The code is not right, or was used before. Wait for the next one"}})
	case errors.Is(err, ErrLocked):
		c.pages.Problem(w, r, locked)
	default:
		c.pages.Fail(w, r, err)
	}
}
