package textures

import "math"

// power is noise whose spectrum falls with a power of the frequency, stretched along a direction: clouds, grain, ridges.
func power(p, r *random) field {
	fall, stretch, way := p.between(0.8, 3), p.scale(1, 6), turn(p.direction())
	kind, levels := p.below(5), float64(2+p.below(5))
	z := noise(r, func(u, v float64) float64 {
		u, v = way(u, v)
		return pow(hypot(u, v*stretch), -fall)
	}).even()
	return z.change(func(v float64) float64 {
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

// band is noise of one wavelength, of all directions or of some.
func band(p, r *random) field {
	f := p.scale(5, 60)
	width, direction := f*p.scale(0.1, 0.5), p.direction()
	spread, contrast := p.pick(2, 0.024, 0.05, 0.1), p.pick(0.6, 1, 3)
	z := noise(r, func(u, v float64) float64 {
		return bell(hypot(u, v)-f, width) * bell(offAxis(u, v, direction), spread)
	}).even()
	return z.change(func(v float64) float64 { return clamp(float64((v-0.5)*contrast) + 0.5) })
}

// labyrinth makes stripes and spots out of noise by sharpening and filtering it in turns, as skin patterns form.
func labyrinth(p, r *random) field {
	f, bias, contrast := p.scale(6, 40), p.between(-1, 1), p.scale(0.5, 4)
	ring := func(width float64) func(u, v float64) float64 {
		return func(u, v float64) float64 { return bell(hypot(u, v)-f, f*width) }
	}
	z := noise(r, ring(0.18))
	for range 2 {
		_, deviation := z.moments()
		z.change(func(v float64) float64 { // the hyperbolic tangent
			e := exp(2 * (float64(2/deviation*v) + bias))
			return (e - 1) / (e + 1)
		}).filter(ring(0.35))
	}
	_, deviation := z.moments()
	return z.change(func(v float64) float64 { return clamp(0.5 + float64(contrast*(v/deviation+bias))) })
}

// marble is a pattern that smooth noise has pushed about.
func marble(p, r *random) field {
	f, push, kind := p.scale(2, 8), p.scale(8, 50), p.below(3)
	waves, way, fall := p.scale(4, 20)/Side, turn(p.direction()), p.between(1.2, 2.2)
	dx, dy := low(r, f), low(r, f)
	var under field
	if kind > 0 {
		under = noise(r, func(u, v float64) float64 { return pow(hypot(u, v), -fall) }).even()
	}
	return each(func(x, y float64) float64 {
		i := int(y)*Side + int(x)
		x, y = x+float64(push*dx[i]), y+float64(push*dy[i])
		switch kind {
		case 0:
			u, _ := way(x, y)
			return 0.5 + float64(sin(u*waves)/2)
		case 1:
			return under.blend(x, y)
		}
		return math.Abs(sin(under.blend(x, y) * waves * Side * 0.2))
	})
}

// contour draws the lines of equal height of a landscape.
func contour(p, r *random) field {
	f, lines, wave := p.scale(1, 5), p.between(1, 4.5), waveform(p)
	return low(r, f).change(func(v float64) float64 { return wave(v * lines) })
}

// bump lights a rough surface from the side.
func bump(p, r *random) field {
	kind, light, strength, smooth := p.below(3), p.unit(), p.scale(0.12, 0.7), 1+p.below(3)
	return relief([]func(p, r *random) field{power, cells, labyrinth}[kind](p, r).blur(smooth), light, strength)
}

// relief lights heights from a direction in turns.
func relief(heights field, light, strength float64) field {
	c, s := cos(light), sin(light)
	slope := each(func(x, y float64) float64 {
		dx := heights.at(x+1, y) - heights.at(x-1, y)
		dy := heights.at(x, y+1) - heights.at(x, y-1)
		return float64(c*dx) + float64(s*dy)
	})
	_, deviation := slope.moments()
	return slope.change(func(v float64) float64 { return clamp(0.5 + float64(strength*(v/(deviation+1e-6)))) })
}
