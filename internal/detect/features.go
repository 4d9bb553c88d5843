package detect

const featureCount = 40

// features are the places, among the weights, of what is true of one word.
type features [featureCount]uint32

// noUnit stands for what is before the first word and after the last.
var noUnit = unit{hash: 1, head: 1, tail: 1, tail2: 1, shape: shapeMark}

// of finds what is true of unit i, given the classes of the two words before it.
func (at *features) of(units []unit, i int, before, twice uint8) {
	u := &units[i]
	p, q, r, s := &noUnit, &noUnit, &noUnit, &noUnit // two before, two after
	if i > 0 && u.lines < 2 {
		if p = &units[i-1]; i > 1 && p.lines < 2 {
			q = &units[i-2]
		}
	}
	if i+1 < len(units) && units[i+1].lines < 2 {
		if r = &units[i+1]; i+2 < len(units) && units[i+2].lines < 2 {
			s = &units[i+2]
		}
	}
	shape := func(x *unit) uint32 {
		if u.cases != caseMixed && x.shape < shapeDigits && !(u.cases == caseLower && x.shape == shapeUpper) {
			return 8 + uint32(u.cases) // capitals say nothing here
		}
		return uint32(x.shape)
	}
	su, sp, sr := shape(u), shape(p), shape(r)
	lu, lp, lr := uint32(u.lexicon), uint32(p.lexicon), uint32(r.lexicon)
	opens := uint32(0) // whether a capital is due here anyway
	if i == 0 || u.lines > 0 {
		opens = 1
	} else if p.shape == shapeMark {
		opens = 2
		if p.hash == markComma {
			opens = 3
		}
	}
	tags := uint32(before)<<2 | uint32(twice)
	k := 0
	add := func(a, b uint32) {
		h := (a*0x9E3779B1 ^ uint32(k+1)*0x85EBCA6B) + b*0xC2B2AE35
		h ^= h >> 15
		h *= 0x2C1B3C6D
		at[k] = h ^ h>>13
		k++
	}
	add(0, 0)
	add(u.hash, 0)
	add(u.hash, su)
	add(p.hash, 0)
	add(r.hash, 0)
	add(q.hash, 0)
	add(s.hash, 0)
	add(p.hash, u.hash)
	add(u.hash, r.hash)
	add(p.hash, r.hash)
	add(q.hash, p.hash)
	add(r.hash, s.hash)
	add(p.hash, su<<9|lu)
	add(r.hash, su<<9|lu)
	add(q.hash, su<<9|lu)
	add(s.hash, su<<9|lu)
	add(su, sp<<8|sr)
	add(su, opens)
	add(lu, su<<4|opens)
	add(lp, lu<<9|su)
	add(lr, lu<<9|su)
	add(lp, lu<<19|lr<<9|su)
	add(uint32(q.lexicon), lu<<19|lp<<9|su)
	add(uint32(s.lexicon), lu<<19|lr<<9|su)
	add(u.head, su)
	add(u.tail, su)
	add(u.tail2, su<<9|lu)
	add(u.tail, lu)
	add(r.tail2, sr<<8|su)
	add(p.tail2, sp<<8|su)
	add(tags, su<<9|lu)
	add(tags, u.hash)
	add(tags, p.hash)
	add(uint32(before), r.hash)
	add(uint32(before), lr<<19|lu<<9|su<<4|sr)
	add(uint32(before), sp<<16|su<<8|sr)
	add(uint32(u.end-u.start), su)
	add(tags, lp<<9|su)
	add(lu, sr<<8|su)
	add(sp<<8|uint32(q.shape), su<<9|lu)
}
