package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Of many who act at once on what they all saw, one does, and the others are
// told who it was.
func TestOneOfMany(t *testing.T) {
	d := newDesk(t)
	other := &desk{ring: d.ring, url: d.url, hour: d.hour} // as another process
	other.open(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	for i, a := range []Action{Identifies, Drafts} {
		k = must[Case](t)(d.do(k, a, i))
	}
	const actors = 8
	errs := make([]error, actors)
	var wg sync.WaitGroup
	for i := range actors {
		wg.Go(func() {
			o := On{Case: k.ID, By: fmt.Sprintf("s%d", i), Version: k.Version}
			on := []*desk{d, other}[i%2]
			if i < actors/2 {
				_, errs[i] = on.Approve(ctx, o, k.Draft.Digest)
			} else {
				_, errs[i] = on.Refuse(ctx, o, Refusal{Reason: "no", Grounds: []string{law.GroundExcessive}, Routes: law.Routes(k.Kind)})
			}
		})
	}
	wg.Wait()
	won := -1
	for i, err := range errs {
		if err == nil {
			if won >= 0 {
				t.Errorf("s%d and s%d both acted", won, i)
			}
			won = i
		}
	}
	now := must[Case](t)(d.Get(ctx, k.ID))
	if won < 0 || now.Version != k.Version+1 || now.ChangedBy != fmt.Sprintf("s%d", won) {
		t.Fatalf("s%d acted, and the case is %s by %s", won, now.State, now.ChangedBy)
	}
	for i, err := range errs {
		var who *Changed
		if i != won && (!errors.Is(err, ErrChanged) || !errors.As(err, &who) || who.By != now.ChangedBy || !who.At.Equal(now.Changed) || who.Version != now.Version) {
			t.Errorf("s%d was told %v", i, err)
		}
	}
	if n := len(d.entries(t, k.ID)); int64(n) != now.Version {
		t.Errorf("%d entries of version %d", n, now.Version)
	}
}

// Two people, each in a process of their own, act on one case a thousand times on what they
// saw last. Whoever saw an older case is told, looks again and acts again; nothing is lost,
// and nothing is done twice.
func TestTwoPeopleAThousandTimes(t *testing.T) {
	d := newDesk(t)
	other := &desk{ring: d.ring, url: d.url, hour: d.hour}
	other.open(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	const each = 500
	var wg sync.WaitGroup
	var told [2]int
	for who, at := range []*desk{d, other} {
		wg.Go(func() {
			seen := k
			for i := 0; i < each; {
				o := On{Case: k.ID, By: fmt.Sprint("s", who), Version: seen.Version, Once: fmt.Sprintf("s%d, %d", who, i)}
				after, err := at.Note(ctx, o, fmt.Sprintf("note %d of s%d", i, who))
				switch {
				case err == nil:
					seen, i = after, i+1
				case errors.Is(err, ErrChanged):
					told[who]++
					if seen, err = at.Get(ctx, k.ID); err != nil {
						t.Error(err)
						return
					}
				default:
					t.Errorf("s%d, note %d: %v", who, i, err)
					return
				}
			}
		})
	}
	wg.Wait()
	now := must[Case](t)(d.Get(ctx, k.ID))
	if now.Version != k.Version+2*each {
		t.Errorf("the case is of version %d after %d acts on version %d", now.Version, 2*each, k.Version)
	}
	notes, entries := map[string]int{}, int64(0)
	for before := int64(0); ; {
		page, err := d.History(ctx, k.ID, before, 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			entries++
			if before = e.ID; e.Words != "" {
				notes[e.Words]++
			}
		}
		if len(page) < 200 {
			break
		}
	}
	if entries != now.Version {
		t.Errorf("%d entries of version %d", entries, now.Version)
	}
	for who := range 2 {
		for i := range each {
			if n := notes[fmt.Sprintf("note %d of s%d", i, who)]; n != 1 {
				t.Fatalf("note %d of s%d is there %d times", i, who, n)
			}
		}
	}
	if told[0]+told[1] == 0 {
		t.Error("neither was ever told that the other had acted: they did not act at once")
	}
}

func TestManyOpen(t *testing.T) {
	d := newDesk(t)
	const forms, each = 10, 3
	ids := make([]string, forms*each)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			k, err := d.Open(context.Background(), request(fmt.Sprint("form ", i%forms)))
			if err != nil {
				t.Error(err)
			}
			ids[i] = k.ID + " " + k.Number
		})
	}
	wg.Wait()
	slices.Sort(ids)
	if n := len(slices.Compact(ids)); n != forms {
		t.Errorf("%d forms opened %d cases", forms, n)
	}
	k := d.opened(t, "the last")
	if k.Number != fmt.Sprintf("AR-2026-%04d", forms+1) {
		t.Errorf("numbers were lost: the last is %s", k.Number)
	}
}

// A doing that has a name is done once, also where the case has gone on since.
func TestOnce(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	note := On{Case: k.ID, By: "s1", Version: 1, Once: "note of Ms Quillfeather, 1"}
	for range 2 {
		must[Case](t)(d.Note(ctx, note, "a note"))
	}
	for i, a := range []Action{Identifies, Drafts, Approves} {
		k = must[Case](t)(d.do(k, a, i))
	}
	send := On{Case: k.ID, By: "s1", Once: "letter 1"}
	must[Case](t)(d.Release(ctx, send, Sent))
	must[Case](t)(d.Close(ctx, on(k)))
	for range 2 {
		if got := must[Case](t)(d.Release(ctx, send, Sent)); got.State != Closed {
			t.Errorf("gave the case as %s", got.State)
		}
		must[Case](t)(d.Note(ctx, note, "a note"))
	}
	send.Once = "letter 2"
	if _, err := d.Release(ctx, send, Sent); !errors.Is(err, ErrState) {
		t.Errorf("released a closed case: %v", err)
	}
	want := []string{"case.opened", "case.noted", "case.identified", "case.drafted", "case.approved", "case.released", "case.closed"}
	if names := d.entries(t, k.ID); !slices.Equal(names, want) {
		t.Errorf("entries %v", names)
	}
}

func TestList(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	var running, ended []string
	for i := range 23 {
		r := request(fmt.Sprint(i))
		r.Received = day("2026-11-22").AddDays(-(i * 7 % 23))
		k := must[Case](t)(d.Open(ctx, r))
		if i%4 == 0 {
			d.hour = d.hour.Add(time.Minute)
			must[Case](t)(d.Withdraw(ctx, on(k), ""))
			ended = append(ended, k.Number)
		} else {
			running = append(running, k.Number)
		}
	}
	slices.Reverse(ended)
	for _, show := range []bool{false, true} {
		var got []string
		var last Case
		for f := (Filter{Ended: show, Limit: 4}); ; {
			page := must[Page](t)(d.List(ctx, f))
			for _, k := range page.Cases {
				if !show && last.ID != "" && k.Due.Before(last.Due) {
					t.Errorf("%s comes after %s", k.Due, last.Due)
				}
				last = k
				got = append(got, k.Number)
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		third := must[Page](t)(d.List(ctx, Filter{Ended: show, Limit: 2, Skip: 4}))
		if third.Cases[0].Number != got[4] || third.Cases[1].Number != got[5] {
			t.Errorf("by number, the third page of two begins with %s, want %s", third.Cases[0].Number, got[4])
		}
		want := ended
		if !show {
			want = running
			slices.Sort(want)
			slices.Sort(got)
		}
		if !slices.Equal(got, want) {
			t.Errorf("ended %v: got %v, want %v", show, got, want)
		}
	}
	deadlines, n, err := d.Deadlines(ctx)
	if err != nil || len(deadlines) != len(running) || n != len(ended) || !slices.IsSortedFunc(deadlines, time.Time.Compare) {
		t.Errorf("deadlines %v, %d ended, %v", deadlines, n, err)
	}
	for _, f := range []Filter{{Limit: 501}, {Limit: -1}, {Skip: -1}, {After: "x"}, {After: "1"}, {After: "1e9.x"}} {
		if _, err := d.List(ctx, f); !errors.Is(err, ErrInput) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// Landlords do not see each other's cases, and number their own.
func TestLandlords(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	err := d.store.Write(ctx, func(tx *store.Tx) error { return tx.SetLandlord(ctx, store.Landlord{ID: "vale", Name: "Vale"}) })
	if err != nil {
		t.Fatal(err)
	}
	vale := must[*Cases](t)(New(Config{Store: d.store, Ring: d.ring, Landlord: "vale", Now: func() time.Time { return d.hour }}))
	own := must[Case](t)(vale.Open(ctx, request("a")))
	if own.ID == k.ID || own.Number != "AR-2026-0001" {
		t.Errorf("%+v", own)
	}
	if _, err := vale.Get(ctx, k.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("read another's case: %v", err)
	}
	if _, err := vale.Note(ctx, on(k), "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("wrote in another's case: %v", err)
	}
	if page := must[Page](t)(vale.List(ctx, Filter{})); len(page.Cases) != 1 || page.Cases[0].ID != own.ID {
		t.Errorf("lists %d", len(page.Cases))
	}
}
