package letter

import (
	"fmt"
	"time"

	"tenet/internal/law"
)

// Date is a day in words: Friday 25 December 2026, dydd Gwener 25 Rhagfyr 2026. No
// day has none.
func (l Lang) Date(d law.Date) string {
	if d.IsZero() {
		return ""
	}
	if l != Welsh {
		return d.Words()
	}
	return fmt.Sprintf("%s %d %s %d", welshDays[d.Weekday()], d.Day, welshMonths[d.Month-1], d.Year)
}

var welshDays = map[time.Weekday]string{
	time.Monday: "dydd Llun", time.Tuesday: "dydd Mawrth", time.Wednesday: "dydd Mercher", time.Thursday: "dydd Iau",
	time.Friday: "dydd Gwener", time.Saturday: "dydd Sadwrn", time.Sunday: "dydd Sul",
}

var welshMonths = [...]string{"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"}
