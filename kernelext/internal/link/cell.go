package link

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Linker makes the cells of one session into libraries.
type Linker struct {
	Get bool // packages that the work folder's module lacks may be downloaded

	base   *Base
	folder string             // for the cells' files
	work   string             // the folder in which go list finds packages outside the base
	extra  map[string]Package // those, by import path
	order  map[string][]string
	loaded map[string]bool // the packages outside the base that are in the program
}

// Cell is a cell as one Go file of package cell.
type Cell struct {
	Name    string // of its files, such as Run_7
	Source  string
	Imports []string // import paths
}

// Library is a cell that can be opened.
type Library struct {
	Path     string
	Packages []string // those outside the base that came with it, to be initialised in this order
}

// NewLinker returns a linker that keeps its files in a folder. Packages outside the base are looked for in the folder work.
func NewLinker(b *Base, folder, work string) (*Linker, error) {
	return &Linker{base: b, folder: folder, work: work, extra: map[string]Package{}, order: map[string][]string{}, loaded: map[string]bool{}}, os.MkdirAll(folder, 0o755)
}

// Forget is called when the program has ended: the next one has none of the packages outside the base.
func (l *Linker) Forget() { clear(l.loaded) }

// Find returns a package, which it compiles if it is not in the base.
func (l *Linker) Find(ctx context.Context, path string) (Package, error) {
	if path == "unsafe" { // it has no file
		return Package{Name: path}, nil
	}
	if p, ok := l.base.Packages[path]; ok {
		return p, nil
	}
	if _, ok := l.order[path]; !ok {
		listed, err := list(ctx, l.base.options, l.work, "auto", path)
		if err != nil && l.Get && strings.Contains(err.Error(), "no required module provides package") {
			if err := l.get(ctx, path); err != nil {
				return Package{}, err
			}
			listed, err = list(ctx, l.base.options, l.work, "auto", path)
		}
		if err != nil {
			return Package{}, err
		}
		var order []string
		for _, p := range listed {
			if _, ok := l.base.Packages[p.Path]; !ok {
				l.extra[p.Path] = Package{p.Name, p.Export, false}
				order = append(order, p.Path)
			}
		}
		l.order[path] = order
	}
	return l.extra[path], nil
}

// get downloads the module of a package.
func (l *Linker) get(ctx context.Context, path string) error {
	get := l.base.options.GoTool(ctx, l.work, "get", path)
	get.Env = append(get.Env, "GOWORK=auto")
	said, err := get.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(said)), "\n"), func(line string) bool { return strings.HasPrefix(line, "go: downloading ") })
	return errors.New(strings.Join(lines, "\n"))
}

// Export returns the file with a package's export data.
func (l *Linker) Export(path string) (file string, ok bool) {
	if p, ok := l.base.Packages[path]; ok {
		return p.Export, true
	}
	p, ok := l.extra[path]
	return p.Export, ok
}

// compileFlags are those of Go's compiler for code that is linked against the base.
var compileFlags = []string{"-lang=" + GoVersion, "-complete", "-installsuffix", "dynlink", "-dynlink", "-linkshared"}

// Build compiles and links a cell.
func (l *Linker) Build(ctx context.Context, c Cell) (Library, error) {
	made := Library{Path: l.file(c, ".so")}
	if err := os.WriteFile(l.file(c, ".go"), []byte(c.Source), 0o644); err != nil {
		return made, err
	}
	defer func() {
		for _, extension := range []string{".go", ".a", ".cfg", ".stub"} {
			os.RemoveAll(l.file(c, extension))
		}
	}()
	config, err := l.importConfig(l.file(c, ".cfg"))
	if err != nil {
		return made, err
	}
	args := slices.Concat(compileFlags, []string{"-o", l.file(c, ".a"), "-p", "cell", "-importcfg", config, "-pack", l.file(c, ".go")})
	if err := run(ctx, l.folder, l.base.compiler, args...); err != nil {
		return made, err
	}
	objects, err := l.prepareLink(c, &made)
	if err != nil {
		return made, err
	}
	args = append([]string{"-o", made.Path, "-importcfg", l.file(c, ".cfg"), "-installsuffix", "dynlink", "-buildmode=shared", "-linkshared",
		"-linkmode=external", "-extld=" + l.base.externalLinker(), "-w"}, objects...)
	if err = run(ctx, l.folder, l.base.linker, args...); err != nil {
		for _, path := range made.Packages {
			delete(l.loaded, path)
		}
	}
	return made, err
}

// file returns the path of one of a cell's files.
func (l *Linker) file(c Cell, extension string) string {
	return filepath.Join(l.folder, c.Name+extension)
}

// prepareLink writes the stub that a compiled cell is linked against, and the file that tells the linker where packages are. It
// returns the objects to link: the cell, and the packages outside the base that it needs.
func (l *Linker) prepareLink(c Cell, made *Library) (objects []string, err error) {
	objects = []string{"cell=" + l.file(c, ".a")}
	for _, path := range l.needed(c.Imports) {
		objects = append(objects, path+"="+l.extra[path].Export)
		if !l.loaded[path] {
			l.loaded[path] = true
			made.Packages = append(made.Packages, path)
		}
	}
	var names []string
	var lines strings.Builder
	for _, object := range objects {
		_, file, _ := strings.Cut(object, "=")
		code, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		names = append(names, references(code)...)
		fmt.Fprintf(&lines, "packagefile %s\n", object)
	}
	stub := filepath.Join(l.file(c, ".stub"), library) // its name is part of the names of symbols
	for _, path := range l.base.paths() {
		fmt.Fprintf(&lines, "packageshlib %s=%s\n", path, stub)
	}
	if err := os.Mkdir(filepath.Dir(stub), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(stub, l.base.index.stub(names), 0o644); err != nil {
		return nil, err
	}
	return objects, os.WriteFile(l.file(c, ".cfg"), []byte(lines.String()), 0o644)
}

// needed returns the packages outside the base that a cell needs, in the order of their initialisation.
func (l *Linker) needed(imports []string) (paths []string) {
	for _, path := range imports {
		for _, p := range l.order[path] {
			if !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
		}
	}
	return paths
}

// importConfig returns the file that tells the compiler where packages are.
func (l *Linker) importConfig(path string) (string, error) {
	if len(l.extra) == 0 {
		return l.base.importConfig(), nil
	}
	config, err := os.ReadFile(l.base.importConfig())
	if err != nil {
		return "", err
	}
	for p, e := range l.extra {
		config = fmt.Appendf(config, "packagefile %s=%s\n", p, e.Export)
	}
	return path, os.WriteFile(path, config, 0o644)
}

// externalLinker is the program that Go's linker calls for a cell in place of the C compiler: it passes the object files on
// to the system's linker, without the libraries, which are in the program already.
func (b *Base) externalLinker() string { return filepath.Join(b.dir, "ld.sh") }

const externalLinker = `#!/bin/sh
out= objects=
while [ $# -gt 0 ]; do
	case $1 in
	-o) out=$2; shift ;;
	*.o) objects="$objects $1" ;;
	esac
	shift
done
exec ld -shared -S -z relro -z now -z nocopyreloc --export-dynamic -o "$out" $objects
`
