package main

import "strings"

// community is how the people of one tradition are named and written down. Surnames are a few real ones, by which many
// are called, and for the rest parts that make plausible names nobody need bear.
type community struct {
	name     string
	weight   int
	men      []string
	women    []string
	surnames []string // commonest first
	onset    []string // of invented surnames
	ending   []string
	variants map[string][]string // other spellings and short forms of the forenames
	custom   custom
}

// custom is what a community does with names.
type custom int

const (
	plain      custom = iota
	gendered          // -ski, -ska
	patronymic        // child's name, father's, grandfather's
	double            // father's surname and mother's
	sikh              // Singh and Kaur, with or without a family name
	familyLast        // surname first in speech, last on half of the forms
	honorific         // women have Begum or Bibi, and no surname in common with the men
)

func list(s string) []string { return strings.Fields(s) }

func forms(s string) map[string][]string {
	m := map[string][]string{}
	for line := range strings.Lines(s) {
		if f := strings.Fields(line); len(f) > 1 {
			m[f[0]] = f[1:]
		}
	}
	return m
}

var communities = []community{
	{name: "english", weight: 52, custom: plain,
		men: list(`David John Michael Paul Andrew James Robert Stephen Mark Thomas Daniel Christopher Matthew Joshua Jack Harry Oliver George William Charlie Ryan Liam Lee Craig Darren
			Jayden Tyler Kieran Callum Connor Peter Kevin Gary Anthony Benjamin Samuel Joseph Edward Nathan Luke Adam Lewis Alfie Archie Leo Kenneth Brian Alan Derek Ronald`),
		women: list(`Susan Margaret Sarah Karen Julie Jacqueline Helen Emma Claire Laura Rebecca Charlotte Jessica Chloe Sophie Emily Olivia Amelia Isla Grace Lily Ellie Megan Jade Kayleigh
			Hayley Lisa Michelle Tracey Sharon Donna Elizabeth Patricia Christine Linda Carol Katherine Victoria Samantha Natalie Stephanie Lauren Mia Ella Ruby Doreen Sheila Maureen Joan Irene`),
		surnames: list(`Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood Jackson Clarke Harris Lewis Turner Hill Cooper Ward Moore
			Baker Harrison King Morris Allen Young Watson Parker Bennett Cook Murphy Kelly Byrne O'Neill O'Brien McDonald Campbell Stewart Reid Murray Ross`),
		onset: list(`Ash Brad Carl Dun Ell Far Gar Hart Kirk Lang Mel Nor Old Pem Quar Rad Shel Thorn Ux Ver Wake Yar Bram Stan Whit Hol Mar Cot`), ending: list(`ford ley ton worth by wick ham stead gate field combe well bury thorpe croft man ward shaw`),
		variants: forms(`David Dave
			Michael Mike Mick
			Andrew Andy
			James Jim Jamie
			Robert Bob Rob
			Stephen Steve Steven
			Thomas Tom
			Daniel Dan Danny
			Christopher Chris
			Matthew Matt
			William Bill Will
			Benjamin Ben
			Samuel Sam
			Joseph Joe
			Edward Ted Ed
			Anthony Tony
			Peter Pete
			Susan Sue
			Margaret Maggie Peggy
			Sarah Sara
			Jacqueline Jackie
			Rebecca Becky
			Elizabeth Liz Beth
			Patricia Pat Trish
			Christine Chris
			Katherine Kate Kathryn
			Victoria Vicky
			Samantha Sam
			Jessica Jess
			Charlotte Lottie
			Tracey Tracy`)},
	{name: "welsh", weight: 3, custom: plain, men: list("Dafydd Gareth Rhys Ieuan Gwilym Owain Geraint Huw Emyr Dylan"), women: list("Siân Catrin Mair Sioned Nia Cerys Angharad Bethan Ffion Myfanwy"),
		surnames: list("Jones Davies Williams Evans Rees Morgan Griffiths Hughes Pritchard Llewellyn"), onset: list("Pen Tre Llan Gwy Mor Rhu"), ending: list("dw wen ydd ant ley"),
		variants: forms("Dafydd Dai David\nGwilym Gwil William\nCatrin Cati\nGeraint Ger\nIeuan Ifan")},
	{name: "polish", weight: 7, custom: gendered, men: list("Piotr Krzysztof Andrzej Tomasz Paweł Marcin Michał Jakub Wojciech Grzegorz Stanisław Łukasz Zbigniew Maciej"),
		women:    list("Anna Katarzyna Małgorzata Agnieszka Barbara Ewa Magdalena Joanna Aleksandra Monika Zofia Beata Danuta"),
		surnames: list("Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak"), onset: list("Brze Drza Gra Krzy Lip Mali Ostro Pio Rado Skrzy Wit Zab"), ending: list("kowski niewski ński wicz czyk ak chowski"),
		variants: forms("Piotr Peter Piotrek\nKrzysztof Chris Krzysiek\nKatarzyna Kasia Kate\nMałgorzata Gosia Margaret\nAgnieszka Aga\nMagdalena Magda\nAleksandra Ola\nJoanna Asia\nTomasz Tomek\nJakub Kuba\nMichał Michael\nZofia Zosia Sophia")},
	{name: "bangladeshi and pakistani", weight: 12, custom: honorific,
		men:      list("Mohammed Abdul Ahmed Imran Shahid Tariq Bilal Usman Hassan Hussain Yusuf Kamal Rashid Faisal Omar Khalid Naveed Zahid Nazrul Shafiq"),
		women:    list("Fatima Ayesha Khadija Rahima Nasreen Shabnam Parveen Rukhsana Yasmin Zainab Amina Salma Sadia Maryam Halima"),
		surnames: list("Khan Ali Ahmed Hussain Miah Rahman Islam Chowdhury Uddin Malik Akhtar Shah Iqbal Mahmood Qureshi Sheikh Karim Haque Mirza"), onset: list("Bakh Far Gul Jal Kam Nas Raf Sar Tal Wah"), ending: list("tiar ani uddin awar eem oor zada"),
		variants: forms("Mohammed Muhammad Mohamed Md Mohammad\nAhmed Ahmad\nUsman Osman\nHassan Hasan\nHussain Hussein Hossain\nYusuf Yousuf Youssef\nOmar Umar\nKhalid Khaled\nAyesha Aisha Aysha\nKhadija Khadeeja\nNasreen Nasrin\nParveen Parvin\nZainab Zaynab\nMaryam Mariam\nRashid Rasheed\nTariq Tarek\nNaveed Navid")},
	{name: "sikh", weight: 3, custom: sikh, men: list("Harpreet Gurpreet Manpreet Jaspreet Baljit Sukhdeep Kuldeep Amarjit Ranjit"), women: list("Harpreet Gurpreet Manpreet Jaspreet Baljit Sukhdeep Kuldeep Amarjit Parminder"),
		surnames: list("Gill Sandhu Dhillon Sidhu Grewal Bains"), onset: list("Bhan Dha Kha Mal Ran Sar"), ending: list("gra wal di hota"), variants: forms("Harpreet Harprit\nGurpreet Gurprit\nBaljit Baljeet\nAmarjit Amarjeet")},
	{name: "gujarati and hindu", weight: 3, custom: plain, men: list("Raj Sanjay Vijay Amit Rakesh Dinesh Kiran Nilesh"), women: list("Meena Priya Anita Lakshmi Sunita Asha Kavita Hema"), surnames: list("Patel Shah Sharma Desai Mehta Joshi"),
		onset: list("Bha Cho Gan Kul Mak Par"), ending: list("karni tia dhi wana mar"), variants: forms("Lakshmi Laxmi\nSanjay Sanjai\nMeena Mina")},
	{name: "somali", weight: 5, custom: patronymic, men: list("Mohamed Ahmed Abdi Hassan Ali Omar Abdirahman Ibrahim Yusuf Ismail Mahamud Farah Warsame Jama Aden Guled Hussein"),
		women:    list("Fadumo Hodan Amina Sahra Halimo Ifrah Khadija Asha Maryan Sagal Hibo Ayaan Ubah"),
		variants: forms("Mohamed Maxamed Mohamud Muhammad\nAhmed Axmed\nAbdirahman Abdurahman Cabdiraxmaan\nOmar Cumar\nFadumo Faduma Fatima\nSahra Zahra\nYusuf Yuusuf\nAbdi Cabdi\nHassan Xasan\nMaryan Maryam\nHussein Xuseen")},
	{name: "eritrean and ethiopian", weight: 2, custom: patronymic, men: list("Tesfaye Yohannes Mikael Haile Dawit Tekle Berhane Samuel Filmon Girma"), women: list("Selam Mehret Tsehay Almaz Hiwet Senait Rahel Bethlehem"),
		variants: forms("Tesfaye Tesfay\nYohannes Johannes\nSelam Selamawit\nMikael Michael")},
	{name: "nigerian and ghanaian", weight: 4, custom: plain, men: list("Oluwaseun Chukwuemeka Babatunde Kwame Kofi Emmanuel Olufemi Tobi Ikechukwu Yaw"), women: list("Blessing Ngozi Abena Folake Oluwatobi Chioma Ama Yinka Adaeze Efua"),
		surnames: list("Okafor Adeyemi Mensah Owusu Okonkwo Balogun Asante Ojo Boateng"), onset: list("Ade Olu Oke Nwa Ogun Aki Ama"), ending: list("bayo wole kunle chi dele fe ma"), variants: forms("Oluwaseun Seun\nChukwuemeka Emeka\nBabatunde Tunde\nOluwatobi Tobi\nOlufemi Femi")},
	{name: "ukrainian", weight: 3, custom: gendered, men: list("Oleksandr Serhii Volodymyr Andrii Dmytro Mykola Yurii Oleksii Vasyl Ivan"), women: list("Olena Kateryna Tetiana Iryna Nataliia Svitlana Yuliia Olha Viktoriia Anastasiia"),
		surnames: list("Shevchenko Bondarenko Koval Tkachenko Kravchenko Petrov Zelinskyi Melnyk"), onset: list("Hryn Pali Luka Mazu Roma Siro Yare"), ending: list("enko chuk skyi ov ets"),
		variants: forms("Oleksandr Alexander Aleksandr Sasha\nSerhii Sergey Serhiy\nVolodymyr Vladimir\nAndrii Andriy Andrey\nDmytro Dmitry\nMykola Nikolai\nOlena Elena\nKateryna Ekaterina Katya\nTetiana Tatiana\nIryna Irina\nNataliia Natalia\nYuliia Yulia\nOlha Olga\nViktoriia Victoria")},
	{name: "romanian", weight: 2, custom: plain, men: list("Ion Gheorghe Andrei Mihai Alexandru Ștefan Vasile Florin"), women: list("Maria Elena Ioana Andreea Mihaela Cristina Alina"), surnames: list("Popescu Ionescu Popa Dumitru Stan Radu"),
		onset: list("Băl Cior Dră Mun Vlă Rus"), ending: list("escu anu easa oiu teanu"), variants: forms("Gheorghe George\nMihai Michael\nAlexandru Alex\nIon John")},
	{name: "portuguese and spanish", weight: 3, custom: double, men: list("José João António Carlos Manuel Francisco Luís Pedro"), women: list("Maria Ana Carmen Lucía Sofia Rosa Teresa Inês"),
		surnames: list("García Silva Santos López Ferreira Pereira Rodríguez Martínez Sousa Costa Oliveira Gómez"), onset: list("Al Bar Cal Fon Mon Val"), ending: list("meida bosa deira seca tenegro verde"), variants: forms("Francisco Paco\nJosé Pepe\nAntónio Tony")},
	{name: "chinese and vietnamese", weight: 2, custom: familyLast, men: list("Wei Minh Ka-Ming Jun Chi-Wai Duc Hao"), women: list("Hoa Mei Siu-Fong Linh Yan Lan Xiu"), surnames: list("Nguyen Chan Wong Tran Li Chen Pham Zhang Cheung"),
		variants: forms("Ka-Ming Kaming\nSiu-Fong Siufong\nChi-Wai Chiwai")},
	{name: "turkish and kurdish", weight: 2, custom: plain, men: list("Mehmet Mustafa Hüseyin Ibrahim Emre Serkan"), women: list("Ayşe Zeynep Elif Hatice Gül Dilan"), surnames: list("Yılmaz Demir Şahin Kaya Çelik Yıldız"), onset: list("Ak Bal Kara Öz Top Gün"), ending: list("taş can oğlu demir bulut"),
		variants: forms("Hüseyin Huseyin Hussein\nIbrahim Ebrahim")},
}

// aliked are pairs of forenames that twins have been given.
var aliked = [][2]string{{"Jayden", "Hayden"}, {"Hassan", "Hussain"}, {"Ella", "Etta"}, {"Kayla", "Layla"}, {"Amina", "Amira"}, {"Sarah", "Zara"}, {"Daniel", "Daniela"}, {"Mia", "Maya"},
	{"Mohammed Ali", "Mohammed Umar"}, {"Jake", "Jade"}, {"Anna", "Hanna"}, {"Marcin", "Martin"}, {"Zaniyah", "Zariyah"}, {"Tyreece", "Tyreese"}}
