package rgb

import (
	"math"
	"testing"
)

// The root of a matrix whose eigenvalues are 1, 3 and 4, worked by hand; Cholesky's factor; the inverse.
func TestMatrix(t *testing.T) {
	m := Matrix{{2, 1, 0}, {1, 2, 0}, {0, 0, 4}}
	p, q := (math.Sqrt(3)+1)/2, (math.Sqrt(3)-1)/2
	if got, want := m.Power(0.5), (Matrix{{p, q, 0}, {q, p, 0}, {0, 0, 2}}); !got.Near(want, 1e-14) {
		t.Errorf("root %v, want %v", got, want)
	}
	s := Matrix{{4, 2, 2}, {2, 5, 3}, {2, 3, 6}}
	if got, want := s.Cholesky(), (Matrix{{2, 0, 0}, {1, 2, 0}, {1, 1, 2}}); got != want {
		t.Errorf("Cholesky factor %v, want %v", got, want)
	}
	if got := s.Power(-1); !got.Near(s.Inverse(), 1e-14) || !s.Times(got).Near(Matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 1e-14) {
		t.Errorf("inverse %v, by eigenvalues %v", s.Inverse(), got)
	}
}

// The standard's two pieces meet, 0 and 1 stay, half the light is 0.735357 of sRGB's range, and there and back is the same.
func TestLinearLight(t *testing.T) {
	for value, light := range map[float64]float64{0: 0, 1: 1, 0.04045: 0.04045 / 12.92, 0.7353569830524495: 0.5} {
		if got := ToLinear(value); math.Abs(got-light) > 1e-12 {
			t.Errorf("ToLinear(%g) is %g, want %g", value, got, light)
		}
		if got := FromLinear(light); math.Abs(got-value) > 1e-7 {
			t.Errorf("FromLinear(%g) is %g, want %g", light, got, value)
		}
	}
}
