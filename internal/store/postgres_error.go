package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// PostgreSQL's words for what a store meets:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	privilege            = "42501"
	diskFull             = "53100"
	tooManyConnections   = "53300"
	lockNotAvailable     = "55P03"
	queryCanceled        = "57014"
	adminShutdown        = "57P01"
	crashShutdown        = "57P02"
	cannotConnectNow     = "57P03"
)

// state is the SQLSTATE of an error, empty if it is not the server's.
func state(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// unreachable says whether there was nobody to talk to, which may pass.
func unreachable(err error) bool {
	var l lost
	var c *pgconn.ConnectError
	switch state(err) {
	case tooManyConnections, adminShutdown, crashShutdown, cannotConnectNow:
		return true
	case "":
		return errors.As(err, &l) || errors.As(err, &c)
	}
	return errors.As(err, &l)
}

func (p *postgres) again(ctx context.Context, err error, tries int) bool {
	pause := time.Duration(1)
	switch s := state(err); {
	case errors.Is(err, ErrUnknown):
		return false
	case s == serializationFailure, s == deadlockDetected:
		// Those who met part, so that they do not meet again.
		pause += rand.N(time.Duration(min(tries, 10)) * 2 * time.Millisecond)
	case s == lockNotAvailable:
	case unreachable(err):
		pause = time.Duration(min(tries, 20)) * 25 * time.Millisecond
	default:
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}

// ends is every error of a statement: PostgreSQL does not go on after one.
func (p *postgres) ends(error) bool { return true }

func (p *postgres) explain(err error) error {
	if errors.Is(err, ErrUnknown) {
		return err
	}
	switch state(err) {
	case diskFull:
		return fmt.Errorf("store: %w that holds %s; nothing of this was written: make room and do it again: %w", ErrFull, p.place, err)
	case serializationFailure, deadlockDetected, lockNotAvailable:
		return fmt.Errorf("store: %w: others kept %s for too long; nothing of this was written: %w", ErrBusy, p.place, err)
	case queryCanceled:
		return fmt.Errorf("store: %w: %s was too slow; nothing of this was written: %w", ErrBusy, p.place, err)
	case privilege:
		return fmt.Errorf("store: the role that Tenet uses must own its schema in %s: %w", p.place, err)
	}
	var c *pgconn.ConnectError
	if unreachable(err) || errors.As(err, &c) {
		return fmt.Errorf("store: %w: %s; nothing of this was written: %w", ErrUnreachable, p.place, err)
	}
	return err
}
