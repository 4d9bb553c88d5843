package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"tenet/internal/ledger"
	"tenet/internal/store"
)

// SignOn is staff: sign-in: in tenet.yaml: the landlord's own sign-in, by OpenID
// Connect as Microsoft Entra ID speaks it.
type SignOn struct {
	// Issuer is exactly what the provider calls itself: for Entra ID
	// https://login.microsoftonline.com/TENANT/v2.0 with the tenant's id in it.
	Issuer   string `yaml:"issuer"`
	ClientID string `yaml:"client-id"`
	// Secret is the client's, as env:NAME.
	Secret string `yaml:"client-secret"`
	// Name is what staff know it by; the host of the issuer if left out.
	Name string `yaml:"name,omitempty"`
	// Console is the address under which browsers reach the console. The provider must
	// know it with /sign-in/back behind it.
	Console string `yaml:"console"`
	// Tenant is the directory (Entra ID's claim tid) that an account must be of.
	Tenant string `yaml:"tenant,omitempty"`
	// RolesClaim is the claim that holds the roles of an account, "roles" if left out.
	// Of those in Roles, the first that an account has is its role here.
	RolesClaim string     `yaml:"roles-claim,omitempty"`
	Roles      []RoleFrom `yaml:"roles"`
}

// RoleFrom says which role here a value of the claim stands for.
type RoleFrom struct {
	Claim string `yaml:"claim"`
	Role  string `yaml:"role"`
}

func (s *SignOn) check() error {
	if s == nil {
		return nil
	}
	wrong := func(field, what, mend string) error {
		return &Error{Code: "config", What: what, Where: configFile + ": staff: sign-in: " + field, Mend: mend}
	}
	for field, at := range map[string]string{"issuer": s.Issuer, "console": s.Console} {
		u, err := url.Parse(at)
		if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && loopbackHost(u.Hostname())) {
			return wrong(field, fmt.Sprintf("%q is no address of its own that begins with https://", at), "write it as the provider, or a browser, has it; http only on this machine")
		}
	}
	switch {
	case strings.Contains(s.Issuer, "/common/") || strings.Contains(s.Issuer, "/organizations/"):
		return wrong("issuer", "it is that of every tenant", "write the id of the landlord's own tenant in it")
	case s.ClientID == "":
		return wrong("client-id", "it is missing", "write the id that the provider gave this application")
	case !strings.HasPrefix(s.Secret, "env:"):
		return wrong("client-secret", "it is not the name of an environment variable", "write env:NAME, and the secret into that variable")
	case len(s.Roles) == 0:
		return wrong("roles", "nobody could sign in", "write which value of the claim stands for which role")
	}
	for _, r := range s.Roles {
		if r.Claim == "" || r.Role == "" {
			return wrong("roles", "a line has no claim, or no role", "write both: {claim: Tenet.Officer, role: officer}")
		}
	}
	return nil
}

func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Title is what staff know it by.
func (s *SignOn) Title() string {
	if s.Name != "" {
		return s.Name
	}
	u, err := url.Parse(s.Issuer)
	if err != nil {
		return s.Issuer
	}
	return u.Hostname()
}

// RoleOf is the role here of somebody whose claim holds these values; empty if
// none of them is one.
func (s *SignOn) RoleOf(claims []string) string {
	for _, r := range s.Roles {
		if slices.Contains(claims, r.Claim) {
			return r.Role
		}
	}
	return ""
}

// Vouched is somebody for whom the landlord's own sign-in vouches.
type Vouched struct {
	Issuer, Subject string // who says so, and whom they know by what, for good
	Login, Name     string // as they are called there
	Role            string // here; empty if their claim is none of ours
}

// ErrNoRole is what [Desk.TakeVouched] says of somebody who has no role here.
var ErrNoRole = errors.New("no role here")

// TakeVouched is the account of somebody for whom the landlord's own sign-in vouches.
// It is made the first time, if their claim is a role here, and its role follows the
// claim. Where the claim is none any more, they are signed out everywhere.
func (d *Desk) TakeVouched(ctx context.Context, v Vouched) (store.Staff, error) {
	if v.Role != "" {
		if err := d.knownRole(v.Role); err != nil {
			return store.Staff{}, err
		}
	}
	var s store.Staff
	var none error
	fresh := staffID()
	err := d.Store.Write(ctx, func(tx *store.Tx) (err error) {
		none = nil
		s, err = tx.StaffOutside(ctx, d.Config.Landlord, v.Issuer, v.Subject)
		act := func(name string, payload any) error {
			return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: "console", Name: name, Subject: s.ID}, payload)
		}
		switch {
		case errors.Is(err, store.ErrNotFound) && v.Role == "":
			none = ErrNoRole
			return nil
		case errors.Is(err, store.ErrNotFound):
			return d.addVouched(ctx, tx, fresh, v, &s)
		case err != nil:
			return err
		case !s.Disabled.IsZero():
			none = ErrNoRole
			return nil
		case v.Role == "":
			none = ErrNoRole
			n, err := tx.EndSittings(ctx, d.Config.Landlord, s.ID)
			if err != nil || n == 0 {
				return err
			}
			return act("staff.role-lost", map[string]int64{"sign-ins": n})
		case v.Role != s.Role:
			s.Role = v.Role
			if err := tx.SetStaffRole(ctx, d.Config.Landlord, s.ID, v.Role); err != nil {
				return err
			}
			return act("staff.role-set", map[string]string{"role": v.Role})
		}
		return nil
	})
	return s, errors.Join(err, none)
}

// addVouched makes an account without a password. Where its name is taken by another
// it gets one of its own: nobody becomes somebody else by being called the same.
func (d *Desk) addVouched(ctx context.Context, tx *store.Tx, id string, v Vouched, s *store.Staff) error {
	login := v.Login
	if _, err := tx.StaffByLogin(ctx, d.Config.Landlord, login); err == nil || login == "" {
		login += "#" + strings.ToLower(rand.Text()[:6])
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	*s = store.Staff{ID: id, Landlord: d.Config.Landlord, Login: login, Name: v.Name, Role: v.Role, Created: d.Now()}
	if err := tx.AddStaff(ctx, *s); err != nil {
		return err
	}
	if err := tx.SetStaffOutside(ctx, d.Config.Landlord, v.Issuer, v.Subject, id); err != nil {
		return err
	}
	return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: "console", Name: "staff.added", Subject: id}, map[string]string{"role": v.Role, "by": "sign-in"})
}
