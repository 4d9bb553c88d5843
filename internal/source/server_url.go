package source

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
)

// serverURL is a database server's URL, read.
type serverURL struct {
	user, password       string
	host, port, database string
	tls                  *tls.Config // nil: none
	plaintext            bool        // TLS may be done without if the server has none
	more                 map[string]string
}

// readServerURL reads scheme://USER:PASSWORD@HOST:PORT/DATABASE with the parameters tls, ca and those
// that an engine takes besides. Its errors do not quote the URL, which may hold a password.
func readServerURL(rawURL, example, port string, more ...string) (serverURL, error) {
	shape := func(why string) error {
		return fmt.Errorf("%s; the URL should be like %s, with what is special in a password written as %%40 and the like", why, example)
	}
	u, err := url.Parse(rawURL)
	if err != nil || u.Opaque != "" || !strings.Contains(rawURL, "://") {
		return serverURL{}, shape("the URL cannot be read")
	}
	out := serverURL{user: u.User.Username(), host: u.Hostname(), port: u.Port(), database: strings.TrimPrefix(u.Path, "/"), more: map[string]string{}}
	if out.database == "" || strings.Contains(out.database, "/") {
		return serverURL{}, shape("the URL names no database")
	}
	if out.host == "" {
		out.host = "localhost"
	}
	if out.port == "" {
		out.port = port
	}
	out.password, _ = u.User.Password()
	if name, ok := strings.CutPrefix(out.password, "env:"); ok {
		if out.password, ok = os.LookupEnv(name); !ok {
			return serverURL{}, fmt.Errorf("the URL takes its password from the environment variable %s, which is not set", name)
		}
	}
	params := u.Query()
	known := append([]string{"tls", "ca"}, more...)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !slices.Contains(known, name) {
			return serverURL{}, fmt.Errorf("the URL has a parameter %q that is not known; those that are: %s", name, strings.Join(known, ", "))
		}
		if slices.Contains(more, name) {
			out.more[name] = params.Get(name)
		}
	}
	return out, out.secure(params.Get("tls"), params.Get("ca"))
}

// secure decides on TLS: by default with whatever certificate the server has, as
// database clients do.
func (u *serverURL) secure(mode, ca string) error {
	u.tls = &tls.Config{ServerName: u.host, MinVersion: tls.VersionTLS12}
	switch mode {
	case "true":
	case "skip-verify":
		u.tls.InsecureSkipVerify = true
	case "", "preferred":
		if ca == "" {
			u.tls.InsecureSkipVerify, u.plaintext = true, true
		}
	case "false":
		u.tls = nil
	default:
		return fmt.Errorf("tls= in the URL must be true, skip-verify, preferred or false")
	}
	if ca == "" || u.tls == nil {
		return nil
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return fmt.Errorf("ca= in the URL: %w", err)
	}
	u.tls.RootCAs = x509.NewCertPool()
	if !u.tls.RootCAs.AppendCertsFromPEM(pem) {
		return fmt.Errorf("ca= in the URL: %s holds no certificates in PEM form", ca)
	}
	return nil
}
