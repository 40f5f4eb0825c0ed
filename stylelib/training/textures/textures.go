// Package paint makes pictures out of numbers, each with the truth about how it was made: pictures that a network can
// learn to see from. No photograph, no font and nobody else's work goes into them. It uses the standard library only.
//
//	exact.go      sine, exponential and logarithm that give the same bits on every processor
//	random.go     numbers from a seed
//	spectrum.go   noise of a given spectrum
//	brush.go      polygons and strokes
//	noise.go, pattern.go, cells.go, strokes.go, figures.go, fractal.go   the families of textures: grey canvases
//	palette.go    colours for them
//	shape.go      masks
//	sample.go     a picture: textures in shapes on textures, lit, blurred, noisy; and its labels
//
// A canvas is named by a class and a number. The class is the family and its parameters: class c belongs to family
// c mod len(Families), and c is the seed of its parameters; the number is the seed of everything else. So there are as
// many classes as anybody wants, and a network can be tested with some that it has never seen.
//
// The arithmetic is written so that no compiler joins a multiplication and an addition into one operation with one
// rounding: float64(x*y) + z. Some processors have that operation and others do not.
package textures

import "fmt"

// Side is the width and height of a canvas in pixels.
const Side = 256

// Canvas is a grey texture [Side, Side].
type Canvas []uint8

// Family is one way to make textures.
type Family struct {
	Name  string
	paint func(p, r *random) field // p: the parameters, which make the class; r: the rest
}

// Families are all families, in the order of their numbers.
var Families = []Family{
	{"power", power}, {"band", band}, {"labyrinth", labyrinth}, {"marble", marble}, {"contour", contour}, {"bump", bump},
	{"grating", grating}, {"plaid", plaid}, {"rings", rings}, {"zigzag", zigzag}, {"tile", tile}, {"weave", weave}, {"dots", dots},
	{"cells", cells}, {"mosaic", mosaic}, {"crystals", crystals},
	{"strokes", strokes}, {"flow", flow}, {"hair", hair}, {"hatching", hatching}, {"impasto", impasto},
	{"leaves", leaves}, {"tree", tree}, {"bubbles", bubbles}, {"glyphs", glyphs}, {"grass", grass},
	{"julia", julia}, {"fern", fern},
}

// Paint returns canvas number n of a class, from 0 on both.
func Paint(class, n int) (Canvas, error) {
	if class < 0 || n < 0 {
		return nil, fmt.Errorf("paint: no canvas %d of class %d; both count from 0", n, class)
	}
	p, r := seeded(77, uint64(class)), seeded(78, uint64(class), uint64(n))
	z := Families[class%len(Families)].paint(p, r)
	canvas := make(Canvas, Side*Side)
	for i, v := range z {
		canvas[i] = uint8(clamp(v) * 255)
	}
	return canvas, nil
}

// field is a canvas on its way: values by row, [Side, Side], to end in [0, 1].
type field []float64

func newField() field { return make(field, Side*Side) }

// each sets every value to that of f at the pixel.
func each(f func(x, y float64) float64) field {
	z := newField()
	for i := range z {
		z[i] = f(float64(i%Side), float64(i/Side))
	}
	return z
}

// change sets every value v to f(v).
func (z field) change(f func(v float64) float64) field {
	for i, v := range z {
		z[i] = f(v)
	}
	return z
}

// at returns the value at a place, the nearest pixel's, and the edge's beyond it.
func (z field) at(x, y float64) float64 {
	return z[int(min(max(y, 0), Side-1))*Side+int(min(max(x, 0), Side-1))]
}

// blend returns the value at a place between pixels; the field goes on beyond its edge with the other side.
func (z field) blend(x, y float64) float64 {
	fx, fy := floor(x), floor(y)
	x, y = x-fx, y-fy
	i, j := int(fx)&(Side-1), int(fy)&(Side-1)
	i2, j2 := (i+1)&(Side-1), (j+1)&(Side-1)
	top := mix2(z[j*Side+i], z[j*Side+i2], x)
	return mix2(top, mix2(z[j2*Side+i], z[j2*Side+i2], x), y)
}

// stretch brings the values to [0, 1]: all but the lowest and highest hundredth of a part lie strictly within.
func (z field) stretch() field {
	low, high := z.range99()
	return z.change(func(v float64) float64 { return clamp((v - low) / (high - low + 1e-9)) })
}

// range99 returns values between which nearly all others lie, from a histogram.
func (z field) range99() (low, high float64) {
	low, high = z[0], z[0]
	for _, v := range z {
		low, high = min(low, v), max(high, v)
	}
	const bins = 1024
	var count [bins]int
	scale := (bins - 1) / (high - low + 1e-12)
	for _, v := range z {
		count[int((v-low)*scale)]++
	}
	first, last := 0, bins-1
	for sum := 0; sum+count[first] < len(z)/200; first++ {
		sum += count[first]
	}
	for sum := 0; sum+count[last] < len(z)/200; last-- {
		sum += count[last]
	}
	return low + float64(first)/scale, low + float64(last+1)/scale
}

// even brings values that are distributed like a bell to [0, 1], each part of it as frequent as any other.
func (z field) even() field {
	mean, deviation := z.moments()
	return z.change(func(v float64) float64 { return 1 / (1 + exp(-1.702*((v-mean)/deviation))) })
}

// moments returns the mean and the standard deviation.
func (z field) moments() (mean, deviation float64) {
	var sum, squares float64
	for _, v := range z {
		sum += float64(v)
		squares += float64(v * v)
	}
	n := float64(len(z))
	mean = sum / n
	return mean, sqrt(max(float64(squares/n)-float64(mean*mean), 1e-18))
}

// blur averages each value with its neighbours, so many times, with weights 1 2 1 along both axes.
func (z field) blur(times int) field {
	for range times {
		z = z.blurAlong(1).blurAlong(Side)
	}
	return z
}

func (z field) blurAlong(step int) field {
	out := newField()
	for i := range z {
		before, after := i-step, i+step
		if step == 1 && i%Side == 0 || before < 0 {
			before = i
		}
		if step == 1 && i%Side == Side-1 || after >= len(z) {
			after = i
		}
		out[i] = (z[before] + z[after] + 2*z[i]) / 4 // doubling is exact
	}
	return out
}

func clamp(v float64) float64 { return min(max(v, 0), 1) }

// mix2 goes from a to b as t goes from 0 to 1.
func mix2(a, b, t float64) float64 { return float64(a) + float64(t*(float64(b)-float64(a))) }
