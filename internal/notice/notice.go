package notice

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Notice is a folder that has been read and found whole: every reference in it
// leads somewhere. It is not changed after Load, and may be shared.
type Notice struct {
	Landlord Landlord
	Data     Data
	Uses     Uses
	Sharing  Sharing
	Keeping  Keeping
	Rights   Rights
	Web      Web
	Records  Records
	Words    Words
	// Translations are the words in languages other than that they were written in.
	Translations map[Language]Words
	Promises     map[ID][]PromiseCheck // by the id of the sentence

	version string
}

// The files of the folder, in the order of its reading.
const (
	landlordFile = "landlord.yaml"
	dataFile     = "data.yaml"
	usesFile     = "uses.yaml"
	sharingFile  = "sharing.yaml"
	keepingFile  = "keeping.yaml"
	rightsFile   = "rights.yaml"
	webFile      = "web.yaml"
	recordsFile  = "records.yaml"
	wordsFile    = "notice.md"
	promisesFile = "promises.yaml"
)

// Files names the files of a folder, in order. All of them are required; [FilesOf] has
// those beside them that a folder may have.
func Files() []string {
	return []string{landlordFile, dataFile, usesFile, sharingFile, keepingFile, rightsFile, webFile, recordsFile, wordsFile, promisesFile}
}

// parts pairs each YAML file with where it is read to.
func (n *Notice) parts() []part {
	return []part{
		{landlordFile, &n.Landlord, spec{}},
		{dataFile, &n.Data, spec{}},
		{usesFile, &n.Uses, spec{}},
		{sharingFile, &n.Sharing, spec{}},
		{keepingFile, &n.Keeping, spec{}},
		{rightsFile, &n.Rights, spec{}},
		{webFile, &n.Web, spec{}},
		{recordsFile, &n.Records, spec{}},
		{promisesFile, &n.Promises, spec{ref: "sentence"}},
	}
}

type part struct {
	file string
	into any
	spec spec
}

// Load reads a notice from a folder. If anything in it is missing, unknown,
// ambiguous or leads nowhere, the error is an *Invalid that lists every such
// problem with its place and its mend; an error of any other type means that
// the folder itself could not be read.
func Load(fsys fs.FS) (*Notice, error) {
	n := &Notice{}
	ps, refs := &problems{}, newReferences()
	if err := strayFiles(fsys, ps); err != nil {
		return nil, fmt.Errorf("read notice folder: %w", err)
	}
	files, err := FilesOf(fsys)
	if err != nil {
		return nil, fmt.Errorf("read notice folder: %w", err)
	}
	contents := make(map[string][]byte)
	for _, file := range files {
		src, err := readFile(fsys, file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			ps.add(Pos{File: file}, "", "the file is missing", "add it; tenet init writes a whole folder to begin from")
		case err != nil:
			return nil, fmt.Errorf("read %s of the notice: %w", file, err)
		default:
			contents[file] = src
		}
	}
	if src, ok := contents[wordsFile]; ok {
		n.Words = parseWords(wordsFile, src, ps, refs)
	} else {
		refs.spoilt["sentence"] = true
	}
	patterns := make(map[string]*regexp.Regexp)
	for _, p := range n.parts() {
		into := reflect.ValueOf(p.into).Elem()
		src, ok := contents[p.file]
		if !ok {
			refs.spoil(into.Type(), p.spec)
			continue
		}
		body, problem := parseYAML(p.file, src)
		if problem != nil {
			ps.add(problem.Pos, problem.Field, problem.What, problem.Mend)
			refs.spoil(into.Type(), p.spec)
			continue
		}
		b := &binder{file: p.file, problems: ps, references: refs, patterns: patterns}
		b.value(body, into, p.spec, "")
	}
	n.check(ps)
	n.translate(files, contents, ps)
	refs.resolve(ps)
	if err := ps.err(); err != nil {
		return nil, err
	}
	n.version = version(files, contents)
	return n, nil
}

// check holds fields against each other, in the files that were read without a
// problem: of the others it would say what is not so.
func (n *Notice) check(ps *problems) {
	checks := map[string]func(*problems){
		landlordFile: n.Landlord.check,
		dataFile:     n.Data.check,
		usesFile:     n.Uses.check,
		sharingFile:  n.Sharing.check,
		keepingFile:  n.Keeping.check,
		rightsFile:   n.Rights.check,
		recordsFile:  n.Records.check,
	}
	for _, p := range ps.list {
		delete(checks, p.File)
	}
	for _, file := range Files() {
		if check := checks[file]; check != nil {
			check(ps)
		}
	}
}

// strayFiles reports YAML files that are no part of a notice: a misspelt name
// would otherwise be passed over in silence.
func strayFiles(fsys fs.FS, ps *problems) error {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		yaml := strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
		if yaml && !slices.Contains(Files(), name) {
			ps.add(Pos{File: name}, "", "is not a file of a notice", didYouMean(name, Files())+"; move anything else out of the folder")
		}
	}
	return nil
}

// readFile reads no more than is needed to know that a file is too large. What is no file is
// not opened: a pipe would be waited for until somebody writes into it.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	if at, err := fs.Stat(fsys, name); err != nil {
		return nil, err
	} else if !at.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}
