package vgg

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/identity"
	"stylenet/weights"
)

// device is what an extractor keeps from one use to the next: arrays on backends, and its identities.
type device struct {
	mu         sync.Mutex
	building   map[*Graph]bool        // those that NewExec is building
	arrays     map[string]weightArray // by the name of their parameter in a graph
	onDevice   map[deviceKey]*tensors.Tensor
	uploading  time.Duration // the time that preparing and uploading them took
	identities map[identity.Aspect]string
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

// param returns the graph's parameter for one form of a convolution's weights. It makes the parameter at its first use. A graph has the
// weights of one network, so their names need not tell networks apart: a program's text, by which it is kept, is the same in every process.
func (v *Extractor) param(g *Graph, c *weights.Conv, form conv.Form) *Node {
	name := fmt.Sprintf("vgg/%s/%s", c.Name, form)
	if node := g.GetParameterByName(name); node != nil {
		return node
	}
	tensor, err := v.upload(deviceKey{g.Backend(), 0, name}, weightArray{c, form})
	if err != nil {
		panic(err)
	}
	return Parameter(g, name, tensor.Shape())
}

// upload returns an array on a device. It uploads the array at its first use.
func (v *Extractor) upload(key deviceKey, a weightArray) (*tensors.Tensor, error) {
	v.device.mu.Lock()
	defer v.device.mu.Unlock()
	if t := v.device.onDevice[key]; t != nil {
		return t, nil
	}
	began := time.Now()
	defer func() { v.device.uploading += time.Since(began) }()
	values, dimensions := conv.Prepare(a.form, a.conv)
	buffer, err := key.backend.BufferFromFlatData(compute.DeviceNum(key.device), values, shapes.Make(dtypes.Float32, dimensions...))
	if err != nil {
		return nil, fmt.Errorf("vgg: uploading %s: %w", key.name, err)
	}
	tensor, err := tensors.FromBuffer(buffer)
	if err != nil {
		return nil, fmt.Errorf("vgg: uploading %s: %w", key.name, err)
	}
	if v.device.onDevice == nil {
		v.device.arrays, v.device.onDevice = map[string]weightArray{}, map[deviceKey]*tensors.Tensor{}
	}
	v.device.arrays[key.name], v.device.onDevice[key] = a, tensor
	return tensor, nil
}

// UploadTime returns the time that preparing and uploading weights took so far.
func (v *Extractor) UploadTime() time.Duration {
	v.device.mu.Lock()
	defer v.device.mu.Unlock()
	return v.device.uploading
}

// withWeights returns graphFn for an executor that passes this network's weights.
func (v *Extractor) withWeights(graphFn func(inputs []*Node) []*Node) func(inputs []*Node) []*Node {
	return func(inputs []*Node) []*Node {
		if len(inputs) > 0 { // else there is no picture to look at
			defer v.startBuilding(inputs[0].Graph())()
		}
		return graphFn(inputs)
	}
}

// startBuilding says that a graph gets this network's weights. The function that it returns is to be called when the graph is built.
func (v *Extractor) startBuilding(g *Graph) (end func()) {
	v.device.mu.Lock()
	defer v.device.mu.Unlock()
	if v.device.building == nil {
		v.device.building = map[*Graph]bool{}
	}
	v.device.building[g] = true
	return func() {
		v.device.mu.Lock()
		defer v.device.mu.Unlock()
		delete(v.device.building, g)
	}
}

// checkBuilding panics on a graph of an executor that does not pass this network's weights.
func (v *Extractor) checkBuilding(g *Graph) {
	v.device.mu.Lock()
	defer v.device.mu.Unlock()
	if !v.device.building[g] {
		panic(errors.New("vgg: Features in a graph of another executor; it must be in one from this network's own NewExec, which passes its weights"))
	}
}

// NewExec returns an executor for graphFn, in which [Extractor.Features] may be called. It passes the weights, which stay on the backend,
// to every execution. A panic of graphFn becomes the executor's error.
func (v *Extractor) NewExec(backend compute.Backend, graphFn func(inputs []*Node) []*Node) (*Exec, error) {
	exec, err := NewExec(backend, graphs.ErrorPanics(v.withWeights(graphFn)))
	if err != nil {
		return nil, fmt.Errorf("vgg: %w", err)
	}
	return exec.WithName("stylelib").SetSideParamsHook(func(g *Graph, buffers []compute.Buffer, _ []bool) error {
		for i := range buffers {
			if buffers[i] != nil {
				continue
			}
			name := g.GetParameterByHandle(ParameterHandle(i % g.NumParameters())).GetParameterName()
			v.device.mu.Lock()
			a, ok := v.device.arrays[name]
			v.device.mu.Unlock()
			if !ok {
				return fmt.Errorf("vgg: the graph's parameter %q is not one of the network's weights", name)
			}
			device := i / g.NumParameters() // buffers are those of device 0, then of device 1 …
			tensor, err := v.upload(deviceKey{backend, device, name}, a)
			if err != nil {
				return err
			}
			if buffers[i], err = tensor.Buffer(backend, compute.DeviceNum(device)); err != nil {
				return fmt.Errorf("vgg: weights %q: %w", name, err)
			}
		}
		return nil
	}), nil
}

// Finalize frees the weights on all backends. The extractor may be used again; it then uploads them anew.
func (v *Extractor) Finalize() error {
	v.device.mu.Lock()
	defer v.device.mu.Unlock()
	for key, tensor := range v.device.onDevice {
		if err := tensor.FinalizeAll(); err != nil {
			return fmt.Errorf("vgg: freeing %q: %w", key.name, err)
		}
		delete(v.device.onDevice, key)
	}
	return nil
}

// Identity returns the canonical description of the extractor for one aspect, see package identity, with a checksum of its weights where
// they count. It is computed at its first use: hashing the weights of VGG-19 takes a tenth of a second.
func (v *Extractor) Identity(aspect identity.Aspect) string {
	v.device.mu.Lock()
	defer v.device.mu.Unlock()
	text, ok := v.device.identities[aspect]
	if !ok {
		if text = identity.Of(aspect, v); v.device.identities == nil {
			v.device.identities = map[identity.Aspect]string{}
		}
		v.device.identities[aspect] = text
	}
	return text
}
