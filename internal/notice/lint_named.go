package notice

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// body is a sort of organisation that sentences name, and what a recipient of that sort is
// called.
type body struct{ name, known *regexp.Regexp }

var bodies = sync.OnceValue(func() []body {
	b := func(name, known string) body {
		return body{regexp.MustCompile(`(?i)\b(` + name + `)\b`), regexp.MustCompile(`(?i)` + known)}
	}
	return []body{
		b(`credit[- ](reference |rating |scoring )?(agency|agencies|bureaux?)|credit reference \w+|experian|equifax|transunion`, `credit|experian|equifax|transunion`),
		b(`insurers?|insurance (compan(y|ies)|firms?|brokers?)|brokers?`, `insur|broker`),
		b(`advertisers?|advertising (networks?|compan(y|ies)|agenc(y|ies)|partners?|firms?)|ad networks?`, `advert`),
		b(`marketing (compan(y|ies)|firms?|agenc(y|ies)|partners?)|market research (firms?|compan(y|ies))`, `market|survey|what you think|research`),
		b(`data brokers?|list brokers?|data compan(y|ies)`, `broker`),
		b(`social media( compan(y|ies)| sites| platforms?| networks?)?|facebook|meta|google|tiktok|instagram|linkedin|twitter|microsoft|amazon`, `social media|facebook|meta\b|google|tiktok|instagram|linkedin|twitter|microsoft|amazon`),
		b(`newspapers?|the press|the media|journalists?|broadcasters?`, `press|media|news|journal`),
		b(`(your |their |an |our )?employers?`, `employ`),
		b(`banks?|lenders?|mortgage (lenders?|compan(y|ies))|building societ(y|ies)|loan compan(y|ies)`, `bank|lend|mortgage|financ|loan|fund`),
		b(`estate agents?|letting agents?|developers?`, `estate|letting agent|developer|purchas|buy`),
		b(`political part(y|ies)|campaigners?`, `politic`),
		b(`universit(y|ies)|researchers?|academics?`, `universit|research|academ`),
		b(`schools?|colleges?|nurser(y|ies)`, `school|college|educat`),
		b(`private (detectives?|investigators?)|tracing agents?|bailiffs?|debt (collectors?|collection agenc(y|ies)|recovery (agenc(y|ies)|firms?))`, `detect|investigat|tracing|bailiff|debt|collect`),
		b(`Home Office|immigration (authorities|enforcement|officers?)|border force`, `home office|immigra|authorit|law requires|government`),
		b(`HMRC|HM Revenue( and Customs)?|the tax office|tax authorit(y|ies)|tax inspectors?`, `hmrc|revenue|tax|government`),
		b(`the police|police forces?|police`, `police|law enforcement|crime`),
		b(`churches|religious (bodies|groups)|faith groups?`, `church|relig|faith`),
		b(`charit(y|ies)|voluntary (groups?|organisations?)`, `charit|volunt|support|agenc`),
		b(`pharmacists?|drug compan(y|ies)|gyms?|retailers?|shops|supermarkets?|mobile phone compan(y|ies)|broadband (compan(y|ies)|suppliers?)`, `pharma|retail|shop|broadband|telephone`),
		b(`foreign governments?|(the )?(US|United States|Chinese|Russian) (government|authorities)`, `foreign`),
	}
})

// someBody matches whatever one of the bodies, or a vague name, does.
var someBody = sync.OnceValue(func() *regexp.Regexp {
	all := vagueWho.String()
	for _, b := range bodies() {
		all += "|" + b.name.String()
	}
	return regexp.MustCompile(all)
})

var (
	givesIt  = regexp.MustCompile(`(?i)\b(shar(e|es|ed|ing)|giv(e|es|en|ing)|pass(es|ed|ing)?|disclos(e|es|ed|ing)|send(s|ing)?|sent|sell(s|ing)?|sold|provid(e|es|ed|ing)|hand(s|ed)?|releas(e|es|ed)|forward(s|ed)?|transfer(s|red)?|suppl(y|ies|ied)|report(s|ed)?|available)\b`)
	tellsWho = regexp.MustCompile(`(?i)\b(tell|tells|told|inform|informs|notify)\b (the |your |a |an |our |any )?$`)
	youGive  = regexp.MustCompile(`(?i)\b(you|they|somebody|someone|who|others|people)( (can|may|must|should|could|also|have|has|already|ever|not))*\s*$`)
	between  = regexp.MustCompile(`(?i) (with|to|among|by) `)
	usOrYou  = regexp.MustCompile(`(?i)\b(us|you|me)\b`)
	getsIt   = regexp.MustCompile(`(?i)^ (also |may |can |will |then |sometimes |now and then )*(gets?|receives?|sees?|are given|is given|are sent|is sent|(have|has) access|buys?)\b`)
	stopsAt  = regexp.MustCompile(`(?i)[.;]|\b(but|unless|except|although|because|so that)\b`)
	vagueWho = regexp.MustCompile(`(?i)\b((carefully )?(selected|chosen|trusted|certain|various|approved|relevant|interested|suitable|preferred|vetted) (third[- ]part(y|ies)|partners?|compan(y|ies)|organisations?|bodies|businesses|firms|others)|third[- ]party (partners?|compan(y|ies)|organisations?|advertisers?)|(business|commercial|marketing|advertising|affiliated?) (partners?|associates)|affiliates|third[- ]parties|any(one|body) (who asks|who wants it|interested|we like)|any (third[- ]part(y|ies)|compan(y|ies)|organisations?)|like-minded (compan|organis)\w+|other (compan(y|ies)|organisations?|businesses) (we|that|which|who))\b`)
)

// gives holds whom a sentence says data is given to against the recipients.
func (l *linter) gives(s said) {
	text := strings.TrimSpace(s.of + " " + s.Text)
	if !someBody().MatchString(text) {
		return
	}
	own := len(text) - len(s.Text)
	at := wordsAt(s.Line)
	vague := false
	for _, v := range givesIt.FindAllStringIndex(text, -1) {
		tail := text[v[1]:]
		if end := stopsAt.FindStringIndex(tail); end != nil {
			tail = tail[:end[0]]
		}
		if youGive.MatchString(text[:v[0]]) || denies(text, v[0], v[1]) {
			continue
		}
		link := between.FindStringIndex(tail)
		if link == nil || usOrYou.MatchString(tail[link[0]:min(len(tail), link[1]+4)]) {
			continue
		}
		for _, m := range vagueWho.FindAllStringIndex(tail, -1) {
			if m[0] >= link[0] && v[1]+m[0] >= own && !vague && !l.foundAt(s.Line, "recipient-open-ended") {
				vague = true
				l.find("recipient-open-ended", at, s.ID, "it names nobody: "+quote(s.Text), "say which kinds of recipient, as sharing.yaml does")
			}
		}
		for _, b := range bodies() {
			for _, m := range b.name.FindAllStringIndex(tail, -1) {
				if m[0] >= link[0] && v[1]+m[0] >= own {
					l.unruled(s, b, tail[m[0]:m[1]])
				}
			}
		}
	}
	for _, b := range bodies() {
		for _, m := range b.name.FindAllStringIndex(s.Text, -1) {
			told, gets := tellsWho.FindStringIndex(s.Text[:m[0]]), getsIt.FindStringIndex(s.Text[m[1]:])
			if told != nil && !youGive.MatchString(s.Text[:told[0]]) && !denies(s.Text, told[0], m[1]) || gets != nil && !denies(s.Text, m[0], m[1]+gets[1]) {
				l.unruled(s, b, s.Text[m[0]:m[1]])
			}
		}
	}
}

// unruled finds somebody who is named and is no recipient, once for a sentence.
func (l *linter) unruled(s said, b body, name string) {
	known := slices.ContainsFunc(l.n.Sharing.Recipients, func(r Recipient) bool {
		return b.known.MatchString(string(r.ID) + " " + r.Title + " " + r.Does)
	})
	if !known && !l.foundAt(s.Line, "recipient-not-in-rules") {
		l.find("recipient-not-in-rules", wordsAt(s.Line), s.ID, "it says that data goes to “"+name+"”, and no recipient of sharing.yaml is that: "+quote(s.Text), "add the recipient and a rule, or take it out; what no rule allows is refused")
	}
}

var (
	callsRecorded = regexp.MustCompile(`(?i)\b(record|records|recorded|recording|tape|listen(s|ing)? (in )?to|monitor|monitors)\b (and \w+ )?((all|every|each|any|some|most|your|our|the|these|incoming|outgoing|telephone|phone|of) )*(calls?|telephone|phone|conversations?)\b|\b(calls?|conversations?) ((to|with|from|by|and|us|our|you|the|that|staff|team|we|make|get|take) )*((are|is|may|can|will|might|be|all|always|also|sometimes|each|both|they) )+(recorded|taped|monitored|listened to)\b`)
	filmed        = regexp.MustCompile(`(?i)\b(film|films|filmed|video) (you|people|visitors|everybody|everyone|tenants|customers|our|the|all)\b|\b(use|have|run|put up) ((some|our|hidden|secret|security|shared|of|many|new) )*(cameras|CCTV)\b|\b(CCTV|cameras?) (record|film|watch|run|are in|is in)`)
	worn          = regexp.MustCompile(`(?i)\b(body[- ]worn|body) (cameras?|video)|\bstaff wear cameras`)
	drones        = regexp.MustCompile(`(?i)\bdrones?\b`)
	doorbells     = regexp.MustCompile(`(?i)\b(video |camera )?doorbells? (record|film|see|take|with)`)
	everyCall     = regexp.MustCompile(`(?i)\b(all|every|each|always|any)\b`)
	whole         = regexp.MustCompile(`(?i)\b(all|every|any|each)\b`)
	notPart       = regexp.MustCompile(`(?i)card|while you|those|parts?\b`)
)

// records holds what a sentence says is recorded against the recordings.
func (l *linter) records(s said) {
	if !speaks(s.Text, "record", "call", "conversation", "film", "camera", "cctv", "video", "drone", "doorbell") {
		return
	}
	for _, x := range []struct {
		says  *regexp.Regexp
		kinds []RecordingKind
		what  string
	}{
		{callsRecorded, []RecordingKind{CallRecording}, "calls are recorded"},
		{filmed, []RecordingKind{CameraRecording, BodyRecording, DroneRecording, EventPictures, DoorRecording}, "people are filmed"},
		{worn, []RecordingKind{BodyRecording}, "staff wear cameras"},
		{drones, []RecordingKind{DroneRecording}, "drones are used"},
		{doorbells, []RecordingKind{DoorRecording}, "doorbells record"},
	} {
		m := x.says.FindStringIndex(s.Text)
		if m == nil {
			continue
		}
		i := slices.IndexFunc(l.n.Records.Recordings, func(r Recording) bool { return slices.Contains(x.kinds, r.Kind) })
		at := wordsAt(s.Line)
		switch denied := denies(s.Text, m[0], m[1]); {
		case i < 0 && !denied:
			l.find("recording-differs", at, s.ID, "it says that "+x.what+", and records.yaml lists no such recording: "+quote(s.Text), "list it under recordings:, or take it out")
		case i < 0:
		case denied && !notPart.MatchString(s.Text) && !ifThere.MatchString(s.Text) && !strings.Contains(s.Text, "without"):
			l.find("recording-differs", at, s.ID, "it says that this is not done, and "+l.n.Records.Recordings[i].Pos.String()+" lists it: "+quote(l.n.Records.Recordings[i].Title), "find out which is so, and say that")
		case !denied && x.kinds[0] == CallRecording && everyCall.MatchString(s.Text[max(0, m[0]-16):m[1]]) && !slices.ContainsFunc(l.n.Records.Recordings, func(r Recording) bool {
			return r.Kind == CallRecording && (whole.MatchString(r.Title) || slices.Contains(r.Promise, s.ID))
		}):
			l.find("recording-differs", at, s.ID, "it says that all calls are recorded, and "+l.n.Records.Recordings[i].Pos.String()+" lists "+quote(l.n.Records.Recordings[i].Title), "say which calls, as records.yaml does")
		}
	}
}

// products are trackers and cookies by the names that sentences give them, with what lists
// one: its own name, and those of its cookies.
var products = sync.OnceValue(func() []body {
	b := func(name, known string) body {
		return body{regexp.MustCompile(`(?i)\b(` + name + `)\b`), regexp.MustCompile(`(?i)` + name + `|` + known)}
	}
	return []body{
		b(`google analytics|GA4|urchin`, `\b_ga|\b_gid|_utm`), b(`google tag manager`, `gtm`), b(`google ads|doubleclick|adwords|adsense`, `\bIDE\b|_gcl`),
		b(`(facebook|meta)( pixel| cookies?)?`, `_fbp|\bfr\b`), b(`hotjar`, `_hj`), b(`microsoft clarity|clarity`, `_clck|_clsk`), b(`bing ads`, `_uet`), b(`matomo|piwik`, `_pk_`),
		b(`linkedin( insight)?`, `\bli_|bcookie`), b(`tiktok`, `_ttp`), b(`twitter|X pixel`, `\btwid\b|guest_id`), b(`youtube`, `\bYSC\b|VISITOR_INFO`), b(`hubspot`, `__hs|hubspotutk`),
		b(`mailchimp`, `mc_`), b(`recaptcha`, `_GRECAPTCHA`), b(`adobe analytics`, `\bs_`), b(`intercom`, `intercom-`), b(`zendesk`, `__zlc`), b(`crazy egg`, `_ce`), b(`siteimprove`, `nmstat`),
		b(`google translate`, `googtrans`), b(`snapchat|pinterest`, `_scid|_pin`), b(`fullstory`, `fs_`), b(`mouseflow`, `mf_`),
	}
})

var (
	usesCookies = regexp.MustCompile(`(?i)\b(advertising|marketing|targeting|tracking|profiling|analytics|statistics|statistical|performance|social media|third[- ]party)( and \w+)? (cookies|pixels|tags|trackers)\b|\b(tracking|web|advertising) (pixels?|beacons?)\b|\bcookies? ((for|to) )+(advertis|market|target|track|follow|measure|count)\w*|\b(track|follow) (you|visitors|people) (across|on|to) (other|all)`)
	sitesSaid   = regexp.MustCompile(`(?i)\b(cookies?|pixels?|tags?|trackers?|analytics|site|websites?|visits?|visitors|pages|scripts?|measure|count|track)\b`)
	wayFind     = regexp.MustCompile(`(?i)\b(follow|like|find|page on|write to|message|contact)\b`)
)

// siteText is all that web.yaml says of cookies and trackers, to look for names in.
func (l *linter) siteText() string {
	var have strings.Builder
	for _, c := range l.n.Web.Cookies {
		have.WriteString(c.Name + " " + c.By + " " + c.Purpose + " " + c.Domain + "\n")
	}
	for _, t := range l.n.Web.Trackers {
		have.WriteString(string(t.ID) + " " + t.Title + " " + strings.ReplaceAll(string(t.ID), "-", " ") + "\n")
	}
	return have.String()
}

// watches holds cookies and trackers that a sentence names against web.yaml.
func (l *linter) watches(s said, have string) {
	if !sitesSaid.MatchString(s.Text) {
		return
	}
	at := wordsAt(s.Line)
	if len(l.n.Web.Cookies) == 0 && l.foundAt(s.Line, "cookies-not-listed") {
		return
	}
	for _, p := range products() {
		m := asserts(p.name, s.Text)
		if m != nil && !wayFind.MatchString(s.Text) && !p.known.MatchString(have) {
			l.find("cookies-not-listed", at, s.ID, "it names “"+s.Text[m[0]:m[1]]+"”, and web.yaml lists nothing of it: "+quote(s.Text), "list its cookies, and it under trackers:, or take it out")
			return
		}
	}
	m := asserts(usesCookies, s.Text)
	if m == nil {
		return
	}
	kind := strings.ToLower(s.Text[m[0]:m[1]])
	listed := slices.ContainsFunc(l.n.Web.Cookies, func(c Cookie) bool {
		switch {
		case strings.Contains(kind, "third"):
			return c.Party == ThirdParty || c.By != ""
		case strings.Contains(kind, "statistic"), strings.Contains(kind, "analytic"), strings.Contains(kind, "performance"):
			return c.Use == CookieStatistics || c.Use == CookieConsent
		}
		return c.Use == CookieConsent
	}) || len(l.n.Web.Trackers) > 0
	if !listed {
		l.find("cookies-not-listed", at, s.ID, "it says that there are “"+s.Text[m[0]:m[1]]+"”, and web.yaml lists none: "+quote(s.Text), "list each with its purpose and its life, or take it out")
	}
}
