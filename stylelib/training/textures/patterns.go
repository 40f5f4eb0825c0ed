package textures

import "math"

// The families of this file are periodic. Constants such as 500 in a coordinate keep it positive, so that it can be converted
// to an integer.

// waveform picks a wave of period 1 with values in [0, 1]: sine, rectangle, sawtooth or triangle.
func waveform(p *random) func(t float64) float64 {
	kind, duty := p.intN(4), p.between(0.25, 0.65)
	return func(t float64) float64 {
		t -= floor(t)
		switch kind {
		case 0:
			return 0.5 + float64(sin(t)/2)
		case 1:
			return clamp(min(t, duty-t) * 30)
		case 2:
			return t
		}
		return 1 - math.Abs(2*t-1)
	}
}

// grating is parallel waves, straight or warped by smooth noise.
func grating(p, r *random) raster {
	f, rotate, wave, bend := p.logUniform(4, 48)/side, rotation(p.orientation()), waveform(p), p.pick(0, 0, 0.25, 0.75)
	shift, warp := r.uniform(), newRaster()
	if bend > 0 {
		warp = smoothNoise(r, 3)
	}
	return perPixel(func(x, y float64) float64 {
		u, _ := rotate(x, y)
		return wave(float64(u*f) + shift + float64(bend*warp.at(x, y)))
	})
}

// plaid combines two gratings: their mean, maximum, product or difference.
func plaid(p, r *random) raster {
	f, g, direction, corner := p.logUniform(4, 32)/side, p.logUniform(4, 32)/side, p.orientation(), p.pick(1./4, 1./6, 1./8)
	rotate, rotate2, wave, wave2, kind := rotation(direction), rotation(direction+corner), waveform(p), waveform(p), p.intN(4)
	shift, shift2 := r.uniform(), r.uniform()
	return perPixel(func(x, y float64) float64 {
		u, _ := rotate(x, y)
		v, _ := rotate2(x, y)
		a, b := wave(float64(u*f)+shift), wave2(float64(v*g)+shift2)
		switch kind {
		case 0:
			return (a + b) / 2
		case 1:
			return max(a, b)
		case 2:
			return a * b
		}
		return math.Abs(a - b)
	})
}

// rings are concentric waves around points, or spirals.
func rings(p, r *random) raster {
	f, arms, wave := p.logUniform(6, 40)/side, p.pick(0, 0, 1, 2, 5, 12), waveform(p)
	centres := make([][2]float64, int(p.pick(1, 3, 8)))
	for i := range centres {
		centres[i] = [2]float64{r.between(0, side), r.between(0, side)}
	}
	return perPixel(func(x, y float64) float64 {
		best, turns := math.Inf(1), 0.0
		for _, c := range centres {
			if d := hypot(x-c[0], y-c[1]); d < best {
				best = d
				turns = angle(y-c[1], x-c[0])
			}
		}
		return wave(float64(best*f) + float64(arms*turns))
	})
}

// zigzag is triangular waves, sinuous waves or overlapping scales.
func zigzag(p, r *random) raster {
	size, f, amplitude := p.logUniform(8, 48), p.logUniform(6, 32)/side, p.logUniform(0.2, 1.2)
	kind, wave, rotate := p.intN(3), waveform(p), rotation(p.orientation())
	shift := r.between(500, 600)
	return perPixel(func(x, y float64) float64 {
		u, v := rotate(x, y)
		u, v = (u+shift)/size, v+500
		switch kind {
		case 0:
			return wave(float64(v*f) + float64(amplitude*math.Abs(u-2*floor(u/2)-1)))
		case 1:
			return wave(float64(v*f) + float64(amplitude*sin(u/2)/2))
		}
		return scales(u, 2*v/size)
	})
}

// scales returns the grey of overlapping round scales at (u, v): u counts scales in a row, v rows, half a scale high each.
func scales(u, v float64) float64 {
	row := floor(v)
	for over := range 2 {
		shifted := u + float64(float64(int(row+float64(over))&1)/2)
		fu := shifted - floor(shifted) - 0.5
		fv := float64((v-row)*0.5) + float64(float64(over)/2)
		if d := hypot(fu, fv); d < 0.5 {
			return max(2*d, 0.02) * float64(1+over) / 2
		}
	}
	return 0
}

// tile is a floor of tiles: rectangles, bricks, rhombi or diamonds, of two greys or many, with joints or without.
func tile(p, r *random) raster {
	size, orientation, kind := p.logUniform(7, 40), p.pick(0, 0, p.orientation()), p.intN(4)
	joint, length, two := p.pick(0, 1.5, 3), float64(size*p.pick(1, 1, 2, 3)), p.coin()
	rotate, seed := rotation(orientation), r.next()
	dx, dy := r.between(500, 600), r.between(500, 600)
	return perPixel(func(x, y float64) float64 {
		u, v := rotate(x, y)
		u, v = u+dx, v+dy
		switch kind {
		case 1:
			u += float64(floor(v/size) * length / 2)
		case 2:
			u, v = u+float64(v*0.577), v*1.1547
		case 3:
			u, v = u+v, u-v+900
		}
		a, b := floor(u/length), floor(v/size)
		value := cellGrey(seed, a, b)
		if two {
			value = float64(int(a+b) & 1)
		}
		if joint > 0 {
			u, v = u-float64(a*length), v-float64(b*size)
			value = float64(0.2+float64(0.8*value)) * clamp(min(u, length-u, v, size-v)/joint)
		}
		return value
	})
}

// cellGrey returns a random grey in [0.25, 1) for the cell (a, b) of a pattern.
func cellGrey(seed uint64, a, b float64) float64 {
	z := mix64(seed + uint64(int64(a))*increment + mix64(uint64(int64(b))))
	return 0.25 + float64(float64(z>>11)/(1<<53)*0.75)
}

// weave is cloth: each thread passes over some threads and under the next ones.
func weave(p, r *random) raster {
	size, rotate, over := p.logUniform(6, 30), rotation(p.pick(0, 1./8, p.orientation())), 2+p.intN(3)
	gap, rough := p.between(0.6, 0.95), p.pick(0, 0.3)
	dx, dy := r.between(600, 650), r.between(600, 650)
	return perPixel(func(x, y float64) float64 {
		u, v := rotate(x, y)
		u, v = (u+dx)/size, (v+dy)/size
		a, b := floor(u), floor(v)
		u, v = u-a-0.5, v-b-0.5
		value := 0.8 * cos(v/2)
		if 2*(int(a+b)%over) < over {
			value = cos(u / 2)
			if math.Abs(v) > 0.46 {
				value *= gap
			}
		}
		return clamp(value - float64(rough/2*(r.normal()+1)))
	})
}

// dots is a grid of discs, squares, diamonds or rings.
func dots(p, r *random) raster {
	size, rotate, radius := p.logUniform(6, 36), rotation(p.orientation()), p.between(0.2, 0.48)
	jitter, kind, staggered := p.pick(0, 0.15), p.intN(4), p.coin()
	seed, seed2, seed3 := r.next(), r.next(), r.next()
	dx, dy := r.between(500, 550), r.between(500, 550)
	return perPixel(func(x, y float64) float64 {
		u, v := rotate(x, y)
		u, v = (u+dx)/size, (v+dy)/size
		if staggered {
			u += float64(floor(v) / 2)
		}
		a, b := floor(u), floor(v)
		u = u - a - 0.5 + float64(jitter*(2*cellGrey(seed, a, b)-1.25))
		v = v - b - 0.5 + float64(jitter*(2*cellGrey(seed2, a, b)-1.25))
		var d float64
		switch au, av := math.Abs(u), math.Abs(v); kind {
		case 0:
			d = hypot(u, v)
		case 1:
			d = max(au, av)
		case 2:
			d = au + av
		case 3:
			d = 2.2 * math.Abs(hypot(u, v)-float64(radius*0.7))
		}
		return clamp(float64((radius-d)*size/1.5)+0.5) * cellGrey(seed3, a, b)
	})
}
