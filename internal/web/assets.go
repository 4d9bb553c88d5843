package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// What `npm run build` in frontend writes. The folder holds only .keep in a
// fresh clone, so that the program builds and its tests run with Go alone.
//
//go:embed all:dist
var dist embed.FS

//go:embed icon.svg
var icon []byte

// missingStyle is served in place of a style sheet that was never compiled.
const missingStyle = `/* This program was built without its style sheet, so pages are plain but work.
   To have it: run "make build", or "npm ci && npm run build" in frontend and build again. */
`

// assetsAt is where the files stand on every face.
const assetsAt = "/assets/"

// Assets are the style sheet, the icon and the script, under names that change
// with their content, so that a browser may keep them for ever.
type Assets struct {
	style, icon, script string // URL paths
	files               map[string]asset
}

type asset struct {
	body        []byte
	contentType string
	cache       string
	packed      []byte // body by gzip; nil where that is no smaller
}

const forEver = "public, max-age=31536000, immutable"

// NewAssets reads what was embedded. A program built without a style sheet has
// one that says so.
func NewAssets() *Assets { return newAssets(dist) }

func newAssets(fsys fs.FS) *Assets {
	a := &Assets{files: make(map[string]asset)}

	sum := sha256.Sum256(icon)
	a.icon = assetsAt + "icon-" + hex.EncodeToString(sum[:6]) + ".svg"
	a.files[a.icon] = asset{icon, "image/svg+xml", forEver, nil}

	a.style = assetsAt + "tenet.css"
	a.files[a.style] = asset{[]byte(missingStyle), "text/css; charset=utf-8", "no-cache", nil}
	a.built(fsys, "dist/tenet-*.css", "text/css; charset=utf-8", &a.style)
	a.built(fsys, "dist/tenet-*.js", "text/javascript; charset=utf-8", &a.script)
	return a
}

// built takes in what was compiled, if it was, and says where it stands.
func (a *Assets) built(fsys fs.FS, pattern, contentType string, at *string) {
	names, _ := fs.Glob(fsys, pattern) // the pattern is well formed: no error to have
	for _, name := range names {
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			continue // as if it had not been compiled
		}
		*at = assetsAt + path.Base(name)
		a.files[*at] = asset{body, contentType, forEver, packed(body)}
	}
}

// packed is a file as gzip has it, done once: a telephone on a slow line waits for the
// style sheet. Pages are not packed. Whoever can have words put into a page and sees how
// long it gets could then guess what else is on it (BREACH).
func packed(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a level that there is: no error to have
	z.Write(body)                                         // into memory: no error to have
	z.Close()
	if b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}

// takesGzip says whether a browser takes gzip (RFC 9110 section 12.5.3).
func takesGzip(accept string) bool {
	for one := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(one, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		q, weighed := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(params, " ", "")), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !weighed || err == nil && weight > 0
	}
	return false
}

// Style is the URL path of the style sheet.
func (a *Assets) Style() string { return a.style }

// Icon is the URL path of the icon.
func (a *Assets) Icon() string { return a.icon }

// Script is the URL path of the script, for pages that bring it; empty in a
// program that was built without.
func (a *Assets) Script() string { return a.script }

// Built says whether a compiled style sheet is in the program.
func (a *Assets) Built() bool { return a.style != assetsAt+"tenet.css" }

// ServeHTTP answers for the paths under /assets/.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Cache-Control", f.cache)
	body := f.body
	if f.packed != nil {
		w.Header().Set("Vary", "Accept-Encoding")
		if takesGzip(r.Header.Get("Accept-Encoding")) {
			w.Header().Set("Content-Encoding", "gzip")
			body = f.packed
		}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
