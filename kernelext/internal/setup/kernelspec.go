package setup

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/google/renameio/v2"

	"stylenet/kernelext/internal/engine"
)

// kernelName is the kernelspec's name, which a notebook's metadata gives.
const kernelName = "stylenet"

// Kernelspec says how Jupyter, or our own runner, starts the kernel.
type Kernelspec struct {
	Argv          []string          `json:"argv"` // {connection_file} stands for the connection file
	DisplayName   string            `json:"display_name"`
	Env           map[string]string `json:"env"` // ${NAME} stands for the value of NAME in the starter's environment
	InterruptMode string            `json:"interrupt_mode"`
	Language      string            `json:"language"`
}

// Kernelspec returns the kernelspec of this set-up.
func (s *Setup) Kernelspec(ctx context.Context) (Kernelspec, error) {
	env, err := s.cellEnv(ctx)
	if err != nil {
		return Kernelspec{}, err
	}
	env["GOWORK"] = "auto" // the kernel makes a workspace of the cell's program and the module
	env[engine.SettingsVar] = s.CellSettings().Variable()
	return Kernelspec{
		Argv: []string{s.bin("gonb"), "--kernel", "{connection_file}", "--go_work=" + s.Module,
			"--logtostderr=false", "--log_file=" + os.DevNull}, // errors go to the standard error all the same
		DisplayName:   "Go (StyleNet)",
		Env:           env,
		InterruptMode: "message",
		Language:      "go",
	}, nil
}

// cellEnv returns the environment variables in which a cell is built and run, beside those that are set anyway.
// The value of PATH begins with our own tools and ends with ${PATH}.
func (s *Setup) cellEnv(ctx context.Context) (map[string]string, error) {
	out, err := tool{dir: s.Module}.run(ctx, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	goBin := filepath.Join(strings.TrimSpace(string(out)), "bin")
	env := goEnv()
	maps.Copy(env, map[string]string{
		"GOMLX_BACKEND":            backend(),
		"GOMLX_NO_AUTO_INSTALL":    "1",
		"PATH":                     strings.Join([]string{filepath.Join(s.Home, "bin"), goBin, "${PATH}"}, ":"),
		"PJRT_PLUGIN_LIBRARY_PATH": s.pluginPath(),
		"STYLENET_HOME":            s.Home,
	})
	if tunables := Tunables(); tunables != "" {
		env[TunablesVar] = tunables
	}
	if flags := XLAFlags(); flags != "" {
		env[XLAFlagsVar] = flags
	}
	return env, nil
}

// Environ returns the environment of cellEnv as NAME=value lines, to be added to our own environment.
func (s *Setup) Environ(ctx context.Context) ([]string, error) {
	env, err := s.cellEnv(ctx)
	if err != nil {
		return nil, err
	}
	return Expand(env), nil
}

// Expand writes environment variables as NAME=value lines in the order of their names, with each ${NAME} in a
// value replaced by the value of NAME in our own environment.
func Expand(env map[string]string) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		value := variable.ReplaceAllStringFunc(env[name], func(v string) string { return os.Getenv(v[2 : len(v)-1]) })
		lines = append(lines, name+"="+value)
	}
	return lines
}

var variable = regexp.MustCompile(`\$\{\w+\}`)

func (s *Setup) kernelspec() part {
	path := filepath.Join(s.Home, "jupyter", "kernels", kernelName, "kernel.json")
	return part{
		name:  "kernelspec",
		about: path,
		ready: func(ctx context.Context) bool {
			want, err := s.kernelJSON(ctx)
			have, _ := os.ReadFile(path)
			return err == nil && bytes.Equal(have, want)
		},
		make: func(ctx context.Context) error { return s.writeKernelspec(ctx, filepath.Dir(path)) },
		mend: again,
	}
}

func (s *Setup) kernelJSON(ctx context.Context) ([]byte, error) {
	spec, err := s.Kernelspec(ctx)
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(spec, "", " ")
	return append(data, '\n'), err
}

func (s *Setup) writeKernelspec(ctx context.Context, dir string) error {
	data, err := s.kernelJSON(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(dir, "kernel.json"), data, 0o644, renameio.WithTempDir(dir))
}

// InstallKernel writes the kernelspec where another Jupyter or VS Code finds it, and returns the folder.
func (s *Setup) InstallKernel(ctx context.Context) (string, error) {
	dir, err := userKernelDir()
	if err != nil {
		return "", err
	}
	return dir, s.writeKernelspec(ctx, dir)
}

// userKernelDir returns the folder of our kernelspec among the user's own, by Jupyter's rules.
func userKernelDir() (string, error) {
	data := os.Getenv("JUPYTER_DATA_DIR")
	if data == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		data = filepath.Join(home, ".local", "share", "jupyter")
		if xdg := os.Getenv("XDG_DATA_HOME"); xdg != "" {
			data = filepath.Join(xdg, "jupyter")
		}
		if runtime.GOOS == "darwin" {
			data = filepath.Join(home, "Library", "Jupyter")
		}
	}
	return filepath.Join(data, "kernels", kernelName), nil
}
