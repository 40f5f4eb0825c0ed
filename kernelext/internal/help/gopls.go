package help

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"sync"
)

type object = map[string]any

// gopls is a gopls at work. It speaks the Language Server Protocol: JSON-RPC 2.0, each message behind a header with its length.
type gopls struct {
	ready   chan struct{} // closed when gopls may be asked
	mu      sync.Mutex    // of what follows
	in      io.Writer
	process *exec.Cmd
	ended   chan struct{} // closed when the process is gone
	id      int
	waiting map[int]chan message // the calls without an answer; nil when gopls has ended
}

type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// settings are those of gopls that help needs: it is asked, so it need not look for faults by itself.
var settings = object{"diagnosticsTrigger": "Save", "linksInHover": false, "completionBudget": "200ms"}

func startGopls(folder string) (*gopls, error) {
	cmd := exec.Command("gopls", "serve")
	cmd.Dir = folder
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	g := &gopls{ready: make(chan struct{}), ended: make(chan struct{}), in: in, process: cmd, waiting: map[int]chan message{}}
	go func() {
		defer close(g.ended)
		g.read(out)
		g.refuse()
		_ = cmd.Wait() // it closes the pipes too
	}()
	go g.initialize(folder)
	return g, nil
}

// initialize says who we are and opens the door for questions.
func (g *gopls) initialize(folder string) {
	defer close(g.ready)
	root := fileURI(folder)
	markdown := []string{"markdown"}
	_, err := g.call(context.Background(), "initialize", object{
		"processId": os.Getpid(), "rootUri": root, "initializationOptions": settings,
		"workspaceFolders": []object{{"uri": root, "name": "cells"}},
		"capabilities": object{
			"workspace": object{"configuration": true},
			"textDocument": object{
				"hover":         object{"contentFormat": markdown},
				"signatureHelp": object{"signatureInformation": object{"documentationFormat": markdown}},
			},
		},
	})
	if err == nil {
		_ = g.notify("initialized", object{})
	}
}

func fileURI(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

// call calls a method of gopls and waits for what it returns.
func (g *gopls) call(ctx context.Context, method string, params any) (json.RawMessage, error) {
	answer := make(chan message, 1)
	g.mu.Lock()
	g.id++
	id := g.id
	err := g.send(message{ID: json.RawMessage(strconv.Itoa(id)), Method: method, Params: params})
	if err == nil {
		g.waiting[id] = answer
	}
	g.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return nil, errEnded
		case m.Error != nil:
			return nil, fmt.Errorf("gopls: %s", m.Error.Message)
		}
		return m.Result, nil
	case <-ctx.Done():
		g.mu.Lock()
		delete(g.waiting, id)
		g.mu.Unlock()
		return nil, fmt.Errorf("gopls does not answer: %w", ctx.Err())
	}
}

// notify tells gopls something.
func (g *gopls) notify(method string, params any) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.send(message{Method: method, Params: params})
}

var errEnded = errors.New("gopls has ended")

func (g *gopls) send(m message) error {
	if g.waiting == nil {
		return errEnded
	}
	m.Version = "2.0"
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(g.in, "Content-Length: %d\r\n\r\n%s", len(text), text)
	return err
}

// read takes in what gopls says, until it ends.
func (g *gopls) read(from io.Reader) {
	for r := bufio.NewReader(from); ; {
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			return
		}
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil || length < 0 || length > 1<<28 {
			return
		}
		text := make([]byte, length)
		if _, err := io.ReadFull(r, text); err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(text, &m); err == nil {
			g.take(m)
		}
	}
}

// take hands an answer to the call that waits for it, or answers what gopls asks.
func (g *gopls) take(m message) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if m.Method == "" {
		id, _ := strconv.Atoi(string(m.ID))
		if answer := g.waiting[id]; answer != nil {
			answer <- m
			delete(g.waiting, id)
		}
		return
	}
	if m.ID == nil {
		return // a notification
	}
	result := any(nil)
	if params, ok := m.Params.(map[string]any); ok && m.Method == "workspace/configuration" {
		items, _ := params["items"].([]any)
		all := make([]any, len(items))
		for n := range all {
			all[n] = settings
		}
		result = all
	}
	text, _ := json.Marshal(result)
	_ = g.send(message{ID: m.ID, Result: text})
}

// stop ends the process and waits for its end. There is nothing that gopls would have to save.
func (g *gopls) stop() {
	_ = g.process.Process.Kill()
	<-g.ended
}

// refuse tells all who wait, and all who will ask, that no answer comes.
func (g *gopls) refuse() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, answer := range g.waiting {
		close(answer)
	}
	g.waiting = nil
}
