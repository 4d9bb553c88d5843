//go:build !linux

package store

import "testing"

func smallDisk(*testing.T, string, string) bool { return false }

func growDisk(*testing.T, string, string) {}

func giveTo(*testing.T, string, string) {}
