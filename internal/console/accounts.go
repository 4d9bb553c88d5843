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

// ErrNoAccount is what [Accounts] says of an account that is not there, and
// [Sittings] of a sign-in that has ended.
var ErrNoAccount = errors.New("no such account")

// Staff is a member of staff who is signed in.
type Staff struct {
	ID      string // stable, opaque
	Name    string // as colleagues know them
	Role    string // its id
	Title   string // of the role, as people read it
	Limited bool   // the role is for some kinds of case, or some landlords' cases, only
	// MustEnrol says that the account has no second factor and must have one.
	MustEnrol bool
}

// Sittings are the places where staff are signed in: rows that a session names and
// is worth nothing without, so that one can be ended from elsewhere.
type Sittings interface {
	// Begin notes that somebody has signed in, and gives the id. Vouched is until when
	// somebody else's word for them counts; zero if they signed in here.
	Begin(ctx context.Context, staff Staff, browser string, vouched time.Time) (id string, err error)
	// Check is the sitting with this id, if it is the account's and has not ended:
	// [ErrNoAccount] otherwise. It notes that it was used.
	Check(ctx context.Context, staff Staff, id string) (Sitting, error)
	// End ends one, and EndAll every one of an account.
	End(ctx context.Context, staff Staff, id string) error
	EndAll(ctx context.Context, staff Staff) error
	// All are those of an account, the newest first.
	All(ctx context.Context, staff Staff) ([]Sitting, error)
}

// Sitting is one place where a member of staff is signed in.
type Sitting struct {
	ID            string // opaque, and no secret
	Browser       string // "Firefox on Linux"
	Started, Seen time.Time
	Vouched       time.Time
	Current       bool // it is the one that asks
}

// Colleagues are the accounts of staff, for those who manage them.
type Colleagues interface {
	// Accounts are those that may be used, by sign-in name.
	Accounts(ctx context.Context) ([]Account, error)
	// Reset unlocks an account, takes its second factor away and ends it wherever it is
	// signed in.
	Reset(ctx context.Context, by Staff, login string) error
}

// Account is one of them.
type Account struct {
	Login, Name, Role string // the role in words
	May               []string
	Factor, Locked    bool // it has a second factor; no code of it is taken
	Outside           bool // it has no password here: somebody else vouches for it
	Created           time.Time
}

// Factors are second factors: codes of an authenticator.
type Factors interface {
	// Factor is how the second factor of an account stands.
	Factor(ctx context.Context, staff Staff) (Factor, error)
	// Begin gives an account a new secret, which counts once Confirm has seen a code of
	// it. Where it has a second factor already, code is one of that, which then ends.
	Begin(ctx context.Context, staff Staff, code string) error
	// Secret is the secret that waits to be confirmed.
	Secret(ctx context.Context, staff Staff) (Secret, error)
	// Confirm takes the first code, and gives the codes for recovery, shown once.
	Confirm(ctx context.Context, staff Staff, code string) (spare []string, err error)
	// Use takes a code at sign-in, once: [ErrWrongCode] or [ErrLocked] if not.
	Use(ctx context.Context, staff Staff, code string) error
}

// What [Factors] say of a code that is not taken.
var (
	ErrWrongCode = errors.New("the code is not right, or was used before")
	ErrLocked    = errors.New("the account is locked")
)

// Factor is how the second factor of an account stands.
type Factor struct {
	Set    bool // there is one
	Begun  bool // a secret waits to be confirmed
	Locked bool // no code is taken until an administrator resets the account
	Must   bool // the landlord wants one of every local account
	Since  time.Time
	Spare  int // codes for recovery that are left
}

// Secret is a new secret for an authenticator. It does not print.
type Secret struct {
	Text    string // in groups, to be typed
	Picture []byte // the same as a QR code, PNG
}

// String hides the secret.
func (Secret) String() string { return "[secret]" }

// GoString hides the secret.
func (Secret) GoString() string { return "[secret]" }
