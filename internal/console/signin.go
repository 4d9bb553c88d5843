package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"tenet/internal/web"
)

// The keys of a session.
const (
	keyStaff   = "staff"   // id of who is signed in
	keySitting = "sitting" // id of this sign-in, where sittings are kept
	keyRole    = "role"    // the role that the session's token was made for
	keyAfter   = "after"   // the path to go to after signing in
	keyPending = "pending" // id of who gave the right password, and owes a code
	keyUntil   = "until"   // until when the code may come, in seconds since 1970
	keyOutside = "outside" // what to hold the answer of the landlord's sign-in against
)

// codeWait is how long somebody may take over the code after the password.
const codeWait = 5 * time.Minute

type signInView struct {
	Name    string
	None    bool   // no account exists yet
	Outside string // what the landlord's own sign-in is called; empty if there is none
}

// signedIn lets a page be seen by staff only, and by those whom it is for. Anyone
// else is sent to sign in, and then back to a page they asked for by GET.
func (c *Console) signedIn(next page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		staff, ok := c.who(w, r)
		if !ok {
			return
		}
		r = r.WithContext(c.Gate.As(withViewer(r.Context(), staff), staff))
		if c.admit(w, r, staff) {
			next(w, r, staff)
		}
	}
}

// who is the member of staff whose session a request belongs to; where there is
// none it has answered already.
func (c *Console) who(w http.ResponseWriter, r *http.Request) (Staff, bool) {
	ctx := r.Context()
	id := c.sessions.GetString(ctx, keyStaff)
	if id == "" {
		c.keepAfter(r)
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return Staff{}, false
	}
	staff, err := c.Accounts.Staff(ctx, id)
	var at Sitting
	if err == nil && c.Sittings != nil {
		at, err = c.Sittings.Check(ctx, staff, c.sessions.GetString(ctx, keySitting))
	}
	if errors.Is(err, ErrNoAccount) {
		if err = c.sessions.Destroy(ctx); err == nil {
			http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
			return Staff{}, false
		}
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return Staff{}, false
	}
	if role := c.sessions.GetString(ctx, keyRole); role != staff.Role {
		// A new token for a new role, so that one taken before is worth nothing.
		if err := c.sessions.RenewToken(ctx); err != nil {
			c.pages.Fail(w, r, err)
			return Staff{}, false
		}
		c.sessions.Put(ctx, keyRole, staff.Role)
	}
	if !at.Vouched.IsZero() && !c.vouched(w, r, at) {
		return Staff{}, false
	}
	if staff.MustEnrol && c.Factors != nil && !strings.HasPrefix(r.URL.Path, "/second-factor") {
		http.Redirect(w, r, "/second-factor", http.StatusSeeOther)
		return Staff{}, false
	}
	return staff, true
}

// keepAfter remembers a page that was asked for, to go back to it.
func (c *Console) keepAfter(r *http.Request) {
	if r.Method == http.MethodGet {
		c.sessions.Put(r.Context(), keyAfter, r.URL.RequestURI())
	}
}

func (c *Console) signInPage(w http.ResponseWriter, r *http.Request) {
	any, err := c.Accounts.Any(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.pages.Show(w, http.StatusOK, "sign-in", web.Page{Title: "Sign in", Main: signInView{None: !any && c.SignOn == nil, Outside: c.outside()}})
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
	staff, ok, err := c.checkPassword(ctx, name, password)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if !ok {
		if err := c.Accounts.SignedIn(ctx, Staff{}, false, c.Now()); err != nil {
			c.pages.Fail(w, r, err)
			return
		}
		errs.Add("name", "The sign-in name or the password is not right")
		c.refuseSignIn(w, http.StatusUnauthorized, name, errs)
		return
	}
	asked, err := c.askCode(w, r, staff)
	if err == nil && !asked {
		err = c.begin(w, r, staff, time.Time{})
	}
	if err != nil {
		c.pages.Fail(w, r, err)
	}
}

// checkPassword says whose name and password these are. It takes as long whether
// there is such an account or not.
func (c *Console) checkPassword(ctx context.Context, name, password string) (Staff, bool, error) {
	// Checking a password takes 19 MiB: a crowd at the door waits its turn.
	select {
	case c.hashing <- struct{}{}:
		defer func() { <-c.hashing }()
	case <-ctx.Done():
		return Staff{}, false, ctx.Err()
	}
	hash, staff, err := c.Accounts.Password(ctx, name)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return Staff{}, false, err
	}
	if err != nil {
		hash = "" // checked all the same, so that it takes as long
	}
	ok, err := CheckPassword(hash, password)
	return staff, ok, err
}

// begin signs somebody in, and sends them where they were going.
func (c *Console) begin(w http.ResponseWriter, r *http.Request, staff Staff, vouched time.Time) error {
	ctx := r.Context()
	if err := c.Accounts.SignedIn(ctx, staff, true, c.Now()); err != nil {
		return err
	}
	// A new token, so that one planted in the browser beforehand is worth nothing.
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	if c.Sittings != nil {
		if old := c.sessions.PopString(ctx, keySitting); old != "" {
			if err := c.Sittings.End(ctx, staff, old); err != nil {
				return err
			}
		}
		id, err := c.Sittings.Begin(ctx, staff, browser(r.UserAgent()), vouched)
		if err != nil {
			return err
		}
		c.sessions.Put(ctx, keySitting, id)
	}
	c.sessions.Put(ctx, keyStaff, staff.ID)
	c.sessions.Put(ctx, keyRole, staff.Role)
	after := c.sessions.PopString(ctx, keyAfter)
	if after == "" {
		after = "/cases"
	}
	http.Redirect(w, r, after, http.StatusSeeOther)
	return nil
}

func (c *Console) refuseSignIn(w http.ResponseWriter, status int, name string, errs web.Errors) {
	c.pages.Show(w, status, "sign-in", web.Page{Title: "Sign in", Errors: errs, Main: signInView{Name: name, Outside: c.outside()}})
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	to, err := "/sign-in", error(nil)
	if id := c.sessions.GetString(ctx, keySitting); id != "" && c.Sittings != nil {
		staff := Staff{ID: c.sessions.GetString(ctx, keyStaff)}
		if at, check := c.Sittings.Check(ctx, staff, id); check == nil && !at.Vouched.IsZero() && c.SignOn != nil {
			to = "/signed-out"
		}
		err = c.Sittings.End(ctx, staff, id)
	}
	if err == nil {
		err = c.sessions.Destroy(ctx)
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
