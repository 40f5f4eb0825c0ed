package textures

// Shapes is how many kinds of shapes there are.
const Shapes = 24

// maskSide is the width and height of a mask; its shape ends well within.
const maskSide = 128

// mask is a shape [maskSide, maskSide], 1 inside.
type mask []float32

// variants is how many masks there are of a kind; most kinds have only one outline.
const variants = 8

// masks returns the masks of all kinds, variants of each.
func masks() [Shapes][variants]mask {
	var all [Shapes][variants]mask
	for kind := range all {
		for n := range variants {
			if n > 0 && outlines[kind].fixed {
				all[kind][n] = all[kind][0]
				continue
			}
			page := newPage()
			outlines[kind].draw(page, seeded(79, uint64(kind), uint64(n)))
			all[kind][n] = page.mask()
		}
	}
	return all
}

// mask returns the page at half the size of a canvas.
func (p page) mask() mask {
	m := make(mask, maskSide*maskSide)
	for i := range m {
		var sum int
		for k := range 16 {
			sum += int(p[(4*(i/maskSide)+k/4)*fine+4*(i%maskSide)+k%4])
		}
		m[i] = float32(sum) / (16 * 255)
	}
	return m
}

// outline is a kind of shape, drawn in white around the middle of a page.
type outline struct {
	fixed bool // always the same
	draw  func(p page, r *random)
}

var middle = point{Side / 2, Side / 2}

// up is the direction of the top of a page, in turns.
const up = -0.25

// outlines are the kinds in the order of their numbers: disc, ellipse, triangle, square, bar, pentagon, hexagon, two
// stars, cross, ring, crescent, arrow, heart, L, T, two blobs, half disc, frame, fir, spiral, three bars, wedge.
var outlines = [Shapes]outline{
	{true, func(p page, _ *random) { p.disc(255, middle, 90) }},
	{true, func(p page, _ *random) {
		p.polygon(255, flattened(regular(middle, 108, 48, 0), middle, 0, 0.45)...)
	}},
	{true, func(p page, _ *random) { p.polygon(255, regular(middle, 110, 3, up)...) }},
	{true, func(p page, _ *random) { p.box(255, 45, 45, 211, 211) }},
	{true, func(p page, _ *random) { p.box(255, 15, 95, 241, 161) }},
	{true, func(p page, _ *random) { p.polygon(255, regular(middle, 105, 5, up)...) }},
	{true, func(p page, _ *random) { p.polygon(255, regular(middle, 105, 6, 0)...) }},
	{true, func(p page, _ *random) { p.polygon(255, star(middle, 115, 0.45, 10, up)...) }},
	{true, func(p page, _ *random) { p.polygon(255, star(middle, 120, 0.35, 8, 0)...) }},
	{true, func(p page, _ *random) { p.box(255, 95, 20, 161, 236); p.box(255, 20, 95, 236, 161) }},
	{true, func(p page, _ *random) { p.disc(255, middle, 100); p.disc(0, middle, 48) }},
	{true, func(p page, _ *random) { p.disc(255, middle, 100); p.disc(0, point{170, 105}, 92) }},
	{true, func(p page, _ *random) {
		p.polygon(255, point{20, 100}, point{140, 100}, point{140, 50}, point{240, 128}, point{140, 206}, point{140, 156}, point{20, 156})
	}},
	{true, func(p page, _ *random) {
		p.disc(255, point{80, 90}, 50)
		p.disc(255, point{176, 90}, 50)
		p.polygon(255, point{38, 115}, point{128, 80}, point{218, 115}, point{128, 236})
	}},
	{true, func(p page, _ *random) { p.box(255, 40, 20, 110, 236); p.box(255, 40, 166, 216, 236) }},
	{true, func(p page, _ *random) { p.box(255, 20, 30, 236, 95); p.box(255, 95, 30, 161, 236) }},
	{false, func(p page, r *random) { p.blob(r, 1, 4, 22) }},
	{false, func(p page, r *random) { p.blob(r, 5, 10, 9) }},
	{true, func(p page, _ *random) { p.disc(255, point{128, 168}, 108); p.box(0, 0, 168, 256, 256) }},
	{true, func(p page, _ *random) { p.box(255, 30, 30, 226, 226); p.box(0, 85, 85, 171, 171) }},
	{true, fir},
	{true, spiral},
	{true, func(p page, _ *random) {
		for i := range 3 {
			p.box(255, 30, 30+float64(70*i), 226, 65+float64(70*i))
		}
	}},
	{true, func(p page, _ *random) {
		p.polygon(255, middle.polar(110, -0.4), middle.polar(110, 0.4), point{170, 205}, point{110, 128}, point{170, 51})
	}},
}

func (p page) disc(value uint8, c point, radius float64) {
	p.polygon(value, regular(c, radius, 64, 0)...)
}

func (p page) box(value uint8, left, top, right, bottom float64) {
	p.polygon(value, point{left, top}, point{right, top}, point{right, bottom}, point{left, bottom})
}

// blob draws a disc whose radius swings, with waves from first to last a round.
func (p page) blob(r *random, first, last int, height float64) {
	corners := make([]point, 80)
	radius := make([]float64, len(corners))
	for wave := first; wave < last; wave++ {
		h, phase := float64(height*r.normal()), r.unit()
		for i := range radius {
			radius[i] += float64(h * cos(float64(wave*i)/float64(len(corners))+phase))
		}
	}
	for i := range corners {
		corners[i] = middle.polar(min(max(85+radius[i], 15), 125), float64(i)/float64(len(corners)))
	}
	p.polygon(255, corners...)
}

// fir draws three triangles on a trunk.
func fir(p page, _ *random) {
	for i := range 3 {
		k := float64(i)
		p.polygon(255, point{128, 20 + float64(55*k)}, point{78 - float64(22*k), 110 + float64(55*k)}, point{178 + float64(22*k), 110 + float64(55*k)})
	}
	p.box(255, 113, 200, 143, 246)
}

// spiral draws a line that winds out.
func spiral(p page, _ *random) {
	line := make([]point, 120)
	for i := range line {
		turns := 2.25 * float64(i) / float64(len(line)-1)
		line[i] = middle.polar(47*turns, turns)
	}
	p.line(255, 26, line...)
}
