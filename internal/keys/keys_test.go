package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"
)

const origin = "brook.example/ledger"

func create(t *testing.T) (string, *Ring) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys [of] O'Brook")
	r, err := Create(dir, origin)
	if err != nil {
		t.Fatal(err)
	}
	return dir, r
}

func TestCreateThenOpen(t *testing.T) {
	dir, made := create(t)
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if k := r.Index(); k.Epoch != 1 || len(k.Key.Reveal()) != Size || !bytes.Equal(k.Key.Reveal(), made.Index().Key.Reveal()) {
		t.Errorf("index key of epoch %d, %d bytes", k.Epoch, len(k.Key.Reveal()))
	}

	signed, err := note.Sign(&note.Note{Text: "hello\n"}, made.Signer())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(r.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, note.VerifierList(verifier)); err != nil {
		t.Error(err)
	}
	if r.Signer().Name() != origin {
		t.Errorf("signs for %q", r.Signer().Name())
	}

	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, made.PackRecipient())
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "draft")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	plain, err := age.Decrypt(&sealed, r.Pack())
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(plain); err != nil || string(b) != "draft" {
		t.Errorf("opened %q, %v", b, err)
	}

	check := func(path string, want fs.FileMode) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	check(dir, 0o700)
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		check(filepath.Join(dir, n.Name()), 0o600)
	}
}

func TestCreateReplacesNothing(t *testing.T) {
	dir, _ := create(t)
	before := read(t, dir)
	if _, err := Create(dir, origin); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second Create: %v", err)
	}
	if after := read(t, dir); after != before {
		t.Error("the keys are not what they were")
	}

	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(file, origin); err == nil {
		t.Error("Create over a file")
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "precious" {
		t.Errorf("the file is now %q, %v", b, err)
	}

	// What lost a race against another Create leaves nothing behind either.
	names, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".keys-*"))
	if err != nil || len(names) > 0 {
		t.Errorf("left behind: %v %v", names, err)
	}

	empty := t.TempDir()
	if _, err := Create(empty, origin); err != nil {
		t.Errorf("Create in an empty folder: %v", err)
	}
}

// read is every file of the folder in one string.
func read(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(dir, n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s: %s", n.Name(), b)
	}
	return all.String()
}

func TestCreateRefusesOrigins(t *testing.T) {
	for _, origin := range []string{"", "two words", "a+b", "a\nb", "zoë", strings.Repeat("x", 201)} {
		dir := filepath.Join(t.TempDir(), "keys")
		if _, err := Create(dir, origin); err == nil {
			t.Errorf("took %q", origin)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%q left a folder", origin)
		}
	}
}

func TestRotateIndex(t *testing.T) {
	dir, r := create(t)
	for range 10 { // Past 9: epochs are ordered as numbers.
		var err error
		if r, err = RotateIndex(dir); err != nil {
			t.Fatal(err)
		}
	}
	all := r.Indexes()
	if r.Index().Epoch != 11 || len(all) != 11 {
		t.Fatalf("epoch %d, %d keys", r.Index().Epoch, len(all))
	}
	seen := map[string]bool{}
	for i, k := range all {
		if k.Epoch != i+1 || seen[string(k.Key.Reveal())] {
			t.Errorf("key %d has epoch %d, or is another's", i, k.Epoch)
		}
		seen[string(k.Key.Reveal())] = true
	}
	if err := addFile(dir, indexFile(3), "another"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("adding a key that is there: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(escapeGlob(dir), ".new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOpenRefuses(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other")
	if _, err := Create(other, origin); err != nil {
		t.Fatal(err)
	}
	foreign := func(name string) string {
		b, err := os.ReadFile(filepath.Join(other, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	write := func(name, text string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600) }
	}
	tests := []struct {
		name  string
		spoil func(dir string) error
		want  string
	}{
		{"no folder", os.RemoveAll, "tenet init"},
		{"open folder", func(d string) error { return os.Chmod(d, 0o755) }, `chmod 700 '`},
		{"open file", func(d string) error { return os.Chmod(filepath.Join(d, "data.key"), 0o640) }, `chmod 600 '`},
		{"quoted name", func(d string) error { return os.Chmod(d, 0o710) }, `O'\''Brook'`},
		{"ledger.key gone", func(d string) error { return os.Remove(filepath.Join(d, "ledger.key")) }, "ledger.key is missing; restore it"},
		{"no index key", func(d string) error { return os.Remove(filepath.Join(d, "index-1.key")) }, "index-1.key: there is none"},
		{"index key short", write("index-1.key", base64.StdEncoding.EncodeToString(make([]byte, 31))), "not 32 bytes"},
		{"index key misnamed", write("index-01.key", ""), "not named like"},
		{"ledger.key garbled", write("ledger.key", "PRIVATE+KEY+tell-nobody"), "not a signed-note signer key"},
		{"ledger.pub another's", write("ledger.pub", foreign("ledger.pub")), "not the public half"},
		{"pack.key garbled", write("pack.key", "AGE-SECRET-KEY-1TELLNOBODY"), "not an age X25519 identity"},
		{"pack.pub another's", write("pack.pub", foreign("pack.pub")), "not the public half"},
		{"data.key empty", write("data.key", ""), "data.key is not 32 bytes"},
		{"data.key a folder", func(d string) error {
			if err := os.Remove(filepath.Join(d, "data.key")); err != nil {
				return err
			}
			return os.Mkdir(filepath.Join(d, "data.key"), 0o700)
		}, "data.key is not a file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, _ := create(t)
			if err := tt.spoil(dir); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			if err == nil {
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q does not say %q", err, tt.want)
			}
			if s := strings.ToLower(err.Error()); strings.Contains(s, "tell") {
				t.Errorf("the error repeats the secret: %q", err)
			}
		})
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	dir, r := create(t)
	key, wrapped, err := r.NewDataKey("person-1")
	if err != nil {
		t.Fatal(err)
	}
	_ = wrapped
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, nil))
	jlog := slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range []any{r, *r, r.Index(), r.Indexes(), r.Index().Key, &r.data, r.Pack(), r.Signer(), key, &key,
		struct{ K any }{r.Index()}, struct{ k DataKey }{key}, &struct{ k Secret }{r.data}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
		logger.Info("x", "v", v)
		jlog.Info("x", "v", v)
	}
	printed := strings.ToLower(out.String())

	secrets := [][]byte{r.Index().Key.Reveal(), r.data.Reveal()}
	for _, name := range []string{ledgerKey, packKey} {
		text, err := readFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(printed, strings.ToLower(text)) {
			t.Errorf("%s was printed", name)
		}
		if _, b64, ok := strings.Cut(text, origin+"+"); ok {
			_, b64, _ = strings.Cut(b64, "+")
			seed, err := base64.StdEncoding.DecodeString(b64)
			if err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, seed[1:])
		}
	}
	for i, s := range secrets {
		for form, text := range map[string]string{
			"hex": fmt.Sprintf("%x", s), "base64": base64.StdEncoding.EncodeToString(s),
			"list": strings.Trim(fmt.Sprint(s[:8]), "[]"), "go": fmt.Sprintf("%#v", s[:8])[7:30], "raw": string(s),
		} {
			if strings.Contains(printed, strings.ToLower(text)) {
				t.Errorf("secret %d was printed as %s", i, form)
			}
		}
	}
}

func TestDataKeys(t *testing.T) {
	dir, r := create(t)
	key, wrapped, err := r.NewDataKey("person-1")
	if err != nil {
		t.Fatal(err)
	}
	sealed := key.Seal([]byte("a note"), []byte("case-1"))
	if bytes.Contains(sealed, []byte("note")) {
		t.Error("sealed is not")
	}

	again, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	same, err := again.OpenDataKey("person-1", wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := same.Open(sealed, []byte("case-1")); err != nil || string(plain) != "a note" {
		t.Errorf("opened %q, %v", plain, err)
	}
	if _, err := same.Open(sealed, []byte("case-2")); err == nil {
		t.Error("opened in another context")
	}
	if _, err := again.OpenDataKey("person-2", wrapped); err == nil {
		t.Error("opened for another owner")
	}
	if _, err := again.OpenDataKey("person-1", wrapped[1:]); err == nil {
		t.Error("opened a cut key")
	}
	_, stranger := create(t)
	if _, err := stranger.OpenDataKey("person-1", wrapped); err == nil {
		t.Error("opened under another data.key")
	}
	other, _, err := r.NewDataKey("person-1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed, []byte("case-1")); err == nil {
		t.Error("opened with another key of the same owner")
	}
}
