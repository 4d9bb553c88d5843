package source

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/doc"
	"tenet/internal/testdata"
)

// sheetOf makes rows of text: one a line, cells parted by bars.
func sheetOf(s string) (out []doc.Record) {
	for i, l := range strings.Split(s, "\n") {
		if strings.Trim(l, "| ") != "" {
			out = append(out, doc.Record{Line: i + 1, Fields: strings.Split(l, "|")})
		}
	}
	return out
}

func TestLayout(t *testing.T) {
	codes := "tenancy_code|first_name|home_town|rent_due|in_arrears"
	for name, c := range map[string]struct {
		sheet  string
		header int
		want   string // from-to: names
	}{
		"plain":               {"name|phone||name\nAnn|07700 900001|x|y", -1, "1-1: name,phone,column_3,name_2"},
		"header alone":        {"name|phone", -1, "1-1: name,phone"},
		"one cell":            {"owes £5", -1, "0-0: column_1"},
		"people from line 1":  {"7|Ann|Bell\n8|Bob|Cole\n9|Cy|Dew", -1, "0-0: column_1,column_2,column_3"},
		"a date in line 1":    {"Ann|03/02/1990\nBob|04/05/1991", -1, "0-0: column_1,column_2"},
		"an e-mail":           {"Ann|ann@example.org", -1, "0-0: column_1,column_2"},
		"a postcode":          {"Ann|YO21 3PU\nBob|YO22 4AB", -1, "0-0: column_1,column_2"},
		"a telephone":         {"Ann|01632 960123\nBob|", -1, "0-0: column_1,column_2"},
		"a NINO":              {"Ann|QQ 12 34 56 C", -1, "0-0: column_1,column_2"},
		"money":               {"Ann|£5\nBob|£6", -1, "0-0: column_1,column_2"},
		"years":               {"Name|2023|2024\nAnn|5|6", -1, "1-1: Name,2023,2024"},
		"one year":            {"Name|2023\nAnn|5", -1, "1-1: Name,2023"},
		"words only":          {"Ann Bell|Whitby\nBob Cole|Leeds", -1, "1-1: Ann Bell,Whitby"}, // nothing shows that it is data
		"row taken":           {"Row|row\n1|2", -1, "1-1: Row,row_2"},
		"title above":         {"Rent report||\nAnn Bell, 3 Harbour Street||\n||\nDate|Amount|Note\n2026-01-02|5.00|paid", -1, "4-4: Date,Amount,Note"},
		"title, no header":    {"Rent report||\n2026-01-02|5.00|paid\n2026-01-03|5.00|paid", -1, "0-0: column_1,column_2,column_3"},
		"codes below words":   {"Tenancy code|First name|Home town|Rent due|In arrears\n" + codes + "\nT1|Ann|Whitby|5|no", -1, "1-2: tenancy_code,first_name,home_town,rent_due,in_arrears"},
		"a person is no code": {"First name|Last name|Home town|Lives in|Says\nann|bell|whitby|flat|yes\nbob|cole|leeds|house|no", -1, "1-1: First name,Last name,Home town,Lives in,Says"},
		"groups":              {"Tenant||Partner|\nName|Born|Name|Born\nAnn|1990-01-02|Bob|1991-01-02", -1, "1-2: Tenant Name,Tenant Born,Partner Name,Partner Born"},
		"sparse groups":       {"Tenant|||Partner||\nName|Born|Tel|Name|Born|Tel\nAnn|||Bob||", -1, "1-2: Tenant Name,Tenant Born,Tenant Tel,Partner Name,Partner Born,Partner Tel"},
		"half a header":       {"name||status|\nAnn|damp|open|damp\nBob|dry|shut|dry", -1, "1-1: name,column_2,status,column_4"},
		"numbers":             {"|Section A|||||\nQuestion|Who?|Where?|When?||Why?\nNumber|1|2|3|4|5\n|Ann|Whitby|now|x|y", -1, "1-3: Number,1 Who?,2 Where?,3 When?,field 4,5 Why?"},
		"said to be none":     {"name|phone\nAnn|x", 0, "0-0: column_1,column_2"},
		"said to be three":    {"A|A|B\nx|y|\nname|name|phone\nAnn|Bob|x", 3, "1-3: A x name,A y name,phone"},
		"said to be too many": {"name|phone\nAnn|x", 9, "1-2: Ann,x"},
		"one wide row":        {"name|phone\nAnn|1\nBob|1\nCy|1|2|3", -1, "1-1: name,phone"},
		"all wider":           {"name|phone\nAnn|1|x\nBob|1|x", -1, "1-1: name,phone,column_3"},
		"blank":               {"", -1, "0-0: "},
	} {
		l := layOut(sheetOf(c.sheet), c.header, "row")
		if got := fmt.Sprintf("%d-%d: %s", l.from, l.to, strings.Join(l.names, ",")); got != c.want {
			t.Errorf("%s: %s, want %s (%s)", name, got, c.want, l.says)
		}
	}
}

// Where nothing is said of the header, a row with a date of birth or a telephone number in it is never taken for one,
// unless it is above the numbers of a form's fields.
func TestLayoutKeepsPeople(t *testing.T) {
	value := rapid.SampledFrom([]string{"03/02/1990", "1990-02-03", "07700 900123", "ann@example.org", "QQ123456C", "YO21 3PU", "5.00"})
	word := rapid.StringMatching(`[A-Za-z_]{0,6}( [a-z]{1,4})?`)
	rapid.Check(t, func(t *rapid.T) {
		var sample []doc.Record
		for n := range rapid.IntRange(1, 30).Draw(t, "rows") {
			rec := doc.Record{Line: n + 1}
			for range rapid.IntRange(1, 8).Draw(t, "cells") {
				rec.Fields = append(rec.Fields, rapid.OneOf(word, word, value).Draw(t, "cell"))
			}
			sample = append(sample, rec)
		}
		l := layOut(sample, -1, "row")
		seen := map[string]bool{"row": true}
		for _, n := range l.names {
			if n == "" || seen[n] {
				t.Fatalf("names %q", l.names)
			}
			seen[n] = true
		}
		for _, rec := range sample {
			if rec.Line >= l.from && rec.Line <= l.to && dataLike(rec.Fields) {
				t.Fatalf("row %d %q is in the header: %s", rec.Line, rec.Fields, l.says)
			}
		}
	})
}

// The government's own uploads and exports have up to eight rows of header.
func TestLayoutsOfOthers(t *testing.T) {
	ctx := context.Background()
	s, said := open(t, "dir:"+testdata.Shared(t, "core-lettings"), Options{})
	schema, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, tab := range schema.Tables[3:] {
		n := 0
		for _, err := range s.Scan(ctx, tab.Name, ScanOptions{}) {
			if err != nil {
				t.Errorf("%s: %v", tab.Name, err)
			}
			n++
		}
		last := tab.Columns[len(tab.Columns)-1].Name
		got[tab.Name] = fmt.Sprintf("%d rows of %d: %s … %s; %s", n, len(tab.Columns)-1, tab.Columns[min(3, len(tab.Columns)-1)].Name, last, tab.Comment)
	}
	want := map[string]string{
		"2023_24_lettings_bulk_upload":        "1 rows of 135: 2 Which organisation manages this letting? … 134 What do you expect the outstanding amount to be?; header in lines 1 to 49; columns are called by the numbers in line 49 and the words in line 2; the data begin in column 2",
		"2023_24_lettings_bulk_upload/Sheet1": "0 rows of 135: 2 Which organisation manages this letting? … 134 What do you expect the outstanding amount to be?; header in rows 1 to 8; columns are called by the numbers in row 8 and the words in row 2",
		"2026_27_lettings_bulk_upload":        "1 rows of 148: 2 Which organisation manages this letting? … 147 What do you expect the outstanding amount to be?; header in lines 1 to 90; columns are called by the numbers in line 90 and the words in line 2; the data begin in column 2",
		"2026_27_sales_bulk_upload":           "1 rows of 137: 2 What is the sale completion date? - month MM … 136 What are the total monthly leasehold charges for the…; header in lines 1 to 24; columns are called by the numbers in line 24 and the words in line 2; the data begin in column 2",
		"addresses_reimport":                  "6 rows of 14: Tenancy start date … Property's postcode; header in line 1",
		"excel_file/Sheet1":                   "1 rows of 1: column_1 … column_1; no header: the first row looks like data, and the columns are numbered",
		"general_needs_log":                   "1 rows of 151: age1 … uploaddate; header in line 1",
		"lettings_download_24_25.definitions": "220 rows of 3: column_3 … column_3; no header: the first line looks like data, and the columns are numbered",
		"lettings_log_csv_export_codes_26":    "1 rows of 232: duplicate_set_id … location_startdate; header in lines 1 to 2",
		"lettings_log_csv_export_labels_26":   "1 rows of 232: duplicate_set_id … location_startdate; header in lines 1 to 2",
		"sales_download_24_25.definitions":    "281 rows of 3: column_3 … column_3; no header: the first line looks like data, and the columns are numbered",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	said.must(t, "excel_as_csv.csv", "directory of contents is missing")
	everyRowFoundAgain(t, s, 20)
}
