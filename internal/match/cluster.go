package match

import (
	"cmp"
	"slices"
)

// Joint is what is to be said of two of a list of records when they are put together: what a [Model] found, or what a
// person decided.
type Joint struct {
	A, B    int
	Verdict Verdict
	Bits    float64
	Decided bool // by a person: wins over every Joint that is not
}

// Clusters puts n records together, each cluster one person's, by the verdicts on pairs of them. People's decisions come
// first, and outvote what the model says of other pairs; then [Same] from the most bits down. Two clusters are never put together while any pair across them is
// [Different], so one record that contradicts keeps out all that was joined to it. What could not be done is given back
// as refused: a verdict of Same across a contradiction, or a person's decisions that contradict each other, for
// somebody to look at.
//
// The answer depends on the set of joints alone, not on their order: taking a decision away and asking again is how
// people who were put together are parted. Clusters are in order of their first record, records in order within them.
func Clusters(n int, joints []Joint) (clusters [][]int, refused []Joint) {
	sorted := slices.Clone(joints)
	for i, j := range sorted {
		if j.A > j.B {
			sorted[i].A, sorted[i].B = j.B, j.A
		}
	}
	slices.SortFunc(sorted, func(x, y Joint) int {
		return cmp.Or(-compareBool(x.Decided, y.Decided), -cmp.Compare(x.Bits, y.Bits), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B), cmp.Compare(x.Verdict, y.Verdict))
	})
	decided := map[[2]int]Verdict{}
	for _, j := range sorted {
		if _, before := decided[[2]int{j.A, j.B}]; j.Decided && !before {
			decided[[2]int{j.A, j.B}] = j.Verdict
		}
	}
	root := make([]int, n)
	members, against := make([][]int, n), make([]map[int]bool, n)
	for i := range n {
		root[i], members[i], against[i] = i, []int{i}, map[int]bool{}
	}
	valid := func(j Joint) bool { return j.A >= 0 && j.B < n && j.A != j.B }
	for _, j := range sorted {
		if v, ok := decided[[2]int{j.A, j.B}]; valid(j) && j.Verdict == Different && (!ok || v == Different) {
			against[j.A][j.B], against[j.B][j.A] = j.Decided || against[j.A][j.B], j.Decided || against[j.B][j.A]
		}
	}
	for _, j := range sorted {
		if !valid(j) || j.Verdict != Same {
			continue
		}
		if v, ok := decided[[2]int{j.A, j.B}]; ok && v != Same {
			continue
		}
		a, b := root[j.A], root[j.B]
		if a == b {
			continue
		}
		if len(members[a]) < len(members[b]) {
			a, b = b, a
		}
		if apart(members[b], against, root, a, j.Decided) {
			refused = append(refused, j)
			continue
		}
		for _, i := range members[b] {
			root[i] = a
		}
		members[a], members[b] = append(members[a], members[b]...), nil
	}
	for _, m := range members {
		if len(m) > 0 {
			slices.Sort(m)
			clusters = append(clusters, m)
		}
	}
	slices.SortFunc(clusters, func(x, y []int) int { return cmp.Compare(x[0], y[0]) })
	return clusters, refused
}

// apart reports whether any of the records is against one of the cluster whose root is a. A person's decision is held
// against other decisions only.
func apart(records []int, against []map[int]bool, root []int, a int, decision bool) bool {
	for _, i := range records {
		for other, decided := range against[i] {
			if root[other] == a && (decided || !decision) {
				return true
			}
		}
	}
	return false
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
