package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/testdata"
)

var made = time.Date(2026, 11, 22, 21, 33, 36, 0, time.UTC)

// write makes files of these names, each holding its own, modified when it was made.
func write(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("this is "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestArchives: the same files give the same bytes, whenever they were written and
// whoever's they are, and come out as they went in.
func TestArchives(t *testing.T) {
	for name, pack := range map[string]func(io.Writer, string, []entry, time.Time) error{"tar": writeTar, "zip": writeZip} {
		t.Run(name, func(t *testing.T) {
			var out [2]bytes.Buffer
			for i := range out {
				dir := t.TempDir()
				write(t, dir, "tenet", "LICENSE")
				old := made.Add(-time.Duration(i) * 1000 * time.Hour)
				if err := os.Chtimes(filepath.Join(dir, "tenet"), old, old); err != nil {
					t.Fatal(err)
				}
				files := []entry{{"tenet", 0o755, filepath.Join(dir, "tenet")}, {"LICENSE", 0o644, filepath.Join(dir, "LICENSE")}}
				if err := pack(&out[i], "tenet_1", files, made); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(out[0].Bytes(), out[1].Bytes()) {
				t.Error("the same files gave two archives")
			}
			got := map[string]string{}
			modes := map[string]int64{}
			if name == "tar" {
				gz, err := gzip.NewReader(&out[0])
				if err != nil {
					t.Fatal(err)
				}
				for r := tar.NewReader(gz); ; {
					h, err := r.Next()
					if err == io.EOF {
						break
					}
					if err != nil {
						t.Fatal(err)
					}
					b, err := io.ReadAll(r)
					if err != nil {
						t.Fatal(err)
					}
					got[h.Name], modes[h.Name] = string(b), h.Mode
				}
			} else {
				r, err := zip.NewReader(bytes.NewReader(out[0].Bytes()), int64(out[0].Len()))
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range r.File {
					rc, err := f.Open()
					if err != nil {
						t.Fatal(err)
					}
					b, err := io.ReadAll(rc)
					if err != nil {
						t.Fatal(err)
					}
					got[f.Name], modes[f.Name] = string(b), int64(f.Mode().Perm())
				}
			}
			if len(got) != 2 || got["tenet_1/tenet"] != "this is tenet" || modes["tenet_1/tenet"] != 0o755 || modes["tenet_1/LICENSE"] != 0o644 {
				t.Errorf("it holds %v with modes %v", got, modes)
			}
		})
	}
}

// TestSignature signs checksums as a release does, and verifies them as
// docs/install.md tells a stranger to. Nothing that was altered gets through.
func TestSignature(t *testing.T) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		testdata.Missing(t, "ssh", "ssh-keygen: "+err.Error())
	}
	dir := t.TempDir()
	write(t, dir, "tenet_1_linux_amd64.tar.gz", "tenet_1_amd64.deb")
	key := filepath.Join(t.TempDir(), "key")
	sh := func(line string) error {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "KEY="+key)
		out, err := cmd.CombinedOutput()
		t.Logf("%s\n%s", line, out)
		return err
	}
	const verify = `ssh-keygen -Y verify -f allowed_signers -I release@tenet.example -n tenet-release -s SHA256SUMS.sig <SHA256SUMS && sha256sum -c --strict SHA256SUMS`
	if err := sh(`ssh-keygen -q -t ed25519 -N '' -f "$KEY" && printf 'release@tenet.example namespaces="tenet-release" %s\n' "$(cut -d' ' -f1,2 "$KEY.pub")" >allowed_signers`); err != nil {
		t.Fatal(err)
	}
	r := release{dir: dir, key: key, time: made}
	if err := writeSums(dir); err != nil {
		t.Fatal(err)
	}
	if err := r.sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := sh(verify); err != nil {
		t.Errorf("what was signed does not verify: %v", err)
	}
	docs, err := os.ReadFile(filepath.FromSlash("../../docs/install.md"))
	if err != nil {
		t.Fatal(err)
	}
	for command := range strings.SplitSeq(verify, " && ") {
		if !strings.Contains(string(docs), command) {
			t.Errorf("docs/install.md does not say: %s", command)
		}
	}
	for name, tamper := range map[string]string{
		"a package":     `printf x >>tenet_1_amd64.deb`,
		"a checksum":    `sed -i s/tenet_1_amd64/tenet_2_amd64/ SHA256SUMS`,
		"the signature": `ssh-keygen -q -t ed25519 -N '' -f "$KEY.other" && rm SHA256SUMS.sig && ssh-keygen -Y sign -q -n tenet-release -f "$KEY.other" SHA256SUMS`,
		"the purpose":   `rm SHA256SUMS.sig && ssh-keygen -Y sign -q -n git -f "$KEY" SHA256SUMS`,
	} {
		t.Run(name, func(t *testing.T) {
			if err := sh(`mkdir ../kept && cp -a . ../kept`); err != nil {
				t.Fatal(err)
			}
			defer sh(`rm -rf ./* && cp -a ../kept/. . && rm -r ../kept`)
			if err := sh(tamper); err != nil {
				t.Fatal(err)
			}
			if err := sh(verify); err == nil {
				t.Errorf("%s was altered, and the release verifies", name)
			}
		})
	}
}

func TestMaterials(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "tenet", Version: "(devel)"}, Deps: []*debug.Module{
		{Path: "filippo.io/age", Version: "v1.3.2", Sum: "h1:" + strings.Repeat("A", 43) + "="},
		{Path: "example.org/old", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/new", Version: "v1.0.1"}},
	}}
	b, err := materials(info, "v1.0.0", []byte{1, 2, 3}, made)
	if err != nil {
		t.Fatal(err)
	}
	again, err := materials(info, "v1.0.0", []byte{1, 2, 3}, made)
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("the same binary gave two bills (%v)", err)
	}
	var got bom
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	var urls []string
	for _, c := range got.Components {
		urls = append(urls, c.PURL)
	}
	want := []string{"pkg:golang/std@1.26.8", "pkg:golang/example.org/new@v1.0.1", "pkg:golang/filippo.io/age@v1.3.2"}
	if !slices.Equal(urls, want) || got.Format != "CycloneDX" || got.Metadata.Component.Hashes[0].Content != "010203" {
		t.Errorf("the bill is of %q: %s", urls, b)
	}
	info.Deps[0].Sum = "h1:not base64"
	if _, err := materials(info, "v1.0.0", nil, made); err == nil {
		t.Error("a checksum that is none got into the bill")
	}
}

func TestDebVersion(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3": "1.2.3",
		"v1.2.3-4-gabcdef": "0.0~20261122213336.v1.2.3.4.gabcdef", "abcdef-dirty": "0.0~20261122213336.abcdef.dirty", "v1.2.3; rm": "0.0~20261122213336.v1.2.3..rm",
	} {
		if got := debVersion(version, made); got != want {
			t.Errorf("%s is %s in Debian, not %s", version, got, want)
		}
	}
}
