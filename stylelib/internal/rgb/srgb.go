package rgb

import "math"

// toLinear turns an sRGB code into linear light, both in [0, 1] (IEC 61966-2-1).
func ToLinear(code float64) float64 {
	if code <= 0.04045 {
		return code / 12.92
	}
	return math.Pow((code+0.055)/1.055, 2.4)
}

// fromLinear is the inverse of toLinear.
func FromLinear(light float64) float64 {
	if light <= 0.0031308 {
		return light * 12.92
	}
	return 1.055*math.Pow(light, 1/2.4) - 0.055
}
