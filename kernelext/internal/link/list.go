package link

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// listedPackage is a package as go list finds and compiles it.
type listedPackage struct {
	Path, Name, Export string
	Own                bool
}

// goList runs go list in a folder and returns its lines.
func goList(ctx context.Context, o Options, dir, workspace string, args ...string) ([]string, error) {
	cmd := o.GoTool(ctx, dir, append([]string{"list"}, args...)...)
	cmd.Env = append(cmd.Env, "GOFLAGS=-buildvcs=false", "GOWORK="+workspace)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New(cmp.Or(strings.TrimSpace(said.String()), err.Error()))
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), nil
}

// list compiles packages and all that they import for a shared library. It returns them so that each comes after those that
// it imports.
func list(ctx context.Context, o Options, dir, workspace string, patterns ...string) (all []listedPackage, err error) {
	const format = "{{if .Export}}{{.ImportPath}}\t{{.Name}}\t{{.Export}}\t{{with .Module}}{{.Main}}{{end}}{{end}}"
	args := []string{"-export", "-deps", "-f", format}
	if !o.Alone {
		args = append(args, "-buildmode=plugin", "-gcflags=all=-linkshared")
	}
	lines, err := goList(ctx, o, dir, workspace, append(args, patterns...)...)
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		f := strings.Split(line, "\t")
		if len(f) >= 3 && f[0] != "unsafe" {
			all = append(all, listedPackage{f[0], f[1], f[2], len(f) == 4 && f[3] == "true"})
		}
	}
	return all, nil
}

// roots returns the packages that cells may import of those that the patterns match, and those of the resident
// program.
func roots(ctx context.Context, o Options) ([]string, error) {
	lines, err := goList(ctx, o, o.Module, "off", append([]string{"-f", "{{.Name}} {{.ImportPath}}"}, o.Roots...)...)
	if err != nil {
		return nil, err
	}
	paths := []string{"std", o.Runtime, o.Loader}
	for _, line := range lines {
		name, path, _ := strings.Cut(line, " ")
		if importable(path, Package{Name: name}) {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// noSources are the extensions of files that notebooks write and packages do not read.
var noSources = []string{".ipynb", ".png", ".jpg", ".gif", ".md"}

// fingerprint tells apart the states of the module's files, of the settings of the Go tools and of Options.
func fingerprint(ctx context.Context, o Options) (string, error) {
	sum := sha256.New()
	env, err := o.GoTool(ctx, o.Module, "env", "GOVERSION", "GOROOT", "CC", "CGO_CFLAGS", "CGO_LDFLAGS").Output()
	if err != nil {
		return "", err
	}
	fmt.Fprintf(sum, "%s%+v\n", env, o)
	err = filepath.WalkDir(o.Module, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != o.Module && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata"):
			return fs.SkipDir
		case entry.IsDir() || strings.HasSuffix(name, "_test.go") || slices.Contains(noSources, filepath.Ext(name)):
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(sum, path, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	return fmt.Sprintf("%x", sum.Sum(nil)[:8]), err
}
