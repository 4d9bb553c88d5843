package main

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// bom is a bill of materials as CycloneDX 1.5 has it, as far as a Go binary tells:
// https://cyclonedx.org/docs/1.5/json/.
type bom struct {
	Format       string      `json:"bomFormat"`
	Spec         string      `json:"specVersion"`
	Serial       string      `json:"serialNumber"`
	Version      int         `json:"version"`
	Metadata     about       `json:"metadata"`
	Components   []component `json:"components"`
	Dependencies []depends   `json:"dependencies"`
}

type about struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type    string `json:"type"`
	Ref     string `json:"bom-ref"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl,omitempty"`
	Hashes  []hash `json:"hashes,omitempty"`
}

type hash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

type depends struct {
	Ref string   `json:"ref"`
	On  []string `json:"dependsOn"`
}

// materials writes what a binary was built from, as the binary itself says.
func (r *release) materials(p platform, binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return fmt.Errorf("what %s is made of: %w", binary, err)
	}
	sum, err := digest(binary)
	if err != nil {
		return err
	}
	b, err := materials(info, r.version, sum, r.time)
	if err != nil {
		return err
	}
	return os.WriteFile(r.in(r.name(p, ".cdx.json")), b, 0o644)
}

func materials(info *debug.BuildInfo, version string, sum []byte, at time.Time) ([]byte, error) {
	const program = "tenet"
	b := bom{Format: "CycloneDX", Spec: "1.5", Serial: "urn:uuid:" + uuid(sum), Version: 1, Metadata: about{
		Timestamp: at.Format(time.RFC3339),
		Component: component{Type: "application", Ref: program, Name: program, Version: version, Hashes: []hash{{"SHA-256", hex.EncodeToString(sum)}}},
	}}
	goVersion := strings.TrimPrefix(info.GoVersion, "go")
	b.Components = append(b.Components, component{Type: "library", Ref: "go:std", Name: "std", Version: goVersion, PURL: "pkg:golang/std@" + goVersion})
	for _, m := range info.Deps {
		used := m
		if m.Replace != nil {
			used = m.Replace
		}
		c := component{Type: "library", Name: used.Path, Version: used.Version, PURL: "pkg:golang/" + used.Path + "@" + used.Version}
		c.Ref = c.PURL
		// Go's h1 is the SHA-256 of a list of the files' own: no hash of one file, but
		// what go.sum and the checksum database have.
		if h, ok := strings.CutPrefix(used.Sum, "h1:"); ok {
			raw, err := base64.StdEncoding.DecodeString(h)
			if err != nil {
				return nil, fmt.Errorf("the checksum of %s: %w", used.Path, err)
			}
			c.Hashes = []hash{{"SHA-256", hex.EncodeToString(raw)}}
		}
		b.Components = append(b.Components, c)
	}
	slices.SortFunc(b.Components, func(x, y component) int { return cmp.Compare(x.Ref, y.Ref) })
	on := depends{Ref: program}
	for _, c := range b.Components {
		on.On = append(on.On, c.Ref)
	}
	b.Dependencies = []depends{on}
	out, err := json.MarshalIndent(b, "", "  ")
	return append(out, '\n'), err
}

// uuid is one that belongs to a digest (RFC 9562, version 8).
func uuid(sum []byte) string {
	h := sha256.Sum256(sum)
	h[6] = h[6]&0x0f | 0x80
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
