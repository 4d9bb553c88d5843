package pack

import (
	"slices"
	"strings"
)

// sampled is how many rows of a table are looked at for the widths of its
// columns. Those after them are set as they come.
const sampled = 300

const (
	columnGap  = 2.5  // between columns, in millimetres
	widestWord = 34.0 // a longer word is parted, where the table would be too wide with it whole
	widestCell = 140.0
)

// table is one that is open.
type table struct {
	caption []run
	head    []tableCell
	rows    []tableRow // not yet set
	started bool
	widths  []float64
	lacking []string // the items with something that could not be set
}

type tableRow struct {
	id    string
	cells []tableCell
}

// tableCell is what stands in one, and whether it is the head of its column or row.
type tableCell struct {
	runs []run
	head bool
}

func (t *table) row(id string) { t.rows = append(t.rows, tableRow{id: id}) }

func (t *table) cell(runs []run, head bool) {
	last := &t.rows[len(t.rows)-1]
	last.cells = append(last.cells, tableCell{runs, head})
}

func (t *table) endHead() {
	t.head = t.rows[0].cells
	t.rows = nil
}

// setRows sets the rows that are gathered, and before the first of them the
// caption and the head.
func (p *setter) setRows() {
	t := p.table
	if !t.started {
		t.started = true
		t.widths = p.columns(t)
		if len(t.caption) > 0 {
			p.tags.within("Caption", "", func() { p.flow(18, p.cell(sideMargin, bodyWidth, smallSize, grey, t.caption...)) })
			p.gap(1)
		}
		p.room(18)
		p.setHead()
		p.again = p.setHead
	}
	for _, r := range t.rows {
		cells := p.side(r.cells, "Row")
		tall := 0
		for _, c := range cells {
			tall = max(tall, len(c.lines))
		}
		p.room(min(float64(tall)*tableSize*point*leading, whole) + 1.8)
		p.here(r.id)
		p.down(0.7)
		p.flow(0, cells...)
		p.down(0.7)
		p.under(sideMargin, bodyWidth, 0.15, rule)
		if p.lacking {
			p.lacking = false
			t.lacking = append(t.lacking, strings.TrimPrefix(r.id, "item-"))
		}
	}
	t.rows = t.rows[:0]
	if p.lacking = len(t.lacking) > 0; slices.Contains(t.lacking, "") {
		t.lacking = nil // A table that is not of items: the note names none.
	}
}

func (p *setter) setHead() {
	p.down(0.7)
	p.flow(0, p.side(p.table.head, "Column")...)
	p.down(0.7)
	p.under(sideMargin, bodyWidth, 0.5, ink)
}

// side is a row's cells side by side in the columns; those that are heads are so of what scope
// says.
func (p *setter) side(cells []tableCell, scope string) []cell {
	var out []cell
	x := sideMargin
	p.tags.begin("TR")
	for i, c := range cells {
		if i == len(p.table.widths) {
			break
		}
		role := "TD"
		if c.head {
			role = "TH"
		}
		p.tags.begin(role).heads(scope)
		out = append(out, p.cell(x, p.table.widths[i]-columnGap, tableSize, ink, c.runs...))
		p.tags.end()
		x += p.table.widths[i]
	}
	p.tags.end()
	return out
}

// columns shares the width among the columns: each has what its longest word
// needs, and of the rest in the measure of what it would fill.
func (p *setter) columns(t *table) []float64 {
	least := make([]float64, len(t.head))
	most := make([]float64, len(t.head))
	for _, r := range append([]tableRow{{cells: t.head}}, t.rows...) {
		for i, c := range r.cells {
			if i == len(least) {
				break
			}
			word, line := p.measure(c.runs)
			least[i] = max(least[i], word+columnGap)
			most[i] = max(most[i], min(line, widestCell)+columnGap)
		}
	}
	needed, wanted := sum(least), 0.0
	if needed > bodyWidth {
		needed = 0
		for i := range least {
			least[i] = min(least[i], widestWord+columnGap)
			needed += least[i]
		}
	}
	for i := range least {
		most[i] = max(most[i], least[i])
		wanted += most[i]
	}
	out := make([]float64, len(least))
	for i := range out {
		switch {
		case needed >= bodyWidth:
			out[i] = least[i] * bodyWidth / needed
		case wanted <= bodyWidth:
			out[i] = most[i] + (bodyWidth-wanted)*most[i]/wanted
		default:
			out[i] = least[i] + (bodyWidth-needed)*(most[i]-least[i])/(wanted-needed)
		}
	}
	return out
}

func sum(widths []float64) float64 {
	total := 0.0
	for _, w := range widths {
		total += w
	}
	return total
}

// measure is the widths of the widest word and the widest line of runs.
func (p *setter) measure(runs []run) (word, line float64) {
	const size = tableSize * point
	total := 0.0
	for _, r := range runs {
		r.text = r.text[:min(len(r.text), 2000)] // Wider than a page already.
		if r.style&stamped != 0 {
			total += size * stampWidth
			word = max(word, size*stampWidth)
			continue
		}
		for i, l := range strings.Split(r.text, "\n") {
			if i > 0 {
				line, total = max(line, total), 0
			}
			total += size * p.advance(l, r.style)
			for _, w := range strings.Fields(l) {
				word = max(word, size*p.advance(w, r.style))
			}
		}
	}
	return word + 0.1, max(line, total) + 0.1
}
