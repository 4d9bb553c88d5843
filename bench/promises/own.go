package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/rule"
	"tenet/internal/store"
)

// What is planted in Tenet's own store for each home: a case for five, a disclosure and a
// look-up for each. One case in a hundred is answered with a sealed file.
const (
	homesACase  = 5
	casesAPack  = 100
	lateEvery   = 500 // of cases, disclosures and look-ups one is not as promised
	leakEvery   = 50  // of sealed files one holds what was withheld
	written     = 500 // acts in one transaction
	withheldOne = "Bede Ottaway"
)

// plant writes what an office of so many homes has done in a year.
func plant(ctx context.Context, office string, homes int, today time.Time, env func(string) string) error {
	d, err := desk.Open(ctx, office, env)
	if err != nil {
		return err
	}
	defer d.Close()
	var sealed [2]struct {
		data   []byte
		digest string
	}
	for i, says := range []string{"You met [name withheld] on the stair.", "You met " + withheldOne + " on the stair."} {
		if sealed[i].data, err = answer(d, says); err != nil {
			return err
		}
		sum := sha256.Sum256(sealed[i].data)
		sealed[i].digest = hex.EncodeToString(sum[:])
		if err := d.Packs.Put(ctx, fmt.Sprint("answer-", i, ".age"), bytes.NewReader(sealed[i].data)); err != nil {
			return err
		}
	}
	outline, err := json.Marshal(map[string]any{"proof": map[string]any{"secrets": []string{withheldOne}}})
	if err != nil {
		return err
	}
	at := func(daysAgo int) law.Date {
		day := law.DateOf(today).AddDays(-daysAgo)
		d.Now = func() time.Time { return day.Start().Add(11 * time.Hour) }
		return day
	}
	for i := range homes / homesACase {
		came, took := 70+i%290, 12
		if i%lateEvery == 1 {
			took = 60
		}
		k, err := d.Cases.Open(ctx, cases.Request{Once: fmt.Sprint("bench ", i), Regime: law.Access, Received: at(came), Channel: "letter", By: "s1",
			Notice: d.Notice.Version(), Nation: law.Nation(d.Notice.Landlord.Nation), Requester: cases.Requester{Name: fmt.Sprint("Requester ", i)}})
		if err != nil {
			return fmt.Errorf("open a case: %w", err)
		}
		on := cases.On{Case: k.ID, By: "s1"}
		at(came - took)
		if i%casesAPack > 0 {
			if _, err := d.Cases.Withdraw(ctx, on, "the person has what they asked for"); err != nil {
				return fmt.Errorf("end a case: %w", err)
			}
			continue
		}
		n := 0
		if i/casesAPack%leakEvery == 1 {
			n = 1
		}
		draft := cases.Draft{Pack: fmt.Sprint("answer-", n, ".age"), Digest: sealed[n].digest, Size: int64(len(sealed[n].data)), File: "outline.json", Notice: d.Notice.Version()}
		for _, act := range []func() (cases.Case, error){
			func() (cases.Case, error) {
				return d.Cases.Identify(ctx, on, cases.Proof{How: "passport seen", Arrived: d.Today()})
			},
			func() (cases.Case, error) {
				return d.Cases.SetDraft(ctx, on, draft, cases.File{Name: draft.File, Data: outline})
			},
			func() (cases.Case, error) {
				return d.Cases.Approve(ctx, cases.On{Case: k.ID, By: "s2"}, draft.Digest)
			},
			func() (cases.Case, error) {
				return d.Cases.Release(ctx, cases.On{Case: k.ID, By: "s2"}, cases.Sent)
			},
		} {
			if _, err := act(); err != nil {
				return fmt.Errorf("answer a case: %w", err)
			}
		}
	}
	facts, err := desk.SayFacts([]string{"repair=open"})
	if err != nil {
		return err
	}
	fields, err := desk.SayFields("name,address")
	if err != nil {
		return err
	}
	ask := rule.Ask{To: "repairs-contractors", People: "tenants", Fields: fields, Facts: facts}
	for i := 0; i < homes; i += written {
		day := at(360 - 359*i/homes)
		err := d.Store.Write(ctx, func(tx *store.Tx) error {
			for j := i; j < min(i+written, homes); j++ {
				e := disclose.Entry{Day: day, By: "s1", Kind: disclose.Shared, Verdict: disclose.Within, To: ask.To, Rule: "repairs-to-contractors", Notice: d.Notice.Version(),
					Details: disclose.Details{Name: "Wolds Building Ltd", Whose: fmt.Sprint("Tenant ", j), Categories: []notice.ID{"identity"}, Fields: []string{"name", "address"}, Ask: &rule.Ask{To: ask.To, People: ask.People, Fields: ask.Fields, Facts: ask.Facts, Day: day}}}
				if j%lateEvery == 1 {
					e.Verdict, e.Over = disclose.Against, "it was in the file that went"
				}
				if _, err := d.Given.Record(ctx, tx, e, nil); err != nil {
					return err
				}
				said := map[string]string{"reason": "rang"}
				if j%lateEvery == 1 {
					said = map[string]string{"found": "1"}
				}
				if err := tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: "s1", Name: "person.searched", Subject: fmt.Sprint("person-", j)}, said); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("write what was given: %w", err)
		}
	}
	return nil
}

// answer is a sealed answer that says something.
func answer(d *desk.Desk, says string) ([]byte, error) {
	files, err := pack.Files(pack.Input{Reference: "AR-2026-0001", Landlord: d.Notice.Landlord.Name, Person: "Ann Larter", Received: d.Today(), Due: d.Today(), Searched: d.Today(),
		Items:    []pack.Item{{ID: "x", Source: "housing", Table: "case_note", Texts: []pack.Field{{Name: "body", Value: says}}}},
		Withheld: []pack.Withheld{{Item: "x", What: "part of a text", Exemption: law.ExemptThirdParty, Reason: "it is about another person"}}, Explanation: d.Notice.Explain(notice.About{Day: notice.Date(d.Today().String())})}, pack.Print, pack.Spreadsheet)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := pack.Seal(&out, files, d.Keys.PackRecipient()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
