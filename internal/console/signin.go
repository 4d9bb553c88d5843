package console

import (
	"errors"
	"net/http"
	"strings"

	"tenet/internal/web"
)

// The keys of a session.
const (
	keyStaff = "staff" // id of who is signed in
	keyAfter = "after" // the path to go to after signing in
)

type signInView struct {
	Name string
	None bool // no account exists yet
}

// signedIn lets a page be seen by staff only. Anyone else is sent to sign in,
// and then back to a page they asked for by GET.
func (c *Console) signedIn(next page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		id := c.sessions.GetString(ctx, keyStaff)
		if id == "" {
			if r.Method == http.MethodGet {
				c.sessions.Put(ctx, keyAfter, r.URL.RequestURI())
			}
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return
		}
		staff, err := c.Accounts.Staff(ctx, id)
		switch {
		case errors.Is(err, ErrNoAccount):
			if err := c.sessions.Destroy(ctx); err != nil {
				c.pages.Fail(w, r, err)
				return
			}
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		case err != nil:
			c.pages.Fail(w, r, err)
		default:
			next(w, r, staff)
		}
	}
}

func (c *Console) signInPage(w http.ResponseWriter, r *http.Request) {
	any, err := c.Accounts.Any(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.pages.Show(w, http.StatusOK, "sign-in", web.Page{Title: "Sign in", Main: signInView{None: !any}})
}

func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	if !c.form(w, r) {
		return
	}
	ctx := r.Context()
	name, password := strings.TrimSpace(r.PostForm.Get("name")), r.PostForm.Get("password")
	var errs web.Errors
	if name == "" {
		errs.Add("name", "Enter your sign-in name")
	}
	if password == "" {
		errs.Add("password", "Enter your password")
	}
	if len(errs) > 0 {
		c.refuseSignIn(w, http.StatusUnprocessableEntity, name, errs)
		return
	}
	if !c.tries.Allow("from "+c.RemoteHost(r), "name "+strings.ToLower(name)) {
		c.pages.Problem(w, r, web.TooMany)
		return
	}
	// Checking a password takes 19 MiB: a crowd at the door waits its turn.
	select {
	case c.hashing <- struct{}{}:
		defer func() { <-c.hashing }()
	case <-ctx.Done():
		return
	}
	hash, staff, err := c.Accounts.Password(ctx, name)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		c.pages.Fail(w, r, err)
		return
	}
	if err != nil {
		hash = "" // checked all the same, so that it takes as long
	}
	ok, err := CheckPassword(hash, password)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if !ok {
		staff = Staff{}
	}
	if err := c.Accounts.SignedIn(ctx, staff, ok, c.Now()); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if !ok {
		errs.Add("name", "The sign-in name or the password is not right")
		c.refuseSignIn(w, http.StatusUnauthorized, name, errs)
		return
	}
	// A new token, so that one planted in the browser beforehand is worth nothing.
	if err := c.sessions.RenewToken(ctx); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.sessions.Put(ctx, keyStaff, staff.ID)
	after := c.sessions.PopString(ctx, keyAfter)
	if after == "" {
		after = "/cases"
	}
	http.Redirect(w, r, after, http.StatusSeeOther)
}

func (c *Console) refuseSignIn(w http.ResponseWriter, status int, name string, errs web.Errors) {
	c.pages.Show(w, status, "sign-in", web.Page{Title: "Sign in", Errors: errs, Main: signInView{Name: name}})
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	if err := c.sessions.Destroy(r.Context()); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
