package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stylenet/kernelext/internal/setup"
)

// browser.py has the tests; each line of its output that begins with ok or FAIL is one test.
//
//go:embed browser.py
var browserTests string

// servers are the JupyterLabs that the notebooks are tried in, and the tests of each.
var servers = []struct {
	baseURL string
	tests   []string
}{
	{"/", []string{"first_picture", "untrusted", "controls", "repl", "help"}},
	{"/user/ada/", []string{"controls"}}, // as JupyterHub and Binder have it
}

// browser works the notebooks in JupyterLab with Chromium. Without Chromium the tests are skipped.
func (t *tester) browser(ctx context.Context, s *setup.Setup) error {
	chromium, err := setup.Chromium(ctx)
	if err != nil {
		t.skipped++
		fmt.Printf("skip  browser: %v\n", err)
		return nil
	}
	if err := s.RunBrowser(ctx); err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", setup.RunFolder, os.Getpid()))
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	folder, shots := filepath.Join(temp, "notebooks"), filepath.Join(s.Module, "out", "browser")
	if err := copyNotebooks(folder, filepath.Join(s.Module, "notebooks")); err != nil {
		return err
	}
	if err := os.MkdirAll(shots, 0o755); err != nil {
		return err
	}
	for _, server := range servers {
		port, err := freePort(8988)
		if err != nil {
			return err
		}
		lab := setup.Lab{Port: port, Token: newToken(), Root: folder, BaseURL: server.baseURL,
			Env: []string{"JUPYTERLAB_SETTINGS_DIR=" + filepath.Join(temp, "settings"), "JUPYTERLAB_WORKSPACES_DIR=" + filepath.Join(temp, "workspaces")}}
		args := append([]string{chromium, fmt.Sprintf("http://127.0.0.1:%d%s", port, server.baseURL), lab.Token, folder, shots}, server.tests...)
		if err := t.inLab(ctx, s, lab, args); err != nil {
			return err
		}
	}
	fmt.Printf("      screenshots: %s\n", shots)
	return nil
}

// inLab starts a JupyterLab and runs browser.py with the arguments against it.
func (t *tester) inLab(ctx context.Context, s *setup.Setup, lab setup.Lab, args []string) error {
	server, err := s.StartLab(ctx, lab)
	if err != nil {
		return err
	}
	defer server.Stop()
	if err := waitFor(ctx, args[1]+"api", server.Done()); err != nil {
		return fmt.Errorf("JupyterLab does not start: %w; it says why in %s", err, s.LabLog())
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	cmd := setup.Command(ctx, append([]string{s.Python(), "-"}, args...)...)
	cmd.Stdin, cmd.Stderr = strings.NewReader(browserTests), os.Stdout
	if err := t.follow(ctx, cmd, "browser", t.readChecks); err != nil {
		return err
	}
	return ctx.Err()
}

// readChecks shows the lines of browser.py, and counts those that say how a check ended.
func (t *tester) readChecks(out io.Reader) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fmt.Println(lines.Text())
		switch {
		case strings.HasPrefix(lines.Text(), "ok "):
			t.passed++
		case strings.HasPrefix(lines.Text(), "FAIL "):
			t.failed++
		}
	}
	return lines.Err()
}
