package desk

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/doc"
	"tenet/internal/pack"
	"tenet/internal/redact"
)

// aLetter is a PDF of one page with these lines, an author in its properties and a comment beside the page.
func aLetter(lines ...string) []byte {
	content := "BT /F 14 Tf 20 260 Td "
	for _, l := range lines {
		content += "(" + strings.NewReplacer("(", `\(`, ")", `\)`).Replace(l) + ") Tj 0 -30 Td "
	}
	content += "ET"
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 300] /Resources << /Font << /F 5 0 R >> >> /Contents 4 0 R >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "<< /Producer (Qtestproducer) >>",
	} {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer\n<< /Root 1 0 R /Info 6 0 R >>\n%%EOF\n")
	return b.Bytes()
}

// aWord is a Word document with these paragraphs and somebody else's comment.
func aWord(t testing.TB, paragraphs ...string) []byte {
	t.Helper()
	body := ""
	for _, p := range paragraphs {
		body += "<w:p><w:r><w:t>" + p + "</w:t></w:r></w:p>"
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{
		{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`},
	} {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// archive is a workspace over a tenant's record, a folder of letters and a mailbox.
func archive(t testing.TB, files map[string][]byte) *Desk {
	t.Helper()
	d, _, dir := bureau(t, `
CREATE TABLE tenant(id INTEGER PRIMARY KEY, name TEXT, dob DATE, phone TEXT, ref TEXT);
CREATE TABLE neighbour(id INTEGER PRIMARY KEY, name TEXT, phone TEXT);
INSERT INTO tenant VALUES (1,'Jane Okafor','1980-02-03','07700900111','TEN-004417');
INSERT INTO neighbour VALUES (1,'Gladys Pettifer','07700900222');`, `
  tenant: {people: yes, key: id, identifiers: {name: name, dob: dob, phone: phone, ref: ref}}
  neighbour: {people: yes, key: id, identifiers: {name: name, phone: phone}}
`)
	for name, data := range files {
		path := filepath.Join(dir, "letters", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.AddSource(System{Name: "letters", URL: "dir:" + filepath.Join(dir, "letters")}); err != nil {
		t.Fatal(err)
	}
	mapped := "source: letters\ntables:\n  file: {key: path, columns: {text: {free-text: true}}}\n  message: {key: id, columns: {body: {free-text: true}}}\n  attachment: {key: [message, part], columns: {text: {free-text: true}}}\n"
	if err := os.WriteFile(d.mapFile("letters"), []byte(mapped), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(context.Background(), false, nil); err != nil {
		t.Fatal(err)
	}
	return d
}

// handed are the documents of the draft of a case, by what they are called there.
func handed(t testing.TB, d *Desk, k cases.Case) (docs map[string][]byte, all map[string][]byte) {
	t.Helper()
	files, err := d.openDraft(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	docs, all = map[string][]byte{}, map[string][]byte{}
	for _, f := range files {
		all[f.Name] = f.Bytes
		if name, ok := strings.CutPrefix(f.Name, pack.DocumentFolder); ok {
			_, name, _ = strings.Cut(name, "-")
			docs[name] = f.Bytes
		}
	}
	return docs, all
}

func reading(t testing.TB, name string, data []byte) string {
	t.Helper()
	f, err := doc.Read(bytes.NewReader(data), name, "", doc.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f.Text
}

func TestDocumentsOfAnAnswer(t *testing.T) {
	const mine = "Dear Jane Okafor, your tenancy is TEN-004417 and your boiler was serviced."
	const other = "Your neighbour Gladys Pettifer rang us on 07700 900222 about the noise."
	d := archive(t, map[string][]byte{
		"letter.pdf":           aLetter(mine, other),
		"Gladys Pettifer.docx": aWord(t, mine, other),
		"note.txt":             []byte(mine + "\n" + other + "\n"),
		"own.pdf":              aLetter(mine),
		"broken.pdf":           []byte("%PDF-1.7 TEN-004417 Jane Okafor"),
		"list.csv":             []byte("who,phone\nGladys Pettifer,07700900222\n"),
		"mail/one.eml":         []byte("From: office@example.org\r\nTo: jane@example.org\r\nSubject: TEN-004417\r\nMessage-ID: <1@example.org>\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\n" + mine + "\r\n--B\r\nContent-Type: text/plain; name=attached.txt\r\nContent-Disposition: attachment; filename=attached.txt\r\n\r\n" + mine + " " + other + "\r\n--B--\r\n"),
	})
	res, err := d.Access(t.Context(), AccessRequest{Query: jane, By: "tester"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := releaseAll(t, d, res)
	res, err = d.Redraft(t.Context(), k, cases.On{Case: k.ID, By: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	docs, all := handed(t, d, res.Case)
	var names []string
	for name := range docs {
		names = append(names, name)
	}
	slices.Sort(names)
	t.Log(names)
	for name, data := range docs {
		text := reading(t, name, data)
		for _, never := range []string{"Pettifer", "Gladys", "900222", "Qtestproducer"} {
			if strings.Contains(text, never) || bytes.Contains(data, []byte(never)) || strings.Contains(name, never) {
				t.Errorf("%s holds %q: %q", name, never, text)
			}
		}
		if !strings.Contains(text, "boiler was serviced") {
			t.Errorf("%s lacks what stays: %q", name, text)
		}
	}
	for _, want := range []string{"letter.pdf", "own.pdf", "note.txt", "Person-1.docx", "attached.txt"} {
		if docs[want] == nil {
			t.Errorf("no %s among %v", want, names)
		}
	}
	var said struct {
		Items []struct {
			Documents []struct{ File string }
		}
	}
	if err := json.Unmarshal(all[pack.JSONName], &said); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range said.Items {
		n += len(x.Documents)
	}
	if n != len(docs) || n == 0 {
		t.Errorf("%d told of, %d there", n, len(docs))
	}
	// The same again is the same draft, byte for byte.
	again, err := d.Redraft(t.Context(), res.Case, cases.On{Case: k.ID, By: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	if again.Case.Draft.Pack != res.Case.Draft.Pack {
		t.Error("made again, the draft is another")
	}
}

// releaseAll decides that every record goes out.
func releaseAll(t testing.TB, d *Desk, res *Access) cases.Case {
	t.Helper()
	k := res.Case
	var items []string
	for _, x := range res.List {
		t.Log(x.Record.Source, x.Record.Table, x.Record.Whose, x.Out, x.Waits)
		items = append(items, x.Item)
	}
	k, err := d.Decide(t.Context(), k, cases.On{Case: k.ID, By: "tester", Version: k.Version}, items, true, "", "read, and it goes")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// What cannot be proven, cannot be read, or is not what it was stays out; its text goes, and the answer says so.
func TestDocumentsThatStayOut(t *testing.T) {
	const mine = "Dear Jane Okafor, your tenancy is TEN-004417 and your boiler was serviced."
	d := archive(t, map[string][]byte{
		"good.txt":    []byte(mine),
		"changed.txt": []byte(mine + " Please call us."),
		"long.txt":    []byte(mine + strings.Repeat(".", 1<<20)),
	})
	res, err := d.Access(t.Context(), AccessRequest{Query: jane, By: "tester"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := releaseAll(t, d, res)
	for _, s := range d.Config.Sources {
		if s.Name == "letters" {
			path := filepath.Join(strings.TrimPrefix(s.URL, "dir:"), "changed.txt")
			if err := os.WriteFile(path, []byte("Dear Gladys Pettifer, another letter altogether."), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if res, err = d.Redraft(t.Context(), k, cases.On{Case: k.ID, By: "tester"}); err != nil {
		t.Fatal(err)
	}
	docs, all := handed(t, d, res.Case)
	if len(docs) != 1 || docs["good.txt"] == nil {
		t.Errorf("%d documents went out, want the one", len(docs))
	}
	page := string(all[pack.JSONName])
	for _, want := range []string{gapGone, reasonUnread, "Please call us."} {
		if !strings.Contains(page, want) {
			t.Errorf("the answer does not say %q", want)
		}
	}
	if strings.Contains(page, "another letter altogether") {
		t.Error("what nobody decided on went out")
	}
}

// parts of documents are made as the desk makes them, over one record.
func single(t testing.TB, d *Desk, res *Access) (*systems, []Disposition, *composer, *redact.State) {
	t.Helper()
	s, err := d.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	red, err := d.redactor(t.Context(), s, res.Answer)
	if err != nil {
		t.Fatal(err)
	}
	c := &composer{caseID: res.Case.ID, maps: s.maps, notice: d.Notice, redactor: red, own: ownWords(res.Answer.Person.Known), base: map[string]redact.Flagged{}}
	for _, x := range res.List {
		c.base[x.Item] = redact.Flagged{Flag: redact.FlagRelease, Verdict: redact.Verdict{Action: redact.Reveal, By: "tester"}}
	}
	state, err := c.compose(res.Answer)
	if err != nil {
		t.Fatal(err)
	}
	return s, dispositions(res.Answer.Records, state), c, state
}

func TestDocumentsFailClosed(t *testing.T) {
	const mine = "Dear Jane Okafor, your tenancy is TEN-004417 and your boiler was serviced."
	d := archive(t, map[string][]byte{"a.txt": []byte(mine + " Mr Zbigniew Ostrowski told us."), "b.txt": []byte(mine + " The Ostrowski flat is empty.")})
	res, err := d.Access(t.Context(), AccessRequest{Query: jane, By: "tester"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, list, c, state := single(t, d, res)
	make := func() *documents { // with what list and c are now
		t.Helper()
		ds, err := d.documents(t.Context(), s, list, c, state, nil)
		if err != nil {
			t.Fatal(err)
		}
		return ds
	}
	if ds := make(); len(ds.copies) != 2 {
		t.Fatalf("%d copies, left out: %v, missing: %v", len(ds.copies), ds.left, ds.missing)
	}
	at := slices.IndexFunc(list, func(x Disposition) bool { return x.goes(documentsColumn) })
	for j, f := range list[at].Fields {
		if f.Name != documentsColumn {
			continue
		}
		was := list[at].Fields[j]
		list[at].Fields[j].Out, list[at].Fields[j].Reason = false, reasonOther
		if ds := make(); len(ds.copies) != 1 || len(ds.left) != 0 {
			t.Errorf("the text stays in, and %d documents go", len(ds.copies))
		}
		list[at].Fields[j] = was
		list[at].Fields[0].Out, list[at].Fields[0].Reason = false, reasonOther
		if ds := make(); ds.left[list[at].Item] != reasonPartly {
			t.Errorf("a part stays in: %v", ds.left)
		}
		list[at].Fields[0].Out, list[at].Fields[0].Reason = true, ""
	}
	// What is withheld elsewhere goes from the documents too, and one in which it cannot be told from what stays is dropped.
	c.secrets = append(c.secrets, "boiler was serviced")
	ds := make()
	if len(ds.copies) != 2 {
		t.Fatalf("left out: %v", ds.left)
	}
	for _, x := range ds.copies {
		if bytes.Contains(x.Bytes, []byte("boiler")) || !bytes.Contains(x.Bytes, []byte(labelWithheld)) {
			t.Errorf("%s: %s", x.Name, x.Bytes)
		}
	}
	c.secrets = append(c.secrets, "is TEN-004417 and")
	if ds := make(); len(ds.copies) != 0 || len(ds.left) != 2 {
		t.Errorf("a string that cannot go without what stays: %d copies, left out: %v", len(ds.copies), ds.left)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.documents(ctx, s, list, c, state, nil); err == nil {
		t.Error("cancelled, it went on")
	}
}

// What was found in a document and in no text is taken out of the texts, and a copy that holds it is dropped.
func TestDocumentsSpread(t *testing.T) {
	d := archive(t, map[string][]byte{"a.txt": []byte("Dear Jane Okafor, TEN-004417.")})
	res, err := d.Access(t.Context(), AccessRequest{Query: jane, By: "tester"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _, c, _ := single(t, d, res)
	ds := &documents{copies: map[string]pack.Document{
		"x": {Name: "x.txt", Bytes: []byte("signed Q. Tarrant-Bligh")}, "y": {Name: "y.txt", Bytes: []byte("signed by nobody")},
	}, left: map[string]string{}, details: map[string]string{}, said: map[[32]byte]string{}, secrets: []string{"Tarrant-Bligh"}}
	list := []Disposition{
		{Item: "x", Out: true, Fields: []FieldFate{{Name: "text", Out: true, Clean: "TARRANT BLIGH was here, and Tarrant-Bligh again"}, {Name: "other", Out: true, Clean: "plain"}}},
		{Item: "y", Out: true, Fields: []FieldFate{{Name: "text", Out: true, Clean: "in code: " + "hgilBtnarraT"}}},
	}
	ds.spread(t.Context(), list, c)
	if got := list[0].Fields[0]; got.Clean != "[withheld] was here, and [withheld] again" || len(got.Pieces) != 2 || len(got.Under) != 2 {
		t.Errorf("%+v", got)
	}
	if list[0].Fields[1].Clean != "plain" {
		t.Errorf("%+v", list[0].Fields[1])
	}
	if got := list[1].Fields[0]; got.Out || got.Clean != "" {
		t.Errorf("a hidden form stays: %+v", got)
	}
	if ds.left["x"] != reasonUnproven || len(ds.copies) != 1 {
		t.Errorf("left: %v, %d copies", ds.left, len(ds.copies))
	}
	in := pack.Input{Items: []pack.Item{{ID: "x"}, {ID: "y"}}}
	ds.missing = []pack.Gap{{What: "letters: file", Why: gapGone}}
	ds.into(&in)
	if len(in.Withheld) != 1 || in.Withheld[0].Item != "x" || len(in.Items[1].Documents) != 1 || len(in.NotSearched) != 1 {
		t.Errorf("%+v", in)
	}
}
