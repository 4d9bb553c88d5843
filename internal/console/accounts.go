package console

import (
	"context"
	"errors"
	"time"
)

// Accounts is what the console asks of whoever keeps staff accounts.
type Accounts interface {
	// Any says whether there is an account at all; where there is none the
	// sign-in page says how to make the first.
	Any(ctx context.Context) (bool, error)
	// Password is the hash that [HashPassword] made for the account of this
	// sign-in name, and whose account it is. [ErrNoAccount] if there is none.
	Password(ctx context.Context, name string) (hash string, staff Staff, err error)
	// Staff is the account with this id, asked on every page so that someone
	// removed is out at once. [ErrNoAccount] if it is gone.
	Staff(ctx context.Context, id string) (Staff, error)
	// SignedIn is told of each try, for the ledger. Staff is the zero Staff when
	// it failed, and nothing says which name was tried.
	SignedIn(ctx context.Context, staff Staff, ok bool, at time.Time) error
}

// ErrNoAccount is what [Accounts] says of an account that is not there.
var ErrNoAccount = errors.New("no such account")

// Staff is a member of staff who is signed in.
type Staff struct {
	ID   string // stable, opaque
	Name string // as colleagues know them
}
