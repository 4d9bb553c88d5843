package demo

import (
	"fmt"
	"time"
)

// letter writes one of the crowd's letters, a year to a folder.
func (c *crowd) letter(t tenancyOf, p place, main soul) {
	r := c.r
	o := pick(r, c.officers)
	l := letter{Ref: t.ref, Date: c.b.before(5, 900), To: []string{main.title + " " + main.full(), p.one(), p.town, p.postcode}, Dear: main.formal(),
		From: o.name.full(), Title: "Housing Officer"}
	kind := pick(r, []string{"rent-review", "appointment", "arrears-1", "gas-service", "welcome"})
	switch kind {
	case "rent-review":
		l.Subject = "Your rent from April"
		l.Body = []string{fmt.Sprintf("From the first Monday in April your weekly rent will be £%d.%02d.", 90+r.IntN(60), r.IntN(100)),
			"If you receive help with your rent, please tell whoever pays it about the change."}
	case "appointment":
		l.Subject = "Your repair appointment"
		l.Body = []string{"We will call on " + long(l.Date.AddDate(0, 0, 12)) + " between 8 am and 1 pm.", "Please make sure that somebody over 18 is at home."}
	case "arrears-1":
		l.Subject = "Your rent account"
		l.Body = []string{"Your account " + "7" + t.ref[4:] + " shows a balance of £" + pounds(t.balance) + ".", "Please ring us. We would rather help early than write again."}
	case "gas-service":
		l.Subject = "Your yearly gas safety check"
		l.Body = []string{"The check is due. It takes about forty minutes and the engineer carries a card with a photograph."}
	case "welcome":
		l.Subject = "Welcome to your home"
		l.Body = []string{"I am " + o.name.forename + ", your housing officer. I will visit in about six weeks to see how you have settled in."}
	}
	path := fmt.Sprintf("%d/%s_%s_%s", l.Date.Year(), t.ref, kind, iso(l.Date))
	if chance(r, 60) {
		c.b.post.write(path+".txt", []byte(l.text()))
	} else {
		c.b.post.write(path+".html", []byte(l.html()))
	}
}

// thread writes a message from a tenant and, mostly, what followed.
func (c *crowd) thread(t tenancyOf, p place, main soul) {
	r := c.r
	o := pick(r, c.officers)
	tenant, staff := address{main.full(), main.email}, address{o.name.full(), o.mail}
	desk := address{"Housing Officers", "housing-officers@larkfield.example"}
	at := c.b.before(2, 500).Add(time.Duration(8*60+r.IntN(600)) * time.Minute)
	talk := pick(r, [][3]string{
		{"Repair still waiting", "Hello\n\nI reported the window in {date} and nobody came. I took the morning off.\n\nThanks\n{fore}", "Dear {formal}\n\nI am sorry. I have booked it for next week, morning.\n"},
		{"Rent payment", "Hi, my wages are late this month. Can I pay on the 5th please?\n{name}", "Dear {formal}\n\nThat is fine, I have put a note on your account.\n"},
		{"Parking", "Good evening\n\nAgain the van.\nFrom the window I see the same van in my bay every day.\nFrom what I hear it belongs to {nb}. Please ask them to move.\n\n{name}", "Dear {formal}\n\nThank you, I will look into it.\n"},
		{"Key fob", "please can i have another fob for my daughter. {fore}", "Hello\n\nFobs are £10, you can pay at reception.\n"},
		{"Thank you", "Just to say the plasterer was brilliant, please tell him.\n{name}", "Dear {formal}\n\nI will, that has made his day.\n"},
		{"Moving out", "We are thinking of giving notice. How long is it, and what about the carpet?\n\nRegards\n{name}\n{phone}", "Dear {formal}\n\nFour weeks, in writing, ending on a Sunday. Please leave no carpet.\n"},
	})
	ask := c.fill(talk[1], t, main, soul{}, "")
	first := c.b.mail.send(message{At: at, From: tenant, To: []address{desk}, Subject: talk[0], Body: ask + "\n"})
	if chance(r, 25) {
		return
	}
	later := at.Add(time.Duration(1+r.IntN(60)) * time.Hour)
	answer := c.fill(talk[2], t, main, soul{}, "") + "\n" + o.name.full() + "\n" + Larkfield().Name + "\nRef " + t.ref + ", " + p.one() + "\n"
	var files []attachment
	if talk[0] == "Rent payment" {
		files = []attachment{{"statement.csv", "text/csv; charset=utf-8", "tenancy_ref,name,balance\n" + t.ref + "," + main.full() + "," + pounds(t.balance) + "\n"}}
	}
	second := c.b.mail.send(message{At: later, From: staff, To: []address{tenant}, Cc: []address{desk}, Subject: "Re: " + talk[0],
		Body: answer + quote(at, tenant, ask), Replies: []string{first}, Attachments: files})
	if chance(r, 30) {
		c.b.mail.send(message{At: later.Add(3 * time.Hour), From: tenant, To: []address{staff, desk}, Subject: "Re: " + talk[0],
			Body: "Thank you\n" + main.forename + "\n" + quote(later, staff, answer), Replies: []string{first, second}})
	}
}
