package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
)

// File is something to download. Send closes Body.
type File struct {
	Name string // of the file
	Type string // media type
	Size int64  // bytes; 0 if not known
	Body io.ReadCloser
}

// Send streams a file for the browser to save, never to show: what a landlord's
// systems hold may be anything.
func Send(w http.ResponseWriter, f File) (err error) {
	defer func() {
		if e := f.Body.Close(); err == nil && e != nil {
			err = fmt.Errorf("close %s: %w", f.Name, e)
		}
	}()
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	if f.Size > 0 {
		h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	}
	if _, err := io.Copy(w, f.Body); err != nil {
		return fmt.Errorf("send %s: %w", f.Name, err)
	}
	return nil
}
