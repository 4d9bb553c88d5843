package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// TestHostBehind: what proxies of one's own say is believed, and what anybody else says is
// not, however it is put before it.
func TestHostBehind(t *testing.T) {
	host := HostBehind([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("::1/128")})
	for name, c := range map[string]struct {
		from string
		said []string
		want string
	}{
		"no proxy":                {"203.0.113.9:4000", nil, "203.0.113.9"},
		"a stranger's word":       {"203.0.113.9:4000", []string{"192.0.2.1"}, "203.0.113.9"},
		"our proxy":               {"127.0.0.1:4000", []string{"203.0.113.9"}, "203.0.113.9"},
		"a lie before it":         {"127.0.0.1:4000", []string{"192.0.2.1, 203.0.113.9"}, "203.0.113.9"},
		"a lie in another header": {"127.0.0.1:4000", []string{"192.0.2.1", "203.0.113.9"}, "203.0.113.9"},
		"two proxies":             {"127.0.0.1:4000", []string{"192.0.2.1, 203.0.113.9, 10.1.2.3"}, "203.0.113.9"},
		"only ours":               {"127.0.0.1:4000", []string{"10.1.2.3"}, "10.1.2.3"},
		"nothing said":            {"127.0.0.1:4000", nil, "127.0.0.1"},
		"nonsense":                {"127.0.0.1:4000", []string{"203.0.113.9, <script>"}, "127.0.0.1"},
		"IPv6":                    {"[::1]:4000", []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv4 as IPv6":            {"[::ffff:127.0.0.1]:4000", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.from
		for _, s := range c.said {
			r.Header.Add("X-Forwarded-For", s)
		}
		if got := host(r); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
