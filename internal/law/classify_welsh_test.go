package law

import "testing"

// TestClassifyWelsh: at least five ways to ask for each common kind. No native speaker of
// Welsh has read the phrases.
func TestClassifyWelsh(t *testing.T) {
	for kind, phrases := range map[Kind][]string{
		KindAccess: {"Cais gwrthrych am wybodaeth", "Hoffwn weld pa wybodaeth sydd gennych amdanaf", "Anfonwch gopi o'm data ataf", "Rwyf eisiau gweld fy ffeil",
			"Beth rydych chi'n ei gadw amdanaf i?", "Mae gen i hawl i gael mynediad at fy nata personol"},
		KindErasure: {"Dilewch fy manylion, os gwelwch yn dda", "Mae gennyf hawl i gael fy anghofio", "Rwyf am i chi ddileu popeth", "A wnewch chi ddileu fy nghyfrif?", "Rwyf eisiau cael gwared ar fy ngwybodaeth"},
		KindRectification: {"Mae gennych y dyddiad geni anghywir", "Cywirwch fy enw", "Hoffwn ddiweddaru: wnewch chi newid fy nghyfeiriad?", "Mae fy enw wedi'i gamsillafu", "Mae gen i hawl i gywiro",
			"Rhif ffôn anghywir sydd gennych"},
		KindRestriction: {"Cyfyngwch ar y defnydd o'r wybodaeth", "Rwyf am gyfyngu ar brosesu", "Mae gen i hawl i gyfyngu ar hyn", "A wnewch chi gyfyngu ar sut rydych yn ei defnyddio?", "Erthygl 18: cyfyngu ar brosesu"},
		KindObjection:   {"Rwy’n gwrthwynebu i chi ddefnyddio hyn", "Peidiwch â rhannu fy manylion â landlordiaid eraill", "Mae gen i hawl i wrthwynebu", "Stopiwch rannu fy manylion", "Rydw i'n gwrthwynebu hyn"},
		KindMarketing:   {"Dim mwy o gylchlythyrau", "Peidiwch ag anfon e-byst ataf", "Nid wyf eisiau deunydd marchnata", "Hoffwn ddad-danysgrifio", "Rhowch y gorau i anfon e-byst marchnata"},
		KindWithdrawal: {"Rwyf yn tynnu fy nghaniatâd yn ôl", "Hoffwn dynnu fy nghydsyniad yn ôl", "Dydw i ddim yn cytuno mwyach i'r lluniau", "Nid wyf yn cydsynio mwyach", "Tynnu'n ôl fy nghaniatad",
			"Rwyf am dynnu fy nghaniatad ar gyfer y lluniau"},
		KindDecision:      {"Rwyf am herio penderfyniad awtomataidd", "Mae'r cyfrifiadur wedi penderfynu", "Gwnaed y penderfyniad gan gyfrifiadur", "Hoffwn adolygiad dynol", "Rwyf am i berson edrych eto"},
		KindDataComplaint: {"Cwyn diogelu data", "Rwyf am gwyno am fy nata", "Rydych wedi rhannu fy ngwybodaeth heb ofyn", "Fe ddywedoch wrth fy nghymydog am fy ôl-ddyledion", "Mae gen i gŵyn am fy nata"},
		KindComplaint:     {"Hoffwn gwyno", "Dwi eisiau cwyno am yr atgyweiriadau", "Cwyn ffurfiol", "Rwyf am fynd at yr Ombwdsmon", "Rwyf eisiau symud i gam 2"},
		KindCCTV:          {"Hoffwn y ffilm o'r camera", "Anfonwch y lluniau camera o'r cyntedd", "Teledu cylch cyfyng o 20 Tachwedd", "Y camera drws, dydd Gwener", "Recordiad y camerau diogelwch"},
		KindCalls:         {"Recordiad o fy ngalwad ddydd Gwener", "Hoffwn wrando ar fy ngalwad", "Y recordiad o'r alwad", "Recordiad ffôn o'r sgwrs", "Recordiad o'm galwad"},
		KindFOI: {"Cais rhyddid gwybodaeth: faint o lifftiau?", "O dan y Ddeddf Rhyddid Gwybodaeth, faint a wariwyd?", "Deddf ryddid gwybodaeth 2000", "Rhyddid gwybodaeth – y polisi gosod",
			"Dyma gais o dan Ryddid Gwybodaeth am nifer y troi allan"},
	} {
		if len(phrases) < 5 {
			t.Errorf("%s has %d phrases", kind, len(phrases))
		}
		for _, says := range phrases {
			got := Classify(says)
			if len(got) == 0 || got[0].Kind != kind || len(got[0].Why) == 0 {
				t.Errorf("%q: %+v, want %s", says, got, kind)
			}
		}
	}
	for _, says := range []string{"Mae fy moeler wedi torri", "Mae'r grisiau yn fudr", "Diolch yn fawr"} {
		if got := Classify(says); len(got) != 0 {
			t.Errorf("%q: %+v", says, got)
		}
	}
	if got := Classify("Cais rhyddid gwybodaeth am fy ffeil")[0]; got.Kind != KindAccess {
		t.Errorf("their own, under another law: %+v", got)
	}
	for _, s := range welshSigns() {
		for _, w := range s.words {
			if !has(plain(w), w) {
				t.Errorf("%q is never found: it is not as plain leaves it", w)
			}
		}
	}
}
