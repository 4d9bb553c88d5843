package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

var errHeld = errors.New("held by another process")

// lockFile is the name of the lock in a workspace.
const lockFile = "tenet.lock"

// Held is the error of Lock when another process holds the workspace.
type Held struct {
	Dir   string
	PID   int       // 0 if the holder has not said
	Since time.Time // zero if the holder has not said
}

// Error says who holds the workspace, and what to do.
func (h *Held) Error() string {
	who := "another process"
	if h.PID != 0 {
		who = fmt.Sprintf("process %d since %s", h.PID, h.Since.Format(time.RFC3339))
	}
	return fmt.Sprintf("store: the workspace %s is held by %s; stop that one first, or give it the work", h.Dir, who)
}

type holder struct {
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// Lock takes the workspace for this process, as `tenet serve` does, until
// release or the end of the process, however it ends. If another has it the
// error is a *Held.
func Lock(dir string) (release func() error, err error) {
	path := filepath.Join(dir, lockFile)
	f, err := flock(path)
	if errors.Is(err, errHeld) {
		held := &Held{Dir: dir}
		if b, err := os.ReadFile(path); err == nil {
			var h holder
			if json.Unmarshal(b, &h) == nil {
				held.PID, held.Since = h.PID, h.Since
			}
		}
		return nil, held
	}
	if err != nil {
		return nil, fmt.Errorf("store: lock the workspace %s: %w", dir, err)
	}
	b, err := json.Marshal(holder{os.Getpid(), time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = io.NewOffsetWriter(f, 0).Write(append(b, '\n'))
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("store: lock the workspace %s: %w", dir, err)
	}
	// The file stays: removing it would let a third process lock a new file
	// while a second still waits on this one.
	return func() error { return errors.Join(f.Truncate(0), f.Close()) }, nil
}

// waitFor is flock for those who wait their turn.
func waitFor(ctx context.Context, path string) (release func() error, err error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		f, err := flock(path)
		if err == nil {
			return f.Close, nil
		}
		if !errors.Is(err, errHeld) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}
