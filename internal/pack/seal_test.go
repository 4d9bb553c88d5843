package pack_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"tenet/internal/pack"
)

func identity(t testing.TB) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

var two = []pack.File{{Name: "b.txt", Bytes: []byte("second")}, {Name: "a.txt", Bytes: []byte("first")}}

func TestSealAndOpen(t *testing.T) {
	id, other := identity(t), identity(t)
	var sealed, again bytes.Buffer
	for _, w := range []*bytes.Buffer{&sealed, &again} {
		if err := pack.Seal(w, two, id.Recipient()); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Equal(sealed.Bytes(), again.Bytes()) {
		t.Error("two seals are the same bytes")
	}
	if bytes.Contains(sealed.Bytes(), []byte("a.txt")) {
		t.Error("a sealed pack shows a name of a file")
	}
	got, err := pack.Open(bytes.NewReader(sealed.Bytes()), other, id)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]pack.File{two[1], two[0]}, got); diff != "" {
		t.Error(diff)
	}
	if pack.Digest(got) != pack.Digest(two) {
		t.Error("the digest changed with the order of the files")
	}
	if _, err := pack.Open(bytes.NewReader(sealed.Bytes()), other); err == nil {
		t.Error("a stranger opened it")
	}
	for _, n := range []int{0, 10, sealed.Len() / 2, sealed.Len() - 1} {
		if _, err := pack.Open(bytes.NewReader(sealed.Bytes()[:n]), id); err == nil {
			t.Errorf("it opened when cut short to %d bytes", n)
		}
	}
	bent := bytes.Clone(sealed.Bytes())
	bent[len(bent)-20] ^= 1
	if _, err := pack.Open(bytes.NewReader(bent), id); err == nil {
		t.Error("it opened when altered")
	}
}

func TestDigestTellsFilesApart(t *testing.T) {
	seen := make(map[string]int)
	for i, files := range [][]pack.File{
		nil, two,
		{{Name: "ab", Bytes: []byte("c")}}, {{Name: "a", Bytes: []byte("bc")}},
		{{Name: "a", Bytes: []byte("b")}, {Name: "c"}}, {{Name: "a", Bytes: []byte("bc")}, {Name: "c"}},
	} {
		d := pack.Digest(files)
		if j, ok := seen[d]; ok {
			t.Errorf("%d and %d have one digest", i, j)
		}
		seen[d] = i
	}
}

func TestSealRefuses(t *testing.T) {
	id := identity(t).Recipient()
	for _, c := range []struct {
		name  string
		files []pack.File
		to    []age.Recipient
	}{
		{"nobody to open it", two, nil},
		{"nothing in it", nil, []age.Recipient{id}},
		{"a folder in a name", []pack.File{{Name: "a/b"}}, []age.Recipient{id}},
		{"a way out of the folder", []pack.File{{Name: ".."}}, []age.Recipient{id}},
		{"a drive in a name", []pack.File{{Name: `c:\b`}}, []age.Recipient{id}},
		{"a hidden override in a name", []pack.File{{Name: "a\u202etxt.exe"}}, []age.Recipient{id}},
		{"no name", []pack.File{{}}, []age.Recipient{id}},
		{"one name twice", []pack.File{{Name: "a"}, {Name: "A"}}, []age.Recipient{id}},
		{"too many files", many(1001), []age.Recipient{id}},
	} {
		var b bytes.Buffer
		if err := pack.Seal(&b, c.files, c.to...); err == nil {
			t.Errorf("%s: sealed", c.name)
		}
	}
}

func many(n int) []pack.File {
	out := make([]pack.File, n)
	for i := range out {
		out[i].Name = fmt.Sprintf("%d.txt", i)
	}
	return out
}

// hostile seals an archive that Seal would not write.
func hostile(t *testing.T, to age.Recipient, fill func(*zip.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	a, err := age.Encrypt(&b, to)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(a)
	fill(z)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOpenRefusesWhatIsNoPack(t *testing.T) {
	id := identity(t)
	create := func(z *zip.Writer, name string, data []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, want string
		fill       func(*zip.Writer)
	}{
		{"a bomb", "512 MiB", func(z *zip.Writer) {
			zeros := make([]byte, 64<<20)
			for i := range 9 {
				create(z, fmt.Sprintf("%d.txt", i), zeros)
			}
		}},
		{"a bomb that lies", "not a valid zip", func(z *zip.Writer) {
			var packed bytes.Buffer
			d, _ := flate.NewWriter(&packed, 9)
			d.Write(make([]byte, 4<<20))
			d.Close()
			w, err := z.CreateRaw(&zip.FileHeader{Name: "a", Method: zip.Deflate, UncompressedSize64: 10, CompressedSize64: uint64(packed.Len())})
			if err != nil {
				t.Fatal(err)
			}
			w.Write(packed.Bytes())
		}},
		{"a way out", "no name for a file", func(z *zip.Writer) { create(z, "../../etc/passwd", nil) }},
		{"a folder", "not a file", func(z *zip.Writer) { z.Create("a/") }},
		{"two of one name", "two files", func(z *zip.Writer) { create(z, "a", nil); create(z, "a", nil) }},
		{"too many", "table of contents", func(z *zip.Writer) {
			for i := range 1001 {
				create(z, fmt.Sprint(i), nil)
			}
		}},
		{"a comment behind it", "not a pack", func(z *zip.Writer) { create(z, "a", nil); z.SetComment("more") }},
	} {
		_, err := pack.Open(bytes.NewReader(hostile(t, id.Recipient(), c.fill)), id)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	var b bytes.Buffer
	a, err := age.Encrypt(&b, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(a, "hello")
	a.Close()
	if _, err := pack.Open(&b, id); err == nil {
		t.Error("five letters opened as a pack")
	}
}

func TestPassphrase(t *testing.T) {
	if _, _, err := pack.Passphrase("short"); err == nil {
		t.Error("a short passphrase was taken")
	}
	to, from, err := pack.Passphrase("four words make sense")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := pack.Seal(&b, two, to); err != nil {
		t.Fatal(err)
	}
	got, err := pack.Open(bytes.NewReader(b.Bytes()), from)
	if err != nil || len(got) != 2 {
		t.Errorf("opened %d files, error %v", len(got), err)
	}
	_, wrong, err := pack.Passphrase("four words make nonsense")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pack.Open(bytes.NewReader(b.Bytes()), wrong); err == nil {
		t.Error("the wrong words opened it")
	}
}

func TestZipIsTheSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	if err := pack.Zip(&a, two); err != nil {
		t.Fatal(err)
	}
	if err := pack.Zip(&b, []pack.File{two[1], two[0]}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same files made two archives")
	}
}
