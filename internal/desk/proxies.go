package desk

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Behind are the proxies of one's own, as networks.
func (c Config) Behind() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range c.Proxies {
		if p, err := network(s); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// network is one address, or a network as 10.1.0.0/16.
func network(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	a = a.Unmap()
	return netip.PrefixFrom(a, a.BitLen()), nil
}

func (c Config) checkProxies() error {
	for i, s := range c.Proxies {
		if _, err := network(s); err != nil {
			return &Error{Code: "config", What: fmt.Sprintf("%q is no network address", s), Where: fmt.Sprintf("%s: proxies[%d]", configFile, i), Mend: "write the proxy's address as the portal sees it, such as 127.0.0.1, or a network such as 10.1.0.0/16"}
		}
	}
	return nil
}

// MayShutOut refuses an address under which everybody comes: a proxy of our own, or this
// machine where a proxy stands before the portal and nobody said which.
func (d *Desk) MayShutOut(address string) error {
	a, err := netip.ParseAddr(strings.TrimSpace(address))
	if err != nil {
		return nil // whoever keeps the list says what is wrong with it
	}
	a = a.Unmap()
	behind := d.Config.Behind()
	unsaid := len(behind) == 0 && d.Config.Public != "" && (a.IsLoopback() || a.IsPrivate())
	if unsaid || slices.ContainsFunc(behind, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return &Error{Code: "address", What: "everybody comes to the portal under this address, by the proxy before it", Where: a.String(), Mend: "name the proxy under proxies: in " + configFile + ", and shut out the address that it then gives"}
	}
	return nil
}
