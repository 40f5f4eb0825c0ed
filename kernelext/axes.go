package kernelext

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// axisRange returns the range of one coordinate, widened by a margin on both sides; it is never empty.
func axisRange(points plotter.XYs, of func(plotter.XY) float64, margin float64) (low, high float64) {
	if len(points) == 0 {
		return 0, 1
	}
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		low, high = min(low, of(p)), max(high, of(p))
	}
	if high-low < 1e-9*max(math.Abs(low), math.Abs(high)) || high == low {
		half := max(0.1, 0.1*math.Abs(low))
		return low - half, high + half
	}
	extra := margin * (high - low)
	return low - extra, high + extra
}

// linearTicks puts about five labelled ticks at round numbers.
func linearTicks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	step := niceStep((high - low) / 5)
	for i := math.Ceil(low/step - 1e-9); i <= high/step+1e-9; i++ {
		value := i*step + 0 // not -0
		ticks = append(ticks, plot.Tick{Value: value, Label: formatTick(value, step)})
	}
	return ticks
}

// niceStep returns the number near x that is 1, 2 or 5 times a power of ten.
func niceStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	switch m := x / power; {
	case m < 1.5:
		return power
	case m < 3.5:
		return 2 * power
	case m < 7.5:
		return 5 * power
	}
	return 10 * power
}

// logTicks returns the ticks of an axis that shows log10 of its values, from low to high. It labels the powers of ten, on
// a short axis also 2 and 5 times those, and on a very short one round numbers. Small ticks mark the other multiples.
func logTicks(low, high float64) []plot.Tick {
	powers := math.Floor(high) - math.Ceil(low) + 1
	every := max(1, math.Ceil(powers/7))
	label := func(m, power float64) bool { return m == 1 && math.Mod(power, every) == 0 }
	if powers < 3 {
		label = func(m, _ float64) bool { return m == 1 || m == 2 || m == 5 }
	}
	var ticks []plot.Tick
	labels := 0
	for power := math.Floor(low); power <= high; power++ {
		for m := 1.0; m < 10; m++ {
			tick := plot.Tick{Value: power + math.Log10(m)}
			if tick.Value < low-1e-9 || tick.Value > high+1e-9 || (m > 1 && powers > 7) {
				continue
			}
			if label(m, power) {
				tick.Label = power10(m, int(power))
				labels++
			}
			ticks = append(ticks, tick)
		}
	}
	if labels >= 3 {
		return ticks
	}
	ticks = linearTicks(math.Pow(10, low), math.Pow(10, high))
	for i := range ticks {
		ticks[i].Value = math.Log10(ticks[i].Value)
	}
	return ticks
}

// power10 formats m times a power of ten: 0.02, 100, 1e4.
func power10(m float64, power int) string {
	if power < -3 || power > 3 {
		return fmt.Sprintf("%ge%d", m, power)
	}
	return strconv.FormatFloat(m*math.Pow(10, float64(power)), 'g', 6, 64)
}

// formatTick formats a value of an axis, rounded to the step between ticks if that is not 0: 0.01, 250, 1e-5, 2e6.
func formatTick(x, step float64) string {
	if x == 0 {
		return "0"
	}
	if size := math.Abs(x); size < 1e-3 || size >= 1e5 {
		s := strconv.FormatFloat(x, 'e', -1, 64)
		if step > 0 {
			s = strconv.FormatFloat(x, 'e', max(0, int(math.Floor(math.Log10(size)))-exponent(step)), 64)
		}
		mantissa, power, _ := strings.Cut(s, "e")
		n, _ := strconv.Atoi(power)
		return mantissa + "e" + strconv.Itoa(n)
	}
	if step > 0 {
		return strconv.FormatFloat(x, 'f', max(0, -exponent(step)), 64)
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// exponent returns the power of ten of a step, which is 1, 2 or 5 times that.
func exponent(step float64) int { return int(math.Floor(math.Log10(step) + 1e-9)) }

// legendCorner returns the corner of the plot with the fewest points, for the legend.
func legendCorner(points plotter.XYs, p *plot.Plot) (left, top bool) {
	fewest := len(points) + 1
	for _, c := range []struct{ left, top bool }{{false, true}, {true, true}, {true, false}, {false, false}} {
		n := 0
		for _, q := range points {
			x, y := (q.X-p.X.Min)/(p.X.Max-p.X.Min), (q.Y-p.Y.Min)/(p.Y.Max-p.Y.Min)
			if (c.left == (x < 0.35) && (c.left || x > 0.65)) && (c.top == (y > 0.6) && (c.top || y < 0.4)) {
				n++
			}
		}
		if n < fewest {
			fewest, left, top = n, c.left, c.top
		}
	}
	return left, top
}

const maxPoints = 600 // of one curve: more than the chart has columns of pixels to show

// downsample returns fewer points that draw the same curve: the lowest and the highest in each of 300 intervals.
func downsample(points plotter.XYs) plotter.XYs {
	if len(points) <= maxPoints {
		return points
	}
	var few plotter.XYs
	const intervals = maxPoints / 2
	for i := range intervals {
		part := points[i*len(points)/intervals : (i+1)*len(points)/intervals]
		low, high := 0, 0
		for j, p := range part {
			if p.Y < part[low].Y {
				low = j
			}
			if p.Y > part[high].Y {
				high = j
			}
		}
		few = append(few, part[min(low, high)])
		if low != high {
			few = append(few, part[max(low, high)])
		}
	}
	return few
}
