package kernelext

import (
	"encoding/base64"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"stylenet/kernelext/internal/memory"
)

// state is what a Live shows at one moment; its methods write it as HTML and as text.
type state struct {
	title       string
	first, last stepTime
	total       int
	elapsed     time.Duration
	curves      []Series
	picture     *encoded
	pictureStep int
	pictureErr  error
	paused      bool
	shares      map[string]float64
	changes     []change
	memory      int64 // in use, in bytes; 0 where not known
}

// state returns what to show now; the lock is held.
func (l *Live) state() state {
	return state{title: l.title, first: l.first, last: l.last, total: l.total, elapsed: time.Since(l.started),
		curves: slices.Clone(l.curves), picture: l.picture, pictureStep: l.pictureStep, pictureErr: l.pictureErr,
		paused: l.paused(), shares: l.shares, changes: slices.Clone(l.changes), memory: memory.InUse()}
}

// step returns the duration of one step, 0 where it is not known yet.
func (s state) step() time.Duration {
	if s.last.n <= s.first.n {
		return 0
	}
	return s.last.at.Sub(s.first.at) / time.Duration(s.last.n-s.first.n)
}

// progress says how far the loop has got.
func (s state) progress() string {
	if s.last.n == 0 {
		return "starting, " + formatDuration(s.elapsed)
	}
	text := fmt.Sprintf("step %d", s.last.n)
	if s.total > 0 {
		text += fmt.Sprintf(" of %d", s.total)
	}
	if s.paused {
		text = "paused after " + text
	}
	if step := s.step(); step > 0 {
		if left := time.Duration(s.total-s.last.n) * step; left > 0 {
			text += ", " + formatDuration(left) + " left"
		}
		text += ", " + formatDuration(step) + " per step"
	}
	return text
}

// summary says the same, with the title and the last value of every curve.
func (s state) summary() string {
	text := s.title + ": " + s.progress()
	for i, c := range s.curves {
		text += map[bool]string{true: "; ", false: ", "}[i == 0] + c.Name + " " + formatNumber(c.Y[len(c.Y)-1])
	}
	return text
}

// panelWidth is the width of the panel in CSS pixels: picture and curves beside each other.
const panelWidth = gridWidth

// panel returns the panel as HTML, with its pictures inside it.
func (s state) panel() string {
	var b strings.Builder
	progress := s.progress()
	if s.memory > 0 && !headless() {
		progress += fmt.Sprintf(", %d MB of memory in use", s.memory/10_000_000*10)
	}
	fmt.Fprintf(&b, `<div style="margin:4px 0"><b>%s</b> <span style="opacity:.7">%s</span></div>`,
		html.EscapeString(s.title), html.EscapeString(progress))
	if s.total > 0 {
		share := 100 * float64(s.last.n) / float64(s.total)
		fmt.Fprintf(&b, `<div style="max-width:%dpx;height:6px;border-radius:3px;background:rgba(128,128,128,.25)">`+
			`<div style="width:%.1f%%;height:6px;border-radius:3px;background:#0072b2"></div></div>`, panelWidth, max(0, min(share, 100)))
	}
	if headless() {
		return b.String()
	}
	const block = `<div style="display:inline-block;vertical-align:top;margin:8px 8px 0 0">%s</div>`
	if s.picture != nil {
		fmt.Fprintf(&b, block, fmt.Sprintf(`<img alt="the picture so far" width="%d" src="%s">`, s.picture.width, s.picture.url()))
	}
	if svg, err := s.figure(true).svg(panelWidth-previewWidth-16, 256); err == nil && len(s.curves) > 0 {
		fmt.Fprintf(&b, block, `<img alt="curves" src="data:image/svg+xml;base64,`+base64.StdEncoding.EncodeToString(svg)+`">`)
	}
	b.WriteString(s.sharesHTML())
	if s.pictureErr != nil {
		fmt.Fprintf(&b, `<div style="opacity:.7">no picture: %s</div>`, html.EscapeString(s.pictureErr.Error()))
	}
	return b.String()
}

// sharesHTML returns a bar of the shares of the gradient, in the colours of the curves.
func (s state) sharesHTML() string {
	if s.shares == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<div style="max-width:%dpx;margin:4px 0"><span style="opacity:.7">share of the gradient</span>`+
		`<div style="display:flex">`, panelWidth)
	for i, c := range s.curves {
		if share, ok := s.shares[c.Name]; ok {
			colour := palette[i%len(palette)]
			fmt.Fprintf(&b, `<div style="width:%.1f%%;background:#%02x%02x%02x;color:white;font-size:12px;white-space:nowrap;`+
				`overflow:hidden" title="%s"> %[5]s %.0f %%</div>`, 100*share, colour.R, colour.G, colour.B, html.EscapeString(c.Name), 100*share)
		}
	}
	b.WriteString(`</div></div>`)
	return b.String()
}

// figure returns the curves as a chart, with the last values in its legend while the loop runs.
func (s state) figure(running bool) *figure {
	if !running {
		return newFigure(s.title, "step", true, s.curves)
	}
	curves := slices.Clone(s.curves)
	for i, c := range curves {
		curves[i].Name += "  " + formatNumber(c.Y[len(c.Y)-1])
	}
	return newFigure("", "step", true, curves)
}

// record returns the static record of a loop that is over; it has at least one output.
func (s state) record() []output {
	var record []output
	name := fileName(s.title)
	if s.picture != nil {
		text := fmt.Sprintf("%s: picture %dx%d after step %d", s.title, s.picture.width, s.picture.height, s.pictureStep)
		record = append(record, output{picture: s.picture, text: text, name: name})
	}
	if len(s.curves) > 0 {
		drawn := s.figure(false).picture().(*chart)
		if e, err := encodePicture(drawn, previewWidth); err == nil {
			record = append(record, output{picture: e, html: drawn.html(), text: drawn.Text, name: name + "-curves"})
		}
	}
	done := s.title + ": " + s.done()
	if s.pictureErr != nil {
		done += "; no later picture: " + s.pictureErr.Error()
	}
	for i, c := range s.changes {
		done += map[bool]string{true: "; steered: ", false: ", "}[i == 0] + fmt.Sprintf("%s %s after step %d", c.what, c.to, c.n)
	}
	header, rows := s.values()
	o := output{html: "<div>" + html.EscapeString(done) + "</div>", text: done}
	if len(rows) > 0 {
		o.html += tableHTML(header, rows)
		o.text += "\n" + tableText(header, rows)
	}
	return append(record, o)
}

// done says what the loop did.
func (s state) done() string {
	text := plural(s.last.n, "step")
	if s.last.n < s.total {
		text = fmt.Sprintf("stopped at step %d of %d", s.last.n, s.total)
	}
	text += " in " + formatDuration(s.elapsed)
	if step := s.step(); step > 0 {
		text += ", " + formatDuration(step) + " per step"
	}
	return text
}

// values returns a table of the first and the last value of every curve, and of its share of the gradient.
func (s state) values() (header []string, rows [][]string) {
	header = []string{"", "first", "last"}
	if s.shares != nil {
		header = append(header, "share of the gradient")
	}
	for _, c := range s.curves {
		row := []string{c.Name, formatNumber(c.Y[0]), formatNumber(c.Y[len(c.Y)-1])}
		if share, ok := s.shares[c.Name]; ok {
			row = append(row, fmt.Sprintf("%.0f %%", 100*share))
		}
		rows = append(rows, row)
	}
	return header, rows
}
