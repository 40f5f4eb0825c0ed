package optim

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/testkit"
)

// testFunctions are the functions of testdata/lbfgs.py, of x [n].
var testFunctions = map[string]func(x *graph.Node) *graph.Node{
	"quadratic": func(x *graph.Node) *graph.Node {
		n := x.Shape().Dim(0)
		scale := make([]float64, n)
		for i := range scale {
			scale[i] = math.Pow(1000, float64(i)/float64(n-1))
		}
		shifted := graph.Concatenate([]*graph.Node{graph.Slice(x, graph.AxisRange(n-1)), graph.Slice(x, graph.AxisRange(0, n-1))}, 0)
		y := graph.Add(x, graph.DivScalar(shifted, 2))
		return graph.DivScalar(graph.ReduceAllSum(graph.Mul(graph.Const(x.Graph(), scale), graph.Square(y))), 2)
	},
	"rosenbrock": func(x *graph.Node) *graph.Node { return valley(x, 100) },
	"valley":     func(x *graph.Node) *graph.Node { return valley(x, 10) },
	"ripples": func(x *graph.Node) *graph.Node {
		ripples := graph.ReduceAllSum(graph.Add(graph.Square(x), graph.MulScalar(graph.Sin(graph.MulScalar(x, 4)), 3)))
		return graph.Add(ripples, graph.Square(graph.Mul(graphs.Entry(x, 0), graphs.Entry(x, 1))))
	},
}

// valley is Rosenbrock's function of this steepness.
func valley(x *graph.Node, steepness float64) *graph.Node {
	n := x.Shape().Dim(0)
	a, b := graph.Slice(x, graph.AxisRange(0, n-1)), graph.Slice(x, graph.AxisRange(1))
	across := graph.MulScalar(graph.Square(graph.Sub(b, graph.Square(a))), steepness)
	return graph.ReduceAllSum(graph.Add(across, graph.Square(graph.OneMinus(a))))
}

// recorded is what an optimiser did: every point evaluated with its loss, whether it was accepted, and the best after it.
type recorded struct {
	points, best [][]float64
	losses       []float64
	accepted     []bool
}

// minimize runs an optimiser in float64 on a function of a vector.
func minimize(t *testing.T, o Optimizer, fn func(x *graph.Node) *graph.Node, start []float64, steps int, bounds *Bounds) recorded {
	t.Helper()
	backend := testkit.Backend(t)
	exec, err := graph.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		x, scalars, memory := in[0], in[1], in[2:]
		loss := fn(x)
		next, memory, accepted := o.Update(Evaluation{
			Picture: x, Loss: loss, Gradient: graph.Gradient(loss, x)[0], Bounds: bounds,
			Rate: graphs.Entry(scalars, 0), N: graphs.Entry(scalars, 1), Fresh: graphs.Entry(scalars, 2),
		}, memory)
		if accepted == nil {
			accepted = graph.OnesLike(loss)
		}
		return append([]*graph.Node{graph.Stack([]*graph.Node{loss, accepted}, 0), next}, memory...)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	state := []*tensors.Tensor{tensors.FromValue(start)}
	for _, shape := range o.Memory(shapes.Make(dtypes.Float64, len(start))) {
		state = append(state, tensors.FromShape(shape))
	}
	var done recorded
	for n := 1; n <= steps; n++ {
		done.points = append(done.points, tensors.MustCopyFlatData[float64](state[0]))
		fresh := 0.0
		if n == 1 {
			fresh = 1
		}
		args := []any{state[0], []float64{o.Rate(n), float64(n), fresh}}
		for _, m := range state[1:] {
			args = append(args, m)
		}
		out, err := exec.Exec(args...)
		if err != nil {
			t.Fatal(err)
		}
		scalars := tensors.MustCopyFlatData[float64](out[0])
		state = out[1:]
		done.losses, done.accepted = append(done.losses, scalars[0]), append(done.accepted, scalars[1] != 0)
		done.best = append(done.best, tensors.MustCopyFlatData[float64](state[1+o.Best()]))
	}
	return done
}

// lbfgsRecord is what testdata/lbfgs.py recorded.
type lbfgsRecord struct {
	Runs []struct {
		Name    string
		History int
		Points  [][]float64
		Losses  []float64
	}
	Bounded []struct {
		Name           string
		Start, Minimum []float64
		Loss           float64
		Evaluations    int
	}
}

// readLBFGS reads it.
func readLBFGS(t *testing.T) (record lbfgsRecord) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "lbfgs.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &record); err != nil {
		t.Fatal(err)
	}
	return record
}

// Every point evaluated is the one that PyTorch evaluates, as far as rounding lets two programs agree.
func TestLBFGSTakesPyTorchsSteps(t *testing.T) {
	for _, want := range readLBFGS(t).Runs {
		start := want.Points[0]
		o := LBFGS{History: want.History, FirstMove: 1 / float64(len(start))} // PyTorch's: 1/Σ|gradient|
		got := minimize(t, o, testFunctions[want.Name], start, len(want.Points), nil)
		for n, point := range want.Points {
			for i, v := range point {
				if d := math.Abs(got.points[n][i] - v); !(d <= 1e-9*math.Max(1, math.Abs(v))) {
					t.Errorf("%s, history %d: evaluation %d is at %v, PyTorch's at %v", want.Name, want.History, n+1, got.points[n], point)
				}
			}
			if d := math.Abs(got.losses[n] - want.Losses[n]); !(d <= 1e-9*math.Max(1, math.Abs(want.Losses[n]))) {
				t.Errorf("%s, history %d: evaluation %d has loss %v, PyTorch's %v", want.Name, want.History, n+1, got.losses[n], want.Losses[n])
			}
		}
		if n := len(want.Points) - 1; slices.Index(got.accepted[1:], false) < 0 || !(want.Losses[n] < 0.1*want.Losses[0]) {
			t.Errorf("%s: the record has no line search of several trials, or gets nowhere", want.Name)
		}
	}
}

// With bounds the minimum is the one that SciPy's L-BFGS-B finds, with entries at a bound and between, and no point that is evaluated is
// out of bounds.
func TestLBFGSWithBounds(t *testing.T) {
	for _, want := range readLBFGS(t).Bounded {
		moved := func(x *graph.Node) *graph.Node {
			shift := make([]float64, len(want.Start))
			for i := range shift {
				shift[i] = 0.4 * math.Cos(3*float64(i))
			}
			return testFunctions[want.Name](graph.Sub(x, graph.Const(x.Graph(), shift)))
		}
		got := minimize(t, LBFGS{History: 5}, moved, want.Start, 3*want.Evaluations, &Bounds{0, 1})
		best, atBounds := got.best[len(got.best)-1], 0
		for i, v := range want.Minimum {
			if v == 0 || v == 1 {
				atBounds++
			}
			if !(math.Abs(best[i]-v) < 1e-6) {
				t.Errorf("%s: minimum at %v, SciPy's at %v", want.Name, best, want.Minimum)
				break
			}
		}
		if atBounds == 0 || atBounds == len(best) {
			t.Errorf("%s: %d of %d entries are at a bound; the test wants some", want.Name, atBounds, len(best))
		}
		for _, point := range got.points {
			if slices.Min(point) < 0 || slices.Max(point) > 1 {
				t.Errorf("%s: evaluated %v, out of bounds", want.Name, point)
			}
		}
	}
}
