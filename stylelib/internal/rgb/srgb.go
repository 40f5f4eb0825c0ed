package rgb

import "math"

// ToLinear returns the linear light of an sRGB value, both in [0, 1] (IEC 61966-2-1).
func ToLinear(value float64) float64 {
	if value <= 0.04045 {
		return value / 12.92
	}
	return math.Pow((value+0.055)/1.055, 2.4)
}

// FromLinear returns the sRGB value of linear light, both in [0, 1]. It is the inverse of [ToLinear].
func FromLinear(light float64) float64 {
	if light <= 0.0031308 {
		return light * 12.92
	}
	return 1.055*math.Pow(light, 1/2.4) - 0.055
}
