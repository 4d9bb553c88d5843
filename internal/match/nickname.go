package match

import "strings"

// roots gives the full forenames that a folded forename may stand for, itself included when it is one of the table.
// Short and full forms are alike when they share a root. nil for names the table does not know.
func roots(given string) []string { return nicknames[given] }

// nicknames maps each form to its roots. A form may have several: "alex" is Alexander and Alexandra.
var nicknames = readSpellings(nicknameTable)

// nicknameTable has a root a line, then the forms that stand for it: short forms, pet names, and what a name is called in
// English. Written for Tenet from general knowledge, like the tables of spelling.go.
const nicknameTable = `
abigail abi abbie abby
abraham abe
adam ad
agnes aggie
alan allan allen al
albert bert bertie al
alexander alex alec alistair alasdair sandy sasha xander
alexandra alex sandra sandy sasha lexi
alfred alf alfie fred freddie
alison ali
amanda mandy
amelia millie amy
andrew andy drew
angela angie
ann anne anna annie nan nancy
anthony tony antony
archibald archie
arthur art
barbara barb babs
barnaby barney
barry baz
benjamin ben benji benny
bernard bernie
bridget bridie biddy
caroline carol carrie
catherine katherine kathryn catharine kate katie kathy cathy kath cath kitty kat kay
charles charlie chas chuck
charlotte charlie lottie lotte
christina christine tina chris chrissie
christopher chris kit topher kris
clara claire clare
constance connie
cornelius neil con
daniel dan danny
daniela danielle dani
david dave davey davy dai
deborah debra deb debbie
dennis denis den
derek del
desmond des
dominic dom
donald don donnie
dorothy dot dottie dolly
douglas doug dougie
edward ed eddie ted teddy ned
edwin ed eddie
eleanor ellie nell nora elena lena
elizabeth elisabeth liz lizzie beth betty bess bet eliza libby lisa elsie betsy
ellen nell nellie helen
emily em emmie millie
emma em
eric rick
eugene gene
florence flo florrie flossie
frances fran frankie fanny
francis frank frankie fran
frederick frederic fred freddie freddy
gabriel gabe
gareth gaz
gary garry gaz
geoffrey geoff jeff jeffrey
george georgie
gerald gerry jerry
gerard gerry
gillian gill jill gilly
gladys glad
graham graeme
gregory greg
gwendoline gwen
harold harry hal
harriet hattie
henry harry hank hal
herbert bert herb
hugh hughie
ian iain
sean shaun shawn
irene rene
isabella isabel isobel bella izzy issy belle
jacob jake
jacqueline jackie jacqui
james jim jimmy jamie jem
jane janie janey jenny
janet jan
jason jay
jean jeanie jeannie
jennifer jen jenny jenni
jeremy jerry jez
jessica jess jessie
joan joanie
joanna joanne jo joann
john johnny jack jon
jonathan jon jonny johnathan
joseph joe joey
josephine jo josie
joshua josh
judith judy jude
julian jules
juliet julia julie jules
kenneth ken kenny
kevin kev
kimberley kim kimberly
laurence lawrence larry laurie loz
leonard len lenny leo
leslie les lesley
lewis lou louis louie
lillian lilian lily lil
louise lou louisa
lucy lucille
lynn lynne linda lyn lin
madeleine maddie maddy madeline
malcolm mal malc
margaret maggie meg peggy madge marge margie peg greta rita
mary marie maria molly polly mariam maryam
mark marc marcus
martin marty martyn
martha patsy mattie
matilda tilly tilda mattie
matthew matt matty
maureen mo
maurice mo morris
maxwell max
maximilian max
megan meg
melanie mel
melissa mel lissa
michael mick mike mickey micky mikey
michelle shell chelle
mildred millie
natalie nat
natasha tash tasha
nathaniel nathan nat nate
neville nev
nicholas nicolas nick nicky
nicola nicky nikki nic
norman norm
oliver ollie olly
olivia liv livvy
pamela pam
patricia pat patsy trish tricia patty
patrick pat paddy pad
pauline paula
penelope penny
peter pete
philip phillip phil pip
philippa pippa pip
rachel rachael rach
raymond ray
rebecca becky becca bex rebekah
reginald reg reggie
richard rick dick rich ricky dickie
robert bob rob bobby robbie bert robin
roberta bobbie
roderick rod roddy
rodney rod
roger rog
ronald ron ronnie
rosemary rose rosie
rosalind ros roz
rowland roland
russell russ
ruth ruthie
samantha sam sammy
samuel sam sammy
sarah sara sally sadie
sebastian seb
sidney sid sydney syd
simon si
sophia sophie sofia
stanley stan
stephanie steph
stephen steven steve stevie ste
stewart stuart stu
susan sue susie suzie susannah suzanne suzy
sylvia sylvie
tabitha tabby
terence terry terrence tel
teresa theresa terri tess tessa
theodore theo ted
thomas tom tommy thom
timothy tim timmy
tobias toby
tracey tracy trace
valerie val
vanessa nessa
veronica ronnie vera
victor vic
victoria vicky vicki tori vikki
vincent vince vinny
violet vi
virginia ginny
vivienne vivian viv
walter wally walt
wayne waz
wendy wend
wilfred wilf
william bill will billy willy liam wills
winifred win winnie freda
zachary zac zach zak
yusuf joseph
katarzyna kasia kaska kasienka
malgorzata gosia malgosia
margaret malgorzata
aleksandra ola olka
agnieszka aga agnes
magdalena magda lena
joanna asia aska
tomasz tomek thomas
krzysztof krzysiek krzys christopher
wojciech wojtek adalbert
stanislaw staszek stas stanley
jan janek jasiek john
piotr piotrek peter
pawel pawelek paul
michal michalek michael
andrzej jedrek andrew
grzegorz grzesiek grzes greg gregory
jakub kuba jacob
maciej maciek matthew
barbara basia baska
zofia zosia
anna ania anka hania ana
elzbieta ela elka elizabeth
jerzy jurek george
jozef jozek joseph
bartosz bartek
bartlomiej bartek
zbigniew zbyszek
slawomir slawek
miroslaw mirek
jaroslaw jarek
dariusz darek
tadeusz tadek
henryk heniek henry
ryszard rysiek richard
kazimierz kazik
jadwiga jadzia
urszula ula
ewa ewka eva
katherine katarzyna
alexander sasha sashko shura
alexandra sasha
volodymyr vova volodya
dmytro dima
mykola kolya
mykhailo misha
kateryna katya katia
natalia natasha
tetiana tanya tania
anastasiia nastya nastia
mariia masha
yevhen zhenya
svitlana sveta
olena lena
ivan vanya
oleksii alyosha lyosha
gheorghe george ghita gigi
ioan ion ionut john
constantin costel costica
mihai michael mihaita
stefan stephen stefanita
nicolae nicholas nicu
vasile basil
francisco paco paquito pancho francis chico
jose pepe joseph
manuel manolo
dolores lola
guadalupe lupe
maria mari
antonio toni tony anthony
jesus chuy
joao john
dafydd dai david dewi
gwilym william gwil
ieuan evan john ifan
rhisiart richard
siarl charles
catrin catherine cati
mair mary mari
megan megs
sioned janet
geraint ger
llewelyn llew lyn
myfanwy myf fanw
padraig patrick paddy
sean john
seamus james
mairead margaret
caoimhe keeva
aoife eva
siobhan joan
liam uilliam
mohammed mo
abdirahman abdi
abdullah abdi
abdulaziz aziz
abdulkadir abdi qadir
muhammad mo
mehmet memo
fatima fati
khadija kadi
olufemi femi
oluwaseun seun
oluwatobiloba tobi
chukwuemeka emeka
gurpreet gurp
harpreet harp
manpreet manny
jaspreet jas
jagdeep jag
parminder pam
surinder sunny
`

// Forms gives the other forms a folded forename usually takes, in no order that matters: Elizabeth gives Liz, Beth and
// more, Liz gives Elizabeth, Mohamed gives Muhammad and its other spellings. nil when the tables have none.
func Forms(given string) []string {
	var out []string
	add := func(forms ...string) {
		for _, f := range forms {
			if f != given && !contains(out, f) {
				out = append(out, f)
			}
		}
	}
	add(nicknames[given]...)
	add(shortForms[given]...)
	for _, root := range forenameSpelling[given] {
		add(root)
		add(otherSpellings[root]...)
	}
	return out
}

// shortForms maps each root to the forms that stand for it, and otherSpellings the first spelling to the others.
var (
	shortForms     = readForms(nicknameTable)
	otherSpellings = readForms(forenameSpellings)
)

func readForms(table string) map[string][]string {
	m := make(map[string][]string)
	for line := range strings.Lines(table) {
		if forms := strings.Fields(line); len(forms) > 1 {
			m[forms[0]] = append(m[forms[0]], forms[1:]...)
		}
	}
	return m
}

// IsTitle gives the title a folded word stands for ("mister" gives "mr"), and whether it is one.
func IsTitle(word string) (string, bool) {
	t, ok := titles[word]
	return t, ok
}
