package kernelext

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
)

// shown collects what is displayed during a test.
type shown struct {
	mu      sync.Mutex
	outputs []output
}

func (s *shown) all() []output {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outputs
}

func collect(t *testing.T) *shown {
	s, before := &shown{}, display
	display = func(o output, stay bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.outputs = append(s.outputs, o)
	}
	t.Cleanup(func() { display = before })
	return s
}

// only returns the single output that was displayed, and its picture decoded.
func (s *shown) only(t *testing.T) (output, image.Image) {
	t.Helper()
	if len(s.outputs) != 1 || s.outputs[0].picture == nil {
		t.Fatalf("%d outputs, want one picture", len(s.outputs))
	}
	o := s.outputs[0]
	p, format, err := image.Decode(bytes.NewReader(o.picture.data))
	if err != nil {
		t.Fatal(err)
	}
	if o.picture.mime != "image/"+format {
		t.Errorf("a %s is called %s", format, o.picture.mime)
	}
	return o, p
}

var (
	red   = color.RGBA{200, 40, 30, 255}
	green = color.RGBA{30, 160, 60, 255}
	blue  = color.RGBA{20, 50, 190, 255}
	sand  = color.RGBA{220, 200, 150, 255}
)

func plainColour(w, h int, c color.Color) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(p, p.Bounds(), image.NewUniform(c), image.Point{}, draw.Src)
	return p
}

// quarters is a picture of four colours with noise of ±8 over them, which JPEG stores smaller than PNG.
func quarters(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			c := [2][2]color.RGBA{{red, green}, {blue, sand}}[2*y/h][2*x/w]
			n := r.IntN(17) - 8
			p.SetRGBA(x, y, color.RGBA{uint8(int(c.R) + n), uint8(int(c.G) + n), uint8(int(c.B) + n), 255})
		}
	}
	return p
}

// near checks the mean colour of a rectangle, each channel to within tol.
func near(t *testing.T, p image.Image, r image.Rectangle, want color.RGBA) {
	t.Helper()
	const tol = 3 // JPEG at quality 88 and the mean of the noise together
	var sum [3]float64
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c := color.RGBAModel.Convert(p.At(x, y)).(color.RGBA)
			for k, v := range []uint8{c.R, c.G, c.B} {
				sum[k] += float64(v)
			}
		}
	}
	for k, v := range []uint8{want.R, want.G, want.B} {
		mean := sum[k] / float64(r.Dx()*r.Dy())
		if mean < float64(v)-tol || mean > float64(v)+tol {
			t.Errorf("%v channel %d: mean %.1f, want %d", r, k, mean, v)
		}
	}
}

func TestShowScalesDownAndStoresJPEG(t *testing.T) {
	s := collect(t)
	Show(quarters(768, 500))
	o, p := s.only(t)
	if o.picture.mime != "image/jpeg" || p.Bounds() != image.Rect(0, 0, 512, 333) {
		t.Errorf("%s %v, want image/jpeg 512x333", o.picture.mime, p.Bounds())
	}
	if o.text != "picture 768x500" {
		t.Errorf("text %q", o.text)
	}
	near(t, p, image.Rect(10, 10, 246, 156), red)
	near(t, p, image.Rect(266, 10, 502, 156), green)
	near(t, p, image.Rect(10, 177, 246, 323), blue)
	near(t, p, image.Rect(266, 177, 502, 323), sand)
}

func TestShowStoresFlatAndClearPicturesAsPNG(t *testing.T) {
	s := collect(t)
	Show(plainColour(200, 150, green))
	o, p := s.only(t)
	if o.picture.mime != "image/png" || p.Bounds() != image.Rect(0, 0, 200, 150) {
		t.Errorf("%s %v, want image/png 200x150", o.picture.mime, p.Bounds())
	}
	noise := quarters(200, 150)
	noise.Pix[3] = 0
	e, err := encodePicture(noise, pictureWidth)
	if err != nil || e.mime != "image/png" {
		t.Errorf("a picture with a clear pixel is stored as %s, %v", e.mime, err)
	}
}

// A matrix of 2 x 1 grows 128 times, with square pixels that keep their exact values.
func TestShowEnlargesMatrices(t *testing.T) {
	s := collect(t)
	m := image.NewGray(image.Rect(5, 5, 7, 6))
	m.Pix = []uint8{10, 250}
	Show(m)
	o, p := s.only(t)
	if o.picture.mime != "image/png" || p.Bounds() != image.Rect(0, 0, 256, 128) {
		t.Fatalf("%s %v, want image/png 256x128", o.picture.mime, p.Bounds())
	}
	for _, at := range []struct {
		x, y int
		want uint8
	}{{0, 0, 10}, {127, 127, 10}, {128, 0, 250}, {255, 127, 250}} {
		if got := color.GrayModel.Convert(p.At(at.x, at.y)).(color.Gray).Y; got != at.want {
			t.Errorf("pixel %d, %d is %d, want %d", at.x, at.y, got, at.want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct{ w, h, wantW, wantH int }{
		{512, 768, 512, 768},
		{513, 100, 512, 100},
		{1000, 4000, 192, 768},
		{5000, 1, 512, 1},
		{127, 60, 254, 120},
		{128, 128, 128, 128},
		{100, 127, 200, 254},
	} {
		got := fit(plainColour(c.w, c.h, red), pictureWidth, pictureHeight).Bounds().Size()
		if got != image.Pt(c.wantW, c.wantH) {
			t.Errorf("%dx%d becomes %v, want %dx%d", c.w, c.h, got, c.wantW, c.wantH)
		}
	}
}

// Two pictures of 200 x 100 and 200 x 150 beside each other: 8 + 200 + 8 + 200 + 8 wide, a line of 22 for titles over
// 150 and 8 below.
func TestGallery(t *testing.T) {
	s := collect(t)
	Gallery(2, Item{"relu1_1", plainColour(200, 100, red)}, Item{"", plainColour(200, 150, blue)})
	o, p := s.only(t)
	if p.Bounds() != image.Rect(0, 0, 424, 180) {
		t.Fatalf("%v, want 424x180", p.Bounds())
	}
	if o.text != "2 pictures: relu1_1, 2" {
		t.Errorf("text %q", o.text)
	}
	near(t, p, image.Rect(8, 22, 208, 122), red)
	near(t, p, image.Rect(216, 22, 416, 172), blue)
	near(t, p, image.Rect(8, 124, 206, 180), color.RGBA{255, 255, 255, 255})
	if n := dark(p, image.Rect(8, 0, 208, 21)); n < 50 {
		t.Errorf("the title has %d dark pixels", n)
	}
	if n := dark(p, image.Rect(209, 0, 424, 21)); n != 0 {
		t.Errorf("no title has %d dark pixels", n)
	}
}

func TestGalleryShortensTitlesAndWrapsRows(t *testing.T) {
	s := collect(t)
	long := Item{strings.Repeat("a long title ", 20), plainColour(130, 130, red)}
	Gallery(2, long, long, Item{"日本語 \x00", plainColour(130, 130, red)})
	_, p := s.only(t)
	if want := image.Rect(0, 0, 8+130+8+130+8, 22+130+8+22+130+8); p.Bounds() != want {
		t.Fatalf("%v, want %v", p.Bounds(), want)
	}
	for _, strip := range []image.Rectangle{image.Rect(0, 0, 8, 21), image.Rect(138, 0, 146, 21), image.Rect(276, 0, 284, 21)} {
		if n := dark(p, strip); n != 0 {
			t.Errorf("a title leaves its column at %v: %d dark pixels", strip, n)
		}
	}
}

func dark(p image.Image, r image.Rectangle) int {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if color.GrayModel.Convert(p.At(x, y)).(color.Gray).Y < 128 {
				n++
			}
		}
	}
	return n
}

func TestGalleryIsNeverWiderThanAPage(t *testing.T) {
	s := collect(t)
	var items []Item
	for range 8 {
		items = append(items, Item{Picture: plainColour(500, 500, red)})
	}
	Gallery(8, items...)
	_, p := s.only(t)
	if w, want := p.Bounds().Dx(), 8*105+7*8; w != want {
		t.Errorf("8 columns are %d wide, want %d", w, want)
	}
}

// The smaller of the two pictures is enlarged to the width of the other.
func TestCompare(t *testing.T) {
	s := collect(t)
	Compare(plainColour(600, 300, red), plainColour(300, 150, blue))
	_, p := s.only(t)
	if want := image.Rect(0, 0, 8+384+8+384+8, 22+192+8); p.Bounds() != want {
		t.Fatalf("%v, want %v", p.Bounds(), want)
	}
	near(t, p, image.Rect(10, 24, 390, 212), red)
	near(t, p, image.Rect(402, 24, 782, 212), blue)
}

func TestWrongPictures(t *testing.T) {
	one := plainColour(3, 3, red)
	for _, c := range []struct {
		p    image.Image
		want string
	}{
		{nil, "kernelext.Show: picture 2 of 2 is nil"},
		{(*image.NRGBA)(nil), "kernelext.Show: picture 2 of 2 is nil"},
		{image.NewRGBA(image.Rectangle{}), "kernelext.Show: picture 2 of 2 has no pixels"},
	} {
		if err := checkPictures("Show", one, c.p); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	if err := checkPictures("Show", one); err != nil {
		t.Error(err)
	}
}

func TestFilesOutsideANotebook(t *testing.T) {
	t.Chdir(t.TempDir())
	files = counter{counts: map[string]int{}}
	Show(plainColour(200, 100, red))
	Show(plainColour(200, 100, blue))
	Gallery(1, Item{"a", quarters(200, 200)})
	for name, c := range map[string]color.RGBA{"out/picture-1.png": red, "out/picture-2.png": blue} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		near(t, p, p.Bounds(), c)
	}
	if _, err := os.Stat("out/gallery-1.jpg"); err != nil {
		t.Error(err)
	}
}
