package link

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

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
