package main

import (
	"image/color"
	"math"
	"math/rand/v2"
)

// colour is red, green and blue: sRGB values in [0, 1].
type colour struct{ r, g, b float64 }

// hex returns the colour written 0xRRGGBB.
func hex(v uint32) colour {
	return colour{float64(v>>16&255) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}
}

// hexes returns the colours written 0xRRGGBB.
func hexes(values ...uint32) []colour {
	colours := make([]colour, len(values))
	for i, v := range values {
		colours[i] = hex(v)
	}
	return colours
}

func (a colour) plus(b colour) colour   { return colour{a.r + b.r, a.g + b.g, a.b + b.b} }
func (a colour) times(k float64) colour { return colour{a.r * k, a.g * k, a.b * k} }
func (a colour) luminance() float64     { return 0.3*a.r + 0.59*a.g + 0.11*a.b }

// filter multiplies the channels: the colour a through a glass of colour b.
func (a colour) filter(b colour) colour { return colour{a.r * b.r, a.g * b.g, a.b * b.b} }

// mix interpolates from a at t = 0 to b at t = 1.
func (a colour) mix(b colour, t float64) colour {
	return colour{lerp(a.r, b.r, t), lerp(a.g, b.g, t), lerp(a.b, b.b, t)}
}

// grey mixes the colour with the grey of its luminance.
func (a colour) grey(t float64) colour { y := a.luminance(); return a.mix(colour{y, y, y}, t) }

// shaded returns the colour in light (s above 0), which is slightly warm, or in shadow (s below 0), which is slightly cool.
func (a colour) shaded(s float64) colour {
	if s < 0 {
		return colour{a.r * (1 + s), a.g * (1 + 0.95*s), a.b * (1 + 0.85*s)}
	}
	lit := a.times(1 + 0.6*s)
	return lit.mix(colour{1, 0.98, 0.92}, 0.45*s)
}

// jitter changes the colour's brightness at random, with standard deviation amount, and its hue a little.
func (a colour) jitter(r *rand.Rand, amount float64) colour {
	y := r.NormFloat64() * amount
	return colour{
		clamp(a.r + y + r.NormFloat64()*amount*0.4),
		clamp(a.g + y + r.NormFloat64()*amount*0.4),
		clamp(a.b + y + r.NormFloat64()*amount*0.4),
	}
}

// rgba rounds the colour to 8 bits per channel.
func (a colour) rgba() color.RGBA {
	round := func(v float64) uint8 { return uint8(math.Round(clamp(v) * 255)) }
	return color.RGBA{R: round(a.r), G: round(a.g), B: round(a.b), A: 255}
}

// ramp is a gradient through several colours, at equal distances.
type ramp []colour

// at returns the colour at t: 0 is the first colour, 1 the last.
func (s ramp) at(t float64) colour {
	x := clamp(t) * float64(len(s)-1)
	i := min(int(x), len(s)-2)
	return s[i].mix(s[i+1], x-float64(i))
}

// pick returns one of the colours at random.
func pick(r *rand.Rand, colours []colour) colour { return colours[r.IntN(len(colours))] }

// rotateHue rotates the colour by an angle, in radians, around the axis of the greys. That hardly changes its lightness.
func (a colour) rotateHue(angle float64) colour {
	sin, cos := math.Sincos(angle)
	mean := (a.r + a.g + a.b) / 3
	channel := func(value, next, last float64) float64 {
		return mean + (value-mean)*cos + (last-next)*sin/math.Sqrt(3)
	}
	return colour{channel(a.r, a.g, a.b), channel(a.g, a.b, a.r), channel(a.b, a.r, a.g)}
}

// saturate multiplies the distance from grey by k.
func (a colour) saturate(k float64) colour { return a.grey(1 - k) }
