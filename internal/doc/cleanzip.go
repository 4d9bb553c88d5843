package doc

import (
	"fmt"
	"strings"
)

// zipCopy packs copies of what is in an archive. What cannot be copied is left out, and said.
func (k *cleaning) zipCopy(data []byte) (copied, error) {
	zr, err := k.zipDirectory(data)
	if err != nil {
		return copied{}, err
	}
	var files [][2]string
	used := map[string]bool{}
	for i, f := range zr.File {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue
		}
		where := fmt.Sprintf("file %d", i+1)
		b, err := k.member(f)
		if err != nil {
			if k.stopped(err) {
				return copied{}, err
			}
			k.drop(where, err.Error())
			continue
		}
		out, name, ok := k.inner(where, b, f.Name, "")
		if !ok {
			if err := k.spent(); err != nil {
				return copied{}, err
			}
			continue
		}
		if used[strings.ToLower(name)] { // folders are not kept: their names may be anybody's
			name = fmt.Sprintf("%d-%s", i+1, name)
		}
		used[strings.ToLower(name)] = true
		files = append(files, [2]string{name, string(out.data)})
		k.step(where)
	}
	out, err := newZip(files...)
	return copied{out, typeZip, ".zip"}, err
}
