package kernelext

import (
	"maps"
	"slices"
)

// Point adds a point to the curve with the given name. The first point begins the curve.
func (l *Live) Point(series string, x, y float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.curves, func(s Series) bool { return s.Name == series })
	if i < 0 {
		i = len(l.curves)
		l.curves = append(l.curves, Series{Name: series})
	}
	l.curves[i].X = append(l.curves[i].X, x)
	l.curves[i].Y = append(l.curves[i].Y, y)
}

// Points adds one point to each of several curves at the same x.
func (l *Live) Points(x float64, values map[string]float64) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		l.Point(name, x, values[name])
	}
}

// Shares says how large a share of the gradient each curve's loss term has; their sum is 1. Nil changes nothing.
func (l *Live) Shares(shares map[string]float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if shares != nil {
		l.shares = maps.Clone(shares)
	}
}

// Series returns the curves so far.
func (l *Live) Series() []Series {
	l.mu.Lock()
	defer l.mu.Unlock()
	curves := make([]Series, len(l.curves))
	for i, s := range l.curves {
		curves[i] = s
		curves[i].X, curves[i].Y = slices.Clone(s.X), slices.Clone(s.Y)
	}
	return curves
}
