package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entry is one file of an archive.
type entry struct {
	name string
	mode int64
	from string
}

// archive writes the archive of a platform: as its users expect it, zip or tar.gz.
func (r *release) archive(p platform, binary string) (err error) {
	files := []entry{{filepath.Base(binary), 0o755, binary}}
	for _, f := range beside {
		files = append(files, entry{path.Base(f), 0o644, f})
	}
	suffix, pack := ".tar.gz", writeTar
	if p.os == "windows" {
		suffix, pack = ".zip", writeZip
	}
	f, err := os.Create(r.in(r.name(p, suffix)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return pack(f, strings.TrimSuffix(r.name(p, ""), "/"), files, r.time)
}

// writeTar and writeZip write files in their order, in one folder, all of one time
// and nobody's.
func writeTar(to io.Writer, folder string, files []entry, at time.Time) error {
	gz, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(gz)
	for _, f := range files {
		b, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		err = w.WriteHeader(&tar.Header{Format: tar.FormatUSTAR, Typeflag: tar.TypeReg, Name: path.Join(folder, f.name), Mode: f.mode, Size: int64(len(b)), ModTime: at})
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			return fmt.Errorf("archive %s: %w", f.name, err)
		}
	}
	return errors.Join(w.Close(), gz.Close())
}

func writeZip(to io.Writer, folder string, files []entry, at time.Time) error {
	w := zip.NewWriter(to)
	for _, f := range files {
		b, err := os.ReadFile(f.from)
		if err != nil {
			return err
		}
		h := &zip.FileHeader{Name: path.Join(folder, f.name), Method: zip.Deflate, Modified: at.UTC()}
		h.SetMode(os.FileMode(f.mode))
		part, err := w.CreateHeader(h)
		if err == nil {
			_, err = part.Write(b)
		}
		if err != nil {
			return fmt.Errorf("archive %s: %w", f.name, err)
		}
	}
	return w.Close()
}

// writeSums writes SHA256SUMS of what is handed out, as sha256sum -c reads it.
func writeSums(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "tenet*"))
	if err != nil {
		return err
	}
	slices.Sort(files)
	var b strings.Builder
	for _, name := range files {
		sum, err := digest(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sum, filepath.Base(name))
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(b.String()), 0o644)
}

func digest(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, fmt.Errorf("checksum of %s: %w", filepath.Base(name), err)
	}
	return h.Sum(nil), nil
}
