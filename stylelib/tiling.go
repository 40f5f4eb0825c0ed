package stylelib

import (
	"errors"
	"fmt"
	"image"

	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// tiling is how a picture is cut up. Each position of each layer belongs to one tile. A tile is evaluated in a window, of one size
// for all, that holds the receptive fields of its positions.
type tiling struct {
	size   image.Point // of the picture
	window image.Point // of the windows
	tiles  []tile      // row by row
}

// tile is one part of a picture.
type tile struct {
	at   image.Point     // the window's corner in the picture
	core image.Rectangle // the tile in the window
}

// tilingFor cuts up a picture for these layers: windows and tiles begin where pooling begins anew.
func (o *Options) tilingFor(net *vgg.Extractor, size image.Point, layers []string) tiling {
	unit, halo := net.Halo(layers)
	w, columns := cut(size.X, o.Tile, unit, halo)
	h, rows := cut(size.Y, o.Tile, unit, halo)
	t := tiling{size: size, window: image.Pt(w, h)}
	for _, y := range rows {
		for _, x := range columns {
			t.tiles = append(t.tiles, tile{image.Pt(x.at, y.at), image.Rect(x.low, y.low, x.high, y.high)})
		}
	}
	return t
}

// checkTiles finds tiles that are too small.
func (o *Options) checkTiles(net *vgg.Extractor) error {
	if o.Tile == 0 {
		return nil
	}
	if net.Padding == weights.CircularPadding {
		return errors.New("stylelib: circular padding does not go with tiles: opposite edges are each other's neighbours; leave out Tile or the circular padding")
	}
	unit, halo := net.Halo(layersOf(o.Terms))
	if least := 2*halo + 2*unit; o.Tile < least {
		return fmt.Errorf("stylelib: tiles of %d pixels are too small: the halo of the deepest layer is %d pixels; at least %d are needed",
			o.Tile, halo, least)
	}
	if o.GradientShares > 0 {
		return errors.New("stylelib: the shares of the gradient are not measured in tiles; leave out GradientShares or Tile")
	}
	return nil
}

// span is a tile along one axis: where its window begins, and where in the window it begins and ends.
type span struct{ at, low, high int }

// cut places windows of at most side pixels along an axis of n. The first begins where the axis begins and the last ends
// where it ends, so that padding is the picture's own there.
func cut(n, side, unit, halo int) (window int, spans []span) {
	if n <= side {
		return n, []span{{0, 0, n}}
	}
	window = side - (side-n%unit)%unit      // like n, so that the last begins at a multiple of unit
	most := (window - 2*halo) / unit * unit // from one to the next
	steps := (n - window + most - 1) / most
	spans = []span{{0, 0, window}}
	for i := 1; i <= steps; i++ {
		at := (n - window) / unit * i / steps * unit
		before := &spans[i-1]
		before.high = at + halo - before.at
		spans = append(spans, span{at, halo, window})
	}
	return window, spans
}

// place returns a tile as an argument of a program: the window's row and column, and the tile's first row and column and
// the ends of both, in the window.
func (t tile) place() []int32 {
	c := t.core
	return []int32{int32(t.at.Y), int32(t.at.X), int32(c.Min.Y), int32(c.Min.X), int32(c.Max.Y), int32(c.Max.X)}
}

// windowOf returns a picture's [1, h, w, 3] window at a place [6].
func (t tiling) windowOf(picture, place *Node) *Node {
	return DynamicSlice(picture, corner4(place), []int{1, t.window.Y, t.window.X, 3})
}

// addTo adds values [1, h, w, 3] to a picture's in the window at a place.
func (t tiling) addTo(picture, values, place *Node) *Node {
	return DynamicUpdateSlice(picture, Add(t.windowOf(picture, place), values), corner4(place))
}

// maskWindow returns a layer's mask [1, h, w, 1] for the positions in a window [1, h, w, c] at a place.
func maskWindow(mask, window, place *Node, stride int) *Node {
	at := corner4(place)
	for axis := 1; axis <= 2; axis++ {
		at[axis] = Div(at[axis], Const(place.Graph(), int32(stride)))
	}
	return DynamicSlice(mask, at, []int{1, window.Shape().Dim(1), window.Shape().Dim(2), 1})
}

// corner4 returns where the window at a place begins, on four axes.
func corner4(place *Node) []*Node {
	zero := Const(place.Graph(), int32(0))
	return []*Node{zero, graphs.Entry(place, 0), graphs.Entry(place, 1), zero}
}

// inTile returns 1 for the positions of a layer's window that belong to the tile at a place and 0 for the others,
// [1, h, w, 1].
func inTile(place *Node, window shapes.Shape, stride int) *Node {
	axis := func(axis, low, high int) *Node {
		dims := []int{1, 1, 1, 1}
		dims[axis] = window.Dim(axis)
		pixel := MulScalar(Iota(place.Graph(), shapes.Make(dtypes.Int32, dims...), axis), stride)
		from, to := BroadcastToDims(graphs.Entry(place, low), dims...), BroadcastToDims(graphs.Entry(place, high), dims...)
		return ConvertDType(LogicalAnd(GreaterOrEqual(pixel, from), LessThan(pixel, to)), window.DType)
	}
	return Mul(axis(1, 2, 4), axis(2, 3, 5))
}

// join puts a layer together from its windows, one for each tile.
func (t tiling) join(v *vgg.Extractor, layer string, windows []*Node) *Node {
	l := v.Layer(layer)
	var rows, row []*Node
	for i, tile := range t.tiles {
		core := tile.core
		row = append(row, Slice(windows[i], AxisRange(), AxisRange(core.Min.Y/l.Stride, v.Positions(l, core.Max.Y)),
			AxisRange(core.Min.X/l.Stride, v.Positions(l, core.Max.X))))
		if tile.at.X+core.Max.X == t.size.X {
			rows, row = append(rows, Concatenate(row, 2)), nil
		}
	}
	return Concatenate(rows, 1)
}
