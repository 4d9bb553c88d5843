package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/ledger"
	"tenet/internal/store"
	"tenet/internal/web"
)

// An address of the calendar is the id of an account and a secret, of which the store
// has the hash alone, among the sessions: it ends after a year like one of theirs.
const (
	calendarPrefix = "calendar-"
	calendarLife   = 366 * 24 * time.Hour
	calendarDays   = 400 // how far ahead it looks
)

func (s caseWork) sessions() *store.Sessions { return s.d.Store.Sessions(s.d.Config.Landlord) }

// address is since when an account has its address, and the hash of its secret; zero
// where it has none.
func (s caseWork) address(ctx context.Context, id string) (since time.Time, hash []byte, err error) {
	data, found, err := s.sessions().FindCtx(ctx, calendarPrefix+id)
	if err != nil || !found || len(data) != 8+sha256.Size {
		return time.Time{}, nil, err
	}
	return time.Unix(int64(binary.BigEndian.Uint64(data)), 0).UTC(), data[8:], nil
}

// Following says since when somebody's address is in use.
func (s caseWork) Following(ctx context.Context, by console.Staff) (time.Time, error) {
	since, _, err := s.address(ctx, by.ID)
	return since, err
}

// Follow makes a new address for somebody, and ends the one they had.
func (s caseWork) Follow(ctx context.Context, by console.Staff) (string, error) {
	secret := strings.ToLower(rand.Text()) // 130 bits
	hash := sha256.Sum256([]byte(secret))
	now := s.d.Now()
	data := append(binary.BigEndian.AppendUint64(nil, uint64(now.Unix())), hash[:]...)
	if err := s.record(ctx, by, "staff.calendar-made"); err != nil {
		return "", err
	}
	if err := s.sessions().CommitCtx(ctx, calendarPrefix+by.ID, data, now.Add(calendarLife)); err != nil {
		return "", err
	}
	return by.ID + "." + secret, nil
}

// Unfollow ends somebody's address.
func (s caseWork) Unfollow(ctx context.Context, by console.Staff) error {
	if err := s.sessions().DeleteCtx(ctx, calendarPrefix+by.ID); err != nil {
		return err
	}
	return s.record(ctx, by, "staff.calendar-ended")
}

func (s caseWork) record(ctx context.Context, by console.Staff, act string) error {
	return s.d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: s.d.Config.Landlord, Actor: by.ID, Subject: by.ID, Name: act}, nil)
	})
}

// Entries is when each open case is due, and the open tasks of whose calendar it is.
// They name cases by number alone. An address that is none, and one of an account that
// is disabled, are the same.
func (s caseWork) Entries(ctx context.Context, token string) ([]console.CalendarEntry, error) {
	id, secret, _ := strings.Cut(token, ".")
	if id == "" || len(token) > 200 {
		return nil, web.ErrNotFound
	}
	_, want, err := s.address(ctx, id)
	if err != nil {
		return nil, err
	}
	got := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(got[:], want) != 1 {
		return nil, web.ErrNotFound
	}
	staff, err := accounts{s.d}.Staff(ctx, id)
	if err == console.ErrNoAccount {
		return nil, web.ErrNotFound
	} else if err != nil {
		return nil, err
	}
	ctx = desk.As(ctx, store.Staff{ID: staff.ID, Role: staff.Role})
	var out []console.CalendarEntry
	open, err := s.everyCase(ctx, false, time.Time{})
	if err != nil {
		return nil, err
	}
	until := s.d.Now().AddDate(0, 0, calendarDays)
	for _, k := range open {
		if k.Due.IsZero() || k.Due.Deadline().After(until) {
			continue
		}
		e := console.CalendarEntry{UID: k.ID + "@tenet", Day: k.Due.Date.Start(), At: k.Due.At, Says: k.Number + ": answer due", Path: "/cases/" + k.Number}
		if len(k.Waiting()) > 0 {
			e.Says = k.Number + ": answer due if what is awaited comes today"
		}
		out = append(out, e)
	}
	tasks, err := s.openTasks(ctx, cases.TaskFilter{Owner: id})
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if t.Place == holding {
			continue
		}
		e := console.CalendarEntry{UID: t.Case + "-" + strconv.FormatInt(t.N, 10) + "@tenet", Day: t.Due, Says: t.Number + ": task due (" + strings.ToLower(taskSorts[t.Sort]) + ")", Path: "/cases/" + t.Number + "/tasks"}
		if t.Sort == cases.TaskHold {
			e.At = t.Due
		}
		out = append(out, e)
	}
	return out, nil
}
