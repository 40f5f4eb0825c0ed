package kernelext

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"
	"stylenet/kernelext/internal/values"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Series is one curve of a chart.
type Series struct {
	Name string
	X    []float64 // nil stands for 1, 2, 3 …
	Y    []float64

	Color  color.Color // nil: by its place among the others
	Dashed bool
}

// Chart draws curves over a common x axis, as a picture for Show, Gallery or a file. Points that are not finite are
// left out.
func Chart(title, xLabel string, series ...Series) image.Image {
	return newFigure(title, xLabel, false, series).picture()
}

// LogChart draws curves as Chart does, on a logarithmic y axis, for losses. It leaves out points that are zero, or
// negative, or so far below the highest that they are rounding errors of a zero.
func LogChart(title, xLabel string, series ...Series) image.Image {
	return newFigure(title, xLabel, true, series).picture()
}

// chart is the picture of a chart, which Show stores at its own size.
type chart struct {
	*image.RGBA
	Text string
	SVG  []byte // where our typeface lacks a letter, for the browser to draw
}

func init() { values.RegisterPicture(&chart{}) } // so that one can be kept

// html returns the SVG as HTML, empty where the pixels serve.
func (c *chart) html() string {
	if c.SVG == nil {
		return ""
	}
	return fmt.Sprintf(`<img alt="%s" src="data:image/svg+xml;base64,%s">`, html.EscapeString(c.Text), base64.StdEncoding.EncodeToString(c.SVG))
}

const (
	chartScale  = 2 // pixels per CSS pixel, for sharp text on dense screens
	chartWidth  = 560
	chartHeight = 300
	px          = vg.Inch / 96 // one CSS pixel
)

// palette has the colours of Okabe and Ito (2008), which people with colour blindness tell apart; their yellow is
// missing because it is too light on white.
var palette = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0xe6, 0x9f, 0x00, 0xff}, {0x56, 0xb4, 0xe9, 0xff}, {0x33, 0x33, 0x33, 0xff},
}

// figure is a chart before it is drawn.
type figure struct {
	plot  *plot.Plot
	names []string
	title string
}

func newFigure(title, xLabel string, log bool, series []Series) *figure {
	f := &figure{plot: plot.New(), title: title}
	p := f.plot
	p.Title.Text, p.X.Label.Text = title, xLabel
	f.setStyle()
	var all plotter.XYs
	curves := make([]plotter.XYs, len(series))
	for i, s := range series {
		curves[i] = s.points(log)
	}
	if log {
		dropRoundingErrors(curves)
	}
	for i, s := range series {
		points := curves[i]
		f.names = append(f.names, s.Name)
		if len(points) == 0 {
			continue
		}
		all = append(all, points...)
		f.add(s, points, i)
	}
	p.X.Min, p.X.Max = axisRange(all, func(q plotter.XY) float64 { return q.X }, 0)
	p.Y.Min, p.Y.Max = axisRange(all, func(q plotter.XY) float64 { return q.Y }, 0.05)
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.TickerFunc(linearTicks), plot.TickerFunc(linearTicks)
	if log {
		p.Y.Tick.Marker = plot.TickerFunc(logTicks)
	}
	p.Legend.Left, p.Legend.Top = legendCorner(all, p)
	if p.Legend.XOffs = -6 * px; p.Legend.Left {
		p.Legend.XOffs = 6 * px
	}
	return f
}

// add adds a curve. Where the series gives no colour, its index chooses colour and dashes.
func (f *figure) add(s Series, points plotter.XYs, i int) {
	style := vgdraw.LineStyle{Color: palette[i%len(palette)], Width: 2 * px}
	if s.Color != nil {
		style.Color = s.Color
	}
	if s.Dashed || s.Color == nil && i >= len(palette) {
		style.Dashes = []vg.Length{6 * px, 3 * px}
	}
	line := &plotter.Line{XYs: downsample(points), LineStyle: style}
	f.plot.Add(line)
	if len(points) == 1 {
		dot := vgdraw.GlyphStyle{Color: style.Color, Radius: 3 * px, Shape: vgdraw.CircleGlyph{}}
		f.plot.Add(&plotter.Scatter{XYs: points, GlyphStyle: dot})
	}
	if s.Name != "" {
		f.plot.Legend.Add(s.Name, line)
	}
}

// setStyle sets the figure's typefaces, greys and spaces.
func (f *figure) setStyle() {
	p := f.plot
	dark, grey, light := color.Gray{Y: 0x33}, color.Gray{Y: 0x99}, color.Gray{Y: 0xe6}
	set := func(style *text.Style, size vg.Length) {
		style.Color = dark
		style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	}
	set(&p.Title.TextStyle, 14*px)
	set(&p.Legend.TextStyle, 12*px)
	p.Title.Padding, p.Legend.Padding = 6*px, 3*px
	p.Legend.ThumbnailWidth, p.Legend.YPosition = 16*px, 0
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		set(&axis.Label.TextStyle, 12*px)
		set(&axis.Tick.Label, 12*px)
		axis.LineStyle.Color, axis.Tick.LineStyle.Color = grey, grey
		axis.Tick.Length, axis.Padding = 4*px, 0
	}
	lines := plotter.NewGrid()
	lines.Vertical.Color, lines.Horizontal.Color = nil, light
	p.Add(lines)
}

// picture draws the figure as pixels.
func (f *figure) picture() image.Image {
	canvas := vgimg.NewWith(vgimg.UseWH(chartWidth*px, chartHeight*px), vgimg.UseDPI(96*chartScale))
	f.plot.Draw(withMargin(vgdraw.New(canvas)))
	what := "chart"
	if f.title != "" {
		what += " " + f.title
	}
	to := image.NewRGBA(canvas.Image().Bounds())
	draw.Draw(to, to.Bounds(), canvas.Image(), to.Bounds().Min, draw.Src)
	c := &chart{RGBA: to, Text: fmt.Sprintf("%s: %s", what, strings.Join(f.names, ", "))}
	if !hasGlyphs(c.Text, f.plot.X.Label.Text) {
		if svg, err := f.svg(chartWidth, chartHeight); err == nil {
			c.SVG = svg
		}
	}
	return c
}

// svg draws the figure as SVG of a size in CSS pixels. That is faster and smaller than pixels.
func (f *figure) svg(width, height vg.Length) ([]byte, error) {
	canvas := vgsvg.New(width*px, height*px)
	f.plot.Draw(withMargin(vgdraw.New(canvas)))
	var b bytes.Buffer
	_, err := canvas.WriteTo(&b)
	return b.Bytes(), err
}

// withMargin leaves a white margin for the outermost labels.
func withMargin(c vgdraw.Canvas) vgdraw.Canvas {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	return vgdraw.Crop(c, 4*px, -14*px, 4*px, -6*px)
}

// maxDecades is how far below its highest point a logarithmic chart reaches. A float32 has 7 decimal digits.
const maxDecades = 8

// dropRoundingErrors removes the points that lie too far below the highest from curves of logarithms.
func dropRoundingErrors(curves []plotter.XYs) {
	top := math.Inf(-1)
	for _, q := range slices.Concat(curves...) {
		top = max(top, q.Y)
	}
	for i := range curves {
		curves[i] = slices.DeleteFunc(curves[i], func(q plotter.XY) bool { return q.Y < top-maxDecades })
	}
}

// points returns the points of a series that can be drawn, with the logarithm of y on a logarithmic axis.
func (s Series) points(log bool) plotter.XYs {
	var points plotter.XYs
	for i, y := range s.Y {
		x := float64(i + 1)
		if s.X != nil {
			if i >= len(s.X) {
				break
			}
			x = s.X[i]
		}
		if log {
			y = math.Log10(y) // NaN or -Inf where y is not positive
		}
		if !math.IsNaN(x-x) && !math.IsNaN(y-y) {
			points = append(points, plotter.XY{X: x, Y: y})
		}
	}
	return points
}
