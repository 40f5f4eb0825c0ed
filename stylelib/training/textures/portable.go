package textures

import "math"

// The functions of package math differ in their last bits between processors. The functions of this file are polynomials of
// additions and multiplications, each rounded on its own, with errors of about 1e-7. Square root and floor are exact on
// every processor. Angles are in turns: 1 is the full circle.

func sqrt(x float64) float64  { return math.Sqrt(x) }
func floor(x float64) float64 { return math.Floor(x) }

// horner evaluates at x the polynomial with these coefficients, the highest first, by Horner's method.
func horner(x float64, coefficients ...float64) float64 {
	sum := 0.0
	for _, c := range coefficients {
		sum = float64(sum*x) + c
	}
	return sum
}

// sin returns the sine of an angle: sin(0.25) is 1.
func sin(turns float64) float64 {
	t := turns - floor(turns+0.5) // [-1/2, 1/2)
	if t > 0.25 {
		t = 0.5 - t
	} else if t < -0.25 {
		t = -0.5 - t
	}
	x := 2 * math.Pi * t
	q := float64(x * x)
	return x * horner(q, -1./39916800, 1./362880, -1./5040, 1./120, -1./6, 1)
}

// cos returns the cosine of an angle.
func cos(turns float64) float64 { return sin(float64(turns) + 0.25) }

// angle returns the direction of (x, y), in [-1/2, 1/2]: the arctangent of y/x.
func angle(y, x float64) float64 {
	ax, ay := math.Abs(x), math.Abs(y)
	if ax+ay == 0 {
		return 0
	}
	t := min(ax, ay) / max(ax, ay)
	q := float64(t * t)
	turns := t * horner(q, -0.0117212, 0.05265332, -0.11643287, 0.19354346, -0.33262347, 0.99997726) / (2 * math.Pi)
	if ay > ax {
		turns = 0.25 - turns
	}
	if x < 0 {
		turns = 0.5 - turns
	}
	if y < 0 {
		turns = -turns
	}
	return turns
}

// exp2 returns 2ˣ, for x clamped to ±1000.
func exp2(x float64) float64 {
	x = min(max(x, -1000), 1000)
	n := floor(x)
	f := (x - n) * math.Ln2
	p := horner(f, 1./40320, 1./5040, 1./720, 1./120, 1./24, 1./6, 1./2, 1, 1)
	return p * math.Float64frombits(uint64(int(n)+1023)<<52)
}

// exp returns eˣ.
func exp(x float64) float64 { return exp2(x * math.Log2E) }

// log2 returns the logarithm of x > 0 to the base 2.
func log2(x float64) float64 {
	bits := math.Float64bits(max(x, 1e-300))
	exponent := float64(int(bits>>52) - 1023)
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52) // [1, 2)
	if m > math.Sqrt2 {
		m, exponent = m/2, exponent+1
	}
	s := (m - 1) / (m + 1)
	q := float64(s * s)
	return exponent + float64(2*math.Log2E*s*horner(q, 1./11, 1./9, 1./7, 1./5, 1./3, 1))
}

// pow returns x ≥ 0 to the power of exponent.
func pow(x, exponent float64) float64 { return exp2(exponent * log2(x)) }

// hypot returns the length of (x, y).
func hypot(x, y float64) float64 { return sqrt(float64(x*x) + float64(y*y)) }

// rotation returns a function that expresses (x, y) in axes rotated by an angle.
func rotation(turns float64) func(x, y float64) (float64, float64) {
	c, s := cos(turns), sin(turns)
	return func(x, y float64) (float64, float64) {
		return float64(c*x) + float64(s*y), float64(c*y) - float64(s*x)
	}
}
