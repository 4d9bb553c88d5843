package notice

import (
	"regexp"
	"slices"
	"strings"
)

func (l *linter) site() {
	w := &l.n.Web
	if w.Only {
		for _, k := range l.n.Keeping.Rules {
			l.find("scope-too-narrow", Pos{File: webFile}, "sites-only", "the notice says that it covers nothing but the website, and governs "+quote(k.Title), "say what else it covers")
			break
		}
	}
	for i, a := range w.IP {
		for _, b := range w.IP[:i] {
			if strings.EqualFold(a.Where, b.Where) && a.Kept != b.Kept {
				l.find("ip-claims-differ", a.Pos, ID(a.Kept), "on "+a.Where+" IP addresses are "+spaced(a.Kept)+" here, and "+spaced(b.Kept)+" at "+b.Pos.String(), "find out which is so; until then keep none")
			}
		}
	}
	for _, d := range w.Disclaimers {
		if d.Data {
			l.find("disclaimer-of-duty", d.Pos, "disclaimers", "it disclaims "+quote(d.Says)+", which reaches to personal data", "leave personal data out of the disclaimer; it has no effect there")
		}
	}
	for _, t := range w.Trackers {
		if t.Use != CookieConsent && t.Kind != Analytics && t.Kind != Translation {
			l.find("tracker-without-consent", t.Pos, t.ID, "a "+spaced(t.Kind)+" is used as "+spaced(t.Use)+", which it is not", "write use: consent, and ask first")
		}
	}
}

// retired are cookies of the Google Analytics library that was switched off in
// July 2023.
var retired = regexp.MustCompile(`^_+utm[a-z]$`)

func (l *linter) cookies() {
	w := &l.n.Web
	var hosts []string
	for _, s := range w.Sites {
		host := strings.TrimPrefix(strings.TrimPrefix(string(s), "https://"), "http://")
		host, _, _ = strings.Cut(host, "/")
		hosts = append(hosts, host)
	}
	for _, c := range w.Cookies {
		id := ID(c.Name)
		switch {
		case c.Lasts == "never":
			l.find("cookie-without-end", c.Pos, id, "it never ends", "give it a life, such as P6M")
		case c.Type == SessionCookie && c.Lasts != "session", c.Type == PersistentCookie && c.Lasts == "session":
			l.find("cookie-type-and-life", c.Pos, id, "it is called "+string(c.Type)+", and lasts "+string(c.Lasts), "look at the real cookie, and correct one of them")
		case c.Type == PersistentCookie && strings.HasPrefix(string(c.Lasts), "PT"):
			l.find("cookie-type-and-life", c.Pos, id, "it is called persistent, and is gone within hours: "+string(c.Lasts), "look at the real cookie, and correct one of them")
		}
		if c.Party == ThirdParty && c.Domain != "" && slices.Contains(hosts, c.Domain) {
			l.find("cookie-not-theirs", c.Pos, id, "it is called a third party's, and "+c.Domain+" sets it, which is ours", "call it first party, and name whose code it is in by:")
		}
		if retired.MatchString(c.Name) {
			l.find("cookie-retired", c.Pos, id, "the library that set it was switched off in July 2023", "look at what the site sets now, and list that")
		}
		if (c.Use == CookieStatistics || c.Use == CookieAppearance) && c.Refuse == "" {
			l.find("cookie-without-refusal", c.Pos, id, "it is set without asking, and nothing says how to refuse it", "add refuse: with a simple and free way")
		}
	}
	if c := w.Choice; c != nil && (c.Refuse == RefuseBrowser || c.Refuse == RefuseNone) {
		l.find("cookie-refusal-hard", c.Pos, "cookie-choice", "cookies can be refused only by "+spaced(c.Refuse), "offer a refusal as easy as acceptance, beside it")
	}
	if len(w.Cookies) == 0 {
		for _, s := range l.n.Words.All() {
			if strings.Contains(strings.ToLower(s.Text), "cookie") {
				l.find("cookies-not-listed", wordsAt(s.Line), "cookies", "the words speak of cookies, and web.yaml lists none", "list each cookie with its purpose and its life")
				break
			}
		}
	}
}

// PortalCookies are what Tenet's own portal sets in a browser, for a notice to list. Over
// TLS the first has __Host- before its name.
func PortalCookies() []Cookie {
	return []Cookie{
		{Name: "tenet-form", Purpose: "Keeps what you typed into a form until you send it.", Use: CookieNecessary, Lasts: "session"},
		{Name: "tenet-language", Purpose: "Remembers the language you chose.", Use: CookieAppearance, Lasts: "P1Y"},
		{Name: "tenet-display", Purpose: "Remembers how you chose to see our pages.", Use: CookieAppearance, Lasts: "session"},
	}
}

// UnlistedCookies finds those of [PortalCookies] that a notice does not list. It is no part
// of [Lint], because a notice does not say whose portal it is: whoever serves one asks.
func UnlistedCookies(n *Notice) []Finding {
	var out []Finding
	for _, own := range PortalCookies() {
		if !slices.ContainsFunc(n.Web.Cookies, func(c Cookie) bool { return strings.TrimPrefix(c.Name, "__Host-") == own.Name }) {
			f := ruled("portal-cookie-not-listed")
			f.Pos, f.ID = Pos{File: webFile}, ID(own.Name)
			f.Why = "the portal sets " + own.Name + ", and web.yaml does not list it"
			f.Mend = "add to cookies: {name: " + own.Name + ", purpose: " + own.Purpose + ", use: " + string(own.Use) + ", lasts: " + string(own.Lasts) + "}"
			out = append(out, f)
		}
	}
	return out
}

func (l *linter) recordings() {
	for _, r := range l.n.Records.Recordings {
		if r.Told == NotTold || r.Told == ToldByWords && (r.Kind == CallRecording || r.Kind == BodyRecording || r.Kind == CameraRecording) {
			l.find("recording-untold", r.Pos, r.ID, "people are recorded ("+spaced(r.Kind)+") and not told then and there", "tell them: at the start of a call, by a sign, or on the spot")
		}
		if r.Keeping == "" {
			l.find("recording-without-retention", r.Pos, r.ID, "nothing says how long it is kept", "add keeping:")
		}
		if a, ok := byID(l.n.Uses.Impact, r.Assessment, func(a ImpactAssessment) ID { return a.ID }); ok {
			if r.Kind == CameraRecording && (a.Justified == "" || a.Necessary == "" || a.Proportionate == "" || a.Least == "") {
				l.find("assessment-incomplete", a.Pos, a.ID, "it does not say why the cameras are justified, necessary, proportionate and as little intrusive as can be", "add justified:, necessary:, proportionate: and least-intrusive:")
			}
		} else if slices.Contains([]RecordingKind{CameraRecording, BodyRecording, DroneRecording}, r.Kind) {
			l.find("recording-without-assessment", r.Pos, r.ID, "people in public places are filmed ("+spaced(r.Kind)+") and no impact assessment is named", "add assessment:")
		}
	}
}

func (l *linter) indicators() {
	for _, i := range l.n.Records.Indicators {
		if i.Kind == SupportPrompt && strings.Contains(strings.ToLower(i.Title), "warning") {
			l.find("indicator-misnamed", i.Pos, i.ID, quote(i.Title)+" is a prompt about a need, and reads like a warning about a person", "call it what it is; the two have different readers")
		}
		if i.Kind != SafetyWarning {
			continue
		}
		if !i.TellPerson {
			l.find("indicator-untold", i.Pos, i.ID, "the person is not told of the warning", "write tell-person: true, and record each case where telling is a danger")
		}
		if i.Lasts == "" {
			l.find("indicator-without-end", i.Pos, i.ID, "nothing says when it is looked at again", "add lasts:")
		}
	}
}

// compartments: what is kept apart is not in a role's reach by another way.
func (l *linter) compartments() {
	for _, c := range l.n.Records.Compartments {
		for _, r := range l.n.Records.Roles {
			if slices.Contains(r.Compartments, c.ID) {
				continue
			}
			for _, id := range c.Holds {
				if slices.Contains(r.Sees, id) {
					l.find("compartment-bypassed", r.Pos, r.ID, "they see "+string(id)+", which is kept apart in "+string(c.ID), "take it out of sees:, or out of the compartment")
				}
			}
		}
	}
}

// forms and records ask only what their use has.
func (l *linter) forms() {
	needs := func(id ID) []ID {
		u, _ := byID(l.n.Uses.Uses, id, func(u Use) ID { return u.ID })
		return u.Categories
	}
	for _, f := range l.n.Web.Forms {
		for _, c := range f.Asks {
			if !slices.Contains(needs(f.For), c) {
				l.find("asks-without-use", f.Pos, f.ID, "it asks for "+string(c)+", which "+string(f.For)+" does not use", "take the question out, or add the category to the use")
			}
		}
	}
	for _, r := range l.n.Records.Records {
		said := make(map[ID]bool)
		for _, f := range r.Fields {
			if !said[f.Category] && !slices.Contains(needs(r.For), f.Category) {
				said[f.Category] = true
				l.find("asks-without-use", f.Pos, r.ID, "it writes down "+string(f.Category)+", which "+string(r.For)+" does not use", "take the field out, or add the category to the use")
			}
		}
	}
}
