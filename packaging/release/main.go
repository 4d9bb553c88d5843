// Command release makes what is handed out of one version: archives for every
// platform, Debian packages, a bill of materials of each binary, checksums and a
// signature on them. From the same commit, the same Go and the same assets it makes
// the same bytes; only a signature is new each time it is not Ed25519's.
//
//	go run ./packaging/release -version v1.2.3 -time 1790000000 -nfpm PATH [-key FILE] [-debs] dist
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// platform is what a binary runs on, in Go's words.
type platform struct{ os, arch string }

var platforms = []platform{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "arm64"}, {"windows", "amd64"}}

// beside are the files that go into each archive beside the binary.
var beside = []string{"LICENSE", "NOTICE", "README.md", "docs/install.md", "docs/upgrading.md"}

// release is one version being made.
type release struct {
	version string
	time    time.Time // of everything in it
	nfpm    string
	key     string // file of an SSH key; empty to leave it unsigned
	debs    bool   // nothing but the Debian package of this machine
	dir     string
}

func main() {
	var r release
	var at int64
	flag.StringVar(&r.version, "version", "", "the `version`, as git describe has it")
	flag.Int64Var(&at, "time", 0, "`seconds` since 1970 that every file is dated: SOURCE_DATE_EPOCH")
	flag.StringVar(&r.nfpm, "nfpm", "nfpm", "the `program` that writes Debian packages")
	flag.StringVar(&r.key, "key", "", "the SSH key `file` to sign with; unsigned if left out")
	flag.BoolVar(&r.debs, "debs", false, "make the Debian packages alone")
	flag.Parse()
	if flag.NArg() != 1 || r.version == "" || at == 0 {
		flag.Usage()
		os.Exit(2)
	}
	r.dir, r.time = flag.Arg(0), time.Unix(at, 0).UTC()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := r.make(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func (r *release) make(ctx context.Context) error {
	// What an earlier run left would get into the checksums.
	if left, err := filepath.Glob(filepath.Join(r.dir, "tenet*")); err != nil {
		return err
	} else if err := errors.Join(removed(append(left, r.in("SHA256SUMS"), r.in("SHA256SUMS.sig")))...); err != nil {
		return err
	}
	for _, p := range platforms {
		if r.debs && p.os != "linux" {
			continue
		}
		binary, err := r.build(ctx, p)
		if err != nil {
			return err
		}
		if p.os == "linux" {
			if err := r.deb(ctx, p, binary); err != nil {
				return err
			}
		}
		if r.debs {
			continue
		}
		if err := r.archive(p, binary); err != nil {
			return err
		}
		if err := r.materials(p, binary); err != nil {
			return err
		}
	}
	if r.debs {
		return nil
	}
	if err := writeSums(r.dir); err != nil {
		return err
	}
	if r.key == "" {
		fmt.Fprintln(os.Stderr, "release: not signed: give a key with -key FILE (make release RELEASE_KEY=FILE)")
		return nil
	}
	return r.sign(ctx)
}

func removed(paths []string) (errs []error) {
	for _, p := range paths {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errs
}

func (r *release) in(name string) string { return filepath.Join(r.dir, name) }

// name is that of a file for a platform.
func (r *release) name(p platform, suffix string) string {
	return fmt.Sprintf("tenet_%s_%s_%s%s", debVersion(r.version, r.time), p.os, p.arch, suffix)
}

func (r *release) build(ctx context.Context, p platform) (string, error) {
	binary := r.in(filepath.Join("bin", p.os+"_"+p.arch, "tenet"))
	if p.os == "windows" {
		binary += ".exe"
	}
	fmt.Fprintln(os.Stderr, "release: build", binary)
	cmd := command(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid= -X main.version="+r.version, "-o", binary, "./cmd/tenet")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=-mod=readonly")
	return binary, run(cmd)
}

func (r *release) deb(ctx context.Context, p platform, binary string) error {
	cmd := command(ctx, r.nfpm, "package", "--config", "packaging/nfpm.yaml", "--packager", "deb",
		"--target", r.in(fmt.Sprintf("tenet_%s_%s.deb", debVersion(r.version, r.time), p.arch)))
	cmd.Env = append(os.Environ(), "TENET_VERSION="+debVersion(r.version, r.time), "TENET_ARCH="+p.arch, "TENET_BINARY="+binary,
		fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.time.Unix()))
	return run(cmd)
}

// sign has ssh-keygen sign the checksums: whoever has SSH can verify that.
func (r *release) sign(ctx context.Context) error {
	return run(command(ctx, "ssh-keygen", "-Y", "sign", "-q", "-n", "tenet-release", "-f", r.key, r.in("SHA256SUMS")))
}

var released = regexp.MustCompile(`^v?([0-9]+\.[0-9]+\.[0-9]+)$`)

// debVersion is a version that sorts as Debian sorts: what is between two releases
// comes before every release.
func debVersion(version string, at time.Time) string {
	if m := released.FindStringSubmatch(version); m != nil {
		return m[1]
	}
	odd := func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' {
			return c
		}
		return '.'
	}
	return "0.0~" + at.Format("20060102150405") + "." + strings.Map(odd, version)
}

func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	return cmd
}

func run(cmd *exec.Cmd) error {
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
	}
	return nil
}
