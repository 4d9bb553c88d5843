package desk

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/register"
)

// answers are values with which a form lacks nothing.
func answers(f *register.Form, n *notice.Notice, v register.Values) register.Values {
	one := func(x register.Field) string {
		switch x.Type {
		case register.YesNo:
			return "no"
		case register.Day:
			return "2026-11-22"
		case register.Number:
			return "1"
		case register.APeriod:
			return "P1Y"
		case register.OneOf:
			return x.Choices[0].ID
		case register.Ref:
			return string(x.Offers(n)[0].ID)
		}
		return "Words."
	}
	for range 10 {
		for _, l := range f.Lacks(v) {
			if x := f.Field(l.Field); x.Type != register.Table {
				v[x.Name] = one(*x)
			} else {
				row := map[string]string{}
				for _, c := range x.Columns {
					row[c.Name] = one(c)
				}
				row["by"] = "2027-06-01"
				if x.Name != "measures" {
					delete(row, "by")
				}
				v[x.Name] = []map[string]string{row}
			}
		}
	}
	return v
}

// files signs a paper for everything that calls for one in a register.
func (h *heldDesk) files(id string) *register.Registers {
	h.t.Helper()
	r, err := h.Registers()
	h.must(err)
	f, err := r.Form(id)
	h.must(err)
	for _, w := range f.Wants {
		papers, err := r.Papers(h.t.Context(), id)
		h.must(err)
		for _, i := range f.Items(h.Notice, papers, h.Today()) {
			if x := f.Field(w.By); i.Standing == register.Met || x.Of != i.What {
				continue
			}
			v := answers(f, h.Notice, register.Values{w.By: string(i.ID)})
			if id == "dpia" {
				v = answers(f, h.Notice, register.Values{w.By: string(i.ID), "kind": "camera"})
			}
			p := h.paper(r, id, v)
			if id == "guidance" {
				_, err = r.Enter(h.t.Context(), register.On{Number: p.Number, By: "s1"}, "read", register.Values{"who": "s1"})
				h.must(err)
			}
		}
	}
	return r
}

// paper begins a paper of a register, proposes it and signs it.
func (h *heldDesk) paper(r *register.Registers, id string, v register.Values) register.Paper {
	h.t.Helper()
	p, err := r.Begin(h.t.Context(), register.NewPaper{In: register.In{Register: id, Title: "About it", Values: v}, By: "s1"})
	h.must(err)
	p, err = r.Propose(h.t.Context(), register.On{Number: p.Number, By: "s1"})
	h.must(err)
	p, err = r.Sign(h.t.Context(), register.On{Number: p.Number, By: "s2"}, register.Signature{})
	h.must(err)
	return p
}

// names lets the notice name what calls for papers of a register, where its pack does not.
func (h *heldDesk) names(id string) {
	h.t.Helper()
	if id == "further-use" {
		h.edit("notice/uses.yaml", "    law: The steps before a tenancy that you ask us to take.\n", "    law: The steps before a tenancy that you ask us to take.\n    new: {since: 2026-06-01, told: 2026-05-01}\n")
		h.reopen()
		return
	}
	more := map[string][2]string{
		"documents": {"landlord.yaml", "documents:\n  - {id: camera-policy, title: Our camera policy, kind: policy}\n"},
		"guidance":  {"records.yaml", "guidance:\n  - {id: never-ask, says: Staff never ask for a password., kind: script}\n"},
		"measures":  {"keeping.yaml", "security:\n  - {id: doors, says: Locked doors, kind: physical}\n"},
	}[id]
	if more[0] == "" {
		return
	}
	file := filepath.Join(h.Dir, "notice", more[0])
	text, err := os.ReadFile(file)
	h.must(err)
	if key, _, _ := strings.Cut(more[1], "\n"); strings.Contains("\n"+string(text), "\n"+key) {
		return // the pack names some
	}
	h.must(os.WriteFile(file, append(text, more[1]...), 0o600))
	h.reopen()
}

// TestRegisterPromises: over each register that the office keeps, the promise is kept
// where all that the notice calls for is signed; broken where it is late; unproven
// where the register cannot be read.
func TestRegisterPromises(t *testing.T) {
	from := promiseWorld(t)
	for _, id := range []string{"dpia", "lia", "apd", "further-use", "documents", "guidance", "measures"} {
		t.Run(id, func(t *testing.T) {
			h := hold(t, from, "{check: register.complete, register: "+id+"}")
			h.names(id)
			if r := h.status(); r.Status == promise.Kept {
				t.Errorf("it is kept before anything is signed: %s", r.Figure)
			}
			h.files(id)
			if r := h.status(); r.Status != promise.Kept {
				t.Fatalf("it is %s: %s", r.Status, r.Why)
			}
			file := filepath.Join(h.Dir, registersFile)
			h.must(os.WriteFile(file, []byte("no-such-register: []\n"), 0o600))
			if r := h.status(); r.Status != promise.Unproven || !strings.Contains(r.Why, registersFile) {
				t.Errorf("where registers.yaml is wrong it is %s: %s", r.Status, r.Why)
			}
			h.must(os.Remove(file))
			h.at("2028-03-01")
			if r := h.status(); r.Status != promise.Broken {
				t.Errorf("where reviews are overdue it is %s: %s", r.Status, r.Why)
			}
		})
	}
	t.Run("the notice's word alone", func(t *testing.T) {
		h := hold(t, from, "{check: register.complete, register: dpia}")
		if r := h.status(); r.Status != promise.Unproven || !strings.Contains(r.Why, "uses.yaml") {
			t.Errorf("it is %s: %s", r.Status, r.Why)
		}
	})
	t.Run("a test that says no", func(t *testing.T) {
		h := hold(t, from, "{check: register.complete, register: assessments}")
		if r := h.status(); r.Status != promise.Broken {
			t.Fatalf("no use names its test, and it is %s: %s", r.Status, r.Why)
		}
		r := h.files("lia")
		if r := h.status(); r.Status != promise.Kept {
			t.Fatalf("each has its test, and it is %s: %s", r.Status, r.Why)
		}
		p, err := r.Paper(t.Context(), "LI-0001")
		h.must(err)
		v := p.Latest().Values
		v["outcome"] = "may-not"
		for _, act := range []func() error{
			func() error {
				_, err := r.Edit(t.Context(), register.On{Number: p.Number, By: "s1"}, "No", v)
				return err
			},
			func() error { _, err := r.Propose(t.Context(), register.On{Number: p.Number, By: "s1"}); return err },
			func() error {
				_, err := r.Sign(t.Context(), register.On{Number: p.Number, By: "s2"}, register.Signature{})
				return err
			},
		} {
			h.must(act())
		}
		if r := h.status(); r.Status != promise.Broken {
			t.Errorf("it is %s: %s", r.Status, r.Why)
		}
	})
}

// TestLinksAreLookedAtWhenAsked enters what pages answer, and asks for no page inside.
func TestLinksAreLookedAtWhenAsked(t *testing.T) {
	h := hold(t, promiseWorld(t), "{check: data.absent, type: CARD}")
	asked := ""
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked += r.Method + " " + r.URL.Path + "\n"
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(site.Close)
	r, err := h.Registers()
	h.must(err)
	for _, at := range []string{"/there", "/gone"} {
		_, err := r.Begin(t.Context(), register.NewPaper{In: register.In{Register: "documents", Title: at, Values: register.Values{"at": site.URL + at}}, By: "s1"})
		h.must(err)
	}
	looked, err := h.checkLinks(t.Context(), "s1", site.Client())
	if err != nil || len(looked) != 2 || !looked[0].Good || looked[1].Good || asked != "HEAD /there\nHEAD /gone\n" {
		t.Errorf("%+v, %q, %v", looked, asked, err)
	}
	p, err := r.Paper(t.Context(), "DO-0002")
	h.must(err)
	if e := p.Of("link"); len(e) != 1 || e[0].Values.Text("good") != "no" {
		t.Errorf("%+v", e)
	}
	asked = ""
	if looked, err = h.CheckLinks(t.Context(), "s1", "DO-0001"); err != nil || len(looked) != 1 || looked[0].Good || looked[0].Status != errInside.Error() || asked != "" {
		t.Errorf("an address inside is asked for: %+v, %q, %v", looked, asked, err)
	}
}

// TestMayUseAtTheDesk: a refusal says what would mend it.
func TestMayUseAtTheDesk(t *testing.T) {
	h := hold(t, promiseWorld(t), "{check: data.absent, type: CARD}")
	v, err := h.MayUse(t.Context(), []notice.ID{"no-such"}, "", h.Notice.Uses.Uses[0].ID, law.Date{})
	if err != nil || v.Allowed || v.Why[0].Mend == "" {
		t.Errorf("%+v, %v", v, err)
	}
	var e *Error
	if _, err := (&register.Registers{}).Form("x"); !errors.As(RegisterError(err), &e) || e.Mend == "" {
		t.Errorf("%v", err)
	}
}
