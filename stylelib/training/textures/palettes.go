package textures

import (
	"cmp"
	"slices"
)

// Palettes is the number of palettes that colour samples.
const Palettes = 256

// palette maps each grey of a canvas to a colour, RGB in [0, 1].
type palette [256][3]float32

// palettes are those of the samples, whose labels are indices into it. Every eighth is grey, so that the network learns to tell
// textures apart without their colours.
var palettes = func() (all [Palettes]palette) {
	r := seeded(123)
	for i := range all {
		for !all[i].fill(r) {
		}
		if i%8 == 0 {
			all[i].desaturate()
		}
	}
	return all
}()

// fill makes a random palette: two to six colours with gradients or steps between them. It returns false if the colours
// differ too little in brightness.
func (p *palette) fill(r *random) bool {
	colours := make([][3]float64, 2+r.intN(5))
	for i := range colours {
		colours[i] = [3]float64{r.uniform(), r.uniform(), r.uniform()}
	}
	switch r.intN(4) {
	case 0:
		oneHue(colours, [3]float64{r.uniform(), r.uniform(), r.uniform()})
	case 1:
		nearGrey(colours)
	case 2:
		slices.SortStableFunc(colours, func(a, b [3]float64) int { return cmp.Compare(brightness(a), brightness(b)) })
	}
	least, most := 1.0, 0.0
	for _, c := range colours {
		least, most = min(least, brightness(c)), max(most, brightness(c))
	}
	smooth := r.uniform() < 0.65
	for i := range p {
		t := float64(i) / 255 * float64(len(colours)-1)
		k := min(int(t), len(colours)-2)
		if !smooth {
			k, t = min(i*len(colours)/256, len(colours)-1), 0
		}
		for c := range 3 {
			v := colours[k][c]
			if smooth {
				v = lerp(v, colours[k+1][c], t-float64(k))
			}
			p[i][c] = float32(v)
		}
	}
	return most-least >= 0.3
}

// desaturate replaces each colour by a grey of the same brightness.
func (p *palette) desaturate() {
	for i, c := range p {
		grey := float32(brightness([3]float64{float64(c[0]), float64(c[1]), float64(c[2])}))
		p[i] = [3]float32{grey, grey, grey}
	}
}

// brightness is the luma of RGB.
func brightness(c [3]float64) float64 {
	return float64(0.3*c[0]) + float64(0.59*c[1]) + float64(0.11*c[2])
}

// oneHue replaces colours by ones near to a given colour, from dark to light.
func oneHue(colours [][3]float64, centre [3]float64) {
	for i := range colours {
		step := 0.9*float64(i)/float64(len(colours)-1) - 0.45
		for c := range 3 {
			colours[i][c] = clamp(centre[c] + float64(0.35*(colours[i][c]-0.5)) + step)
		}
	}
}

// nearGrey reduces the saturation of colours and raises their contrast.
func nearGrey(colours [][3]float64) {
	for i, c := range colours {
		grey := float64(1.6*((c[0]+c[1]+c[2])/3-0.5)) + 0.5
		for k := range 3 {
			colours[i][k] = clamp(grey + float64(0.12*(c[k]-0.5)))
		}
	}
}
