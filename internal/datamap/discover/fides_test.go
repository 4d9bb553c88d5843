package discover_test

import (
	"slices"
	"strings"
	"testing"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
)

// A dataset in the shape that Fides publishes.
const fidesDataset = `
dataset:
  - fides_key: shop
    name: a shop
    collections:
      - name: customer
        fides_meta: {after: [shop.address]}
        fields:
          - name: id
            data_categories: [user.unique_id]
            fides_meta: {primary_key: true}
          - name: name
            data_categories: [user.name]
            fides_meta: {data_type: string, length: 40}
          - name: email
            data_categories: [user.contact.email]
            fides_meta: {identity: email}
          - name: faith
            data_categories: [user.demographic.religious_belief]
          - name: address_id
            data_categories: [system.operations]
            fides_meta: {references: [{dataset: shop, field: address.id, direction: to}]}
          - name: likes
            fields: [{name: colour}, {name: size}]
      - name: address
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - {name: street, data_categories: [user.contact.address.street]}
      - name: orders
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - name: customer_id
            fides_meta: {references: [{dataset: shop, field: customer.id, direction: from}]}
      - name: order_item
        fields:
          - name: order_id
            fides_meta: {primary_key: true, references: [{dataset: shop, field: orders.id, direction: from}]}
          - name: seen_in
            fides_meta: {references: [{dataset: web, field: visit.id, direction: from}]}
      - name: resident
        fields:
          - name: address_id
            fides_meta: {primary_key: true, references: [{dataset: shop, field: address.id, direction: from}]}
      - name: internal
        fides_meta: {skip_processing: true}
        fields: [{name: x}]
`

func TestFides(t *testing.T) {
	m, lost, err := discover.Fides("shop.yml", []byte(fidesDataset), "shop")
	if err != nil {
		t.Fatal(err)
	}
	text, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := datamap.Parse("shop.yaml", text); err != nil {
		t.Fatalf("the map cannot be read back:\n%v", err)
	}
	p := proposal{Map: m}
	same(t, "people", p.people(), map[string]string{"customer": "customers"})
	same(t, "identifiers", m.Tables["customer"].Identifiers, &datamap.Identifiers{Name: datamap.Columns{"name"}, Email: datamap.Columns{"email"}})
	// Fides would go from an address down to whoever else lives there.
	same(t, "owned", p.owned(), fields(`
		order_item(order_id) < orders
		orders(customer_id) < customer`))
	same(t, "across", slices.Concat(p.referred("customer"), p.referred("resident")), []string{"address_id address", "address_id address"})
	same(t, "keys", m.Tables["orders"].Key, datamap.Columns{"id"})
	same(t, "special", m.Tables["customer"].Columns["faith"], &datamap.Column{Category: "religion", DPV: "dpv-pd:Religion", Kind: "special"})
	if m.Tables["internal"].Skip == "" || !m.Tables["customer"].Columns["likes"].FreeText {
		t.Error("what is left out in Fides is searched, or what is inside a field is not")
	}
	all := strings.Join(lost, "\n")
	for _, want := range []string{"visit.id of the dataset web", "customer.likes: 2 fields inside", "after, erase_after", "which collections are people", "resident.address_id: Fides may follow",
		"address: Fides does not say whose", "roles: Fides has none"} {
		if !strings.Contains(all, want) {
			t.Errorf("not said to be lost: %s\n%s", want, all)
		}
	}
}

func TestFidesRefuses(t *testing.T) {
	for _, text := range []string{"", "system: []", "dataset: 7", "dataset: [", strings.Repeat("#", 9<<20)} {
		if _, _, err := discover.Fides("x.yml", []byte(text), "s"); err == nil || !strings.Contains(err.Error(), "x.yml") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// A file from outside may be anything; what comes of it is a map or an error.
func FuzzFides(f *testing.F) {
	f.Add(fidesDataset)
	f.Add("dataset: [{collections: [{name: a, fields: [{name: b, fides_meta: {references: [{field: a.b, direction: from}]}}]}]}]")
	f.Fuzz(func(t *testing.T, text string) {
		m, _, err := discover.Fides("f.yml", []byte(text), "s")
		if err != nil {
			return
		}
		out, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := datamap.Parse("f.yaml", out); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	})
}
