package textures

// Shapes is the number of kinds of shapes.
const Shapes = 24

// maskSide is the width and height of a mask in pixels.
const maskSide = 128

// mask is the alpha mask of a shape [maskSide, maskSide]: 1 inside, 0 outside and along the border.
type mask []float32

// variants is the number of masks of each kind. Most kinds have one outline only, so their variants are the same.
const variants = 8

// masks draws the masks of all kinds.
func masks() [Shapes][variants]mask {
	var all [Shapes][variants]mask
	for kind := range all {
		for n := range variants {
			d := newDrawing()
			outlines[kind](d, seeded(79, uint64(kind), uint64(n)))
			all[kind][n] = d.mask()
		}
	}
	return all
}

// mask averages the drawing over squares of 4x4 pixels.
func (d drawing) mask() mask {
	m := make(mask, maskSide*maskSide)
	for i := range m {
		var sum int
		for k := range 16 {
			sum += int(d[(4*(i/maskSide)+k/4)*fineSide+4*(i%maskSide)+k%4])
		}
		m[i] = float32(sum) / (16 * 255)
	}
	return m
}

// bilinear interpolates the mask at (x, y); outside it is 0.
func (m mask) bilinear(x, y float64) float32 {
	if x < 0 || y < 0 || x >= maskSide-1 || y >= maskSide-1 {
		return 0
	}
	i := int(y)*maskSide + int(x)
	u, v := float32(x-floor(x)), float32(y-floor(y))
	top := m[i] + float32(u*(m[i+1]-m[i]))
	bottom := m[i+maskSide] + float32(u*(m[i+maskSide+1]-m[i+maskSide]))
	return top + float32(v*(bottom-top))
}

var middle = point{side / 2, side / 2}

// up is the direction of the canvas's top, in turns.
const up = -0.25

// outlines draw the kinds of shapes, in the order of their numbers: white on black, around the middle of the drawing. Only
// the blobs are random.
var outlines = [Shapes]func(d drawing, r *random){
	func(d drawing, _ *random) { d.disc(255, middle, 90) },                                                    // disc
	func(d drawing, _ *random) { d.polygon(255, flattened(regular(middle, 108, 48, 0), middle, 0, 0.45)...) }, // ellipse
	func(d drawing, _ *random) { d.polygon(255, regular(middle, 110, 3, up)...) },                             // triangle
	func(d drawing, _ *random) { d.box(255, 45, 45, 211, 211) },                                               // square
	func(d drawing, _ *random) { d.box(255, 15, 95, 241, 161) },                                               // bar
	func(d drawing, _ *random) { d.polygon(255, regular(middle, 105, 5, up)...) },                             // pentagon
	func(d drawing, _ *random) { d.polygon(255, regular(middle, 105, 6, 0)...) },                              // hexagon
	func(d drawing, _ *random) { d.polygon(255, star(middle, 115, 0.45, 10, up)...) },                         // star of five points
	func(d drawing, _ *random) { d.polygon(255, star(middle, 120, 0.35, 8, 0)...) },                           // star of four points
	func(d drawing, _ *random) { d.box(255, 95, 20, 161, 236); d.box(255, 20, 95, 236, 161) },                 // cross
	func(d drawing, _ *random) { d.disc(255, middle, 100); d.disc(0, middle, 48) },                            // ring
	func(d drawing, _ *random) { d.disc(255, middle, 100); d.disc(0, point{170, 105}, 92) },                   // crescent
	// arrow
	func(d drawing, _ *random) {
		d.polygon(255, point{20, 100}, point{140, 100}, point{140, 50}, point{240, 128}, point{140, 206}, point{140, 156}, point{20, 156})
	},
	// heart
	func(d drawing, _ *random) {
		d.disc(255, point{80, 90}, 50)
		d.disc(255, point{176, 90}, 50)
		d.polygon(255, point{38, 115}, point{128, 80}, point{218, 115}, point{128, 236})
	},
	func(d drawing, _ *random) { d.box(255, 40, 20, 110, 236); d.box(255, 40, 166, 216, 236) },   // L
	func(d drawing, _ *random) { d.box(255, 20, 30, 236, 95); d.box(255, 95, 30, 161, 236) },     // T
	func(d drawing, r *random) { d.blob(r, 1, 4, 22) },                                           // blob of few waves
	func(d drawing, r *random) { d.blob(r, 5, 10, 9) },                                           // blob of many waves
	func(d drawing, _ *random) { d.disc(255, point{128, 168}, 108); d.box(0, 0, 168, 256, 256) }, // half disc
	func(d drawing, _ *random) { d.box(255, 30, 30, 226, 226); d.box(0, 85, 85, 171, 171) },      // frame
	fir,
	spiral,
	// three bars
	func(d drawing, _ *random) {
		for i := range 3 {
			d.box(255, 30, 30+float64(70*i), 226, 65+float64(70*i))
		}
	},
	// wedge
	func(d drawing, _ *random) {
		d.polygon(255, middle.polar(110, -0.4), middle.polar(110, 0.4), point{170, 205}, point{110, 128}, point{170, 51})
	},
}

func (d drawing) disc(value uint8, c point, radius float64) {
	d.polygon(value, regular(c, radius, 64, 0)...)
}

func (d drawing) box(value uint8, left, top, right, bottom float64) {
	d.polygon(value, point{left, top}, point{right, top}, point{right, bottom}, point{left, bottom})
}

// blob draws a disc whose radius varies with the angle: a sum of random waves, first to last-1 of them per turn.
func (d drawing) blob(r *random, first, last int, height float64) {
	corners := make([]point, 80)
	radius := make([]float64, len(corners))
	for wave := first; wave < last; wave++ {
		h, phase := float64(height*r.normal()), r.uniform()
		for i := range radius {
			radius[i] += float64(h * cos(float64(wave*i)/float64(len(corners))+phase))
		}
	}
	for i := range corners {
		corners[i] = middle.polar(min(max(85+radius[i], 15), 125), float64(i)/float64(len(corners)))
	}
	d.polygon(255, corners...)
}

// fir draws three triangles on a trunk.
func fir(d drawing, _ *random) {
	for i := range 3 {
		k := float64(i)
		top, half := 20+float64(55*k), 50+float64(22*k)
		d.polygon(255, point{128, top}, point{128 - half, top + 90}, point{128 + half, top + 90})
	}
	d.box(255, 113, 200, 143, 246)
}

// spiral draws an Archimedean spiral.
func spiral(d drawing, _ *random) {
	line := make([]point, 120)
	for i := range line {
		turns := 2.25 * float64(i) / float64(len(line)-1)
		line[i] = middle.polar(47*turns, turns)
	}
	d.line(255, 26, line...)
}
