package setup

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Lab says how to start JupyterLab.
type Lab struct {
	Port    int    // of the loopback address
	Token   string // what lets a browser in
	Folder  string // shown first, relative to the module's folder
	Browser bool   // whether to open a browser

	Root    string   // the folder that it serves; empty: the module's
	BaseURL string   // the path of its pages, as behind a hub; empty: /
	Env     []string // more of the environment, as NAME=value
}

// LabServer is a JupyterLab server on this machine.
type LabServer struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the server has ended
	err  error         // how; read after done
}

// StartLab starts JupyterLab, which must be set up.
func (s *Setup) StartLab(ctx context.Context, lab Lab) (*LabServer, error) {
	env, err := s.Environ(ctx)
	if err != nil {
		return nil, err
	}
	if lab.Root == "" {
		lab.Root = s.Module
	}
	args := []string{"--ServerApp.ip=127.0.0.1", fmt.Sprintf("--ServerApp.port=%d", lab.Port), "--ServerApp.port_retries=0",
		"--ServerApp.root_dir=" + lab.Root, "--LabApp.default_url=/lab/tree/" + lab.Folder}
	if lab.BaseURL != "" {
		args = append(args, "--ServerApp.base_url="+lab.BaseURL)
	}
	if !lab.Browser {
		args = append(args, "--no-browser")
	}
	if os.Geteuid() == 0 {
		args = append(args, "--allow-root") // a container's only user
	}
	cmd := exec.Command(s.venvBin("jupyter-lab"), args...)
	cmd.Dir = s.Module
	cmd.Env = append(os.Environ(), append(append(env, s.jupyterEnv()...), "JUPYTER_TOKEN="+lab.Token)...)
	cmd.Env = append(cmd.Env, lab.Env...)
	log, err := os.Create(s.LabLog())
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C in the terminal must reach us only
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	server := &LabServer{cmd: cmd, done: make(chan struct{})}
	go func() {
		server.err = cmd.Wait()
		close(server.done)
	}()
	return server, nil
}

// LabLog returns the path of JupyterLab's log.
func (s *Setup) LabLog() string { return filepath.Join(s.Home, "jupyter", "lab.log") }

// jupyterEnv keeps what Jupyter writes within our own folder. Our kernelspec lies there too.
func (s *Setup) jupyterEnv() []string {
	dir := filepath.Join(s.Home, "jupyter")
	return []string{"JUPYTER_DATA_DIR=" + dir, "JUPYTER_CONFIG_DIR=" + filepath.Join(dir, "config")}
}

// Trust marks notebooks as made by us, so that Jupyter shows all their outputs.
func (s *Setup) Trust(ctx context.Context, notebooks ...string) error {
	if len(notebooks) == 0 {
		return nil
	}
	_, err := tool{env: s.jupyterEnv()}.run(ctx, append([]string{s.venvBin("jupyter-trust")}, notebooks...)...)
	return err
}

// Done is closed when the server has ended.
func (l *LabServer) Done() <-chan struct{} { return l.done }

// Err returns how the server ended. Only after Done is closed.
func (l *LabServer) Err() error { return l.err }

// Stop ends the server and its kernels.
func (l *LabServer) Stop() {
	l.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-l.done:
	case <-time.After(10 * time.Second):
	}
	syscall.Kill(-l.cmd.Process.Pid, syscall.SIGKILL)
	<-l.done
}
