package source

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// searchExport is the export of a content search, as it has been since 2016: a folder for each kind of
// place, and reports beside them.
func searchExport(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	box := filepath.Join(dir, "Exchange", "ann@example.org (Primary)", "Top of Information Store", "Inbox", "Repairs")
	write(t, filepath.Join(box, "1.eml"), twelve[0].raw)
	write(t, filepath.Join(box, "2.eml"), twelve[1].raw)
	if err := os.WriteFile(filepath.Join(dir, "Exchange", "bob@example.org.001.pst"), twelveArchive().Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "SharePoint", "https___example_sharepoint_com_sites_housing", "Documents", "plan.txt"), "The plan.")
	write(t, filepath.Join(dir, "Teams", "housing", "chat.html"), "<p>Ann: is it <b>damp</b>?</p>")
	write(t, filepath.Join(dir, "SharePoint", "site", "Results.csv"), "a,b\n1,2\n") // somebody's own
	write(t, filepath.Join(dir, "Results.csv"), "\xEF\xBB\xBFItem Identity,Document ID,Selected,Duplicate to Item,Original Path,Location Name,Target Path,Subject or Title\r\n"+
		"1,,True,,Inbox,ann@example.org,Exchange\\ann@example.org (Primary)\\Top of Information Store\\Inbox\\Repairs\\1.eml,Damp\r\n"+
		"2,,True,,Inbox,bob@example.org,Exchange\\bob@example.org.001.pst\\Inbox\\Damp,Damp\r\n"+
		"3,,True,,Inbox,ann@example.org,Exchange\\ann@example.org (Primary)\\Top of Information Store\\Inbox\\gone.eml,Gone\r\n"+
		"4,,True,1,Inbox,cy@example.org,,Damp\r\n"+
		"5,,True,,Documents,https://example.sharepoint.com/sites/housing,SharePoint\\https___example_sharepoint_com_sites_housing\\Documents\\plan.txt,plan.txt\r\n")
	write(t, filepath.Join(dir, "Errors and Warnings.csv"), "Item Identity,Original Path,Error Message\r\n9,Inbox/locked.msg,The item is encrypted\r\n")
	write(t, filepath.Join(dir, "Manifest.xml"), `<Root><Batch><Documents><Document DocID="1"><Files><File FileType="Native"><ExternalFile FilePath="Exchange\ann@example.org (Primary)\Top of Information Store\Inbox\Repairs" FileName="1.eml"/></File></Files></Document><Document DocID="8"><Files><File><ExternalFile FilePath="SharePoint" FileName="lost.docx"/></File></Files></Document></Documents></Batch></Root>`)
	write(t, filepath.Join(dir, "trace.log"), "x")
	return dir
}

func TestPurviewSearch(t *testing.T) {
	ctx := context.Background()
	s, said := open(t, "purview:"+searchExport(t), Options{})
	got := lines(t, narrowed(s, "message", "folder", "mailbox"))
	if len(got) != 14 {
		t.Fatalf("%d messages: %q", len(got), got)
	}
	if want := "Exchange/ann@example.org (Primary)/Top of Information Store/Inbox/Repairs/1.eml|Inbox/Repairs|ann@example.org"; got[0] != want {
		t.Errorf("%q, want %q", got[0], want)
	}
	if !strings.HasSuffix(got[2], "|Top of Outlook data file/Inbox|bob@example.org") {
		t.Errorf("%q", got[2])
	}
	if diff := cmp.Diff([]string{
		"SharePoint/https___example_sharepoint_com_sites_housing/Documents/plan.txt|The plan.|https://example.sharepoint.com/sites/housing",
		"SharePoint/site/Results.csv|a,b\n1,2\n|site",
		"Teams/housing/chat.html|Ann: is it damp?|housing",
	}, lines(t, narrowed(s, "file", "path", "text", "location"))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "Results.csv, line 4", "does not hold")
	said.must(t, "1 items are held in other mailboxes too")
	said.must(t, "Errors and Warnings.csv, line 2", "not exported, or not wholly", "The item is encrypted")
	said.must(t, "Manifest.xml", "SharePoint/lost.docx")
	if said.says("line 2", "does not hold") || said.says("line 3", "does not hold") || said.says("line 6") {
		t.Errorf("what is there is said to be missing: %v", said.list)
	}
	everyRowFoundAgain(t, s, 20)
	if got := lines(t, s.Lookup(ctx, "file", []rows.Match{is("name", "plan.txt")})); len(got) != 1 {
		t.Errorf("looking a file up: %q", got)
	}
}

// A review set comes as native files, the load file of which says whose they are; and an export of 2025 on in zips.
func TestPurviewReviewSet(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "NativeFiles", "0001.eml"), twelve[0].raw)
	write(t, filepath.Join(dir, "Conversations", "0002.html"), "<p>chat</p>")
	write(t, filepath.Join(dir, "Export_load_file_1.csv"), "File_ID,Custodian,Compound_path,Export_native_path,Error_code\r\n"+
		"1,Ann@example.org,Inbox/Damp,NativeFiles/0001.eml,\r\n2,Ann@example.org,Chat,Conversations/0002.html,\r\n3,Bob@example.org,Inbox/x,NativeFiles/0003.msg,ItemNotFound\r\n4,Bob@example.org,Inbox/y,,PasswordProtected\r\n")
	s, said := open(t, "purview:"+dir, Options{})
	if diff := cmp.Diff([]string{"NativeFiles/0001.eml|Ann@example.org"}, lines(t, narrowed(s, "message", "mailbox"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Conversations/0002.html|Ann@example.org"}, lines(t, narrowed(s, "file", "location"))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "line 4", "does not hold: ItemNotFound")
	said.must(t, "line 5", "PasswordProtected")
}

func exportZip(t *testing.T, method uint16, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(content))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPurviewZips(t *testing.T) {
	archive := string(twelveArchive().Bytes())
	dir := t.TempDir()
	write(t, filepath.Join(dir, "PSTs.001.zip"), exportZip(t, zip.Store, map[string]string{"Exchange/ann@example.org.pst": archive}))
	write(t, filepath.Join(dir, "PSTs.002.zip"), exportZip(t, zip.Deflate, map[string]string{"Exchange/bob@example.org.pst": archive}))
	write(t, filepath.Join(dir, "Items.001.zip"), exportZip(t, zip.Deflate, map[string]string{"OneDrive/cy/letter.txt": "Dear Cy", "Exchange/cy/Inbox/1.eml": twelve[0].raw, "../../outside.txt": "x"}))
	write(t, filepath.Join(dir, "Reports-1.zip"), exportZip(t, zip.Deflate, map[string]string{"Items_0.csv": "Item ID,Target path,Location\n1,Exchange/cy/Inbox/1.eml,cy@example.org\n2,Exchange/cy/Inbox/2.eml,cy@example.org\n"}))
	write(t, filepath.Join(dir, "Items.002.zip"), "not a zip")
	s, said := open(t, "purview:"+dir, Options{})
	if got := lines(t, narrowed(s, "message", "mailbox")); len(got) != 13 || got[0] != "Items.001.zip/Exchange/cy/Inbox/1.eml|cy@example.org" {
		t.Errorf("%d: %q", len(got), got)
	}
	if diff := cmp.Diff([]string{"Items.001.zip/OneDrive/cy/letter.txt|Dear Cy|cy", "Items.001.zip/outside.txt|x|∅"}, lines(t, narrowed(s, "file", "text", "location"))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "PSTs.002.zip/Exchange/bob@example.org.pst", "unpacked first")
	said.must(t, "Items.002.zip", "cannot be read")
	said.must(t, "Items_0.csv, line 3", "does not hold")
	everyRowFoundAgain(t, s, 20)

	alone := write(t, filepath.Join(t.TempDir(), "all.zip"), exportZip(t, zip.Deflate, map[string]string{"Exchange/cy/Inbox/1.eml": twelve[0].raw}))
	s, said = open(t, "purview:"+alone, Options{})
	if got := lines(t, narrowed(s, "message", "folder", "mailbox")); len(got) != 1 || got[0] != "Exchange/cy/Inbox/1.eml|Inbox|cy" {
		t.Errorf("%q", got)
	}
	said.must(t, "no reports")
}

func FuzzPurviewReport(f *testing.F) {
	f.Add([]byte("Item Identity,Target Path,Error Code\n1,Exchange\\a.eml,0\n2,\"x\ny\",bad\n"))
	f.Add([]byte(`<Root><ExternalFile FilePath="a\b" FileName="c"/><ExternalFile FileName="`))
	e := &export{at: map[string]int{"exchange/a.eml": 0, "a.pst": 1}, files: make([]exportFile, 2)}
	f.Fuzz(func(t *testing.T, in []byte) {
		l := doc.Limits{Bytes: 1 << 20, Record: 1 << 16}
		reportLines(bytes.NewReader(in), l, func(r reportRow) error {
			e.find(r.get["target"])
			return nil
		})
		manifestFiles(bytes.NewReader(in), l, func(target string) error {
			e.find(target)
			return nil
		})
	})
}
