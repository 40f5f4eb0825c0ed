// Package rgb has the arithmetic of RGB colours that packages picture and colour share.
//
//	matrix.go   Matrix: maps of three channels, with inverse, Cholesky factor and powers
//	srgb.go     sRGB values to linear light and back
//
// It needs nothing but the standard library.
package rgb

import "math"

// Matrix is a matrix of three rows and three columns.
type Matrix [3][3]float64

// Apply returns the product of m and the column v.
func (m Matrix) Apply(v [3]float64) (out [3]float64) {
	for i, row := range m {
		out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
	}
	return out
}

// Times returns the product of m and n.
func (m Matrix) Times(n Matrix) (out Matrix) {
	for i := range 3 {
		for k := range 3 {
			out[i][k] = m[i][0]*n[0][k] + m[i][1]*n[1][k] + m[i][2]*n[2][k]
		}
	}
	return out
}

// Transposed returns m with rows and columns exchanged.
func (m Matrix) Transposed() (out Matrix) {
	for i := range 3 {
		for k := range 3 {
			out[k][i] = m[i][k]
		}
	}
	return out
}

// Inverse returns the inverse of m, by cofactors. A singular m gives infinities and NaN.
func (m Matrix) Inverse() (out Matrix) {
	cofactor := func(i, k int) float64 {
		i1, i2, k1, k2 := (i+1)%3, (i+2)%3, (k+1)%3, (k+2)%3
		return m[i1][k1]*m[i2][k2] - m[i1][k2]*m[i2][k1]
	}
	determinant := m[0][0]*cofactor(0, 0) + m[0][1]*cofactor(0, 1) + m[0][2]*cofactor(0, 2)
	for i := range 3 {
		for k := range 3 {
			out[k][i] = cofactor(i, k) / determinant
		}
	}
	return out
}

// Cholesky returns the lower triangular L with L Lᵀ = m, which is symmetric and positive definite.
func (m Matrix) Cholesky() (l Matrix) {
	for i := range 3 {
		for k := range i + 1 {
			rest := m[i][k]
			for j := range k {
				rest -= l[i][j] * l[k][j]
			}
			if i == k {
				l[i][i] = math.Sqrt(rest)
			} else {
				l[i][k] = rest / l[k][k]
			}
		}
	}
	return l
}

// Power returns the symmetric, positive definite m to a power: its eigenvalues are raised, its eigenvectors stay.
func (m Matrix) Power(exponent float64) Matrix {
	values, vectors := m.eigen()
	var raised Matrix
	for i, value := range values {
		raised[i][i] = math.Pow(value, exponent)
	}
	return vectors.Times(raised).Times(vectors.Transposed())
}

// eigen returns the eigenvalues of the symmetric m and its eigenvectors as columns, by Jacobi's rotations. Each of them brings one
// entry beside the diagonal to 0.
func (m Matrix) eigen() (values [3]float64, vectors Matrix) {
	vectors = Matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	const sweeps = 16 // errors are squared in each; 5 are enough for float64
	for range sweeps {
		for _, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
			i, k := pair[0], pair[1]
			if m[i][k] == 0 {
				continue
			}
			half := (m[k][k] - m[i][i]) / (2 * m[i][k])
			tangent := math.Copysign(1, half) / (math.Abs(half) + math.Hypot(half, 1))
			cosine := 1 / math.Hypot(tangent, 1)
			rotation := Matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
			rotation[i][i], rotation[k][k] = cosine, cosine
			rotation[i][k], rotation[k][i] = tangent*cosine, -tangent*cosine
			m = rotation.Transposed().Times(m).Times(rotation)
			vectors = vectors.Times(rotation)
		}
	}
	return [3]float64{m[0][0], m[1][1], m[2][2]}, vectors
}

// Near reports whether no entry of m differs from that of n by more than most; false where one is NaN.
func (m Matrix) Near(n Matrix, most float64) bool {
	for i := range 3 {
		for k := range 3 {
			if !(math.Abs(m[i][k]-n[i][k]) <= most) {
				return false
			}
		}
	}
	return true
}

// RelativeToWhite returns m with each row divided by its sum, so that it maps white (1, 1, 1) to (1, 1, 1).
func (m Matrix) RelativeToWhite() Matrix {
	for i, row := range m {
		for k := range row {
			m[i][k] = row[k] / (row[0] + row[1] + row[2])
		}
	}
	return m
}
