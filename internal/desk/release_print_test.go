package desk

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/cases"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

// TestDestroyed: once a link has expired none of its bytes is left, and in the end not
// its log either; the ledger verifies.
func TestDestroyed(t *testing.T) {
	onEngines(t, func(t *testing.T, r *releasing) {
		ctx := t.Context()
		made, at := r.makes(t, good(annsMail))
		holder := r.holds(t, made, at)
		var kept [][]byte
		err := r.Store.Read(ctx, func(tx *store.Tx) error {
			l, err := r.linkBy(ctx, tx, at)
			kept = [][]byte{at.Token[:], l.words, l.holder, l.sealedContent}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		file := func() []byte {
			raw, err := os.ReadFile(filepath.Join(r.Dir, storeFile))
			if err != nil {
				return nil // it is on a server
			}
			wal, _ := os.ReadFile(filepath.Join(r.Dir, storeFile+"-wal"))
			return append(raw, wal...)
		}
		if raw := file(); raw != nil {
			for i, b := range kept {
				if !bytes.Contains(raw, b) {
					t.Fatalf("secret %d is not looked for as it stands there", i)
				}
			}
		}
		if n, m, err := r.EndLinks(ctx); n+m != 0 || err != nil {
			t.Errorf("%d and %d links are over before their time, %v", n, m, err)
		}
		r.clock = r.clock.AddDate(0, 0, linkDays)
		_, err = r.Fetch(ctx, at, holder)
		r.notOpened(t, "an expired link", err)
		if n, m, err := r.EndLinks(ctx); n != 1 || m != 0 || err != nil {
			t.Errorf("%d links ended and %d were destroyed, %v", n, m, err)
		}
		raw := file()
		for i, b := range kept {
			if bytes.Contains(raw, b) {
				t.Errorf("secret %d still stands in the store's files", i)
			}
		}
		left := 0
		err = r.Store.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM desk_link_token) + (SELECT count(*) FROM desk_link WHERE words IS NOT NULL OR holder IS NOT NULL OR sealed IS NOT NULL)`).Scan(&left)
		})
		if err != nil || left != 0 {
			t.Errorf("%d rows hold secrets, %v", left, err)
		}
		// Nothing of the answer was ever in the clear.
		err = filepath.WalkDir(r.Dir, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if bytes.Contains(data, []byte("repairs contractor")) || bytes.Contains(data, []byte("900155")) {
				t.Errorf("%s holds the answer in the clear", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		r.clock = r.clock.AddDate(0, 0, logDays)
		if n, m, err := r.EndLinks(ctx); n != 0 || m != 1 || err != nil {
			t.Errorf("%d links ended and %d were destroyed, %v", n, m, err)
		}
		if links, downloads, err := r.Links(ctx, r.k); len(links)+len(downloads) > 0 || err != nil {
			t.Errorf("%+v %+v %v", links, downloads, err)
		}
		if got := r.acts(t); got[len(got)-1] != "link.destroyed" {
			t.Errorf("the ledger ends with %s", got[len(got)-1])
		}
		if report, err := r.VerifyLedger(ctx, ledger.Trust{}); err != nil || !report.OK() {
			t.Errorf("the ledger does not verify: %+v %v", report.Faults, err)
		}
	})
}

// TestPrintAndPost: one PDF with the address in front, and the posting is the release.
func TestPrintAndPost(t *testing.T) {
	onEngines(t, func(t *testing.T, r *releasing) {
		ctx := t.Context()
		p, err := r.Print(ctx, r.k, "", "staff-1")
		if err != nil {
			t.Fatal(err)
		}
		if p.Pages != 1 || p.Sheets != 2 || !bytes.HasPrefix(p.PDF, []byte("%PDF-")) {
			t.Errorf("%d pages on %d sheets", p.Pages, p.Sheets)
		}
		words, err := readBack(ctx, "print.pdf", p.PDF)
		if err != nil || !strings.Contains(words, "3 Example Road") || !strings.Contains(words, "07700 900155") || !strings.Contains(words, "Do not put this page in the envelope") {
			t.Errorf("the print says %q, %v", words, err)
		}
		if r.k, err = r.Cases.Get(ctx, r.k.ID); err != nil || r.k.State != cases.Approved {
			t.Fatalf("a print releases: %s, %v", r.k.State, err)
		}
		today := r.Today()
		for what, p := range map[string]Posting{"tomorrow": {Day: today.AddDays(1)}, "before it was approved": {Day: today.AddDays(-1)}, "under no number": {Day: today, Recorded: "no number!"}} {
			if _, err := r.PostAnswer(ctx, r.k, "", p, "staff-1"); err == nil {
				t.Errorf("posted %s", what)
			}
		}
		for range 2 {
			if _, err := r.PostAnswer(ctx, r.k, "", Posting{Day: today, Recorded: "ab 1234 5678 9gb"}, "staff-1"); err != nil {
				t.Fatal(err)
			}
		}
		posted, err := r.PostedAnswers(ctx, r.k)
		if diff := cmp.Diff([]PostedAnswer{{today, "staff-1", "AB123456789GB"}}, posted); diff != "" || err != nil {
			t.Errorf("posted (-want +got), %v:\n%s", err, diff)
		}
		if k, err := r.Cases.Get(ctx, r.k.ID); err != nil || k.State != cases.Released || k.Ending.Way != cases.Sent {
			t.Errorf("%s %v", k.State, err)
		}
		if n := strings.Count(strings.Join(r.acts(t), " "), "case.released"); n != 1 {
			t.Errorf("it was released %d times", n)
		}
	})
}

// TestPrintToNobody: there is no print without a safe address.
func TestPrintToNobody(t *testing.T) {
	r := newReleasing(t, "")
	safe := cases.Safety{Only: []string{annsPhone}, Why: "They said so."}
	k, err := r.Cases.Safeguard(t.Context(), cases.On{Case: r.k.ID, By: "staff-1"}, safe)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Print(t.Context(), k, "", "staff-1"); err == nil {
		t.Error("it is printed for an address that is not safe")
	}
	for _, unsafe := range []string{"3 Example Road, Larkfield", "9 Another Road, Larkfield"} {
		if _, err := r.Print(t.Context(), k, unsafe, "staff-1"); err == nil {
			t.Errorf("it is printed for %s, which is not safe", unsafe)
		}
	}
	if _, err := r.PostAnswer(t.Context(), k, "", Posting{Day: r.Today()}, "staff-1"); err == nil {
		t.Error("it is posted to an address that is not safe")
	}
}

// TestReleasingIsChecked: what tenet.yaml says of it makes sense, or is refused.
func TestReleasingIsChecked(t *testing.T) {
	for _, c := range []Config{{Release: Releasing{Days: 29}}, {Release: Releasing{Days: -1}}, {Release: Releasing{LogDays: -1}}} {
		if c.Release.check() == nil {
			t.Errorf("%+v is taken", c.Release)
		}
	}
	for at, ok := range map[string]bool{"https://console.example.org": true, "http://127.0.0.1:8081": true, "": true, "console.example.org": false, "ftp://x": false, "https://user:pass@x": false, "https://x?y=z": false} {
		if err := (Config{ConsolePublic: at}).checkPublic(); (err == nil) != ok {
			t.Errorf("%q: %v", at, err)
		}
	}
	if c := (Config{Public: "HTTPS://privacy.example.org", ConsolePublic: "http://localhost"}); !c.PortalTLS() || c.ConsoleTLS() {
		t.Error("what is reached by TLS is not told from what is not")
	}
}

// TestDoctorOnAddresses: a face that is reached in the clear from elsewhere is a finding.
func TestDoctorOnAddresses(t *testing.T) {
	for at, want := range map[string]Grade{"https://console.example.org": Well, "http://127.0.0.1:8081": Well, "http://localhost:8081": Well, "http://console.example.org": Warn, "http://10.1.2.3": Warn} {
		c := &doctor{}
		c.public(Config{ConsolePublic: at})
		if len(c.findings) != 1 || c.findings[0].Status != want || c.findings[0].Check != "console-public" {
			t.Errorf("%s: %+v", at, c.findings)
		}
	}
}
