package bench

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tenet/internal/testimap"
	"tenet/internal/testmaria"
	"tenet/internal/testpg"
)

// rowsEnv changes how many rows BenchmarkSources reads, and a tenth of it in messages. By hand:
//
//	TENET_BENCH_ROWS=200000 go test -run '^$' -bench Sources -benchtime 1x ./bench
const rowsEnv = "TENET_BENCH_ROWS"

func benchRows(b *testing.B) int {
	s := os.Getenv(rowsEnv)
	if s == "" {
		return 40_000
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1000 {
		b.Fatalf("%s=%q is no number of a thousand or more", rowsEnv, s)
	}
	return n
}

// A reading is one engine or format to be read through source, and what somebody
// would read it with otherwise. Each is a process of its own, timed from start to
// end.
type reading struct {
	what       string
	unit       string // what is counted: rows, pages, messages
	units      int
	how        string // empty is source: see reader
	url, table string
	rows       int // that the source gives
	ceiling    int // MiB of memory that reading may take
	than       string
	beside     *exec.Cmd // nil where it is not installed
	counts     bool      // beside says on stdout how many units it read
}

// The memory of the whole process, in MiB, that docs/sources.md promises: for tables of
// any size, for folders of documents as people write them, and for mail, of which threads need every
// message's id, so that it grows by 2 KiB a message.
const (
	ceiling   = 128
	documents = 256
)

func mailCeiling(messages int) int { return 96 + messages*2/1024 }

func (r reading) bench(b *testing.B) {
	var ours []cost
	for b.Loop() {
		c := run(b, reader(cmp.Or(r.how, "source"), r.url, r.table))
		if c.out != strconv.Itoa(r.rows) {
			b.Fatalf("%s rows, and not %d", c.out, r.rows)
		}
		ours = append(ours, c)
	}
	o := best(ours...)
	rate := func(c cost) float64 { return float64(r.units) / c.time.Seconds() }
	b.ReportMetric(rate(o), r.unit+"/s")
	b.ReportMetric(mib(o.peak), "MiB-peak")
	if mib(o.peak) > float64(r.ceiling) {
		b.Errorf("reading took %.0f MiB; docs/sources.md promises %d", mib(o.peak), r.ceiling)
	}
	what := fmt.Sprintf("read %s: %d %s", r.what, r.units, r.unit)
	memory := fmt.Sprintf("read %s: peak memory, at most %d MiB", r.what, r.ceiling)
	if r.beside == nil {
		compare(ratio{what, rated(rate(o), r.unit), "-", r.than + ", which is not installed", math.NaN()})
		compare(ratio{memory, fmt.Sprintf("%.0f MiB", mib(o.peak)), "-", r.than + ", which is not installed", math.NaN()})
		return
	}
	var theirs []cost
	for range 3 {
		again := *r.beside
		c := run(b, &again)
		if r.counts && c.out != strconv.Itoa(r.units) {
			b.Fatalf("%s read %s %s, and not %d", r.than, c.out, r.unit, r.units)
		}
		theirs = append(theirs, c)
	}
	t := best(theirs...)
	compare(ratio{what, rated(rate(o), r.unit), rated(rate(t), r.unit), r.than + " (more is better)", rate(o) / rate(t)})
	compare(ratio{memory, fmt.Sprintf("%.0f MiB", mib(o.peak)), fmt.Sprintf("%.0f MiB", mib(t.peak)), r.than, float64(o.peak) / float64(max(t.peak, 1))})
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func rated(rate float64, unit string) string { return fmt.Sprintf("%.3g %s/s", rate, unit) }

// tool is a command, or nil if the program is not installed.
func tool(program string, args ...string) *exec.Cmd {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil
	}
	return exec.Command(path, args...)
}

// BenchmarkSources reads every engine and format that can be met here, beside
// its own client reading the same columns, or the usual command for such files. Clients throw
// away what they read; ours makes canonical rows of it.
func BenchmarkSources(b *testing.B) {
	n := benchRows(b)
	tables := entries(n)
	sqlRows := func(r reading) reading {
		r.unit, r.units, r.rows, r.ceiling = "rows", n, n, ceiling
		return r
	}
	b.Run("sqlite", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "entry.db")
		fillSQLite(b, path, tables)
		sqlRows(reading{what: "SQLite", url: "sqlite:" + path, table: "entry",
			than: "sqlite3 -csv", beside: tool("sqlite3", "-readonly", "-csv", path, "SELECT * FROM entry ORDER BY id")}).bench(b)
	})
	b.Run("postgres", func(b *testing.B) {
		at := testpg.Database(b)
		fillPostgres(b, at, tables)
		sqlRows(reading{what: "PostgreSQL", url: at, table: "entry",
			than: "psql, COPY TO STDOUT", beside: tool("psql", "-X", "-d", at, "-c", "COPY entry TO STDOUT")}).bench(b)
	})
	b.Run("mariadb", func(b *testing.B) {
		at := testmaria.Database(b)
		testmaria.Exec(b, at, tables...)
		u, err := url.Parse(at)
		if err != nil {
			b.Fatal(err)
		}
		sqlRows(reading{what: "MariaDB", url: at, table: "entry", than: "mariadb --batch --quick",
			beside: tool("mariadb", "--no-defaults", "--batch", "--quick", "--user=root", "--socket="+u.Query().Get("socket"),
				"--execute=SELECT * FROM entry ORDER BY id", strings.TrimPrefix(u.Path, "/"))}).bench(b)
	})
	b.Run("csv", func(b *testing.B) {
		dir := b.TempDir()
		path := writeCSV(b, dir, n)
		sqlRows(reading{what: "CSV", url: "dir:" + dir, table: "entry", than: "encoding/csv", beside: reader("csv", path, ""), counts: true}).bench(b)
	})
	b.Run("xlsx", func(b *testing.B) {
		dir := b.TempDir()
		path := writeWorkbook(b, dir, n)
		sqlRows(reading{what: "Excel", url: "dir:" + dir, table: "entry/Sheet1", than: "excelize, streaming", beside: reader("excelize", path, "Sheet1"), counts: true}).bench(b)
	})
	b.Run("pdf", func(b *testing.B) {
		const files, pages = 20, 100
		dir := b.TempDir()
		for i := range files {
			put(b, filepath.Join(dir, fmt.Sprintf("%02d.pdf", i)), letterPDF(i, pages))
		}
		reading{what: "PDF", unit: "pages", units: files * pages, url: "dir:" + dir, table: "file", rows: files, ceiling: documents,
			than: "pdftotext", beside: each("pdftotext", dir, ".pdf", "-")}.bench(b)
	})
	b.Run("scans", func(b *testing.B) {
		const pages = 2
		dir := b.TempDir()
		letter := filepath.Join(b.TempDir(), "letter.pdf")
		put(b, letter, letterPDF(0, pages))
		scan := tool("pdftoppm", "-r", "150", "-gray", "-png", letter, filepath.Join(dir, "scan"))
		if scan == nil || tool("tesseract") == nil {
			b.Skip("left out: needs pdftoppm (Debian: poppler-utils) and tesseract (tesseract-ocr)")
		}
		if out, err := scan.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		reading{what: "scans by OCR", how: "ocr", unit: "pages", units: pages, url: "dir:" + dir, table: "file", rows: pages, ceiling: documents,
			than: "tesseract", beside: each("tesseract", dir, ".png", "stdout")}.bench(b)
	})
	messages := n / 10
	mail := func(r reading) reading {
		r.unit, r.units, r.table, r.rows, r.ceiling = "messages", messages, "message", messages, mailCeiling(messages)
		return r
	}
	b.Run("mbox", func(b *testing.B) {
		path := writeMbox(b, messages)
		mail(reading{what: "mbox", url: "mbox:" + path, than: "Python's mailbox, all parts decoded", beside: tool("python3", "mail.py", "mbox", path), counts: true}).bench(b)
	})
	b.Run("pst", func(b *testing.B) {
		path := writePST(b, messages)
		mail(reading{what: "PST", url: "pst:" + path, than: "readpst, into one mbox file", beside: tool("readpst", "-q", "-o", b.TempDir(), path)}).bench(b)
	})
	b.Run("imap", func(b *testing.B) {
		user := testimap.Start(b)
		for i := range messages {
			user.Deliver(b, "", message(i))
		}
		at := reading{what: "IMAP", url: user.URL(), than: "Python's imaplib, all parts decoded", counts: true}
		if at.beside = tool("python3", "mail.py", "imap", user.TLS, user.Name, user.CA); at.beside != nil {
			at.beside.Env = append(os.Environ(), "PASSWORD="+user.Password)
		}
		mail(at).bench(b)
	})
}

// each is a program run on every file of a folder, one after the other, its
// output thrown away; nil if it is not installed.
func each(program, dir, ext string, args ...string) *exec.Cmd {
	if tool(program) == nil {
		return nil
	}
	return exec.Command("/bin/sh", append([]string{"-ec", `dir=$1 ext=$2 program=$3; shift 3; for f in "$dir"/*"$ext"; do "$program" "$f" "$@" >/dev/null 2>&1; done`,
		"sh", dir, ext, program}, args...)...)
}
