package desk

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// PortalTLS reports whether people reach the portal over TLS, as tenet.yaml says.
func (c Config) PortalTLS() bool { return strings.HasPrefix(strings.ToLower(c.Public), "https://") }

// ConsoleTLS reports whether staff reach the console over TLS, as tenet.yaml says.
func (c Config) ConsoleTLS() bool {
	return strings.HasPrefix(strings.ToLower(c.ConsolePublic), "https://")
}

// publics are where the faces are found from outside, by their names in tenet.yaml.
func (c Config) publics() [2]struct{ key, at string } {
	return [2]struct{ key, at string }{{"public", c.Public}, {"console-public", c.ConsolePublic}}
}

func (c Config) checkPublic() error {
	for _, x := range c.publics() {
		if x.at == "" {
			continue
		}
		u, err := url.Parse(x.at)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return &Error{Code: "config", What: fmt.Sprintf("%q is not where a browser finds anything", x.at), Where: configFile + ": " + x.key, Mend: "write an address such as https://privacy.example.org"}
		}
	}
	return nil
}

// public says where a face is reached in the clear from elsewhere than this machine.
func (c *doctor) public(conf Config) {
	for _, x := range conf.publics() {
		u, err := url.Parse(x.at)
		if x.at == "" || err != nil {
			continue
		}
		host := u.Hostname()
		switch ip := net.ParseIP(host); {
		case u.Scheme == "https":
			c.well(x.key, "%s, by TLS alone: cookies are marked Secure, and browsers are told to use nothing else", x.at)
		case host == "localhost" || ip.IsLoopback():
			c.well(x.key, "%s, on this machine", x.at)
		default:
			c.add(Finding{Check: x.key, Status: Warn, What: x.at + " is reached in the clear",
				Why: "whoever is on the way reads answers, codes and passwords, and may take over a session", Mend: "put TLS before it, and write https:// there"})
		}
	}
}
