package textures

// random is a stream of numbers: SplitMix64 (Steele, Lea and Flood 2014).
type random struct{ state uint64 }

const golden = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio

// seeded returns the stream of these keys; other keys give an unrelated one.
func seeded(keys ...uint64) *random {
	r := &random{}
	for _, key := range keys {
		r.state = scramble(r.state + golden + scramble(key+golden))
	}
	return r
}

func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) bits() uint64 {
	r.state += golden
	return scramble(r.state)
}

// unit returns a number in [0, 1).
func (r *random) unit() float64 { return float64(float64(r.bits()>>11) / (1 << 53)) }

// direction returns a direction in turns, of a line that has no front: in [0, 1/2).
func (r *random) direction() float64 { return float64(r.unit() / 2) }

// between returns a number in [a, b).
func (r *random) between(a, b float64) float64 { return mix2(a, b, r.unit()) }

// scale returns a number in [a, b) whose logarithm is uniform: as often from 1 to 2 as from 10 to 20.
func (r *random) scale(a, b float64) float64 { return float64(a * exp2(r.unit()*log2(b/a))) }

// below returns a whole number from 0 to n-1.
func (r *random) below(n int) int { return int(r.bits() >> 33 % uint64(n)) }

// coin says yes as often as no.
func (r *random) coin() bool { return r.bits()>>63 == 1 }

// pick returns one of the values.
func (r *random) pick(values ...float64) float64 { return values[r.below(len(values))] }

// normal returns a number distributed nearly like the bell of mean 0 and deviation 1: a sum of four uniform ones.
func (r *random) normal() float64 {
	b := r.bits()
	sum := int(b&0xffff) + int(b>>16&0xffff) + int(b>>32&0xffff) + int(b>>48)
	return float64(float64(sum-2*0xffff) / (0xffff * 0.57735026918962576))
}
