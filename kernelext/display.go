package kernelext

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// output is one thing to show, in every form that some front end wants.
type output struct {
	id      string   // the display to replace, or to make where it is new; empty for a display of its own
	html    string   // of something other than a picture, or what a notebook shows in place of the picture
	picture *encoded // nil where there is none
	text    string   // a sentence, for screen readers, diffs and plain text
	name    string   // what a file of it is called outside a notebook
}

// encoded is a picture as it is stored.
type encoded struct {
	data          []byte
	mime          string // "image/jpeg" or "image/png"
	width, height int    // as shown, in CSS pixels
	wide          int    // as stored, in its own pixels
}

// url returns the picture as a data URL.
func (e *encoded) url() string {
	return "data:" + e.mime + ";base64," + base64.StdEncoding.EncodeToString(e.data)
}

// show shows one output to stay.
func show(o output) { display(o, true) }

// display shows one output: in the notebook, or as a file and a line outside one. Where it is to stay, display waits
// until the kernel has it, so that a cell may end right after. Tests put another function in its place.
var display = func(o output, stay bool) {
	if !gonbui.IsNotebook {
		if err := o.write(); err != nil {
			fmt.Fprintln(os.Stderr, "kernelext:", err)
		}
		return
	}
	gonbui.SendData(o.message())
	if stay {
		settle()
	}
}

// settle waits until the kernel has all that was sent.
func settle() {
	done := make(chan struct{})
	go func() {
		gonbui.Sync()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second): // the kernel is gone
	}
}

// message returns the output as the kernel wants it.
func (o output) message() *protocol.DisplayData {
	data := map[protocol.MIMEType]any{protocol.MIMETextPlain: o.text}
	message := &protocol.DisplayData{Data: data, DisplayID: o.id}
	if p := o.picture; o.html != "" {
		data[protocol.MIMETextHTML] = o.html
	} else if p != nil {
		data[protocol.MIMEType(p.mime)] = p.data
		if p.wide != p.width {
			message.Metadata = map[string]any{p.mime: map[string]int{"width": p.width, "height": p.height}}
		}
	}
	return message
}

// write prints the output's sentence and, where it has a picture, puts that into the folder out.
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
func headless() bool { return !gonbui.IsNotebook || os.Getenv("STYLENET_HEADLESS") != "" }
