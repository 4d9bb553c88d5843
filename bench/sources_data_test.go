package bench

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"tenet/internal/testpst"
)

var entryColumns = []string{"id", "tenant", "address", "born", "email", "phone", "amount", "paid", "noted", "note"}

// entry is a row of a table as housing systems have them, ten columns wide.
func entry(i int) []string {
	day := time.Date(1940+i%65, time.Month(1+i%12), 1+i%28, 0, 0, 0, 0, time.UTC)
	return []string{
		fmt.Sprint(i + 1), spoken(i%211, 2) + " " + spoken(i*7919%20011, 4), fmt.Sprintf("%d Harbour Street, Whitby", 1+i%180), day.Format(time.DateOnly),
		fmt.Sprintf("tenant.%d@example.org", i), fmt.Sprintf("07700 900%03d", i%1000), fmt.Sprintf("%d.%02d", i%700, i%100), fmt.Sprint(i % 2),
		fmt.Sprintf("2026-%02d-%02d 09:%02d:00", 1+i%12, 1+i%28, i%60),
		fmt.Sprintf("rang about the boiler pressure, engineer attended, job JB%06d closed", i),
	}
}

// entries are the statements that make a table of n entries, in SQL that every
// engine takes.
func entries(n int) []string {
	out := []string{`CREATE TABLE entry (id int NOT NULL PRIMARY KEY, tenant varchar(80), address varchar(120), born date, email varchar(120), phone varchar(20),
		amount decimal(10,2), paid int, noted timestamp, note text)`}
	for i := 0; i < n; {
		var s strings.Builder
		s.WriteString("INSERT INTO entry VALUES ")
		for to := min(i+500, n); i < to; i++ {
			if s.Len() > 30 {
				s.WriteString(", ")
			}
			s.WriteString("('" + strings.Join(entry(i), "', '") + "')")
		}
		out = append(out, s.String())
	}
	return out
}

func fillSQLite(b *testing.B, path string, statements []string) {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(0)&_pragma=journal_mode(off)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			b.Fatal(err)
		}
	}
}

func fillPostgres(b *testing.B, at string, statements []string) {
	b.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, at)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			b.Fatal(err)
		}
	}
}

func writeCSV(b *testing.B, dir string, n int) string {
	b.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write(entryColumns)
	for i := range n {
		w.Write(entry(i))
	}
	w.Flush()
	return put(b, filepath.Join(dir, "entry.csv"), out.Bytes())
}

func writeWorkbook(b *testing.B, dir string, n int) string {
	b.Helper()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	must(err)
	cells := func(row int, texts []string) {
		values := make([]any, len(texts))
		for i, t := range texts {
			values[i] = t
		}
		must(w.SetRow(fmt.Sprintf("A%d", row), values))
	}
	cells(1, entryColumns)
	for i := range n {
		cells(2+i, entry(i))
	}
	must(w.Flush())
	path := filepath.Join(dir, "entry.xlsx")
	must(f.SaveAs(path))
	must(f.Close())
	return path
}

// letterPDF is a PDF with the words of a letter on each page, different in each file.
func letterPDF(nth, pages int) []byte {
	var kids strings.Builder
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
		var page strings.Builder
		page.WriteString("BT /F 11 Tf 16 TL 50 790 Td ")
		for line := range 45 {
			e := entry(nth*7919 + i*45 + line)
			fmt.Fprintf(&page, "(%s of %s %s.) Tj T* ", e[1], e[2], e[9][:30])
		}
		page.WriteString("ET")
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>", 5+2*i),
			fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", page.Len(), page.String()))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), pages)
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return out.Bytes()
}

// letter is the text of a message of a kilobyte.
func letter(i int) string {
	var s strings.Builder
	for k := range 10 {
		e := entry(i*10 + k)
		s.WriteString(e[1] + " of " + e[2] + " " + e[9] + ".\r\n")
	}
	return s.String()
}

func message(i int) string {
	e := entry(i)
	var s strings.Builder
	fmt.Fprintf(&s, "From: %s <%s>\r\nTo: repairs@example.org\r\nSubject: Repair %d\r\nDate: %s\r\nMessage-ID: <%d.repair@example.org>\r\nMIME-Version: 1.0\r\n",
		e[1], e[4], i, time.Date(2026, 1, 1, 9, i, 0, 0, time.UTC).Format(time.RFC1123Z), i)
	s.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&s)
	w.Write([]byte(letter(i)))
	w.Close()
	return s.String()
}

func writeMbox(b *testing.B, n int) string {
	b.Helper()
	var out bytes.Buffer
	for i := range n {
		out.WriteString("From - Fri Jan 02 10:00:00 2026\n" + strings.ReplaceAll(message(i), "\r\n", "\n") + "\n")
	}
	return put(b, filepath.Join(b.TempDir(), "in.mbox"), out.Bytes())
}

func writePST(b *testing.B, n int) string {
	b.Helper()
	var items []testpst.Item
	for i := range n {
		e := entry(i)
		items = append(items, testpst.Item{
			Properties: testpst.Properties{0x001A: "IPM.Note", 0x0037: fmt.Sprintf("Repair %d", i), 0x0C1A: e[1], 0x5D01: e[4],
				0x0039: time.Date(2026, 1, 1, 9, i, 0, 0, time.UTC), 0x1035: fmt.Sprintf("<%d.repair@example.org>", i), 0x1000: letter(i)},
			Recipients: []testpst.Properties{{0x3001: "Repairs", 0x39FE: "repairs@example.org", 0x0C15: int32(1)}},
		})
	}
	archive := testpst.Archive{Name: "repairs", Crypt: 1, Folders: []testpst.Folder{{Name: "Inbox", Items: items}}}
	return put(b, filepath.Join(b.TempDir(), "in.pst"), archive.Bytes())
}

func put(b *testing.B, path string, data []byte) string {
	b.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}
