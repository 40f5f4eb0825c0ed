package main

import (
	"math"
	"slices"
)

// site is the seed of a cell: a piece of glass or a stone of a mosaic.
type site struct {
	point
	region int     // the part of the design it belongs to
	square bool    // true for a square cell, false for the usual round-ish one
	angle  float64 // how a square cell is turned
}

// distance says how far p is from the site. Squares have square "circles",
// so their Voronoi cells come out as stones with four sides.
func (s site) distance(p point) float64 {
	d := p.minus(s.point)
	if !s.square {
		return math.Hypot(d.x, d.y)
	}
	along := heading(s.angle)
	u, v := d.dot(along), d.cross(along)
	return max(math.Abs(u), math.Abs(v)) + 0.15*math.Hypot(u, v)
}

// addSite adds a site unless another one of its region is nearer than gap.
func addSite(sites []site, s site, gap float64) []site {
	for _, other := range sites {
		if other.region == s.region && other.dist(s.point) < gap {
			return sites
		}
	}
	return append(sites, s)
}

// mesh finds the site nearest to a place: the sites sorted into buckets.
type mesh struct {
	sites   []site
	gap     float64 // side of a bucket, about the distance between sites
	columns int
	rows    int
	buckets [][]int
}

// newMesh sorts the sites of a width x height picture into buckets.
func newMesh(sites []site, width, height, gap float64) *mesh {
	m := &mesh{sites: sites, gap: gap, columns: int(width/gap) + 1, rows: int(height/gap) + 1}
	m.buckets = make([][]int, m.columns*m.rows)
	for i, s := range sites {
		column, row := m.bucket(s.point)
		k := row*m.columns + column
		m.buckets[k] = append(m.buckets[k], i)
	}
	return m
}

// bucket returns the bucket of a place, the nearest one when it lies outside.
func (m *mesh) bucket(p point) (column, row int) {
	column = min(max(int(p.x/m.gap), 0), m.columns-1)
	row = min(max(int(p.y/m.gap), 0), m.rows-1)
	return column, row
}

// nearest returns the nearest site of the region, or -1 if it has none
// within six buckets.
func (m *mesh) nearest(p point, region int) int {
	column, row := m.bucket(p)
	best, distance := -1, math.Inf(1)
	for ring := 0; ring <= 6; ring++ {
		if distance < float64(ring-1)*m.gap {
			break
		}
		for y := max(row-ring, 0); y <= min(row+ring, m.rows-1); y++ {
			for x := max(column-ring, 0); x <= min(column+ring, m.columns-1); x++ {
				if max(x-column, column-x, y-row, row-y) != ring {
					continue
				}
				for _, i := range m.buckets[y*m.columns+x] {
					if s := m.sites[i]; s.region == region {
						if d := s.distance(p); d < distance {
							best, distance = i, d
						}
					}
				}
			}
		}
	}
	return best
}

// label returns for each raster pixel what of gives for its place.
func (c *canvas) label(of func(p point) int) []int {
	labels := make([]int, c.w*c.h)
	c.bands(func(top, bottom int) {
		for j := top; j < bottom; j++ {
			for i := 0; i < c.w; i++ {
				labels[j*c.w+i] = of(c.at(i, j))
			}
		}
	})
	return labels
}

// divide gives every raster pixel to the nearest site of its own region and
// returns the index of that site for each pixel.
func (c *canvas) divide(sites []site, gap float64, region func(p point) int) []int {
	m := newMesh(sites, c.width, c.height, gap)
	return c.label(func(p point) int { return m.nearest(p, region(p)) })
}

// relax moves each site to the middle of its cell (one round of Lloyd's
// method): after a few rounds the cells are even.
func (c *canvas) relax(sites []site, gap float64, region func(p point) int) {
	m := newMesh(sites, c.width, c.height, gap)
	sum := make([]point, len(sites))
	count := make([]float64, len(sites))
	step := gap / 8 // it looks at places so far apart
	for y := step / 2; y < c.height; y += step {
		for x := step / 2; x < c.width; x += step {
			p := point{x, y}
			if i := m.nearest(p, region(p)); i >= 0 {
				sum[i] = sum[i].plus(p)
				count[i]++
			}
		}
	}
	for i := range sites {
		if count[i] > 0 {
			sites[i].point = sum[i].times(1 / count[i])
		}
	}
}

// borders returns for each raster pixel its distance, in picture units, from
// the nearest border between two labels.
func (c *canvas) borders(labels []int) []float64 {
	far := float64(c.w + c.h)
	d := make([]float64, len(labels)) // squared, in raster pixels
	for j := range c.h {
		for i := range c.w {
			k := j*c.w + i
			d[k] = far * far
			if i+1 < c.w && labels[k] != labels[k+1] || j+1 < c.h && labels[k] != labels[k+c.w] {
				d[k] = 0
			}
		}
	}
	for i := range c.w {
		lowerParabolas(d[i:], c.h, c.w)
	}
	for j := range c.h {
		lowerParabolas(d[j*c.w:], c.w, 1)
	}
	for k := range d {
		d[k] = math.Sqrt(d[k]) / c.scale
	}
	c.soften(d)
	return d
}

// soften averages each value with its neighbours, which takes the steps out
// of slanting borders.
func (c *canvas) soften(values []float64) {
	for _, step := range []int{1, c.w, 1, c.w} {
		old := slices.Clone(values)
		for k := step; k+step < len(values); k++ {
			values[k] = (old[k-step] + 2*old[k] + old[k+step]) / 4
		}
	}
}

// lowerParabolas replaces each of n values f(q), stride apart, by the minimum
// over p of f(p) + (q-p)²: one pass of the exact distance transform of
// Felzenszwalb and Huttenlocher (2012).
func lowerParabolas(f []float64, n, stride int) {
	old := make([]float64, n)
	for q := range n {
		old[q] = f[q*stride]
	}
	apex := make([]int, 1, n)     // the parabolas of the lower envelope
	from := make([]float64, 1, n) // where each one begins to be lowest
	from[0] = math.Inf(-1)
	for q := 1; q < n; q++ {
		for {
			p := apex[len(apex)-1]
			cross := (old[q] - old[p] + float64(q*q-p*p)) / float64(2*(q-p))
			if cross > from[len(from)-1] {
				apex, from = append(apex, q), append(from, cross)
				break
			}
			apex, from = apex[:len(apex)-1], from[:len(from)-1]
		}
	}
	k := 0
	for q := range n {
		for k+1 < len(apex) && from[k+1] < float64(q) {
			k++
		}
		f[q*stride] = old[apex[k]] + float64((q-apex[k])*(q-apex[k]))
	}
}
