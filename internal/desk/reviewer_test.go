package desk

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"tenet/internal/pack"
)

// A reviewer's copy shows all that the answer leaves out, to the reviewer alone,
// and that it was made is on record first.
func TestReviewerCopy(t *testing.T) {
	ctx := t.Context()
	d, _, dir := bureau(t, plain+`INSERT INTO tenant VALUES (2,'Robert Blythe','1970-01-01','07700900222',NULL);
		INSERT INTO asb VALUES (5,1,'Gladys Pettifer','noise until three'),(9,2,NULL,'Jane Okafor called about the bins');`, plainMap)
	res, out := ask(t, d, jane)
	left := []string{"Gladys Pettifer", "called about the bins"}
	for _, s := range left {
		if strings.Contains(out, s) {
			t.Fatalf("%q goes out", s)
		}
	}
	me, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	d.Config.Reviewers = map[string]string{"rosalind": me.Recipient().String(), "torn": "age1"}
	for _, names := range [][]string{nil, {"nobody"}, {"torn"}} {
		if err := d.ReviewerCopy(ctx, res.Case, names, filepath.Join(dir, "no.age"), "t"); err == nil {
			t.Errorf("a copy was made for %v", names)
		}
	}
	path := filepath.Join(dir, "copy.age")
	if err := d.ReviewerCopy(ctx, res.Case, []string{"rosalind"}, path, "t"); err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pack.OpenReviewer(bytes.NewReader(sealed), d.Keys.Pack()); err == nil {
		t.Error("the office's own key opens it")
	}
	whole, err := pack.OpenReviewer(bytes.NewReader(sealed), me)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for name, data := range whole.All() {
		if strings.HasSuffix(name, ".json") {
			all.Write(data)
		}
	}
	for _, s := range append(left, "07700900111") {
		if !strings.Contains(all.String(), s) {
			t.Errorf("%q is not in the reviewer's copy", s)
		}
	}
	var ledger strings.Builder
	if _, err := d.ExportLedger(ctx, &ledger, false); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(ledger.String(), "case.reviewers-copy"); n != 1 {
		t.Errorf("it is on record %d times", n)
	}
}
