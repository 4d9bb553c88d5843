package desk_test

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// findings are those of a check-up, by what was looked at.
func findings(t *testing.T, dir string, how desk.Checkup) map[string]desk.Finding {
	t.Helper()
	out := map[string]desk.Finding{}
	for _, f := range desk.Diagnose(t.Context(), dir, os.Getenv, how) {
		if _, twice := out[f.Check]; twice {
			t.Errorf("%s is found twice", f.Check)
		}
		if f.Status != desk.Well && f.Mend == "" && f.Err == nil && !strings.Contains(f.What, "run tenet") {
			t.Errorf("%s says no mend: %+v", f.Check, f)
		}
		out[f.Check] = f
	}
	return out
}

// statement runs one on the store of a workspace, behind its back.
func statement(query string) func(*testing.T, *desk.Desk) {
	return func(t *testing.T, d *desk.Desk) {
		t.Helper()
		d.Close()
		db, err := sql.Open("sqlite", filepath.Join(d.Dir, "tenet.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
}

// jobs puts some into the queue, behind its back.
func jobs(values string) func(*testing.T, *desk.Desk) {
	return statement(`INSERT INTO landlord (landlord, name) VALUES ('elsewhere', 'Elsewhere');
		INSERT INTO job (landlord, kind, key, args, state, due, tries, added, worker, error) VALUES ` + values)
}

// TestDiagnose breaks one part of an installation after another. Each must show
// as that part, with that grade, in those words.
func TestDiagnose(t *testing.T) {
	recorded := func(t *testing.T, d *desk.Desk) {
		err := d.Store.Write(t.Context(), func(tx *store.Tx) error {
			return tx.Record(t.Context(), ledger.Act{Landlord: d.Config.Landlord, Actor: "test", Name: "case.opened", Subject: "x"}, nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Store.Sequence(t.Context(), d.Config.Landlord, d.Keys.Signer()); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) func(*testing.T, *desk.Desk) {
		return func(t *testing.T, d *desk.Desk) {
			if err := os.WriteFile(filepath.Join(d.Dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name   string
		breaks func(*testing.T, *desk.Desk)
		now    time.Time
		check  string
		status desk.Grade
		says   string
	}{
		{"whole", func(*testing.T, *desk.Desk) {}, time.Time{}, "store", desk.Well, "whole"},
		{"whole keys", func(*testing.T, *desk.Desk) {}, time.Time{}, "keys", desk.Well, "backed up"},
		{"no sources", func(*testing.T, *desk.Desk) {}, time.Time{}, "sources", desk.Warn, "none yet"},
		{"no store", func(t *testing.T, d *desk.Desk) { d.Close(); os.Remove(filepath.Join(d.Dir, "tenet.db")) }, time.Time{}, "store", desk.Fail, "lost its store"},
		{"not a store", func(t *testing.T, d *desk.Desk) { d.Close(); write("tenet.db", strings.Repeat("letter ", 1000))(t, d) }, time.Time{}, "store", desk.Fail, "cannot be read"},
		{"newer store", statement(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, 1)`), time.Time{}, "store", desk.Fail, "schema 999999"},
		{"older store", statement(`DELETE FROM goose_db_version WHERE version_id > 1`), time.Time{}, "store", desk.Warn, "has schema 1"},
		{"open keys", func(t *testing.T, d *desk.Desk) { os.Chmod(filepath.Join(d.Dir, "keys"), 0o755) }, time.Time{}, "keys", desk.Fail, "cannot be opened"},
		{"open store", func(t *testing.T, d *desk.Desk) { os.Chmod(filepath.Join(d.Dir, "tenet.db"), 0o644) }, time.Time{}, "store", desk.Warn, "others"},
		{"open packs", func(t *testing.T, d *desk.Desk) { os.Chmod(filepath.Join(d.Dir, "packs"), 0o755) }, time.Time{}, "packs", desk.Warn, "others"},
		{"broken notice", write("notice/uses.yaml", "uses: [nonsense"), time.Time{}, "notice", desk.Fail, "cannot be read"},
		{"broken holidays", write("holidays.json", "{}"), time.Time{}, "bank holidays", desk.Fail, "cannot be read"},
		{"old holidays", func(*testing.T, *desk.Desk) {}, law.Embedded().Version().Covers["england-and-wales"].AddDays(-200).Start(), "bank holidays", desk.Warn, "known to"},
		{"ended holidays", func(*testing.T, *desk.Desk) {}, law.Embedded().Version().Covers["england-and-wales"].AddDays(-20).Start(), "bank holidays", desk.Fail, "known to"},
		{"slow clock", recorded, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), "clock", desk.Fail, "in the future"},
		{"forged checkpoint", func(t *testing.T, d *desk.Desk) {
			recorded(t, d)
			statement(`DROP TRIGGER ledger_checkpoint_fixed; UPDATE ledger_checkpoint SET note = replace(note, 'tenet.local', 'tenet.lokal')`)(t, d)
		}, time.Time{}, "ledger", desk.Fail, "does not verify"},
		{"bad address", write("tenet.yaml", "landlord: larkfield\nsources: []\nportal: somewhere\n"), time.Time{}, "portal", desk.Fail, "cannot listen"},
		{"open console", write("tenet.yaml", "landlord: larkfield\nsources: []\nconsole: :8081\n"), time.Time{}, "console", desk.Warn, "other machines"},
		{"own console", write("tenet.yaml", "landlord: larkfield\nsources: []\nconsole: '[::1]:8081'\n"), time.Time{}, "console", desk.Well, "listens"},
		{"bad level", write("tenet.yaml", "landlord: larkfield\nsources: []\nlog: {level: loud}\n"), time.Time{}, "log", desk.Fail, "loud"},
		{"stale lock", write("tenet.lock", `{"pid":2147483646,"since":"2026-01-01T00:00:00Z"}`), time.Time{}, "processes", desk.Well, "ended without a word"},
		{"serving", write("tenet.lock", fmt.Sprintf(`{"pid":%d,"since":"2026-01-01T00:00:00Z"}`, os.Getpid())), time.Time{}, "processes", desk.Well, "serves this workspace"},
		{"emptied store", func(t *testing.T, d *desk.Desk) { d.Close(); write("tenet.db", "")(t, d) }, time.Time{}, "store", desk.Fail, "holds nothing"},
		{"moved store", statement(`CREATE TABLE store_moved (place TEXT, moved BIGINT); INSERT INTO store_moved VALUES ('postgres://db.example.org/tenet', 0)`), time.Time{}, "store", desk.Fail, "was moved to postgres://db.example.org/tenet"},
		{"no jobs", func(*testing.T, *desk.Desk) {}, time.Time{}, "jobs", desk.Well, "0 wait or run, 0 have failed"},
		{"failed job", jobs(`('larkfield', 'answer', 'k', 'null', 'failed', NULL, 10, 0, 'w:1', 'the system housing could not be read')`), time.Time{}, "jobs", desk.Warn, "0 wait or run, 1 have failed, of the kind answer: the system housing"},
		{"waiting job", jobs(`('larkfield', 'look', '', 'null', 'waiting', 1, 0, 0, '', '')`), time.Time{}, "jobs", desk.Well, "done when somebody serves"},
		{"late job", func(t *testing.T, d *desk.Desk) {
			jobs(`('larkfield', 'look', '', 'null', 'waiting', 1, 0, 0, '', ''), ('elsewhere', 'other', '', 'null', 'failed', 1, 0, 0, '', '')`)(t, d)
			write("tenet.lock", fmt.Sprintf(`{"pid":%d,"since":"2026-01-01T00:00:00Z"}`, os.Getpid()))(t, d)
		}, time.Time{}, "jobs", desk.Fail, "1 wait or run, 0 have failed; one of the kind look has been due for"},
		{"no workspace", func(t *testing.T, d *desk.Desk) { os.Remove(filepath.Join(d.Dir, "tenet.yaml")) }, time.Time{}, "workspace", desk.Fail, "cannot be opened"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := workspace(t)
			test.breaks(t, d)
			how := desk.Checkup{Version: "test"}
			if !test.now.IsZero() {
				how.Now = func() time.Time { return test.now }
			}
			f := findings(t, d.Dir, how)[test.check]
			if f.Status != test.status || !strings.Contains(f.What, test.says) {
				t.Errorf("%s is %q: %s (%v)", test.check, f.Status, f.What, f.Err)
			}
		})
	}
}

// TestDiagnoseChanges nothing: neither a byte of a file nor a name.
func TestDiagnoseChanges(t *testing.T) {
	d := workspace(t)
	d.Close()
	changesNothing(t, d)
	// Every other command would bring an older store up to date.
	statement(`DELETE FROM goose_db_version WHERE version_id > 1`)(t, d)
	changesNothing(t, d)
}

func changesNothing(t *testing.T, d *desk.Desk) {
	t.Helper()
	files := func() map[string]string {
		out := map[string]string{}
		err := filepath.WalkDir(d.Dir, func(path string, e os.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				var b []byte
				b, err = os.ReadFile(path)
				out[path] = string(b)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	before := files()
	findings(t, d.Dir, desk.Checkup{})
	if diff := cmp.Diff(before, files()); diff != "" {
		t.Errorf("a check-up changed the workspace (-before +after):\n%s", diff)
	}
}

// TestDiagnoseSilence looks at a source that takes connections and never answers.
func TestDiagnoseSilence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := workspace(t)
	if err := d.AddSource(desk.System{Name: "mute", URL: "postgres://reader@" + l.Addr().String() + "/housing"}); err != nil {
		t.Fatal(err)
	}
	f := findings(t, d.Dir, desk.Checkup{Wait: 50 * time.Millisecond})["source mute"]
	if f.Status != desk.Fail || f.Err == nil {
		t.Errorf("a source that never answers is %+v", f)
	}
	if _, looked := findings(t, d.Dir, desk.Checkup{Quick: true})["source mute"]; looked {
		t.Error("a quick check-up reached for a source")
	}
}

// TestDiagnosePostgres looks at a store on a server: one that is not there, one
// without a schema, one that nobody uses and one that somebody does.
func TestDiagnosePostgres(t *testing.T) {
	d := workspace(t)
	d.Close()
	found := func(url string) (desk.Finding, desk.Finding) {
		t.Helper()
		t.Setenv("TENET_STORE", url)
		all := findings(t, d.Dir, desk.Checkup{})
		return all["store"], all["processes"]
	}
	if f, p := found("postgres://tenet:hidden@127.0.0.1:1/tenet"); f.Status != desk.Fail || f.Err == nil || strings.Contains(f.Err.Error(), "hidden") || p.Check != "" {
		t.Errorf("of a server that is not there: %+v, %+v", f, p)
	}
	url := testpg.Database(t)
	for range 2 { // to look makes none
		if f, _ := found(url); f.Status != desk.Fail || f.What != "holds nothing" {
			t.Errorf("of an empty database: %+v", f)
		}
	}
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if _, p := found(url); p.Status != desk.Well || !strings.Contains(p.What, "connections to the store") {
		t.Errorf("somebody is connected: %+v", p)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if f, p := found(url); f.Status != desk.Well || !strings.HasPrefix(f.What, "PostgreSQL ") || p.What != "nobody is connected to the store" {
		t.Errorf("of a store that nobody uses: %+v, %+v", f, p)
	}
}

// TestDiagnosePacks looks at a storage of drafts that the configuration names.
func TestDiagnosePacks(t *testing.T) {
	d := workspace(t)
	private := filepath.Join(t.TempDir(), "private")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]desk.Grade{"file:" + private: desk.Well, "s3://tenet-packs?endpoint=http://127.0.0.1:1": desk.Fail} {
		t.Setenv("AWS_ACCESS_KEY_ID", "test")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
		t.Setenv("TENET_PACKS", url)
		if f := findings(t, d.Dir, desk.Checkup{Wait: 100 * time.Millisecond})["packs"]; f.Status != want {
			t.Errorf("packs in %s are %+v", url, f)
		}
	}
}
