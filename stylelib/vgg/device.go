package vgg

import (
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

// param returns the graph's parameter for one form of a convolution's weights. It makes the parameter at its first use.
func (v *Extractor) param(g *Graph, c *weights.Conv, form conv.Form) *Node {
	name := fmt.Sprintf("vgg_%p/%s/%s", v, c.Name, form) // a graph may have several networks
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

// NewExec returns an executor for graphFn, in which [Extractor.Features] may be called. It passes the weights, which stay on the backend,
// to every execution. A panic of graphFn becomes the executor's error.
func (v *Extractor) NewExec(backend compute.Backend, graphFn func(inputs []*Node) []*Node) (*Exec, error) {
	exec, err := NewExec(backend, graphs.ErrorPanics(graphFn))
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
