package stylelib

import (
	"image"
	"testing"
	"time"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
)

// Two layers of 128 channels at the picture's size: 2 x 512 bytes a pixel are kept, and 1.6 x 512 worked on; eight arrays of
// a picture at 12 bytes a pixel, of which four are Adam's. In tiles of 100 only a window's features are there at once, and
// what they pull at gathers in a ninth array; relu1_2 is kept whole for the term that is no sum.
func TestStepMemory(t *testing.T) {
	net, size := vgg.New(testkit.WideNetwork()), image.Pt(1000, 500)
	o := Options{Terms: []Term{StyleTerm(1, "relu1_1", "relu1_2"), TotalVariationTerm(1)}, Optimizer: optim.Adam{}}.withDefaults()
	at := func(o Options) cost { return (&job{net: net, o: o}).evaluationOf(size).cost(size) }
	const pixel, compiling = 8*12 + 3.6*512, 80_000_000
	if got, want := at(o).memory(), int64(compiling+pixel*1000*500); got != want {
		t.Errorf("%d bytes at once, want %d", got, want)
	}
	if got := (&job{net: net, o: o}).largest(size, compiling+pixel*2000*1000); got != 2000 {
		t.Errorf("the largest picture is %d pixels long, want 2000", got)
	}
	o.Devices = 2
	const device = 4*9*128*128 + (8*12+(2+2.8)*512)*1000*500/2
	if got := at(o).device; got != device {
		t.Errorf("%d bytes on each of two devices, want %d", got, int64(device))
	}
	o.Tile, o.Devices = 100, 1
	const tiled = 9*12*1000*500 + 4.6*512*100*100
	if got, want := at(o).memory(), int64(2*tiled); got != want { // less than the most that compiling takes
		t.Errorf("%d bytes in tiles, want %d", got, want)
	}
	o.Terms[0].Additive = false
	if got, least := at(o).memory(), int64(5*2*512*1000*500); got < least || got > 2*least {
		t.Errorf("%d bytes with layers kept whole, want above %d", got, least)
	}
}

// A forecast is for a run that can be made: its steps take time, and of a pyramid the small levels less.
func TestPlan(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	content, styles := testkit.Picture(200, 300, 1), []image.Image{testkit.Picture(40, 50, 2)}
	o := Options{Terms: shallow, Steps: 60}.withDefaults()
	f, err := Plan(t.Context(), backend, net, content, styles, o)
	if err != nil {
		t.Fatal(err)
	}
	if f.Step <= 0 || f.Total < 60*f.Step || f.Memory <= (&job{net: net, o: o}).evaluationOf(image.Pt(300, 200)).cost(image.Pt(300, 200)).memory() || !f.Fits() || f.Free > 0 && f.Largest < 300 {
		t.Errorf("forecast %+v", f)
	}
	p, err := Plan(t.Context(), backend, net, content, styles, o, 75, 150, 300)
	if err != nil {
		t.Fatal(err)
	}
	if work := p.Total - 20*p.Step; p.Step <= 0 || work < 0 || p.Total > 60*p.Step+time.Minute {
		t.Errorf("forecast of a pyramid %+v", p)
	}
	narrow := []image.Image{testkit.Picture(3, 500, 2)}
	if f, err := Plan(t.Context(), backend, net, testkit.Picture(3, 500, 1), narrow, o); err != nil || f.Step <= 0 {
		t.Errorf("500x3: forecast %+v, error %v", f, err)
	}
	if _, err := Plan(t.Context(), backend, net, content, styles, o, 300, 150); err == nil {
		t.Error("levels that fall are no pyramid")
	}
}
