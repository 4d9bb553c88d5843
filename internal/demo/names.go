package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// community is one of those that live in the landlord's homes. The lists are
// short and pairs are drawn at random: nobody in them is anybody. No name of the
// cast is in them, so that a name of the cast always means the cast.
type community struct {
	ethnicity, language string
	women, men          []string
	surnames            []string
}

func people(ethnicity, language, women, men, surnames string) community {
	return community{ethnicity, language, strings.Fields(women), strings.Fields(men), strings.Fields(surnames)}
}

// communities is weighted by repetition: the first is drawn more often.
func communities() []community {
	british := people("White: English, Welsh, Scottish, Northern Irish or British", "English",
		"Janet Karen Louise Gemma Chloe Sharon Tracey Becky Hayley Megan Doreen Paige",
		"Darren Lee Craig Stephen Kevin Ryan Nigel Barry Jake Trevor Dean Malcolm",
		"Hartley Wragg Brocklesby Tunnard Simmonds Fenwick Oxley Pask Garbutt Dowse Threlfall Bagshaw O'Dell Cawood")
	return []community{
		british, british, british, british,
		people("White: Irish", "English",
			"Siobhán Aoife Bridget Niamh Deirdre Róisín Maeve Orla", "Declan Padraig Cormac Eamon Fergal Niall Brendan Seán",
			"Gallagher O'Dowd Mulvaney Kinsella Devlin McGrory Tierney Fallon Heneghan Scanlon"),
		people("White: Welsh", "Welsh",
			"Carys Angharad Eleri Ffion Siân Nerys Rhiannon Lowri", "Dafydd Emyr Ieuan Rhodri Iwan Gethin Huw Alun",
			"Prosser Gwynne Llywelyn Morgan Beynon Cadwaladr Eynon Probert"),
		people("White: Polish", "Polish",
			"Katarzyna Małgorzata Ewelina Joanna Beata Iwona Justyna Danuta", "Piotr Krzysztof Grzegorz Paweł Łukasz Wojciech Dariusz Mirosław",
			"Nowicka Zieliński Wróbel Mazurek Pawlak Duda Sikora Błaszczyk Kaczmarek Gajda"),
		people("Black, Black British, African: Somali", "Somali",
			"Hodan Ifrah Sagal Ubah Fadumo Nasteho Hibo Ayan", "Liban Guled Cabdi Warsame Mahad Sharmarke Bashiir Yonis",
			"Farah Warfa Elmi Hersi Duale Samatar Egal Ismail Roble Abokor"),
		people("Asian or Asian British: Bangladeshi", "Bengali (Sylheti)",
			"Nasima Rukshana Shirin Tahmina Ayesha Lutfa Monira Salma", "Kamrul Shafiq Mizanur Jahangir Rafiqul Anwar Shahin Delwar",
			"Begum Miah Uddin Ali Khatun Rahman Islam Sarkar Talukder Haque"),
		people("Asian or Asian British: Pakistani", "Urdu",
			"Rubina Saima Nadia Shazia Bushra Uzma Hina Kausar", "Tariq Imran Nadeem Asif Waqas Zahid Faisal Khalid",
			"Akhtar Mahmood Qureshi Butt Chaudhry Malik Aslam Bashir Raja Siddiqui"),
		people("Black, Black British, African: Nigerian", "English",
			"Ngozi Folake Chiamaka Temitope Ebele Yetunde Amaka Bukola", "Emeka Tunde Chidi Babatunde Obinna Segun Ikenna Femi",
			"Okonjo Adeyemi Balogun Eze Okoro Adebayo Nwosu Ogunleye Obi Afolabi"),
		people("Black, Black British, African: Ghanaian", "Twi",
			"Akosua Abena Efua Adwoa Esi Afia Yaa Ama", "Kwame Kofi Yaw Kwabena Kojo Kwesi Fiifi Nana",
			"Mensah Owusu Boateng Asante Darko Agyeman Frimpong Amoah Sarpong Tetteh"),
		people("White: Turkish", "Turkish",
			"Ayşe Elif Zeynep Hatice Gülsüm Sevgi Emine Fatma", "Mehmet Hüseyin Ömer Kemal Serkan Tuncay Hakan Cengiz",
			"Yıldız Demirci Aydın Koç Öztürk Şahin Kılıç Polat Erdem Güneş"),
		people("Any other ethnic group: Kurdish", "Kurdish (Sorani)",
			"Shilan Berivan Rojin Avin Chnar Hêvî Nazdar Gulistan", "Azad Rebwar Dilshad Karwan Sherko Hiwa Soran Baran",
			"Barzan Hawrami Jaf Zebari Bradost Rasul Goran Surchi"),
		people("White: Portuguese", "Portuguese",
			"Lurdes Conceição Fátima Graça Inês Sílvia Catarina Rosário", "João Rui Nuno Tiago Gonçalo Paulo Sérgio Vítor",
			"Carvalho Figueiredo Lourenço Simões Teixeira Magalhães Freitas Abreu"),
		people("White: Romanian", "Romanian",
			"Ioana Mihaela Raluca Anca Loredana Simona Crina Viorica", "Bogdan Ionuț Cătălin Mircea Răzvan Dorin Vasile Sorin",
			"Munteanu Dobre Stoica Lungu Vlad Costache Ilie Nistor Bălan Ursu"),
		people("Asian or Asian British: Vietnamese", "Vietnamese",
			"Lan Huong Mai Thuy Ngoc Linh Hanh Phuong", "Minh Dung Tuan Quang Hai Long Duc Thanh",
			"Nguyen Tran Pham Vo Dang Bui Ngo Huynh"),
		people("Asian or Asian British: Chinese", "Cantonese",
			"Mei-Ling Siu-Fong Wai-Yin Xiaoyan Suk-Han Jia Yuk-Lan Hui", "Wing-Keung Chi-Ming Ka-Fai Jianguo Kwok-Wah Wei Tsz-Hin Bo",
			"Leung Cheung Tsang Kwan Lau Zhao Fung Mak"),
		people("Black, Black British, Caribbean", "English",
			"Marcia Yvonne Claudette Shanice Beverley Sonia Merlene Tanisha", "Errol Leroy Clive Desmond Courtney Marlon Everton Junior",
			"Grizzle Walters Bent Campbell Hylton Gayle Nembhard Farquharson Dacosta Mowatt"),
		people("Any other ethnic group: Arab", "Arabic",
			"Rania Huda Lubna Amal Samar Dalal Iman Nawal", "Khaled Bassam Nabil Ziad Walid Hisham Faris Tamer",
			"Haddad Al-Masri Khoury Saleh Darwish Nasser Al-Tamimi Qasim"),
		people("White: Ukrainian", "Ukrainian",
			"Oksana Yuliia Nataliia Halyna Larysa Iryna Svitlana Daryna", "Andrii Mykola Taras Vasyl Bohdan Serhii Yurii Ostap",
			"Shevchuk Bondarenko Melnyk Tkachuk Lysenko Kravets Moroz Savchenko"),
	}
}

// name is somebody of the crowd.
type name struct {
	title, forename, surname, gender string
}

func (n name) full() string { return n.forename + " " + n.surname }

// formal is how an officer writes it: "Mrs Okoro".
func (n name) formal() string { return n.title + " " + n.surname }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// chance is true in the given hundredths of cases.
func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

func (c community) name(r *rand.Rand) name {
	n := name{surname: pick(r, c.surnames)}
	if r.IntN(2) == 0 {
		n.gender, n.forename, n.title = "F", pick(r, c.women), pick(r, []string{"Ms", "Mrs", "Miss", "Ms", "Mrs"})
	} else {
		n.gender, n.forename, n.title = "M", pick(r, c.men), "Mr"
	}
	return n
}

// nino is an invented National Insurance number of valid shape: a prefix that
// HMRC's rules allow, six digits and a suffix from A to D.
func nino(r *rand.Rand) string {
	const first, second = "ABCEGHJKLMNOPRSTWXYZ", "ABCEGHJKLMNPRSTWXYZ"
	for {
		prefix := string([]byte{first[r.IntN(len(first))], second[r.IntN(len(second))]})
		switch prefix {
		case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
			continue
		}
		return fmt.Sprintf("%s%06d%c", prefix, r.IntN(1_000_000), 'A'+rune(r.IntN(4)))
	}
}

// phones hands out numbers of one of Ofcom's drama ranges, each once: two people
// of the crowd with one number would look like one person to a matcher that is
// right to think so. When they are used up, nobody has one.
type phones struct {
	format string // "07700 900%03d"
	order  []int
	share  int // of a thousand who ask, how many get one while they last
}

// newPhones keeps the numbers from 0 to reserved-1 for the cast.
func newPhones(r *rand.Rand, format string, wanted int) *phones {
	const reserved = 600
	p := &phones{format: format, order: r.Perm(1000 - reserved)}
	for i := range p.order {
		p.order[i] += reserved
	}
	p.share = min(850, len(p.order)*1000/max(wanted, 1))
	return p
}

// next is a number, or nil for a null.
func (p *phones) next(r *rand.Rand) any {
	if len(p.order) == 0 || r.IntN(1000) >= p.share {
		return nil
	}
	n := p.order[0]
	p.order = p.order[1:]
	return fmt.Sprintf(p.format, n)
}

// home addresses ---------------------------------------------------------

type place struct {
	line1, line2, town, postcode, kind string
	block                              string // the block's name if the home is a flat
}

// one is the address in one line.
func (p place) one() string {
	if p.line2 == "" {
		return p.line1
	}
	return p.line1 + ", " + p.line2
}

const (
	estateSize = 24
	castNear   = 10 // homes of the crowd that stand in the star's own block
	starBlock  = "Heron Court"
)

// address is the i-th home of the crowd. No two are the same.
func homeAddress(i int) place {
	names := strings.Fields("Kestrel Linnet Plover Curlew Sandpiper Wagtail Lapwing Siskin Bittern Dunlin Goldcrest Nuthatch " +
		"Whimbrel Fieldfare Turnstone Wheatear Redstart Dotterel Pipit Avocet Whinchat Chiffchaff Brambling Godwit Garganey Shoveler")
	kinds := strings.Fields("Court House Road Close Lodge Street Point Walk Gardens Row")
	towns := strings.Fields("Ottermere Wexby Skelthorpe Marrowick")
	if i < castNear {
		return place{fmt.Sprintf("Flat %d", i+1), starBlock, "Ottermere", "LN30 4HD", "Flat", starBlock}
	}
	estate, number := (i-castNear)/estateSize, (i-castNear)%estateSize+1
	n, k := estate%len(names), estate/len(names)
	kind, town := kinds[k%len(kinds)], towns[k/len(kinds)%len(towns)]
	number += k / len(kinds) / len(towns) * estateSize
	const letters = "ABDEFGHJLNPQRSTUWXYZ" // those an inward code uses
	postcode := fmt.Sprintf("LN%d %d%c%c", 31+estate/4000%60, estate/400%10, letters[estate/20%20], letters[estate%20])
	p := place{town: town, postcode: postcode}
	switch kind {
	case "Court", "House", "Lodge", "Point":
		p.block = names[n] + " " + kind
		p.line1, p.line2, p.kind = fmt.Sprintf("Flat %d", number), p.block, "Flat"
	default:
		p.line1, p.kind = fmt.Sprintf("%d %s %s", number, names[n], kind), "House"
	}
	return p
}

// asciiFold turns the letters of the crowd's names into those of an e-mail address.
var asciiFold = strings.NewReplacer("á", "a", "â", "a", "ã", "a", "ă", "a", "ç", "c", "é", "e", "ê", "e", "í", "i", "î", "i", "ı", "i", "ł", "l", "Ł", "l",
	"ó", "o", "ô", "o", "õ", "o", "ö", "o", "Ö", "o", "ú", "u", "ü", "u", "ğ", "g", "ş", "s", "Ş", "s", "ț", "t", "ń", "n", "'", "", "-", "")
