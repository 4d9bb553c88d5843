package console

import (
	"net/http"
	"net/url"

	"tenet/internal/web"
)

type replyView struct {
	caseView
	Answer WrittenAnswer
}

// reply is where an answer in words stands: what is drafted and who approved it, what
// somebody has not finished, and the ways to write one.
func (c *Console) reply(w http.ResponseWriter, r *http.Request, staff Staff) {
	v, ok := c.headOf(w, r)
	if !ok {
		return
	}
	a, err := c.Letters.Answer(r.Context(), staff, v.Number)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "reply", "/cases", web.Page{Title: "The answer in words: " + v.Number, Back: v.At(), Main: replyView{v, a}})
}

// keepReply keeps an answer that is not finished.
func (c *Console) keepReply(w http.ResponseWriter, r *http.Request, staff Staff, typed url.Values, d Doing) {
	err := c.Letters.Keep(r.Context(), staff, r.PathValue("number"), d)
	if errs := mistakes(err); errs != nil {
		c.showAct(w, r, staff, typed, errs)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, "/cases/"+url.PathEscape(r.PathValue("number"))+"/reply", "The answer is kept as far as it goes. It goes to nobody.")
}
