package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/go-zeromq/zmq4"
	"stylenet/kernelext/internal/program"
	"stylenet/kernelext/internal/setup"
)

// kernel is a running Jupyter kernel and the sockets to it.
type kernel struct {
	cmd     *exec.Cmd
	temp    string // the kernel's temporary folder, and ours
	said    *tail
	key     []byte
	session string

	shell, control, iopub zmq4.Socket
	disconnect            context.CancelFunc
	messages              chan message  // from all sockets
	died                  chan struct{} // closed when the process has ended
	waitErr               error         // how it ended; read after died
}

// connection is the connection file, by which a kernel learns where to listen.
type connection struct {
	IP              string `json:"ip"`
	Transport       string `json:"transport"`
	Key             string `json:"key"`
	SignatureScheme string `json:"signature_scheme"`
	Shell           int    `json:"shell_port"`
	IOPub           int    `json:"iopub_port"`
	Stdin           int    `json:"stdin_port"`
	Control         int    `json:"control_port"`
	Heartbeat       int    `json:"hb_port"`
}

// startKernel starts the kernel in the folder dir and waits until it answers. The variables are added to its
// environment. Its temporary files go into a folder that stop removes.
func startKernel(ctx context.Context, spec setup.Kernelspec, dir string, variables []string) (*kernel, error) {
	conn, err := newConnection()
	if err != nil {
		return nil, err
	}
	k := &kernel{said: &tail{}, key: []byte(conn.Key), session: randomID(),
		messages: make(chan message), died: make(chan struct{})}
	k.temp, err = os.MkdirTemp("", fmt.Sprintf("%s%d-", setup.RunFolder, os.Getpid()))
	if err != nil {
		return nil, err
	}
	if err := k.start(spec, conn, dir, variables); err != nil {
		os.RemoveAll(k.temp)
		return nil, err
	}
	if err := k.connect(ctx, conn); err != nil {
		k.stop()
		return nil, fmt.Errorf("the kernel does not answer: %w%s", err, k.said.report())
	}
	return k, nil
}

func newConnection() (connection, error) {
	c := connection{IP: "127.0.0.1", Transport: "tcp", Key: randomID(), SignatureScheme: "hmac-sha256"}
	for _, port := range []*int{&c.Shell, &c.IOPub, &c.Stdin, &c.Control, &c.Heartbeat} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return c, err
		}
		defer listener.Close() // only when all five are known, so that they differ
		*port = listener.Addr().(*net.TCPAddr).Port
	}
	return c, nil
}

// start starts the process, in a process group of its own, so that Ctrl-C in the terminal reaches us only.
func (k *kernel) start(spec setup.Kernelspec, conn connection, dir string, variables []string) error {
	data, err := json.Marshal(conn)
	if err != nil {
		return err
	}
	file := filepath.Join(k.temp, "kernel-"+randomID()+".json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	var args []string
	for _, arg := range spec.Argv {
		args = append(args, strings.ReplaceAll(arg, "{connection_file}", file))
	}
	k.cmd = exec.Command(args[0], args[1:]...)
	k.cmd.Dir = dir
	k.cmd.Env = append(os.Environ(), setup.Expand(spec.Env)...)
	k.cmd.Env = append(k.cmd.Env, program.HeadlessVar+"=1", "TMPDIR="+k.temp,
		fmt.Sprintf("JPY_PARENT_PID=%d", os.Getpid())) // the kernel ends when we are gone
	k.cmd.Env = append(k.cmd.Env, variables...)
	k.cmd.Stdout, k.cmd.Stderr = k.said, k.said
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := k.cmd.Start(); err != nil {
		return fmt.Errorf("start the kernel: %w", err)
	}
	go func() {
		k.waitErr = k.cmd.Wait()
		close(k.died)
	}()
	return nil
}

// connect dials the kernel's sockets and waits until it answers.
func (k *kernel) connect(ctx context.Context, conn connection) error {
	socketCtx, disconnect := context.WithCancel(context.Background())
	k.disconnect = disconnect
	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0))
	often := zmq4.WithDialerRetry(20 * time.Millisecond)
	ever := zmq4.WithDialerMaxRetries(-1)
	k.shell = zmq4.NewDealer(socketCtx, quiet, often, ever)
	k.control = zmq4.NewDealer(socketCtx, quiet, often, ever)
	k.iopub = zmq4.NewSub(socketCtx, quiet, often, ever)
	dialled := make(chan error, 1)
	go func() {
		for socket, port := range map[zmq4.Socket]int{k.shell: conn.Shell, k.control: conn.Control, k.iopub: conn.IOPub} {
			if err := socket.Dial(fmt.Sprintf("tcp://127.0.0.1:%d", port)); err != nil {
				dialled <- err
				return
			}
			go k.receive(socketCtx, socket)
		}
		dialled <- k.iopub.SetOption(zmq4.OptionSubscribe, "")
	}()
	select {
	case err := <-dialled:
		if err != nil {
			return err
		}
	case <-k.died:
		return k.deathError()
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(startTimeout):
		return errors.New("its sockets did not open")
	}
	return k.greet(ctx)
}

// startTimeout is how long a kernel may take to start; on a busy machine it takes a few seconds.
const startTimeout = 60 * time.Second

// greet sends kernel_info_request until an answer has come on both the shell and the IOPub socket. A subscription takes
// effect only some time after it was made, so one request may not be enough.
func (k *kernel) greet(ctx context.Context) error {
	ask := time.NewTicker(100 * time.Millisecond)
	defer ask.Stop()
	deadline := time.After(startTimeout)
	var replied, published bool
	for !replied || !published {
		select {
		case <-ask.C:
			if _, err := k.send(k.shell, "kernel_info_request", struct{}{}); err != nil {
				return err
			}
		case m := <-k.messages:
			replied = replied || m.Header.Type == "kernel_info_reply"
			published = published || m.Header.Type == "status"
		case <-k.died:
			return k.deathError()
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return errors.New("no answer to kernel_info_request")
		}
	}
	return nil
}

// receive passes on the messages of one socket until the sockets are closed.
func (k *kernel) receive(ctx context.Context, socket zmq4.Socket) {
	for {
		raw, err := socket.Recv()
		if err != nil {
			return
		}
		m, err := parseMessage(k.key, raw)
		if err != nil {
			fmt.Fprintln(k.said, err)
			continue
		}
		select {
		case k.messages <- m:
		case <-ctx.Done():
			return
		}
	}
}

// send sends a request and returns its id.
func (k *kernel) send(socket zmq4.Socket, kind string, content any) (string, error) {
	m, id, err := newMessage(k.key, k.session, kind, content)
	if err != nil {
		return "", err
	}
	return id, socket.SendMulti(m)
}
