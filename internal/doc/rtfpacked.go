package doc

import (
	"encoding/binary"
	"errors"
)

// rtfPrimer is what the window holds before the first byte of packed Rich Text (MS-OXRTFCP, 2.1.2.1).
const rtfPrimer = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` +
	"\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// unpackRTF undoes the packing of Rich Text in Outlook's messages (MS-OXRTFCP). A byte of it
// makes no more than nine.
func unpackRTF(in []byte) ([]byte, error) {
	const packed, plain = 0x75465A4C, 0x414C454D // LZFu, MELA
	if len(in) < 16 {
		return nil, errors.New("packed Rich Text that is cut off")
	}
	size := binary.LittleEndian.Uint32(in[4:])
	kind := binary.LittleEndian.Uint32(in[8:])
	body := in[16:]
	switch kind {
	case plain:
		return body[:min(len(body), int(size))], nil
	case packed:
	default:
		return nil, errors.New("the rich text is packed in a way that is not known")
	}
	var window [4096]byte
	at := copy(window[:], rtfPrimer)
	var out []byte
	put := func(c byte) {
		out = append(out, c)
		window[at] = c
		at = (at + 1) % len(window)
	}
	for len(body) > 0 {
		flags := body[0]
		body = body[1:]
		for bit := range 8 {
			if len(body) == 0 {
				return out, nil
			}
			if flags&(1<<bit) == 0 {
				put(body[0])
				body = body[1:]
				continue
			}
			if len(body) < 2 {
				return out, nil
			}
			ref := binary.BigEndian.Uint16(body)
			body = body[2:]
			from, n := int(ref>>4), int(ref&15)+2
			if from == at { // the end
				return out, nil
			}
			for range n {
				put(window[from])
				from = (from + 1) % len(window)
			}
		}
	}
	return out, nil
}
