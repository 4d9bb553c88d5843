package law

// welshSigns is signs in Welsh, with the mutations in which people meet them. Words stand
// without circumflexes, as plain leaves them.
//
// No native speaker of Welsh has read this list. What it misses costs a proposal and
// nothing else: a person reads every request.
func welshSigns() []sign {
	return []sign{
		{KindAccess, 5, []string{"cais gwrthrych am wybodaeth", "gais gwrthrych am wybodaeth", "cais testun am wybodaeth", "cais gwrthrych y data", "hawl mynediad", "hawl i gael mynediad", "erthygl 15"}},
		{KindAccess, 3, []string{"gwybodaeth amdanaf", "wybodaeth amdanaf", "gwybodaeth amdana i", "wybodaeth amdana i", "data amdanaf", "ddata amdanaf", "gennych amdanaf", "gennych chi amdanaf", "gennych chi amdana i",
			"ei gadw amdanaf", "ei gadw amdana i", "fy nata", "fy nata personol", "fy ngwybodaeth", "fy ffeil", "fy nghofnodion", "copi o'm data", "gopi o'm data", "copi o fy nata", "gopi o fy nata"}},
		{KindCopy, 4, []string{"copi o'm cytundeb tenantiaeth", "gopi o'm cytundeb tenantiaeth", "copi o fy nghytundeb tenantiaeth", "gopi o fy nghytundeb tenantiaeth", "fy natganiad rhent", "datganiad rhent"}},
		{KindCCTV, 5, []string{"teledu cylch cyfyng", "theledu cylch cyfyng", "lluniau camera", "ffilm camera", "ffilm o'r camera", "camera drws", "camerau diogelwch", "fideo ohonof"}},
		{KindCalls, 5, []string{"recordiad o fy ngalwad", "recordiad o'm galwad", "recordiadau o fy ngalwadau", "recordiad o'r alwad", "recordiad ffon", "wrando ar fy ngalwad", "gwrando ar fy ngalwad"}},
		{KindRectification, 5, []string{"hawl i gywiro", "hawl i gywiriad", "erthygl 16"}},
		{KindRectification, 4, []string{"cywiro fy", "gywiro fy", "cywirwch fy", "cywiro'r", "gwybodaeth anghywir", "wybodaeth anghywir", "dyddiad geni anghywir", "enw anghywir", "cyfeiriad anghywir", "rhif ffon anghywir",
			"yn anghywir ar eich", "diweddaru fy manylion", "newid fy enw", "newid fy nghyfeiriad", "wedi'i gamsillafu", "camsillafu"}},
		{KindErasure, 5, []string{"hawl i gael fy anghofio", "hawl i gael eich anghofio", "hawl i ddileu", "erthygl 17"}},
		{KindErasure, 5, []string{"dileu fy", "ddileu fy", "dilewch fy", "dilewch bopeth", "dileu popeth", "ddileu popeth", "dileu pob", "gwared ar fy", "gwaredu fy"}},
		{KindRestriction, 5, []string{"hawl i gyfyngu", "cyfyngu ar brosesu", "gyfyngu ar brosesu", "cyfyngu ar y defnydd", "gyfyngu ar y defnydd", "cyfyngwch ar y defnydd", "cyfyngu ar sut", "gyfyngu ar sut", "erthygl 18"}},
		{KindObjection, 5, []string{"rwy'n gwrthwynebu", "rydw i'n gwrthwynebu", "dwi'n gwrthwynebu", "yr wyf yn gwrthwynebu", "hawl i wrthwynebu", "peidiwch a rhannu fy", "stopiwch rannu fy", "gorau i rannu fy", "gorau i brosesu", "erthygl 21"}},
		{KindMarketing, 6, []string{"marchnata uniongyrchol", "deunydd marchnata", "ddeunydd marchnata", "negeseuon marchnata", "e-byst marchnata", "dad-danysgrifio", "ddad-danysgrifio", "cylchlythyrau", "gylchlythyrau",
			"peidiwch ag anfon e-byst", "stopiwch anfon e-byst", "gorau i anfon e-byst", "peidiwch ag anfon negeseuon"}},
		{KindPortability, 6, []string{"cludadwyedd data", "gludadwyedd data", "hawl i gludadwyedd", "trosglwyddo fy nata", "drosglwyddo fy nata", "anfon fy nata at", "darllenadwy gan beiriant", "erthygl 20"}},
		{KindDecision, 5, []string{"penderfyniad awtomataidd", "benderfyniad awtomataidd", "phenderfyniad awtomataidd", "penderfyniadau awtomataidd", "cyfrifiadur benderfynu", "cyfrifiadur wedi penderfynu", "gan gyfrifiadur", "person edrych eto", "berson edrych eto", "adolygiad dynol", "erthygl 22"}},
		{KindWithdrawal, 5, []string{"tynnu fy nghaniatad", "dynnu fy nghaniatad", "thynnu fy nghaniatad", "tynnu fy nghydsyniad", "dynnu fy nghydsyniad", "tynnu'n ol fy", "tynnu cydsyniad", "tynnu caniatad",
			"ddim yn cydsynio mwyach", "yn cydsynio mwyach", "ddim yn cytuno mwyach"}},
		{KindDataComplaint, 8, []string{"cwyn diogelu data", "gwyn diogelu data", "cwyn am fy nata", "gwyn am fy nata", "cwyno am fy nata", "gwyno am fy nata", "cwyno am y ffordd rydych wedi defnyddio fy", "wrth fy nghymydog am", "rhannu fy ngwybodaeth heb", "rannu fy ngwybodaeth heb", "rhannu fy manylion heb", "tor diogelu data"}},
		{KindComplaint, 3, []string{"rwyf am gwyno", "rwy'n dymuno cwyno", "rydw i eisiau cwyno", "dwi eisiau cwyno", "hoffwn gwyno", "hoffwn i gwyno", "cwyn ffurfiol", "gwyn ffurfiol", "gwneud cwyn", "wneud cwyn", "uwchgyfeirio fy nghwyn", "cam 1", "cam 2", "gam 1", "gam 2", "ombwdsmon", "ddim yn hapus gyda'r gwasanaeth"}},
		{KindFOI, 5, []string{"rhyddid gwybodaeth", "ryddid gwybodaeth"}},
		{KindEIR, 5, []string{"gwybodaeth amgylcheddol", "wybodaeth amgylcheddol"}},
		{KindEIR, 3, []string{"profi dwr", "profion dwr", "tir halogedig", "dir halogedig", "ansawdd aer", "ansawdd yr aer", "perygl llifogydd", "berygl llifogydd", "perfformiad ynni", "berfformiad ynni"}},
		{KindEstate, 4, []string{"ysgutor", "grant profiant", "llythyrau gweinyddu", "wedi marw", "bu farw", "fy niweddar"}},
		{KindBreach, 5, []string{"at y person anghywir", "llythyr rhywun arall", "manylion tenant arall", "manylion pobl eraill"}},
	}
}

// welshOwn is own in Welsh.
var welshOwn = []string{"amdanaf", "amdana i", "fy nata", "fy ffeil", "fy ngwybodaeth", "fy nghofnodion", "fy nhenantiaeth"}

// bare is a letter without the circumflex or other mark that a keyboard may lack.
func bare(r rune) rune {
	switch r {
	case 'â', 'á', 'à', 'ä':
		return 'a'
	case 'ê', 'é', 'è', 'ë':
		return 'e'
	case 'î', 'í', 'ì', 'ï':
		return 'i'
	case 'ô', 'ó', 'ò', 'ö':
		return 'o'
	case 'û', 'ú', 'ù', 'ü':
		return 'u'
	case 'ŵ', 'ẃ', 'ẁ', 'ẅ':
		return 'w'
	case 'ŷ', 'ý', 'ỳ', 'ÿ':
		return 'y'
	}
	return r
}
