package stylelib

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// columns is a mask that is white from column a to b - 1.
func columns(w, h, a, b int) image.Image {
	mask := image.NewGray(image.Rect(0, 0, w, h))
	for i := range w * h {
		if i%w >= a && i%w < b {
			mask.Pix[i] = 0xff
		}
	}
	return mask
}

// masked takes a step of gradient descent from noise, of the terms alone.
func masked(t *testing.T, style image.Image, terms ...Term) *Result {
	t.Helper()
	result, err := Transfer(t.Context(), testkit.Backend(t), vgg.New(testkit.Network()), testkit.Picture(48, 64, 1), []image.Image{style},
		Options{Steps: 1, Start: FromNoise(3), Clip: ClipShown, Optimizer: optim.SGD{LearningRate: 1}, Terms: terms})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// A white mask changes nothing, and the mask of a half sees that half alone: the losses are those of the halves cut out.
func TestMasksByCutting(t *testing.T) {
	style := testkit.Picture(40, 30, 2)
	gram, picture := StyleTerm(1, "relu1_1", "relu2_1"), Term{Name: "pixels", Weight: 1, Target: Style(0), Describe: loss.Gram}
	same := func(what string, got, want *Result) {
		t.Helper()
		if a, b := got.Steps[0].Loss, want.Steps[0].Loss; !(math.Abs(a-b) <= 1e-5*b) {
			t.Errorf("%s: loss %g, want %g", what, a, b)
		}
	}
	white := gram
	white.Mask, white.TargetMask = columns(64, 48, 0, 64), columns(30, 40, 0, 30)
	same("white masks", masked(t, style, white), masked(t, style, gram))
	right := picture
	right.TargetMask = columns(30, 40, 12, 30)
	cut := style.(*image.NRGBA64).SubImage(image.Rect(12, 0, 30, 40))
	same("a part of the style", masked(t, style, right), masked(t, cut, picture))
	left := picture
	left.Mask = columns(64, 48, 0, 32)
	start := func(w int) Start {
		return FromPicture(testkit.Picture(48, 64, 9).(*image.NRGBA64).SubImage(image.Rect(0, 0, w, 48)))
	}
	loss := func(term Term, w int) *Result {
		content := image.NewGray(image.Rect(0, 0, w, 48))
		result, err := Transfer(t.Context(), testkit.Backend(t), vgg.New(testkit.Network()), content, []image.Image{style}, Options{Steps: 1, Start: start(w), Terms: []Term{term}})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	same("a part of the picture", loss(left, 64), loss(picture, 32))
}

// A term with a mask neither sees nor moves a pixel outside it; where positions may see beyond the mask it does both.
func TestMasksDoNotLeak(t *testing.T) {
	style := testkit.Picture(40, 60, 2)
	term := StyleTerm(1, "relu1_1", "relu2_1", "relu3_1")
	term.Mask, term.TargetMask = columns(64, 48, 0, 40), columns(60, 40, 0, 36)
	other := image.NewNRGBA64(style.Bounds())
	copy(other.Pix, style.(*image.NRGBA64).Pix)
	for y := range 40 {
		for x := 36; x < 60; x++ {
			other.Set(x, y, color.White)
		}
	}
	before := FromNoise(3).noise(64 * 48 * 3)
	for _, overlap := range []float64{0, 1} {
		term.Overlap = overlap
		a, b := masked(t, style, term), masked(t, other, term)
		var inside, outside int
		for i, v := range a.State.Picture {
			if v == before[i] {
				continue
			}
			if i/3%64 < 40 {
				inside++
			} else {
				outside++
			}
		}
		difference := math.Abs(a.Steps[0].Loss/b.Steps[0].Loss - 1)
		t.Logf("overlap %g: %d values moved inside, %d outside; the style's other part changes the loss by %.2g", overlap, inside, outside, difference)
		if tight := outside == 0 && difference < 1e-6; tight != (overlap == 0) || inside < 48*40*3*9/10 {
			t.Errorf("overlap %g: %d values moved inside, %d outside, loss changed by %g", overlap, inside, outside, difference)
		}
	}
}

// A content term with a mask is the content within it.
func TestContentWithMask(t *testing.T) {
	term := ContentTerm(1, vgg.PictureLayer)
	term.Mask = columns(64, 48, 10, 20)
	start, want := FromNoise(3).noise(64*48*3), testkit.Unit(64*48*3, 1)
	var off, whole float64
	for i, v := range start {
		if x := i / 3 % 64; x >= 10 && x < 20 {
			c := float64(uint16(want[i]*65536)) / 0xffff
			off += (float64(v) - c) * (float64(v) - c)
			whole += c * c
		}
	}
	if got := masked(t, testkit.Picture(20, 20, 2), term).Steps[0].Loss; !(math.Abs(got-off/whole) < 1e-5*got) {
		t.Errorf("loss %g, want %g", got, off/whole)
	}
}

// Weights follow areas: a quarter, all of the rest, and where two styles meet their shares.
func TestMaskStyles(t *testing.T) {
	quarter := columns(8, 4, 0, 2)
	for _, test := range []struct {
		masks  []image.Image
		shares []float64
		want   []float64
	}{
		{[]image.Image{quarter, MaskRest(quarter)}, nil, []float64{0.25, 0.75}},
		{[]image.Image{quarter}, nil, []float64{0.25}},
		{[]image.Image{quarter, nil}, []float64{3, 1}, []float64{0.25 * 0.75, 0.25*0.25 + 0.75}},
		{[]image.Image{nil, nil}, []float64{3, 1}, []float64{0.75, 0.25}},
		{[]image.Image{columns(8, 4, 0, 2), MaskRest(quarter), MaskRest(quarter)}, []float64{1, 2, 1}, []float64{0.25, 0.5, 0.25}},
	} {
		terms, err := MaskStyles([]Term{ContentTerm(1), StyleTerm(8)}, test.masks, test.shares...)
		if err != nil {
			t.Fatal(err)
		}
		if len(terms) != 1+len(test.want) || terms[0].Weight != 1 || terms[0].Mask != nil {
			t.Fatalf("terms %v", terms)
		}
		for i, term := range terms[1:] {
			if term.Target != Style(i) || term.Mask != test.masks[i] || !(math.Abs(term.Weight-8*test.want[i]) < 1e-4) {
				t.Errorf("term %q: target %d, weight %g, want %g", term.Name, term.Target, term.Weight, 8*test.want[i])
			}
		}
	}
	for want, refused := range map[string]func() ([]Term, error){
		"no masks given":                    func() ([]Term, error) { return MaskStyles(DefaultTerms(), nil) },
		"so there is none to mask":          func() ([]Term, error) { return MaskStyles([]Term{ContentTerm(1)}, []image.Image{quarter}) },
		"so there is none to mix":           func() ([]Term, error) { return MixStyles([]Term{ContentTerm(1)}, 1, 2) },
		"the second mask is black all over": func() ([]Term, error) { return MaskStyles(DefaultTerms(), []image.Image{nil, MaskRest(nil)}) },
	} {
		if _, err := refused(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := MaskStyles(DefaultTerms(), []image.Image{quarter}, 1, 2); err == nil || !strings.Contains(err.Error(), "1 masks for 2 shares") {
		t.Errorf("error %v", err)
	}
}

// Masks are scaled with the levels of a pyramid.
func TestPyramidWithMasks(t *testing.T) {
	terms, err := MaskStyles([]Term{StyleTerm(8, "relu1_1", "relu3_1")}, []image.Image{columns(40, 30, 0, 20), columns(40, 30, 20, 40)})
	if err != nil {
		t.Fatal(err)
	}
	result, err := Pyramid(t.Context(), testkit.Backend(t), vgg.New(testkit.Network()), testkit.Picture(30, 40, 1),
		[]image.Image{testkit.Picture(20, 20, 2), testkit.Picture(20, 20, 3)}, Options{Steps: 4, Terms: terms}, []int{20, 40})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Steps) != 4 || !(result.Steps[3].Loss < result.Steps[2].Loss) {
		t.Errorf("steps %+v", result.Steps)
	}
}

func TestMasksRefused(t *testing.T) {
	style := StyleTerm(1, "relu1_1")
	for want, change := range map[string]func(*Term){
		"the mask is 30x30 pixels, the picture 19x21; a mask has the proportions of its picture":      func(t *Term) { t.Mask = columns(30, 30, 0, 30) },
		"the mask is 30x30 pixels, the first style picture 23x18":                                     func(t *Term) { t.TargetMask = columns(30, 30, 0, 30) },
		"nothing of the mask is white, its lightest pixel is 0 of 255; white is the part that counts": func(t *Term) { t.Mask = columns(19, 21, 0, 0) },
		"the mask has no pixels":                        func(t *Term) { t.Mask = image.NewGray(image.Rectangle{}) },
		"the overlap is 1.5; it is a share from 0 to 1": func(t *Term) { t.Overlap = 1.5 },
		"the overlap is NaN":                            func(t *Term) { t.Overlap = math.NaN() },
		"has no target, but a mask for one":             func(t *Term) { *t = TotalVariationTerm(1); t.TargetMask = columns(19, 21, 0, 5) },
	} {
		term := style
		change(&term)
		_, err := small(t, t.Context(), Options{Steps: 1, Terms: slices.Clone([]Term{term, StyleTerm(1)})[:1]})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want one line with %q", err, want)
		}
	}
}

// stripes is a picture of one colour, every other four lines darkened, across or aslant.
func stripes(c color.NRGBA, aslant int) image.Image {
	p := image.NewNRGBA(image.Rect(0, 0, 96, 96))
	for i := range 96 * 96 {
		line := c
		if (i/96+aslant*(i%96))%8 < 4 {
			line.R, line.G, line.B = c.R/2, c.G/2, c.B/2
		}
		p.Set(i%96, i/96, line)
	}
	return p
}

// bleeding paints the left half of a picture red and the right half blue, through our own network, and returns how much
// of what is within 8 pixels of the edge is the other half's colour, from 0 to 1.
func bleeding(t *testing.T, overlap float64) float64 {
	t.Helper()
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	red, blue := color.NRGBA{220, 40, 30, 255}, color.NRGBA{30, 40, 220, 255}
	terms, err := MaskStyles([]Term{StyleTerm(100, "relu1_1", "relu2_1", "relu3_1"), TotalVariationTerm(1)},
		[]image.Image{columns(96, 64, 0, 48), columns(96, 64, 48, 96)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range terms {
		terms[i].Overlap = overlap
	}
	result, err := Transfer(t.Context(), testkit.Backend(t), vgg.New(network), image.NewGray(image.Rect(0, 0, 96, 64)),
		[]image.Image{stripes(red, 1), stripes(blue, 0)}, Options{Steps: 150, Optimizer: optim.Adam{Decay: 1}, Start: FromNoise(1), Terms: terms})
	if err != nil {
		t.Fatal(err)
	}
	other := 0.
	for x := 40; x < 56; x++ {
		var r, b float64
		for y := range 64 {
			red, _, blue, _ := result.Picture.At(x, y).RGBA()
			r, b = r+float64(red), b+float64(blue)
		}
		share := (b/(r+b) - 30./250) / (190. / 250) // of blue
		if x >= 48 {
			share = 1 - share
		}
		other += min(max(share, 0), 1) / 16
	}
	return other
}

// Of two colours beside each other less is on the other's side where masks are shrunk. What is left there is mostly noise not yet
// painted over, since near the edge only the first layers pull.
func TestColoursDoNotBleed(t *testing.T) {
	shrunk, not := bleeding(t, 0), bleeding(t, 1)
	t.Logf("the other half's colour within 8 pixels of the edge: %.1f %%, without shrinking %.1f %%", 100*shrunk, 100*not)
	if !(shrunk < 0.1 && not > 1.5*shrunk) {
		t.Errorf("%.1f %% of the other colour near the edge, without shrinking %.1f %%; want less than 10 %%, and half as much again without", 100*shrunk, 100*not)
	}
}
