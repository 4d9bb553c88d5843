package doc

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path"
	"strings"
)

// textCopy copies plain text, as UTF-8.
func (k *cleaning) textCopy(data []byte, name, t string) (copied, error) {
	if looksBinary(data) {
		return copied{}, fmt.Errorf("%w: it is called %s and holds binary data", ErrUnsupported, t)
	}
	text, problems := Decode(data)
	for _, p := range problems {
		k.keep(p.Where, p.Why)
	}
	var p passage
	p.add("", text)
	clean, err := k.clean("text", &p)
	if err != nil {
		return copied{}, err
	}
	ext := strings.ToLower(path.Ext(name))
	if types[ext] != t || ext == "" {
		ext, t = ".txt", "text/plain"
	}
	return copied{[]byte(clean[0]), t, ext}, nil
}

// chunk is how much text of a table is looked through at one time, in whole rows.
const chunk = 1 << 20

// rows cleans rows of cells in their place, some whole rows at a time. The first has the number first.
func (k *cleaning) rows(where string, rows [][]string, first int) error {
	for from := 0; from < len(rows); {
		var p passage
		to := from
		for ; to < len(rows) && (to == from || p.b.Len() < chunk); to++ {
			for i, cell := range rows[to] {
				p.add([]string{"\n", "\t"}[min(i, 1)], cell)
			}
		}
		clean, err := k.clean(fmt.Sprintf("%s, rows %d to %d", where, first+from, first+to-1), &p)
		if err != nil {
			return err
		}
		for _, row := range rows[from:to] {
			clean = clean[copy(row, clean):]
		}
		from = to
	}
	return nil
}

// csvCopy copies comma-separated values, with the separator that they had.
func (k *cleaning) csvCopy(data []byte, t string) (copied, error) {
	out := copied{nil, t, map[string]string{"text/csv": ".csv", "text/tab-separated-values": ".tsv"}[t]}
	c, err := NewCSV(bytes.NewReader(data), k.limits)
	if err != nil {
		return out, fmt.Errorf("cannot be read as rows: %w", err)
	}
	var rows [][]string
	for rec, err := range c.Rows() {
		if err != nil {
			return out, err
		}
		rows = append(rows, rec.Fields)
	}
	if err := k.rows("table", rows, 1); err != nil {
		return out, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = c.Comma
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			return out, err
		}
	}
	w.Flush()
	out.data = b.Bytes()
	k.keep("", fmt.Sprintf("%s rows", Thousands(int64(len(rows)))))
	return out, w.Error()
}

// rtfCopy sets the text of Rich Text anew as an OpenDocument.
func (k *cleaning) rtfCopy(data []byte) (copied, error) {
	out := prose{max: k.limits.Text}
	if err := k.rtf(&out, data); err != nil {
		return copied{}, err
	}
	if out.cut {
		return copied{}, fmt.Errorf("its text is longer than the limit of %s bytes: split it", Thousands(k.limits.Text))
	}
	var blocks []block
	for line := range strings.SplitSeq(out.String(), "\n") {
		if cells := strings.Split(line, "\t"); len(cells) > 2 {
			blocks = append(blocks, block{table: [][]string{cells}})
		} else if line != "" {
			blocks = append(blocks, block{text: line})
		}
	}
	k.drop("", "formatting, pictures and objects; what Rich Text keeps out of sight stands in the copy as text, cleaned like the rest")
	return k.odtOf("text", blocks)
}
