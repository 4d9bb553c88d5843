package source

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/doc"
)

// layout is how a table stands in a file: which of its first rows are its header, and
// what its columns are called.
type layout struct {
	from, to int // the first and the last row of the header by Record.Line; 0 if it has none
	names    []string
	says     string // the same in words
	renamed  []int  // columns that are not called what a header of one row says
	bare     bool   // it was looked at, and its first row is data
}

// sampleRows is how many rows are looked at to find the header.
const sampleRows = 50

// layOut finds the header of a table in its first rows. A row that may be data is never taken
// for part of the header on slight grounds: an explanation that becomes a row harms nobody, and
// a person who becomes the name of a column is not found. header is how many rows
// the landlord says it has, negative if he does not; line is what people call its rows.
func layOut(sample []doc.Record, header int, line string) layout {
	grid := make([][]string, len(sample))
	for i, r := range sample {
		grid[i] = make([]string, len(r.Fields))
		for j, f := range r.Fields {
			grid[i][j] = strings.Join(strings.Fields(f), " ")
		}
	}
	from, to := 0, min(max(header, 0), len(grid))
	if header < 0 {
		from, to = findHeader(grid)
	}
	head := grid[from:to]
	l := layout{}
	width := 0
	for _, r := range head {
		width = max(width, extent(r))
	}
	if width = max(width, usualWidth(grid[to:], width)); width == 0 {
		return l
	}
	question, number, last := -1, -1, len(head)-1
	how := ""
	switch {
	case len(head) == 0:
		l.bare = header < 0
		how = "no header: the first " + line + " looks like data, and the columns are numbered"
		if header >= 0 {
			how = "no header, as the source's URL says"
		}
	case len(head) > 1:
		if _, ok := numbered(head[last]); ok {
			number = last
			question = questionRow(head[:last])
		}
	}
	names := make([]string, width)
	for c := range names {
		switch {
		case number >= 0:
			names[c] = fieldName(at(head[number], c), at(head[question], c))
		case len(head) > 1:
			names[c] = stackedName(head, c)
		case len(head) == 1:
			names[c] = at(head[0], c)
		}
	}
	l.names, l.renamed = unique(names, len(head) == 1)
	if len(head) > 0 {
		l.from, l.to = sample[from].Line, sample[to-1].Line
		how = fmt.Sprintf("header in %s %d", line, l.from)
		if l.to > l.from {
			how = fmt.Sprintf("header in %ss %d to %d", line, l.from, l.to)
		}
		if number >= 0 {
			how += fmt.Sprintf("; columns are called by the numbers in %s %d and the words in %s %d", line, sample[from+number].Line, line, sample[from+question].Line)
		}
		if from > 0 {
			how += "; what stands above it is read as data"
		}
		if c := firstColumn(grid[to:]); c > 0 && number >= 0 {
			how += fmt.Sprintf("; the data begin in column %d", c+1)
		}
	}
	l.says = how
	return l
}

// findHeader looks for the rows of a header, as a range of them.
func findHeader(grid [][]string) (from, to int) {
	full := 0
	for _, r := range grid {
		full = max(full, filled(r))
	}
	// The last row of a form's header numbers its fields.
	for i := 1; i < min(len(grid), 20); i++ {
		if n, ok := numbered(grid[i]); ok && n*5 >= full*4 && (n >= 20 || !slices.ContainsFunc(grid[:i], dataLike)) {
			return 0, i + 1
		}
	}
	// A title may stand above.
	for from < min(len(grid)-1, 10) && filled(grid[from])*2 < full && full >= 3 {
		from++
	}
	switch {
	case len(grid) == 0, filled(grid[from])*2 < full && full >= 3, dataLike(grid[from]), len(grid) == 1 && full == 1, numbersAmongNumbers(grid[from], grid[from+1:]), vocabulary(grid[from:]):
		return 0, 0
	case from > 0 && grouped(grid[from-1], grid[from]):
		return from - 1, from + 1
	case from+1 < len(grid) && (coded(grid[from], grid[from+1]) || grouped(grid[from], grid[from+1])):
		return from, from + 2
	}
	return from, from + 1
}

func at(row []string, c int) string {
	if c < len(row) {
		return row[c]
	}
	return ""
}

func filled(row []string) (n int) {
	for _, c := range row {
		if c != "" {
			n++
		}
	}
	return n
}

// extent is up to where a row holds something.
func extent(row []string) int {
	for i := len(row); i > 0; i-- {
		if row[i-1] != "" {
			return i
		}
	}
	return 0
}

// usualWidth is the width of the widest row, if most rows are wider than the
// header: a few such rows are slips.
func usualWidth(data [][]string, header int) int {
	widest, wider := 0, 0
	for _, r := range data {
		if n := extent(r); n > header {
			widest, wider = max(widest, n), wider+1
		}
	}
	if wider*2 > len(data) {
		return widest
	}
	return header
}

// firstColumn is the first that holds something in any row.
func firstColumn(data [][]string) int {
	for c := range 20 {
		for _, r := range data {
			if at(r, c) != "" {
				return c
			}
		}
	}
	return 0
}

// numbered says that a row counts its columns 1, 2, 3 and so on, after a label perhaps,
// and how many it counts.
func numbered(row []string) (n int, ok bool) {
	for i, c := range row {
		switch {
		case n == 0 && i < 2 && c != "1":
		case c == strconv.Itoa(n+1):
			n++
		case c != "":
			return 0, false
		}
	}
	return n, n >= 5
}

// values are what stands in data and hardly in a header: dates, addresses of e-mail,
// telephone numbers, postcodes, National Insurance numbers, amounts, long numbers.
var values = regexp.MustCompile(`^(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?` +
	`|[^\s@]+@[^\s@]+\.[^\s@]+|(\+44|0)[\d ()-]{8,}\d|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}|[A-Za-z]{2} ?\d\d ?\d\d ?\d\d ?[A-Da-d]` +
	`|-?[£$€]? ?[\d,]*\d\.\d+|-?[£$€] ?[\d,]+|-?\d{5,})$`)

func dataLike(row []string) bool { return slices.ContainsFunc(row, values.MatchString) }

// numbersAmongNumbers says that a row holds a number where nearly all below it hold numbers,
// and not because columns are called by years or counted.
func numbersAmongNumbers(row []string, below [][]string) bool {
	var numbers []int
	in := -1
	for c, s := range row {
		if n, err := strconv.Atoi(s); err == nil {
			numbers = append(numbers, n)
			in = c
		}
	}
	if len(numbers) == 0 || len(numbers) == 1 && numbers[0] >= 1900 && numbers[0] < 2100 {
		return false
	}
	if len(numbers) > 1 {
		step, even := numbers[1]-numbers[0], true
		for i := 1; i < len(numbers); i++ {
			even = even && numbers[i]-numbers[i-1] == step
		}
		if even && step != 0 {
			return false
		}
	}
	n := 0
	for _, r := range below {
		if _, err := strconv.ParseFloat(at(r, in), 64); err == nil {
			n++
		}
	}
	return len(below) > 0 && n*5 >= len(below)*4
}

var code = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$`)

// coded says that a row of words has a row of short names below it, one for each: as
// in exports for people and programs alike.
func coded(words, codes []string) bool {
	n := filled(codes)
	if n < 5 || n != extent(codes) || extent(words) > n || filled(words)*10 < n*9 {
		return false
	}
	seen := map[string]bool{}
	lower, upper, scored, spaced := 0, 0, 0, 0
	for c, s := range codes {
		if !code.MatchString(s) || seen[s] {
			return false
		}
		seen[s] = true
		lower += count(strings.ToLower(s) == s)
		upper += count(strings.ToUpper(s) == s)
		scored += count(strings.Contains(s, "_"))
		spaced += count(strings.Contains(at(words, c), " "))
	}
	return max(lower, upper)*10 >= n*9 && (scored*4 >= n || n >= 20) && spaced*2 >= n
}

// vocabulary says that rows are a list of short names with what each means, the first row among them.
func vocabulary(grid [][]string) bool {
	if len(grid) < 20 {
		return false
	}
	seen := map[string]bool{}
	lower, upper, scored, spaced := 0, 0, 0, 0
	for i, r := range grid {
		name, meaning := at(r, 0), at(r, 1)
		if !code.MatchString(name) || seen[name] || i == 0 && (extent(r) != 2 || !strings.Contains(meaning, " ")) {
			return false
		}
		seen[name] = true
		lower += count(strings.ToLower(name) == name)
		upper += count(strings.ToUpper(name) == name)
		scored += count(strings.Contains(name, "_"))
		spaced += count(strings.Contains(meaning, " "))
	}
	n := len(grid)
	return (upper == n || lower == n && scored*4 >= n) && spaced*5 >= n*4
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// grouped says that the cells of one row are headings over several of the next each, in which the same names
// come again: Tenant over name and date of birth, Partner over name and date of birth.
func grouped(above, below []string) bool {
	full := filled(below)
	if filled(above) < 2 || filled(above)*2 > full || dataLike(above) || dataLike(below) {
		return false
	}
	under := map[string]map[string]bool{} // the groups in which a name stands
	group := ""
	for c, s := range below {
		if h := at(above, c); h != "" {
			group = h
		}
		if under[s] == nil {
			under[s] = map[string]bool{}
		}
		under[s][group] = true
	}
	again := 0
	for s, groups := range under {
		if s != "" && len(groups) > 1 {
			again++
		}
	}
	return again >= 2
}

// questionRow is the row of a form's header that says what is asked.
func questionRow(head [][]string) int {
	best, most := 0, -1
	for i, r := range head {
		if strings.EqualFold(at(r, 0), "question") || strings.EqualFold(at(r, 0), "questions") {
			return i
		}
		distinct := map[string]bool{}
		for _, c := range r {
			distinct[c] = true
		}
		if len(distinct) > most {
			best, most = i, len(distinct)
		}
	}
	return best
}

// nameLimit is as much of a question as a column is called by.
const nameLimit = 60

func fieldName(number, question string) string {
	if _, err := strconv.Atoi(number); err != nil {
		return number // the label of the row
	}
	if question == "" {
		return "field " + number
	}
	return number + " " + shorten(question)
}

// shorten cuts a name at a blank.
func shorten(s string) string {
	if len(s) <= nameLimit {
		return s
	}
	s = cut(s, nameLimit)
	if i := strings.LastIndexByte(s, ' '); i > nameLimit/2 {
		s = s[:i]
	}
	return s + "…"
}

// stackedName is the name in the last row of a header, with the heading of its group before it
// where names come again.
func stackedName(head [][]string, c int) string {
	last := head[len(head)-1]
	name := at(last, c)
	again := 0
	for _, s := range last {
		if s == name {
			again++
		}
	}
	if again < 2 && name != "" {
		return name
	}
	var parts []string
	for _, r := range head[:len(head)-1] {
		for i := c; i >= 0; i-- {
			if s := at(r, i); s != "" {
				parts = append(parts, s)
				break
			}
		}
	}
	return strings.TrimSpace(shorten(strings.Join(parts, " ")) + " " + name)
}

// unique gives every column a name of its own, and says which are not called what the
// one row of a header has.
func unique(names []string, single bool) (out []string, renamed []int) {
	taken := map[string]bool{"row": true}
	for i, name := range names {
		column := name
		if column == "" {
			column = "column_" + strconv.Itoa(i+1)
		}
		base := column
		for n := 2; taken[column]; n++ {
			column = base + "_" + strconv.Itoa(n)
		}
		taken[column] = true
		out = append(out, column)
		if single && name != column {
			renamed = append(renamed, i)
		}
	}
	return out, renamed
}
