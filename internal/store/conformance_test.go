package store

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tenet/internal/testdata"
	"tenet/internal/testpg"
)

// TestConformance is what a store promises, on every engine. What one engine
// does besides is tested beside it.
func TestConformance(t *testing.T) {
	suite := []struct {
		name string
		test func(*testing.T, place)
	}{
		{"write is all or nothing", testWriteIsAllOrNothing},
		{"an overlooked error", testOverlooked},
		{"read cannot write", testReadCannotWrite},
		{"read sees one state", testReadSeesOneState},
		{"many writers", testManyWriters},
		{"nothing is lost between writers", testCounting},
		{"many open at once", testManyOpenAtOnce},
		{"write after another process", testWriteAfterAnotherProcess},
		{"landlords", testLandlords},
		{"staff", testStaff},
		{"staff access", testStaffAccess},
		{"sessions", testSessions},
		{"record, sequence, verify", testRecordSequenceVerify},
		{"sequence in batches", testSequenceInBatches},
		{"two sequencers", testTwoSequencers},
		{"once", testOnce},
		{"record refuses", testRecordRefuses},
		{"forget", testForget},
		{"proofs", testProofs},
		{"export before sequence", testExportBeforeSequence},
		{"ledgers are apart", testLedgersAreApart},
		{"tampering", testTampering},
		{"sequence refuses", testSequenceRefuses},
		{"full disk", testFullDisk},
		{"killed while opening", testKilledWhileOpening},
		{"killed at any instant", testKilledAtAnyInstant},
		{"upgrade from every version", testUpgradeFromEveryVersion},
		{"newer store is refused", testNewerStoreIsRefused},
		{"restore from every version", testRestoreFromEveryVersion},
		{"restore killed", testRestoreKilled},
		{"restore refuses", testRestoreRefuses},
		{"backup while others write", testBackupWhileOthersWrite},
		{"move to every engine", testMove},
		{"look", testLook},
	}
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			for _, one := range suite {
				t.Run(one.name, func(t *testing.T) { one.test(t, newPlace(t, engine)) })
			}
		})
	}
}

var engines = []string{"sqlite", "postgres"}

// place is where a test keeps a store.
type place struct {
	engine string
	url    string
}

// newPlace is a place where there is no store yet.
func newPlace(t testing.TB, engine string) place {
	t.Helper()
	if engine == "sqlite" {
		return place{engine, "sqlite:" + filepath.Join(t.TempDir(), "tenet [1]?#%.db")}
	}
	return place{engine, testpg.Database(t)}
}

func (p place) fresh(t testing.TB) place {
	t.Helper()
	return newPlace(t, p.engine)
}

func (p place) open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(context.Background(), p.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// raw is the place without bringing its schema up to date.
func (p place) raw(t testing.TB) *Store {
	t.Helper()
	e, err := connect(context.Background(), p.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	return &Store{engine: e}
}

// newStore is a store in a file.
func newStore(t testing.TB) *Store {
	t.Helper()
	return newPlace(t, "sqlite").open(t)
}

// database is what is under a store.
func database(s *Store) *sql.DB {
	if e, ok := s.engine.(*postgres); ok {
		return e.writer
	}
	return s.engine.(*sqliteEngine).writer
}

// tamper does what a trigger refuses, as one can who holds the database.
func tamper(t testing.TB, s *Store, trigger, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := database(s).Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.ExecContext(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	before, after := []string{`PRAGMA foreign_keys = 0`, `DROP TRIGGER ` + trigger}, `PRAGMA foreign_keys = 1`
	if _, ok := s.engine.(*postgres); ok {
		before, after = []string{`SET session_replication_role = origin`, `SET session_replication_role = replica`}, `SET session_replication_role = origin`
	}
	exec(before[0])
	if _, err := conn.ExecContext(ctx, statement); err == nil || !strings.Contains(err.Error(), "never") {
		t.Fatalf("the trigger said %v", err)
	}
	exec(before[1])
	exec(statement)
	exec(after)
}

// smallPlace is a place on a file system of its own of this size, and its folder.
func smallPlace(t *testing.T, engine, size string) (place, string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "tenet-small-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if !smallDisk(t, dir, size) {
		testdata.Missing(t, "root", "the right to mount a small file system")
	}
	if engine == "sqlite" {
		return place{engine, "sqlite:" + filepath.Join(dir, "tenet.db")}, dir
	}
	server := testpg.Start(t)
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	giveTo(t, dir, filepath.Join(u.Query().Get("host"), "data"))
	execute(t, server, `CREATE TABLESPACE small LOCATION '`+dir+`'`)
	t.Cleanup(func() { execute(t, server, `DROP TABLESPACE small`) })
	at := newPlace(t, engine)
	execute(t, at.url, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_tablespace = small', current_database()); END $$`)
	return at, dir
}

// execute runs SQL as the server's superuser.
func execute(t testing.TB, url, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, engine := range engines {
		b.Run(engine, func(b *testing.B) {
			s := newPlace(b, engine).open(b)
			for b.Loop() {
				record(b, s, 0, 1)
			}
		})
		b.Run(engine+"/parallel", func(b *testing.B) {
			s := newPlace(b, engine).open(b)
			b.SetParallelism(4)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					record(b, s, 0, 1)
				}
			})
		})
	}
}

func BenchmarkSequence(b *testing.B) {
	for _, engine := range engines {
		b.Run(engine, func(b *testing.B) {
			s := newPlace(b, engine).open(b)
			for b.Loop() {
				b.StopTimer()
				write(b, s, func(ctx context.Context, tx *Tx) error {
					for i := range batch {
						if err := tx.Record(ctx, act(i), nil); err != nil {
							return err
						}
					}
					return nil
				})
				b.StartTimer()
				sequence(b, s)
			}
			b.ReportMetric(batch, "entries/op")
		})
	}
}
