package kernelext

import (
	"bytes"
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

func labels(ticks []plot.Tick) (labels []string) {
	for _, t := range ticks {
		if t.Label != "" {
			labels = append(labels, t.Label)
		}
	}
	return labels
}

// A content loss that begins at 0 may come out as 1e-11; it would squeeze the curves into the top of the chart.
func TestDropRounding(t *testing.T) {
	curves := []plotter.XYs{{{X: 1, Y: -11}, {X: 2, Y: 0}}, {{X: 1, Y: 2}, {X: 2, Y: -6}}, {}}
	dropRoundingErrors(curves)
	want := []plotter.XYs{{{X: 2, Y: 0}}, {{X: 1, Y: 2}, {X: 2, Y: -6}}, {}}
	if !slices.EqualFunc(curves, want, func(a, b plotter.XYs) bool { return slices.Equal(a, b) }) {
		t.Errorf("left %v, want %v", curves, want)
	}
}

func TestLogTicks(t *testing.T) {
	for _, c := range []struct {
		name      string
		low, high float64 // of the values, not of their logarithms
		want      []string
		all       int // ticks with and without a label
	}{
		// 2 to 9 times each of four powers of ten between five labels
		{"four decades", 1e-2, 1e2, []string{"0.01", "0.1", "1", "10", "100"}, 5 + 4*8},
		{"ten decades", 1, 1e10, []string{"1", "100", "1e4", "1e6", "1e8", "1e10"}, 11},
		// 2 3 … 9 10 20 … 60
		{"under two decades", 1.5, 60, []string{"2", "5", "10", "20", "50"}, 8 + 6},
		{"a fraction of a decade", 110, 190, []string{"120", "140", "160", "180"}, 4},
		{"small", 1e-6, 1e-3, []string{"1e-6", "1e-5", "1e-4", "0.001"}, 4 + 3*8},
	} {
		ticks := logTicks(math.Log10(c.low), math.Log10(c.high))
		if got := labels(ticks); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if len(ticks) != c.all {
			t.Errorf("%s: %d ticks, want %d", c.name, len(ticks), c.all)
		}
	}
	for _, tick := range logTicks(0, 2) {
		if tick.Label == "10" && tick.Value != 1 {
			t.Errorf("10 stands at %v, want 1", tick.Value)
		}
	}
}

func TestLinearTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []string
	}{
		{0, 1, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{-1, 9.5, []string{"0", "2", "4", "6", "8"}},
		{1, 300, []string{"50", "100", "150", "200", "250", "300"}},
		{0, 2e6, []string{"0", "5e5", "1.0e6", "1.5e6", "2.0e6"}},
		{-3e-5, 3e-5, []string{"-3e-5", "-2e-5", "-1e-5", "0", "1e-5", "2e-5", "3e-5"}},
	} {
		if got := labels(linearTicks(c.low, c.high)); !slices.Equal(got, c.want) {
			t.Errorf("%g to %g: %q, want %q", c.low, c.high, got, c.want)
		}
	}
}

func TestPointsLeavesOutWhatCannotBeDrawn(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	s := Series{Y: []float64{100, 0, -1, nan, inf, 10}}
	if got, want := s.points(true), (plotter.XYs{{X: 1, Y: 2}, {X: 6, Y: 1}}); !slices.Equal(got, want) {
		t.Errorf("logarithmic: %v, want %v", got, want)
	}
	if got, want := s.points(false), (plotter.XYs{{X: 1, Y: 100}, {X: 2, Y: 0}, {X: 3, Y: -1}, {X: 6, Y: 10}}); !slices.Equal(got, want) {
		t.Errorf("linear: %v, want %v", got, want)
	}
	s = Series{X: []float64{5, nan}, Y: []float64{1, 2, 3}}
	if got, want := s.points(false), (plotter.XYs{{X: 5, Y: 1}}); !slices.Equal(got, want) {
		t.Errorf("with x: %v, want %v", got, want)
	}
}

func TestThinKeepsThePeaks(t *testing.T) {
	var points plotter.XYs
	for i := range 10000 {
		points = append(points, plotter.XY{X: float64(i), Y: math.Sin(float64(i) / 500)})
	}
	points[4321].Y, points[8765].Y = 7, -9
	few := downsample(points)
	if len(few) > maxPoints {
		t.Errorf("%d points are left, want at most %d", len(few), maxPoints)
	}
	if !slices.Contains(few, points[4321]) || !slices.Contains(few, points[8765]) {
		t.Error("the highest or the lowest point is gone")
	}
	if !slices.IsSortedFunc(few, func(a, b plotter.XY) int { return int(a.X - b.X) }) {
		t.Error("the points are out of order")
	}
	if few := downsample(points[:maxPoints]); len(few) != maxPoints {
		t.Errorf("%d of %d points are left where all have room", len(few), maxPoints)
	}
}

// curve returns the middle row of a curve's pixels in a column, or -1.
func curve(p image.Image, x int, c color.RGBA) int {
	sum, n := 0, 0
	for y := range p.Bounds().Dy() {
		if p.At(x, y) == color.Color(c) {
			sum, n = sum+y, n+1
		}
	}
	if n == 0 {
		return -1
	}
	return sum / n
}

// 1, 10 and 100 lie on one line on a logarithmic axis; on a linear one the middle is far below that line.
func TestChartsDrawTheCurve(t *testing.T) {
	s := Series{Name: "", Y: []float64{1, 10, 100}}
	log, linear := LogChart("", "", s), Chart("", "", s)
	width := chartWidth * chartScale
	left, middle, right := width/4, width/2, 3*width/4
	a, b, c := curve(log, left, palette[0]), curve(log, middle, palette[0]), curve(log, right, palette[0])
	if a < 0 || b < 0 || c < 0 || math.Abs(float64(a+c)/2-float64(b)) > 2 {
		t.Errorf("rows %d, %d, %d do not lie on a line", a, b, c)
	}
	if a < b+50 || b < c+50 {
		t.Errorf("rows %d, %d, %d do not rise", a, b, c)
	}
	if l := curve(linear, middle, palette[0]); l < b+100 {
		t.Errorf("on a linear axis the middle is at row %d, on a logarithmic one at %d", l, b)
	}
}

// A curve with a colour of its own is drawn in it and, dashed, covers fewer pixels.
func TestSeriesWithItsOwnColour(t *testing.T) {
	green := color.RGBA{0, 0x80, 0, 0xff}
	count := func(s Series) (n int) {
		c := Chart("", "", s).(*chart)
		for i := 0; i < len(c.Pix); i += 4 {
			if slices.Equal(c.Pix[i:i+4], []uint8{0, 0x80, 0, 0xff}) {
				n++
			}
		}
		return n
	}
	flat := []float64{1, 1, 1, 1}
	solid, dashed, other := count(Series{Y: flat, Color: green}), count(Series{Y: flat, Color: green, Dashed: true}), count(Series{Y: flat})
	if solid == 0 || dashed == 0 || dashed > solid*4/5 || other != 0 {
		t.Errorf("%d green pixels solid, %d dashed, %d in a colour chosen for it", solid, dashed, other)
	}
}

func TestChartsOfNothing(t *testing.T) {
	for name, series := range map[string][]Series{
		"no series":           nil,
		"no points":           {{Name: "a"}},
		"nothing positive":    {{Name: "a", Y: []float64{0, -1, math.NaN(), math.Inf(1)}}},
		"Japanese":            {{Name: "損失", Y: []float64{-1}}},
		"fewer x than y":      {{Name: "a", X: []float64{}, Y: []float64{1}}},
		"the smallest number": {{Name: "a", Y: []float64{-math.SmallestNonzeroFloat64}}},
	} {
		p := LogChart(name, "段階", series...)
		if p.Bounds() != image.Rect(0, 0, chartWidth*chartScale, chartHeight*chartScale) {
			t.Errorf("%s: %v", name, p.Bounds())
		}
		if y := curve(p, chartWidth, palette[0]); y >= 0 {
			t.Errorf("%s: a curve at row %d", name, y)
		}
	}
}

func TestChartsOfExtremes(t *testing.T) {
	for name, y := range map[string][]float64{
		"one point":       {3},
		"constant":        {7, 7, 7},
		"constant zero":   {0, 0},
		"tiny to huge":    {5e-324, 1e308},
		"huge both ways":  {-1e308, 1e308},
		"tiny difference": {1, 1 + 1e-15},
	} {
		for _, p := range []image.Image{Chart("", "", Series{Y: y}), LogChart("", "", Series{Y: y})} {
			if p.Bounds().Dx() != chartWidth*chartScale {
				t.Errorf("%s: %v", name, p.Bounds())
			}
		}
	}
	if y := curve(Chart("", "", Series{Y: []float64{3}}), chartWidth, palette[0]); y < 0 {
		t.Error("a single point is not drawn")
	}
}

// A chart is stored twice as dense as it is shown, in few colours.
func TestShowChart(t *testing.T) {
	s := collect(t)
	Show(LogChart("Losses", "step", Series{Name: "content", Y: []float64{1, 10, 100}}))
	o, p := s.only(t)
	if o.picture.width != chartWidth || o.picture.height != chartHeight || p.Bounds().Dx() != 2*chartWidth {
		t.Errorf("shown %dx%d, stored %v", o.picture.width, o.picture.height, p.Bounds())
	}
	if o.text != "chart Losses: content" {
		t.Errorf("text %q", o.text)
	}
	if _, ok := p.(*image.Paletted); !ok {
		t.Errorf("stored as %T, want a palette", p)
	}
	if n := len(o.picture.data); n > 30_000 {
		t.Errorf("%d bytes", n)
	}
	meta, ok := o.message().Metadata["image/png"].(map[string]int)
	if !ok || meta["width"] != chartWidth || meta["height"] != chartHeight {
		t.Errorf("metadata %v", o.message().Metadata)
	}
}

func TestFewColours(t *testing.T) {
	p := plainColour(2, 1, color.RGBA{0, 8, 9, 255}) // 8 is nearer to 0 than to 17, 9 to 17
	if got := quantize(p).At(0, 0); got != color.Color(color.RGBA{0, 0, 17, 255}) {
		t.Errorf("%v", got)
	}
	many := image.NewRGBA(image.Rect(0, 0, 16, 17))
	for i := range 16 * 17 {
		many.SetRGBA(i%16, i/16, color.RGBA{uint8(i % 16 * 17), uint8(i / 16 % 16 * 17), uint8(i / 256 * 17), 255})
	}
	if got := quantize(many); got != image.Image(many) {
		t.Errorf("272 colours become %T", got)
	}
	if err := png.Encode(io.Discard, quantize(p)); err != nil {
		t.Error(err)
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	svg, err := newFigure("a < b & c", "段階", true, []Series{{Name: "<損失>", Y: []float64{1, 2}}}).svg(440, 256)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
