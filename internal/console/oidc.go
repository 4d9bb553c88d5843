package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"tenet/internal/web"
)

// SignOn is the landlord's own sign-in, which vouches for staff (OpenID Connect).
type SignOn interface {
	// Name is what staff know it by: "Microsoft".
	Name() string
	// Begin is where to send a browser, and what to keep until it comes back. Quietly
	// asks for no more than whether they are still who they were.
	Begin(ctx context.Context, quietly bool) (to, kept string, err error)
	// Finish is whom the answer vouches for, and until when that counts. An error that
	// is a [*Denied] is shown in its words.
	Finish(ctx context.Context, kept string, answer url.Values) (Staff, time.Time, error)
	// End is where to send a browser to be signed out there too; empty if there is no
	// such place.
	End(ctx context.Context) (string, error)
}

// vouchGrace is how long a form may still be sent after the landlord's word for
// somebody has run out, so that what they are writing is not lost.
const vouchGrace = 15 * time.Minute

// outside is what the landlord's own sign-in is called.
func (c *Console) outside() string {
	if c.SignOn == nil {
		return ""
	}
	return c.SignOn.Name()
}

// vouched asks the landlord's sign-in again where its word has run out; it says
// whether the page may go on.
func (c *Console) vouched(w http.ResponseWriter, r *http.Request, at Sitting) bool {
	now := c.Now()
	if now.Before(at.Vouched) || c.SignOn != nil && r.Method != http.MethodGet && now.Before(at.Vouched.Add(vouchGrace)) {
		return true
	}
	c.keepAfter(r)
	to := "/sign-in"
	if c.SignOn != nil {
		to = "/sign-in/outside?again=yes"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return false
}

// goOutside sends a browser to the landlord's sign-in. It is a GET, since a form may
// lead nowhere but here (form-action in the content security policy).
func (c *Console) goOutside(w http.ResponseWriter, r *http.Request) {
	if c.SignOn == nil {
		c.pages.Problem(w, r, web.NotFound)
		return
	}
	to, kept, err := c.SignOn.Begin(r.Context(), r.URL.Query().Get("again") == "yes")
	if err != nil {
		c.failOutside(w, r, err)
		return
	}
	c.sessions.Put(r.Context(), keyOutside, kept)
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// comeBack is where the landlord's sign-in sends the browser. What was kept is good
// for one answer.
func (c *Console) comeBack(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	kept := c.sessions.PopString(ctx, keyOutside)
	if c.SignOn == nil || kept == "" {
		c.refuseOutside(w, r, &Denied{Why: "Nobody here was waiting for this answer.", Mend: "Begin again on this page: an answer counts once, in the browser that asked."})
		return
	}
	staff, vouched, err := c.SignOn.Finish(ctx, kept, r.URL.Query())
	if err == nil {
		err = c.begin(w, r, staff, vouched)
		if err == nil {
			return
		}
	}
	c.failOutside(w, r, err)
}

// failOutside ends the session of somebody for whom nobody vouches.
func (c *Console) failOutside(w http.ResponseWriter, r *http.Request, err error) {
	var denied *Denied
	if !errors.As(err, &denied) {
		c.pages.Fail(w, r, err)
		return
	}
	if err := c.Accounts.SignedIn(r.Context(), Staff{}, false, c.Now()); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	ctx := r.Context()
	if id := c.sessions.GetString(ctx, keySitting); id != "" && c.Sittings != nil {
		if err := c.Sittings.End(ctx, Staff{ID: c.sessions.GetString(ctx, keyStaff)}, id); err != nil {
			c.pages.Fail(w, r, err)
			return
		}
	}
	if err := c.sessions.Destroy(ctx); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.refuseOutside(w, r, denied)
}

func (c *Console) refuseOutside(w http.ResponseWriter, r *http.Request, denied *Denied) {
	c.pages.Problem(w, r, web.Problem{Status: http.StatusForbidden, Title: "You are not signed in", Why: denied.Why, Mend: denied.Mend,
		Links: []web.Link{{Text: "Sign in", Href: "/sign-in"}}})
}

// signedOut says that somebody is signed out here, and leads to where they are
// signed out everywhere.
func (c *Console) signedOut(w http.ResponseWriter, r *http.Request) {
	end := ""
	if c.SignOn != nil {
		var err error
		if end, err = c.SignOn.End(r.Context()); err != nil {
			c.Log.Warn("where to sign out of the landlord's own sign-in is not known", "error", err)
		}
	}
	c.pages.Show(w, http.StatusOK, "signed-out", web.Page{Title: "You are signed out", Main: struct{ Name, End string }{c.outside(), end}})
}
