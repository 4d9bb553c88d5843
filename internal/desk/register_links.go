package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"tenet/internal/register"
)

// LinkLooked is what became of one page that a document names.
type LinkLooked struct {
	Number string `json:"number"`
	At     string `json:"at"`
	Status string `json:"status"` // "200 OK", or why there was none
	Good   bool   `json:"good"`
}

// CheckLinks asks for the head of each page that the library of documents names, of
// those papers whose numbers are given, or of all, and enters what it answered. Nothing
// asks for a page unless somebody asks for this.
func (d *Desk) CheckLinks(ctx context.Context, by string, numbers ...string) ([]LinkLooked, error) {
	return d.checkLinks(ctx, by, outward(), numbers...)
}

func (d *Desk) checkLinks(ctx context.Context, by string, client *http.Client, numbers ...string) ([]LinkLooked, error) {
	r, err := d.Registers()
	if err != nil {
		return nil, err
	}
	papers, err := r.Papers(ctx, "documents")
	if err != nil {
		return nil, RegisterError(err)
	}
	wanted := map[string]bool{}
	for _, n := range numbers {
		wanted[n] = true
	}
	out := []LinkLooked{}
	for _, p := range papers {
		at := p.Latest().Values.Text("at")
		if at == "" || !p.Ended.IsZero() || len(wanted) > 0 && !wanted[p.Number] {
			continue
		}
		l := look(ctx, client, at)
		l.Number = p.Number
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		good := "no"
		if l.Good {
			good = "yes"
		}
		if _, err := r.Looked(ctx, register.On{Number: p.Number, By: by}, "link", register.Values{"at": at, "status": l.Status, "good": good}); err != nil {
			return out, RegisterError(err)
		}
		out = append(out, l)
	}
	return out, nil
}

// look asks for the head of one page. Where a site does not answer that, the page is
// asked for and not read.
func look(ctx context.Context, client *http.Client, at string) LinkLooked {
	l := LinkLooked{At: at}
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		req, err := http.NewRequestWithContext(ctx, method, at, nil)
		if err != nil {
			l.Status = "is no address of a page"
			return l
		}
		res, err := client.Do(req)
		if err != nil {
			l.Status = "no answer"
			if errors.Is(err, errInside) {
				l.Status = errInside.Error()
			}
			return l
		}
		res.Body.Close()
		l.Status, l.Good = res.Status, res.StatusCode < 400
		if res.StatusCode != http.StatusMethodNotAllowed && res.StatusCode != http.StatusNotImplemented {
			break
		}
	}
	return l
}

var errInside = errors.New("it is an address inside the network, and was not asked for")

// outward is a client that reaches the public network alone: an address in a paper
// must not make this machine ask another one behind the same wall.
func outward() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("dial %q: %w", address, err)
		}
		if a := to.Addr().Unmap(); !a.IsGlobalUnicast() || a.IsPrivate() || netip.MustParsePrefix("100.64.0.0/10").Contains(a) {
			return errInside
		}
		return nil
	}}
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, DisableKeepAlives: true}}
}
