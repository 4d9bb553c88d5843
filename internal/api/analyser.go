package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"tenet/internal/detect"
)

// DefaultMost is how many bytes a request may hold where [Analyser.Most] says nothing.
const DefaultMost = 4 << 20

// Analyser serves a detector as Presidio's analyser service is served:
//
//	POST /analyze            {"text": …, "language": "en", …}: a list of what was found; see [detect.Detector.Analyse]
//	GET  /supportedentities  the names of the types
//	GET  /recognizers        the names of what finds them
//	GET  /health             a line of text
//
// Errors are answered as {"error": "…"}: 400 for a request that makes no sense, 413 for one that is too large, 415 for a
// body that is not JSON. (Presidio says 500 for all of them; its clients look at the field.)
type Analyser struct {
	Detector detect.Detector
	Most     int64 // bytes of a request; 0 for DefaultMost
}

// Handler gives the service. It may be used by many goroutines when the detector's Known may.
func (a *Analyser) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /analyze", a.analyse)
	mux.HandleFunc("GET /supportedentities", listed(detect.Entities()))
	mux.HandleFunc("GET /recognizers", listed(detect.Recognisers()))
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, "Presidio Analyzer service is up") // word for word: probes compare it
	})
	return mux
}

func (a *Analyser) analyse(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "send JSON, with Content-Type: application/json")
		return
	}
	most := a.Most
	if most == 0 {
		most = DefaultMost
	}
	request, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("a request may hold %d bytes: send the text in parts", most))
		} else {
			refuse(w, http.StatusBadRequest, "the request ended early")
		}
		return
	}
	answer, err := a.Detector.Analyse(request)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	send(w, http.StatusOK, answer)
}

// listed answers with a list of names; in another language than English there are none.
func listed(names []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if l := r.URL.Query().Get("language"); l != "" && l != "en" {
			refuse(w, http.StatusBadRequest, `only English is understood: leave language out, or give "en"`)
			return
		}
		answer, err := json.Marshal(names)
		if err != nil {
			refuse(w, http.StatusInternalServerError, "the list could not be written")
			return
		}
		send(w, http.StatusOK, answer)
	}
}

func refuse(w http.ResponseWriter, status int, what string) {
	answer, err := json.Marshal(map[string]string{"error": what})
	if err != nil {
		answer = []byte(`{"error":"the request was refused"}`)
	}
	send(w, status, answer)
}

func send(w http.ResponseWriter, status int, answer []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(answer)
}
