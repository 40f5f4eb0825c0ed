package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"stylenet/kernelext/internal/engine"
	"stylenet/kernelext/internal/link"
	"stylenet/kernelext/internal/selftest"
)

// CellSettings says what cells may import, and how they run: in one program, so that values live on, where the self-test has
// found that this can be relied upon.
func (s *Setup) CellSettings() engine.Settings {
	c := engine.Settings{Options: link.Options{
		Module:  s.Module,
		Roots:   []string{"./...", "github.com/janpfeifer/gonb/gonbui"},
		Runtime: "stylenet/kernelext/resident",
		Loader:  "stylenet/kernelext/resident/internal/load",
		Cache:   filepath.Join(s.Home, "cells"),
		Env:     Expand(goEnv()),
	}}
	if verdict, err := s.verdict(); err != nil {
		c.Why = "no self-test was run"
	} else if _, ok := strings.CutPrefix(verdict, passed); !ok {
		c.Why = verdict
	}
	return c
}

// passed begins the verdict of a self-test that found nothing wrong.
const passed = "self-test passed: "

// verdict returns what the self-test has found with this version of Go.
func (s *Setup) verdict() (string, error) {
	text, err := os.ReadFile(s.verdictFile())
	return string(text), err
}

func (s *Setup) verdictFile() string {
	return filepath.Join(s.Home, "cells", "self-test "+link.GoVersion)
}

// cells makes the library with all that cells may import, and tests whether cells can run in one program.
func (s *Setup) cells() part {
	p := part{
		name: "cells",
		ready: func(ctx context.Context) bool {
			_, err := s.verdict()
			return err == nil && link.Made(ctx, s.CellSettings().Base())
		},
		make: func(ctx context.Context) error {
			if _, err := s.verdict(); err != nil { // after an edit of the module there is one: what was tested is Go
				if err := os.MkdirAll(filepath.Dir(s.verdictFile()), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(s.verdictFile(), []byte(s.selfTest(ctx)), 0o644); err != nil {
					return err
				}
			}
			_, err := link.Open(ctx, s.CellSettings().Base())
			return err
		},
		mend: again,
	}
	if _, err := s.verdict(); err != nil {
		p.hint = "a minute the first time"
	}
	return p
}

// selfTest returns the verdict of a self-test.
func (s *Setup) selfTest(ctx context.Context) string {
	settings := s.CellSettings()
	settings.Why = ""
	if err := link.Check(ctx, settings.Options); err != nil {
		return err.Error()
	}
	r, err := selftest.Run(ctx, settings)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return "the self-test of this computer failed: " + first
	}
	return fmt.Sprintf("%s%d cells of %d kinds under an eager collector", passed, r.Cells, len(r.Kinds))
}

// examineCells says whether values live on.
func (s *Setup) examineCells(ctx context.Context) Finding {
	f := Finding{Name: "living values", Mend: again, Optional: true}
	verdict, err := s.verdict()
	switch {
	case err != nil || !link.Made(ctx, s.CellSettings().Base()):
		f.Err = errMissing
	case strings.HasPrefix(verdict, passed):
		f.Found = link.GoVersion + ", " + verdict
	default:
		f.Err = errors.New("each cell is a program of its own: " + verdict)
		f.Mend = onSystem(mendGo)
	}
	return f
}
