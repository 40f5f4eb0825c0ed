package setup

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The versions of the Go tools that the kernel calls.
const (
	goimportsModule = "golang.org/x/tools@v0.46.0"
	goplsModule     = "golang.org/x/tools/gopls@v0.23.0"
)

// bin returns the path of one of our own tools.
func (s *Setup) bin(name string) string { return filepath.Join(s.Home, "bin", name) }

func (s *Setup) goimports() part {
	return s.goTool("goimports", "golang.org/x/tools/cmd/goimports", goimportsModule, again)
}

func (s *Setup) gopls() part {
	return s.goTool("gopls", "golang.org/x/tools/gopls", goplsModule, againLab)
}

// goTool is a program of the given package, built from one exact version of its module.
func (s *Setup) goTool(name, pkg, module, mend string) part {
	path, version, _ := strings.Cut(module, "@")
	return part{
		name:  name,
		about: module,
		ready: func(context.Context) bool {
			info, err := buildinfo.ReadFile(s.bin(name))
			return err == nil && info.Main.Path == path && info.Main.Version == version
		},
		make: func(ctx context.Context) error {
			_, err := tool{env: []string{"GOBIN=" + filepath.Join(s.Home, "bin")}}.run(ctx, "go", "install", pkg+"@"+version)
			return err
		},
		mend: mend,
	}
}

// compiler is the C compiler that cgo calls: go-xla loads the plugin through it.
func (s *Setup) compiler() part {
	find := func(ctx context.Context) error {
		_, err := findCompiler(ctx)
		return err
	}
	return part{
		name:  "C compiler",
		ready: func(ctx context.Context) bool { return find(ctx) == nil },
		make:  find,
		mend:  onSystem(mendCompiler),
	}
}

// findCompiler returns the program that cgo calls.
func findCompiler(ctx context.Context) (string, error) {
	out, err := tool{}.run(ctx, "go", "env", "CC")
	if err != nil {
		return "", err
	}
	cc := strings.Fields(string(out))
	if len(cc) == 0 {
		return "", errors.New("there is no C compiler: go env CC is empty")
	}
	if _, err := exec.LookPath(cc[0]); err != nil {
		return "", fmt.Errorf("there is no C compiler: go env CC names %s, which is not on the PATH", cc[0])
	}
	return cc[0], nil
}

// tool runs programs.
type tool struct {
	dir string   // the working directory; empty: ours
	env []string // added to our environment and goEnv
}

// run runs one program to its end and returns what it wrote to its standard output.
func (t tool) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := Command(ctx, args...)
	cmd.Dir = t.dir
	cmd.Env = slices.Concat(os.Environ(), Expand(goEnv()), t.env)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, &toolError{args: args, err: err, output: stdout.String() + stderr.String()}
	}
	return []byte(stdout.String()), nil
}

// toolError is a program that failed, with what it wrote.
type toolError struct {
	args   []string
	err    error
	output string
}

func (e *toolError) Error() string {
	line := strings.Join(append([]string{filepath.Base(e.args[0])}, e.args[1:]...), " ")
	return fmt.Sprintf("%s: %v", line, e.err)
}

func (e *toolError) Unwrap() error { return e.err }

// lastLines returns the last n lines of a text, each indented by two spaces.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return "  " + strings.Join(lines, "\n  ")
}
