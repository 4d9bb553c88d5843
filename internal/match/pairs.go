package match

import (
	"cmp"
	"iter"
	"slices"
)

// mostBlock is the largest block whose pairs are looked at: what more records than that share (a switchboard's number,
// a commonest name) says little, and costs its square.
const mostBlock = 200

// Pair is two places in a list of profiles, A before B, and the rules of blocking by which they met.
type Pair struct {
	A, B  int
	Rules []string
}

// Pairs gives each pair of profiles that shares a key of [Blocks] once, in order. It keeps the keys of all profiles and
// the pairs in memory: it is for learning, for benches and for the people of one table at a time, not for a search, which
// asks the index.
func Pairs(profiles []*Profile) iter.Seq[Pair] {
	rules := []string{blockNINO, blockNHS, blockEmail, blockPhone, blockRef, blockBirth, blockNames, blockPlaced}
	return func(yield func(Pair) bool) {
		blocks := map[Block][]int32{}
		for i, p := range profiles {
			for _, b := range Blocks(p) {
				blocks[b] = append(blocks[b], int32(i))
			}
		}
		met := map[[2]int32]uint16{}
		for b, members := range blocks {
			if len(members) > mostBlock {
				continue
			}
			bit := uint16(1) << find(rules, b.Rule)
			for i, x := range members {
				for _, y := range members[i+1:] {
					met[[2]int32{x, y}] |= bit
				}
			}
		}
		pairs := make([][2]int32, 0, len(met))
		for p := range met {
			pairs = append(pairs, p)
		}
		slices.SortFunc(pairs, func(a, b [2]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
		for _, p := range pairs {
			pair := Pair{A: int(p[0]), B: int(p[1])}
			for i, rule := range rules {
				if met[p]&(1<<i) != 0 {
					pair.Rules = append(pair.Rules, rule)
				}
			}
			if !yield(pair) {
				return
			}
		}
	}
}
