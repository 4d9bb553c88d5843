package desk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/desk"
)

func TestOperator(t *testing.T) {
	d := workspace(t)
	ctx := t.Context()
	ids := map[string]string{"": ""}
	for _, login := range []string{"lee.hall@example.org", "ann", "bo", "gone"} {
		id, err := d.AddStaff(ctx, "cli", login, "Somebody", "officer", "hash")
		if err != nil {
			t.Fatal(err)
		}
		ids[login] = id
	}
	if err := d.DisableStaff(ctx, "cli", "gone"); err != nil {
		t.Fatal(err)
	}
	lee := desk.Login{Name: "lee", ID: "1004"}
	if s, named, err := d.Operator(ctx, lee, ""); err != nil || named || s.ID != "" {
		t.Errorf("where nobody is named it is %v: %v", s.ID, err)
	}
	if _, _, err := d.Operator(ctx, lee, "ann"); err == nil {
		t.Error("where nobody is named, somebody acts by a name")
	}
	d.Config.Operators = desk.Operators{"lee": {"lee.hall@example.org"}, "1005": {"ann"}, "office": {"ann", "bo"}, "old": {"gone"}, "odd": {"nobody"}}
	for _, test := range []struct {
		at       desk.Login
		as, want string // "" where it is refused
	}{
		{lee, "", "lee.hall@example.org"},
		{lee, "lee.hall@example.org", "lee.hall@example.org"},
		{lee, "ann", ""},                     // nobody but root is somebody else
		{desk.Login{ID: "1005"}, "", "ann"},  // of whom the machine has no name
		{desk.Login{ID: "1006"}, "", ""},     //
		{desk.Login{ID: "1006"}, "ann", ""},  //
		{desk.Login{}, "", ""},               //
		{desk.Login{Name: "office"}, "", ""}, // shared: which of them?
		{desk.Login{Name: "office"}, "bo", "bo"},
		{desk.Login{Name: "office"}, "lee.hall@example.org", ""},
		{desk.Login{Name: "old"}, "", ""},
		{desk.Login{Name: "odd"}, "", ""},
		{desk.Login{Name: "root", ID: "0", Root: true}, "", ""},
		{desk.Login{Name: "root", ID: "0", Root: true}, "bo", "bo"},
		{desk.Login{Name: "root", ID: "0", Root: true}, "gone", ""},
		{desk.Login{Name: "lee", ID: "1004", Root: true}, "", ""},
	} {
		s, named, err := d.Operator(ctx, test.at, test.as)
		var no *desk.Error
		if s.ID != ids[test.want] || named != (test.want != "") || test.want == "" && (!errors.As(err, &no) || no.Code != "operator" || no.Mend == "") || test.want != "" && err != nil {
			t.Errorf("%+v as %q acts as %q, %v: %v", test.at, test.as, s.Login, named, err)
		}
	}
}

// TestOperatorsInTheConfiguration: what people wrote in tenet.yaml is read, and stands
// there when a command has written the file anew.
func TestOperatorsInTheConfiguration(t *testing.T) {
	d := workspace(t)
	file := filepath.Join(d.Dir, "tenet.yaml")
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	open := func(more string) (desk.Operators, error) {
		t.Helper()
		if err := os.WriteFile(file, append(have, more...), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := desk.Open(t.Context(), d.Dir, os.Getenv)
		if err != nil {
			return nil, err
		}
		defer d.Close()
		if err := d.AddSource(desk.System{Name: "housing", URL: "sqlite:nowhere.db"}); err != nil {
			t.Fatal(err)
		}
		again, err := desk.Open(t.Context(), d.Dir, os.Getenv)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if diff := cmp.Diff(d.Config.Operators, again.Config.Operators); diff != "" {
			t.Errorf("written anew (-before +after):\n%s", diff)
		}
		return again.Config.Operators, nil
	}
	got, err := open("operators: {lee: lee.hall@example.org, '1005': ann, office: [ann, bo]}\n")
	want := desk.Operators{"lee": {"lee.hall@example.org"}, "1005": {"ann"}, "office": {"ann", "bo"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("read (-want +got):\n%s%v", diff, err)
	}
	for _, bad := range []string{"operators: {lee: []}\n", "operators: {lee: ''}\n", "operators: {lee: {a: b}}\n"} {
		if _, err := open(bad); err == nil || !strings.Contains(err.Error(), "tenet.yaml") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestDoctorSaysWhetherActsAreByName(t *testing.T) {
	d := workspace(t)
	finding := func() desk.Finding {
		t.Helper()
		return findings(t, d.Dir, desk.Checkup{Version: "test", Quick: true})["operators"]
	}
	if f := finding(); f.Status != desk.Well || !strings.Contains(f.What, "not by anybody's name") || f.Mend == "" {
		t.Errorf("where nobody is named: %+v", f)
	}
	file := filepath.Join(d.Dir, "tenet.yaml")
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(have, "operators: {lee: lee.hall}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := finding(); f.Status != desk.Warn || f.Err == nil || !strings.Contains(f.What, "lee") {
		t.Errorf("without the account: %+v", f)
	}
	if _, err := d.AddStaff(t.Context(), "cli", "lee.hall", "Lee Hall", "officer", "hash"); err != nil {
		t.Fatal(err)
	}
	if f := finding(); f.Status != desk.Well || !strings.Contains(f.What, "logins 1, acting by the names of accounts: 1") {
		t.Errorf("with it: %+v", f)
	}
}
