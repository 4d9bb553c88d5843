package detect

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnalyse(t *testing.T) {
	d := Detector{}
	for request, want := range map[string]string{
		`{"text":"é: Janet Hartley","language":"en"}`:                    "[PERSON 3 16]",
		`{"text":"ring 07700 900123","entities":["PHONE_NUMBER"]}`:       "[PHONE_NUMBER 5 17]",
		`{"text":"ring 07700 900123","entities":["PERSON"]}`:             "[]",
		`{"text":"ring 07700 900123","score_threshold":0.99}`:            "[]",
		`{"text":"nothing here","language":"en","correlation_id":"abc"}`: "[]",
		`{"text":"ring 07700 900123","allow_list":["07700 900123"]}`:     "[]",
		`{"text":"ring 07700 900123","ad_hoc_recognizers":[]}`:           "[PHONE_NUMBER 5 17]",
	} {
		b, err := d.Analyse([]byte(request))
		if err != nil {
			t.Errorf("%s: %v", request, err)
			continue
		}
		var got []struct {
			Start, End int
			Type       string `json:"entity_type"`
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		text := "["
		for _, g := range got {
			text += g.Type + " " + jsonInt(g.Start) + " " + jsonInt(g.End)
		}
		if diff := cmp.Diff(want, text+"]"); diff != "" {
			t.Errorf("%s: %s", request, diff)
		}
	}
	if b, err := d.Analyse([]byte(`{"text":["a","Janet Hartley rang"]}`)); err != nil || string(b[:4]) != "[[]," {
		t.Errorf("%s, %v", b, err)
	}
	for _, bad := range []string{``, `{}`, `{"text":7}`, `{"text":null}`, `{"text":"a","language":"de"}`, `[`,
		`{"text":"a","ad_hoc_recognizers":[{"name":"x"}]}`, `{"text":"a","allow_list":["a"],"allow_list_match":"regex"}`, `{"text":"a","score_threshold":2}`,
		`{"text":"a","entities":["US_SSN"]}`, `{"text":"a","entities":"PERSON"}`,
	} {
		if _, err := d.Analyse([]byte(bad)); err == nil {
			t.Errorf("%s is answered", bad)
		}
	}
}

func jsonInt(n int) string { b, _ := json.Marshal(n); return string(b) }
