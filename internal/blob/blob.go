package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"time"
)

// ErrNotFound says that there is no file of that name.
var ErrNotFound = errors.New("no such file in the storage")

// Info is what the storage says of a file.
type Info struct {
	Name     string
	Size     int64     // bytes
	Modified time.Time // UTC, by the clock of the storage
}

// Finding is something about a storage that works which a person should know.
type Finding struct {
	Says string
	Mend string
}

// Store is one storage. It is safe for use by many goroutines and by many
// processes at once.
type Store struct {
	backend
	where string
}

// backend is a kind of storage. It gets valid names only, and its errors need
// not say which file or where.
type backend interface {
	put(ctx context.Context, name string, r io.Reader) error
	get(ctx context.Context, name string) (io.ReadCloser, error)
	stat(ctx context.Context, name string) (Info, error)
	delete(ctx context.Context, name string) error
	list(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// sweep removes what writers that were killed before an instant left behind.
	sweep(ctx context.Context, before time.Time) (int, error)
	// inspect finds what is worth saying about the storage and its settings.
	inspect(ctx context.Context) ([]Finding, error)
	close() error
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`) // of two letters and more: C:\ is a path

// Open opens the storage that a URL names; see the package comment. A folder is
// made if it is not there. A bucket is not: nothing is asked of its server until
// it is used, or by [Store.Check].
func Open(ctx context.Context, url string) (*Store, error) {
	prefix := strings.ToLower(scheme.FindString(url))
	switch {
	case url == "":
		return nil, errors.New("blob: no storage is named: give a folder, such as file:/srv/tenet/packs, or a bucket, such as s3://tenet-packs")
	case prefix == "s3:":
		b, err := openBucket(url, retries)
		if err != nil {
			return nil, fmt.Errorf("blob: %w", err)
		}
		return &Store{b, b.String()}, nil
	case prefix == "file:" || prefix == "":
		path := url[len(prefix):]
		if prefix != "" && strings.HasPrefix(path, "//") {
			path = strings.TrimPrefix(path[2:], "localhost") // file:///srv and file://localhost/srv
			if !strings.HasPrefix(path, "/") {
				return nil, errors.New("blob: a file: URL names a folder of this machine, such as file:/srv/tenet/packs")
			}
		}
		f, err := openFolder(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("blob: %w", err)
		}
		return &Store{f, f.root.Name()}, nil
	}
	return nil, fmt.Errorf("blob: storage of the kind %.20q is not there: give a folder, such as file:/srv/tenet/packs, or a bucket, such as s3://tenet-packs", prefix)
}

// String says where the storage is, without its secrets.
func (s *Store) String() string { return s.where }

// Close ends the use of the storage.
func (s *Store) Close() error {
	if err := s.close(); err != nil {
		return fmt.Errorf("blob: close %s: %w", s.where, err)
	}
	return nil
}

// Put keeps what r gives, to its end, under a name, in place of what was kept
// there before.
func (s *Store) Put(ctx context.Context, name string, r io.Reader) error {
	if err := CheckName(name); err != nil {
		return err
	}
	return s.failed(ctx, "put", name, s.put(ctx, name, r))
}

// Get opens a file for reading. It is for the caller to close, and ends with ctx.
// If there is no such file the error is ErrNotFound. A file that arrives cut off
// or altered gives an error when it is read, as far as the storage can tell.
func (s *Store) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	r, err := s.get(ctx, name)
	if err != nil {
		return nil, s.failed(ctx, "get", name, err)
	}
	return &reading{r, s, ctx, name}, nil
}

// Stat is what the storage says of a file, or ErrNotFound.
func (s *Store) Stat(ctx context.Context, name string) (Info, error) {
	if err := CheckName(name); err != nil {
		return Info{}, err
	}
	i, err := s.stat(ctx, name)
	return i, s.failed(ctx, "look at", name, err)
}

// Delete removes a file. That there is none is not an error.
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	err := s.delete(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return s.failed(ctx, "delete", name, err)
}

// List gives each file whose name begins with prefix, in no order. An error ends
// it. What is put or deleted meanwhile may be given or not.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if prefix != "" && CheckName(prefix+"x") != nil {
			yield(Info{}, fmt.Errorf("blob: list: %q does not begin any name", bounded(prefix)))
			return
		}
		for i, err := range s.list(ctx, prefix) {
			if err != nil {
				yield(Info{}, s.failed(ctx, "list", prefix, err))
				return
			}
			if !yield(i, nil) {
				return
			}
		}
	}
}

// Sweep removes what writers that were killed before an instant left behind, and
// says how many there were. Give it an instant before which no writer that
// still runs can have begun, such as a day ago.
func (s *Store) Sweep(ctx context.Context, before time.Time) (int, error) {
	n, err := s.sweep(ctx, before)
	return n, s.failed(ctx, "sweep", "", err)
}

// Check tries the storage: writes, reads, lists and deletes a file of its own. The
// error says what does not work and what to do. The findings are about a storage
// that works.
func (s *Store) Check(ctx context.Context) ([]Finding, error) {
	name, body := "tenet-check/"+rand.Text(), []byte(rand.Text())
	if err := s.Put(ctx, name, bytes.NewReader(body)); err != nil {
		return nil, err
	}
	err := s.tryFile(ctx, name, body)
	if err := errors.Join(err, s.Delete(context.WithoutCancel(ctx), name)); err != nil {
		return nil, err
	}
	if _, err := s.Stat(ctx, name); err == nil {
		return nil, fmt.Errorf("blob: %s says that it deleted %s and still has it; mend the storage", s.where, name)
	} else if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	found, err := s.inspect(ctx)
	return found, s.failed(ctx, "inspect", "", err)
}

// tryFile reads back and lists the file that Check has written.
func (s *Store) tryFile(ctx context.Context, name string, body []byte) error {
	r, err := s.Get(ctx, name)
	if err != nil {
		return err
	}
	defer r.Close()
	got, err := io.ReadAll(io.LimitReader(r, int64(len(body))+1))
	if err != nil {
		return err
	}
	if !bytes.Equal(got, body) {
		return fmt.Errorf("blob: %s gives back other bytes than were put there; mend the storage before anything is kept in it", s.where)
	}
	for i, err := range s.List(ctx, name) {
		if err != nil {
			return err
		}
		if i.Name == name {
			return nil
		}
	}
	return fmt.Errorf("blob: %s does not list a file that was put there; mend the storage before anything is kept in it", s.where)
}

// failed says of an error what was being done.
func (s *Store) failed(ctx context.Context, doing, name string, err error) error {
	if err == nil {
		return nil
	}
	if ended := context.Cause(ctx); ended != nil && !errors.Is(err, ended) {
		err = ended // Whatever came of the end: a closed connection, a deadline.
	}
	if name != "" {
		doing += " " + name
	}
	return fmt.Errorf("blob: %s: %s: %w", s.where, doing, err)
}

// reading is a file on its way.
type reading struct {
	io.ReadCloser
	store *Store
	ctx   context.Context
	name  string
}

// Read reads on, and says what was read when that fails.
func (r *reading) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = r.store.failed(r.ctx, "get", r.name, err)
	}
	return n, err
}

const (
	maxName = 512 // bytes
	maxPart = 128
)

var (
	part = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$`)
	// device is what Windows takes for one in any folder.
	device = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

// CheckName says what is wrong with a name; see the package comment.
func CheckName(name string) error {
	if len(name) > maxName {
		return fmt.Errorf("blob: the name %q… is too long: at most %d bytes", bounded(name), maxName)
	}
	for p := range strings.SplitSeq(name, "/") {
		switch {
		case !part.MatchString(p):
			return fmt.Errorf("blob: %q is not a name: parts of letters, digits, dots, underscores and hyphens with / between them, "+
				"each beginning with a letter or digit and not ending with a dot", bounded(name))
		case len(p) > maxPart:
			return fmt.Errorf("blob: a part of the name %q is too long: at most %d bytes", bounded(name), maxPart)
		case device.MatchString(p):
			return fmt.Errorf("blob: %q is not a name: Windows takes %q for a device", bounded(name), p)
		}
	}
	return nil
}

func bounded(s string) string { return s[:min(len(s), 80)] }

// untilDone is r until ctx ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := context.Cause(u.ctx); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
