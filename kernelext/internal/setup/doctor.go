package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"stylenet/stylelib/programcache"
)

// Finding is the state of one part.
type Finding struct {
	Name     string
	Found    string // the version or place
	Err      error  // what is wrong; nil: nothing
	Mend     string // the command that helps
	Optional bool   // whether notebooks run without it
}

// Examine checks every part of the set-up and changes nothing.
func (s *Setup) Examine(ctx context.Context) []Finding {
	findings := []Finding{
		s.examineGo(ctx),
		s.examineCompiler(ctx),
		version(ctx, "Python", onSystem(mendPython), "python3", "--version"),
	}
	for _, p := range s.runParts() {
		if p.about != "" {
			findings = append(findings, examinePart(ctx, p))
		}
	}
	for _, p := range s.labParts() {
		f := examinePart(ctx, p)
		f.Optional = true
		f.Mend = againLab
		findings = append(findings, f)
	}
	return append(findings, s.examineCells(ctx), s.examineBackend(ctx), s.examinePrograms(), s.examineDisk())
}

func (s *Setup) examineGo(ctx context.Context) Finding {
	out, err := tool{dir: s.Module}.run(ctx, "go", "version")
	return Finding{Name: "Go", Found: strings.TrimPrefix(strings.TrimSpace(string(out)), "go version "), Err: err,
		Mend: onSystem(mendGo)}
}

// version asks a program for its version, the first line that it prints.
func version(ctx context.Context, name, mend string, args ...string) Finding {
	out, err := tool{}.run(ctx, args...)
	first, _, _ := strings.Cut(string(out), "\n")
	return Finding{Name: name, Found: first, Err: err, Mend: mend}
}

func (s *Setup) examineCompiler(ctx context.Context) Finding {
	p := s.compiler()
	cc, err := findCompiler(ctx)
	if err != nil {
		return Finding{Name: p.name, Err: err, Mend: p.mend}
	}
	return version(ctx, p.name, p.mend, cc, "--version")
}

var errMissing = errors.New("missing or out of date")

func examinePart(ctx context.Context, p part) Finding {
	f := Finding{Name: p.name, Found: p.about, Mend: again}
	if !p.ready(ctx) {
		f.Err = errMissing
	}
	return f
}

// examineBackend loads the plugin and computes with it.
func (s *Setup) examineBackend(ctx context.Context) Finding {
	if _, err := os.Stat(s.bin("probe")); err != nil {
		return Finding{Name: "backend", Err: errMissing, Mend: again}
	}
	f := Finding{Name: "backend", Mend: s.loadTest().mend}
	said, err := s.probe(ctx)
	var tool *toolError
	if errors.As(err, &tool) && strings.TrimSpace(tool.output) != "" {
		err = errors.New(strings.TrimSpace(tool.output))
	}
	f.Err = err
	f.Found = strings.ReplaceAll(said, filepath.Join(s.Home, "plugin")+"/", "") + ", its convolution is right"
	if hasGPU() && !strings.HasPrefix(backend(), "xla:cuda") {
		f.Found += "; GOMLX_BACKEND=xla:cuda chooses the NVIDIA GPU"
	}
	return f
}

// examinePrograms says how much XLA has compiled that later processes load.
func (s *Setup) examinePrograms() Finding {
	folder := programcache.Folder(s.Home)
	f := Finding{Name: "compiled", Mend: "rm -rf '" + folder + "'", Optional: true}
	if programcache.Off() {
		f.Found = "nothing is kept, as STYLENET_PROGRAMS=off asks"
		return f
	}
	var use programcache.Use
	use, f.Err = programcache.UseOf(folder)
	f.Found = fmt.Sprintf("%d programs, %s of at most %s", use.Programs, Bytes(use.Bytes), Bytes(programcache.Limit))
	return f
}

// diskWanted is what a set-up from nothing needs, JupyterLab and Go's build cache included.
const diskWanted = 3 << 30

func (s *Setup) examineDisk() Finding {
	f := Finding{Name: "disk", Mend: "go clean -cache"}
	dir := s.Home
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			break
		}
	}
	var stat syscall.Statfs_t
	if f.Err = syscall.Statfs(dir, &stat); f.Err != nil {
		return f
	}
	free := int64(stat.Bavail) * int64(stat.Bsize)
	f.Found = Bytes(free) + " free for " + s.Home
	if free < diskWanted {
		f.Err = errors.New("only " + f.Found + ", want " + Bytes(diskWanted))
	}
	return f
}
