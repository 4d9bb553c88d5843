package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/desk"
	"tenet/internal/register"
)

// TestActsAreBySomebody: with operators in tenet.yaml, what is done at the command line is
// done by an account: in the ledger, in the case, and to the rule of two, which takes the
// same person for one wherever they act.
func TestActsAreBySomebody(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "office")
	ctx := t.Context()
	if err := desk.Init(ctx, dir, "harbourside", os.Getenv); err != nil {
		t.Fatal(err)
	}
	at, env := desk.Login{Name: "lee", ID: "1004"}, ""
	run := func(want int, args ...string) string {
		t.Helper()
		var out, said bytes.Buffer
		got := Main(context.Background(), append([]string{"-C", dir}, args...), &World{
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &said, Version: "test", Login: func() desk.Login { return at },
			Getenv: func(name string) string { return map[string]string{"TENET_AS": env}[name] },
		})
		if got != want {
			t.Fatalf("%q ended with status %d, not %d\n%s%s", args, got, want, out.String(), said.String())
		}
		return out.String() + said.String()
	}
	d, err := desk.Open(ctx, dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ids := map[string]string{}
	for _, login := range []string{"lee.hall@example.org", "ann", "lantern"} {
		if ids[login], err = d.AddStaff(ctx, "cli", login, "Somebody", "officer", "hash"); err != nil {
			t.Fatal(err)
		}
	}
	by := func(number string) string {
		t.Helper()
		k, err := d.Cases.ByNumber(ctx, number)
		if err != nil {
			t.Fatal(err)
		}
		events, err := d.Cases.History(ctx, k.ID, 0, 100)
		if err != nil || k.ChangedBy != events[0].By {
			t.Fatalf("the case has %s, and the ledger %+v: %v", k.ChangedBy, events, err)
		}
		return events[0].By
	}
	var opened []string
	open := func() string {
		t.Helper()
		var k struct{ Number string }
		if err := json.Unmarshal([]byte(run(exitDone, "--json", "case", "new", "access", "--name", "Orla Finch", "--once", fmt.Sprint("case ", len(opened)))), &k); err != nil {
			t.Fatal(err)
		}
		opened = append(opened, k.Number)
		return k.Number
	}
	if who := by(open()); !strings.HasPrefix(who, "cli:") {
		t.Errorf("with no operators it is %s", who)
	}

	file := filepath.Join(dir, "tenet.yaml")
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(have, "operators: {lee: lee.hall@example.org, office: [ann, lee.hall@example.org]}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	// Lee is Lee, and what Lee proposed Lee does not sign, here or, by the same account, in
	// the console; nor by a login that is shared.
	env = ""
	number := open()
	if who := by(number); who != ids["lee.hall@example.org"] {
		t.Errorf("Lee's act is by %s", who)
	}
	run(exitDone, "case", "note", number, "She rang.")
	if who := by(number); who != ids["lee.hall@example.org"] {
		t.Errorf("Lee's note is by %s", who)
	}
	paper := filepath.Join(t.TempDir(), "paper.yaml")
	if err := os.WriteFile(paper, []byte(furtherUse), 0o600); err != nil {
		t.Fatal(err)
	}
	number2, _, _ := strings.Cut(run(exitDone, "register", "new", "--from", paper), " ")
	run(exitDone, "register", "propose", number2)
	r, err := d.Registers()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Sign(ctx, register.On{Number: number2, By: ids["lee.hall@example.org"]}, register.Signature{}); !errors.Is(err, register.ErrSecond) {
		t.Errorf("Lee signs in the console what Lee proposed here: %v", err)
	}
	at, env = desk.Login{Name: "office", ID: "1010"}, "lee.hall@example.org"
	if got := run(exitFound, "register", "sign", number2, "--why", "Read."); !strings.Contains(got, "somebody else must") {
		t.Errorf("Lee signs by a login that is shared: %s", got)
	}
	env = "ann"
	run(exitDone, "register", "sign", number2, "--why", "Read.")
	if p, err := r.Paper(ctx, number2); err != nil || p.Latest().Proposed != ids["lee.hall@example.org"] {
		t.Errorf("proposed by %s: %v", p.Latest().Proposed, err)
	}
	env = ""

	at.Name = "mia"
	if got := run(exitInput, "case", "list"); !strings.Contains(got, "whose account this login is") {
		t.Errorf("somebody who is nobody: %s", got)
	}
	at = desk.Login{Name: "office", ID: "1010"}
	if got := run(exitInput, "case", "list"); !strings.Contains(got, "several people share") {
		t.Errorf("a login that is shared: %s", got)
	}
	env = "ann"
	if who := by(open()); who != ids["ann"] {
		t.Errorf("by TENET_AS it is %s", who)
	}
	if got := run(exitInput, "--operator", "lantern", "case", "list"); !strings.Contains(got, "is not that of lantern") {
		t.Errorf("another's name: %s", got)
	}
	at, env = desk.Login{Name: "root", ID: "0", Root: true}, ""
	if got := run(exitInput, "case", "note", number, "By root."); !strings.Contains(got, "root could be anybody") {
		t.Errorf("root: %s", got)
	}
	run(exitDone, "--operator", "ann", "case", "note", number, "By root, who is Ann.")
	if who := by(number); who != ids["ann"] {
		t.Errorf("root as Ann is %s", who)
	}

	// What their role does not reach they do not reach here either.
	if err := os.WriteFile(file, append(have, "operators: {lena: lantern}\nstaff: {roles: {lantern-team: {may: [cases], clients: [lantern-row]}}}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.SetStaffRole(ctx, "cli", "lantern", "lantern-team"); err != nil {
		t.Fatal(err)
	}
	at, env = desk.Login{Name: "lena"}, ""
	run(exitDone, "client", "list")
	if got := run(exitFound, "client", "end", "netmakers-yard", "--confirm", "netmakers-yard"); !strings.Contains(got, "does not let you") {
		t.Errorf("another client's contract: %s", got)
	}
}

// furtherUse is a decision that nobody takes alone.
const furtherUse = `register: further-use
title: Arrears and repairs
use: provide-services
categories: [identity]
from: 2026-12-01
consented: no
ground: compatible
why: Both are about the same tenancy.
contacted: yes
told: 2026-11-20
proof: A letter to each.
`
