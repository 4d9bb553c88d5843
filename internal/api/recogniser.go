package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tenet/internal/detect"
)

// Recogniser is a service that speaks Presidio's analyser API and is asked for what it finds besides. The whole text goes
// there: it is for a service that the landlord runs, or a processor under contract.
type Recogniser struct {
	name    string
	analyse string // the address to ask
	client  *http.Client
}

const (
	mostAnswer = 32 << 20 // bytes
	patience   = time.Minute
)

// NewRecogniser prepares to ask the service at base ("https://presidio.example.org"), which reasons will call by name. It
// asks over HTTPS; over HTTP only on this machine or at a host without a domain, as containers call each other. client may
// be nil; redirects are never followed.
func NewRecogniser(name, base string, client *http.Client) (*Recogniser, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the recogniser %s: its address must be like https://host:port, without user, query or fragment", name)
	case u.Scheme != "https" && (u.Scheme != "http" || !near(u.Hostname())):
		return nil, fmt.Errorf("the recogniser %s at %s: texts go there, so its address must begin with https://", name, u.Host)
	case name == "" || len(name) > 60 || strings.ContainsFunc(name, unicode.IsControl):
		return nil, errors.New("a recogniser needs a name of up to 60 bytes: reasons call it by it")
	}
	c := http.Client{Timeout: patience}
	if client != nil {
		c = *client
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Recogniser{name: name, analyse: u.JoinPath("analyze").String(), client: &c}, nil
}

// near reports whether a host is this machine, or one whose name has no domain.
func near(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host != "" && !strings.Contains(host, ".")
}

// Detect is [detect.Detector.DetectWith] what the service finds: its finds are guesses, and their reasons name it. When
// the service fails, the answer is what the detector finds alone, together with the error: the caller must say that the
// text was not read by all who should have read it.
func (r *Recogniser) Detect(ctx context.Context, d detect.Detector, text string) ([]detect.Span, error) {
	others, err := r.Find(ctx, text)
	return d.DetectWith(text, others), err
}

// Find gives what the service finds in text, of the types that package detect has. Anything in its answer that does not
// fit the text is an error. No error holds any of the text.
func (r *Recogniser) Find(ctx context.Context, text string) ([]detect.Span, error) {
	if !utf8.ValidString(text) {
		text = valid(text) // of the same length, so that places stay
	}
	found, err := r.ask(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("ask the recogniser %s: %w", r.name, err)
	}
	at := make([]int, 0, len(text)+1) // the byte at which each code point begins
	for i := range text {
		at = append(at, i)
	}
	at = append(at, len(text))
	var spans []detect.Span
	for _, f := range found {
		if f.Start == nil || f.End == nil || *f.Start < 0 || *f.Start >= *f.End || *f.End >= len(at) || !(f.Score >= 0 && f.Score <= 1) {
			return nil, fmt.Errorf("ask the recogniser %s: its answer does not fit the text it was given", r.name)
		}
		t, ok := detect.TypeOf(f.Type)
		if !ok {
			continue // dates, nationalities, numbers of other countries
		}
		spans = append(spans, detect.Span{
			Start: at[*f.Start], End: at[*f.End], Type: t, Text: text[at[*f.Start]:at[*f.End]],
			Score: max(f.Score, 0.01), Why: "found by the outside recogniser " + r.name,
		})
	}
	return spans, nil
}

// valid puts a question mark for each byte that is no text.
func valid(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); {
		c, n := utf8.DecodeRune(b[i:])
		if c == utf8.RuneError && n == 1 {
			b[i] = '?'
		}
		i += n
	}
	return string(b)
}

// theirs is one find as the service says it.
type theirs struct {
	Start *int    `json:"start"`
	End   *int    `json:"end"`
	Type  string  `json:"entity_type"`
	Score float64 `json:"score"`
}

func (r *Recogniser) ask(ctx context.Context, text string) ([]theirs, error) {
	body, err := json.Marshal(map[string]string{"text": text, "language": "en"})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.analyse, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := r.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("it answered %d %s", response.StatusCode, http.StatusText(response.StatusCode)) // its words may repeat the text
	case len(answer) > mostAnswer:
		return nil, fmt.Errorf("its answer is over %d bytes", mostAnswer)
	}
	var found []theirs
	if err := json.Unmarshal(answer, &found); err != nil || found == nil {
		return nil, errors.New("its answer is not a list of what it found")
	}
	return found, nil
}
