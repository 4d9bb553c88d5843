package notice

import (
	"testing"
)

func TestDefaultPack(t *testing.T) {
	fsys, err := Pack(DefaultPack)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Check(n) {
		t.Errorf("%s: %s %s: %s", f.Pos, f.Rule, f.ID, f.Why)
	}
}
