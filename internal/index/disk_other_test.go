//go:build !linux

package index

import "testing"

func smallDisk(*testing.T, string, string) bool { return false }

func growDisk(*testing.T, string, string) {}
