package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tenet/internal/desk"
	"tenet/internal/detect"
	"tenet/internal/match"
	"tenet/internal/source"
)

// maxText is how much one text may hold.
const maxText = 16 << 20

type detectCmd struct {
	Known string `placeholder:"FILE" help:"People to know: one a line, a name, or JSON {\"id\",\"name\",\"email\",\"phone\",\"dob\",\"nino\",\"ref\"}."`
	Serve string `placeholder:"ADDRESS" help:"Serve detection as Presidio's analyser does, at this address, instead of reading."`
	With  string `placeholder:"URL" help:"Ask a service that speaks Presidio's analyser API too. The text goes there."`
}

// found is one span of the answer.
type found struct {
	Start  int      `json:"start"`
	End    int      `json:"end"`
	Type   string   `json:"type"`
	Text   string   `json:"text"`
	Score  float64  `json:"score"`
	Why    string   `json:"why"`
	People []string `json:"people,omitempty"`
}

func (x *detectCmd) Run(c *call) error {
	people, err := readKnown(x.Known)
	if err != nil {
		return err
	}
	det := detect.Detector{}
	if people != nil {
		det.Known = people
	}
	switch {
	case x.Serve != "" && x.With != "":
		return &desk.Error{Code: "usage", What: "--serve and --with are two sides of one thing", Mend: "give one of them"}
	case x.Serve != "":
		return c.ServeDetector(c, det, x.Serve, func(address string) {
			c.say("Detection as Presidio's analyser serves it: %s\nWhoever reaches it may ask, and nothing is kept. Stop with Ctrl-C.", address)
		})
	}
	look := func(text string) ([]detect.Span, error) { return det.Detect(text), nil }
	if x.With != "" {
		outside, err := c.Outside(x.With)
		if err != nil {
			return &desk.Error{Code: "usage", What: err.Error(), Where: "--with", Mend: "give the address of the service, such as http://127.0.0.1:5002"}
		}
		look = func(text string) ([]detect.Span, error) { return outside(c, det, text) }
	}
	spans := func(text string) ([]found, error) {
		out := []found{}
		list, err := look(text)
		if err != nil {
			return nil, &desk.Error{Code: "reach", What: err.Error(), Where: x.With, Mend: "see that the service runs, or leave --with out", Err: source.ErrUnreachable}
		}
		for _, s := range list {
			out = append(out, found{s.Start, s.End, string(s.Type), s.Text, s.Score, s.Why, s.People})
		}
		return out, nil
	}
	first, err := c.in.Peek(1)
	if err != nil && err != io.EOF {
		return err
	}
	if len(first) == 1 && first[0] == '{' {
		return c.detectLines(spans)
	}
	data, err := io.ReadAll(io.LimitReader(c.in, maxText+1))
	if err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	if len(data) > maxText {
		return &desk.Error{Code: "too-large", What: fmt.Sprintf("the text is over %d bytes", maxText), Where: "standard input", Mend: "give it in parts, as JSON lines"}
	}
	list, err := spans(string(data))
	if err != nil {
		return err
	}
	return c.answer(map[string]any{"spans": list}, func(w io.Writer) {
		for _, s := range list {
			fmt.Fprintf(w, "%d-%d\t%s\t%.2f\t%q\t%s\n", s.Start, s.End, s.Type, s.Score, s.Text, s.Why)
		}
	})
}

// detectLines answers JSON lines, one for one and in order.
func (c *call) detectLines(spans func(string) ([]found, error)) error {
	lines := bufio.NewScanner(c.in)
	lines.Buffer(nil, maxText)
	out := bufio.NewWriter(c.Stdout)
	defer out.Flush() // a bad line does not take the answers before it along
	enc := json.NewEncoder(out)
	n := 0
	for lines.Scan() {
		n++
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var in struct {
			Text *string `json:"text"`
		}
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil || in.Text == nil {
			return &desk.Error{Code: "input", What: `not {"text": …}`, Where: fmt.Sprintf("standard input:%d", n), Mend: "give one JSON object a line"}
		}
		list, err := spans(*in.Text)
		if err != nil {
			return err
		}
		answer := struct {
			Spans    []found `json:"spans"`
			Complete bool    `json:"complete"`
		}{list, true}
		if err := enc.Encode(answer); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return &desk.Error{Code: "too-large", What: err.Error(), Where: fmt.Sprintf("standard input:%d", n+1), Mend: fmt.Sprintf("keep a line under %d bytes", maxText)}
	}
	return out.Flush()
}

// readKnown reads a list of people; nil without a file.
func readKnown(file string) (*detect.People, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the known people: %w", err)
	}
	defer f.Close()
	var people []detect.Individual
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		p := detect.Individual{ID: fmt.Sprint(n)}
		if !strings.HasPrefix(line, "{") {
			p.Name = match.ParseName(line)
		} else {
			var in struct{ ID, Name, Email, Phone, DOB, NINO, Ref string }
			if err := json.Unmarshal([]byte(line), &in); err != nil {
				return nil, &desk.Error{Code: "input", What: err.Error(), Where: fmt.Sprintf("%s:%d", filepath.Base(file), n), Mend: "give a name, or a JSON object, a line"}
			}
			if in.ID != "" {
				p.ID = in.ID
			}
			p.Name, p.DOB, p.NINO = match.ParseName(in.Name), in.DOB, in.NINO
			for _, x := range []struct {
				to    *[]string
				value string
			}{{&p.Emails, in.Email}, {&p.Phones, in.Phone}, {&p.Refs, in.Ref}} {
				if x.value != "" {
					*x.to = []string{x.value}
				}
			}
		}
		people = append(people, p)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the known people: %w", err)
	}
	return detect.NewPeople(people), nil
}
