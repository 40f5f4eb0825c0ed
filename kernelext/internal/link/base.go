// Package link makes a small shared library of each cell, which the resident program opens. Linking a cell with all that it
// uses would take most of a second. So all packages that cells may import are linked once, as one shared library, the base;
// a cell is then linked against a stub: a library of a few kilobytes that has only those symbols of the base which the cell
// refers to, and opened in a program that has the base itself.
//
// The package stands on internals of one version of Go: the flags of its linker, the names of symbols, the format of object
// files and the layout of types. Check asks for that version, and a self-test has the last word.
//
// base.go makes the base and the resident program, list.go finds the packages, stub.go writes stubs, index.go reads the
// base's symbols, cell.go compiles and links a cell. Set-up also builds the package into the kernel, so it uses the standard
// library only.
package link

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// GoVersion is the version of Go, without its last number, whose internals this package knows.
const GoVersion = "go1.26"

// Options say what a base holds and where it is kept.
type Options struct {
	Module  string   // the folder of the module whose packages, with all that they import, cells may use
	Roots   []string // patterns of packages, as go list takes them
	Runtime string   // the import path of the package that cells call; its function Serve is the resident program
	Loader  string   // the import path of the package whose function Open opens a cell for Serve
	Cache   string   // the folder in which bases are kept
	Env     []string // environment variables for the Go tools, beside our own
	Alone   bool     // each cell becomes a program of its own: the packages are compiled, and not linked
}

// Base is all packages that cells may import, as one shared library, and the resident program that has it.
type Base struct {
	dir      string
	options  Options
	Packages map[string]Package // by import path
	index    *index
	compiler string
	linker   string
}

// Package is a package that is compiled for a base.
type Package struct {
	Name   string
	Export string // the file with its export data and its code
	Own    bool   // it is of the module, not of one that this imports
}

// Check returns why cells cannot be linked on this machine; nil: they can.
func Check(ctx context.Context, o Options) error {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return fmt.Errorf("living values need linux/amd64, this is %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	out, err := o.GoTool(ctx, o.Module, "env", "GOVERSION").Output()
	if err != nil {
		return err
	}
	if version := strings.TrimSpace(string(out)); version != GoVersion && !strings.HasPrefix(version, GoVersion+".") {
		return fmt.Errorf("living values need %s, this is %s", GoVersion, version)
	}
	return nil
}

// Open returns the base, which it makes where there is none of these packages yet: a minute or two the first time, some
// seconds after an edit of the module.
func Open(ctx context.Context, o Options) (*Base, error) {
	if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(o.Cache, "lock"), syscall.LOCK_EX) // one process makes a base at a time
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	sources, err := fingerprint(ctx, o)
	if err != nil {
		return nil, err
	}
	note := filepath.Join(o.Cache, "made-"+sources)
	if dir, err := os.ReadFile(note); err == nil {
		if b, err := read(string(dir), o); err == nil {
			return b, nil
		}
	}
	b, err := makeBase(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(note, []byte(b.dir), 0o644); err != nil {
		return nil, err
	}
	defer dropOld(o.Cache)
	return read(b.dir, o)
}

// Made tells whether the base that Open returns is made.
func Made(ctx context.Context, o Options) bool {
	sources, err := fingerprint(ctx, o)
	if err != nil {
		return false
	}
	dir, err := os.ReadFile(filepath.Join(o.Cache, "made-"+sources))
	if err != nil {
		return false
	}
	_, err = read(string(dir), o)
	return err == nil
}

// Program returns the resident program, and the environment variables that it needs.
func (b *Base) Program() (path string, env []string) {
	return filepath.Join(b.dir, "host"), []string{"LD_LIBRARY_PATH=" + strings.Trim(b.dir+":"+os.Getenv("LD_LIBRARY_PATH"), ":")}
}

const library = "libdeps.so"

// read opens a base that is made.
func read(dir string, o Options) (*Base, error) {
	b := &Base{dir: dir, options: o}
	data, err := os.ReadFile(filepath.Join(dir, "packages.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &b.Packages); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "host")); err != nil && !o.Alone {
		return nil, err
	}
	held, err := lockFile(filepath.Join(dir, "used"), syscall.LOCK_SH) // as long as this process lives
	if err != nil {
		return nil, err
	}
	runtime.SetFinalizer(b, func(*Base) { held.Close() })
	os.Chtimes(held.Name(), time.Time{}, time.Now())
	if b.compiler, b.linker, err = o.tools(); err != nil {
		return nil, err
	}
	if !o.Alone {
		b.index, err = readIndex(filepath.Join(dir, library))
	}
	return b, err
}

// GoTool returns a command of the Go tools in a folder.
func (o Options) GoTool(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), o.Env...)
	return cmd
}

// tools returns the paths of Go's compiler and linker.
func (o Options) tools() (compiler, linker string, err error) {
	out, err := o.GoTool(context.Background(), o.Module, "env", "GOTOOLDIR").Output()
	dir := strings.TrimSpace(string(out))
	return filepath.Join(dir, "compile"), filepath.Join(dir, "link"), err
}

// makeBase compiles the packages and links them.
func makeBase(ctx context.Context, o Options) (*Base, error) {
	b := &Base{options: o}
	var err error
	if b.compiler, b.linker, err = o.tools(); err != nil {
		return nil, err
	}
	paths, err := roots(ctx, o)
	if err != nil {
		return nil, err
	}
	listed, err := list(ctx, o, o.Module, "off", paths...)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	for _, p := range listed {
		fmt.Fprintln(sum, p.Path, p.Export)
	}
	b.dir = filepath.Join(o.Cache, fmt.Sprintf("base-%x", sum.Sum(nil)[:8]))
	if _, err := read(b.dir, o); err == nil {
		return b, nil
	}
	if err := b.keepExports(listed); err != nil {
		return nil, err
	}
	if !o.Alone {
		if err := b.linkBase(ctx); err != nil {
			return nil, err
		}
	}
	data, err := json.Marshal(b.Packages)
	if err != nil {
		return nil, err
	}
	return b, os.WriteFile(filepath.Join(b.dir, "packages.json"), data, 0o644)
}

// keepExports keeps the compiled packages in the base's folder: Go's build cache drops files that are not used for days.
func (b *Base) keepExports(listed []listedPackage) error {
	b.Packages = map[string]Package{}
	folder := filepath.Join(b.dir, "packages")
	if err := os.RemoveAll(b.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for n, p := range listed {
		kept := filepath.Join(folder, fmt.Sprintf("%d.a", n))
		if err := os.Link(p.Export, kept); err != nil {
			data, err := os.ReadFile(p.Export)
			if err != nil {
				return err
			}
			if err := os.WriteFile(kept, data, 0o644); err != nil {
				return err
			}
		}
		b.Packages[p.Path] = Package{p.Name, kept, p.Own}
	}
	return nil
}

// linkFlags are those of Go's linker for the base and for the resident program.
var linkFlags = []string{"-installsuffix", "dynlink", "-linkmode=external", "-extld=gcc", "-w", "-checklinkname=0"}

// linkBase links the library and the resident program.
func (b *Base) linkBase(ctx context.Context) error {
	var files, shared strings.Builder
	var objects []string
	for _, path := range b.paths() {
		line := path + "=" + b.Packages[path].Export
		objects = append(objects, line)
		fmt.Fprintf(&files, "packagefile %s\n", line)
		fmt.Fprintf(&shared, "packageshlib %s=%s\n", path, filepath.Join(b.dir, library))
	}
	if err := os.WriteFile(b.importConfig(), []byte(files.String()), 0o644); err != nil {
		return err
	}
	args := slices.Concat(linkFlags, []string{"-buildmode=shared", "-o", library, "-importcfg", b.importConfig()}, objects)
	if err := run(ctx, b.dir, b.linker, args...); err != nil {
		return err
	}
	source := fmt.Sprintf("package main\n\nimport (\n\tcells %q\n\tloader %q\n)\n\nfunc main() { cells.Serve(loader.Open) }\n", b.options.Runtime, b.options.Loader)
	if err := os.WriteFile(filepath.Join(b.dir, "host.go"), []byte(source), 0o644); err != nil {
		return err
	}
	if err := run(ctx, b.dir, b.compiler, slices.Concat(compileFlags, []string{"-o", "host.a", "-p", "main", "-importcfg", b.importConfig(), "-pack", "host.go"})...); err != nil {
		return err
	}
	if err := os.WriteFile(b.externalLinker(), []byte(externalLinker), 0o755); err != nil {
		return err
	}
	shared.WriteString("packagefile main=host.a\n")
	if err := os.WriteFile(filepath.Join(b.dir, "host.cfg"), []byte(shared.String()), 0o644); err != nil {
		return err
	}
	return run(ctx, b.dir, b.linker, slices.Concat(linkFlags, []string{"-buildmode=exe", "-linkshared", "-o", "host", "-importcfg", "host.cfg", "host.a"})...)
}

// importConfig is the file that tells the compiler where the packages are.
func (b *Base) importConfig() string { return filepath.Join(b.dir, "packages.cfg") }

// paths returns the import paths in order.
func (b *Base) paths() (paths []string) {
	for path := range b.Packages {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// keptBases is how many bases are kept, those that were used last: an edit of the module makes another one.
const keptBases = 4

// dropOld removes the bases that were used longest ago and that nobody uses now, and the notes about what is gone.
func dropOld(cache string) {
	bases, _ := filepath.Glob(filepath.Join(cache, "base-*"))
	used := func(base string) time.Time {
		info, err := os.Stat(filepath.Join(base, "used"))
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(bases, func(a, b string) int { return used(b).Compare(used(a)) })
	for _, base := range bases[min(keptBases, len(bases)):] {
		if lock, err := lockFile(filepath.Join(base, "used"), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			os.RemoveAll(base)
			lock.Close()
		}
	}
	notes, _ := filepath.Glob(filepath.Join(cache, "made-*"))
	for _, note := range notes {
		base, _ := os.ReadFile(note)
		if _, err := os.Stat(string(base)); err != nil {
			os.Remove(note)
		}
	}
}

// lockFile opens a file and locks it until it is closed.
func lockFile(path string, how int) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), how); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// run runs a program to its end. The error holds what it said.
func run(ctx context.Context, dir, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", filepath.Base(program), err), errors.New(strings.TrimSpace(string(out))))
	}
	return nil
}
