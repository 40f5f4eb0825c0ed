// Package setup installs what notebooks need: the Go kernel for Jupyter, the XLA plugin, sample photographs and a warm
// build cache. Everything lies in one folder outside the clone. Set-up checks each part first, and makes only those that
// are missing or out of date, so that a second set-up takes a moment.
//
// setup.go runs the parts: tools.go and gonb.go (the Go tools and the kernel, with patch.go), python.go (venv, JupyterLab,
// wheels), browser.go (Playwright and Chromium), plugin.go (XLA), samples.go, cells.go (what cells run in),
// kernelspec.go and warm.go. doctor.go checks
// them, clean.go removes them. lab.go starts JupyterLab, command.go runs programs; tunables.go and xlaflags.go set the
// environment of XLA, goenv.go that of the Go tools.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Setup says where set-up works.
type Setup struct {
	Home   string    // StyleNet's own folder; made where it is missing
	Module string    // the folder of the module stylenet, whose packages a cell imports
	Out    io.Writer // where the progress lines go
}

// part is one thing that set-up makes.
type part struct {
	name  string                          // in the progress line
	about string                          // its version or place
	ready func(ctx context.Context) bool  // whether it exists and is up to date; fast
	make  func(ctx context.Context) error // makes it, and replaces an old one
	hint  string                          // shown while it is being made; may be empty
	mend  string                          // the command that helps if make fails
}

// again and againLab are the commands for failures where a second try helps, such as a broken download.
const (
	again    = "go run ./kernelext/stylenet setup"
	againLab = "go run ./kernelext/stylenet lab"
)

// The commands that install programs of the system, by operating system.
var (
	mendGo       = map[string]string{"linux": "sudo snap install go --classic", "darwin": "brew install go"}
	mendCompiler = map[string]string{"linux": "sudo apt install gcc libc6-dev", "darwin": "xcode-select --install"}
	mendPython   = map[string]string{"linux": "sudo apt install python3 python3-venv", "darwin": "xcode-select --install"}
)

// onSystem returns the command for this operating system.
func onSystem(commands map[string]string) string { return commands[runtime.GOOS] }

// Run installs what running a notebook without a browser needs. It also removes the folders of killed kernels.
func (s *Setup) Run(ctx context.Context) error {
	dead, err := deadKernels(os.TempDir())
	if err != nil {
		return err
	}
	for _, kernel := range dead {
		if err := kernel.Remove(); err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "removed what a killed kernel left: %s\n", kernel.Path)
	}
	err = s.do(ctx, s.runParts())
	if err == nil && hasGPU() && !strings.HasPrefix(backend(), "xla:cuda") {
		fmt.Fprintln(s.Out, "There is an NVIDIA GPU: put GOMLX_BACKEND=xla:cuda before the command to use it.")
	}
	return err
}

// RunLab installs what Run does, and JupyterLab.
func (s *Setup) RunLab(ctx context.Context) error {
	if err := s.Run(ctx); err != nil {
		return err
	}
	return s.do(ctx, s.labParts())
}

// RunBrowser installs what tests in a browser need, except the browser; Chromium finds that.
func (s *Setup) RunBrowser(ctx context.Context) error {
	if err := s.RunLab(ctx); err != nil {
		return err
	}
	return s.do(ctx, []part{s.playwright()})
}

func (s *Setup) runParts() []part {
	return []part{s.compiler(), s.gonb(), s.goimports(), s.venv(), s.plugin(), s.samples(), s.cells(), s.kernelspec(),
		s.warmBuild(), s.loadTest(), s.firstPrograms()}
}

func (s *Setup) labParts() []part {
	return []part{s.gopls(), s.jupyterLab()}
}

// do makes the parts that are not ready, one after the other, and prints a line for each.
func (s *Setup) do(ctx context.Context, parts []part) error {
	if err := os.MkdirAll(s.Home, 0o755); err != nil {
		return err
	}
	lock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	for _, p := range parts {
		if err := s.doOne(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (s *Setup) doOne(ctx context.Context, p part) error {
	fmt.Fprintf(s.Out, "%s %s ", p.name, strings.Repeat(".", 18-len(p.name)))
	start := time.Now()
	if p.ready(ctx) {
		fmt.Fprintf(s.Out, "%.1f s, ready\n", time.Since(start).Seconds())
		return nil
	}
	if p.hint != "" {
		fmt.Fprintf(s.Out, "(%s) ", p.hint)
	}
	err := p.make(ctx)
	switch seconds := time.Since(start).Seconds(); {
	case err == nil:
		fmt.Fprintf(s.Out, "%.1f s\n", seconds)
		return nil
	case ctx.Err() != nil:
		fmt.Fprintln(s.Out, "interrupted")
		return ctx.Err()
	default:
		fmt.Fprintf(s.Out, "failed after %.1f s\n", seconds)
		return &partError{Part: p.name, Mend: p.mend, Err: err}
	}
}

// lock keeps two set-ups from working in one folder at the same time: the second waits for the first.
func (s *Setup) lock(ctx context.Context) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(s.Home, "setup.lock"), flock.SetPermissions(0o644))
	locked, err := lock.TryLock()
	if err == nil && !locked {
		fmt.Fprintf(s.Out, "another set-up is at work in %s: waiting for it\n", s.Home)
		_, err = lock.TryLockContext(ctx, 200*time.Millisecond)
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("lock %s: %w", lock.Path(), err)
	}
	return lock, err
}

// partError says which part of the set-up failed, why, and which command helps.
type partError struct {
	Part string
	Mend string
	Err  error
}

// Error returns what failed, the command that helps, and the last lines of the failing tool's output.
func (e *partError) Error() string {
	var said string
	var tool *toolError
	if errors.As(e.Err, &tool) && len(tool.output) > 0 {
		said = fmt.Sprintf("\n%s said:\n%s", filepath.Base(tool.args[0]), lastLines(tool.output, 15))
	}
	return fmt.Sprintf("set-up of %s failed: %v\nto mend it: %s%s", e.Part, e.Err, e.Mend, said)
}

// Unwrap returns the cause.
func (e *partError) Unwrap() error { return e.Err }
