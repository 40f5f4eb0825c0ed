package textures

import "math"

// The families of this file start from random noise with a given power spectrum.

// power is 1/fᵃ noise: its amplitude falls with a power of the frequency, and it may be elongated along a direction. It is
// left as it is (clouds), folded at its mean (ridges), posterised or raised in contrast.
func power(p, r *random) raster {
	fall, stretch, rotate := p.between(0.8, 3), p.logUniform(1, 6), rotation(p.orientation())
	kind, levels := p.intN(5), float64(2+p.intN(5))
	z := spectralNoise(r, func(u, v float64) float64 {
		u, v = rotate(u, v)
		return pow(hypot(u, v*stretch), -fall)
	}).equalise()
	return z.apply(func(v float64) float64 {
		switch kind {
		case 1:
			return math.Abs(2*v - 1)
		case 2:
			return 1 - sqrt(math.Abs(2*v-1))
		case 3:
			return floor(v*levels) / (levels - 1)
		case 4:
			return clamp(float64((v-0.5)*6) + 0.5)
		}
		return v
	})
}

// band is band-pass noise, of all orientations or, like Gabor noise, around one.
func band(p, r *random) raster {
	f := p.logUniform(5, 60)
	width, direction := f*p.logUniform(0.1, 0.5), p.orientation()
	spread, contrast := p.pick(2, 0.024, 0.05, 0.1), p.pick(0.6, 1, 3)
	z := spectralNoise(r, func(u, v float64) float64 {
		return gaussian(hypot(u, v)-f, width) * gaussian(angularDistance(u, v, direction), spread)
	}).equalise()
	return z.apply(func(v float64) float64 { return clamp(float64((v-0.5)*contrast) + 0.5) })
}

// labyrinth makes the stripes and spots of a reaction–diffusion system (Turing 1952): it alternates a saturating function with
// a band-pass filter.
func labyrinth(p, r *random) raster {
	f, bias, contrast := p.logUniform(6, 40), p.between(-1, 1), p.logUniform(0.5, 4)
	ring := func(width float64) func(u, v float64) float64 {
		return func(u, v float64) float64 { return gaussian(hypot(u, v)-f, f*width) }
	}
	z := spectralNoise(r, ring(0.18))
	for range 2 {
		_, deviation := z.moments()
		z.apply(func(v float64) float64 { // the hyperbolic tangent
			e := exp(2 * (float64(2/deviation*v) + bias))
			return (e - 1) / (e + 1)
		}).filter(ring(0.35))
	}
	_, deviation := z.moments()
	return z.apply(func(v float64) float64 { return clamp(0.5 + float64(contrast*(v/deviation+bias))) })
}

// marble displaces a pattern, waves or noise, by smooth noise (domain warping, as in Perlin 1985).
func marble(p, r *random) raster {
	f, shift, kind := p.logUniform(2, 8), p.logUniform(8, 50), p.intN(3)
	waves, rotate, fall := p.logUniform(4, 20)/side, rotation(p.orientation()), p.between(1.2, 2.2)
	dx, dy := smoothNoise(r, f), smoothNoise(r, f)
	var base raster
	if kind > 0 {
		base = spectralNoise(r, func(u, v float64) float64 { return pow(hypot(u, v), -fall) }).equalise()
	}
	return perPixel(func(x, y float64) float64 {
		i := int(y)*side + int(x)
		x, y = x+float64(shift*dx[i]), y+float64(shift*dy[i])
		switch kind {
		case 0:
			u, _ := rotate(x, y)
			return 0.5 + float64(sin(u*waves)/2)
		case 1:
			return base.bilinear(x, y)
		}
		return math.Abs(sin(base.bilinear(x, y) * waves * side * 0.2))
	})
}

// contour draws the level lines of smooth noise.
func contour(p, r *random) raster {
	f, lines, wave := p.logUniform(1, 5), p.between(1, 4.5), waveform(p)
	return smoothNoise(r, f).apply(func(v float64) float64 { return wave(v * lines) })
}

// bump is a rough surface under oblique light.
func bump(p, r *random) raster {
	kind, light, strength, smooth := p.intN(3), p.uniform(), p.logUniform(0.12, 0.7), 1+p.intN(3)
	return relief([]func(p, r *random) raster{power, cells, labyrinth}[kind](p, r).blur(smooth), light, strength)
}

// relief shades a height map under light from a direction in turns, in proportion to the slope towards the light.
func relief(heights raster, light, strength float64) raster {
	c, s := cos(light), sin(light)
	slope := perPixel(func(x, y float64) float64 {
		dx := heights.at(x+1, y) - heights.at(x-1, y)
		dy := heights.at(x, y+1) - heights.at(x, y-1)
		return float64(c*dx) + float64(s*dy)
	})
	_, deviation := slope.moments()
	return slope.apply(func(v float64) float64 { return clamp(0.5 + float64(strength*(v/(deviation+1e-6)))) })
}
