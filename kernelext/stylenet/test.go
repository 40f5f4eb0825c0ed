package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"stylenet/kernelext/internal/run"
	"stylenet/kernelext/internal/setup"
)

func testCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	short := flags.Bool("short", false, "leave out what is slow: passed on to go test")
	browser := flags.Bool("browser", false, "only work the notebooks in JupyterLab with Chromium; screenshots go to out/browser")
	if _, err := parse(flags, args); err != nil {
		return err
	}
	s, err := readySetup(ctx)
	if err != nil {
		return err
	}
	env, err := s.Environ(ctx)
	if err != nil {
		return err
	}
	t := &tester{module: s.Module, env: append(os.Environ(), env...)}
	if *browser {
		err = t.browser(ctx, s)
	} else {
		err = t.all(ctx, s, *short)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	fmt.Printf("%d passed, %d failed", t.passed, t.failed)
	if t.skipped > 0 {
		fmt.Printf(", %d skipped", t.skipped)
	}
	fmt.Println()
	if t.failed > 0 {
		return errReported
	}
	return nil
}

// tester runs the checks and tests of one module.
type tester struct {
	passed, failed, skipped int

	module string
	env    []string // the environment in which cells are built and run, so that tests find the plugin
}

// all runs everything that needs no browser.
func (t *tester) all(ctx context.Context, s *setup.Setup, short bool) error {
	t.check(ctx, "gofmt", "gofmt", "-l", ".")
	t.check(ctx, "go vet", "go", "vet", "./...")
	if err := t.goTest(ctx, short); err != nil || ctx.Err() != nil {
		return err
	}
	return t.notebooks(ctx, s)
}

// check runs a program that says nothing when all is well, and counts it as one test.
func (t *tester) check(ctx context.Context, name string, args ...string) {
	start := time.Now()
	cmd := setup.Command(ctx, args...)
	cmd.Dir, cmd.Env = t.module, t.env
	out, err := cmd.CombinedOutput()
	if err == nil && len(out) == 0 {
		t.passed++
		fmt.Printf("ok    %s (%.1f s)\n", name, time.Since(start).Seconds())
		return
	}
	t.failed++
	fmt.Printf("FAIL  %s\n", name)
	os.Stdout.Write(out)
	if err != nil {
		fmt.Println(err)
	}
}

// notebooks runs each notebook with its quick parameters and counts it as one test. Each one runs in a temporary copy
// of the folder: the user's own, with the pictures that he has made there, stays as it is.
func (t *tester) notebooks(ctx context.Context, s *setup.Setup) error {
	folder := filepath.Join(t.module, "notebooks")
	names, err := fs.Glob(os.DirFS(folder), "*.ipynb")
	if err != nil {
		return err
	}
	kernel, err := s.Kernelspec(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fmt.Printf("      notebooks/%s\n", name)
		if err := runCopy(ctx, folder, name, kernel); err != nil {
			t.failed++
			fmt.Printf("FAIL  notebooks/%s\n%v\n", name, err)
			continue
		}
		t.passed++
		fmt.Printf("ok    notebooks/%s\n", name)
	}
	return nil
}

// runCopy runs one notebook of a folder in a copy of that folder.
func runCopy(ctx context.Context, folder, name string, kernel setup.Kernelspec) error {
	temp, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", setup.RunFolder, os.Getpid()))
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if err := copyNotebooks(temp, folder); err != nil {
		return err
	}
	path := filepath.Join(temp, name)
	notebook, err := run.ReadNotebook(path)
	if err != nil {
		return err
	}
	_, err = run.Run(ctx, run.Options{Notebook: path, Params: notebook.Quick(), Timeout: 10 * time.Minute,
		Kernel: kernel, Log: os.Stdout})
	return err
}

// copyNotebooks copies a folder of notebooks and what lies beside them, without what running has left in out.
func copyNotebooks(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(to, "out"))
}
