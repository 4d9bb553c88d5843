package app

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/desk"
	"tenet/internal/notice"
)

// TestDemoOfEveryPack: the landlord of each pack that comes with Tenet runs with data of
// its own name, and a request is answered under its notice.
func TestDemoOfEveryPack(t *testing.T) {
	packs, err := fs.ReadDir(notice.Packs(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packs {
		t.Run(p.Name(), func(t *testing.T) {
			from, err := notice.Pack(p.Name())
			if err != nil {
				t.Fatal(err)
			}
			n, err := notice.Load(from)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "demo")
			var out, said bytes.Buffer
			if status := Run(t.Context(), []string{"demo", "--like", p.Name(), "--once", "--homes", "5", "--dir", dir}, strings.NewReader(""), &out, &said, "test"); status != 0 {
				t.Fatalf("ended with status %d:\n%s%s", status, out.String(), said.String())
			}
			if !strings.HasPrefix(out.String(), n.Landlord.Name+": 5 homes") {
				t.Errorf("it is the demo of somebody else: %.80s", out.String())
			}
			d, err := desk.Open(t.Context(), filepath.Join(dir, "office"), os.Getenv)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			number := ""
			for word := range strings.FieldsSeq(out.String()) {
				if word = strings.Trim(word, ".,:"); strings.HasPrefix(word, "AR-") {
					number = word
					break
				}
			}
			k, err := d.Cases.ByNumber(t.Context(), number)
			if err != nil || k.Notice != n.Version() || d.Notice.Version() != n.Version() {
				t.Errorf("case %q rests on notice %q, %v; the pack is %q", number, k.Notice, err, n.Version())
			}
		})
	}
}
