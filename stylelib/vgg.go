package stylelib

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/conv"
	"stylenet/weights"
)

// VGG is VGG-19's feature extractor (Simonyan and Zisserman 2015): blocks of 3x3 convolutions with ReLU, a pooling
// after each block. Layers are named as in the papers: conv1_1, relu1_1, conv1_2, relu1_2, pool1, conv2_1 … relu5_4, pool5.
//
// The fields may be changed until a VGG is first used. It keeps its weights on each backend it has run on, uploaded
// once, until [VGG.Finalize].
type VGG struct {
	Weights *weights.Network
	Pooling Pooling
	Padding weights.Padding // what the convolutions see beyond the edge; NewVGG takes it from the network; circular: seamless

	// Paddings are those of single convolutions, by name, that differ from Padding; nil: none do.
	Paddings map[string]weights.Padding

	// DropOdd leaves out the last row or column of an odd size where features are halved, as torchvision and Keras do.
	DropOdd bool

	Conv conv.Method // Auto: Transfer chooses; Features takes Plain

	mu        sync.Mutex
	arrays    map[string]weightArray // by the name of the parameter that they are in a graph
	onDevice  map[deviceKey]*tensors.Tensor
	uploading time.Duration // what preparing and uploading them has taken
}

// weightArray is one form of a convolution's weights.
type weightArray struct {
	conv *weights.Conv
	form conv.Form
}

// deviceKey names one array on one device.
type deviceKey struct {
	backend compute.Backend
	device  int
	name    string
}

// Features holds a picture's features by layer: "relu4_2" -> [1, h/8, w/8, 512] for VGG-19, sizes rounded up.
// The entry "picture" is the picture itself, [1, h, w, 3] in [0, 1].
type Features map[string]*Node

// PictureLayer is the name under which [Features] holds the picture itself.
const PictureLayer = "picture"

// NewVGG returns a VGG with these weights, max pooling, and the padding they were trained with.
func NewVGG(network *weights.Network) *VGG {
	return &VGG{Weights: network, Padding: network.Padding}
}

// Layers returns the names of all layers this network has, from the picture down.
func (v *VGG) Layers() []string {
	names := []string{PictureLayer}
	for i, c := range v.Weights.Convs {
		names = append(names, c.Name, reluName(c.Name))
		if pool := v.poolAfter(i); pool != "" {
			names = append(names, pool)
		}
	}
	return names
}

// check finds settings that the network has not.
func (v *VGG) check() error {
	if v.Pooling < MaxPooling || v.Pooling > RescaledPooling {
		return fmt.Errorf("no pooling %d; there are MaxPooling, AveragePooling and RescaledPooling", int(v.Pooling))
	}
	for name := range v.Paddings {
		if !slices.ContainsFunc(v.Weights.Convs, func(c weights.Conv) bool { return c.Name == name }) {
			return fmt.Errorf("Paddings has %q, which is no convolution of this network; it has %s to %s",
				name, v.Weights.Convs[0].Name, v.Weights.Convs[len(v.Weights.Convs)-1].Name)
		}
	}
	return nil
}

// checkLayers returns an error if one of these names is no layer's. It lists the layers there are, or says that the network
// ends before that one.
func (v *VGG) checkLayers(names ...string) error {
	have := v.Layers()
	for _, name := range names {
		if !slices.Contains(have, name) {
			if last := have[len(have)-1]; strings.HasPrefix(last, "relu") && last < name && name <= "relu5_4" {
				return fmt.Errorf("no layer %q; this network ends with %s, a whole VGG-19 goes on to relu5_4", name, last)
			}
			return fmt.Errorf("no layer %q; this network's layers are %s", name, strings.Join(have, " "))
		}
	}
	return nil
}

// Features runs the network on picture [1, h, w, 3], RGB in [0, 1], and returns the layers asked for, computing
// no deeper than the deepest of them. It panics on an unknown layer and on a shape that is not a picture's.
//
// It takes its weights as parameters of the graph, so the graph must be run by an executor from [VGG.NewExec].
func (v *VGG) Features(picture *Node, layers ...string) Features {
	return v.features(v.Conv, picture, layers...)
}

// features is Features with another method of convolution than v.Conv.
func (v *VGG) features(method conv.Method, picture *Node, layers ...string) Features {
	return v.featuresPadded(method, v.paddingOf, picture, layers...)
}

// featuresPadded is features with another padding for each convolution than the network's.
func (v *VGG) featuresPadded(method conv.Method, padding func(conv string) weights.Padding, picture *Node, layers ...string) Features {
	picture.AssertDims(1, -1, -1, 3)
	if err := v.checkLayers(layers...); err != nil {
		panic(fmt.Errorf("stylelib: %w", err))
	}
	features := Features{}
	missing := map[string]bool{}
	for _, name := range layers {
		missing[name] = true
	}
	take := func(name string, x *Node) {
		if missing[name] {
			features[name] = x
			delete(missing, name)
		}
	}
	take(PictureLayer, picture)
	x := enter(v.Weights.Input, picture)
	for i := 0; i < len(v.Weights.Convs) && len(missing) > 0; i++ {
		c := &v.Weights.Convs[i]
		param := func(form conv.Form) *Node { return v.param(picture.Graph(), c, form) }
		if missing[c.Name] {
			x = conv.Apply(method, padding(c.Name), x, c.Out, param)
			take(c.Name, x)
			x = conv.ReLU(x)
		} else {
			x = conv.ApplyReLU(method, padding(c.Name), x, c.Out, param)
		}
		take(reluName(c.Name), x)
		if pool := v.poolAfter(i); pool != "" && len(missing) > 0 {
			if v.DropOdd {
				x = evenPart(x)
			}
			x = v.Pooling.Apply(x)
			take(pool, x)
		}
	}
	return features
}

// paddingOf returns what a convolution sees beyond the edge.
func (v *VGG) paddingOf(conv string) weights.Padding {
	if padding, ok := v.Paddings[conv]; ok {
		return padding
	}
	return v.Padding
}

// paddingOfTarget returns what convolutions see beyond the edge of a target. A style picture's edges do not fit
// one another: where those of the painted picture do, it is mirrored.
func (v *VGG) paddingOfTarget(target Target) func(conv string) weights.Padding {
	return func(conv string) weights.Padding {
		padding := v.paddingOf(conv)
		if padding == weights.CircularPadding && target.style() >= 0 {
			return weights.ReflectPadding
		}
		return padding
	}
}

// enter turns picture [1, h, w, 3] in [0, 1] into what conv1_1 expects, Matrix·p + Offset at each pixel p. It computes
// Matrix·(p - grey) + (Matrix·grey + Offset): pixels near the mean, where most networks see 0, then keep all
// their digits.
func enter(in weights.Input, picture *Node) *Node {
	g := picture.Graph()
	grey := [3]float32{0.4850, 0.4578, 0.4076} // about ImageNet's mean
	var offset [3]float32
	for o, row := range in.Matrix {
		sum := float64(in.Offset[o])
		for i, m := range row {
			sum += float64(m) * float64(grey[i])
		}
		offset[o] = float32(sum)
	}
	matrix := Const(g, [][]float32{in.Matrix[0][:], in.Matrix[1][:], in.Matrix[2][:]}) // [3, 3]: output, input
	centred := Sub(picture, Reshape(Const(g, grey[:]), 1, 1, 1, 3))
	return Add(Einsum("bhwi,oi->bhwo", centred, matrix), Reshape(Const(g, offset[:]), 1, 1, 1, 3))
}

// reluName returns the name of the layer after a convolution: "conv4_2" -> "relu4_2".
func reluName(conv string) string { return "relu" + strings.TrimPrefix(conv, "conv") }

// poolAfter returns the name of the pooling that follows the i-th convolution, or "". A pooling ends a block:
// the next convolution belongs to another one, or conv5_4 has ended the network.
func (v *VGG) poolAfter(i int) string {
	block := blockOf(v.Weights.Convs[i].Name)
	if i+1 < len(v.Weights.Convs) {
		if blockOf(v.Weights.Convs[i+1].Name) == block {
			return ""
		}
		return "pool" + block
	}
	if v.Weights.Convs[i].Name == "conv5_4" {
		return "pool5"
	}
	return ""
}

// blockOf returns the block's number in a layer's name: "conv4_2" -> "4".
func blockOf(conv string) string {
	block, _, _ := strings.Cut(strings.TrimPrefix(conv, "conv"), "_")
	return block
}

// param returns the graph's parameter for one form of a convolution's weights, made at its first use.
func (v *VGG) param(g *Graph, c *weights.Conv, form conv.Form) *Node {
	name := fmt.Sprintf("vgg_%p/%s/%s", v, c.Name, form) // two networks may see in one graph
	if node := g.GetParameterByName(name); node != nil {
		return node
	}
	tensor, err := v.upload(deviceKey{g.Backend(), 0, name}, weightArray{c, form})
	if err != nil {
		panic(err)
	}
	return Parameter(g, name, tensor.Shape())
}

// upload returns an array on a device, uploading it at its first use.
func (v *VGG) upload(key deviceKey, a weightArray) (*tensors.Tensor, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if t := v.onDevice[key]; t != nil {
		return t, nil
	}
	began := time.Now()
	defer func() { v.uploading += time.Since(began) }()
	values, dimensions := conv.Prepare(a.form, a.conv)
	buffer, err := key.backend.BufferFromFlatData(compute.DeviceNum(key.device), values, shapes.Make(dtypes.Float32, dimensions...))
	if err != nil {
		return nil, fmt.Errorf("stylelib: uploading %s: %w", key.name, err)
	}
	tensor, err := tensors.FromBuffer(buffer)
	if err != nil {
		return nil, fmt.Errorf("stylelib: uploading %s: %w", key.name, err)
	}
	if v.onDevice == nil {
		v.arrays, v.onDevice = map[string]weightArray{}, map[deviceKey]*tensors.Tensor{}
	}
	v.arrays[key.name], v.onDevice[key] = a, tensor
	return tensor, nil
}

// timeUploading returns how long preparing and uploading weights has taken so far.
func (v *VGG) timeUploading() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.uploading
}

// NewExec returns an executor for graphFn, in which [VGG.Features] may be called. It hands the weights, which stay
// on the backend, to every run.
func (v *VGG) NewExec(backend compute.Backend, graphFn func(inputs []*Node) []*Node) (*Exec, error) {
	exec, err := NewExec(backend, panicsWithErrors(graphFn))
	if err != nil {
		return nil, fmt.Errorf("stylelib: %w", err)
	}
	return exec.WithName("stylelib").SetSideParamsHook(func(g *Graph, buffers []compute.Buffer, _ []bool) error {
		for i := range buffers {
			if buffers[i] != nil {
				continue
			}
			name := g.GetParameterByHandle(ParameterHandle(i % g.NumParameters())).GetParameterName()
			v.mu.Lock()
			a, ok := v.arrays[name]
			v.mu.Unlock()
			if !ok {
				return fmt.Errorf("stylelib: the graph's parameter %q is not one of the network's weights", name)
			}
			device := i / g.NumParameters() // one after the other
			tensor, err := v.upload(deviceKey{backend, device, name}, a)
			if err != nil {
				return err
			}
			if buffers[i], err = tensor.Buffer(backend, compute.DeviceNum(device)); err != nil {
				return fmt.Errorf("stylelib: weights %q: %w", name, err)
			}
		}
		return nil
	}), nil
}

// Finalize frees the weights kept on backends. The VGG may be used again; it then uploads them anew.
func (v *VGG) Finalize() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for key, tensor := range v.onDevice {
		if err := tensor.FinalizeAll(); err != nil {
			return fmt.Errorf("stylelib: freeing %q: %w", key.name, err)
		}
		delete(v.onDevice, key)
	}
	return nil
}

// panicsWithErrors makes every panic of a graph function, and a nil among what it returns, a panic with an error: at any
// other GoMLX's executor waits for ever when it is finalized.
func panicsWithErrors(fn func(inputs []*Node) []*Node) func(inputs []*Node) []*Node {
	return func(inputs []*Node) (outputs []*Node) {
		err := buildError(func() {
			if outputs = fn(inputs); slices.Contains(outputs, nil) {
				exceptions.Panicf("the graph's function returned nil for one of its %d outputs", len(outputs))
			}
		})
		if err != nil {
			panic(err)
		}
		return outputs
	}
}

// buildError runs a graph function and returns its panic, whatever it was called with, as an error.
func buildError(fn func()) error {
	switch reason := exceptions.Try(fn).(type) {
	case nil:
		return nil
	case error:
		return reason
	default:
		return fmt.Errorf("%v", reason)
	}
}
