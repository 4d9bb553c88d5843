package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
	case Tells:
		return d.Tell(ctx, o, words)
	case Attaches:
		return d.Attach(ctx, o, File{Name: fmt.Sprintf("sent-%d-%d.pdf", k.Version, n), Data: []byte(words)}, words)
	case Describes:
		return d.Describe(ctx, o, Person{Name: words})
	case Represents:
		role := law.ByRepresentative
		if k.Kind == law.KindEstate {
			role = law.ByExecutor
		}
		return d.Represent(ctx, o, &Acting{Authority: law.Authority{Role: role, Seen: true, Scopes: law.Scopes()}, Evidence: words})
	case Safeguards:
		return d.Safeguard(ctx, o, Safety{Only: []string{"4 Zennor Rise"}, Why: words})
	case Asks:
		return d.Ask(ctx, o, ForClarification, day("2026-11-23"), words)
	case AsksIdentity:
		return d.Ask(ctx, o, ForIdentity, day("2026-11-23"), words)
	case AsksAuthority:
		return d.Ask(ctx, o, ForAuthority, day("2026-11-23"), words)
	case Charges:
		return d.Ask(ctx, o, ForFee, day("2026-11-23"), words)
	case Acknowledges:
		return d.Acknowledge(ctx, o, day("2026-11-23"), words)
	case Spends:
		return d.Spend(ctx, o, 1+n, law.Searching, words)
	case Assigns:
		return d.Assign(ctx, o, NewTask{Sort: TaskAsk, Place: "paper-west", Owner: "s3", Due: d.hour, What: words})
	case Chases:
		return d.Chase(ctx, o, d.task(k), time.Time{}, words)
	case Raises:
		return d.Raise(ctx, o, d.task(k), fmt.Sprint("s", n), words)
	case Finishes:
		task := d.task(k)
		k, err := d.Finish(ctx, o, task, Saved, words)
		if errors.Is(err, ErrInput) { // it is no recording
			k, err = d.Finish(ctx, o, task, Done, words)
		}
		return k, err
	case Transfers:
		return d.Transfer(ctx, o, "vale", day("2026-11-23"), words)
	case Lapses:
		k, _, err := d.Died(ctx, o, Death{Told: day("2026-11-23"), How: words})
		return k, err
	case Reviews:
		return d.Review(ctx, o, day("2026-11-23"), words)
	case Concludes:
		o.By = "s2"
		return d.Conclude(ctx, o, true, words)
	case Escalates:
		return d.Escalate(ctx, o, day("2026-11-23"), words)
	case Reopens:
		return d.Reopen(ctx, o, words)
	case Receives:
		return d.Receive(ctx, o, ForClarification, day("2026-11-23"), words)
	case Identifies:
		return d.Identify(ctx, o, Proof{How: words, Arrived: day("2026-11-23")})
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
		return d.Deliver(ctx, o, Delivery{Sent, "4, Zennor Rise"})
	case Takes:
		return d.Take(ctx, o)
	case Refuses:
		r := Refusal{Reason: words, Routes: law.Routes(k.Kind)}
		for _, g := range law.GroundsFor(k.Kind)[:min(1, len(law.GroundsFor(k.Kind)))] {
			r.Grounds = append(r.Grounds, g.ID)
		}
		return d.Refuse(ctx, o, r)
	case Withdraws:
		return d.Withdraw(ctx, o, words)
	case Closes:
		return d.Close(ctx, o)
	case Forgets:
		return d.Forget(ctx, o)
	}
	return k, fmt.Errorf("the test does not know how to %s", a)
}

// task is an open task of a case, a recording to hold before others; 1 if there is none.
func (d *desk) task(k Case) int64 {
	tasks, _ := d.Tasks(context.Background(), k.ID)
	n := int64(1)
	for _, t := range slices.Backward(tasks) {
		if t.Outcome == "" {
			n = t.N
		}
	}
	return n
}

// way leads a case of a kind into each state.
func way(k law.Kind, to State) []Action {
	h, _ := k.Handling()
	approved := []Action{Drafts, Approves}
	if h.Proof > law.NoAssurance {
		approved = append([]Action{Identifies}, approved...)
	}
	if k == law.KindEstate {
		approved = append([]Action{Represents}, approved...)
	}
	var drafted []Action
	if h.Holds == law.HoldRecordings {
		drafted = []Action{Finishes}
	}
	approved = slices.Concat(drafted, approved)
	released := append(slices.Clone(approved), Releases)
	return map[State][]Action{
		Received:    nil,
		Drafted:     append(drafted, Drafts),
		Approved:    approved,
		Released:    released,
		Refused:     {Refuses},
		Withdrawn:   {Withdraws},
		Transferred: {Transfers},
		Lapsed:      {Lapses},
		Reviewing:   append(slices.Clone(released), Reviews),
		Reviewed:    append(slices.Clone(released), Reviews, Concludes),
		Closed:      {Withdraws, Closes},
	}[to]
}

// tried is every action that someone may ask for.
func tried() []Action {
	all := []Action{Receives} // of what lead asked for, before it is asked for again
	for _, t := range table() {
		if !slices.Contains(all, t.Action) && t.Action != Opens && t.Action != Reclocks {
			all = append(all, t.Action)
		}
	}
	return all
}

// alike is one kind of each group for which the table has the same rows.
func alike() []law.Kind {
	var all []law.Kind
	seen := map[string]bool{}
	for _, k := range law.Kinds() {
		rows := ""
		for i, t := range table() {
			if t.of(k) {
				rows += fmt.Sprint(i, " ")
			}
		}
		if !seen[rows] {
			all = append(all, k)
		}
		seen[rows] = true
	}
	return all
}

// A case of a kind finds one row at most for an action, and every kind can come
// to an end.
func TestTableIsOne(t *testing.T) {
	for _, k := range law.Kinds() {
		rows := map[string]int{}
		ends := map[State]bool{}
		for _, row := range table() {
			if !row.of(k) {
				continue
			}
			rows[string(row.From)+" "+string(row.Action)]++
			if row.From.Running() && !row.To.Running() {
				ends[row.To] = true
			}
			if row.Entry == "" || row.Action == "" || row.To == "" {
				t.Errorf("incomplete: %+v", row)
			}
			if row.From.Running() && !row.To.Running() && row.Effect != law.Stops || row.From != "" && !row.From.Running() && row.To.Running() && row.Effect != law.Unstops && row.Effect != law.Winds {
				t.Errorf("%s from %s to %s does %q to the clock", row.Action, row.From, row.To, row.Effect)
			}
		}
		for row, n := range rows {
			if n != 1 {
				t.Errorf("%s: %d rows for %s", k, n, row)
			}
		}
		if len(ends) < 2 {
			t.Errorf("%s can end as %v", k, ends)
		}
	}
}

// Every action in every state, for every group of kinds: what the table has happens and is
// recorded, all else is refused and leaves nothing.
func TestTransitions(t *testing.T) {
	// Not in the table, because it is done: asked for again it succeeds and does
	// nothing.
	again := map[State]Action{Approved: Approves, Closed: Closes, Lapsed: Lapses}
	d := newDesk(t)
	for _, kind := range alike() {
		for _, state := range States() {
			k, err := d.lead(fmt.Sprint(kind, state), kind, way(kind, state))
			if errors.Is(err, ErrKind) {
				continue // The state cannot be reached.
			} else if err != nil {
				t.Errorf("%s %s: on the way there: %v", kind, state, err)
				continue
			}
			for n, a := range tried() {
				name := fmt.Sprintf("%s %s %s", kind, state, a)
				row := slices.IndexFunc(table(), func(t Transition) bool { return t.From == state && t.Action == a && t.of(kind) })
				if row < 0 {
					_, err := d.do(k, a, 99)
					refused := errors.Is(err, ErrState) || errors.Is(err, ErrKind)
					if done := again[state] == a; done && err != nil || !done && !refused {
						t.Errorf("%s: done already is %v, and the error %v", name, done, err)
					}
					if entries := d.entries(t, k.ID); int64(len(entries)) != k.Version {
						t.Errorf("%s: left an entry: %v", name, entries)
					}
					continue
				}
				want, on := table()[row], k
				if want.To != state { // the next actions need the case as it is
					steps := way(kind, state)
					if a == Approves || a == Drafts && state == Received { // with what these need
						steps = way(kind, want.To)
						steps = steps[:len(steps)-1]
					}
					if on, err = d.lead(name, kind, steps); err != nil {
						t.Errorf("%s: on the way there: %v", name, err)
						continue
					}
				}
				_, extends := d.MayExtend(on)
				after, err := d.do(on, a, n)
				if a == Extends && !extends {
					if !errors.Is(err, ErrLate) {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				entries := d.entries(t, on.ID)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				} else if after.State != want.To || after.Version != on.Version+1 || entries[len(entries)-1] != want.Entry {
					t.Errorf("%s: became %s of version %d with %v, want %+v", name, after.State, after.Version, entries, want)
				}
				if want.To == state && err == nil {
					k = after
				}
				d.consistent(t, after)
			}
		}
	}
}

// lead opens a case of a kind and leads it into a state in which each action finds
// what it works on.
func (d *desk) lead(once string, kind law.Kind, steps []Action) (Case, error) {
	k, err := d.Open(context.Background(), d.requestOf(once, kind))
	if err == nil && !slices.ContainsFunc(steps, func(a Action) bool {
		return a == Withdraws || a == Transfers || a == Lapses || a == Refuses || a == Releases
	}) {
		k, err = d.do(k, Asks, 0)
	}
	for i := 0; i < len(steps) && err == nil; i++ {
		k, err = d.do(k, steps[i], i)
	}
	return k, err
}

// requestOf is a request of a kind, with tasks that are open.
func (d *desk) requestOf(once string, kind law.Kind) Request {
	r := request(once)
	r.Kind, r.Regime = kind, ""
	for range 3 {
		r.Tasks = append(r.Tasks, NewTask{Sort: TaskAsk, Place: "paper-west", Owner: "s3", Due: d.hour, What: "the box of the block"})
	}
	switch kind {
	case law.KindBreach:
		r.At, r.Received = d.hour, law.Date{}
	case law.KindOther:
		r.Regime, r.Promise = "promise:soon", &law.Promise{ID: "soon", Says: "Soon.", Count: 10, Unit: law.WorkingDays}
	}
	return r
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
		r := d.requestOf(fmt.Sprint("run ", run), rapid.SampledFrom(law.Kinds()).Draw(rt, "kind"))
		if h, _ := r.Kind.Handling(); h.Proof > law.NoAssurance && rapid.Bool().Draw(rt, "ask identity") {
			r.AskIdentity, r.Doubt = true, "a new address"
		}
		r.Second = rapid.Bool().Draw(rt, "second person")
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
	h, _ := k.Kind.Handling()
	identified, drafted, approved := h.Proof == law.NoAssurance, "", ""
	drafter := ""
	for i, a := range acts {
		var p Payload
		if err := json.Unmarshal(a.Payload, &p); err != nil {
			t.Fatal(err)
		}
		if p.Step != int64(i+1) || p.From != state {
			t.Fatalf("entry %d, %s, is of step %d from %q, and the case was %q", i+1, a.Act, p.Step, p.From, state)
		}
		known := slices.ContainsFunc(table(), func(t Transition) bool { return t.of(k.Kind) && t.From == p.From && t.To == p.To && t.Entry == a.Act })
		if !known {
			t.Fatalf("entry %d, %s from %q to %q, is no row of the table", i+1, a.Act, p.From, p.To)
		}
		state = p.To
		switch a.Act {
		case "case.identified":
			identified = true
		case "case.drafted":
			drafted, approved, drafter = p.Facts["digest"].(string), "", a.Actor
		case "case.decided", "case.described":
			drafted, approved = "", ""
		case "case.reopened", "case.escalated":
			approved = ""
		case "case.approved":
			approved = p.Facts["digest"].(string)
			if !identified || approved != drafted {
				t.Fatalf("approved %s when identified is %v and the draft is %s", approved, identified, drafted)
			}
			if k.Second && a.Actor == drafter {
				t.Fatalf("%s drafted and approved", drafter)
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
	if open := k.Hold() != law.HoldNothing; open != (h.Holds != law.HoldNothing && k.State != Closed) {
		t.Fatalf("the case is %s, and holds %q", k.State, k.Hold())
	}
	if k.State.Running() != k.Ended.IsZero() {
		t.Fatalf("the case is %s, and ended at %v", k.State, k.Ended)
	}
}

func TestDiagram(t *testing.T) {
	got := Diagram()
	for _, want := range []string{
		"stateDiagram-v2\n    [*] --> received: open\n",
		"    drafted --> approved: approve\n",
		"    approved --> drafted: decide\n",
		"    closed --> [*]\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the diagram lacks %q:\n%s", want, got)
		}
	}
}
