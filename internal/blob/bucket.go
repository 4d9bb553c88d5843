package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

const (
	partSize = 8 << 20 // bytes; what one Put holds in memory
	maxParts = 10_000  // of S3
	retries  = 5       // attempts of one request, with growing waits of at most a second
)

// bucket keeps files in S3-compatible storage.
type bucket struct {
	core   minio.Core
	name   string
	prefix string // "" or with "/" at its end
}

func (b *bucket) String() string { return "s3://" + b.name + "/" + strings.TrimSuffix(b.prefix, "/") }

func (b *bucket) close() error { return nil }

// put sends what fits one part as one object, and anything larger part by part;
// the server puts the parts in place of the old file when it has all of them. Each
// request is signed over the SHA-256 of what it carries, so that the server
// refuses a body that is not the one sent. (DisableContentSha256 is the library's
// word for: not piece by piece, which it does without TLS only.)
func (b *bucket) put(ctx context.Context, name string, r io.Reader) error {
	first := make([]byte, partSize)
	n, err := io.ReadFull(untilDone{ctx, r}, first)
	switch {
	case err == nil:
		return b.putParts(ctx, name, first, r)
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return err
	}
	body := first[:n]
	_, err = b.core.PutObject(ctx, b.name, b.prefix+name, bytes.NewReader(body), int64(n), "", digest(body), minio.PutObjectOptions{DisableContentSha256: true})
	return explain(err)
}

func (b *bucket) putParts(ctx context.Context, name string, buf []byte, r io.Reader) (err error) {
	object := b.prefix + name
	id, err := b.core.NewMultipartUpload(ctx, b.name, object, minio.PutObjectOptions{})
	if err != nil {
		return explain(err)
	}
	defer func() {
		if err == nil {
			return
		}
		// Also when ctx has ended. What this cannot remove, sweep will.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		b.core.AbortMultipartUpload(ctx, b.name, object, id)
	}()
	var parts []minio.CompletePart
	var size int64
	for n := len(buf); n > 0; {
		if len(parts) == maxParts {
			return fmt.Errorf("the file is too long for a bucket: at most %d GiB", maxParts*partSize>>30)
		}
		body := buf[:n]
		p, err := b.core.PutObjectPart(ctx, b.name, object, id, len(parts)+1, bytes.NewReader(body), int64(n),
			minio.PutObjectPartOptions{Sha256Hex: digest(body), DisableContentSha256: true})
		if err != nil {
			return explain(err)
		}
		size += int64(n)
		parts = append(parts, minio.CompletePart{PartNumber: p.PartNumber, ETag: p.ETag})
		if n, err = io.ReadFull(untilDone{ctx, r}, buf); err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
	}
	if _, err := b.core.CompleteMultipartUpload(ctx, b.name, object, id, parts, minio.PutObjectOptions{}); err != nil {
		return explain(err)
	}
	i, err := b.stat(ctx, name)
	if err == nil && i.Size != size {
		err = fmt.Errorf("%d bytes were sent and confirmed, and the server has %d: put it again", size, i.Size)
	}
	return err
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// get asks the server for its checksum of the file too. Where it has one of the
// whole, the library compares at the end.
func (b *bucket) get(ctx context.Context, name string) (io.ReadCloser, error) {
	body, i, _, err := b.core.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{Checksum: true})
	if err != nil {
		return nil, explain(err)
	}
	return &object{body, i.Size}, nil
}

// object is a file on its way from a bucket, with the bytes that are still to
// come.
type object struct {
	io.ReadCloser
	left int64
}

func (o *object) Read(p []byte) (int, error) {
	n, err := o.ReadCloser.Read(p)
	o.left -= int64(n)
	switch {
	case err == io.EOF && o.left != 0, errors.Is(err, io.ErrUnexpectedEOF):
		return n, fmt.Errorf("the connection ended %d bytes before the file did: get it again: %w", max(o.left, 0), io.ErrUnexpectedEOF)
	case err != nil && err != io.EOF && strings.HasPrefix(err.Error(), "checksum mismatch"):
		return n, errors.New("the file does not match the checksum that the server keeps of it: it was damaged on its way or lies damaged there; get it again, else restore it from a copy")
	case err != nil && err != io.EOF:
		return n, explain(err)
	}
	return n, err
}

func (b *bucket) stat(ctx context.Context, name string) (Info, error) {
	i, err := b.core.StatObject(ctx, b.name, b.prefix+name, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, explain(err)
	}
	return Info{name, i.Size, i.LastModified.UTC()}, nil
}

func (b *bucket) delete(ctx context.Context, name string) error {
	return explain(b.core.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{}))
}

func (b *bucket) list(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		for i := range b.core.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix + prefix, Recursive: true}) {
			if i.Err != nil {
				yield(Info{}, explain(i.Err))
				return
			}
			name, ours := strings.CutPrefix(i.Key, b.prefix)
			if !ours || CheckName(name) != nil {
				continue // What others have put here, such as the marks of folders.
			}
			if !yield(Info{name, i.Size, i.LastModified.UTC()}, nil) {
				return
			}
		}
	}
}

func (b *bucket) sweep(ctx context.Context, before time.Time) (int, error) {
	n := 0
	for u, err := range b.unfinished(ctx, before) {
		if err != nil {
			return n, err
		}
		if err := explain(b.core.AbortMultipartUpload(ctx, b.name, u.Key, u.UploadID)); err != nil && !errors.Is(err, ErrNotFound) {
			return n, err
		}
		n++
	}
	return n, nil
}

// unfinished is the uploads in parts that were begun before an instant and
// never ended.
func (b *bucket) unfinished(ctx context.Context, before time.Time) iter.Seq2[minio.ObjectMultipartInfo, error] {
	return func(yield func(minio.ObjectMultipartInfo, error) bool) {
		ctx, stop := context.WithCancel(ctx) // Ends the library's goroutine when the loop ends early.
		defer stop()
		for u := range b.core.ListIncompleteUploads(ctx, b.name, b.prefix, true) {
			if u.Err != nil {
				yield(u, explain(u.Err))
				return
			}
			if strings.HasPrefix(u.Key, b.prefix) && u.Initiated.Before(before) && !yield(u, nil) {
				return
			}
		}
	}
}

func (b *bucket) inspect(ctx context.Context) ([]Finding, error) {
	var found []Finding
	v, err := b.core.GetBucketVersioning(ctx, b.name)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case code(err) == "NotImplemented", code(err) == "MethodNotAllowed", code(err) == "VersioningNotConfigured": // It has no versions.
	case err != nil:
		found = append(found, Finding{
			"whether the bucket keeps old versions of what is deleted cannot be seen: " + explain(err).Error(),
			"allow s3:GetBucketVersioning to the key",
		})
	case v.Enabled():
		found = append(found, Finding{
			"the bucket keeps versions: what is deleted or replaced remains there as an old version",
			"add a lifecycle rule that expires old versions after the days that the notice allows, or suspend versioning and delete the old versions",
		})
	case v.Suspended():
		found = append(found, Finding{
			"the bucket once kept versions: what was deleted or replaced then remains there as an old version",
			"delete the old versions, or add a lifecycle rule that expires them",
		})
	}
	old := 0
	for _, err := range b.unfinished(ctx, time.Now().Add(-leftover)) {
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return append(found, Finding{
				"whether unfinished files lie in the bucket cannot be seen: " + err.Error(),
				"allow s3:ListBucketMultipartUploads and s3:AbortMultipartUpload to the key",
			}), nil
		}
		old++
	}
	if old > 0 {
		found = append(found, torsos(old))
	}
	return found, nil
}
