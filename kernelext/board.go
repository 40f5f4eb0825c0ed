package kernelext

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// board is a place in the cell's output with controls that work while the cell runs. What a person does to them comes
// back through the Jupyter server, as board.js says. A page that does not come from a Jupyter server has no such way:
// then nobody is ever heard of.
type board struct {
	title    string // may be empty
	id       string // of the display, of the HTML element and of the messages
	controls []Control
	buttons  []button
	cannot   string // said on a page that has no way back

	heard   chan struct{} // closed when the first page says hello
	changed chan struct{} // has a value when there is something to apply
	pressed chan string   // names of buttons

	mu      sync.Mutex
	waiting map[int]json.RawMessage // what controls were set to since the last apply
	seen    map[int]int64           // the number of the message that set a control
	pages   map[string]bool         // that have said hello
	stale   bool                    // a page shows other values than those that hold
}

// button is one that a person can press.
type button struct{ name, label string }

// patience is how long a page may take to say hello.
const patience = 5 * time.Second

func newBoard(cannot string, buttons []button, controls []Control) *board {
	return &board{id: "board-" + gonbui.UniqueId(), controls: controls, buttons: buttons, cannot: cannot,
		heard: make(chan struct{}), changed: make(chan struct{}, 1), pressed: make(chan string, 16),
		waiting: map[int]json.RawMessage{}, seen: map[int]int64{}, pages: map[string]bool{}}
}

// show shows the board and reports whether a page can work it, as far as that is known: nobody watches, or the kernel
// is not a Jupyter server's, where it cannot.
func (b *board) show() bool {
	if headless() || kernelID() == "" {
		return false
	}
	listen(b.id, b.take)
	b.draw()
	return true
}

// kernelID returns what the Jupyter server calls our kernel; empty where there is no server.
func kernelID() string { return os.Getenv(protocol.GONB_JUPYTER_KERNEL_ID_ENV) }

func (b *board) draw() {
	display(output{id: b.id, html: b.html(), text: "controls: " + strings.Join(b.labels(), ", ")}, false)
}

func (b *board) labels() []string {
	var labels []string
	for _, c := range b.controls {
		labels = append(labels, c.label)
	}
	return labels
}

// said is one message of a page.
type said struct {
	Page   string                     // which page it is
	Number int64                      // grows from message to message of a page
	Values map[string]json.RawMessage // of the controls that were set, by their numbers
	Press  string                     // the button pressed, or "hello" when the page is ready
}

// take takes in a message. It is called from the goroutine that also hears what the kernel has, so it must not wait for
// the kernel, nor touch what the controls are bound to.
func (b *board) take(message string) {
	var s said
	if err := json.Unmarshal([]byte(message), &s); err != nil {
		return // not of our page
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.controls {
		// Messages can overtake one another.
		if value, ok := s.Values[fmt.Sprint(i)]; ok && s.Number > b.seen[i] {
			b.waiting[i], b.seen[i] = value, s.Number
		}
	}
	switch s.Press {
	case "":
	case "hello":
		b.hello(s.Page)
	default:
		offer(b.pressed, s.Press) // lost where sixteen are waiting
	}
	offer(b.changed, struct{}{})
}

// offer sends a value where there is room for it.
func offer[T any](to chan T, value T) {
	select {
	case to <- value:
	default:
	}
}

// hello notes a page that is ready; the lock is held. One that comes after the first, as after a reload, shows the
// controls as they were when it was last saved.
func (b *board) hello(page string) {
	if len(b.pages) == 0 {
		close(b.heard)
	} else if !b.pages[page] {
		b.stale = true
	}
	b.pages[page] = true
}

// apply sets the variables of the controls to what pages have said since it was last called, and returns the controls
// that changed.
func (b *board) apply() []Control {
	b.mu.Lock()
	waiting, stale := b.waiting, b.stale
	b.waiting, b.stale = map[int]json.RawMessage{}, false
	b.mu.Unlock()
	var changed []Control
	for i, c := range b.controls {
		if v, ok := waiting[i]; ok && c.set != nil && c.set(v) == nil { // what does not fit is not of our page
			changed = append(changed, c)
		}
	}
	if stale {
		b.draw()
	}
	return changed
}

//go:embed board.js
var boardScript string

// html returns the board with the values as they are.
func (b *board) html() string {
	var s strings.Builder
	fmt.Fprintf(&s, `<div data-board="%s" data-cannot="%s" data-lm-suppress-shortcuts="true" style="margin:4px 0">`,
		b.id, html.EscapeString(b.cannot))
	if b.title != "" {
		fmt.Fprintf(&s, `<div><b>%s</b></div>`, html.EscapeString(b.title))
	}
	for i, c := range b.controls {
		if c.html == nil {
			continue
		}
		fmt.Fprintf(&s, `<div style="display:flex;align-items:center;gap:8px;margin:2px 0">`+
			`<span style="min-width:110px">%s</span>%s</div>`, html.EscapeString(c.label), c.html(i))
	}
	s.WriteString(`<div style="margin:4px 0">`)
	for _, x := range b.buttons {
		fmt.Fprintf(&s, `<button data-press="%s" style="margin-right:6px;padding:2px 10px;border:1px solid rgba(128,128,128,.5);`+
			`border-radius:3px;background:rgba(128,128,128,.15);color:inherit">%s</button>`, x.name, html.EscapeString(x.label))
	}
	fmt.Fprintf(&s, `<span data-link style="opacity:.7">connecting …</span></div></div>`+
		`<script>(%s)(%q, %q, %q)</script>`, boardScript, b.id, kernelID(), b.id)
	return s.String()
}

// listeners has who wants to hear what pages say, by address.
var listeners = struct {
	mu        sync.Mutex
	byAddress map[string]func(string)
}{byAddress: map[string]func(string){}}

// listen has a function called with every message that a page sends to an address.
func listen(address string, take func(message string)) {
	listeners.mu.Lock()
	defer listeners.mu.Unlock()
	if len(listeners.byAddress) == 0 {
		others := gonbui.OnCommValueUpdate // gonbui's own controls
		gonbui.OnCommValueUpdate = func(v *protocol.CommValue) {
			listeners.mu.Lock()
			take := listeners.byAddress[v.Address]
			listeners.mu.Unlock()
			if message, ok := v.Value.(string); ok && take != nil {
				take(message)
			} else if take == nil && others != nil {
				others(v)
			}
		}
	}
	listeners.byAddress[address] = take
	gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{
		protocol.MIMECommSubscribe: &protocol.CommSubscription{Address: address}}})
}
