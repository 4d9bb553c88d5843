package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
)

func TestBucketFindings(t *testing.T) {
	url := newBucket(t)
	s := open(t, url)
	if found, err := s.Check(t.Context()); err != nil || len(found) != 0 {
		t.Fatalf("a sound bucket: %v, %v", found, err)
	}
	b := s.backend.(*bucket)
	id, err := b.core.NewMultipartUpload(t.Context(), b.name, b.prefix+"pack", minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.core.PutObjectPart(t.Context(), b.name, b.prefix+"pack", id, 1, strings.NewReader("half a pa"), 9, minio.PutObjectPartOptions{}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Sweep(t.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("swept %d of writers that may still run, %v", n, err)
	}
	if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	for _, step := range []struct {
		set  func(context.Context, string) error
		says string
	}{{b.core.EnableVersioning, "the bucket keeps versions"}, {b.core.SuspendVersioning, "once kept versions"}} {
		if err := step.set(t.Context(), b.name); err != nil {
			t.Fatal(err)
		}
		found, err := s.Check(t.Context())
		if err != nil || len(found) != 1 || !strings.Contains(found[0].Says, step.says) || found[0].Mend == "" {
			t.Errorf("findings %v, %v; want %q", found, err, step.says)
		}
	}
}

// What others keep in the bucket is neither seen nor touched.
func TestBucketPrefixIsAWall(t *testing.T) {
	url := newBucket(t)
	ours, theirs := open(t, url), open(t, strings.Replace(url, "/some/prefix", "/some/prefix2", 1))
	put(t, ours, "pack", []byte("ours"))
	put(t, theirs, "pack", []byte("theirs"))
	for f, err := range ours.List(t.Context(), "") {
		if err != nil || f.Name != "pack" || f.Size != 4 {
			t.Errorf("%v, %v", f, err)
		}
	}
	if err := ours.Delete(t.Context(), "pack"); err != nil {
		t.Fatal(err)
	}
	if string(get(t, theirs, "pack")) != "theirs" {
		t.Error("the other's file is gone")
	}
}

func TestBucketRefusals(t *testing.T) {
	url := newBucket(t)
	_, err := open(t, strings.Replace(url, "test-", "none-", 1)).Check(t.Context())
	says(t, err, "does not exist: make it", "put tenet-check/", "NoSuchBucket")
	t.Setenv("OTHER", "another-secret")
	_, err = open(t, url+"&secret-key=env:OTHER").Check(t.Context())
	says(t, err, "the secret key is not that of the access key")
	_, err = open(t, url+"&access-key=env:OTHER").Check(t.Context())
	says(t, err, "does not know the access key")
	_, err = open(t, url+"&region=eu-west-9").Check(t.Context())
	says(t, err, "set region=NAME")
}

// misbehaving is a storage whose server does what the test says.
func misbehaving(t *testing.T, h http.HandlerFunc) *Store {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	b, err := openBucket("s3://bucket/p?path-style=true&endpoint="+server.URL, 2)
	if err != nil {
		t.Fatal(err)
	}
	return &Store{b, b.String()}
}

// answer writes an error as S3 does, with words that nobody should repeat.
func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>key %s and secret %s</Message><AWSAccessKeyId>%s</AWSAccessKeyId></Error>`,
		code, accessKey, secretKey, accessKey)
}

func TestServersAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		words  string
		tries  int64
	}{
		{503, "SlowDown", "too much to do", 2},
		{429, "TooManyRequests", "too much to do", 2},
		{500, "InternalError", "a fault of its own", 2},
		{400, "ExpiredToken", "the session token has expired", 2},
		{403, "InvalidAccessKeyId", "does not know the access key", 1},
		{403, "SignatureDoesNotMatch", "the secret key is not that", 1},
		{403, "RequestTimeTooSkewed", "the clocks of this machine and of the server differ", 1},
		{403, "AccessDenied", "allow the key s3:GetObject", 1},
		{400, "BadDigest", "arrived altered", 1},
		{400, "XAmzContentSHA256Mismatch", "arrived altered", 1},
		{507, "XMinioStorageFull", "no room left", 1},
		{400, "SomethingNew", "refused with SomethingNew", 1},
		{418, "a key " + secretKey, "refused with HTTP418", 1},
	} {
		t.Run(c.code, func(t *testing.T) {
			var tries atomic.Int64
			s := misbehaving(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				tries.Add(1)
				answer(w, c.status, c.code)
			})
			says(t, s.Put(t.Context(), "pack", strings.NewReader("x")), c.words, "blob: s3://bucket/p: put pack")
			if n := tries.Load(); n != c.tries {
				t.Errorf("asked %d times, want %d", n, c.tries)
			}
			_, err := s.Get(t.Context(), "pack")
			says(t, err, c.words)
			for _, err := range s.List(t.Context(), "") {
				says(t, err, c.words)
			}
		})
	}
	t.Run("a proxy's page", func(t *testing.T) {
		s := misbehaving(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(502)
			io.WriteString(w, "<html>Bad gateway "+secretKey)
		})
		says(t, s.Put(t.Context(), "pack", strings.NewReader("x")), "not available")
	})
}

// A server that recovers is asked again, with the whole body, and the signature
// covers the body's own SHA-256.
func TestPutIsTriedAgain(t *testing.T) {
	body := noise(1, 300_000)
	for name, fail := range map[string]func(http.ResponseWriter, *http.Request){
		"slow down": func(w http.ResponseWriter, r *http.Request) { answer(w, 503, "SlowDown") },
		"cut": func(w http.ResponseWriter, r *http.Request) {
			io.CopyN(io.Discard, r.Body, 1000)
			cut(w)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var tries atomic.Int64
			s := misbehaving(t, func(w http.ResponseWriter, r *http.Request) {
				if tries.Add(1) == 1 {
					fail(w, r)
					return
				}
				got, err := io.ReadAll(r.Body)
				sum := sha256.Sum256(got)
				if err != nil || !bytes.Equal(got, body) || r.Header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]) {
					t.Errorf("%d bytes arrive, %v; signed as %s", len(got), err, r.Header.Get("X-Amz-Content-Sha256"))
				}
				w.Header().Set("ETag", `"x"`)
			})
			if err := s.Put(t.Context(), "pack", bytes.NewReader(body)); err != nil || tries.Load() != 2 {
				t.Errorf("%v after %d tries", err, tries.Load())
			}
		})
	}
}

// cut breaks the connection off.
func cut(w http.ResponseWriter) {
	if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
		c.Close()
	}
}

func TestConnectionCut(t *testing.T) {
	s := misbehaving(t, func(w http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, 1000)
		cut(w)
	})
	says(t, s.Put(t.Context(), "pack", bytes.NewReader(noise(1, 1<<20))), "broke off")
}

// An upload in parts that fails at its end is given up, so that it leaves nothing.
func TestUploadIsGivenUp(t *testing.T) {
	var gone atomic.Bool
	s := misbehaving(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		q := r.URL.Query()
		switch {
		case r.Method == "POST" && q.Has("uploads"):
			io.WriteString(w, `<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>`)
		case r.Method == "PUT":
			w.Header().Set("ETag", `"x"`)
		case r.Method == "POST": // S3 may have begun its answer with 200 when it fails.
			answer(w, 200, "InternalError")
		case r.Method == "DELETE" && q.Get("uploadId") == "u1":
			gone.Store(true)
			w.WriteHeader(204)
		}
	})
	says(t, s.Put(t.Context(), "pack", bytes.NewReader(noise(1, partSize+1))), "a fault of its own")
	if !gone.Load() {
		t.Error("its parts lie there still")
	}
}

func TestDamagedDownload(t *testing.T) {
	body := noise(1, 100_000)
	sum := crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))
	damaged := bytes.Clone(body)
	damaged[5000] ^= 1
	s := misbehaving(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Content-Length", "100000")
		w.Header().Set("X-Amz-Checksum-Type", "FULL_OBJECT")
		w.Header().Set("X-Amz-Checksum-Crc32c", base64.StdEncoding.EncodeToString([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}))
		switch r.URL.Path {
		case "/bucket/p/whole":
			w.Write(body)
		case "/bucket/p/damaged":
			w.Write(damaged)
		case "/bucket/p/short":
			w.Write(body[:60_000])
			http.NewResponseController(w).Flush()
			cut(w)
		}
	})
	if !bytes.Equal(get(t, s, "whole"), body) {
		t.Error("the whole file does not arrive")
	}
	for name, words := range map[string]string{"damaged": "does not match the checksum", "short": "before the file did"} {
		r, err := s.Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, r)
		r.Close()
		says(t, err, words, "get "+name)
	}
}

// Check does not take a server's word for it.
func TestCheckFindsLiars(t *testing.T) {
	kept := map[string][]byte{}
	liar := func(lie string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
			w.Header().Set("ETag", `"x"`)
			body, there := kept[r.URL.Path]
			switch {
			case r.Method == "PUT":
				kept[r.URL.Path], _ = io.ReadAll(r.Body)
			case r.Method == "DELETE":
				if lie != "delete" {
					delete(kept, r.URL.Path)
				}
				w.WriteHeader(204)
			case r.URL.Query().Has("list-type"):
				io.WriteString(w, `<ListBucketResult></ListBucketResult>`)
			case !there:
				answer(w, 404, "NoSuchKey")
			case lie == "bytes":
				io.WriteString(w, strings.Repeat("x", len(body)))
			default:
				w.Write(body)
			}
		}
	}
	for lie, words := range map[string]string{"bytes": "other bytes than were put", "list": "does not list"} {
		_, err := misbehaving(t, liar(lie)).Check(t.Context())
		says(t, err, words)
		if len(kept) != 0 {
			t.Errorf("%s: the file of the check is left behind", lie)
		}
	}
	// A folder's list, so that only the deletion is a lie.
	s := open(t, t.TempDir())
	_, err := (&Store{undead{s.backend}, "here"}).Check(t.Context())
	says(t, err, "says that it deleted")
}

// undead is a storage that deletes nothing.
type undead struct{ backend }

func (undead) delete(context.Context, string) error { return nil }

func TestServerThatIsNotThere(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	b, err := openBucket("s3://bucket?endpoint="+server.URL, 1)
	if err != nil {
		t.Fatal(err)
	}
	says(t, (&Store{b, b.String()}).Put(t.Context(), "pack", strings.NewReader("x")), "cannot be reached: start it")
}

func TestCertificateNobodyKnows(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	b, err := openBucket("s3://bucket?endpoint="+server.URL, 2)
	if err != nil {
		t.Fatal(err)
	}
	says(t, (&Store{b, b.String()}).Put(t.Context(), "pack", strings.NewReader("x")), "SSL_CERT_FILE")
}

func TestSilentServer(t *testing.T) {
	end := make(chan struct{})
	s := misbehaving(t, func(w http.ResponseWriter, r *http.Request) { <-end })
	t.Cleanup(func() { close(end) }) // Before the server's own closing, which waits for it.
	gone := errors.New("nobody waits any more")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := s.Put(ctx, "pack", io.MultiReader(strings.NewReader("x"), stopper(func() { time.AfterFunc(time.Millisecond, func() { cancel(gone) }) })))
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}
