package main

import (
	"math"
	"slices"
)

// site is the centre of a Voronoi cell: a piece of glass or a stone of a mosaic.
type site struct {
	point
	region int     // of the design; a cell is inside its region
	square bool    // whether the cell is about square
	angle  float64 // of a square cell, in radians
}

// distance returns the distance of p: the Euclidean one, or for a square cell nearly the Chebyshev distance along the cell's axes.
func (s site) distance(p point) float64 {
	d := p.minus(s.point)
	if !s.square {
		return math.Hypot(d.x, d.y)
	}
	along := heading(s.angle)
	u, v := d.dot(along), d.cross(along)
	return max(math.Abs(u), math.Abs(v)) + 0.15*math.Hypot(u, v)
}

// addSite adds a site, unless one of its region is nearer than gap.
func addSite(sites []site, s site, gap float64) []site {
	for _, other := range sites {
		if other.region == s.region && other.dist(s.point) < gap {
			return sites
		}
	}
	return append(sites, s)
}

// siteIndex finds the site nearest to a point. It sorts the sites into square buckets.
type siteIndex struct {
	sites   []site
	gap     float64 // side of a bucket, about the distance between the sites
	columns int
	rows    int
	buckets [][]int
}

// newSiteIndex returns the index of the sites of a picture, width x height.
func newSiteIndex(sites []site, width, height, gap float64) *siteIndex {
	m := &siteIndex{sites: sites, gap: gap, columns: int(width/gap) + 1, rows: int(height/gap) + 1}
	m.buckets = make([][]int, m.columns*m.rows)
	for i, s := range sites {
		column, row := m.bucket(s.point)
		k := row*m.columns + column
		m.buckets[k] = append(m.buckets[k], i)
	}
	return m
}

// bucket returns the bucket of a point, or the nearest one if the point is outside the picture.
func (m *siteIndex) bucket(p point) (column, row int) {
	column = min(max(int(p.x/m.gap), 0), m.columns-1)
	row = min(max(int(p.y/m.gap), 0), m.rows-1)
	return column, row
}

// nearest returns the index of the region's site nearest to p, or -1 if there is none within six buckets.
func (m *siteIndex) nearest(p point, region int) int {
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

// label returns of's value for the position of each raster pixel.
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

// voronoi returns for each raster pixel the index of the nearest site of its region.
func (c *canvas) voronoi(sites []site, gap float64, region func(p point) int) []int {
	m := newSiteIndex(sites, c.width, c.height, gap)
	return c.label(func(p point) int { return m.nearest(p, region(p)) })
}

// relax moves each site to the centroid of its cell: one iteration of Lloyd's algorithm, which makes the cells more equal.
func (c *canvas) relax(sites []site, gap float64, region func(p point) int) {
	m := newSiteIndex(sites, c.width, c.height, gap)
	sum := make([]point, len(sites))
	count := make([]float64, len(sites))
	step := gap / 8 // distance between the points of which the centroid is computed
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

// borderDistance returns the distance of each raster pixel from the nearest border between two labels, in picture units.
func (c *canvas) borderDistance(labels []int) []float64 {
	infinity := float64(c.w + c.h)
	d := make([]float64, len(labels)) // squared, in raster pixels
	for j := range c.h {
		for i := range c.w {
			k := j*c.w + i
			d[k] = infinity * infinity
			if i+1 < c.w && labels[k] != labels[k+1] || j+1 < c.h && labels[k] != labels[k+c.w] {
				d[k] = 0
			}
		}
	}
	for i := range c.w {
		distanceTransform(d[i:], c.h, c.w)
	}
	for j := range c.h {
		distanceTransform(d[j*c.w:], c.w, 1)
	}
	for k := range d {
		d[k] = math.Sqrt(d[k]) / c.scale
	}
	c.blur(d)
	return d
}

// blur convolves the values with the kernel 1 2 1 twice along both axes, which smooths the steps of oblique borders.
func (c *canvas) blur(values []float64) {
	for _, step := range []int{1, c.w, 1, c.w} {
		old := slices.Clone(values)
		for k := step; k+step < len(values); k++ {
			values[k] = (old[k-step] + 2*old[k] + old[k+step]) / 4
		}
	}
}

// distanceTransform replaces each of n values f(q), stride apart, by the minimum over p of f(p) + (q-p)²: the exact distance
// transform in one dimension by Felzenszwalb and Huttenlocher (2012).
func distanceTransform(f []float64, n, stride int) {
	old := make([]float64, n)
	for q := range n {
		old[q] = f[q*stride]
	}
	apex := make([]int, 1, n)     // the parabolas of the lower envelope
	from := make([]float64, 1, n) // where each of them starts to be the lowest
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
