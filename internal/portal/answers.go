package portal

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// born is the date of birth; the zero time if it was left out, false if it is no date.
func (a answers) born() (time.Time, bool) {
	if a.Day+a.Month+a.Year == "" {
		return time.Time{}, true
	}
	d, err1 := strconv.Atoi(a.Day)
	m, err2 := strconv.Atoi(a.Month)
	y, err3 := strconv.Atoi(a.Year)
	if named, ok := month(a.Month); err2 != nil && ok {
		m, err2 = named, nil // names of months are taken too, whole or short
	}
	if err1 != nil || err2 != nil || err3 != nil || y < 1880 || y > 9999 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d && int(t.Month()) == m
}

// request is what to send to the desk.
func (a answers) request(now time.Time, language string) (Request, error) {
	hash, err := HashCode(a.Code)
	if err != nil {
		return Request{}, err
	}
	born, _ := a.born() // it was checked when it was read
	about := a.About
	if a.Other != "" {
		about += "\n\n" + a.Other
	}
	r := Request{
		Kind: a.What, Name: a.Name, Email: a.Email, Phone: a.Phone, Address: a.Post, About: about, Language: language,
		Help:     Help{Reference: a.Reference, Homes: a.Homes, Born: born},
		Received: now, Token: a.Token, Code: hash,
	}
	if a.By != "" {
		r.Acting = Acting{Name: a.By, Role: a.Role, Evidence: a.Shows}
	}
	if a.Safe == "some" {
		for _, way := range a.Only {
			r.Safety.Only = append(r.Safety.Only, map[string]string{"email": a.Email, "phone": a.Phone, "post": a.Post}[way])
		}
		r.Safety.Never = a.Never
	}
	return r, nil
}

// line is an answer on one line.
func line(v url.Values, name string) string {
	return strings.Join(strings.Fields(valid(v.Get(name))), " ")
}

// text is an answer of several lines.
func text(v url.Values, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(valid(v.Get(name)), "\r\n", "\n"))
}

// valid is what is fit to keep of what was sent: valid UTF-8 without control
// characters, which no keyboard types and which no system downstream should meet.
func valid(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}
