package detect

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"tenet/internal/match"
)

// Names finds the names of people whom nobody knows, by what the words look like and what stands around them: an averaged
// perceptron over hashed features, trained by bench/detect -learn. A Names does not change and may be used by many
// goroutines.
type Names struct {
	lexicon *lexicon
	weights []weight
	bias    float32 // added to what speaks for a person: above 0 it finds more and errs more
	unit    float32 // what one step of a weight is worth
}

// weight is what one feature says for each class, in steps.
type weight [classes]int8

// The classes of a word.
const (
	other = iota
	person
	organisation
	location
	classes
)

const (
	featureBits = 18
	featureMask = 1<<featureBits - 1
	namesFormat = "tenet-names-2\n"
	maxLexicon  = 1 << 20
)

//go:embed names.bin
var shipped []byte

// shippedNames reads the model that is part of the program when it is first needed: it is a constant that costs some
// milliseconds to write out.
var shippedNames = sync.OnceValue(func() *Names {
	n, err := LoadNames(shipped)
	if err != nil {
		panic("detect: names.bin, which is part of the program: " + err.Error())
	}
	return n
})

// ShippedNames gives the recogniser that is part of the program.
func ShippedNames() *Names { return shippedNames() }

// Ordinary reports whether a word stands in ordinary prose in small letters, as "grace" and "will" do: found again
// elsewhere, it need not be the name it is in one place.
func (n *Names) Ordinary(word string) bool {
	return n.lexicon.of(hash32(match.Fold(word)))&lexOrdinary != 0
}

// LoadNames reads a recogniser that [Names.Bytes] wrote.
func LoadNames(data []byte) (*Names, error) {
	rest, ok := bytes.CutPrefix(data, []byte(namesFormat))
	if !ok {
		return nil, fmt.Errorf("load the recogniser of names: not in the format %q: train it again", namesFormat[:len(namesFormat)-1])
	}
	n, err := readNames(flate.NewReader(bytes.NewReader(rest)))
	if err != nil {
		return nil, fmt.Errorf("load the recogniser of names: %w", err)
	}
	return n, nil
}

func readNames(r io.Reader) (*Names, error) {
	var head struct {
		Bias, Unit float32
		Words      uint32
	}
	if err := binary.Read(r, binary.LittleEndian, &head); err != nil {
		return nil, err
	}
	if head.Words > maxLexicon || math.IsNaN(float64(head.Bias)) || !(head.Unit > 0) {
		return nil, errors.New("its head makes no sense")
	}
	n := &Names{bias: head.Bias, unit: head.Unit, lexicon: newLexicon(int(head.Words)), weights: make([]weight, featureMask+1)}
	deltas, flags := make([]byte, 4*head.Words), make([]byte, head.Words)
	for _, part := range [][]byte{deltas, flags} {
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, err
		}
	}
	at, words := uint32(0), int(head.Words)
	for i := range words { // the bytes of one place stand together, which packs better
		at += uint32(deltas[i]) | uint32(deltas[words+i])<<8 | uint32(deltas[2*words+i])<<16 | uint32(deltas[3*words+i])<<24
		n.lexicon.add(at, unpack(flags[i]))
	}
	n.lexicon.addWords()
	column := make([]byte, len(n.weights))
	for class := range classes {
		if _, err := io.ReadFull(r, column); err != nil {
			return nil, err
		}
		for i, b := range column {
			n.weights[i][class] = int8(b)
		}
	}
	return n, nil
}

// Bytes gives the recogniser in the form that [LoadNames] reads.
func (n *Names) Bytes() ([]byte, error) {
	const kept = lexForename | lexSurname | lexOrdinary | lexPlace // the rest is in the program
	var hashes []uint32
	var flags []byte
	for _, h := range n.lexicon.sorted(0) {
		if f := n.lexicon.of(h) & kept; f != 0 {
			hashes, flags = append(hashes, h), append(flags, pack(f))
		}
	}
	deltas, at := make([]byte, 4*len(hashes)), uint32(0)
	for i, h := range hashes {
		for b := range 4 {
			deltas[b*len(hashes)+i] = byte((h - at) >> (8 * b))
		}
		at = h
	}
	var out bytes.Buffer
	out.WriteString(namesFormat)
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	head := binary.LittleEndian.AppendUint32(nil, math.Float32bits(n.bias))
	head = binary.LittleEndian.AppendUint32(head, math.Float32bits(n.unit))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(hashes)))
	parts := [][]byte{head, deltas, flags}
	for class := range classes {
		column := make([]byte, len(n.weights))
		for i, weight := range n.weights {
			column[i] = byte(weight[class])
		}
		parts = append(parts, column)
	}
	for _, part := range parts {
		if _, err := w.Write(part); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// pack puts the flags that a model keeps into one byte.
func pack(flags uint16) byte { return byte(flags) | byte(flags/lexPlace)<<7 }

func unpack(b byte) uint16 { return uint16(b&0x7f) | uint16(b>>7)*lexPlace }

// tag gives the class of each unit, and by how much it beats what is no name (for others: how near a person came, below
// 0). Marks are never names.
func (n *Names) tag(units []unit) (class []uint8, margin []float32) {
	class, margin = make([]uint8, len(units)), make([]float32, len(units))
	var at features
	before, twice := uint8(other), uint8(other)
	for i := range units {
		if units[i].shape == shapeMark {
			margin[i] = -10
			if !inner(units, i) {
				before, twice = other, before
			}
			continue
		}
		at.of(units, i, before, twice)
		var sum [classes]int32
		for _, f := range at[:featureCount] {
			w := &n.weights[f&featureMask]
			sum[0] += int32(w[0])
			sum[1] += int32(w[1])
			sum[2] += int32(w[2])
			sum[3] += int32(w[3])
		}
		var score [classes]float32
		for c := range score {
			score[c] = float32(sum[c]) * n.unit
		}
		score[person] += n.bias
		best := uint8(other)
		for c := uint8(1); c < classes; c++ {
			if score[c] > score[best] {
				best = c
			}
		}
		class[i] = best
		if best == other || best == person {
			margin[i] = score[person] - max(score[other], score[organisation], score[location])
		} else {
			margin[i] = score[best] - score[other]
		}
		before, twice = best, before
	}
	return class, margin
}

// inner reports whether the mark at i may stand inside a name: a hyphen between words, a full stop after an initial.
func inner(units []unit, i int) bool {
	if i == 0 || i+1 == len(units) || units[i+1].lines > 0 || units[i].lines > 0 {
		return false
	}
	switch units[i].hash {
	case markHyphen:
		return !units[i].spaced && !units[i+1].spaced
	case markStop:
		return !units[i].spaced && units[i-1].shape == shapeLetter
	}
	return false
}

var (
	markHyphen = hash32("-")
	markStop   = hash32(".")
	markComma  = hash32(",")
	markColon  = hash32(":")
)
