package textures

// random is a stream of random numbers: SplitMix64 (Steele, Lea and Flood 2014).
type random struct{ state uint64 }

const increment = 0x9e3779b97f4a7c15 // 2⁶⁴ divided by the golden ratio

// seeded returns the stream of these keys; streams of different keys are independent.
func seeded(keys ...uint64) *random {
	r := &random{}
	for _, key := range keys {
		r.state = mix64(r.state + increment + mix64(key+increment))
	}
	return r
}

// mix64 is SplitMix64's hash function.
func mix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *random) next() uint64 {
	r.state += increment
	return mix64(r.state)
}

// uniform returns a number in [0, 1).
func (r *random) uniform() float64 { return float64(float64(r.next()>>11) / (1 << 53)) }

// between returns a number in [a, b).
func (r *random) between(a, b float64) float64 { return lerp(a, b, r.uniform()) }

// logUniform returns a number in [a, b) whose logarithm is uniformly distributed.
func (r *random) logUniform(a, b float64) float64 {
	return float64(a * exp2(r.uniform()*log2(b/a)))
}

// orientation returns the angle of an undirected line in turns, in [0, 1/2).
func (r *random) orientation() float64 { return float64(r.uniform() / 2) }

// intN returns an integer in [0, n).
func (r *random) intN(n int) int { return int(r.next() >> 33 % uint64(n)) }

// coin returns true with probability 1/2.
func (r *random) coin() bool { return r.next()>>63 == 1 }

// pick returns one of the values.
func (r *random) pick(values ...float64) float64 { return values[r.intN(len(values))] }

// normal returns a number of mean 0 and deviation 1, nearly normally distributed: a sum of four uniform ones.
func (r *random) normal() float64 {
	b := r.next()
	sum := int(b&0xffff) + int(b>>16&0xffff) + int(b>>32&0xffff) + int(b>>48)
	return float64(float64(sum-2*0xffff) / (0xffff * 0.57735026918962576))
}

// point returns a point on the canvas or up to margin outside it.
func (r *random) point(margin float64) point {
	return point{r.between(-margin, side+margin), r.between(-margin, side+margin)}
}

// grey returns a grey from least to 255.
func (r *random) grey(least int) uint8 { return uint8(least + r.intN(256-least)) }
