package incident

import (
	"strings"
	"testing"
)

func TestNeverAsks(t *testing.T) {
	n := pack(t, "potters-green")
	for words, want := range map[string]string{
		"Please reply with your password.":                                               "passwords",
		"Send us your card number and the security code.":                                "card numbers",
		"To go on, enter your user name below.":                                          "user names",
		"Password":                                                                       "passwords",
		"Card number:":                                                                   "card numbers",
		"We never ask for your name, but please confirm your PIN.":                       "passwords",
		"Rhowch eich cyfrinair.":                                                         "passwords",
		"Anfonwch rif eich cerdyn":                                                       "",
		"Anfonwch rhif eich cerdyn atom.":                                                "card numbers",
		"We never ask for card numbers, user names or passwords.":                        "",
		"Do not send your password to anybody.":                                          "",
		"If somebody asks for your password, do not give it.":                            "",
		"Your password was among what was taken.":                                        "",
		"Tell us which bank account you would like the refund paid to.":                  "",
		"You will need the number AR-2026-0001 and the code we gave you when you asked.": "",
	} {
		got := ""
		if asked := NeverAsks(n, words); len(asked) > 0 {
			got = asked[0].What
		}
		if got != want {
			t.Errorf("%q asks for %q, not %q", words, got, want)
		}
	}
	n.Web.Phishing.Never = append(n.Web.Phishing.Never, "sort codes")
	if len(NeverAsks(n, "Please give us your sort code.")) != 1 || len(NeverAsks(nil, "Please give us your sort code.")) != 0 {
		t.Error("what a notice adds does not count for it alone")
	}
}

func TestWarning(t *testing.T) {
	for _, name := range []string{"potters-green", "northmoor", "larkfield"} {
		n := pack(t, name)
		words := Warning(n)
		if !strings.Contains(words, n.Landlord.Name) || len(NeverAsks(n, words)) > 0 {
			t.Errorf("%s: %s", name, words)
		}
	}
}

func FuzzNeverAsks(f *testing.F) {
	for _, s := range []string{"Please send your PIN", "never, never", "card \xff number: password"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, a := range NeverAsks(nil, s) {
			if a.What == "" || a.Sentence == "" {
				t.Errorf("%+v", a)
			}
		}
	})
}
