package discover_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
	"tenet/internal/rows"
)

// schemaOf makes a schema of lines such as "tenagree(tag_ref! prop_ref eot:date)": a
// column with ! is never null, one with * is the key, one with # a number.
func schemaOf(lines ...string) *rows.Schema {
	s := &rows.Schema{Source: "s", Engine: "sqlserver"}
	for _, l := range lines {
		name, rest, _ := strings.Cut(l, "(")
		t := rows.Table{Name: name, Estimate: -1}
		for _, f := range strings.Fields(strings.TrimSuffix(rest, ")")) {
			c := rows.Column{Kind: rows.Text, Nullable: !strings.ContainsAny(f, "!*")}
			if strings.Contains(f, "#") {
				c.Kind = rows.Number
			}
			f, kind, _ := strings.Cut(f, ":")
			if kind == "date" {
				c.Kind = rows.Date
			}
			c.Name = strings.Trim(f, "!*#")
			if strings.Contains(f, "*") {
				t.Key = append(t.Key, c.Name)
			}
			t.Columns = append(t.Columns, c)
		}
		s.Tables = append(s.Tables, t)
	}
	return s
}

func proposed(t *testing.T, s *rows.Schema) proposal {
	t.Helper()
	m, evidence, err := discover.Propose(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, s, m)
	return proposal{m, evidence}
}

// A housing system of the eighties: no key is declared, everybody of a house is
// in one table, and the tenancy is named like nothing else.
func TestWithoutKeys(t *testing.T) {
	p := proposed(t, schemaOf(
		"member(house_ref! person_no#! title forename surname dob:date ni_no disabled crim_rec)",
		"property(prop_ref! short_address post_code house_ref child_allowed)",
		"tenagree(tag_ref! prop_ref house_ref con_key# cot:date eot:date u_intro_start_date:date)",
		"contacts(con_key# con_name con_phone1 con_address tag_ref)",
		"rtrans(tag_ref trans_type post_date:date real_value#)",
		"arag(tag_ref arag_sid# arag_startdate:date)",
		"aragdet(arag_sid# aragdet_amount#)",
	))
	same(t, "people", p.people(), map[string]string{"member": "customers", "contacts": "customers"})
	same(t, "owned", p.owned(), fields(`
		arag(tag_ref) < tenagree
		aragdet(arag_sid) < arag
		rtrans(tag_ref) < tenagree
		tenagree(con_key) < contacts
		tenagree(house_ref) < member as joint`))
	same(t, "who is in the house is known by more than the house", p.Tables["member"].Identifiers.Ref, datamap.Columns(nil))
	same(t, "a contact", p.Tables["contacts"].Identifiers.Name, datamap.Columns{"con_name"})
	o := p.Tables["tenagree"].Occupies
	if len(o) != 1 || o[0].From != "cot" || o[0].Until != "eot" {
		t.Errorf("occupies: %+v", o)
	}
	same(t, "keeping", p.Tables["tenagree"].RetentionFrom, "eot")
	same(t, "an abbreviation", p.Tables["member"].Columns["crim_rec"].Kind, "criminal")
	if c := p.Tables["property"].Columns["child_allowed"]; c != nil && c.Kind == "child" {
		t.Error("a flat is no child")
	}
}

// Up to eight people in one row, each in columns of their own.
func TestRepeatedPeople(t *testing.T) {
	var cs []string
	for i := 1; i <= 4; i++ {
		cs = append(cs, fmt.Sprintf("forename%d surname%d dob%d:date sex%d age%d_known", i, i, i, i, i))
	}
	p := proposed(t, schemaOf("letting(id* tenancycode "+strings.Join(cs, " ")+" address_line1 address_line2 address_line3 illness_type_1 illness_type_2 illness_type_3)"))
	letting := p.Tables["letting"]
	want := []datamap.Named{{Role: datamap.Subject, Identifiers: datamap.Identifiers{Name: datamap.Columns{"forename1", "surname1"}, DOB: "dob1",
		Ref: datamap.Columns{"tenancycode"}, Address: datamap.Columns{"address_line1", "address_line2", "address_line3"}}}}
	for _, n := range []string{"2", "3", "4"} {
		want = append(want, datamap.Named{Role: datamap.Household, Group: n, Identifiers: datamap.Identifiers{
			Name: datamap.Columns{"forename" + n, "surname" + n}, DOB: "dob" + n}})
	}
	same(t, "names", letting.Names, want)
	for column, group := range map[string]string{"sex1": "", "sex2": "2", "age3_known": "3", "address_line2": "", "illness_type_2": ""} {
		got := ""
		if c := letting.Columns[column]; c != nil {
			got = c.Group
		}
		if got != group {
			t.Errorf("%s is about %q, want %q", column, got, group)
		}
	}
}

// Copies are told by name and columns together, and nothing points at them.
func TestCopies(t *testing.T) {
	person := "(person_id* forename surname dob:date email)"
	p := proposed(t, schemaOf("person"+person, "person_20180412"+strings.ReplaceAll(person, "*", ""), "person_bak2_old"+strings.ReplaceAll(person, "*", ""),
		"bulk_upload(id* filename)", "upload_error(id* bulk_upload_id error)", "address_2(id* address_line)", "address(id* address_line)",
		"payment(id* person_id amount#)", "payment_2019(id person_id amount#)", "payment_new(payment_code* colour size weight)"))
	got := map[string]string{}
	for name, table := range p.Tables {
		if table.CopyOf != "" {
			got[name] = table.CopyOf
		}
	}
	same(t, "copies", got, map[string]string{"person_20180412": "person", "person_bak2_old": "person", "payment_2019": "payment"})
	same(t, "owned", p.owned(), fields(`
		payment(person_id) < person
		payment_2019(id) < payment
		payment_2019(person_id) < person`))
	p.wants(t, "payment_new", "", "no copy of payment", 0)
}

// A kind beside a key, and no values to say which kinds there are, is a question.
func TestKindsWithoutValues(t *testing.T) {
	p := proposed(t, schemaOf("person(id* forename surname dob:date)", "read_mark(id* reader_type reader_id# at:date)"))
	p.wants(t, "read_mark", "reader_id", "perhaps points at several tables", 0)
	if p.Tables["read_mark"].Skip != "" {
		t.Error("what may be somebody's is left out")
	}
}

// keyed gives the tables named in it these values, one a row, in their columns' order.
type keyed map[string][]string

func (k keyed) Sample(_ context.Context, table string) ([]rows.Row, error) {
	var out []rows.Row
	for _, line := range k[table] {
		r := rows.Row{Table: k.schema(table)}
		for _, v := range strings.Fields(line) {
			r.Values = append(r.Values, rows.Value{Text: v})
		}
		out = append(out, r)
	}
	return out, nil
}

func (keyed) schema(table string) *rows.Table { return oddSchema.Table(table) }

var oddSchema = schemaOf("property(prop_ref* post_code)", "visit(visit_id*# place_person seen:date)", "person(person_id*# forename surname dob:date)",
	"person_extra(id*# person_id# field_name field_value)")

// Two keys in one column are asked about; a value that its neighbour explains may be anything.
func TestOddColumns(t *testing.T) {
	k := keyed{}
	for i := range 12 {
		k["property"] = append(k["property"], fmt.Sprintf("PROP%02d LN304HD", i))
		k["visit"] = append(k["visit"], fmt.Sprintf("%d PROP%02d/%d 2020-01-01", 500+i, i, i%3))
	}
	m, evidence, err := discover.Propose(context.Background(), oddSchema, k)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, oddSchema, m)
	p := proposal{m, evidence}
	p.wants(t, "visit", "place_person", "perhaps two keys in one, of which the first is property's", 0)
	if c := p.Tables["person_extra"].Columns["field_value"]; c == nil || !c.FreeText {
		t.Errorf("a value that may be anything is not read: %+v", c)
	}
}
