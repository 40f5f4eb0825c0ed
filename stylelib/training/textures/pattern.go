package textures

import "math"

// waveform chooses the profile of a wave: sine, bars, saw or tent. It takes a place in waves and returns [0, 1].
func waveform(p *random) func(t float64) float64 {
	kind, bar := p.below(4), p.between(0.25, 0.65)
	return func(t float64) float64 {
		t -= floor(t)
		switch kind {
		case 0:
			return 0.5 + float64(sin(t)/2)
		case 1:
			return clamp(min(t, bar-t) * 30)
		case 2:
			return t
		}
		return 1 - math.Abs(2*t-1)
	}
}

// grating is waves side by side, straight or bent.
func grating(p, r *random) field {
	f, way, wave, bend := p.scale(4, 48)/Side, turn(p.direction()), waveform(p), p.pick(0, 0, 0.25, 0.75)
	shift, warp := r.unit(), newField()
	if bend > 0 {
		warp = low(r, 3)
	}
	return each(func(x, y float64) float64 {
		u, _ := way(x, y)
		return wave(float64(u*f) + shift + float64(bend*warp.at(x, y)))
	})
}

// plaid is two gratings over each other.
func plaid(p, r *random) field {
	f, g, direction, corner := p.scale(4, 32)/Side, p.scale(4, 32)/Side, p.direction(), p.pick(1./4, 1./6, 1./8)
	way, way2, wave, wave2, kind := turn(direction), turn(direction+corner), waveform(p), waveform(p), p.below(4)
	shift, shift2 := r.unit(), r.unit()
	return each(func(x, y float64) float64 {
		u, _ := way(x, y)
		v, _ := way2(x, y)
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

// rings go around points, or wind into them.
func rings(p, r *random) field {
	f, arms, wave := p.scale(6, 40)/Side, p.pick(0, 0, 1, 2, 5, 12), waveform(p)
	centres := make([][2]float64, int(p.pick(1, 3, 8)))
	for i := range centres {
		centres[i] = [2]float64{r.between(0, Side), r.between(0, Side)}
	}
	return each(func(x, y float64) float64 {
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

// zigzag is waves that bend: sharply, softly, or as scales one over the other.
func zigzag(p, r *random) field {
	size, f, bend := p.scale(8, 48), p.scale(6, 32)/Side, p.scale(0.2, 1.2)
	kind, wave, way := p.below(3), waveform(p), turn(p.direction())
	shift := r.between(500, 600)
	return each(func(x, y float64) float64 {
		u, v := way(x, y)
		u, v = (u+shift)/size, v+500
		switch kind {
		case 0:
			return wave(float64(v*f) + float64(bend*math.Abs(u-2*floor(u/2)-1)))
		case 1:
			return wave(float64(v*f) + float64(bend*sin(u/2)/2))
		}
		return scales(u, 2*v/size)
	})
}

// scales returns the value of overlapping round scales, in rows half a scale high: v counts rows, u scales in a row.
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

// tile is a floor: square tiles, bricks, slanted ones, two colours or many, with joints.
func tile(p, r *random) field {
	size, turned, kind := p.scale(7, 40), p.pick(0, 0, p.direction()), p.below(4)
	joint, long, two := p.pick(0, 1.5, 3), float64(size*p.pick(1, 1, 2, 3)), p.coin()
	way, seed := turn(turned), r.bits()
	dx, dy := r.between(500, 600), r.between(500, 600)
	return each(func(x, y float64) float64 {
		u, v := way(x, y)
		u, v = u+dx, v+dy
		switch kind {
		case 1:
			u += float64(floor(v/size) * long / 2)
		case 2:
			u, v = u+float64(v*0.577), v*1.1547
		case 3:
			u, v = u+v, u-v+900
		}
		a, b := floor(u/long), floor(v/size)
		value := shade(seed, a, b)
		if two {
			value = float64(int(a+b) & 1)
		}
		if joint > 0 {
			u, v = u-float64(a*long), v-float64(b*size)
			value = float64(0.2+float64(0.8*value)) * clamp(min(u, long-u, v, size-v)/joint)
		}
		return value
	})
}

// shade returns the grey of the piece (a, b) of a pattern, in [0.25, 1).
func shade(seed uint64, a, b float64) float64 {
	z := scramble(seed + uint64(int64(a))*golden + scramble(uint64(int64(b))))
	return 0.25 + float64(float64(z>>11)/(1<<53)*0.75)
}

// weave is cloth: threads over and under each other.
func weave(p, r *random) field {
	size, way, over := p.scale(6, 30), turn(p.pick(0, 1./8, p.direction())), 2+p.below(3)
	gap, rough := p.between(0.6, 0.95), p.pick(0, 0.3)
	dx, dy := r.between(600, 650), r.between(600, 650)
	return each(func(x, y float64) float64 {
		u, v := way(x, y)
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

// dots are spots in rows: round, square, standing on a corner, or rings.
func dots(p, r *random) field {
	size, way, radius := p.scale(6, 36), turn(p.direction()), p.between(0.2, 0.48)
	jitter, kind, staggered := p.pick(0, 0.15), p.below(4), p.coin()
	seed, seed2, seed3 := r.bits(), r.bits(), r.bits()
	dx, dy := r.between(500, 550), r.between(500, 550)
	return each(func(x, y float64) float64 {
		u, v := way(x, y)
		u, v = (u+dx)/size, (v+dy)/size
		if staggered {
			u += float64(floor(v) / 2)
		}
		a, b := floor(u), floor(v)
		u = u - a - 0.5 + float64(jitter*(2*shade(seed, a, b)-1.25))
		v = v - b - 0.5 + float64(jitter*(2*shade(seed2, a, b)-1.25))
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
		return clamp(float64((radius-d)*size/1.5)+0.5) * shade(seed3, a, b)
	})
}
