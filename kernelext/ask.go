package kernelext

import (
	"errors"
	"fmt"
	"html"
	"stylenet/kernelext/internal/values"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// Ask shows controls and waits until the user presses "Use these". Then the variables hold what the user set, and a static
// record replaces the controls.
//
//	weight, pooling := kernelext.Param("style-weight", 100.0), "max"
//	kernelext.Ask("What to paint",
//		kernelext.Slider("style weight", &weight, 1, 1000),
//		kernelext.Choice("pooling", &pooling, "max", "avg"))
//
// The controls work in JupyterLab, also behind a base URL (as of JupyterHub and Binder), a token or a tunnel, because their
// messages go where JupyterLab's own go. In VS Code and Colab a page cannot send messages, and in the runner, nbconvert and
// go run nobody watches: there Ask says so in one line and goes on with the given values. The Stop button ends the cell
// with an error.
func Ask(title string, controls ...Control) {
	for _, c := range controls {
		Check(c.err)
	}
	q := &question{view: "view-" + gonbui.UniqueId()}
	q.widget = newWidget("This page cannot bring back what is set here: the cell goes on with the values given.",
		[]button{{"use", "Use these"}}, controls)
	q.title = title
	Check(q.ask())
}

// question is one Ask that waits for its answer.
type question struct {
	*widget
	view string // the id of the display for View
	open bool   // whether the displays exist
}

// ask waits for the answer where one can come, and leaves the record.
func (q *question) ask() error {
	if q.open = q.show(); !q.open {
		q.record("nobody to ask, so the values given hold")
		return nil
	}
	q.redraw()
	select {
	case <-q.connected:
	case <-time.After(connectTimeout):
		q.record("this front end has no way to bring values back, so those given hold")
		return nil
	case <-Context().Done():
	}
	for {
		select {
		case <-q.changed:
			if len(q.apply()) > 0 {
				q.redraw()
			}
		case <-q.pressed: // there is one button only
			time.Sleep(100 * time.Millisecond) // it may have overtaken what was set just before
			q.apply()
			q.record("")
			return nil
		case <-Context().Done():
			q.record("stopped")
			return errors.New("stopped before the values were chosen; run the cell again to choose")
		}
	}
}

// redraw shows the View, if there is one.
func (q *question) redraw() {
	for _, c := range q.controls {
		if c.html == nil {
			display(q.pictureOf(c), false)
		}
	}
}

// pictureOf returns the output with the picture of a control. That of a View replaces the one before.
func (q *question) pictureOf(c Control) output {
	p := c.picture()
	Check(checkPictures("Ask", p))
	e, err := encodePicture(p, pictureWidth)
	Check(err)
	o := output{picture: e, text: fmt.Sprintf("%s, %s: %s", q.title, c.label, describe(p)), name: fileName(q.title)}
	if c.html == nil && q.open {
		o.id = q.view
	}
	return o
}

// record replaces the controls by a table of the values, and says why nobody was asked.
func (q *question) record(why string) {
	title := q.title
	if why != "" {
		title += ": " + why
	}
	var rows [][]string
	for _, c := range q.controls {
		if c.text != nil {
			rows = append(rows, []string{c.label, c.text()})
		}
	}
	header := []string{"", "value"}
	o := output{html: "<div>" + html.EscapeString(title) + "</div>", text: title}
	if len(rows) > 0 {
		o.html += tableHTML(header, rows)
		o.text += "\n" + tableText(header, rows)
	}
	if q.open {
		o.id = q.id
	}
	show(o)
	for _, c := range q.controls {
		if c.picture != nil && !values.IsNil(c.picture()) {
			show(q.pictureOf(c))
		}
	}
}
