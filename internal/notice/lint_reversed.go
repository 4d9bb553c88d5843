package notice

import (
	"regexp"
	"slices"
)

var (
	deniesSome = regexp.MustCompile(`(?i)\b(never|not|no|nor|nothing|nobody|none|neither|nowhere|only|cannot|without|refuse|forbid\w*|stop|least|little|free|unless|outside|except|must|apart|masked|hidden)\b|n[’']t\b`)
	refuses    = regexp.MustCompile(`(?i)\b(we|our staff|they|nobody|no one|staff) (also |still |may |then |usually |often )*(never|do not|don[’']t|does not|will not|won[’']t|cannot|can not|can[’']t|need not|no longer|refuse to|are not going to|decline to)\b ?(\w+)?`)
	youMayNot  = regexp.MustCompile(`(?i)\b(you|people|nobody|no one|tenants|customers) (\w+ )?(cannot|can not|can[’']t|may not|must not|are not (allowed|able) to|do not have (a|the) right)\b|\bnobody (can|may)\b`)
	onlySome   = regexp.MustCompile(`(?i)\b(unless|until|except|only|without|more than|longer than|before|than|if|when|where|while|to anyone else|anything else|any other|nothing more|for any other|again|which|those|what|yet|because)\b`)
	anyhow     = regexp.MustCompile(`(?i)\b(without (asking|telling|your|their|the person[’']s?|any) ?(you|them|consent|agreement|permission|knowledge|writing|reason)?|whether or not (you|they)|even (if|when|though) (you|they|nobody)|need not (ask|say|write|agree)|do not (need|have) to (ask|say|write|agree)|whenever (we|they) (like|want)|for any reason|in secret|secretly)\b`)
	mustWrite  = regexp.MustCompile(`(?i)\b(must|have to|can only|only) (\w+ ){0,3}(in writing|by (post|letter|e-?mail|phone|telephone)|on (the|our|a) form|in person)\b|\byou must (write|fill|come|use)\b`)
	readable   = regexp.MustCompile(`(?i)\b(anyone|anybody|everyone|everybody|others|all (our )?staff) (can|may|could) (read|open|see)\b|\b(in plain text|without (a |any )?(code|encryption|protection)|unencrypted|unlocked|not (kept )?(in code|encrypted|locked|safe))\b`)
)

// reversed holds a promise against what carries it out, for saying the opposite: it is the
// rule that is done, so the public is told something else.
func (l *linter) reversed(s said, b bonds) {
	turn := func(against, by string) {
		if !l.foundAt(s.Line, "promise-reversed") {
			l.find("promise-reversed", wordsAt(s.Line), s.ID, "it says the opposite of what carries it out ("+by+"), which is "+against+": "+quote(s.Text), "say in the words what the rule does, or change the rule")
		}
	}
	if len(b.nevers) > 0 && (mayAfterAll.MatchString(s.Text) || isDone.MatchString(s.Text) && !deniesSome.MatchString(s.Text)) {
		turn("never: "+quote(b.nevers[0]), "never:")
	}
	refused := refuses.FindStringIndex(s.Text)
	flat := refused != nil && !onlySome.MatchString(s.Text[refused[1]:]) && len(b.nevers)+len(b.transfers) == 0 && !b.withheld
	for _, r := range b.sharing {
		freely := r.When == ByPerson || r.Basis == Consent || slices.ContainsFunc(r.Needs, func(n Need) bool { return n == NeedConsent || n == NeedAgreed }) || r.When == Asked
		if freely && r.Tell == "" && anyhow.MatchString(s.Text) && asserts(anyhow, s.Text) != nil {
			turn(spaced(r.When)+": "+quote(r.Says), r.Pos.String())
		}
	}
	for _, r := range b.recording {
		if r.Told != NotTold && (flat && verbAt(s.Text, refused, tellVerbs) || asserts(secretly, s.Text) != nil) {
			turn("told "+spaced(r.Told), r.Pos.String())
		}
	}
	for _, k := range b.keeping {
		if flat && verbAt(s.Text, refused, endVerbs) {
			turn(spaced(k.Action)+" after "+k.Period.Words(), k.Pos.String())
		}
	}
	for _, c := range b.clocks {
		if flat && verbAt(s.Text, refused, tellVerbs) {
			turn("a clock", c.Pos.String())
		}
	}
	for _, i := range b.warnings {
		if i.TellPerson && flat && verbAt(s.Text, refused, tellVerbs) {
			turn("tell-person: true", i.Pos.String())
		}
	}
	for _, c := range b.channels {
		if youMayNot.MatchString(s.Text) || mustWrite.MatchString(s.Text) && len(b.channels) > 1 {
			turn("asked "+quote(c.Title), c.Pos.String())
		}
	}
	for _, r := range b.rights {
		if may := youMayNot.FindStringIndex(s.Text); may != nil && !b.withheld && len(r.Limits) == 0 && !onlySome.MatchString(s.Text[may[1]:]) {
			turn(quote(r.Says), r.Pos.String())
		}
	}
	for _, m := range b.measures {
		if asserts(readable, s.Text) != nil || flat && verbAt(s.Text, refused, doVerbs) {
			turn(quote(m.Says), m.Pos.String())
		}
	}
}

var (
	mayAfterAll = regexp.MustCompile(`(?i)^\W*(we|it) (may|might|can|could|sometimes|do|will) (also |then |sometimes |still )*(keep|hold|store|record|sell|give|pass|share|send|collect|ask|use)\b|^\W*we (keep|hold|store|record|sell|collect|pass|share)\b`)
	isDone      = regexp.MustCompile(`(?i)\b(is|are|be|gets?) (also |then |sometimes |still |always )*(kept|held|stored|recorded|sold|given|passed|shared|sent|collected|asked|used)\b`)
	secretly    = regexp.MustCompile(`(?i)\b(secretly|in secret|without (telling|asking|saying)|hidden|covert(ly)?)\b`)
	tellVerbs   = regexp.MustCompile(`(?i)^(tell|say|let|warn|announce|inform|answer|reply|respond|acknowledge|correct|give|stop|pause|hear|look)$`)
	endVerbs    = regexp.MustCompile(`(?i)^(delete|destroy|erase|remove|wipe|anonymise|close|take|look|lose)$`)
	doVerbs     = regexp.MustCompile(`(?i)^(keep|copy|lock|test|check|write|protect|encrypt|secure|train|limit)$`)
)

// verbAt reports whether what is refused is one of some verbs.
func verbAt(text string, refused []int, verbs *regexp.Regexp) bool {
	m := refuses.FindStringSubmatch(text[refused[0]:])
	return m != nil && verbs.MatchString(m[len(m)-1])
}
