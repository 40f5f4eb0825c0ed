package setup

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"stylenet/stylelib/programcache"
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

// firstPrograms has XLA compile what the first notebook needs. A note in the folder of compiled programs says for which plugin that was
// done.
func (s *Setup) firstPrograms() part {
	folder := programcache.Folder(s.Home)
	note := filepath.Join(folder, "first-notebook")
	return part{
		name: "first programs",
		ready: func(context.Context) bool {
			plugin, _ := os.ReadFile(note)
			_, err := programcache.UseOf(folder)
			return programcache.Off() || err != nil || string(plugin) == pluginWheel.sha256 // a folder that is not used is the doctor's to name
		},
		make: func(ctx context.Context) error {
			_, err := s.probe(ctx, filepath.Join(s.Home, "samples", "chelsea.png"), filepath.Join(s.Module, "notebooks", "pictures", "night_sky.jpg"))
			if err != nil {
				return err
			}
			os.WriteFile(note, []byte(pluginWheel.sha256), 0o600) // where that fails, the next set-up does this again
			return nil
		},
		mend: "rm -rf '" + folder + "' && " + again,
	}
}

// probe loads the plugin in a process of its own and computes a convolution whose answer is known. It returns
// what the plugin calls itself.
func (s *Setup) probe(ctx context.Context, pictures ...string) (string, error) {
	env, err := s.Environ(ctx)
	if err != nil {
		return "", err
	}
	out, err := tool{env: env}.run(ctx, append([]string{s.bin("probe")}, pictures...)...)
	return strings.TrimSpace(string(out)), err
}
