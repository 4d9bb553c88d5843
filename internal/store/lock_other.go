//go:build !unix && !windows

package store

import (
	"errors"
	"os"
)

func flock(string) (*os.File, error) {
	return nil, errors.New("locking a workspace is there on Unix and Windows only")
}
