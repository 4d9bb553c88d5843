package match

import (
	"slices"
	"strings"
)

// The tables of this file were written for Tenet from general knowledge of how names are written in the United Kingdom;
// they are copied from no other list. A line holds ways to write one name, as [Fold] gives them; the first stands for
// all in blocking keys and term frequencies, and has no other rank. What only sounds alike does not belong here.

// forenameSpellings are names brought from other scripts and spelling traditions: the same name, written otherwise.
const forenameSpellings = `
muhammad mohammed mohamed mohammad mohamad muhammed mohamud mohammod mohd md muhamed mahomed maxamed mouhamed mahamed mohamoud
ahmed ahmad ahmet ahamed axmed ahmeed
mahmud mahmood mahmoud mehmood mahamud maxamuud
yusuf yousef yousuf yusef youssef youssouf yousif yoosuf yuusuf yussuf
ibrahim ebrahim ibraheem ibrahima ibraahim
hussain hussein husain husayn hossain husein hussien hosein hossein xuseen hussayn
hassan hasan xasan hasaan
abdullah abdulla abdallah abdellah abdulah cabdulaahi abdullahi abdillahi
abdulrahman abdurrahman abdirahman abdelrahman abdurahman abdulrehman abdurrehman abdalrahman abdarrahman cabdiraxmaan abdirahmaan abdurehman
abdulaziz abdelaziz abdiaziz abdulazeez
abdulkarim abdelkarim abdulkareem abdikarim abdelkrim
abdulkadir abdelkader abdiqadir abdulqadir abdikadir abdulkader
abdi cabdi
abdul abdur abdel abdal abd
rahman rehman raxmaan rahmaan
fatima fatma fatimah fatema fathima fadumo faduma fatuma fatoumata fatou faadumo
aisha ayesha aysha aicha caasha asha aischa aishah aayesha ayse aesha
khadija khadijah khadeeja hadija khadeja kadija hadiza khadijo kadijatu hatice
zainab zaynab zeinab zeynep zaineb zainabu sainab zenab
maryam mariam maryan meryem miriam mariama maryama
amina aminah aamina ameena aminata
omar umar omer cumar oumar ummar
usman osman uthman othman cusmaan ousmane
ali aly cali alee
ismail ismael ismaeel esmail ismaaciil ishmael ismaila
mustafa mostafa mustapha moustapha mustafe
hamza hamzah xamsa hamsa
khalid khaled khaleed
tariq tarek tareq tarik taariq
rashid rasheed rachid rashed
saeed saeid saiid
sayed syed sayyid sayyed saiyed
layla leila laila leyla leyla
nur noor nour nuur
sumaya sumayya sumaiya sumayyah sumeya
zahra sahra zahrah zehra zara
halima haleema xaliimo halimo halimah
safiya safia safiyya safiyah safiyo
jamal gamal djamal
qasim kasim qassim kassim qaasim
yahya yehia yahia yahye
yaqub yakub yaqoob yacoub yakup
suleiman sulaiman suleyman soliman sulayman saleban sulaimon suleman
musa moussa mousa moosa muuse
idris idrees idriss driss
dawud dawood daud daoud davud
nasrin nasreen nesrin
shirin shireen
yasmin yasmeen jasmin jasmine yasemin
imran emran
rahima raheema rahimah
shahid shaheed
naveed navid nawid
parveen parvin perveen perween
shabnam shabnum
rukhsana ruksana rukshana ruxsana
sultana soltana
waleed walid oualid
hodan hodon
ifrah ifra
alexander oleksandr aleksandr aleksander alexandr oleksander aliaksandr alyaksandr aleksandar alexandru
alexandra oleksandra aleksandra alieksandra
volodymyr vladimir wladimir vladimer uladzimir
sergey serhii serhiy sergei sergii siarhei serghei
mykola nikolai nikolay nikolaj mikalai
dmytro dmitry dmitri dmitriy dmitrii dzmitry dimitri
andrii andrey andrei andriy andrej andrzej
mykhailo mikhail mihail mykhaylo
yuri yurii yuriy iurii jurij
yevhen evgeny evgenii yevgeny ievgen evgeniy yevgeniy eugen jevgenij
oleksii alexei aleksei alexey oleksiy aleksey
vasyl vasily vasilii vasyly
petro pyotr petr
pavlo pavel
oleh oleg
ihor igor
maksym maxim maksim
artem artyom
denys denis
danylo danil daniil danilo
ivan iwan
olha olga
olena elena yelena alena
kateryna ekaterina yekaterina katerina katarina katerine
natalia nataliia nataliya natalya nataliya natallia natalija
tetiana tatiana tatyana tetyana tatjana tatsiana
iryna irina irena iryna
yulia yuliia yuliya julija iuliia juliia
svitlana svetlana sviatlana
liudmyla lyudmila ludmila liudmila
viktoriia victoria viktoria viktoriya wiktoria victoriya
anastasiia anastasia anastasiya nastassia
mariia maria mariya marija maryia
sofiia sofia sofiya sophia zofia sofija
hanna ganna
kseniia ksenia xenia kseniya
yelyzaveta elizaveta yelizaveta
valentyna valentina walentyna
halyna galina halina
viktor victor wiktor
catherine katherine kathryn catharine katharine cathryn
ann anne
sara sarah
stephen steven
geoffrey jeffrey
philip phillip
alan allan allen
sean shaun shawn
isabel isobel isabelle
teresa theresa
rachel rachael
rebecca rebekah
marian marion
frederick frederic fredrick
lewis louis
nicolas nicholas nikolas
eric erik
marc mark
carl karl
hanna hannah
jon john
lukas lucas
matthew mathew
niamh neve
siobhan shevaun
caitlin kaitlin katelyn kaitlyn catelyn
megan meghan
tracy tracey
lindsay lindsey
elisabeth elizabeth
michal michael
jozef joseph josef
gurpreet gurprit
harpreet harprit
manpreet manprit
kuldeep kuldip
baljeet baljit
harjeet harjit
sukhdeep sukhdip
jasdeep jasdip
lakshmi laxmi
krishna krisna
vijay vijai
meena mina
sanjay sanjai
tesfaye tesfay
mehret mehreteab
haile hailu
gebre ghebre
selam selamawit
yohannes johannes iohannes
mikael michael mikhael mickael
tewolde tewelde
chukwuemeka emeka
oluwaseun seun
oluwatobi tobi
oluwafemi femi
oluwadamilola damilola
babatunde tunde
olayinka yinka
`

// surnameSpellings are the same for surnames.
const surnameSpellings = `
chowdhury choudhury chaudhry chaudhary chaudhury choudhry chowdhary choudhary chaudhri
sheikh shaikh sheik shaik shekh sheekh
hussain hussein husain hossain husayn hussien hossein xuseen
ahmed ahmad ahmet axmed
muhammad mohammed mohamed mohammad mohamud mohamad muhammed maxamed md mohamoud
mahmud mahmood mahmoud mehmood
hassan hasan xasan
omar umar omer cumar
usman osman uthman cusmaan
ali aly cali
yusuf yousef yousuf youssef yussuf
ibrahim ebrahim ibraheem
abdullah abdulla abdallah abdullahi abdillahi
rahman rehman raxmaan rahmaan
karim kareem
rahim raheem
rashid rasheed
saeed saeid
qureshi quraishi koreshi qureishi kureshi
akhtar akhter aktar akter
uddin udin
miah mia miya mian miyah
khatun khatoon katun
begum begam begom
khanum khanam khanom
kaur kour
khan kahn kan
malik malek
siddiqui siddique sidiqi siddiqi siddiq
bibi beebee
sayed syed sayyid sayyed
nur noor nour nuur
iqbal ikbal
jama jaamac
warsame warsama
farah faarax
aden adan aadan
bondarenko bandarenka
shevchenko szewczenko chevtchenko
tkachenko tkatchenko
novak nowak
kovacs kovach
horvat horvath
`

// romanisations are Chinese surnames as Cantonese and Mandarin speakers write them. One person keeps to one, mostly: two
// of a line are alike, not the same.
const romanisations = `
wong huang
wong wang
chan chen
tan chen
cheung zhang
chang zhang
ng wu
lam lin
lim lin
leung liang
ho he
yip ye
kwok guo
chow zhou
tsang zeng
hui xu
chiu zhao
yeung yang
lau liu
tse xie
fung feng
tang deng
yuen yuan
luk lu
mak mai
choi cai
`

var (
	forenameSpelling = readSpellings(forenameSpellings)
	surnameSpelling  = readSpellings(surnameSpellings)
	romanised        = readSpellings(romanisations)
)

// readSpellings maps each form to the first of every line that it is in.
func readSpellings(table string) map[string][]string {
	m := make(map[string][]string)
	for line := range strings.Lines(table) {
		forms := strings.Fields(line)
		for _, form := range forms {
			if !contains(m[form], forms[0]) {
				m[form] = append(m[form], forms[0])
			}
		}
	}
	return m
}

func share(table map[string][]string, a, b string) bool {
	y := table[b]
	return len(y) > 0 && slices.ContainsFunc(table[a], func(root string) bool { return contains(y, root) })
}

// sameForename and sameSurname report whether two different words are ways to write one name.
func sameForename(a, b string) bool {
	return share(forenameSpelling, a, b) || sameUmlaut(a, b)
}

func sameSurname(a, b string) bool {
	return share(surnameSpelling, a, b) || sameUmlaut(a, b) || sameEnding(a, b) || sameMac(a, b)
}

// sameUmlaut: Müller folds to muller, and is written Mueller where there is no ü. Only one side may be spelt out.
func sameUmlaut(a, b string) bool {
	return len(a) != len(b) && (plainVowels.Replace(a) == b || a == plainVowels.Replace(b))
}

var plainVowels = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a")

// sameEnding: Zelinsky, Zelinskyi, Zielinski; Petrov, Petroff.
func sameEnding(a, b string) bool {
	return len(a) > 3 && len(b) > 3 && a[0] == b[0] && eastern(a) == eastern(b)
}

func eastern(w string) string {
	for _, e := range slavicEndings {
		if stem, ok := strings.CutSuffix(w, e[0]); ok && len(stem) >= 3 {
			return stem + e[1]
		}
	}
	return w
}

// slavicEndings gives each way to write an ending, longest first, and one way for all.
var slavicEndings = [][2]string{
	{"skyy", "ski"}, {"skyi", "ski"}, {"skiy", "ski"}, {"skii", "ski"}, {"skyj", "ski"}, {"skij", "ski"}, {"skey", "ski"}, {"sky", "ski"},
	{"skaya", "ska"}, {"skaia", "ska"}, {"skaja", "ska"}, {"off", "ov"}, {"eff", "ev"}, {"ow", "ov"}, {"owa", "ova"}, {"wicz", "vich"}, {"vitch", "vich"}, {"vych", "vich"}, {"czuk", "chuk"},
}

// sameMac: MacDonald and McDonald.
func sameMac(a, b string) bool {
	return strings.HasPrefix(a, "mac") != strings.HasPrefix(b, "mac") && len(a) > 5 && len(b) > 4 && plainMac(a) == plainMac(b)
}

func plainMac(w string) string {
	if rest, ok := strings.CutPrefix(w, "mac"); ok && len(rest) > 2 {
		return "mc" + rest
	}
	return w
}

// sameFamily reports whether two surnames are one family's name as its men and its women bear it: Kowalski and Kowalska,
// Novák and Nováková, Kazlauskas and Kazlauskienė, Papadopoulos and Papadopoulou. An office writes a couple's two names
// alike more often than not.
func sameFamily(a, b string) bool {
	return len(a) > 3 && len(b) > 3 && a[:3] == b[:3] && (hasStem(a, b) || hasStem(b, a))
}

func hasStem(man, woman string) bool {
	man, woman = eastern(man), eastern(woman)
	for _, e := range genderedEndings {
		stem, ok := strings.CutSuffix(man, e[0])
		if ok && len(stem) >= 3 && stem+e[1] == woman {
			return true
		}
	}
	return false
}

// genderedEndings are of men and of women.
var genderedEndings = [][2]string{
	{"ski", "ska"}, {"cki", "cka"}, {"dzki", "dzka"}, {"ov", "ova"}, {"ev", "eva"}, {"in", "ina"}, {"yn", "yna"}, {"ski", "skaya"}, {"", "ova"}, {"a", "ova"}, {"ek", "kova"},
	{"as", "iene"}, {"as", "aite"}, {"is", "iene"}, {"is", "yte"}, {"us", "iene"}, {"us", "ute"}, {"os", "ou"}, {"is", "i"}, {"s", "a"}, {"y", "a"},
}

// markers are words in the place of a surname that say man or woman and no family.
var markers = map[string]int{
	"begum": -1, "begam": -1, "begom": -1, "bibi": -1, "khatun": -1, "khatoon": -1, "khanum": -1, "khanam": -1, "khanom": -1, "kaur": -1, "kour": -1, "banu": -1, "bano": -1,
	"singh": 1,
}

// family gives the surname words without those that name no family; ok when any is left.
func family(words []string) (names []string, ok bool) {
	if !slices.ContainsFunc(words, func(w string) bool { return markers[w] != 0 }) {
		return words, len(words) > 0
	}
	for _, w := range words {
		if markers[w] == 0 {
			names = append(names, w)
		}
	}
	return names, len(names) > 0
}

// sexOfMarkers is 1 for Singh, -1 for Kaur and Begum, 0 when the name says neither or both.
func (n Name) sexOfMarkers() int {
	sex := 0
	for i, w := range n.Given {
		if i > 0 {
			sex += markers[w]
		}
	}
	for _, w := range n.Family {
		sex += markers[w]
	}
	return max(-1, min(1, sex))
}

// misread undoes what scanners and hasty fingers do to letters: a form in which "Srnith" is "Smith".
func misread(w string) string {
	if !strings.ContainsAny(w, "0158") && !strings.Contains(w, "rn") && !strings.Contains(w, "vv") {
		return w
	}
	return misreadings.Replace(w)
}

var misreadings = strings.NewReplacer("rn", "m", "vv", "w", "0", "o", "1", "i", "5", "s", "8", "b")
