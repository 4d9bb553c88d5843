package source

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"tenet/internal/doc"
)

// export is an export that is open.
type export struct {
	volumes []*volume
	files   []exportFile
	post    *post
	at      map[string]int // files by exportKey
}

// volume is a folder, or a zip in which part of an export is delivered.
type volume struct {
	name string // empty for the export itself
	fs   fs.FS
	root *os.Root // of a folder
	zip  *zip.Reader
	raw  io.ReaderAt // of the zip
	shut []io.Closer
}

// exportFile is a file of an export.
type exportFile struct {
	volume   *volume
	path     string // in the volume
	show     string // in the export, as valid UTF-8
	info     fs.FileInfo
	location string // mailbox or site
	folder   string // in the mailbox
}

func (f exportFile) ext() string { return strings.ToLower(path.Ext(f.path)) }

func (f exportFile) isMail() bool {
	switch f.ext() {
	case ".eml", ".msg", ".pst", ".ost":
		return true
	}
	return false
}

// exportVolume is what the zips of an export are called, beside loose zips that somebody kept.
var exportVolume = regexp.MustCompile(`(?i)^(psts?|items|reports?|export)\b.*\.zip$|^(psts?|items|reports?)[-._ ]?\d*.*\.zip$`)

// open finds what the export holds. Nothing of it is read but the contents of zips.
func (p *purview) open(ctx context.Context, report func(Problem)) (*export, error) {
	e := &export{at: map[string]int{}}
	info, err := os.Stat(p.path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if !info.IsDir() {
		in, err := os.Open(p.path)
		if err != nil {
			return nil, err
		}
		v, err := openVolume("", in, info.Size())
		if err != nil {
			in.Close()
			return nil, err
		}
		v.shut = append(v.shut, in)
		e.volumes = append(e.volumes, v)
		return e, e.list(ctx, v, report, p.opts.Limits.Document)
	}
	root, err := folder{p.path}.open()
	if err != nil {
		return nil, err
	}
	v := &volume{fs: root.FS(), root: root, shut: []io.Closer{root}}
	e.volumes = append(e.volumes, v)
	if err := e.list(ctx, v, report, p.opts.Limits.Document); err != nil {
		e.close()
		return nil, err
	}
	loose := e.files[:0]
	var zips []exportFile
	for _, f := range e.files {
		if f.ext() == ".zip" && !strings.Contains(f.path, "/") && exportVolume.MatchString(f.path) {
			zips = append(zips, f)
		} else {
			loose = append(loose, f)
		}
	}
	e.files = loose
	for _, f := range zips {
		in, err := root.Open(f.path)
		if err == nil {
			var z *volume
			if z, err = openVolume(f.show, in, f.info.Size()); err == nil {
				z.shut = append(z.shut, in)
				e.volumes = append(e.volumes, z)
				err = e.list(ctx, z, report, p.opts.Limits.Document)
			} else {
				in.Close()
			}
		}
		if ctx.Err() != nil {
			e.close()
			return nil, ctx.Err()
		}
		if err != nil {
			report(Problem{Key: f.show, Why: "cannot be read: " + reason(err), Mend: "download the export again"})
		}
	}
	return e, nil
}

func openVolume(name string, in io.ReaderAt, size int64) (*volume, error) {
	z, err := zip.NewReader(in, size)
	if err != nil {
		return nil, fmt.Errorf("neither a folder nor a zip that can be read: %w", err)
	}
	return &volume{name: name, fs: z, zip: z, raw: in}, nil
}

func (e *export) close() {
	for _, v := range e.volumes {
		for _, c := range v.shut {
			c.Close()
		}
	}
}

// list adds the files of a volume.
func (e *export) list(ctx context.Context, v *volume, report func(Problem), l doc.Limits) error {
	most := int(orDefault(int64(l.Files), 10000)) * 100 // an export is many documents
	visit := func(f file) error {
		if len(e.files) >= most {
			return fmt.Errorf("the export holds more than %s files", doc.Thousands(int64(most)))
		}
		x := exportFile{volume: v, path: f.path, show: path.Join(v.name, f.show), info: f.info}
		x.location, x.folder = exportPlace(x.show)
		e.files = append(e.files, x)
		return nil
	}
	if v.root != nil {
		return folder{}.walk(ctx, v.root, report, visit)
	}
	return fs.WalkDir(v.fs, ".", func(name string, d fs.DirEntry, err error) error {
		show := strings.ToValidUTF8(name, "\uFFFD")
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			report(Problem{Key: path.Join(v.name, show), Why: "cannot be listed: " + reason(err)})
			return nil
		case d.IsDir():
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() {
			report(Problem{Key: path.Join(v.name, show), Why: "neither a file nor a folder; it is not read"})
			return nil
		}
		return visit(file{path: name, show: show, info: info})
	})
}

// exportKey is a path by which reports and files are brought together, whichever slashes
// and capitals they are written with.
func exportKey(p string) string {
	return strings.ToLower(strings.Trim(path.Clean(strings.ReplaceAll(p, `\`, "/")), "/"))
}

// exportPlace is whose a file is by where it stands: Exchange/ann@example.org (Primary)/Top of
// Information Store/Inbox/1.msg.
func exportPlace(show string) (location, folder string) {
	parts := strings.Split(show, "/")
	for i, p := range parts[:len(parts)-1] {
		kind := strings.ToLower(p)
		if kind != "exchange" && kind != "sharepoint" && kind != "onedrive" && kind != "teams" || i+2 >= len(parts) {
			continue
		}
		location = exportSuffix.ReplaceAllString(parts[i+1], "")
		rest := parts[i+2 : len(parts)-1]
		if len(rest) > 0 && strings.EqualFold(rest[0], "Top of Information Store") {
			rest = rest[1:]
		}
		return location, strings.Join(rest, "/")
	}
	if ext := strings.ToLower(path.Ext(show)); ext == ".pst" || ext == ".ost" {
		name := strings.TrimSuffix(parts[len(parts)-1], path.Ext(show))
		if name = exportNumber.ReplaceAllString(exportSuffix.ReplaceAllString(name, ""), ""); strings.Contains(name, "@") {
			return name, ""
		}
	}
	return "", ""
}

var (
	exportSuffix = regexp.MustCompile(`(?i)\s*\((primary|archive|in-place archive)\)$|[-_.](primary|archive)$`)
	exportNumber = regexp.MustCompile(`[._-]\d{1,4}$`)
)
