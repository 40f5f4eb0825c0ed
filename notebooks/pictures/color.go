package main

import (
	stdcolor "image/color"
	"math"
	"math/rand/v2"
)

// color is red, green and blue, each from 0 to 1 (sRGB, as on a screen).
type color struct{ r, g, b float64 }

// hex returns the colour written 0xRRGGBB.
func hex(v uint32) color {
	return color{float64(v>>16&255) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}
}

// hexes returns several colours written 0xRRGGBB.
func hexes(values ...uint32) []color {
	colors := make([]color, len(values))
	for i, v := range values {
		colors[i] = hex(v)
	}
	return colors
}

func (a color) plus(b color) color    { return color{a.r + b.r, a.g + b.g, a.b + b.b} }
func (a color) times(k float64) color { return color{a.r * k, a.g * k, a.b * k} }
func (a color) filter(b color) color  { return color{a.r * b.r, a.g * b.g, a.b * b.b} }
func (a color) luminance() float64    { return 0.3*a.r + 0.59*a.g + 0.11*a.b }
func (a color) gray(k float64) color  { y := a.luminance(); return a.mix(color{y, y, y}, k) }
func (a color) mix(b color, t float64) color {
	return color{lerp(a.r, b.r, t), lerp(a.g, b.g, t), lerp(a.b, b.b, t)}
}

// shaded is the colour in more light (s above 0) or in shadow (below 0).
// Light warms and shadow cools a little, as on a painting by a window.
func (a color) shaded(s float64) color {
	if s < 0 {
		return color{a.r * (1 + s), a.g * (1 + 0.95*s), a.b * (1 + 0.85*s)}
	}
	lit := a.times(1 + 0.6*s)
	return lit.mix(color{1, 0.98, 0.92}, 0.45*s)
}

// jitter moves the colour by a random step: mostly lighter or darker, a
// little in hue. amount is the standard deviation of the brightness step.
func (a color) jitter(r *rand.Rand, amount float64) color {
	y := r.NormFloat64() * amount
	return color{
		clamp(a.r + y + r.NormFloat64()*amount*0.4),
		clamp(a.g + y + r.NormFloat64()*amount*0.4),
		clamp(a.b + y + r.NormFloat64()*amount*0.4),
	}
}

// rgba rounds the colour to 8 bits a channel.
func (a color) rgba() stdcolor.RGBA {
	round := func(v float64) uint8 { return uint8(math.Round(clamp(v) * 255)) }
	return stdcolor.RGBA{R: round(a.r), G: round(a.g), B: round(a.b), A: 255}
}

// ramp is a row of colours that blend into each other.
type ramp []color

// at returns the colour at t, where 0 is the first and 1 the last.
func (s ramp) at(t float64) color {
	x := clamp(t) * float64(len(s)-1)
	i := min(int(x), len(s)-2)
	return s[i].mix(s[i+1], x-float64(i))
}

// pick returns one of the colours at random.
func pick(r *rand.Rand, colors []color) color { return colors[r.IntN(len(colors))] }

// turned moves the colour by angle (radians) around the grey axis: its hue
// changes, its lightness nearly not.
func (a color) turned(angle float64) color {
	sin, cos := math.Sincos(angle)
	mean := (a.r + a.g + a.b) / 3
	side := func(here, next, last float64) float64 {
		return mean + (here-mean)*cos + (last-next)*sin/math.Sqrt(3)
	}
	return color{side(a.r, a.g, a.b), side(a.g, a.b, a.r), side(a.b, a.r, a.g)}
}

// vivid multiplies the distance from grey by k.
func (a color) vivid(k float64) color { return a.gray(1 - k) }
