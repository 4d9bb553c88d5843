package pack

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"tenet/internal/law"
)

// Cover is what goes before a printed answer.
type Cover struct {
	Reference string   // of the case
	Landlord  string   // whose answer it is
	To        []string // the addressee, name first, as it stands in the window of the envelope
	Return    []string // the address to return it to
	Day       law.Date // of printing
	Pages     int      // of the answer, without the sheets that this makes
	Apart     []string // files of the answer that cannot be printed with it, by their names
}

// Where a window envelope (DL, or C5 and C4 of BS 4264) shows the address, in millimetres.
const (
	windowLeft, windowTop = 20.0, 50.0
	windowWidth           = 85.0
	windowBottom          = 88.0
)

// CoverPages is how many pages a cover has: the list for whoever fills the envelope,
// which stays here, and the sheet with the address, which goes.
const CoverPages = 2

// WriteCover is the cover as a PDF. The second page shows no more in the window than
// the address, and nowhere what is in the envelope.
func WriteCover(c Cover) ([]byte, error) {
	if c.Reference == "" || len(c.To) < 2 || len(c.Return) == 0 || c.Pages < 1 {
		return nil, errors.New("pack: a cover needs a reference, a name and an address, where to return it to, and the number of pages")
	}
	s, err := newSheet("Cover of "+c.Reference, c.Landlord, c.Day)
	if err != nil {
		return nil, fmt.Errorf("pack: cover: %w", err)
	}
	c.list(s)
	c.address(s)
	var b bytes.Buffer
	if err := s.write(&b); err != nil {
		return nil, fmt.Errorf("pack: cover: %w", err)
	}
	return b.Bytes(), nil
}

// Sheets is how many sheets of paper the answer takes with the sheet of the address,
// printed on both sides.
func (c Cover) Sheets() int { return 1 + (c.Pages+1)/2 }

// list is the page for whoever fills the envelope.
func (c Cover) list(s *sheet) {
	s.page()
	para := func(size float64, tint colour, style style, text string) {
		s.flow(0, s.cell(sideMargin, bodyWidth, size, tint, run{text: text, style: style}))
		s.gap(size * point * 0.8)
	}
	para(18, ink, bold, "Do not put this page in the envelope")
	para(bodySize, ink, 0, fmt.Sprintf("It is for whoever prints and posts the answer to %s. Printed on %s.", c.Reference, c.Day.Words()))
	lines := []string{
		fmt.Sprintf("The answer has %d pages. Every one is there, is about %s, and can be read.", c.Pages, c.Reference),
		fmt.Sprintf("On both sides it makes %d sheets, the sheet with the address among them. Count them.", c.Sheets()),
		"No page of another letter lies between them, nor was left in the printer.",
		"The sheet with the address lies on top. The window shows the address, and nothing else.",
		"Nothing is written on the envelope but where to return it: not the case, not what is in it, not the name of a service.",
		"The envelope is new, strong enough, and sealed.",
		"It goes by a service that is signed for and can be followed. The number of that is recorded.",
		"A second person has looked: the name and the address are those of the case.",
	}
	for _, name := range c.Apart {
		lines = append(lines, "Printed apart and put in, or sent in another way: "+name)
	}
	for _, text := range lines {
		s.room(3 * bodySize * point * leading)
		s.box(sideMargin, s.y+0.6, 4, 4, ink)
		s.box(sideMargin+0.4, s.y+1, 3.2, 3.2, paper)
		s.flow(0, s.cell(sideMargin+8, bodyWidth-8, bodySize, ink, run{text: text}))
		s.gap(2.5)
	}
	s.gap(6)
	for _, text := range []string{"Put together by:", "Looked at by:", "Posted on:", "Number that it is followed by:"} {
		s.flow(0, s.cell(sideMargin, 70, bodySize, ink, run{text: text}))
		s.box(sideMargin+72, s.y, bodyWidth-72, 0.2, rule)
		s.gap(5)
	}
	para(bodySize, ink, 0, "Then record it: tenet case posted "+c.Reference+" --on DATE --recorded NUMBER")
}

// address is the sheet that lies on top in the envelope.
func (c Cover) address(s *sheet) {
	s.page()
	s.y = 15
	s.flow(0, s.cell(pageWidth/2, pageWidth/2-sideMargin, smallSize, ink, run{text: strings.Join(c.Return, "\n")}))
	s.y = windowTop
	size := bodySize + 1
	// An address that the window cannot show at this size is set smaller, and no line lost.
	lines := 0
	for ; size > 6; size -= 0.5 {
		lines = len(s.wrap([]run{{text: strings.Join(c.To, "\n")}}, size*point, windowWidth))
		if float64(lines)*size*point*leading <= windowBottom-windowTop {
			break
		}
	}
	s.flow(0, s.cell(windowLeft, windowWidth, size, ink, run{text: strings.Join(c.To, "\n")}))
	s.y = 105
	para := func(style style, text string) {
		s.flow(0, s.cell(sideMargin, bodyWidth, bodySize, ink, run{text: text, style: style}))
		s.gap(3)
	}
	para(bold, "Private: to be opened by the addressee only")
	para(0, "Our reference: "+c.Reference)
	para(0, fmt.Sprintf("Enclosed: %d pages on %d sheets, this sheet included.", c.Pages, c.Sheets()))
	para(0, "If a page is missing, or this is not for you, please tell us and send it back to: "+strings.Join(c.Return, ", ")+".")
}

// Plain is a text as a PDF to print, a paragraph to each of its lines.
func Plain(reference, landlord string, day law.Date, text string) ([]byte, error) {
	s, err := newSheet(reference, landlord, day)
	if err != nil {
		return nil, fmt.Errorf("pack: print: %w", err)
	}
	s.page()
	for para := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if strings.TrimSpace(para) == "" {
			s.gap(3)
			continue
		}
		s.flow(0, s.cell(sideMargin, bodyWidth, bodySize, ink, run{text: para}))
		s.gap(1.5)
	}
	s.feet(oneLine(s.faces, landlord+", reference "+reference))
	var b bytes.Buffer
	if err := s.write(&b); err != nil {
		return nil, fmt.Errorf("pack: print: %w", err)
	}
	return b.Bytes(), nil
}
