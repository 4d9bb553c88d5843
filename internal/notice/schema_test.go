package notice

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compileSchema(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	src, err := Schema(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(file, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance reads YAML as editors do, through JSON.
func instance(t *testing.T, src []byte) any {
	t.Helper()
	js, err := yaml.YAMLToJSON(src)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(js))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaAcceptsTheDefaultPack(t *testing.T) {
	fsys := pack(t)
	for _, file := range Files() {
		if file == wordsFile {
			continue
		}
		if err := compileSchema(t, file).Validate(instance(t, fsys[file].Data)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// What Load refuses in one file by itself, an editor underlines too.
func TestSchemaRefusesWhatLoadRefuses(t *testing.T) {
	tests := []struct{ file, old, new string }{
		{"uses.yaml", "    purpose: To decide", "    purpos: To decide"},
		{"uses.yaml", "basis: contract", "basis: contracts"},
		{"uses.yaml", "    sources: [devices]", "    sources: []"},
		{"uses.yaml", "    sources: [devices]", "    sources: devices"},
		{"uses.yaml", "schedule-1: 6", "schedule-1: 29"},
		{"landlord.yaml", "effective: 2026-07-01", "effective: tomorrow"},
		{"landlord.yaml", "name: Larkfield Homes\n", ""},
		{"keeping.yaml", "period: P6Y", "period: six years"},
		{"rights.yaml", "{count: 21,", "{count: 0,"},
		{"sharing.yaml", "{one-of: [phone, email]}", "{one: [phone, email]}"},
		{"promises.yaml", "[{check: data.absent, type: CARD, in: [recordings]}]", "[{type: CARD}]"},
	}
	for _, tt := range tests {
		t.Run(tt.new, func(t *testing.T) {
			fsys := pack(t)
			edit(t, fsys, tt.file, tt.old, tt.new)
			problemsOf(t, fsys)
			if err := compileSchema(t, tt.file).Validate(instance(t, fsys[tt.file].Data)); err == nil {
				t.Errorf("the schema of %s accepts %q", tt.file, tt.new)
			}
		})
	}
}

func TestSchemaOfNoFile(t *testing.T) {
	_, err := Schema("keepin.yaml")
	if err == nil || !strings.Contains(err.Error(), "did you mean “keeping.yaml”?") {
		t.Errorf("error %v", err)
	}
	if _, err := Schema(wordsFile); err == nil {
		t.Error("notice.md has a schema")
	}
}
