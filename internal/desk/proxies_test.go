package desk

import (
	"errors"
	"testing"
)

// TestMayShutOut: nobody shuts everybody out with one address.
func TestMayShutOut(t *testing.T) {
	behind := Config{Public: "https://privacy.example.org", Proxies: []string{"127.0.0.1", "10.1.0.0/16", "::1"}}
	unsaid := Config{Public: "https://privacy.example.org"}
	for name, c := range map[string]struct {
		conf    Config
		address string
		may     bool
	}{
		"a visitor":                  {behind, "203.0.113.9", true},
		"the proxy":                  {behind, "127.0.0.1", false},
		"of its network":             {behind, "10.1.7.7", false},
		"as IPv6":                    {behind, "::ffff:127.0.0.1", false},
		"the proxy of IPv6":          {behind, "::1", false},
		"a proxy nobody named":       {unsaid, "127.0.0.1", false},
		"a private proxy, not named": {unsaid, "192.168.1.4", false},
		"no proxy at all":            {Config{}, "127.0.0.1", true},
		"no address":                 {behind, "x", true},
	} {
		err := (&Desk{Config: c.conf}).MayShutOut(c.address)
		var e *Error
		if (err == nil) != c.may || err != nil && (!errors.As(err, &e) || e.Mend == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, wrong := range []string{"", "proxy.example.org", "10.1.0.0/99", "127.0.0.1:80"} {
		var e *Error
		if err := (Config{Proxies: []string{wrong}}).checkProxies(); !errors.As(err, &e) || e.Where != "tenet.yaml: proxies[0]" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if err := behind.checkProxies(); err != nil {
		t.Error(err)
	}
}
