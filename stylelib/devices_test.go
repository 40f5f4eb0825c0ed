package stylelib

import (
	"image"
	"math"
	"testing"
)

// The gradient of a picture divided among devices is that of the whole, for even and odd numbers of rows, seen whole and
// through masks, and so are L-BFGS's steps, whose memory is divided too.
func TestDevicesLeaveTheGradient(t *testing.T) {
	backend, vgg := testBackend(t), NewVGG(hashedNetwork())
	if backend.NumDevices() < 3 {
		t.Skipf("backend %s has %d devices", backend.Name(), backend.NumDevices())
	}
	for _, c := range []struct {
		h, devices int
		masked     bool
	}{{64, 2, false}, {57, 2, true}, {50, 3, false}} {
		o := Options{Terms: DefaultTerms()}
		if c.masked {
			o.Terms[0].Mask, o.Terms[1].Mask = halfMask(c.h, 45), halfMask(c.h, 45)
		}
		pictures := [3]image.Image{hashedPicture(c.h, 45, 1), hashedPicture(40, 50, 2), hashedPicture(c.h, 45, 3)}
		whole, want := stepOf(t, backend, vgg, pictures, o)
		o.Devices = c.devices
		divided, got := stepOf(t, backend, vgg, pictures, o)
		for term, loss := range whole {
			if d := math.Abs(divided[term] - loss); !(d <= 1e-5*math.Abs(loss)) || loss == 0 {
				t.Errorf("%d rows: %s is %g on %d devices, %g on one", c.h, term, divided[term], c.devices, loss)
			}
		}
		if d := relativeDistance(got, want); !(d < 1e-4) {
			t.Errorf("%d rows on %d devices: gradients are %.2g apart", c.h, c.devices, d)
		}
	}
	o := Options{Terms: shallow, Steps: 5, Optimizer: LBFGS{History: 2}}
	whole, err := Transfer(t.Context(), backend, vgg, hashedPicture(21, 18, 1), []image.Image{hashedPicture(20, 20, 2)}, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Devices = 2
	divided, err := Transfer(t.Context(), backend, vgg, hashedPicture(21, 18, 1), []image.Image{hashedPicture(20, 20, 2)}, o)
	if err != nil {
		t.Fatal(err)
	}
	if d := relativeDistance(divided.State.Picture, whole.State.Picture); !(d < 1e-4) {
		t.Errorf("after 5 steps of L-BFGS the pictures are %.2g apart", d)
	}
}
