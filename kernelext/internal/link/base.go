// Package link makes a small shared library of each cell, which the resident program opens. Linking a cell with all that it
// uses would take most of a second. So all packages that cells may import are linked once, as one shared library, the base;
// a cell is then linked against a stub: a library of a few kilobytes that has only those symbols of the base which the cell
// refers to, and opened in a program that has the base itself.
//
// The package stands on internals of one version of Go: the flags of its linker, the names of symbols, the format of object
// files and the layout of types. Check asks for that version, and a self-test has the last word.
//
// base.go opens a base, make.go makes one with its resident program, list.go finds the packages, stub.go writes stubs, index.go reads the
// base's symbols, cell.go compiles and links a cell. Set-up also builds the package into the kernel, so it uses the standard
// library only.
package link

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
