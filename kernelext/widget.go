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

// widget is a group of HTML controls in a cell's output that work while the cell runs. The values that the user sets come
// back as comm messages of the Jupyter protocol; widget.js sends them through the Jupyter server. A page that does not
// come from a Jupyter server cannot send any.
type widget struct {
	title    string // may be empty
	id       string // of the display, of the HTML element and of the messages
	controls []Control
	buttons  []button
	fallback string // shown on a page that cannot send messages

	connected chan struct{} // closed when the first page says hello
	changed   chan struct{} // has a value when apply has something to do
	pressed   chan string   // names of buttons

	mu         sync.Mutex
	pending    map[int]json.RawMessage // what pages set controls to since the last apply
	lastNumber map[int]int64           // the number of the message that last set a control
	pages      map[string]bool         // that have said hello
	stale      bool                    // a page shows old values
}

// button is one that the user can press.
type button struct{ name, label string }

// connectTimeout is how long a page may take to say hello.
const connectTimeout = 5 * time.Second

func newWidget(fallback string, buttons []button, controls []Control) *widget {
	return &widget{id: "widget-" + gonbui.UniqueId(), controls: controls, buttons: buttons, fallback: fallback,
		connected: make(chan struct{}), changed: make(chan struct{}, 1), pressed: make(chan string, 16),
		pending: map[int]json.RawMessage{}, lastNumber: map[int]int64{}, pages: map[string]bool{}}
}

// show shows the widget and reports whether a page may answer. None can where nobody watches, or where the kernel does
// not belong to a Jupyter server.
func (w *widget) show() bool {
	if headless() || kernelID() == "" {
		return false
	}
	subscribe(w.id, w.receive)
	w.render()
	return true
}

// kernelID returns the Jupyter server's id of our kernel, empty where there is no server.
func kernelID() string { return os.Getenv(protocol.GONB_JUPYTER_KERNEL_ID_ENV) }

func (w *widget) render() {
	display(output{id: w.id, html: w.html(), text: "controls: " + strings.Join(w.labels(), ", ")}, false)
}

func (w *widget) labels() []string {
	var labels []string
	for _, c := range w.controls {
		labels = append(labels, c.label)
	}
	return labels
}

// commMessage is what a page sends.
type commMessage struct {
	Page   string                     // the id of the page
	Number int64                      // grows from message to message of a page
	Values map[string]json.RawMessage // of the controls that were set, by their indices
	Press  string                     // the button pressed, or "hello" when the page is ready
}

// receive handles a message. The goroutine that reads from the kernel calls it, so it must not wait for the kernel, nor
// write to the variables of the controls.
func (w *widget) receive(message string) {
	var m commMessage
	if err := json.Unmarshal([]byte(message), &m); err != nil {
		return // not of our page
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.controls {
		// Messages can overtake one another.
		if value, ok := m.Values[fmt.Sprint(i)]; ok && m.Number > w.lastNumber[i] {
			w.pending[i], w.lastNumber[i] = value, m.Number
		}
	}
	switch m.Press {
	case "":
	case "hello":
		w.hello(m.Page)
	default:
		trySend(w.pressed, m.Press) // lost where sixteen are waiting
	}
	trySend(w.changed, struct{}{})
}

// trySend sends a value where there is room for it.
func trySend[T any](to chan T, value T) {
	select {
	case to <- value:
	default:
	}
}

// hello notes a page that is ready; the lock is held. A later page, as after a reload, shows the values that were saved
// with the notebook.
func (w *widget) hello(page string) {
	if len(w.pages) == 0 {
		close(w.connected)
	} else if !w.pages[page] {
		w.stale = true
	}
	w.pages[page] = true
}

// apply sets the variables of the controls to what pages have sent since the last apply, and returns the controls that
// changed.
func (w *widget) apply() []Control {
	w.mu.Lock()
	pending, stale := w.pending, w.stale
	w.pending, w.stale = map[int]json.RawMessage{}, false
	w.mu.Unlock()
	var changed []Control
	for i, c := range w.controls {
		if v, ok := pending[i]; ok && c.set != nil && c.set(v) == nil { // an invalid value is not of our page
			changed = append(changed, c)
		}
	}
	if stale {
		w.render()
	}
	return changed
}

//go:embed widget.js
var widgetScript string

// html returns the widget with the present values.
func (w *widget) html() string {
	var s strings.Builder
	fmt.Fprintf(&s, `<div data-widget="%s" data-fallback="%s" data-lm-suppress-shortcuts="true" style="margin:4px 0">`,
		w.id, html.EscapeString(w.fallback))
	if w.title != "" {
		fmt.Fprintf(&s, `<div><b>%s</b></div>`, html.EscapeString(w.title))
	}
	for i, c := range w.controls {
		if c.html == nil {
			continue
		}
		fmt.Fprintf(&s, `<div style="display:flex;align-items:center;gap:8px;margin:2px 0">`+
			`<span style="min-width:110px">%s</span>%s</div>`, html.EscapeString(c.label), c.html(i))
	}
	s.WriteString(`<div style="margin:4px 0">`)
	for _, x := range w.buttons {
		fmt.Fprintf(&s, `<button data-press="%s" style="margin-right:6px;padding:2px 10px;border:1px solid rgba(128,128,128,.5);`+
			`border-radius:3px;background:rgba(128,128,128,.15);color:inherit">%s</button>`, x.name, html.EscapeString(x.label))
	}
	fmt.Fprintf(&s, `<span data-link style="opacity:.7">connecting …</span></div></div>`+
		`<script>(%s)(%q, %q, %q)</script>`, widgetScript, w.id, kernelID(), w.id)
	return s.String()
}

// subscribers are the functions that receive the pages' messages, by address.
var subscribers = struct {
	mu        sync.Mutex
	byAddress map[string]func(string)
}{byAddress: map[string]func(string){}}

// subscribe calls receive with every message that a page sends to an address.
func subscribe(address string, receive func(message string)) {
	subscribers.mu.Lock()
	defer subscribers.mu.Unlock()
	if len(subscribers.byAddress) == 0 {
		others := gonbui.OnCommValueUpdate // gonbui's own controls
		gonbui.OnCommValueUpdate = func(v *protocol.CommValue) {
			subscribers.mu.Lock()
			receive := subscribers.byAddress[v.Address]
			subscribers.mu.Unlock()
			if message, ok := v.Value.(string); ok && receive != nil {
				receive(message)
			} else if receive == nil && others != nil {
				others(v)
			}
		}
	}
	subscribers.byAddress[address] = receive
	gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{
		protocol.MIMECommSubscribe: &protocol.CommSubscription{Address: address}}})
}
