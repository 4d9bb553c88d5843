package match

import (
	"slices"
	"testing"
)

// What each community's names do on the records of one landlord. at is the least that must agree, forename then surname.
func TestNamesOfOnePerson(t *testing.T) {
	for community, pairs := range map[string][]struct {
		a, b              string
		forename, surname Level
	}{
		"order": {
			{"Wong Ka Ming", "Ka Ming Wong", Equal, Equal},
			{"Wong Ka-Ming", "Kaming Wong", Equal, Equal},
			{"Nguyễn Thị Hoa", "Hoa Nguyen", Equal, Alike},
			{"Nguyễn Thị Hoa", "Hoa Thi Nguyen", Equal, Equal},
			{"Kovács Éva", "Eva Kovacs", Equal, Equal},
			{"NGUYEN Van Minh", "Minh Van Nguyen", Alike, Alike}, // Van is a middle name here, and elsewhere a prefix,
		},
		"joined and divided": {
			{"Ann Smith-Jones", "Ann Smith Jones", Equal, Alike},
			{"Mary Ann Shaw", "Maryann Shaw", Equal, Equal},
			{"Anne-Marie Shaw", "Annemarie Shaw", Equal, Equal},
			{"Abdul Rahman Miah", "Abdulrahman Miah", Equal, Equal},
			{"Abdul-Rahman Miah", "Abdur Rehman Miah", Short, Equal},
			{"Jon O'Neill", "Jon O Neill", Equal, Equal},
			{"Seán MacDonald", "Sean Mac Donald", Equal, Equal},
			{"Seán MacDonald", "Sean McDonald", Equal, Short},
			{"Jan van der Meer", "Jan Vandermeer", Equal, Equal},
			{"Jan van der Meer", "Jan Meer", Equal, Alike},
			{"Maria de Souza", "Maria Souza", Equal, Alike},
			{"Omar al-Sayed", "Omar el Sayed", Equal, Alike},
			{"Ahmad bin Abdullah", "Ahmad Abdullah", Equal, Alike},
			{"Siti binti Rahman", "Siti Rahman", Equal, Alike},
			{"Rhys ap Gwilym", "Rhys Gwilym", Equal, Alike},
			{"Catrin ferch Rhodri", "Catrin Rhodri", Equal, Alike},
		},
		"known as": {
			{"Katarzyna Nowak", "Kasia Nowak", Short, Equal},
			{"Małgorzata Wilk", "Gosia Wilk", Short, Equal},
			{"Piotr Wilk", "Peter Wilk", Short, Equal},
			{"Dafydd Rees", "Dai Rees", Short, Equal},
			{"Siân Rees", "Sian Rees", Equal, Equal},
			{"Gwilym Rees", "William Rees", Short, Equal},
			{"Margaret (Peggy) Shaw", "Peggy Shaw", Equal, Equal},
			{"Aleksandra Wilk", "Ola Wilk", Short, Equal},
			{"Gheorghe Popa", "George Popa", Short, Equal},
			{"João Lopes", "Joao Lopes", Equal, Equal},
			{"Francisco Ruiz", "Paco Ruiz", Short, Equal},
			{"Lee Smith known as Dan", "Dan Smith", Equal, Equal},
		},
		"spelt from another script": {
			{"Mohamed Omar", "Muhammad Umar", Short, Short},
			{"Md. Abdul Karim", "Mohammed Abdul Karim", Short, Equal},
			{"Md. Abdul Karim", "Abdul Karim", Short, Equal},
			{"Mohammed Bilal Khan", "Bilal Khan", Short, Equal},
			{"Yusuf Aziz", "Youssef Aziz", Short, Equal},
			{"Ayesha Hussain", "Aisha Hussein", Short, Short},
			{"Khadija Begum", "Khadeeja Begum", Short, Equal},
			{"Nasrin Chowdhury", "Nasreen Choudhury", Short, Short},
			{"Imran Sheikh", "Imran Shaikh", Equal, Short},
			{"Fadumo Xasan", "Faduma Hassan", Short, Short},
			{"Cabdi Cali", "Abdi Ali", Short, Short},
			{"Oleksandr Bondarenko", "Alexander Bondarenko", Short, Equal},
			{"Serhii Bondarenko", "Sergey Bondarenko", Short, Equal},
			{"Yevhen Zelinskyi", "Evgeny Zelinsky", Short, Short},
			{"Viktoriia Koval", "Victoria Koval", Short, Equal},
			{"Kateryna Koval", "Ekaterina Koval", Short, Equal},
			{"Jürgen Müller", "Juergen Mueller", Short, Short},
			{"Groß, Uwe", "Uwe Gross", Equal, Equal},
			{"Ayşe Yıldız", "Ayse Yildiz", Equal, Equal},
			{"İpek Şahin", "IPEK SAHIN", Equal, Equal},
			{"Bjørn Sørensen", "Bjoern Soerensen", Short, Short},
			{"Wong Siu Fong", "Siu Fong Huang", Equal, Alike},
			{"Zhang Wei", "Wei Cheung", Equal, Alike},
		},
		"patronymics and parts": {
			{"Abdi Hassan Warsame", "Abdi Hassan", Equal, Alike},
			{"Hodan Ali Farah", "Hodan Farah", Equal, Equal},
			{"María García López", "Maria Garcia", Equal, Alike},
			{"María García López", "Maria Lopez", Equal, Equal},
			{"Ana Sousa Ferreira", "Ana Ferreira Sousa", Equal, Equal},
			{"Selam Tesfaye Haile", "Selam Tesfaye", Equal, Alike},
			{"Elena Ivanova", "Elena Ivanov", Equal, Alike},
			{"Anna Kowalska", "Anna Kowalski", Equal, Alike},
			{"Jana Nováková", "Jana Novak", Equal, Alike},
			{"Olga Dostoevskaya", "Olga Dostoevsky", Equal, Alike},
			{"Rasa Kazlauskienė", "Rasa Kazlauskas", Equal, Alike},
			{"Jón Einarsson", "Jon Einarsson", Equal, Equal},
		},
		"one word": {
			{"Suharto", "FNU Suharto", Equal, Unknown},
			{"Suharto", "Suharto LNU", Equal, Unknown},
			{"Suharto", "Suharto Suharto", Equal, Unknown},
			{"Suharto .", "Suharto", Equal, Unknown},
		},
		"honorifics": {
			{"Fatima Begum", "Fatima Hassan", Equal, Unknown},
			{"Harpreet Kaur", "Harpreet Kaur Gill", Equal, Alike},
			{"Harpreet Kaur", "Harpreet Gill", Equal, Unknown},
			{"Harpreet Singh Gill", "Harpreet Gill", Equal, Equal},
			{"Mrs Rahima Bibi", "Rahima Bibi", Equal, Equal},
			{"Haji Abdul Karim", "Abdul Karim", Equal, Equal},
			{"Smt. Meena Patel", "Meena Patel", Equal, Equal},
			{"Pastor John Mensah", "John Mensah", Equal, Equal},
			{"Mst Rahima Khatun", "Rahima Khatoon", Equal, Short},
		},
		"slips": {
			{"Sm1th, J0hn", "John Smith", Alike, Alike},
			{"John Srnith", "John Smith", Equal, Alike},
			{"Jhon Smith", "John Smith", Alike, Equal},
			{"John Simth", "John Smith", Equal, Alike},
			{"Mrak Shaw", "Mark Shaw", Alike, Equal},
		},
		"married": {
			{"Ann Barlow (née Shaw)", "Ann Shaw", Equal, Equal},
			{"Ann Barlow (formerly Shaw)", "Ann Shaw", Equal, Equal},
			{"Ann Barlow nee Shaw", "Ann Shaw", Equal, Equal},
			{"Ann Shaw-Barlow", "Ann Shaw", Equal, Alike},
		},
	} {
		for _, p := range pairs {
			got := CompareNames(ParseName(p.a), ParseName(p.b))
			ok := got.Forename >= p.forename && got.Surname >= p.surname
			if p.surname == Unknown {
				ok = got.Forename >= p.forename && got.Surname != Differs
			}
			if !ok {
				t.Errorf("%s: %q and %q: %s; want forename %s, surname %s\n%+v\n%+v", community, p.a, p.b, got.Why, p.forename, p.surname, ParseName(p.a), ParseName(p.b))
			}
		}
	}
}

// Names that people who live together, or are mistaken for each other, do have. most is the most that may agree.
func TestNamesOfTwoPeople(t *testing.T) {
	for what, c := range map[string]struct {
		a, b string
		most Level // of the forename
	}{
		"brother and sister of one forename": {"Harpreet Singh", "Harpreet Kaur", Differs},
		"brother and sister, family name":    {"Harpreet Singh Gill", "Harpreet Kaur Gill", Differs},
		"twins who sound alike":              {"Hassan Warsame", "Hussein Warsame", Alike},
		"twins one letter apart":             {"Jayden Shaw", "Hayden Shaw", Alike},
		"brothers named for the Prophet":     {"Mohammed Hassan Khan", "Mohammed Hussain Khan", Alike},
		"one of those brothers, cut short":   {"Mohammed Khan", "Mohammed Hussain Khan", Alike},
		"middle names of one initial":        {"Mary Ann Shaw", "Mary Alice Shaw", Alike},
		"titles":                             {"Mr Shaw", "Miss Shaw", Differs},
		"a man's title":                      {"Mr J Shaw", "Mrs J Shaw", Differs},
		"four letters":                       {"Mia Shaw", "Mya Barlow", Alike},
		"father and son by suffix":           {"Tom Shaw Snr", "Tom Shaw Jnr", Differs},
		"father and son in Somali order":     {"Ali Hassan Warsame", "Mohamed Ali Hassan", Alike},
		"two words of a woman's honorific":   {"Rahima Begum", "Salma Begum", Differs},
	} {
		got := CompareNames(ParseName(c.a), ParseName(c.b))
		if got.Forename > c.most {
			t.Errorf("%s: %q and %q: %s; want the forename at most %s", what, c.a, c.b, got.Why, c.most)
		}
	}
}

// What the index is asked for must find the other spelling.
func TestTokensMeetAcrossSpellings(t *testing.T) {
	for _, p := range [][2]string{
		{"Oleksandr", "Aleksandr"}, {"Yusuf", "Youssef"}, {"Mohamed", "Md"}, {"Kasia", "Katarzyna"}, {"Piotr", "Peter"}, {"Cumar", "Omar"}, {"Serhii", "Sergei"},
		{"Mueller", "Müller"}, {"Chowdhury", "Choudhry"},
	} {
		a, b := Name{Given: []string{Fold(p[0])}}.Tokens(), Name{Given: []string{Fold(p[1])}}.Tokens()
		c, d := Name{Family: []string{Fold(p[0])}}.Tokens(), Name{Family: []string{Fold(p[1])}}.Tokens()
		if !slices.ContainsFunc(a, func(t string) bool { return contains(b, t) }) && !slices.ContainsFunc(c, func(t string) bool { return contains(d, t) }) {
			t.Errorf("%q and %q share no blocking key: %v, %v", p[0], p[1], a, b)
		}
	}
}
