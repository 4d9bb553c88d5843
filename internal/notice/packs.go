package notice

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed packs
var packs embed.FS

// DefaultPack is the fictional landlord that demo and init begin from.
const DefaultPack = "larkfield"

// Packs holds the notices that come with Tenet, each in a folder of its name.
func Packs() fs.FS {
	sub, err := fs.Sub(packs, "packs")
	if err != nil {
		panic(fmt.Sprintf("embedded packs: %v", err)) // the embed directive above would not have compiled
	}
	return sub
}

// Pack is the folder of one pack.
func Pack(name string) (fs.FS, error) {
	entries, err := fs.ReadDir(Packs(), ".")
	if err != nil {
		return nil, fmt.Errorf("list packs: %w", err)
	}
	var known []string
	for _, e := range entries {
		if e.Name() == name {
			return fs.Sub(Packs(), name)
		}
		known = append(known, e.Name())
	}
	return nil, fmt.Errorf("there is no pack called %s; %s", quote(name), didYouMean(name, known))
}
