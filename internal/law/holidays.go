package law

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

//go:embed holidays.json
var embedded []byte

// Nation is the part of the United Kingdom where the landlord has to act. Its
// text is the one GOV.UK's bank holidays use.
type Nation string

// The nations, as GOV.UK divides bank holidays.
const (
	EnglandAndWales Nation = "england-and-wales"
	Scotland        Nation = "scotland"
	NorthernIreland Nation = "northern-ireland"
)

// Nations is every nation, in GOV.UK's order.
func Nations() []Nation { return []Nation{EnglandAndWales, Scotland, NorthernIreland} }

// ParseNation reads a nation's name.
func ParseNation(s string) (Nation, error) {
	if n := Nation(s); slices.Contains(Nations(), n) {
		return n, nil
	}
	return "", fmt.Errorf("there is no nation %q: use england-and-wales, scotland or northern-ireland", clip(s))
}

func (n Nation) words() string {
	switch n {
	case EnglandAndWales:
		return "England and Wales"
	case Scotland:
		return "Scotland"
	case NorthernIreland:
		return "Northern Ireland"
	}
	return string(n)
}

// Holidays are the bank holidays of each nation over a stretch of years. They
// do not change once made, and may be shared.
type Holidays struct {
	id    string
	years map[Nation]span // what is covered: both days included
	days  map[Nation]map[Date]string
}

type span struct{ from, to Date }

// Version says which bank holidays a date was computed from.
type Version struct {
	ID     string          `json:"id"`     // the same days and titles have the same id
	Covers map[Nation]Date `json:"covers"` // the last date known, by nation
}

// Embedded is the bank holidays built into this version of Tenet.
func Embedded() *Holidays {
	h, err := ParseHolidays(embedded)
	if err != nil {
		panic("law: the built-in bank holidays: " + err.Error())
	}
	return h
}

// Version identifies these holidays and says how far they reach.
func (h *Holidays) Version() Version {
	v := Version{ID: h.id, Covers: map[Nation]Date{}}
	for nation, years := range h.years {
		v.Covers[nation] = years.to
	}
	return v
}

// Bounds of what ParseHolidays takes: GOV.UK's file is under 100 kB.
const (
	maxHolidayBytes  = 4 << 20
	maxHolidayEvents = 20_000
	minYearly        = 8 // bank holidays in a whole year, in the nation that has fewest
)

// ParseHolidays reads the JSON that GOV.UK publishes at
// https://www.gov.uk/bank-holidays.json: an object of three nations, each with
// its division and its events of title, date, notes and bunting. It is strict:
// an unknown key, a missing nation, a date given twice or a year with a hole in
// it is an error that names the line and the field.
//
// A nation is covered from the year of its first event to the year of its last,
// where these are whole: a file that stops before Christmas covers the days up
// to its last event only.
func ParseHolidays(data []byte) (*Holidays, error) {
	if len(data) > maxHolidayBytes {
		return nil, fmt.Errorf("bank holidays: %d bytes is more than the %d that are read: this is not GOV.UK's bank-holidays.json", len(data), maxHolidayBytes)
	}
	h := &Holidays{years: map[Nation]span{}, days: map[Nation]map[Date]string{}}
	p := &holidayParser{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	err := p.object("the file", func(key string) error {
		nation, err := ParseNation(key)
		if err != nil {
			return p.errorf("%w", err)
		}
		h.days[nation], err = p.division(nation)
		return err
	})
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return nil, fmt.Errorf("bank holidays: %w", err)
	}
	hash := sha256.New()
	for _, nation := range Nations() {
		days, ok := h.days[nation]
		if !ok {
			return nil, fmt.Errorf("bank holidays: the nation %q is missing: take the whole file from https://www.gov.uk/bank-holidays.json", nation)
		}
		sorted := sortedDates(days)
		if h.years[nation], err = coverage(nation, sorted); err != nil {
			return nil, fmt.Errorf("bank holidays: %w", err)
		}
		for _, d := range sorted {
			fmt.Fprintf(hash, "%s\t%s\t%q\n", nation, d, days[d])
		}
	}
	h.id = hex.EncodeToString(hash.Sum(nil))[:12]
	return h, nil
}

func sortedDates(days map[Date]string) []Date {
	dates := make([]Date, 0, len(days))
	for d := range days {
		dates = append(dates, d)
	}
	slices.SortFunc(dates, Date.Compare)
	return dates
}

// coverage is the stretch of days over which the sorted events can be trusted
// to be all there are.
func coverage(nation Nation, sorted []Date) (span, error) {
	if len(sorted) == 0 {
		return span{}, fmt.Errorf("the nation %q has no events", nation)
	}
	c := span{from: sorted[0], to: sorted[len(sorted)-1]}
	if c.from.Month == time.January && c.from.Day <= 4 { // New Year's Day or its substitute opens a whole year
		c.from.Day = 1
	}
	if c.to.Month == time.December && c.to.Day >= 25 { // Christmas closes one
		c.to.Day = 31
	}
	count := map[int]int{}
	for _, d := range sorted {
		count[d.Year]++
	}
	for year := c.from.Year; year <= c.to.Year; year++ {
		jan1, dec31 := Date{year, time.January, 1}, Date{year, time.December, 31}
		whole := !c.from.After(jan1) && !c.to.Before(dec31)
		if whole && count[year] < minYearly {
			return span{}, fmt.Errorf("the nation %q has %d events in %d, and no year has fewer than %d: the file has a hole in it", nation, count[year], year, minYearly)
		}
	}
	return c, nil
}

// holidayParser walks the file token by token, so that each error can name its
// line.
type holidayParser struct {
	data   []byte
	dec    *json.Decoder
	events int
}

func (p *holidayParser) errorf(format string, args ...any) error {
	upTo := min(int(p.dec.InputOffset()), len(p.data))
	line := 1 + bytes.Count(p.data[:upTo], []byte("\n"))
	return fmt.Errorf("line %d: %w", line, fmt.Errorf(format, args...))
}

func (p *holidayParser) token(what string) (json.Token, error) {
	tok, err := p.dec.Token()
	if errors.Is(err, io.EOF) {
		return nil, p.errorf("the file ends where %s was expected", what)
	}
	if err != nil {
		return nil, p.errorf("not JSON: %w", err)
	}
	return tok, nil
}

func (p *holidayParser) end() error {
	if tok, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		if err != nil {
			return p.errorf("not JSON: %w", err)
		}
		return p.errorf("%v follows the end of the object", tok)
	}
	return nil
}

// object reads an object, calling each with every key once.
func (p *holidayParser) object(what string, each func(key string) error) error {
	tok, err := p.token(what)
	if err != nil {
		return err
	}
	if tok != json.Delim('{') {
		return p.errorf("%s must be an object, {…}", what)
	}
	seen := map[string]bool{}
	for p.dec.More() {
		tok, err := p.token("a key")
		if err != nil {
			return err
		}
		key, ok := tok.(string)
		if !ok {
			return p.errorf("%s has a key that is no string", what)
		}
		if seen[key] {
			return p.errorf("%s has the key %q twice", what, clip(key))
		}
		seen[key] = true
		if err := each(key); err != nil {
			return err
		}
	}
	_, err = p.token("}")
	return err
}

func (p *holidayParser) str(field string) (string, error) {
	tok, err := p.token(field)
	if err != nil {
		return "", err
	}
	s, ok := tok.(string)
	if !ok {
		return "", p.errorf("%q must be a string", field)
	}
	return s, nil
}

func (p *holidayParser) division(nation Nation) (map[Date]string, error) {
	days := map[Date]string{}
	err := p.object(string(nation), func(key string) error {
		switch key {
		case "division":
			s, err := p.str(key)
			if err == nil && s != string(nation) {
				err = p.errorf("\"division\" says %q under the nation %q", clip(s), nation)
			}
			return err
		case "events":
			return p.list(days)
		}
		return p.errorf("unknown key %q in %q: it has division and events", clip(key), nation)
	})
	return days, err
}

func (p *holidayParser) list(days map[Date]string) error {
	tok, err := p.token("events")
	if err != nil {
		return err
	}
	if tok != json.Delim('[') {
		return p.errorf("\"events\" must be a list, […]")
	}
	for p.dec.More() {
		if p.events++; p.events > maxHolidayEvents {
			return p.errorf("more than %d events: this is not GOV.UK's bank-holidays.json", maxHolidayEvents)
		}
		if err := p.event(days); err != nil {
			return err
		}
	}
	_, err = p.token("]")
	return err
}

func (p *holidayParser) event(days map[Date]string) error {
	var day Date
	var title, notes string
	err := p.object("an event", func(key string) (err error) {
		switch key {
		case "title":
			title, err = p.str(key)
		case "notes":
			notes, err = p.str(key)
		case "date":
			var s string
			if s, err = p.str(key); err != nil {
				return err
			}
			if day, err = ParseDate(s); err != nil {
				return p.errorf("\"date\": %w", err)
			}
		case "bunting":
			var tok json.Token
			if tok, err = p.token(key); err == nil {
				if _, ok := tok.(bool); !ok {
					err = p.errorf("\"bunting\" must be true or false")
				}
			}
		default:
			err = p.errorf("unknown key %q in an event: it has title, date, notes and bunting", clip(key))
		}
		return err
	})
	if err != nil {
		return err
	}
	title, notes = strings.TrimSpace(title), strings.TrimSpace(notes)
	switch {
	case day.IsZero():
		return p.errorf("an event has no \"date\"")
	case title == "":
		return p.errorf("the event of %s has no \"title\"", day)
	case days[day] != "":
		return p.errorf("the date %s is given twice: as %q and as %q", day, clip(days[day]), clip(title))
	}
	if notes != "" {
		title += ", " + strings.ToLower(notes)
	}
	days[day] = title
	return nil
}
