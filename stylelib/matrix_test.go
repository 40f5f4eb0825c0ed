package stylelib

import (
	"math"
	"testing"
)

// The root of a matrix whose eigenvalues are 1, 3 and 4, worked by hand; Cholesky's factor; the inverse.
func TestMatrix(t *testing.T) {
	m := matrix{{2, 1, 0}, {1, 2, 0}, {0, 0, 4}}
	p, q := (math.Sqrt(3)+1)/2, (math.Sqrt(3)-1)/2
	if got, want := m.power(0.5), (matrix{{p, q, 0}, {q, p, 0}, {0, 0, 2}}); !got.near(want, 1e-14) {
		t.Errorf("root %v, want %v", got, want)
	}
	s := matrix{{4, 2, 2}, {2, 5, 3}, {2, 3, 6}}
	if got, want := s.cholesky(), (matrix{{2, 0, 0}, {1, 2, 0}, {1, 1, 2}}); got != want {
		t.Errorf("Cholesky factor %v, want %v", got, want)
	}
	if got := s.power(-1); !got.near(s.inverse(), 1e-14) || !s.times(got).near(matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 1e-14) {
		t.Errorf("inverse %v, by eigenvalues %v", s.inverse(), got)
	}
}
