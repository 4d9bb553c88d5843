package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestDetectorIsServed: the command serves what others ask of Presidio, and the
// same command asks it, with what it knows itself.
func TestDetectorIsServed(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	said, says := io.Pipe()
	var out bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- Run(ctx, []string{"detect", "--serve", "127.0.0.1:0"}, strings.NewReader(""), &out, says, "test")
		says.Close()
	}()
	at := ""
	heard := make([]byte, 4096)
	for at == "" {
		n, err := said.Read(heard)
		if err != nil {
			t.Fatalf("it ended before it served: %v", err)
		}
		if _, rest, ok := strings.Cut(string(heard[:n]), "http://"); ok {
			at, _, _ = strings.Cut("http://"+rest, "\n")
		}
	}
	go io.Copy(io.Discard, said)

	res, err := http.Post(at+"/analyze", "application/json", strings.NewReader(`{"text": "Ring Ann on 07700 900123", "language": "en"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var spans []struct {
		Type string `json:"entity_type"`
	}
	if err := json.NewDecoder(res.Body).Decode(&spans); err != nil || len(spans) != 2 {
		t.Errorf("it found %v, %v", spans, err)
	}

	var found, trouble bytes.Buffer
	if status := Run(t.Context(), []string{"detect", "--with", at, "--json"}, strings.NewReader("Ring Ann on 07700 900123"), &found, &trouble, "test"); status != 0 || !strings.Contains(found.String(), "PHONE") {
		t.Errorf("asking it ended with %d: %s%s", status, found.String(), trouble.String())
	}
	stop()
	if status := <-ended; status != 0 {
		t.Errorf("serving ended with %d", status)
	}
	// A service that is down is told, and nothing is passed off as all there is.
	found.Reset()
	if status := Run(t.Context(), []string{"detect", "--with", at, "--json"}, strings.NewReader("Ring Ann"), &found, &trouble, "test"); status != 4 || strings.Contains(found.String(), "PERSON") {
		t.Errorf("a service that is down ended with %d: %s", status, found.String())
	}
	if status := Run(t.Context(), []string{"detect", "--with", "nonsense"}, strings.NewReader("x"), &found, &trouble, "test"); status != 2 {
		t.Errorf("nonsense ended with %d", status)
	}
}
