package pack_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tenet/internal/pack"
)

func TestCheck(t *testing.T) {
	list, err := pack.Files(answer(t))
	if err != nil {
		t.Fatal(err)
	}
	clean := []string{
		"Secretname", "Trap Secretname", "O'Brien", "07700 900999",
		"fold",           // within the name Folake, in other letters: no word
		"Fola",           // the beginning of a word
		"August", "Will", // words of the page
		"...", "", // no words at all
	}
	if err := pack.Check(list, clean, nil); err != nil {
		t.Errorf("a clean pack does not pass: %v", err)
	}

	with := func(text string) pack.Input {
		in := answer(t)
		in.Items = append(in.Items, pack.Item{ID: "x", Source: "s", Texts: []pack.Field{{Name: "body", Value: text}}})
		return in
	}
	for _, c := range []struct {
		name, secret string
		in           pack.Input
	}{
		{"as it stands", "Secretname", with("He met Secretname.")},
		{"escaped in the page", "O'Brien", with("He met O'Brien.")},
		{"escaped in JSON", `said "Bob"`, with(`She said "Bob" did it.`)},
		{"a word of the page, as a name", "Will", with("He met Will there.")},
		{"a month, as a name", "April", with("April called.")},
		{"in other scripts", "Łukasz", with("met Łukasz")},
		{"in the schedule", "Secretname", func() pack.Input { in := answer(t); in.Withheld[0].Reason = "Secretname refused."; return in }()},
		{"in what was not searched", "Secretname", func() pack.Input { in := answer(t); in.NotSearched[0].What = "Secretname.pdf"; return in }()},
		{"in a label", "Secretname", func() pack.Input { in := answer(t); in.Items[0].Fields[0].Label = "Secretname"; return in }()},
		{"in a note", "Secretname", func() pack.Input { in := answer(t); in.Items[0].Fields[0].Note = "as Secretname says"; return in }()},
	} {
		list, err := pack.Files(c.in)
		if err != nil {
			t.Fatal(err)
		}
		err = pack.Check(list, []string{"nothing", c.secret}, nil)
		if err == nil {
			t.Errorf("%s: it passes", c.name)
		} else if strings.Contains(err.Error(), c.secret) || !strings.Contains(err.Error(), "2 of 2") {
			t.Errorf("%s: the error is %v", c.name, err)
		}
	}

	named := append([]pack.File{{Name: "letter to Secretname.txt"}}, list...)
	if err := pack.Check(named, []string{"Secretname"}, nil); err == nil {
		t.Error("a secret in a name passes")
	}
	if err := pack.Check(list[:1], []string{"Secretname"}, nil); err == nil {
		t.Error("files without the JSON pass")
	}
}

func TestCheckAsksTheProof(t *testing.T) {
	list, err := pack.Files(answer(t))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	base64 := func(b []byte, secrets []string) error {
		for _, f := range list {
			if bytes.Equal(b, f.Bytes) || string(b) == f.Name {
				seen[f.Name+string(b[:1])] = true
				if len(secrets) != 2 || secrets[0] != "" || secrets[1] != "Secretname" {
					t.Errorf("the proof is asked about %q", secrets)
				}
			}
		}
		return nil
	}
	if err := pack.Check(list, []string{"August", "Secretname"}, base64); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2*len(list) {
		t.Errorf("the proof saw %d names and files, want those of %d files", len(seen), len(list))
	}
	found := errors.New("found in base64")
	if err := pack.Check(list, []string{"Secretname"}, func(b []byte, _ []string) error {
		if bytes.HasPrefix(b, []byte("\uFEFF")) {
			return found
		}
		return nil
	}); !errors.Is(err, found) || !strings.Contains(err.Error(), pack.CSVName) {
		t.Errorf("the error is %v", err)
	}
}

// readBack reads PDFs with Poppler and workbooks with excelize's reader.
func readBack(t testing.TB) func(string, []byte) (string, error) {
	return func(name string, data []byte) (string, error) {
		if strings.HasSuffix(name, ".pdf") {
			return poppler(t, data, "pdftotext", "-raw", "FILE", "-"), nil
		}
		x, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			return "", err
		}
		defer x.Close()
		var b strings.Builder
		for _, sheet := range x.GetSheetList() {
			rows, err := x.GetRows(sheet)
			if err != nil {
				return "", err
			}
			for _, row := range rows {
				b.WriteString(strings.Join(row, "\t") + "\n")
			}
		}
		return b.String(), nil
	}
}

// fileOf is one of the extra files of an answer, with other files of a clean one
// around it: what leaks in it leaks nowhere else.
func fileOf(t *testing.T, name string, spoil func(*pack.Input)) []pack.File {
	t.Helper()
	in := answer(t)
	clean, err := pack.Files(in, pack.Print, pack.Spreadsheet)
	if err != nil {
		t.Fatal(err)
	}
	spoil(&in)
	spoilt, err := pack.Files(in, pack.Print, pack.Spreadsheet)
	if err != nil {
		t.Fatal(err)
	}
	for i := range clean {
		if clean[i].Name == name {
			clean[i] = spoilt[i]
		}
	}
	return clean
}

func TestCheckLooksInsidePDFsAndWorkbooks(t *testing.T) {
	value := func(v string) func(*pack.Input) {
		return func(in *pack.Input) {
			in.Items = append(in.Items, pack.Item{ID: "x", Source: "s", Table: "t", Texts: []pack.Field{{Name: "body", Value: v}}})
		}
	}
	k := pack.Checker{Text: readBack(t)}
	for _, c := range []struct {
		name, file, secret string
		spoil              func(*pack.Input)
	}{
		{"in the text of the PDF", pack.PDFName, "Secretname", value("He met Secretname.")},
		{"in other letters", pack.PDFName, "Łukasz Żak", value("met Łukasz Żak")},
		{"over the end of a line", pack.PDFName, "Trap Secretname", value(strings.Repeat("word ", 19) + "Trap Secretname" + strings.Repeat(" word", 30))},
		{"in a word that was parted", pack.PDFName, "N" + strings.Repeat("oo", 90) + "t", value("N" + strings.Repeat("oo", 90) + "t")},
		{"in the PDF's properties", pack.PDFName, "Żółty", func(in *pack.Input) { in.Reference = "Żółty" }},
		{"in a title in the workbook", pack.SheetName, "O'Brien", func(in *pack.Input) { in.Items[0].Title = "To O'Brien" }},
		{"in the workbook's properties", pack.SheetName, "Secretname", func(in *pack.Input) { in.Reference = "Secretname" }},
	} {
		if err := k.Check(fileOf(t, c.file, func(*pack.Input) {}), []string{c.secret}); err != nil {
			t.Errorf("%s: a clean pack does not pass: %v", c.name, err)
		}
		err := k.Check(fileOf(t, c.file, c.spoil), []string{"nothing", c.secret})
		if err == nil || !strings.Contains(err.Error(), c.file) || strings.Contains(err.Error(), c.secret) {
			t.Errorf("%s: the error is %v", c.name, err)
		}
	}
	// What is only in the properties is found there.
	blind := pack.Checker{Text: func(string, []byte) (string, error) { return "some words", nil }}
	for _, name := range []string{pack.PDFName, pack.SheetName} {
		if err := blind.Check(fileOf(t, name, func(in *pack.Input) { in.Reference = "Żółty" }), []string{"Żółty"}); err == nil {
			t.Errorf("the properties of %s were not looked at", name)
		}
	}
}

func TestCheckFailsClosed(t *testing.T) {
	broken := errors.New("no such program")
	for name, k := range map[string]pack.Checker{
		"nothing to read with": {},
		"a reader that fails":  {Text: func(string, []byte) (string, error) { return "", broken }},
		"a reader of nothing":  {Text: func(string, []byte) (string, error) { return " \n", nil }},
	} {
		for _, extra := range []pack.Extra{pack.Print, pack.Spreadsheet} {
			list, err := pack.Files(answer(t), extra)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Check(list, nil); err == nil {
				t.Errorf("%s: it passes", name)
			}
		}
	}
}
