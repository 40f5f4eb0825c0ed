package kernelext

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

func at(t *testing.T, p image.Image, x, y int, want color.RGBA) {
	t.Helper()
	got := color.RGBAModel.Convert(p.At(x, y)).(color.RGBA)
	for k, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
		if d < -1 || d > 1 {
			t.Errorf("pixel %d, %d channel %d is %v, want %v", x, y, k, got, want)
			return
		}
	}
}

// A matrix of 2 x 2 fills 280 x 280 CSS pixels, at 2 pixels each, beside 8 of margin and under 22 of title.
func TestHeatmap(t *testing.T) {
	p := Heatmap("Gram", 2, []float32{-4, 0, 2, float32(math.NaN())})
	at(t, p, 16+100, 44+100, color.RGBA{0, 60, 140, 255})
	at(t, p, 16+400, 44+100, color.RGBA{255, 255, 255, 255})
	at(t, p, 16+100, 44+400, color.RGBA{235, 140, 70, 255}) // half way to 4
	at(t, p, 16+400, 44+400, color.RGBA{0x99, 0x99, 0x99, 255})
	at(t, p, 16+560+16+5, 44, color.RGBA{150, 40, 0, 255})
	at(t, p, 16+560+16+5, 44+559, color.RGBA{0, 60, 140, 255})
	if text := p.(*chart).Text; text != "Gram: 2x2 values from -4 to 4" {
		t.Error(text)
	}
	at(t, Heatmap("", 1, []float32{1, 3}), 16+100, 44+50, color.RGBA{110, 30, 103, 255}) // a third of the way: 1/3 of 4 steps
}

func TestDifference(t *testing.T) {
	a, b := plainColour(4, 4, color.RGBA{100, 100, 100, 255}), plainColour(4, 4, color.RGBA{100, 100, 100, 255})
	b.SetRGBA(1, 0, color.RGBA{151, 100, 100, 255}) // 51/255/3 = 0.06667 lighter, 1/16 of that on average
	p := Difference(a, b)
	at(t, p, 16+70, 44+70, color.RGBA{255, 255, 255, 255})
	at(t, p, 16+140+70, 44+70, color.RGBA{150, 40, 0, 255})
	if text := p.(*chart).Text; text != "difference, 0.004167 on average: 4x4 values from -0.06667 to 0.06667" {
		t.Error(text)
	}
}

func TestHistogram(t *testing.T) {
	s := collect(t)
	Show(Histogram("spread", "value", Series{Name: "a", Y: []float64{0, 0, 0, 1}}))
	if o, _ := s.only(t); o.text != "chart spread: a" {
		t.Error(o.text)
	}
	s = collect(t)
	Show(Histogram("wide", "value", Series{Name: "a", Y: []float64{-1e308, 0, 1e308}}))
	if o, _ := s.only(t); o.text != "chart wide: a" {
		t.Error(o.text)
	}
	channels := Channels(plainColour(2, 1, color.RGBA{255, 0, 51, 255}))
	for i, want := range []struct {
		name  string
		value float64
	}{{"blue", 0.2}, {"red", 1}, {"green", 0}} {
		if c := channels[i]; c.Name != want.name || len(c.Y) != 2 || math.Abs(c.Y[1]-want.value) > 1e-9 {
			t.Errorf("%+v, want %+v", c, want)
		}
	}
}

// Two positions of three channels: the second is the strongest, the third is never above 0.
func TestFeatureMaps(t *testing.T) {
	items := FeatureMaps(1, 2, 3, 2, []float32{1, 4, -1, 0.5, 2, -2})
	if len(items) != 2 || items[0].Title != "1: to 4" || items[1].Title != "0: to 1" {
		t.Fatalf("items %+v", items)
	}
	if p := items[0].Picture.(*image.Gray); p.Bounds() != image.Rect(0, 0, 2, 1) || p.Pix[0] != 255 || p.Pix[1] != 128 {
		t.Errorf("pixels %v", p.Pix)
	}
}

func TestFilters(t *testing.T) {
	kernel := make([]float32, 9*3*2)
	kernel[((2*3+1)*3+0)*2+1] = 0.5 // row 2, column 1, red, of filter 1
	kernel[((0*3+0)*3+2)*2+1] = -0.25
	items := Filters(3, 2, 9, kernel)
	if len(items) != 2 {
		t.Fatalf("%d items", len(items))
	}
	at(t, items[1].Picture, 1, 2, color.RGBA{255, 128, 128, 255})
	at(t, items[1].Picture, 0, 0, color.RGBA{128, 128, 64, 255})
	at(t, items[0].Picture, 1, 2, color.RGBA{128, 128, 128, 255})
	// Five input channels lie in rows of three, a white pixel between.
	kernel = make([]float32, 9*5)
	kernel[(1*3+1)*5+4] = 1 // the middle of channel 4: second row, second column
	p := Filters(5, 1, 1, kernel)[0].Picture
	if p.Bounds() != image.Rect(0, 0, 11, 7) {
		t.Errorf("%v", p.Bounds())
	}
	at(t, p, 5, 5, color.RGBA{255, 255, 255, 255})
	at(t, p, 4, 4, color.RGBA{128, 128, 128, 255})
}

// Two rows of three pictures of 140 x 130 begin at 90, one of 22 of titles for all of them.
func TestGrid(t *testing.T) {
	s := collect(t)
	colours := []color.RGBA{red, green, blue}
	Grid([]string{"10", "100"}, []string{"a", "b", "c"}, func(row, column int) (image.Image, error) {
		return plainColour(140, 130, colours[(row+column)%3]), nil
	})
	o, p := s.only(t)
	if o.text != `2 by 3 pictures: ["10" "100"] by ["a" "b" "c"]` {
		t.Error(o.text)
	}
	if p.Bounds().Dx() != 90+8+3*140+2*8+8 {
		t.Fatalf("%v", p.Bounds())
	}
	s = collect(t)
	all := []string{"10", "100", "1000"}
	Grid(all[:1], []string{"a"}, func(row, column int) (image.Image, error) { return plainColour(140, 130, red), nil })
	if s.only(t); all[1] != "100" {
		t.Errorf("the caller's titles are %q now", all)
	}
	near(t, p, image.Rect(110, 30, 230, 140), red)
	near(t, p, image.Rect(110+2*148, 30, 230+2*148, 140), blue)
	near(t, p, image.Rect(110, 30+138, 230, 140+138), green)
	if dark(p, image.Rect(0, 22, 90, 50)) == 0 || dark(p, image.Rect(0, 160, 90, 190)) == 0 || dark(p, image.Rect(98, 0, 200, 21)) == 0 {
		t.Error("a title is missing")
	}
}

// Of a picture of 60 x 40 a square of 10 is shown 8 times as large; one over the edge is moved inside.
func TestZoom(t *testing.T) {
	p := plainColour(60, 40, sand)
	for y := range 10 {
		for x := range 10 {
			p.SetRGBA(50+x, 30+y, blue)
		}
	}
	z := Zoom(p, 10, 8, image.Pt(59, 39), image.Pt(20, 20))
	if z.Bounds() != image.Rect(0, 0, 60+8+80+8+80, 80) {
		t.Fatalf("%v", z.Bounds())
	}
	near(t, z, image.Rect(70, 4, 146, 76), blue)
	near(t, z, image.Rect(158, 4, 234, 76), sand)
	at(t, z, 68, 0, palette[1])
}

func TestAnimate(t *testing.T) {
	s := collect(t)
	t.Chdir(t.TempDir())
	Animate("out/run.gif", 100*time.Millisecond, quarters(512, 256), plainColour(512, 256, green), plainColour(512, 256, blue))
	data, err := os.ReadFile("out/run.gif")
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) != 3 || g.Image[0].Bounds() != image.Rect(0, 0, 256, 128) || fmt.Sprint(g.Delay) != "[10 10 200]" {
		t.Errorf("%d frames of %v, delays %v", len(g.Image), g.Image[0].Bounds(), g.Delay)
	}
	near(t, g.Image[0], image.Rect(5, 5, 120, 60), red)
	near(t, g.Image[0], image.Rect(135, 70, 250, 120), sand)
	near(t, g.Image[2], image.Rect(0, 0, 256, 128), blue)
	if o := s.all()[0]; !strings.Contains(o.html, base64.StdEncoding.EncodeToString(data)) || o.text != "out/run.gif: animation of 3 pictures" {
		t.Error(o.text)
	}
}

// Fewer colours than places are kept exactly.
func TestMedianCutKeepsFewColours(t *testing.T) {
	p := plainColour(9, 9, red)
	p.SetRGBA(3, 3, blue)
	p.SetRGBA(4, 3, green)
	if got := medianCut([]*image.RGBA{p, plainColour(9, 9, sand)}, 256); len(got) != 4 {
		t.Errorf("%d colours, want 4: %v", len(got), got)
	}
}

// What our typeface cannot write is left to the browser, with the words in the page as text.
func TestJapaneseTitlesAreText(t *testing.T) {
	if !hasGlyphs("Größe → 50 %") || hasGlyphs("猫") {
		t.Error("drawable is wrong about what the typeface has")
	}
	s := collect(t)
	Gallery(2, Item{"元の写真", plainColour(140, 140, red)}, Item{"結果", quarters(140, 140)})
	Show(LogChart("損失", "ステップ", Series{Name: "内容", Y: []float64{1, 2}}))
	all := s.all()
	if o := all[0]; !strings.Contains(o.html, "<div>元の写真</div><img") || !strings.Contains(o.html, "結果") || o.picture == nil {
		t.Errorf("gallery %.200s", o.html)
	}
	_, code, _ := strings.Cut(all[1].html, "base64,")
	svg, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(code, `">`))
	if err != nil || !strings.Contains(string(svg), "損失") || !strings.Contains(string(svg), "ステップ") {
		t.Errorf("%v, chart %.300s", err, svg)
	}
}
