package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"tenet/internal/detect"
	"tenet/internal/match"
)

// An engine finds personal data in texts; it gives what it found and how long it took.
type engine func(docs []Document, known []detect.Individual) ([][]found, time.Duration, error)

// tenet is this project's detector.
func tenet(configure func(*detect.Detector)) engine {
	return func(docs []Document, known []detect.Individual) ([][]found, time.Duration, error) {
		d := detect.Detector{}
		if len(known) > 0 {
			d.Known = detect.NewPeople(known)
		}
		if configure != nil {
			configure(&d)
		}
		d.Detect("Ann Shaw") // the model is read once, not once a text
		out := make([][]found, len(docs))
		for i := range docs {
			for _, s := range d.Detect(docs[i].Text) {
				out[i] = append(out[i], found{s.Start, s.End, s.Type, s.Score})
			}
		}
		started, rounds := busy(), 0
		for ; busy()-started < 200*time.Millisecond; rounds++ {
			for i := range docs {
				d.Detect(docs[i].Text)
			}
		}
		return out, (busy() - started) / time.Duration(rounds), nil
	}
}

// busy is how long this process has kept processors busy: on a machine that others use too, the clock on the wall says
// little.
func busy() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// presidio is Presidio's analyser, in the Python that is given. words says that each word of a known name is on its
// deny-list, and not the full names only.
func presidio(python, script string, words bool) engine {
	return func(docs []Document, known []detect.Individual) ([][]found, time.Duration, error) {
		deny := []string{}
		for _, k := range known {
			deny = append(deny, k.Name.Written)
			if words {
				for _, w := range strings.Fields(k.Name.Written) {
					if _, title := match.IsTitle(match.Fold(w)); len(w) > 2 && !title {
						deny = append(deny, w)
					}
				}
			}
		}
		var in bytes.Buffer
		enc := json.NewEncoder(&in)
		if err := enc.Encode(map[string]any{"deny": deny}); err != nil {
			return nil, 0, err
		}
		for _, d := range docs {
			if err := enc.Encode(map[string]any{"text": d.Text}); err != nil {
				return nil, 0, err
			}
		}
		cmd := exec.Command(python, script)
		cmd.Stdin, cmd.Stderr = &in, os.Stderr
		answer, err := cmd.Output()
		if err != nil {
			return nil, 0, fmt.Errorf("run Presidio in %s: %w", python, err)
		}
		lines := bufio.NewScanner(bytes.NewReader(answer))
		lines.Buffer(nil, 64<<20)
		out := make([][]found, len(docs))
		for i := range docs {
			var spans []struct {
				Start, End int
				Type       string
				Score      float64
			}
			if !lines.Scan() {
				return nil, 0, fmt.Errorf("it answered %d of %d texts", i, len(docs))
			}
			if err := json.Unmarshal(lines.Bytes(), &spans); err != nil {
				return nil, 0, fmt.Errorf("read Presidio's answer: %w", err)
			}
			for _, s := range spans {
				if t, ok := ours[s.Type]; ok {
					out[i] = append(out[i], found{s.Start, s.End, t, s.Score})
				}
			}
		}
		var last struct{ Seconds float64 }
		if !lines.Scan() {
			return nil, 0, fmt.Errorf("its answer ends early")
		}
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			return nil, 0, fmt.Errorf("read Presidio's answer: %w", err)
		}
		return out, time.Duration(last.Seconds * float64(time.Second)), nil
	}
}

// ours are Presidio's types by our names. A DATE_TIME is any date, and no date of birth.
var ours = map[string]detect.Type{
	"PERSON": detect.Person, "EMAIL_ADDRESS": detect.Email, "PHONE_NUMBER": detect.Phone, "CREDIT_CARD": detect.Card, "IBAN_CODE": detect.IBAN,
	"IP_ADDRESS": detect.IP, "URL": detect.URL, "UK_NHS": detect.NHS, "UK_NINO": detect.NINO, "UK_POSTCODE": detect.Postcode, "UK_PASSPORT": detect.Passport,
	"UK_VEHICLE_REGISTRATION": detect.Vehicle, "UK_DRIVING_LICENCE": detect.DrivingLicence, "ORGANIZATION": detect.Organisation, "LOCATION": detect.Location,
}

// Records of the landlord's, as they may be.
const (
	asTheyAre = iota
	misspelt  // one letter wrong in each surname
	stale     // the surname is that of before a marriage
)

// index gives the people of the documents whom the landlord knows: percent of them, chosen by hash.
func index(docs []Document, percent int, records int) []detect.Individual {
	var out []detect.Individual
	for _, d := range docs {
		for _, p := range d.People {
			h := fnv.New32a()
			h.Write([]byte(d.ID + "/" + p.Person))
			if int(h.Sum32()%100) >= percent {
				continue
			}
			written := p.Known.Name
			if written == "" {
				written = p.Name
			}
			name := match.ParseName(change(written, records, h.Sum32()))
			k := match.Known{Name: name, Emails: p.Known.Emails, Phones: p.Known.Phones, Refs: p.Known.Refs}
			for _, also := range p.Known.KnownAs {
				k.KnownAs = append(k.KnownAs, match.ParseName(also))
			}
			out = append(out, detect.Individual{ID: d.ID + "/" + p.Person, Known: k})
		}
	}
	return out
}

// change makes a record misspelt or stale.
func change(name string, records int, chance uint32) string {
	words := strings.Fields(name)
	last := []rune(words[max(0, len(words)-1)])
	switch {
	case len(words) < 2:
	case records == stale:
		words[len(words)-1] = "Formerly"
	case records == misspelt && len(last) > 3:
		i := 1 + int(chance/100)%(len(last)-2)
		switch chance / 7 % 3 {
		case 0:
			last = append(last[:i], last[i+1:]...)
		case 1:
			last[i], last[i+1] = last[i+1], last[i]
		case 2:
			last[i] = 'e' + ('i'-'e')*rune(i%2)
		}
		words[len(words)-1] = string(last)
	}
	return strings.Join(words, " ")
}
