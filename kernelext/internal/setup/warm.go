package setup

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// warmBuild compiles and links a program that imports what a cell imports. The program loads the plugin and computes a
// convolution whose answer is known.
func (s *Setup) warmBuild() part {
	p := part{
		name:  "warm build",
		ready: func(context.Context) bool { return false }, // go build itself knows what is up to date
		make: func(ctx context.Context) error {
			env, err := s.Environ(ctx)
			if err != nil {
				return err
			}
			_, err = tool{dir: s.Module, env: env}.run(ctx, "go", "build", "-o", s.bin("probe"), "./kernelext/stylenet/probe")
			return err
		},
		mend: "go clean -cache && " + again, // our code builds, else this program would not run
	}
	if _, err := os.Stat(s.bin("probe")); err != nil {
		p.hint = "a minute the first time"
	}
	return p
}

func (s *Setup) loadTest() part {
	return part{
		name:  "load test",
		ready: func(context.Context) bool { return false },
		make: func(ctx context.Context) error {
			_, err := s.probe(ctx)
			return err
		},
		mend: "rm -rf '" + filepath.Join(s.Home, "plugin") + "' && " + again,
	}
}

// probe loads the plugin in a process of its own and computes a convolution whose answer is known. It returns
// what the plugin calls itself.
func (s *Setup) probe(ctx context.Context) (string, error) {
	env, err := s.Environ(ctx)
	if err != nil {
		return "", err
	}
	out, err := tool{env: env}.run(ctx, s.bin("probe"))
	return strings.TrimSpace(string(out)), err
}
