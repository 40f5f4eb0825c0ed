package kernelext

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// bubble runs a test in which time flies, with a Context of its own.
func bubble(t *testing.T, test func(t *testing.T)) {
	before := stoppable
	defer func() { stoppable = before }()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stoppable = func() context.Context { return ctx }
		test(t)
	})
}

// page plays the part of the page for the widget that was shown last.
type page struct {
	t      *testing.T
	shown  *shown
	number int64
}

// inLab makes the package believe that it runs in JupyterLab, and returns the page.
func inLab(t *testing.T) *page {
	inNotebook(t)
	t.Setenv("GONB_JUPYTER_KERNEL_ID", "1234-5678")
	return &page{t: t, shown: collect(t)}
}

func (p *page) widget() output {
	p.t.Helper()
	all := p.shown.all()
	for i := len(all) - 1; i >= 0; i-- {
		if strings.HasPrefix(all[i].id, "widget-") && strings.Contains(all[i].html, "<script>") {
			return all[i]
		}
	}
	p.t.Fatal("no widget is shown")
	return output{}
}

// say sends what the page's script would send.
func (p *page) say(press string, values map[string]any) {
	p.t.Helper()
	p.number++
	p.sayAs("one", p.number, press, values)
}

func (p *page) sayAs(name string, number int64, press string, values map[string]any) {
	p.t.Helper()
	message, err := json.Marshal(map[string]any{"page": name, "number": number, "values": values, "press": press})
	if err != nil {
		p.t.Fatal(err)
	}
	id := p.widget().id
	subscribers.mu.Lock()
	receive := subscribers.byAddress[id]
	subscribers.mu.Unlock()
	receive(string(message))
	synctest.Wait()
}

func dataURL(t *testing.T, p image.Image) string {
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

// answers are the variables of one Ask with every kind of control.
type answers struct {
	weight  float64
	size    int
	pooling string
	mirror  bool
	upload  image.Image
	mask    image.Gray
}

func (a *answers) ask() {
	Ask("What to <paint>", Slider("weight", &a.weight, 1, 1000), Slider("size", &a.size, 64, 512),
		Choice("pooling", &a.pooling, "max", "avg"), Toggle("mirror", &a.mirror), Upload("photograph", &a.upload),
		Brush("sky", &a.mask, quarters(200, 100)),
		View(func() (image.Image, error) { return plainColour(a.size, 130, red), nil }))
}

func given1() *answers { return &answers{weight: 100, size: 256, pooling: "max"} }

func TestAskWhereNobodyWatches(t *testing.T) {
	for _, watched := range []bool{false, true} {
		t.Run(fmt.Sprint(watched), func(t *testing.T) {
			s := collect(t)
			if watched { // but the kernel is not a Jupyter server's
				inNotebook(t)
			}
			a := given1()
			a.ask()
			if a.weight != 100 || a.size != 256 || a.pooling != "max" || a.mirror || a.upload != nil || coverage(&a.mask) != 0 {
				t.Errorf("the values given have become %+v", a)
			}
			all := s.all()
			if len(all) != 2 || !strings.HasPrefix(all[0].text, "What to <paint>: nobody to ask, so the values given hold\n            value\nweight      100\n") {
				t.Errorf("%d outputs, %q", len(all), all[0].text)
			}
		})
	}
}

func TestAskTakesWhatIsSet(t *testing.T) {
	p := inLab(t)
	a := given1()
	bubble(t, func(t *testing.T) {
		done := make(chan struct{})
		go func() { a.ask(); close(done) }()
		synctest.Wait()
		html := p.widget().html
		for _, want := range []string{"What to &lt;paint&gt;", `data-low="64" data-high="512" data-integer>`, `data-logarithmic>`,
			`value="667"`, `<option value="max" selected>`, `"1234-5678"`} {
			if !strings.Contains(html, want) {
				t.Errorf("the widget has no %s", want)
			}
		}
		p.say("hello", nil)
		p.say("", map[string]any{"0": 37.5, "1": 9999, "2": "median", "3": true}) // 9999 is too high, median no choice
		p.sayAs("one", p.number-1, "", map[string]any{"0": 2.0})                  // overtaken
		mask := image.NewNRGBA(image.Rect(0, 0, 400, 200))
		for y := range 100 {
			for x := range 200 {
				mask.SetNRGBA(x, y, color.NRGBA{255, 136, 0, 255})
			}
		}
		p.say("", map[string]any{"5": dataURL(t, mask), "4": "data:image/png;base64,AAAA"})
		p.say("use", map[string]any{"4": dataURL(t, plainColour(30, 20, blue))})
		<-done
	})
	if a.weight != 37.5 || a.size != 512 || a.pooling != "max" || !a.mirror {
		t.Errorf("got %+v", a)
	}
	if a.upload == nil || a.upload.Bounds() != image.Rect(0, 0, 30, 20) {
		t.Errorf("upload %v", a.upload)
	}
	if size := a.mask.Bounds().Size(); size != image.Pt(200, 100) || a.mask.GrayAt(50, 25).Y != 255 || a.mask.GrayAt(150, 75).Y != 0 || a.mask.GrayAt(150, 25).Y != 0 {
		t.Errorf("mask %v with %d, %d, %d", size, a.mask.GrayAt(50, 25).Y, a.mask.GrayAt(150, 75).Y, a.mask.GrayAt(150, 25).Y)
	}
	last := map[string]output{}
	for _, o := range p.shown.all() {
		last[o.id] = o
	}
	for id, o := range last {
		if strings.Contains(o.html, "<script") {
			t.Errorf("a script stays in display %q", id)
		}
	}
	if o := last[p.widget().id]; !strings.Contains(o.text, "weight      37.5") || !strings.Contains(o.text, "sky         25 % painted") {
		t.Errorf("the record is %q", o.text)
	}
}

func TestAskGivesUpWhereNoPageAnswers(t *testing.T) {
	p := inLab(t)
	bubble(t, func(t *testing.T) {
		began := time.Now()
		given1().ask()
		if took := time.Since(began); took != connectTimeout {
			t.Errorf("gave up after %v", took)
		}
	})
	all := p.shown.all()
	if text := all[len(all)-2].text; !strings.HasPrefix(text, "What to <paint>: this front end has no way to bring values back") {
		t.Error(text)
	}
}

// A page that comes after the first shows the values that hold, and is shown them once.
func TestASecondPageIsShownWhatHolds(t *testing.T) {
	p := inLab(t)
	weight := 100.0
	b := newWidget("", nil, []Control{Slider("weight", &weight, 1, 1000)})
	if !b.show() {
		t.Fatal("not shown")
	}
	bubble(t, func(t *testing.T) {
		p.say("hello", map[string]any{"0": 10})
		b.apply()
		before := len(p.shown.all())
		for range 3 {
			p.sayAs("two", 99, "hello", nil)
			b.apply()
		}
		if n := len(p.shown.all()) - before; n != 1 || !strings.Contains(p.widget().html, `value="333"`) {
			t.Errorf("shown %d times: %s", n, p.widget().html[:600])
		}
	})
}

func TestControlsThatCannotBe(t *testing.T) {
	word, number := "median", 3.0
	for _, c := range []struct {
		control Control
		want    string
	}{
		{Slider("x", &number, 5, 5), `kernelext.Slider "x": from 5 to 5`},
		{Choice("x", &word, "max", "avg"), `kernelext.Choice "x": the variable must hold one of the choices ["max" "avg"]`},
		{Toggle("x", nil), `kernelext.Toggle "x": a variable is needed`},
		{Upload("x", nil), `kernelext.Upload "x": a variable is needed`},
		{Brush("x", nil, quarters(9, 9)), `kernelext.Brush "x": a mask and a picture are needed`},
	} {
		if err := c.control.err; err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}
