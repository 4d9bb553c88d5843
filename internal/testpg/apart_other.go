//go:build !unix

package testpg

import "syscall"

// apart is nothing where there are neither groups of processes nor root.
func apart(string) (*syscall.SysProcAttr, error) { return nil, nil }
