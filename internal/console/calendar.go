package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/web"
)

// Calendar is the feed that the calendars of staff follow. It has no session: an
// address that nobody can guess is all it takes, so that nothing in it may say whom a
// case is about.
type Calendar interface {
	// Following says since when somebody's address is in use; zero where they have none.
	Following(ctx context.Context, by Staff) (time.Time, error)
	// Follow makes a new address for somebody, and ends the one they had. It is
	// shown once.
	Follow(ctx context.Context, by Staff) (token string, err error)
	// Unfollow ends it.
	Unfollow(ctx context.Context, by Staff) error
	// Entries is what a calendar shows; [web.ErrNotFound] where the address is none.
	Entries(ctx context.Context, token string) ([]CalendarEntry, error)
}

// CalendarEntry is a day in the calendar.
type CalendarEntry struct {
	UID  string    // opaque, and the same each time
	Day  time.Time // in London
	At   time.Time // the instant, where hours count; zero for the whole day
	Says string    // "AR-2026-0001: answer due"
	Path string    // of the page about it
}

func (c *Console) calendarRoutes() map[string]page {
	if c.Calendar == nil {
		return nil
	}
	return map[string]page{
		"GET /cases/calendar":      c.calendar,
		"POST /cases/calendar":     c.follow,
		"POST /cases/calendar/end": c.unfollow,
	}
}

type calendarView struct {
	Since   time.Time
	Address string // shown once
}

func (c *Console) calendar(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showCalendar(w, r, staff, "")
}

func (c *Console) showCalendar(w http.ResponseWriter, r *http.Request, staff Staff, address string) {
	since, err := c.Calendar.Following(r.Context(), staff)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "calendar", "/cases", web.Page{Title: "Calendar", Back: "/cases", Main: calendarView{since, address}})
}

func (c *Console) follow(w http.ResponseWriter, r *http.Request, staff Staff) {
	token, err := c.Calendar.Follow(r.Context(), staff)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.showCalendar(w, r, staff, c.origin(r)+"/calendar/"+token+".ics")
}

func (c *Console) unfollow(w http.ResponseWriter, r *http.Request, staff Staff) {
	if err := c.Calendar.Unfollow(r.Context(), staff); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, "/cases/calendar", "The address is ended. Calendars that follow it see nothing new.")
}

// origin is where this console stands, as the browser asked for it.
func (c *Console) origin(r *http.Request) string {
	if c.TLS || r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// feed answers a calendar.
func (c *Console) feed(w http.ResponseWriter, r *http.Request) {
	token, ok := strings.CutSuffix(r.PathValue("token"), ".ics")
	entries, err := []CalendarEntry(nil), error(web.ErrNotFound)
	if ok {
		entries, err = c.Calendar.Entries(r.Context(), token)
	}
	if err != nil {
		if !errors.Is(err, web.ErrNotFound) {
			c.pages.Fail(w, r, err)
			return
		}
		c.pages.Problem(w, r, web.NotFound)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Referrer-Policy", "no-referrer")
	if err := writeCalendar(w, c.Landlord.Name, c.origin(r), c.Now(), entries); err != nil {
		c.Log.Error("a calendar broke off", "error", err)
	}
}

// writeCalendar writes iCalendar (RFC 5545): lines of at most 75 bytes, ended as on
// the wire.
func writeCalendar(w io.Writer, landlord, origin string, now time.Time, entries []CalendarEntry) error {
	var err error
	line := func(format string, args ...any) {
		if err == nil {
			_, err = io.WriteString(w, fold(fmt.Sprintf(format, args...)))
		}
	}
	line("BEGIN:VCALENDAR")
	line("VERSION:2.0")
	line("PRODID:-//Tenet//Privacy office//EN")
	line("CALSCALE:GREGORIAN")
	line("METHOD:PUBLISH")
	line("X-WR-CALNAME:%s", calendarText("Privacy office, "+landlord))
	line("REFRESH-INTERVAL;VALUE=DURATION:PT1H")
	stamp := now.UTC().Format("20060102T150405Z")
	for _, e := range entries {
		line("BEGIN:VEVENT")
		line("UID:%s", calendarText(e.UID))
		line("DTSTAMP:%s", stamp)
		if e.At.IsZero() {
			day := e.Day.In(web.London)
			line("DTSTART;VALUE=DATE:%s", day.Format("20060102"))
			line("DTEND;VALUE=DATE:%s", day.AddDate(0, 0, 1).Format("20060102"))
		} else {
			line("DTSTART:%s", e.At.UTC().Format("20060102T150405Z"))
			line("DURATION:PT0S")
		}
		line("SUMMARY:%s", calendarText(e.Says))
		line("URL:%s", origin+e.Path)
		line("CLASS:PRIVATE")
		line("TRANSP:TRANSPARENT")
		line("END:VEVENT")
	}
	line("END:VCALENDAR")
	return err
}

// calendarText escapes a text (RFC 5545 section 3.3.11).
func calendarText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", "").Replace(s)
}

// fold breaks a line after 75 bytes at most, never within a character (section 3.1).
func fold(s string) string {
	var b strings.Builder
	width := 75
	for len(s) > width {
		n := width
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		b.WriteString(s[:n] + "\r\n ")
		s, width = s[n:], 74
	}
	return b.String() + s + "\r\n"
}
