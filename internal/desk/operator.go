package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/store"
)

// Login is who is signed in to the machine that a command runs on.
type Login struct {
	Name string // as the machine has it; empty where it knows none
	ID   string // the user's number, or on Windows their SID
	Root bool   // whoever may act as anybody on this machine
}

// Operators are the staff accounts, by their sign-in names, whose acts those of a login at
// the command line are. The keys are logins, or the numbers of users.
type Operators map[string]OperatorOf

// OperatorOf is the account of a login, or the accounts of one that several people share: in
// tenet.yaml one name, or a list of names.
type OperatorOf []string

// UnmarshalYAML reads one name, or a list of names.
func (o *OperatorOf) UnmarshalYAML(read func(any) error) error {
	var one string
	if err := read(&one); err == nil {
		*o = OperatorOf{one}
		return nil
	}
	return read((*[]string)(o))
}

// MarshalYAML writes one name as one.
func (o OperatorOf) MarshalYAML() (any, error) {
	if len(o) == 1 {
		return o[0], nil
	}
	return []string(o), nil
}

func (o Operators) check() error {
	for _, login := range slices.Sorted(maps.Keys(o)) {
		if strings.TrimSpace(login) == "" || len(o[login]) == 0 || slices.ContainsFunc(o[login], func(a string) bool { return strings.TrimSpace(a) == "" }) {
			return &Error{Code: "operators", What: fmt.Sprintf("the login %q has no account", login), Where: configFile + ": operators",
				Mend: "write the sign-in name of an account beside it, as in: operators: {lee: lee.hall}; a list of them where several people share the login"}
		}
	}
	return nil
}

// Operator is the account by which a login acts at the command line; false where tenet.yaml
// names no operators, and what is done there is done by nobody's name. as is the account
// that whoever acts says is theirs: needed from root, who could be anybody, and where
// several share a login. Nobody but root may name one that is not their login's.
func (d *Desk) Operator(ctx context.Context, at Login, as string) (store.Staff, bool, error) {
	const naming = "name yours: --operator LOGIN, or TENET_AS"
	refused := func(what, mend string) (store.Staff, bool, error) {
		return store.Staff{}, false, &Error{Code: "operator", What: what, Where: configFile + ": operators", Mend: mend}
	}
	if len(d.Config.Operators) == 0 {
		if as != "" {
			return refused("names nobody, so that nobody can act by the name of "+as, "say there whose account each login is, or leave --operator and TENET_AS out")
		}
		return store.Staff{}, false, nil
	}
	may := slices.Concat(d.Config.Operators[at.Name], d.Config.Operators[at.ID]) // no key is empty
	switch {
	case at.Root && as == "":
		return refused("root could be anybody on this machine", naming)
	case !at.Root && len(may) == 0:
		return refused("does not say whose account this login is", "add the login there, with the sign-in name of its account")
	case as == "" && len(may) > 1:
		return refused("several people share this login: "+strings.Join(may, ", "), naming)
	case as == "":
		as = may[0]
	case !at.Root && !slices.Contains(may, as):
		return refused("this login is not that of "+as, "leave --operator and TENET_AS out, or name one of: "+strings.Join(may, ", "))
	}
	s, err := d.operator(ctx, as)
	return s, err == nil, err
}

// operator is an account that may be used, by its sign-in name.
func (d *Desk) operator(ctx context.Context, login string) (s store.Staff, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		s, err = tx.StaffByLogin(ctx, d.Config.Landlord, login)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = &Error{Code: "operator", What: "there is no account called " + login, Where: configFile + ": operators",
			Mend: "check the spelling; to make the first account, take operators: out for as long as tenet account add takes"}
	case err == nil && !s.Disabled.IsZero():
		err = &Error{Code: "operator", What: "the account " + login + " may not be used any more", Where: configFile + ": operators", Mend: "name one that may"}
	}
	if err != nil {
		return store.Staff{}, err
	}
	return s, nil
}

// operators says whether acts at the command line are by somebody's name.
func (c *doctor) operators(ctx context.Context, d *Desk) {
	const check = "operators"
	if len(d.Config.Operators) == 0 {
		c.add(Finding{Check: check, Status: Well, What: "none are named: what is done at the command line is not by anybody's name, and to the rule of two it is another person than the console's",
			Mend: "say in tenet.yaml whose account each login is: operators: {lee: lee.hall}"})
		return
	}
	named := map[string]bool{}
	for _, login := range slices.Sorted(maps.Keys(d.Config.Operators)) {
		for _, account := range d.Config.Operators[login] {
			if _, err := d.operator(ctx, account); err != nil {
				f := Finding{Check: check, Status: Warn, What: "the login " + login + " acts by an account that cannot be used", Err: err}
				c.add(f)
				return
			}
			named[account] = true
		}
	}
	c.well(check, "logins %d, acting by the names of accounts: %d", len(d.Config.Operators), len(named))
}
