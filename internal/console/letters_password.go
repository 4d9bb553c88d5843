package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"tenet/internal/web"
)

// Passwords are the passwords of accounts that sign in here.
type Passwords interface {
	// OwnPassword is the hash of an account's password; empty where somebody else vouches
	// for it, and [ErrLocked] where it is locked.
	OwnPassword(ctx context.Context, staff Staff) (hash string, err error)
	// SetPassword gives an account another password, of which hash is, and ends it
	// wherever it is signed in but at the sitting keep.
	SetPassword(ctx context.Context, staff Staff, hash, keep string) error
	// WrongPassword is told of a try to change a password without knowing it.
	WrongPassword(ctx context.Context, staff Staff) error
}

func (c *Console) passwordRoutes() map[string]page {
	if c.Passwords == nil {
		return nil
	}
	return map[string]page{
		"GET /account/password":  c.passwordPage,
		"POST /account/password": c.changePassword,
	}
}

func (c *Console) passwordPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	hash, err := c.Passwords.OwnPassword(r.Context(), staff)
	if err == nil && hash == "" {
		err = &web.Refusal{Why: "You have no password here: you sign in as your landlord's other systems ask.", Mend: "Change it there."}
	}
	switch {
	case errors.Is(err, ErrLocked):
		c.pages.Problem(w, r, locked)
	case err != nil:
		c.pages.Fail(w, r, err)
	default:
		c.showPassword(w, r, staff, nil)
	}
}

func (c *Console) showPassword(w http.ResponseWriter, r *http.Request, staff Staff, errs web.Errors) {
	c.show(w, r, staff, "password", "/account", web.Page{Title: "Change your password", Back: "/account", Errors: errs})
}

// changePassword gives whoever is signed in another password, if they know the one they
// have: whoever sits down at a screen that was left open does not.
func (c *Console) changePassword(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	ctx := r.Context()
	old, fresh, again := r.PostForm.Get("old"), r.PostForm.Get("new"), r.PostForm.Get("again")
	var errs web.Errors
	if old == "" {
		errs.Add("old", "Enter the password you have")
	}
	if fresh != again {
		errs.Add("again", "Enter the same new password twice")
	}
	if n := utf8.RuneCountInString(fresh); n < MinPassword || n > MaxPassword {
		errs.Add("new", fmt.Sprintf("Use %d to %d characters: three random words do well", MinPassword, MaxPassword))
	} else if fresh == old {
		errs.Add("new", "Choose another password than the one you have")
	}
	if len(errs) > 0 {
		c.showPassword(w, r, staff, errs)
		return
	}
	// Tries are counted as those at the door are, by address and by account.
	if !c.tries.Allow("from "+c.RemoteHost(r), "account "+staff.ID) {
		c.pages.Problem(w, r, web.TooMany)
		return
	}
	hash, err := c.Passwords.OwnPassword(ctx, staff)
	switch {
	case errors.Is(err, ErrLocked):
		c.pages.Problem(w, r, locked)
		return
	case err == nil && hash == "":
		c.passwordPage(w, r, staff)
		return
	case err != nil:
		c.pages.Fail(w, r, err)
		return
	}
	right, next, err := c.hashes(ctx, hash, old, fresh)
	switch {
	case err == nil && !right:
		if err := c.Passwords.WrongPassword(ctx, staff); err != nil {
			c.pages.Fail(w, r, err)
			return
		}
		errs.Add("old", "This is not the password you have")
	case err != nil:
		c.pages.Fail(w, r, err)
		return
	}
	if len(errs) > 0 {
		c.showPassword(w, r, staff, errs)
		return
	}
	if err := c.Passwords.SetPassword(ctx, staff, next, c.sessions.GetString(ctx, keySitting)); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if err := c.sessions.RenewToken(ctx); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, "/account", "Your password is changed. You are signed out everywhere else.")
}

// hashes says whether a password is the one of a hash and, if so, gives the hash of the
// next. Each takes 19 MiB: a crowd waits its turn.
func (c *Console) hashes(ctx context.Context, hash, old, fresh string) (right bool, next string, err error) {
	select {
	case c.hashing <- struct{}{}:
		defer func() { <-c.hashing }()
	case <-ctx.Done():
		return false, "", ctx.Err()
	}
	if right, err = CheckPassword(hash, old); err == nil && right {
		next, err = HashPassword(fresh)
	}
	return right, next, err
}
