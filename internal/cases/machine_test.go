package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/store"
)

// do does an action in a way that nothing but the table can refuse. n makes what
// may be done again differ from the time before.
func (d *desk) do(k Case, a Action, n int) (Case, error) {
	ctx := context.Background()
	o := on(k)
	words := fmt.Sprintf("words %d", n)
	switch a {
	case Notes:
		return d.Note(ctx, o, words)
	case Describes:
		return d.Describe(ctx, o, Person{Name: words})
	case Asks:
		return d.Ask(ctx, o, ForClarification, day("2026-11-23"), words)
	case Receives:
		return d.Receive(ctx, o, ForClarification, day("2026-11-23"), words)
	case Identifies:
		return d.Identify(ctx, o, Proof{How: words, Arrived: day("2026-11-22")})
	case Extends:
		return d.Extend(ctx, o, day("2026-11-23"), words)
	case Codes:
		return d.SetSecret(ctx, o, [32]byte{byte(n), 1})
	case Decides:
		return d.Decide(ctx, o, Decision{Item: strings.Repeat("a", 20), Exemption: law.ExemptThirdParty, Reason: words})
	case Drafts:
		dr := draft(fmt.Sprintf("%064x", n))
		dr.Decided = k.Decided
		return d.SetDraft(ctx, o, dr)
	case Approves:
		digest := digest1
		if k.Draft != nil {
			digest = k.Draft.Digest
		}
		return d.Approve(ctx, o, digest)
	case Releases:
		return d.Release(ctx, o, Sent)
	case Takes:
		return d.Take(ctx, o)
	case Refuses:
		return d.Refuse(ctx, o, words)
	case Withdraws:
		return d.Withdraw(ctx, o, words)
	case Closes:
		return d.Close(ctx, o)
	case Forgets:
		return d.Forget(ctx, o)
	}
	return k, fmt.Errorf("the test does not know how to %s", a)
}

// ways leads a case for access into each state.
var ways = map[State][]Action{
	Received:  nil,
	Drafted:   {Identifies, Drafts},
	Approved:  {Identifies, Drafts, Approves},
	Released:  {Identifies, Drafts, Approves, Releases},
	Refused:   {Refuses},
	Withdrawn: {Withdraws},
	Closed:    {Identifies, Drafts, Approves, Releases, Closes},
}

// tried is every action that someone may ask for.
func tried() []Action {
	var all []Action
	for _, t := range Transitions() {
		if !slices.Contains(all, t.Action) && t.Action != Opens && t.Action != Reclocks {
			all = append(all, t.Action)
		}
	}
	return all
}

// Every action in every state, for a kind that can be answered and one that
// cannot: what the table has happens and is recorded, all else is refused and
// leaves nothing.
func TestTransitions(t *testing.T) {
	// Not in the table, because it is done: asked for again it succeeds and does
	// nothing.
	again := map[State]Action{Approved: Approves, Closed: Closes}
	d := newDesk(t)
	for _, regime := range []law.Regime{law.Access, law.Erasure} {
		for state, way := range ways {
			for _, a := range tried() {
				name := fmt.Sprintf("%s %s %s", regime, state, a)
				k, err := d.lead(name, regime, state, a, way)
				if regime == law.Erasure && errors.Is(err, ErrKind) {
					break // The state cannot be reached.
				} else if err != nil {
					t.Errorf("%s: on the way there: %v", name, err)
					continue
				}
				row := slices.IndexFunc(Transitions(), func(t Transition) bool {
					return t.From == state && t.Action == a && (t.Regime == "" || t.Regime == regime)
				})
				after, err := d.do(k, a, 99)
				entries := d.entries(t, k.ID)
				if row < 0 {
					refused := errors.Is(err, ErrState) || errors.Is(err, ErrKind)
					if done := again[state] == a; done && err != nil || !done && !refused {
						t.Errorf("%s: done already is %v, and the error %v", name, done, err)
					}
					if int64(len(entries)) != k.Version {
						t.Errorf("%s: left an entry: %v", name, entries)
					}
					continue
				}
				want := Transitions()[row]
				if err != nil {
					t.Errorf("%s: %v", name, err)
				} else if after.State != want.To || after.Version != k.Version+1 || entries[len(entries)-1] != want.Entry {
					t.Errorf("%s: became %s of version %d with %v, want %+v", name, after.State, after.Version, entries, want)
				}
			}
		}
	}
}

// lead opens a case and leads it into a state in which the action finds what it
// works on.
func (d *desk) lead(once string, regime law.Regime, state State, a Action, way []Action) (Case, error) {
	r := request(once)
	r.Regime = regime
	k, err := d.Open(context.Background(), r)
	if a == Receives && state.Running() {
		way = slices.Concat([]Action{Asks}, way)
	}
	for i := 0; i < len(way) && err == nil; i++ {
		k, err = d.do(k, way[i], i)
	}
	return k, err
}

func TestNeeds(t *testing.T) {
	d := newDesk(t)
	for _, tt := range []struct {
		name string
		way  []Action
		do   Action
		want string
	}{
		{"no identity", []Action{Drafts}, Approves, "identity"},
		{"decided after the draft", []Action{Identifies, Drafts, Decides}, Approves, "every decision"},
		{"described after the draft", []Action{Identifies, Drafts, Describes}, Approves, "every decision"},
	} {
		k := d.opened(t, tt.name)
		for i, a := range tt.way {
			k = must[Case](t)(d.do(k, a, i))
		}
		if _, err := d.do(k, tt.do, 9); !errors.Is(err, ErrNeeds) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// What was decided after an approval undoes it, and a new draft is wanted.
	k := d.opened(t, "undone")
	for i, a := range []Action{Identifies, Drafts, Approves, Decides} {
		k = must[Case](t)(d.do(k, a, i))
	}
	if k.State != Drafted || k.Draft.Approved != nil {
		t.Errorf("after a decision the case is %s, its draft %+v", k.State, k.Draft)
	}
	if _, err := d.do(k, Releases, 9); !errors.Is(err, ErrState) {
		t.Errorf("released what was not approved: %v", err)
	}
	stale := draft(digest2)
	if _, err := d.SetDraft(context.Background(), on(k), stale); !errors.Is(err, ErrNeeds) {
		t.Errorf("a draft made from older decisions: %v", err)
	}
}

// Whatever is done in whatever order, the case and its entries tell one story,
// and nothing reaches anybody without identity and approval.
func TestMachine(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		r := request(fmt.Sprint("run ", run))
		r.AskIdentity = rapid.Bool().Draw(rt, "ask identity")
		k, err := d.Open(ctx, r)
		if err != nil {
			rt.Fatal(err)
		}
		for i := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			a := rapid.SampledFrom(tried()).Draw(rt, "action")
			seen := k
			if rapid.IntRange(0, 9).Draw(rt, "stale") == 0 {
				seen.Version = max(1, k.Version-1)
			}
			o := On{Case: k.ID, By: "s1"}
			var after Case
			if seen.Version != k.Version {
				o.Version = seen.Version
				if _, err = d.Note(ctx, o, "too late"); !errors.Is(err, ErrChanged) && !errors.Is(err, ErrForgotten) {
					rt.Fatalf("acted on a version that is gone: %v", err)
				}
				after, err = k, ErrChanged
			} else {
				after, err = d.do(k, a, i)
			}
			var e *Error
			if err != nil && !errors.As(err, &e) {
				rt.Fatalf("%s when %s: %v", a, k.State, err)
			}
			if err != nil {
				after = k
			}
			k, err = d.Get(ctx, k.ID)
			if err != nil {
				rt.Fatal(err)
			}
			if k.State != after.State || k.Version != after.Version {
				rt.Fatalf("after %s the case is %s of version %d, and was said to be %s of %d", a, k.State, k.Version, after.State, after.Version)
			}
			d.consistent(rt, k)
		}
	})
}

func (d *desk) consistent(t rapid.TB, k Case) {
	t.Helper()
	ctx := context.Background()
	var acts []store.Recorded
	err := d.store.Read(ctx, func(tx *store.Tx) (err error) {
		acts, err = tx.Acts(ctx, store.Default, k.ID, 0, 1000)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(acts)
	if int64(len(acts)) != k.Version {
		t.Fatalf("version %d with %d entries", k.Version, len(acts))
	}
	if !k.Forgotten.IsZero() {
		if k.State != Closed || acts[len(acts)-1].Act != Forgets.Entry() || k.Requester != (Requester{}) {
			t.Fatalf("forgotten, and yet %+v", k)
		}
		return
	}
	state := State("")
	identified, drafted, approved := false, "", ""
	for i, a := range acts {
		var p Payload
		if err := json.Unmarshal(a.Payload, &p); err != nil {
			t.Fatal(err)
		}
		if p.Step != int64(i+1) || p.From != state {
			t.Fatalf("entry %d, %s, is of step %d from %q, and the case was %q", i+1, a.Act, p.Step, p.From, state)
		}
		known := slices.ContainsFunc(Transitions(), func(t Transition) bool { return t.From == p.From && t.To == p.To && t.Entry == a.Act })
		if !known {
			t.Fatalf("entry %d, %s from %q to %q, is no row of the table", i+1, a.Act, p.From, p.To)
		}
		state = p.To
		switch a.Act {
		case "case.identified":
			identified = true
		case "case.drafted":
			drafted, approved = p.Facts["digest"].(string), ""
		case "case.decided", "case.described":
			drafted, approved = "", ""
		case "case.approved":
			approved = p.Facts["digest"].(string)
			if !identified || approved != drafted {
				t.Fatalf("approved %s when identified is %v and the draft is %s", approved, identified, drafted)
			}
		case "case.released", "case.pack-taken":
			if !identified || approved == "" || p.Facts["digest"] != approved {
				t.Fatalf("%s without identity or approval", a.Act)
			}
		}
	}
	if state != k.State {
		t.Fatalf("the case is %s, and its entries say %s", k.State, state)
	}
	if k.State.Running() != k.Ended.IsZero() {
		t.Fatalf("the case is %s, and ended at %v", k.State, k.Ended)
	}
}

func TestDiagram(t *testing.T) {
	got := Diagram()
	for _, want := range []string{
		"stateDiagram-v2\n    [*] --> received: open\n",
		"    drafted --> approved: approve (identity is recorded, there is a draft, the draft has every decision in it)\n",
		"    approved --> drafted: decide\n",
		"    closed --> [*]\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the diagram lacks %q:\n%s", want, got)
		}
	}
}
