package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"stylenet/kernelext/internal/setup"
)

func labCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	port := flags.Int("port", 0, "listen on this `port` of the loopback address (default: the first free one from 8888)")
	if _, err := parse(flags, args); err != nil {
		return err
	}
	if err := checkPort(*port); err != nil {
		return usageError{err}
	}
	s, err := newSetup()
	if err != nil {
		return err
	}
	if err := s.RunLab(ctx); err != nil {
		return err
	}
	folder := filepath.Join(s.Module, "notebooks")
	notebooks, err := fs.Glob(os.DirFS(folder), "*.ipynb")
	if err != nil {
		return err
	}
	for i, name := range notebooks {
		notebooks[i] = filepath.Join(folder, name)
	}
	if err := s.Trust(ctx, notebooks...); err != nil {
		return err
	}
	if *port == 0 {
		if *port, err = freePort(8888); err != nil {
			return err
		}
	}
	return serveLab(ctx, s, *port)
}

// checkPort finds out whether a port is free; 0 is none in particular.
func checkPort(port int) error {
	if port < 0 || port > 65535 {
		return fmt.Errorf("lab: no port %d; there are 1 to 65535, and 0 for the first free one from 8888", port)
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return fmt.Errorf("lab: port %d cannot be listened on: %w", port, err)
	}
	return listener.Close()
}

// serveLab runs JupyterLab until Ctrl-C, or until it is shut down in the browser.
func serveLab(ctx context.Context, s *setup.Setup, port int) error {
	token := newToken()
	lab, err := s.StartLab(ctx, setup.Lab{Port: port, Token: token, Folder: "notebooks", Browser: browser()})
	if err != nil {
		return err
	}
	defer lab.Stop()
	address := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := waitFor(ctx, address+"/api", lab.Done()); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("JupyterLab does not start: %w; it says why in %s", err, s.LabLog())
	}
	fmt.Printf("JupyterLab: %s/lab/tree/notebooks?token=%s\nCtrl-C here ends it.\n", address, token)
	select {
	case <-lab.Done():
		if lab.Err() != nil {
			return fmt.Errorf("JupyterLab ended: %w; it says why in %s", lab.Err(), s.LabLog())
		}
	case <-ctx.Done():
		fmt.Println("\nending JupyterLab and its kernels")
	}
	return nil
}

// newToken returns what lets a browser in, hard to guess.
func newToken() string {
	secret := make([]byte, 24)
	rand.Read(secret) // never fails, by its own promise
	return hex.EncodeToString(secret)
}

// browser tells whether a browser can open on this screen.
func browser() bool {
	if os.Getenv("SSH_CONNECTION") != "" {
		return false
	}
	return runtime.GOOS == "darwin" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// freePort returns the first free port of the loopback address from the given one on.
func freePort(from int) (int, error) {
	for port := from; port < from+100; port++ {
		if checkPort(port) == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free port from %d to %d", from, from+99)
}

// waitFor waits until a server answers, at most a minute.
func waitFor(ctx context.Context, url string, ended <-chan struct{}) error {
	deadline := time.After(time.Minute)
	for {
		if response, err := http.Get(url); err == nil {
			response.Body.Close()
			return nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ended:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return errors.New("no answer within a minute")
		}
	}
}

func installKernelCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("install-kernel", flag.ContinueOnError)
	if _, err := parse(flags, args); err != nil {
		return err
	}
	s, err := readySetup(ctx)
	if err != nil {
		return err
	}
	dir, err := s.InstallKernel(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("kernelspec: %s\nJupyter and VS Code now offer the kernel \"Go (StyleNet)\".\n", dir)
	return nil
}
