package doc

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// zipDirectory reads the directory of a zip file, unless it is itself a bomb: each
// entry of it costs many times its own size in memory.
func (w *reading) zipDirectory(data []byte) (*zip.Reader, error) {
	if n := bytes.Count(data, []byte("PK\x01\x02")); n > w.limits.Files-w.files {
		return nil, fmt.Errorf("it holds %s files, over the limit of %s", Thousands(int64(n)), Thousands(int64(w.limits.Files)))
	}
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	switch {
	case errors.Is(err, zip.ErrInsecurePath): // nothing is ever written under these names
	case err != nil:
		return nil, errors.New("the file is damaged: its directory of contents is missing or broken")
	}
	w.files += len(zr.File)
	return zr, nil
}

// member unpacks one file of a zip, as far as the limits let it.
func (w *reading) member(f *zip.File) ([]byte, error) {
	r, err := w.openMember(f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return w.all(r)
}

// all reads what is unpacked, which may be no longer than one document.
func (w *reading) all(r io.Reader) ([]byte, error) {
	data, over, err := readAll(r, w.limits.Bytes)
	switch {
	case err != nil && !w.stopped(err):
		err = fmt.Errorf("damaged: %w", err)
	case err == nil && over:
		err = errors.New(overLimit(w.limits.Bytes))
	}
	return data, err
}

func (w *reading) openMember(f *zip.File) (io.ReadCloser, error) {
	if f.Flags&1 != 0 {
		return nil, errors.New("protected by a password, and was not read")
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("cannot be unpacked: %w", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{w.minded(r), r}, nil
}

// archive reads every file in an archive as a document of its own.
func (w *reading) archive(out *prose, data []byte, name, t string) error {
	switch t {
	case typeZip:
		return w.zip(out, data)
	case typeTar:
		return w.tar(out, bytes.NewReader(data))
	}
	// A compressed file is one document, and most often a tar.
	var r io.Reader = bzip2.NewReader(bytes.NewReader(data))
	inner := strings.TrimSuffix(path.Base(label(name)), path.Ext(name))
	if t == typeGzip {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return errors.New("the file is damaged: it begins as a gzip file and does not go on as one")
		}
		if z.Name != "" {
			inner = z.Name
		}
		r = z
	}
	r = w.minded(r)
	head := make([]byte, 512)
	n, err := io.ReadFull(r, head)
	if n == 0 && err != io.EOF {
		return fmt.Errorf("the file is damaged: %w", err)
	}
	r = io.MultiReader(bytes.NewReader(head[:n]), r)
	if signature(head[:n]) == typeTar {
		return w.tar(out, r)
	}
	unpacked, err := w.all(r)
	if err != nil {
		out.lost(label(inner), err.Error())
	}
	if inner == "" {
		inner = "unpacked"
	}
	w.within(out, unpacked, inner, "")
	return nil
}

func (w *reading) zip(out *prose, data []byte) error {
	zr, err := w.zipDirectory(data)
	if err != nil {
		return err
	}
	if zr.Comment != "" {
		text, _ := Decode([]byte(zr.Comment))
		out.line("Comment", text)
	}
	for i, f := range zr.File {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue
		}
		b, err := w.member(f)
		if err != nil {
			out.lost(label(f.Name), err.Error())
			if w.stopped(err) {
				return w.left(out, len(zr.File)-i-1)
			}
		}
		if len(b) > 0 {
			w.within(out, b, f.Name, "")
		}
	}
	return nil
}

// left says how many files of an archive were not come to.
func (w *reading) left(out *prose, n int) error {
	if n > 0 {
		out.lost("", fmt.Sprintf("%s more files of the archive were not read", Thousands(int64(n))))
	}
	return nil
}

func (w *reading) tar(out *prose, r io.Reader) error {
	tr := tar.NewReader(r)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			_, err = io.Copy(io.Discard, r) // it may be cut off after its last file
			if err == nil {
				return nil
			}
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			out.lost("", "the archive cannot be read further: "+err.Error())
			return nil
		}
		if w.files++; w.files > w.limits.Files {
			out.lost("", fmt.Sprintf("more than %s files; the rest of the archive was not read", Thousands(int64(w.limits.Files))))
			return nil
		}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		default:
			out.note(label(h.Name), "a link or a device, which has no content of its own")
			continue
		}
		b, err := w.all(tr)
		if err != nil {
			out.lost(label(h.Name), err.Error())
			if w.stopped(err) {
				return nil
			}
		}
		if len(b) > 0 {
			w.within(out, b, h.Name, "")
		}
	}
}
