package detect

import "slices"

// What the lists say of a word; a word may be several.
const (
	lexForename = 1 << iota
	lexSurname
	lexOrdinary // stands in small letters in ordinary prose
	lexTitle
	lexRelation // "son", "neighbour": a name may follow
	lexStreet   // "road", "house", "school", "ltd": what stands before it is no person's name
	lexSpeech   // "said", "rang": a name may stand before or after it
	lexFunction // small words that are part of no name
	lexPlace    // a country, county or town
	lexThing    // a language, a month, a make: written with a capital, and nobody's name unless a list of names has it
)

// lexicon is a set of folded words by hash, with what is known of each. A false hit in 32 bits is one word in some
// fifty thousand.
type lexicon struct {
	keys  []uint32 // open addressing; 0 is an empty place
	flags []uint16
	count int
}

func newLexicon(words int) *lexicon {
	size := 1024
	for size < words*2 {
		size *= 2
	}
	return &lexicon{keys: make([]uint32, size), flags: make([]uint16, size)}
}

func (l *lexicon) add(hash uint32, flags uint16) {
	if hash == 0 {
		return
	}
	if l.count*2 >= len(l.keys) {
		bigger := newLexicon(len(l.keys))
		for i, k := range l.keys {
			if k != 0 {
				bigger.add(k, l.flags[i])
			}
		}
		*l = *bigger
	}
	mask := uint32(len(l.keys) - 1)
	i := hash & mask
	for ; l.keys[i] != 0 && l.keys[i] != hash; i = (i + 1) & mask {
	}
	if l.keys[i] == 0 {
		l.keys[i] = hash
		l.count++
	}
	l.flags[i] |= flags
}

func (l *lexicon) of(hash uint32) uint16 {
	mask := uint32(len(l.keys) - 1)
	for i := hash & mask; l.keys[i] != 0; i = (i + 1) & mask {
		if l.keys[i] == hash {
			return l.flags[i]
		}
	}
	return 0
}

// sorted gives the hashes that carry all of flags, in order.
func (l *lexicon) sorted(flags uint16) []uint32 {
	var out []uint32
	for i, k := range l.keys {
		if k != 0 && l.flags[i]&flags == flags {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// addWords adds the words that this room itself knows something of.
func (l *lexicon) addWords() {
	for flag, lists := range map[uint16][]map[string]bool{
		lexTitle:    {titleWords},
		lexRelation: {relations, residents, roles},
		lexStreet:   {streetWords, bodies},
		lexSpeech:   {speech},
		lexFunction: {functionWords},
		lexThing:    {things},
		lexOrdinary: {functionWords, plainWords, countedWords, speech, relations, residents, roles, bodies},
	} {
		for _, list := range lists {
			for w := range list {
				l.add(hash32(w), flag)
			}
		}
	}
}

var (
	titleWords = set("mr mrs ms miss mx dr doctor prof professor rev reverend sir dame lady lord cllr councillor mister master sgt sergeant pc dc ds insp inspector father sister imam pastor judge")

	// roles are what people are called by their work; a name often follows or stands before.
	roles = set(`officer manager surveyor plumber electrician engineer contractor caretaker warden nurse midwife teacher headteacher gp
		solicitor counsellor supervisor operative inspector constable witness complainant perpetrator reporter applicant claimant executor
		landlord leaseholder agent advocate interpreter chair secretary director worker assistant`)

	// bodies are words that make of a name before them the name of a body or a building.
	bodies = set(`ltd limited plc llp inc sons bros brothers solicitors school academy college university hospital surgery clinic
		practice church mosque temple chapel trust foundation association society council centre center club pub inn arms hotel library
		station pharmacy nursery hostel refuge charity services group homes housing contractors builders plumbing heating roofing electrical
		foods stores supermarket bank borough county constabulary police partnership ward wing estate point heights mansions`)

	// things have capitals as names have: days and months, peoples and languages, makes, shops, banks, benefits, programs.
	things = set(`monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
		october november december jan feb mar apr jun jul aug sept sep oct nov dec christmas easter eid ramadan diwali whitsun halloween
		english british irish scottish welsh european african asian american caribbean indian pakistani bangladeshi chinese vietnamese filipino
		polish romanian bulgarian hungarian czech slovak latvian lithuanian estonian ukrainian russian albanian kosovan serbian croatian greek
		turkish kurdish cypriot italian spanish portuguese brazilian french german dutch belgian swiss austrian swedish danish norwegian finnish
		arabic syrian iraqi iranian afghan yemeni egyptian sudanese somali eritrean ethiopian nigerian ghanaian gambian kenyan ugandan congolese
		zimbabwean jamaican punjabi urdu hindi bengali sylheti gujarati tamil telugu sinhala nepali pashto dari farsi persian sorani kurmanji amharic
		tigrinya oromo yoruba igbo hausa twi swahili lingala shona mandarin cantonese tagalog thai japanese korean latin roma romany gypsy
		traveller catholic protestant anglican methodist muslim islamic hindu sikh jewish christian buddhist
		google microsoft apple facebook whatsapp instagram youtube twitter tiktok snapchat messenger gmail outlook excel word zoom teams
		amazon ebay paypal airbnb uber netflix sky virgin talktalk vodafone monzo revolut starling klarna barclays barclaycard lloyds natwest halifax
		santander hsbc nationwide tsb visa mastercard paypoint allpay zurich aviva direct tesco sainsburys asda aldi lidl morrisons waitrose iceland
		argos ikea primark boots superdrug greggs poundland wickes screwfix toolstation homebase magnet howdens baxi vaillant worcester
		potterton viessmann alpha glow worm ideal heatrae otis kone schindler mira triton yale chubb union dulux magnolia velux
		ford vauxhall corsa astra fiesta transit golf volkswagen audi bmw mercedes toyota nissan peugeot renault citroen honda kia skoda
		mears wates morgan sindall kier capita serco g4s veolia biffa cadent transco octopus edf eon npower ovo bulb scottishpower utilita
		nino dhp pip esa uc jsa dla hb cth dwp hmrc nhs gp mp cctv asb nsp nosp noid dfg oht cab rspca rnib riddor hhsrs lgsr eicr epc tpo eho
		marac maraca mash idva isva pcso cpn camhs iapt amhp dols lasting skype windows android iphone ipad xbox playstation
		covid coronavirus brexit internet bluetooth wifi hoover tannoy portakabin stannah biro sellotape`)

	speech = set(`said says stated states told explained reported reports complained called rang phoned emailed wrote texted asked replied
		confirmed advised agreed denied admitted alleged claimed shouted added spoke met saw visited attended answered signed`)

	functionWords = set(`person persons the a an and or but if of to in on at by for with from as is are was were be been being has have had do does did not no
		he she it they we you i me him her them us his hers its their our my your this that these those there here then than so very too
		also just only when where who whom which what why how all any some each every both few more most other such own same can could
		may might must shall should will would about above after again against before below between down during into off once out over
		through under until up upon while because`)
)
