package rule

import (
	"slices"
	"strings"

	"tenet/internal/notice"
)

// eu and eea are the countries of the perimeters that notices draw.
var (
	eu = []notice.Country{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
		"MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
	eea = append(slices.Clone(eu), "IS", "LI", "NO")
	// adequate is where the United Kingdom holds the protection of data to be enough: DPA 2018
	// Schedule 21 paragraphs 4 and 5; SI 2022/1213 (Korea); SI 2023/1028 (United States).
	adequate = append(slices.Clone(eea), "AD", "AR", "CA", "CH", "FO", "GG", "GI", "IL", "IM", "JE", "JP", "KR", "NZ", "US", "UY")
	// partly is where it holds that only of some who are there.
	partly = map[notice.Country]string{
		"CA": "They are under Canada's Personal Information Protection and Electronic Documents Act.",
		"JP": "They are a private body under Japan's Act on the Protection of Personal Information.",
		"US": "They stand on the list of the data bridge: the UK Extension to the EU–US Data Privacy Framework.",
	}
)

// within reports whether a country lies in one of the perimeters.
func within(c notice.Country, ps []notice.Perimeter) bool {
	return slices.ContainsFunc(ps, func(p notice.Perimeter) bool {
		switch p {
		case notice.InEU:
			return slices.Contains(eu, c)
		case notice.InEEA:
			return slices.Contains(eea, c)
		case notice.InAdequate:
			return slices.Contains(adequate, c)
		}
		return c == "GB"
	})
}

// abroad holds what leaves the country: law first, then every line that the notice
// draws.
func (j *judging) abroad() {
	for _, c := range j.to.Abroad() {
		switch {
		case j.to.Safeguard == "":
			j.refuse(j.r.Promise.First(), "UK GDPR Articles 44A to 46", "They hold it in "+string(c)+", and nothing protects it there.")
		case j.to.Safeguard == notice.Adequacy && !slices.Contains(adequate, c):
			j.refuse(j.r.Promise.First(), "UK GDPR Article 45A", "They hold it in "+string(c)+", which no adequacy regulations name.")
		case j.to.Safeguard == notice.Adequacy && partly[c] != "":
			j.wants(j.a.Facts.Is("adequacy", strings.ToLower(string(c))), partly[c], "UK GDPR Article 45A", "adequacy="+strings.ToLower(string(c)))
		case j.to.Safeguard == notice.Derogation:
			j.wants(j.a.Facts.Is("derogation", "applies"), "One of the derogations fits this very transfer.", "UK GDPR Article 49", "derogation=applies")
		}
		for _, l := range j.n.Sharing.Transfers {
			switch {
			case within(c, l.Within) || c == "GB" || slices.Contains(l.Safeguards, j.to.Safeguard):
			case l.Permission:
				if t := j.a.Facts.Is("permission", "given"); t != Yes {
					j.unmet("We permitted them to hold it in "+string(c)+".", "", "permission=given")
				}
			default:
				j.refuse(l.Promise.First(), "", "The notice says where data may be, and "+string(c)+" is not there.")
			}
		}
	}
}
