package kernelext

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	xdraw "golang.org/x/image/draw"
)

// Heatmap draws a matrix, such as a Gram matrix or one feature map, with a colour bar. The values are given row by row. If
// none is negative, the colours go from dark to light, otherwise from blue over white at 0 to red. Values that are not
// finite are grey.
func Heatmap(title string, columns int, values []float32) image.Image {
	if columns < 1 || len(values) == 0 || len(values)%columns != 0 {
		Check(fmt.Errorf("kernelext.Heatmap %q: %d values in rows of %d; full rows are needed", title, len(values), columns))
	}
	low, _ := minMax(values)
	return heatmap(title, columns, values, low < 0)
}

func heatmap(title string, columns int, values []float32, signed bool) image.Image {
	low, high := minMax(values)
	if signed {
		high = max(-low, high)
		low = -high
	} else {
		low = 0
	}
	colour := func(v float64) color.RGBA { return colorAt(v, low, high, signed) }
	pixels := image.NewRGBA(image.Rect(0, 0, columns, len(values)/columns))
	for i, v := range values {
		pixels.SetRGBA(i%columns, i/columns, colour(float64(v)))
	}
	return withColorBar(title, pixels, low, high, colour)
}

// minMax returns the lowest and the highest finite value, 0 and 0 where there are none.
func minMax(values []float32) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if f := float64(v); !math.IsNaN(f - f) {
			low, high = min(low, f), max(high, f)
		}
	}
	if low > high {
		return 0, 0
	}
	return low, high
}

// The colour maps: colours at equal distances.
var (
	sequentialColors = []color.RGBA{{0, 0, 0, 255}, {70, 20, 110, 255}, {190, 50, 90, 255}, {250, 150, 60, 255}, {255, 250, 200, 255}}
	divergingColors  = []color.RGBA{{0, 60, 140, 255}, {80, 160, 210, 255}, {255, 255, 255, 255}, {235, 140, 70, 255}, {150, 40, 0, 255}}
)

// colorAt returns the colour of a value between low and high.
func colorAt(v, low, high float64, signed bool) color.RGBA {
	if math.IsNaN(v - v) {
		return color.RGBA{0x99, 0x99, 0x99, 0xff}
	}
	scale := sequentialColors
	if signed {
		scale = divergingColors
	}
	at := 0.0
	if high > low {
		at = (v - low) / (high - low) * float64(len(scale)-1)
	}
	i := min(int(at), len(scale)-2)
	f := at - float64(i)
	mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-f) + float64(b)*f + 0.5) }
	a, b := scale[i], scale[i+1]
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// withColorBar puts a title above a picture and a colour bar beside it.
func withColorBar(title string, pixels *image.RGBA, low, high float64, colour func(float64) color.RGBA) image.Image {
	const side, gap, bar, labels, line = 280 * chartScale, 8 * chartScale, 14 * chartScale, 56 * chartScale, titleHeight * chartScale
	size := pixels.Bounds().Size()
	factor := side / float64(max(size.X, size.Y))
	filter := xdraw.Scaler(xdraw.NearestNeighbor)
	if factor < 1 {
		filter = xdraw.CatmullRom
	} else {
		factor = math.Floor(factor)
	}
	shown := scale(pixels, max(1, int(float64(size.X)*factor)), max(1, int(float64(size.Y)*factor)), filter)
	w, h := shown.Bounds().Dx(), max(shown.Bounds().Dy(), 3*line)
	to := image.NewRGBA(image.Rect(0, 0, gap+w+gap+bar+labels, line+h+gap))
	draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(to, shown.Bounds().Add(image.Pt(gap, line)), shown, image.Point{}, draw.Src)
	left := gap + w + gap
	for y := range h {
		c := colour(high - (high-low)*float64(y)/float64(h-1))
		draw.Draw(to, image.Rect(left, line+y, left+bar, line+y+1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	drawTextScaled(to, title, image.Pt(gap, line-7*chartScale), to.Bounds().Dx()-gap, chartScale)
	for i, v := range []float64{high, (low + high) / 2, low} {
		baseline := line + 11*chartScale + i*(h-13*chartScale)/2
		drawTextScaled(to, formatNumber(v), image.Pt(left+bar+4*chartScale, baseline), labels-4*chartScale, chartScale)
	}
	return &chart{RGBA: to, Text: fmt.Sprintf("%s: %dx%d values from %s to %s", title, size.X, size.Y, formatNumber(low), formatNumber(high))}
}

// Difference draws how much lighter (red) or darker (blue) b is than a, with a scale, in the range of pictures from 0
// to 1: the mean over red, green and blue. Both must have the same size.
func Difference(a, b image.Image) image.Image {
	Check(checkPictures("Difference", a, b))
	size := a.Bounds().Size()
	if other := b.Bounds().Size(); other != size {
		Check(fmt.Errorf("kernelext.Difference: pictures of %dx%d and %dx%d; they must have the same size", size.X, size.Y, other.X, other.Y))
	}
	values, sum := make([]float32, size.X*size.Y), 0.0
	for i := range values {
		d := intensity(b, i, size.X) - intensity(a, i, size.X)
		values[i] = float32(d)
		sum += math.Abs(d)
	}
	return heatmap(fmt.Sprintf("difference, %s on average", formatNumber(sum/float64(len(values)))), size.X, values, true)
}

// intensity returns the mean of the channels of pixel i, counted row by row, from 0 to 1.
func intensity(p image.Image, i, width int) float64 {
	r, g, b, _ := p.At(p.Bounds().Min.X+i%width, p.Bounds().Min.Y+i/width).RGBA()
	return float64(r+g+b) / (3 * 0xffff)
}

// Histogram draws the distribution of the values of each series (its Y): the share of them in each of 64 bins of equal
// width between the lowest and the highest of all. It leaves out values that are not finite.
func Histogram(title, xLabel string, series ...Series) image.Image {
	const bins = 64
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range series {
		for _, v := range s.Y {
			if !math.IsNaN(v - v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	width := max(high/bins-low/bins, math.SmallestNonzeroFloat64)
	counted := make([]Series, len(series))
	for i, s := range series {
		counts, n := make([]float64, bins), 0.0
		for _, v := range s.Y {
			if !math.IsNaN(v - v) {
				counts[min(bins-1, int(v/width-low/width))]++
				n++
			}
		}
		counted[i].Name = s.Name
		for bin, count := range counts {
			counted[i].X = append(counted[i].X, low+(float64(bin)+0.5)*width)
			counted[i].Y = append(counted[i].Y, count/max(n, 1))
		}
	}
	return Chart(title, xLabel, counted...)
}

// Channels returns the values of a picture's channels, from 0 to 1, for Histogram. Their order makes Histogram draw each
// in about its own colour.
func Channels(p image.Image) []Series {
	Check(checkPictures("Channels", p))
	channels := []Series{{Name: "blue"}, {Name: "red"}, {Name: "green"}} // the order of the palette
	b := p.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, _ := p.At(x, y).RGBA()
			for i, v := range []uint32{blue, red, green} {
				channels[i].Y = append(channels[i].Y, float64(v)/0xffff)
			}
		}
	}
	return channels
}

// FeatureMaps returns the channels of features [h, w, c] with the largest sums as pictures for Gallery, the largest first.
// Each goes from black at 0 (or below) to white at its highest value. The titles give the channel's index and that value.
func FeatureMaps(h, w, c, most int, features []float32) []Item {
	if h < 1 || w < 1 || c < 1 || len(features) != h*w*c {
		Check(fmt.Errorf("kernelext.FeatureMaps: %d values are not %dx%d of %d channels", len(features), h, w, c))
	}
	sums, order := make([]float64, c), make([]int, c)
	for i, v := range features {
		sums[i%c] += float64(v)
	}
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sums[b], sums[a]) })
	var items []Item
	for _, channel := range order[:min(most, c)] {
		plane := make([]float32, h*w)
		for i := range plane {
			plane[i] = features[i*c+channel]
		}
		_, high := minMax(plane)
		items = append(items, Item{fmt.Sprintf("%d: to %s", channel, formatNumber(high)), grayscale(w, plane, 0, high)})
	}
	return items
}

// grayscale draws values as a grey picture, black at low and below, white at high.
func grayscale(columns int, values []float32, low, high float64) image.Image {
	p := image.NewGray(image.Rect(0, 0, columns, len(values)/columns))
	for i, v := range values {
		if share := (float64(v) - low) / (high - low); share > 0 {
			p.Pix[i] = uint8(255*min(share, 1) + 0.5)
		}
	}
	return p
}

// Filters returns the first filters of a kernel [3, 3, in, out] as pictures for Gallery, grey where a weight is 0. With
// three input channels a filter is one picture in colour, otherwise one grey patch for each input channel.
func Filters(in, out, most int, kernel []float32) []Item {
	if in < 1 || out < 1 || len(kernel) != 9*in*out {
		Check(fmt.Errorf("kernelext.Filters: %d values are not 3x3 kernels of %d to %d channels", len(kernel), in, out))
	}
	low, high := minMax(kernel)
	top := max(-low, high, math.SmallestNonzeroFloat32)
	level := func(y, x, i, o int) uint8 {
		return uint8(min(max(127.5+127.5*float64(kernel[((y*3+x)*in+i)*out+o])/top, 0), 255) + 0.5)
	}
	side := int(math.Ceil(math.Sqrt(float64(in))))
	var items []Item
	for o := range min(most, out) {
		p := image.NewRGBA(image.Rect(0, 0, 4*side-1, 4*((in+side-1)/side)-1))
		if in == 3 {
			p = image.NewRGBA(image.Rect(0, 0, 3, 3))
		}
		draw.Draw(p, p.Bounds(), image.White, image.Point{}, draw.Src)
		for k := range 9 {
			y, x := k/3, k%3
			if in == 3 {
				p.SetRGBA(x, y, color.RGBA{level(y, x, 0, o), level(y, x, 1, o), level(y, x, 2, o), 255})
				continue
			}
			for i := range in {
				v := level(y, x, i, o)
				p.SetRGBA(i%side*4+x, i/side*4+y, color.RGBA{v, v, v, 255})
			}
		}
		items = append(items, Item{fmt.Sprint(o), p})
	}
	return items
}
