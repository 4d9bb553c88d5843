package app

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/notice"
)

// setting keeps what answers set in a browser.
type setting map[string]notice.Lasts

func (s setting) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, c := range res.Cookies() {
		switch c.MaxAge {
		case 0:
			s[c.Name] = "session"
		case 365 * 24 * 60 * 60:
			s[c.Name] = "P1Y"
		default:
			s[c.Name] = "another time"
		}
	}
	return res, nil
}

// TestPortalCookiesAreTold: what the portal really sets is what the linter wants a notice
// to list, by name and life.
func TestPortalCookiesAreTold(t *testing.T) {
	w := open(t)
	public, _ := w.serves(t, slog.New(slog.DiscardHandler))
	v := visit(t, public)
	set := setting{}
	v.http.Transport = set
	for _, path := range []string{"/", "/notice", "/contact", "/request/what", "/follow", "/?lang=cy", "/?display=contrast"} {
		v.get(path)
	}
	v.post("/request/what", "what", "access")
	want := setting{}
	for _, c := range notice.PortalCookies() {
		want[c.Name] = c.Lasts
	}
	if diff := cmp.Diff(want, set); diff != "" {
		t.Errorf("what the portal sets is not what a notice is asked to list (-want +got):\n%s", diff)
	}
}
