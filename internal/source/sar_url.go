package source

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// sarURL is the URL of a service that is asked about one person, read.
type sarURL struct {
	base        *url.URL // without parameters
	ask         string   // the parameter that takes the id
	from, to    string   // dates, or empty
	token       string
	tls         *tls.Config
	rate        rate.Limit
	health      *url.URL
	head        bool     // health is asked with HEAD
	attachments []string // hosts from which they may be fetched besides
}

const sarExample = "sar:https://housing.example.org/subject-access-request?ask=prn&token=env:SAR_TOKEN"

var sarParameters = []string{"ask", "attachments", "ca", "from", "health", "insecure", "rate", "to", "token"}

// readSARURL reads what follows "sar:". Its errors do not quote the URL.
func readSARURL(rest string) (sarURL, error) {
	shape := func(why string) error { return fmt.Errorf("%s; the URL should be like %s", why, sarExample) }
	u, err := url.Parse(rest)
	switch {
	case err != nil || u.Opaque != "" || u.Host == "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		return sarURL{}, shape("the URL cannot be read")
	case u.User != nil:
		return sarURL{}, shape("the URL holds a login, which is not used")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return sarURL{}, shape("the URL's parameters cannot be read")
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(sarParameters, name) {
			return sarURL{}, fmt.Errorf("the URL has a parameter %q that is not known; those that are: %s", name, strings.Join(sarParameters, ", "))
		}
		if name != "attachments" && len(q[name]) > 1 {
			return sarURL{}, fmt.Errorf("the URL has the parameter %s twice", name)
		}
	}
	out := sarURL{ask: q.Get("ask"), from: q.Get("from"), to: q.Get("to"), attachments: q["attachments"]}
	if out.ask == "" {
		return sarURL{}, shape("the URL does not say which parameter takes the id")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) && q.Get("insecure") != "true" {
		return sarURL{}, errors.New("the URL is plain http://, over which anyone on the way can read the answers: use https://, or add insecure=true if you must")
	}
	for _, d := range []string{"from", "to"} {
		if v := q.Get(d); v != "" {
			if _, err := time.Parse(time.DateOnly, v); err != nil {
				return sarURL{}, fmt.Errorf("%s= in the URL must be a date like 2019-04-01", d)
			}
		}
	}
	if t := q.Get("token"); t != "" {
		name, ok := strings.CutPrefix(t, "env:")
		if !ok {
			return sarURL{}, errors.New("the token must not stand in the URL: put it in an environment variable, and token=env:NAME here")
		}
		if out.token, ok = os.LookupEnv(name); !ok {
			return sarURL{}, fmt.Errorf("the URL takes its token from the environment variable %s, which is not set", name)
		}
	}
	if out.rate, err = readRate(q.Get("rate")); err != nil {
		return sarURL{}, err
	}
	secure := serverURL{host: u.Hostname()}
	if err := secure.secure("true", q.Get("ca")); err != nil {
		return sarURL{}, err
	}
	out.tls = secure.tls
	out.tls.ServerName = "" // of whichever host is called
	u.RawQuery = ""
	out.base = u
	switch health := q.Get("health"); health {
	case "":
		out.health = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/health"}
	case http.MethodHead:
		out.health, out.head = u, true
	default:
		out.health, err = u.Parse(health)
		if err != nil || !sameOrigin(out.health, u) {
			return sarURL{}, errors.New("health= in the URL must be a path of the same server, or HEAD")
		}
	}
	return out, nil
}

// readRate reads how often a service may be called: "5/s", "30/m".
func readRate(s string) (rate.Limit, error) {
	if s == "" {
		s = "5/s"
	}
	number, unit, _ := strings.Cut(s, "/")
	n, err := strconv.ParseFloat(number, 64)
	seconds, ok := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || !ok || !(n > 0) || n > 10000 {
		return 0, errors.New("rate= in the URL must be like 5/s, 30/m or 100/h")
	}
	return rate.Limit(n / seconds), nil
}

// mayFetch says whether an attachment may be fetched from where it stands.
func (s *sarURL) mayFetch(u *url.URL) bool {
	if sameOrigin(u, s.base) {
		return true
	}
	return (u.Scheme == "https" || u.Scheme == s.base.Scheme) && (slices.Contains(s.attachments, u.Host) || slices.Contains(s.attachments, u.Hostname()))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// origin is scheme, host and port, which is as much of an address as may be shown: what
// follows may name a person.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port))
}

func sameOrigin(a, b *url.URL) bool { return origin(a) == origin(b) }

var errRedirect = errors.New("it redirects to another server, which is not followed")

// stayAtOrigin lets redirects through within one server only, so that neither a token nor a
// person's id goes anywhere else.
func stayAtOrigin(r *http.Request, via []*http.Request) error {
	switch {
	case !sameOrigin(r.URL, via[0].URL):
		return errRedirect
	case len(via) >= 5:
		return errors.New("it redirects in circles")
	}
	return nil
}
