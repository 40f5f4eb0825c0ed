package kernelext

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"stylenet/kernelext/internal/pipe"
	"stylenet/kernelext/internal/program"
)

// output is one output of a cell, in the forms that front ends want.
type output struct {
	id      string   // of the display to replace, or of a new one; empty for a display that is never replaced
	html    string   // if not empty, a notebook shows it and not the picture
	picture *encoded // nil where there is none
	text    string   // for screen readers, diffs and terminals
	name    string   // of its file outside a notebook
}

// encoded is a picture in its file format.
type encoded struct {
	data          []byte
	mime          string // "image/jpeg" or "image/png"
	width, height int    // as shown, in CSS pixels
	pixelWidth    int    // as stored
}

// url returns the picture as a data URL.
func (e *encoded) url() string {
	return "data:" + e.mime + ";base64," + base64.StdEncoding.EncodeToString(e.data)
}

// show shows one output and waits until the kernel has it, so that the cell may end right after.
func show(o output) { display(o, true) }

// display shows one output: in the notebook, or outside one as a file and a line of text. If wait is true, it waits until
// the kernel has the output. Tests replace this function.
var display = func(o output, wait bool) {
	if !gonbui.IsNotebook {
		if err := o.write(); err != nil {
			fmt.Fprintln(os.Stderr, "kernelext:", err)
		}
		return
	}
	gonbui.SendData(o.message())
	if wait {
		pipe.Sync()
	}
}

// message returns the output as a message to the kernel.
func (o output) message() *protocol.DisplayData {
	data := map[protocol.MIMEType]any{protocol.MIMETextPlain: o.text}
	message := &protocol.DisplayData{Data: data, DisplayID: o.id}
	if p := o.picture; o.html != "" {
		data[protocol.MIMETextHTML] = o.html
	} else if p != nil {
		data[protocol.MIMEType(p.mime)] = p.data
		if p.pixelWidth != p.width {
			message.Metadata = map[string]any{p.mime: map[string]int{"width": p.width, "height": p.height}}
		}
	}
	return message
}

// write prints the output's text, and writes its picture into the folder out.
func (o output) write() error {
	if o.picture == nil {
		fmt.Println(o.text)
		return nil
	}
	if err := os.MkdirAll("out", 0o755); err != nil {
		return err
	}
	extension := map[string]string{"image/jpeg": "jpg", "image/png": "png"}[o.picture.mime]
	path := filepath.Join("out", fmt.Sprintf("%s-%d.%s", o.name, files.next(o.name), extension))
	if err := os.WriteFile(path, o.picture.data, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %s\n", path, o.text)
	return nil
}

// files counts the files of each name that this process has put into the folder out.
var files = counter{counts: map[string]int{}}

type counter struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *counter) next(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[name]++
	return c.counts[name]
}

// headless reports whether nobody watches: the runner executes the notebook, or there is no notebook at all.
func headless() bool { return !gonbui.IsNotebook || os.Getenv(program.HeadlessVar) != "" }
