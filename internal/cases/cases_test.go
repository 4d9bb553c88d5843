package cases

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// desk is cases over a store of their own, at an hour that tests can move.
type desk struct {
	*Cases
	store *store.Store
	ring  *keys.Ring
	dir   string // of the keys
	url   string // of the store
	hour  time.Time
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	dir := t.TempDir()
	ring, err := keys.Create(filepath.Join(dir, "keys"), "tenet.example/ledger")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{ring: ring, dir: dir, url: "sqlite:" + filepath.Join(dir, "tenet.db"), hour: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	if strings.HasPrefix(t.Name(), "TestOnPostgres/") {
		d.url = testpg.Database(t)
	}
	d.open(t)
	return d
}

func (d *desk) open(t testing.TB) {
	t.Helper()
	var err error
	if d.store, err = store.Open(context.Background(), d.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.store.Close() })
	d.Cases, err = New(Config{Store: d.store, Ring: d.ring, Landlord: store.Default, Now: func() time.Time { return d.hour }})
	if err != nil {
		t.Fatal(err)
	}
}

func day(s string) law.Date {
	d, err := law.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

const (
	noticeHash = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	digest1    = "1111111111111111111111111111111111111111111111111111111111111111"
	digest2    = "2222222222222222222222222222222222222222222222222222222222222222"
)

func request(once string) Request {
	return Request{
		Once: once, Regime: law.Access, Received: day("2026-11-22"), Channel: "online", Notice: noticeHash,
		Nation:    law.EnglandAndWales,
		Requester: Requester{Name: "Morwenna Quillfeather", Email: "morwenna.quillfeather@example.org", Phone: "07700 900123", Address: "4 Zennor Rise\nTR99 9ZZ"},
		Person:    Person{Name: "Morwenna Quillfeather", Born: day("1971-02-03"), Reference: "TEN-0042-X", Asked: "everything about the kitchenette leak"},
	}
}

// opened opens a case for access.
func (d *desk) opened(t testing.TB, once string) Case {
	t.Helper()
	k, err := d.Open(context.Background(), request(once))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func on(k Case) On { return On{Case: k.ID, By: "s1"} }

func draft(digest string) Draft {
	return Draft{Pack: "AR-2026-0001.age", Digest: digest, Size: 1200, Notice: noticeHash, Counts: map[string]int{"housing.tenant": 1}, Withheld: 2}
}

func proof() Proof {
	return Proof{How: "passport", Note: "seen at the desk", Arrived: day("2026-11-22")}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// entries is the names of the acts on a case, oldest first.
func (d *desk) entries(t testing.TB, id string) []string {
	t.Helper()
	var names []string
	ctx := context.Background()
	err := d.store.Read(ctx, func(tx *store.Tx) error {
		acts, err := tx.Acts(ctx, store.Default, id, 0, 1000)
		for i := len(acts) - 1; i >= 0; i-- {
			names = append(names, acts[i].Act)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestFromReceiptToClosing(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "form-1")
	if k.Number != "AR-2026-0001" || k.State != Received || k.Due.String() != "2026-12-22" || k.ChangedBy != "AR-2026-0001" {
		t.Errorf("opened %+v", k)
	}
	if again := d.opened(t, "form-1"); again.ID != k.ID || again.Number != k.Number {
		t.Errorf("the same form opened %s", again.Number)
	}
	if other := d.opened(t, "form-2"); other.Number != "AR-2026-0002" {
		t.Errorf("the next case is %s", other.Number)
	}
	c := must[Case](t)
	if _, err := d.Approve(ctx, on(k), digest1); !errors.Is(err, ErrState) {
		t.Errorf("approved without a draft: %v", err)
	}
	c(d.SetDraft(ctx, on(k), draft(digest1), File{"found.json", []byte(`{}`)}))
	if _, err := d.Approve(ctx, on(k), digest1); !errors.Is(err, ErrNeeds) {
		t.Errorf("approved without identity: %v", err)
	}
	c(d.Identify(ctx, on(k), proof()))
	if _, err := d.Approve(ctx, on(k), digest2); !errors.Is(err, ErrChanged) {
		t.Errorf("approved another draft: %v", err)
	}
	for range 2 { // Each is done once, however often it is asked for.
		c(d.SetDraft(ctx, on(k), draft(digest1)))
		c(d.Identify(ctx, on(k), proof()))
		c(d.Approve(ctx, on(k), digest1))
	}
	c(d.Release(ctx, on(k), Collected))
	c(d.Close(ctx, on(k)))
	got := must[Case](t)(d.ByNumber(ctx, " ar-2026-0001 "))
	if got.State != Closed || got.Ending.Way != Collected || got.Ended.IsZero() || got.Requester.Name != "Morwenna Quillfeather" {
		t.Errorf("at the end %+v", got)
	}
	want := []string{"case.opened", "case.drafted", "case.identified", "case.approved", "case.released", "case.closed"}
	if names := d.entries(t, k.ID); !slices.Equal(names, want) {
		t.Errorf("entries %v", names)
	}
}

func TestOpenRefuses(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	for _, tt := range []struct {
		name string
		with func(*Request)
		says string
	}{
		{"no once", func(r *Request) { r.Once = "" }, "no Once"},
		{"regime", func(r *Request) { r.Regime = "tea" }, "no regime"},
		{"nation", func(r *Request) { r.Nation = "wessex" }, "wessex"},
		{"no day", func(r *Request) { r.Received = law.Date{} }, "missing"},
		{"not yet", func(r *Request) { r.Received = day("2026-11-24") }, "has not come yet"},
		{"two days", func(r *Request) { r.At = d.hour }, "give one of them"},
		{"channel", func(r *Request) { r.Channel = "by word of mouth" }, "not an identifier"},
		{"notice", func(r *Request) { r.Notice = "the new one" }, "not an identifier"},
		{"name", func(r *Request) { r.Requester.Name = strings.Repeat("Quill", 200) }, "1000 bytes"},
		{"text", func(r *Request) { r.Person.Asked = "\xff" }, "not valid text"},
		{"nul", func(r *Request) { r.Person.Asked = "a\x00b" }, "control character"},
		{"target", func(r *Request) { r.TargetDays = 91 }, "target-days"},
		{"promise", func(r *Request) { r.Promise = &law.Promise{Count: 1, Unit: "moons"} }, "moons"},
		{"actor", func(r *Request) { r.By = "Ms Quillfeather" }, "opaque id"},
	} {
		r := request(tt.name)
		tt.with(&r)
		_, err := d.Open(ctx, r)
		if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "Quill") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if page := must[Page](t)(d.List(ctx, Filter{})); len(page.Cases) != 0 {
		t.Errorf("%d cases were opened", len(page.Cases))
	}
	if _, err := d.ByNumber(ctx, "AR-2026-0001"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a number was given: %v", err)
	}
}

func TestDecide(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	item := strings.Repeat("d", 32)
	good := Decision{Item: item, Release: true, Reason: "hers"}
	for _, tt := range []struct {
		with func(*Decision)
		says string
	}{
		{func(x *Decision) { x.Item = "tenant/1042" }, "not opaque"},
		{func(x *Decision) { x.Reason = " " }, "reason"},
		{func(x *Decision) { x.Exemption = law.ExemptCrime }, "released was given the exemption"},
		{func(x *Decision) { x.Release = false }, "no exemption"},
		{func(x *Decision) { x.Release, x.Exemption = false, "shyness" }, `"shyness"`},
	} {
		bad := good
		tt.with(&bad)
		other := good
		other.Item = strings.Repeat("e", 32)
		if _, err := d.Decide(ctx, on(k), other, bad); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := d.Decide(ctx, on(k)); !errors.Is(err, ErrInput) {
		t.Errorf("nothing: %v", err)
	}
	for range 2 {
		k = must[Case](t)(d.Decide(ctx, on(k), good))
	}
	if k.Version != 2 || k.Decided != 2 {
		t.Errorf("version %d, decided at %d", k.Version, k.Decided)
	}
	held := good
	held.Release, held.Exemption, held.Reason = false, law.ExemptThirdParty, "his"
	must[Case](t)(d.Decide(ctx, on(k), held))
	all, decided, err := d.Decisions(ctx, k.ID)
	held.By, held.At = "s1", d.hour
	if err != nil || decided != 3 || len(all) != 1 || all[0] != held {
		t.Errorf("%+v of %d, %v", all, decided, err)
	}
}
