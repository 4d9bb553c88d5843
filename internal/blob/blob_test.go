package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/minio/minio-go/v7"
	"pgregory.net/rapid"
)

var makeBucket minio.MakeBucketOptions

// noise is n bytes that no storage can foresee.
func noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	chacha := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	chacha.Read(b)
	return b
}

func TestPutAndGet(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		for i, size := range []int{0, 1, 4095, 1 << 20, partSize - 1, partSize, partSize + 1, 2*partSize + 12345} {
			name, body := fmt.Sprintf("AR-2026-%04d/v1/pack_%d.age", i, size), noise(uint64(i), size)
			// A reader that says nothing of its length and gives odd pieces.
			if err := s.Put(t.Context(), name, iotest.HalfReader(bytes.NewReader(body))); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(get(t, s, name), body) {
				t.Errorf("%d bytes do not come back", size)
			}
			got, err := s.Stat(t.Context(), name)
			if err != nil || got.Name != name || got.Size != int64(size) {
				t.Errorf("Stat of %d bytes: %+v, %v", size, got, err)
			}
			if age := time.Since(got.Modified); age > time.Hour || age < -time.Hour || got.Modified.Location() != time.UTC {
				t.Errorf("modified %v", got.Modified)
			}
		}
	})
}

func TestReplace(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		for i, size := range []int{10, partSize + 5, 3, 0} { // Each way between one part and several.
			body := noise(uint64(i), size)
			put(t, s, "a/pack", body)
			if !bytes.Equal(get(t, s, "a/pack"), body) {
				t.Errorf("after put number %d something else is there", i)
			}
		}
	})
}

func TestNotFound(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		put(t, s, "there/file", []byte("x"))
		for _, name := range []string{"nowhere", "no/where", "there", "there/file/below"} {
			if _, err := s.Get(t.Context(), name); !errors.Is(err, ErrNotFound) {
				t.Errorf("Get %s: %v", name, err)
			}
			if _, err := s.Stat(t.Context(), name); !errors.Is(err, ErrNotFound) {
				t.Errorf("Stat %s: %v", name, err)
			}
			if err := s.Delete(t.Context(), name); err != nil {
				t.Errorf("Delete %s: %v", name, err)
			}
		}
		if string(get(t, s, "there/file")) != "x" {
			t.Error("the file beside is gone")
		}
	})
}

func TestDelete(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		put(t, s, "d/file", []byte("x"))
		for range 2 {
			if err := s.Delete(t.Context(), "d/file"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Get(t.Context(), "d/file"); !errors.Is(err, ErrNotFound) {
				t.Errorf("after the deletion: %v", err)
			}
		}
	})
}

// A write that fails, at whatever point, leaves what was there.
func TestFailedPutChangesNothing(t *testing.T) {
	broken := errors.New("the source broke off")
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		old := []byte("the old pack")
		put(t, s, "pack", old)
		for _, after := range []int{0, 1, partSize, partSize + 1, 2*partSize + 7} {
			body := io.MultiReader(bytes.NewReader(noise(1, after)), iotest.ErrReader(broken))
			if err := s.Put(t.Context(), "pack", body); !errors.Is(err, broken) {
				t.Errorf("after %d bytes: %v", after, err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			body = io.MultiReader(bytes.NewReader(noise(1, after)), stopper(func() { cancel(broken) }), bytes.NewReader(noise(2, partSize)))
			if err := s.Put(ctx, "pack", body); !errors.Is(err, broken) {
				t.Errorf("cancelled after %d bytes: %v", after, err)
			}
			if !bytes.Equal(get(t, s, "pack"), old) {
				t.Fatalf("after %d bytes the old file is gone", after)
			}
		}
		if err := s.Put(t.Context(), "new", iotest.ErrReader(broken)); !errors.Is(err, broken) {
			t.Error(err)
		}
		if _, err := s.Stat(t.Context(), "new"); !errors.Is(err, ErrNotFound) {
			t.Errorf("a file that was never whole: %v", err)
		}
		if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 0 || err != nil {
			t.Errorf("failed writes that could tidy up left %d behind, %v", n, err)
		}
	})
}

// stopper is a reader that does something and ends.
type stopper func()

func (s stopper) Read([]byte) (int, error) { s(); return 0, io.EOF }

func TestGetEndsWithItsContext(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		put(t, s, "pack", noise(1, partSize*2))
		ctx, cancel := context.WithCancel(t.Context())
		r, err := s.Get(ctx, "pack")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := io.Copy(io.Discard, r); !errors.Is(err, context.Canceled) {
			t.Errorf("read on: %v", err)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		want := map[string]int64{}
		for i, name := range []string{"a", "b/c", "b/cd", "b/c-d/e", "b/c.d/e/f", "bb/c", "B1", "0/1/2/3/4/5"} {
			put(t, s, name, make([]byte, i))
			want[name] = int64(i)
		}
		for prefix, n := range map[string]int{"": 8, "b": 5, "b/": 4, "b/c": 4, "b/c-": 1, "b/c-d/": 1, "b/c.d/e/f": 1, "zz": 0, "b/c/": 0, "a/": 0} {
			got := map[string]int64{}
			for i, err := range s.List(t.Context(), prefix) {
				if err != nil {
					t.Fatal(err)
				}
				if _, twice := got[i.Name]; twice {
					t.Errorf("%s comes twice", i.Name)
				}
				got[i.Name] = i.Size
			}
			some := maps.Clone(want)
			maps.DeleteFunc(some, func(name string, _ int64) bool { return !strings.HasPrefix(name, prefix) })
			if diff := cmp.Diff(some, got); diff != "" || len(got) != n {
				t.Errorf("prefix %q:\n%s", prefix, diff)
			}
		}
		for range s.List(t.Context(), "") {
			break // Ends early, and leaves nothing running: Close would say so.
		}
		for _, err := range s.List(t.Context(), "../x") {
			says(t, err, "does not begin any name")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range s.List(ctx, "") {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
		}
	})
}

// More files than one page of a bucket's list or one batch of a folder's.
func TestListIsStreamed(t *testing.T) {
	if testing.Short() {
		t.Skip("left out by -short: 1100 writes")
	}
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		const n = 1100
		next, end := make(chan int), sync.WaitGroup{}
		for range 8 {
			end.Go(func() {
				for i := range next {
					if err := s.Put(t.Context(), fmt.Sprintf("f%d", i), strings.NewReader("x")); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i := range n {
			next <- i
		}
		close(next)
		end.Wait()
		seen := map[string]bool{}
		for i, err := range s.List(t.Context(), "f") {
			if err != nil {
				t.Fatal(err)
			}
			seen[i.Name] = true
		}
		if len(seen) != n {
			t.Errorf("%d files of %d", len(seen), n)
		}
	})
}

// Many writers of one name: what is there at the end is whole, and one of theirs.
func TestWritersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		var end sync.WaitGroup
		var all [][]byte
		for i := range 6 {
			body := noise(uint64(i), 100_000+i)
			all = append(all, body)
			end.Go(func() {
				if err := s.Put(t.Context(), "one/pack", bytes.NewReader(body)); err != nil {
					t.Error(err)
				}
			})
		}
		end.Wait()
		got := get(t, s, "one/pack")
		if !slices.ContainsFunc(all, func(b []byte) bool { return bytes.Equal(b, got) }) {
			t.Error("what is there was put there by nobody")
		}
	})
}

// Any sequence of operations does to a storage what it does to a map.
func TestAgainstAModel(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := open(t, url)
		model := map[string]string{}
		names := rapid.SampledFrom([]string{"a", "b/1", "b/2", "b/c/1", "d/e/f"})
		rapid.Check(t, func(rt *rapid.T) {
			name := names.Draw(rt, "name")
			switch rapid.IntRange(0, 3).Draw(rt, "operation") {
			case 0, 1:
				body := rapid.StringN(0, 20, 60).Draw(rt, "body")
				put(t, s, name, []byte(body))
				model[name] = body
			case 2:
				if err := s.Delete(t.Context(), name); err != nil {
					rt.Fatal(err)
				}
				delete(model, name)
			}
			got := map[string]string{}
			for i, err := range s.List(t.Context(), "") {
				if err != nil {
					rt.Fatal(err)
				}
				got[i.Name] = string(get(t, s, i.Name))
			}
			if diff := cmp.Diff(model, got); diff != "" {
				rt.Fatal(diff)
			}
		})
	})
}

func TestNames(t *testing.T) {
	for _, good := range []string{"a", "AR-2026-0001/draft.age", "0_", "x..y", "a-", strings.Repeat("a", 128), "console", strings.Repeat("abc/", 100) + "x"} {
		if err := CheckName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	s := open(t, t.TempDir())
	for _, bad := range []string{"", ".", "..", "../x", "a/../b", "/a", "a/", "a//b", ".a", "a/.b", "a.", "-a", "a b", "a\x00", "a\n", `a\b`, "c:x", "é", "a%2fb",
		"con", "a/NUL.txt", "com1", strings.Repeat("a", 129), strings.Repeat("abc/", 200) + "x", ".partial/x", "*", "~"} {
		if err := CheckName(bad); err == nil {
			t.Errorf("%.40q passes", bad)
		}
		_, e1 := s.Get(t.Context(), bad)
		_, e2 := s.Stat(t.Context(), bad)
		for _, err := range []error{e1, e2, s.Put(t.Context(), bad, strings.NewReader("")), s.Delete(t.Context(), bad)} {
			if err == nil || errors.Is(err, ErrNotFound) {
				t.Errorf("%.40q is used: %v", bad, err)
			}
		}
	}
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"a/b.age", "../x", "a/./b", "con", "AR-2026-0001/v1/pack"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if CheckName(name) == nil && (!filepath.IsLocal(name) || filepath.ToSlash(filepath.Clean(name)) != name || len(name) > maxName) {
			t.Errorf("%q passes, and is not the name of one file below a folder", name)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	const key = "AKIAVERYSECRET"
	t.Setenv("EMPTY", "")
	for url, words := range map[string]string{
		"":                                           "no storage is named",
		"gs://bucket":                                "is not there",
		"file://server/share":                        "a folder of this machine",
		"file:":                                      "names no folder",
		"s3://" + key + ":x@bucket":                  "no user and no key",
		"s3://b":                                     "name of a bucket",
		"s3://Bucket_1":                              "name of a bucket",
		"s3://bucket/../x":                           "the prefix",
		"s3://bucket?secret=" + key:                  `no parameter "secret"`,
		"s3://bucket?region=a&region=":               "2 times",
		"s3://bucket?region=" + key + "!":            "not the name of a region",
		"s3://bucket?access-key=" + key:              "no key stands in a URL",
		"s3://bucket?secret-key=" + key:              "no key stands in a URL",
		"s3://bucket?session-token=" + key:           "no key stands in a URL",
		"s3://bucket?secret-key=env:EMPTY":           `"EMPTY" is not set`,
		"s3://bucket?endpoint=http://s3.example.org": "use https",
		"s3://bucket?endpoint=https://" + key + "@example.org":   "give the server alone",
		"s3://bucket?endpoint=https://s3.example.org/x?y=" + key: "give the server alone",
		"s3://bucket?endpoint=ftp://s3.example.org":              "begins with https",
		"s3://bucket?endpoint=s3.example.org":                    "give the server alone",
		"s3://bucket?path-style=perhaps":                         "path-style",
		"s3://bucket?%zz=" + key:                                 "cannot be read",
		"s3://bu\x7fcket":                                        "cannot be read",
	} {
		_, err := Open(t.Context(), url)
		says(t, err, words)
		if err != nil && strings.Contains(err.Error(), key) {
			t.Errorf("%v: it has the key in it", err)
		}
	}
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err := Open(t.Context(), "s3://bucket")
	says(t, err, `"AWS_SECRET_ACCESS_KEY" is not set`)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), file)
	says(t, err, "make the folder")
}

func TestOpenByEachForm(t *testing.T) {
	dir := t.TempDir()
	put(t, open(t, dir), "x", []byte("1"))
	for _, url := range []string{"file:" + dir, "file://" + dir, "file://localhost" + dir, "FILE:" + dir, filepath.Join(dir, ".")} {
		if string(get(t, open(t, url), "x")) != "1" {
			t.Errorf("%s is another folder", url)
		}
	}
	t.Setenv("OUR_KEY", accessKey)
	for _, url := range []string{"s3://bucket", "s3://bucket/", "s3://bucket/a/b/?region=eu-west-2&path-style=true", "s3://bucket?access-key=env:OUR_KEY&secret-key=env:OUR_KEY&session-token=env:OUR_KEY",
		"s3://bucket?endpoint=http://[::1]:9000", "s3://bucket?endpoint=http://localhost:9000", "s3://bucket?endpoint=https://s3.example.org/"} {
		if where := open(t, url).String(); !strings.HasPrefix(where, "s3://bucket/") || strings.ContainsAny(where, "?=") {
			t.Errorf("%s calls itself %s", url, where)
		}
	}
}
