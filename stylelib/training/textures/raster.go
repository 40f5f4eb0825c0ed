package textures

// raster is an image under construction: values row by row, [side, side]. A family returns values in [0, 1].
type raster []float64

func newRaster() raster { return make(raster, side*side) }

// perPixel returns the raster of the values f(x, y).
func perPixel(f func(x, y float64) float64) raster {
	z := newRaster()
	for i := range z {
		z[i] = f(float64(i%side), float64(i/side))
	}
	return z
}

// apply replaces every value v by f(v), in place, and returns the raster.
func (z raster) apply(f func(v float64) float64) raster {
	for i, v := range z {
		z[i] = f(v)
	}
	return z
}

// inverted replaces every value v by 1 - v if yes is true.
func (z raster) inverted(yes bool) raster {
	if !yes {
		return z
	}
	return z.apply(func(v float64) float64 { return 1 - v })
}

// at returns the value of the pixel nearest to (x, y), which is clamped to the raster.
func (z raster) at(x, y float64) float64 {
	return z[int(min(max(y, 0), side-1))*side+int(min(max(x, 0), side-1))]
}

// bilinear interpolates at (x, y); the raster repeats in both directions.
func (z raster) bilinear(x, y float64) float64 {
	fx, fy := floor(x), floor(y)
	x, y = x-fx, y-fy
	i, j := int(fx)&(side-1), int(fy)&(side-1)
	i2, j2 := (i+1)&(side-1), (j+1)&(side-1)
	top := lerp(z[j*side+i], z[j*side+i2], x)
	return lerp(top, lerp(z[j2*side+i], z[j2*side+i2], x), y)
}

// stretch maps the values to [0, 1] linearly (contrast stretching) and clamps the lowest and highest half per cent.
func (z raster) stretch() raster {
	low, high := percentiles(z)
	return z.apply(func(v float64) float64 { return clamp((v - low) / (high - low + 1e-9)) })
}

// percentiles returns two values with about half a per cent of the values below the first and above the second, from a
// histogram.
func percentiles(values []float64) (low, high float64) {
	low, high = values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	const bins = 1024
	var count [bins]int
	scale := (bins - 1) / (high - low + 1e-12)
	for _, v := range values {
		count[int((v-low)*scale)]++
	}
	first, last := 0, bins-1
	for sum := 0; sum+count[first] < len(values)/200; first++ {
		sum += count[first]
	}
	for sum := 0; sum+count[last] < len(values)/200; last-- {
		sum += count[last]
	}
	return low + float64(first)/scale, low + float64(last+1)/scale
}

// equalise maps normally distributed values to uniformly distributed ones in [0, 1], by a logistic approximation of the
// normal distribution function.
func (z raster) equalise() raster {
	mean, deviation := z.moments()
	return z.apply(func(v float64) float64 { return 1 / (1 + exp(-1.702*((v-mean)/deviation))) })
}

// moments returns the mean and the standard deviation.
func (z raster) moments() (mean, deviation float64) {
	var sum, squares float64
	for _, v := range z {
		sum += float64(v)
		squares += float64(v * v)
	}
	n := float64(len(z))
	mean = sum / n
	return mean, sqrt(max(float64(squares/n)-float64(mean*mean), 1e-18))
}

// blur convolves the raster so many times with the binomial kernel 1 2 1 along both axes.
func (z raster) blur(times int) raster {
	for range times {
		z = z.blurAlong(1).blurAlong(side)
	}
	return z
}

// blurAlong blurs along x for step 1 and along y for step side.
func (z raster) blurAlong(step int) raster {
	out := newRaster()
	for i := range z {
		before, after := i-step, i+step
		if step == 1 && i%side == 0 || before < 0 {
			before = i
		}
		if step == 1 && i%side == side-1 || after >= len(z) {
			after = i
		}
		out[i] = (z[before] + z[after] + 2*z[i]) / 4 // doubling is exact
	}
	return out
}

func clamp[T float32 | float64](v T) T { return min(max(v, 0), 1) }

// lerp interpolates linearly from a at t = 0 to b at t = 1.
func lerp(a, b, t float64) float64 { return float64(a) + float64(t*(float64(b)-float64(a))) }
