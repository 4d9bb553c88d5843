package app

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tenet/internal/keys"
)

// TestFormsBelongToNoProcess: a form that is begun at one process is finished at
// another, and one that is sent at two is one request with one receipt.
func TestFormsBelongToNoProcess(t *testing.T) {
	w := open(t)
	_, one, _ := w.office(t)
	_, two, _ := w.office(t)
	v := visit(t, one)
	elsewhere := visitor{t, v.http, two}
	v.post("/request/what", "what", "access")
	elsewhere.post("/request/about", "about", "A shed in Cable Street.")
	v.post("/request/who", "who", "self")
	elsewhere.post("/request/name", "name", "Zebedee Nowhere")
	v.post("/request/reach", "email", "zebedee@example.org")
	v.post("/request/safe", "safe", "yes")
	elsewhere.post("/request/help")

	// What was typed is nowhere in the workspace as it was typed.
	found := 0
	files, err := filepath.Glob(filepath.Join(w.Dir, "tenet.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found += bytes.Count(data, []byte(formPrefix))
		for _, typed := range []string{"Zebedee", "zebedee", "Cable Street"} {
			if bytes.Contains(data, []byte(typed)) {
				t.Errorf("%s holds %q in clear", filepath.Base(name), typed)
			}
		}
	}
	if found == 0 {
		t.Error("the form is not in the store")
	}

	type receipt struct{ reference, code string }
	receipts := make(chan receipt, 2)
	for _, v := range []visitor{v, elsewhere} {
		go func() {
			_, page := v.post("/request/check")
			receipts <- receipt{referenceForm.FindString(page), codeForm.FindString(page)}
		}()
	}
	first, second := <-receipts, <-receipts
	if first != second || first.reference == "" || first.code == "" {
		t.Errorf("sent twice, the form's receipts are %v and %v", first, second)
	}
}

func TestForms(t *testing.T) {
	w := open(t)
	ctx, f := t.Context(), w.bureau(t).forms()
	soon := time.Now().Add(time.Hour)
	for i := range 5 {
		if err := f.Commit(fmt.Sprint(i), []byte("typed"), soon.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	staff := w.Store.Sessions(w.Config.Landlord)
	if err := staff.Commit("3", []byte("signed in"), soon.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	if err := f.bound(ctx, 2); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, false, false, true, true} {
		data, found, err := f.Find(fmt.Sprint(i))
		if err != nil || found != want || want && string(data) != "typed" {
			t.Errorf("form %d: %q, %v, %v", i, data, found, err)
		}
	}
	if data, found, err := staff.Find("3"); err != nil || !found || string(data) != "signed in" {
		t.Errorf("the session of staff: %q, %v, %v", data, found, err)
	}

	// A row in another's place, one of nobody's making, and one of other keys.
	moved, _, err := staff.Find(formPrefix + "3")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"moved": moved, "empty": {}, "short": {60, 1, 2}, "wrong": bytes.Repeat([]byte{60}, 200)} {
		if err := staff.Commit(formPrefix+name, data, soon); err != nil {
			t.Fatal(err)
		}
		if _, found, err := f.Find(name); found || err != nil {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	other, err := keys.Create(filepath.Join(t.TempDir(), "keys"), "tenet.local/other")
	if err != nil {
		t.Fatal(err)
	}
	if _, found, err := (&forms{staff, w.Store, other, w.Config.Landlord}).Find("3"); found || err != nil {
		t.Errorf("under other keys: %v, %v", found, err)
	}
	if err := f.Delete("3"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := f.Find("3"); found || err != nil {
		t.Errorf("deleted: %v, %v", found, err)
	}
}
