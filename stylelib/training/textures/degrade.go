package textures

// adjust changes contrast, brightness and tint at random, and clamps the picture to [0, 1].
func adjust(r *random, picture []float32) {
	contrast, shift := float32(r.between(0.7, 1.2)), float32(r.between(-0.12, 0.12))
	var offset [3]float32
	for c := range offset {
		offset[c] = 0.5 + shift + float32(r.between(-0.05, 0.05))
	}
	for i, v := range picture {
		picture[i] = clamp(float32((v-0.5)*contrast) + offset[i%3])
	}
}

// degrade blurs a picture [size, size, 3], adds noise, or quantises its blocks as JPEG does, or leaves it as it is.
func degrade(r *random, picture []float32, size int) []float32 {
	switch kind := r.uniform(); {
	case kind < 0.2:
		return blur3(picture, size, float32(r.between(0.3, 1)))
	case kind < 0.6:
		addNoise(r, picture, size, float32(r.logUniform(0.01, 0.25)))
	case kind < 0.75:
		quantiseBlocks(picture, size, float32(r.between(0.5, 4)*6/255))
	}
	return picture
}

// addNoise adds normal noise of a standard deviation, in grains 1, 2 or 4 pixels wide and 1, 2 or 4 high.
func addNoise(r *random, picture []float32, size int, deviation float32) {
	w, h := 1<<r.intN(3), 1<<r.intN(3)
	left, top := r.intN(w), r.intN(h)
	columns := size/w + 1
	grains := make([]float32, columns*(size/h+1)*3)
	for i := range grains {
		grains[i] = deviation * float32(r.normal())
	}
	for i := range picture {
		x, y := i/3%size, i/3/size
		picture[i] += grains[((y+top)/h*columns+(x+left)/w)*3+i%3]
	}
}

// blur3 mixes a picture with a fraction of its average over 3x3 pixels.
func blur3(picture []float32, size int, fraction float32) []float32 {
	out := make([]float32, len(picture))
	for i := range picture {
		x, y, c := i/3%size, i/3/size, i%3
		var sum float32
		for k := range 9 {
			nx, ny := min(max(x+k%3-1, 0), size-1), min(max(y+k/3-1, 0), size-1)
			sum += picture[(ny*size+nx)*3+c]
		}
		out[i] = picture[i] + float32(fraction*(sum/9-picture[i]))
	}
	return out
}

// cosines is the matrix of the discrete cosine transform of 8 values; row k is the k-th wave.
var cosines = func() (t [8][8]float32) {
	for k := range t {
		for i := range t[k] {
			t[k][i] = float32(cos(float64((2*i+1)*k)/32) / 2)
			if k == 0 {
				t[k][i] = float32(sqrt(0.125))
			}
		}
	}
	return t
}()

// quantiseBlocks rounds the cosine transform of each 8x8 block, as JPEG does: higher frequencies in larger steps.
func quantiseBlocks(picture []float32, size int, step float32) {
	var block, waves [8][8]float32
	for at := range size * size / 64 * 3 {
		corner := (at/3/(size/8)*8*size+at/3%(size/8)*8)*3 + at%3
		for y := range 8 {
			for x := range 8 {
				block[y][x] = picture[corner+(y*size+x)*3]
			}
		}
		product(&waves, func(i, k, n int) (float32, float32) { return cosines[i][n], block[n][k] })
		product(&block, func(i, k, n int) (float32, float32) { return waves[i][n], cosines[k][n] })
		for y := range 8 {
			for x := range 8 {
				quantum := float32(step * (1 + float32(1.2*float32(x+y))))
				block[y][x] = float32(floor(float64(block[y][x]/quantum)+0.5)) * quantum
			}
		}
		product(&waves, func(i, k, n int) (float32, float32) { return cosines[n][i], block[n][k] })
		product(&block, func(i, k, n int) (float32, float32) { return waves[i][n], cosines[n][k] })
		for y := range 8 {
			for x := range 8 {
				picture[corner+(y*size+x)*3] = block[y][x]
			}
		}
	}
}

// product sets each entry (i, k) of out to the sum over n of the product of pair(i, k, n): the matrix product of a and b for
// pair = a[i][n], b[n][k], with transposes as pair says.
func product(out *[8][8]float32, pair func(i, k, n int) (float32, float32)) {
	for i := range out {
		for k := range out[i] {
			var sum float32
			for n := range 8 {
				a, b := pair(i, k, n)
				sum += float32(a * b)
			}
			out[i][k] = sum
		}
	}
}
