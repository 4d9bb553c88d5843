package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/store"
	"tenet/internal/web"
)

// TestNothingListensBeyondThisMachine: by default neither face answers on any
// address that another machine could reach.
func TestNothingListensBeyondThisMachine(t *testing.T) {
	w := open(t)
	portal, console := w.serves(t, slog.New(slog.DiscardHandler))
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{portal, console} {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		if ip := net.ParseIP(u.Hostname()); !ip.IsLoopback() {
			t.Errorf("%s is not of this machine alone", at)
		}
		for _, a := range addresses {
			n, ok := a.(*net.IPNet)
			if !ok || n.IP.IsLoopback() || n.IP.IsLinkLocalUnicast() {
				continue
			}
			if c, err := net.Dial("tcp", net.JoinHostPort(n.IP.String(), u.Port())); err == nil {
				c.Close()
				t.Errorf("port %s of %s answers", u.Port(), n.IP)
			}
		}
	}
}

func TestListen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	busy := taken.Addr().String()

	l, err := listen(t.Context(), "portal", "", busy)
	if err != nil {
		t.Fatalf("the usual port is taken, and: %v", err)
	}
	defer l.Close()
	if !loopback(l.Addr()) || l.Addr().String() == busy {
		t.Errorf("in place of %s it listens on %s", busy, l.Addr())
	}

	for told, mend := range map[string]string{busy: "another port", "8081": "such as", "no such host:1": "such as", "127.0.0.1:99999": "such as"} {
		_, err := listen(t.Context(), "console", told, consoleAddress)
		var e *desk.Error
		if !errors.As(err, &e) || e.Where != "tenet.yaml: console" || !strings.Contains(e.Mend, mend) || !strings.Contains(e.What, told) {
			t.Errorf("told to listen on %q: %v", told, err)
		}
	}
}

// TestConsoleBeyondThisMachine: what tenet.yaml says is done, and said.
func TestConsoleBeyondThisMachine(t *testing.T) {
	w := open(t)
	var log notes
	w.Config.Console = "0.0.0.0:0"
	_, console := w.serves(t, slog.New(slog.NewTextHandler(&log, nil)))
	if !strings.Contains(log.String(), "can be reached from other machines") {
		t.Errorf("nothing warns of it:\n%s", log.String())
	}
	if _, page := visit(t, console).get("/cases"); !strings.Contains(page, "Sign in") {
		t.Error("the console does not answer at the address it was said to have")
	}
}

// TestStopping: serving ends without an error, with everything that was done in
// the ledger's tree.
func TestStopping(t *testing.T) {
	w := open(t)
	t.Run("served", func(t *testing.T) {
		portal, _ := w.serves(t, slog.New(slog.DiscardHandler))
		star := w.world.Star()
		request(t, portal, star.Name, star.Email, star.DOB)
	})
	err := w.Store.Read(t.Context(), func(tx *store.Tx) error {
		acts, err := tx.Acts(t.Context(), w.Config.Landlord, "", 0, 1000)
		if err != nil {
			return err
		}
		last, err := tx.Checkpoint(t.Context(), w.Config.Landlord)
		if err != nil {
			return err
		}
		if len(acts) == 0 || last.Size != int64(len(acts)) {
			return fmt.Errorf("%d acts, and a tree of %d", len(acts), last.Size)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestLandlord(t *testing.T) {
	w := open(t)
	day, err := law.ParseDate("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	want := web.Landlord{
		Name: "Larkfield Homes", Contact: "the data protection officer", Email: "data@larkfield.example", Phone: "01632 960 110",
		Address:   []string{"Data protection", "Lark House", "1 Example Street", "Larkfield Cross", "LK1 1AA"},
		Regulator: web.Regulator{Name: "Information Commissioner’s Office", URL: "https://ico.org.uk/make-a-complaint/", Phone: "0303 123 1113"},
	}
	if diff := cmp.Diff(want, landlord(w.Notice, day)); diff != "" {
		t.Errorf("the landlord (-want +got):\n%s", diff)
	}
}
