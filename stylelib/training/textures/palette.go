package textures

// Palettes is how many palettes there are.
const Palettes = 256

// palette gives every grey of a canvas a colour, RGB in [0, 1].
type palette [256][3]float32

// palettes are all palettes; a palette's number is a label of the pictures it colours.
var palettes = func() (all [Palettes]palette) {
	r := seeded(123)
	for i := range all {
		for !all[i].fill(r) {
		}
		if i%8 == 0 {
			all[i].drain()
		}
	}
	return all
}()

// fill makes up a palette. It returns false for one whose colours are too alike in brightness.
func (p *palette) fill(r *random) bool {
	colours := make([][3]float64, 2+r.below(5))
	for i := range colours {
		colours[i] = [3]float64{r.unit(), r.unit(), r.unit()}
	}
	switch r.below(4) {
	case 0:
		oneHue(colours, [3]float64{r.unit(), r.unit(), r.unit()})
	case 1:
		nearGrey(colours)
	case 2:
		byBrightness(colours)
	}
	least, most := 1.0, 0.0
	for _, c := range colours {
		least, most = min(least, brightness(c)), max(most, brightness(c))
	}
	smooth := r.unit() < 0.65
	for i := range p {
		t := float64(i) / 255 * float64(len(colours)-1)
		k := min(int(t), len(colours)-2)
		if !smooth {
			k, t = min(i*len(colours)/256, len(colours)-1), 0
		}
		for c := range 3 {
			v := colours[k][c]
			if smooth {
				v = mix2(v, colours[k+1][c], t-float64(k))
			}
			p[i][c] = float32(v)
		}
	}
	return most-least >= 0.3
}

// drain takes all colour away: a network that is shown greys too learns textures without leaning on colours.
func (p *palette) drain() {
	for i, c := range p {
		grey := float32(brightness([3]float64{float64(c[0]), float64(c[1]), float64(c[2])}))
		p[i] = [3]float32{grey, grey, grey}
	}
}

func brightness(c [3]float64) float64 {
	return float64(0.3*c[0]) + float64(0.59*c[1]) + float64(0.11*c[2])
}

// oneHue makes colours around one, from dark to light.
func oneHue(colours [][3]float64, hue [3]float64) {
	for i := range colours {
		step := 0.9*float64(i)/float64(len(colours)-1) - 0.45
		for c := range 3 {
			colours[i][c] = clamp(hue[c] + float64(0.35*(colours[i][c]-0.5)) + step)
		}
	}
}

// nearGrey takes most of the colour away.
func nearGrey(colours [][3]float64) {
	for i, c := range colours {
		grey := float64(1.6*((c[0]+c[1]+c[2])/3-0.5)) + 0.5
		for k := range 3 {
			colours[i][k] = clamp(grey + float64(0.12*(c[k]-0.5)))
		}
	}
}

// byBrightness sorts colours, the darkest first.
func byBrightness(colours [][3]float64) {
	for i := range colours {
		for k := i; k > 0 && brightness(colours[k]) < brightness(colours[k-1]); k-- {
			colours[k], colours[k-1] = colours[k-1], colours[k]
		}
	}
}
