//go:build !unix

package store

import (
	"errors"
	"os"
)

func flock(string) (*os.File, error) {
	return nil, errors.New("locking a workspace is there on Unix systems only")
}
