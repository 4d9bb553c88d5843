package pack_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

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
