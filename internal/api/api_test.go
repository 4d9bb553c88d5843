package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/detect"
)

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer((&Analyser{Most: 1 << 16}).Handler())
	t.Cleanup(s.Close)
	return s
}

func post(t *testing.T, url, kind, body string) (int, string) {
	t.Helper()
	r, err := http.Post(url, kind, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestAnalyse(t *testing.T) {
	s := serve(t)
	status, body := post(t, s.URL+"/analyze", "application/json; charset=utf-8", `{"text":"é: Ring Janet Hartley on 07700 900123","language":"en","correlation_id":"a1","return_decision_process":true}`)
	if status != http.StatusOK {
		t.Fatal(status, body)
	}
	var found []map[string]any
	if err := json.Unmarshal([]byte(body), &found); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		why := f["analysis_explanation"].(map[string]any)
		for _, field := range []string{"recognizer", "pattern_name", "pattern", "original_score", "score", "textual_explanation", "score_context_improvement", "supportive_context_word", "validation_result"} {
			if _, ok := why[field]; !ok {
				t.Errorf("the explanation has no %s", field)
			}
		}
		got = append(got, fmt.Sprint(f["entity_type"], " ", f["start"], " ", f["end"]))
	}
	if diff := cmp.Diff([]string{"PERSON 8 21", "PHONE_NUMBER 25 37"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		kind, body string
		status     int
	}{
		{"text/plain", `{"text":"Zebedee Quill"}`, 415},
		{"application/json", `{"text":"Zebedee Quill`, 400},
		{"application/json", `{"text":{"a":"Zebedee Quill"}}`, 400},
		{"application/json", `{"text":"Zebedee Quill","language":"Zebedee"}`, 400},
		{"application/json", `{"text":"Zebedee Quill","ad_hoc_recognizers":[{"name":"Zebedee"}]}`, 400},
		{"application/json", `{"text":"Zebedee Quill","entities":["Zebedee"]}`, 400},
		{"application/json", `{"text":"` + strings.Repeat("Zebedee ", 10000) + `"}`, 413},
	} {
		status, body := post(t, s.URL+"/analyze", c.kind, c.body)
		var e struct{ Error string }
		if err := json.Unmarshal([]byte(body), &e); err != nil || e.Error == "" || status != c.status {
			t.Errorf("%.60s: %d %s, want %d with an error", c.body, status, body, c.status)
		}
		if strings.Contains(body, "Zebedee") {
			t.Errorf("%.60s: the answer repeats the text: %s", c.body, body)
		}
	}
	if r, err := http.Get(s.URL + "/analyze"); err != nil || r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET /analyze: %v, %v", r, err)
	}
}

func TestLists(t *testing.T) {
	s := serve(t)
	for path, want := range map[string]string{"/supportedentities?language=en": `"UK_NHS"`, "/recognizers": `"TenetPERSON"`, "/health": "Presidio Analyzer service is up"} {
		r, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != 200 || !strings.Contains(string(b), want) {
			t.Errorf("%s: %d %s (%v)", path, r.StatusCode, b, err)
		}
	}
	if r, err := http.Get(s.URL + "/supportedentities?language=de"); err != nil || r.StatusCode != 400 {
		t.Errorf("German: %v, %v", r, err)
	}
}

// The client asks the server of this room: what one finds comes back to the other at the same bytes.
func TestRecogniserAsksAnalyser(t *testing.T) {
	s := serve(t)
	r, err := NewRecogniser("next door", s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := "Zoë 🏠 rang 07700 900123\xff; then Janet Hartley did."
	spans, err := r.Detect(context.Background(), detect.Detector{NoNames: true}, text)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, s := range spans {
		got[s.Text] = s.Why
	}
	if why := got["Janet Hartley"]; why != "found by the outside recogniser next door" {
		t.Errorf("Janet Hartley: %q in %v", why, got)
	}
	if why := got["07700 900123"]; why != "the shape of a telephone number" {
		t.Errorf("a number of our own has the reason %q", why)
	}
}

// What does not work is said, and what the detector finds alone is answered.
func TestRecogniserFails(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no model for Janet", 500) },
		"no list":  func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"error":"Janet"}`) },
		"null":     func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `null`) },
		"another place": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://example.org/", http.StatusFound)
		},
		"beyond the end": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `[{"start":3,"end":9000,"entity_type":"PERSON","score":1}]`)
		},
		"backwards": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `[{"start":5,"end":5,"entity_type":"PERSON","score":1}]`)
		},
		"no places": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `[{"entity_type":"PERSON","score":1}]`)
		},
		"sure of itself": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `[{"start":3,"end":9,"entity_type":"PERSON","score":7}]`)
		},
	} {
		s := httptest.NewServer(answer)
		r, err := NewRecogniser("theirs", s.URL, s.Client())
		if err != nil {
			t.Fatal(err)
		}
		spans, err := r.Detect(context.Background(), detect.Detector{}, "Janet Hartley rang")
		if err == nil || !strings.Contains(err.Error(), "theirs") || strings.Contains(err.Error(), "Janet") {
			t.Errorf("%s: error %v", name, err)
		}
		if len(spans) != 1 {
			t.Errorf("%s: %v", name, spans)
		}
		s.Close()
	}
}

func TestRecogniserAddress(t *testing.T) {
	for base, ok := range map[string]bool{
		"https://presidio.example.org": true, "https://presidio.example.org/v1/": true, "http://127.0.0.1:5002": true, "http://[::1]:5002": true, "http://presidio:3000": true,
		"http://presidio.example.org": false, "ftp://presidio": false, "https://u:p@presidio.example.org": false, "presidio:3000": false, "": false, "http://192.0.2.1": false,
	} {
		if _, err := NewRecogniser("x", base, nil); (err == nil) != ok {
			t.Errorf("%q: %v", base, err)
		}
	}
	if _, err := NewRecogniser("", "https://example.org", nil); err == nil {
		t.Error("a recogniser without a name")
	}
}

func FuzzAnalyse(f *testing.F) {
	for _, s := range []string{`{"text":"Ring Ann on 07700 900123"}`, `{"text":["a",""],"entities":["PERSON"]}`, `{"text":7}`, `[`, `{"text":"\ud800é"}`, `{"text":"a","score_threshold":1e308}`} {
		f.Add(s)
	}
	h := (&Analyser{}).Handler()
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/analyze", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}

func FuzzRecogniser(f *testing.F) {
	f.Add("Zoë\xff rang", `[{"start":0,"end":3,"entity_type":"PERSON","score":0.5}]`)
	f.Add("a", `[{"start":0,"end":2,"entity_type":"PERSON"}]`)
	f.Add("", `[]`)
	f.Fuzz(func(t *testing.T, text, answer string) {
		r, err := NewRecogniser("x", "http://x", &http.Client{Transport: says(answer)})
		if err != nil {
			t.Fatal(err)
		}
		spans, err := r.Detect(context.Background(), detect.Detector{NoNames: true}, text)
		for _, s := range spans {
			if s.Start < 0 || s.End > len(text) || s.Start >= s.End || s.Text != text[s.Start:s.End] {
				t.Fatalf("%+v in %q (%v)", s, text, err)
			}
		}
	})
}

// says answers every request with these words.
type says string

func (s says) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(string(s))), Header: http.Header{}}, nil
}
