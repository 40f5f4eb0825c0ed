package stylelib

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stylenet/stylelib/internal/graphs"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/distributed"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// onDevices divides a picture over several devices: each has some of the picture's rows, and so of all features and of the
// optimiser's memory. XLA's partitioner (Shardy) finds out from there what they must exchange: the rows at their borders, and the
// sums that Gram matrices and losses are made of. Between the steps the picture lies with the program, not on a device. Targets are
// described on one device.
type onDevices struct {
	*job
	copies [][]*tensors.Tensor // of the targets, for each device; nil before the first step
}

// checkDevices finds out whether there are so many devices.
func (o *Options) checkDevices(backend compute.Backend) error {
	switch have := backend.NumDevices(); {
	case o.Devices < 0 || o.Devices > have:
		return fmt.Errorf("stylelib: %d devices asked for; backend %s has %d", o.Devices, backend.Name(), have)
	case o.Devices > 1 && o.Tile > 0:
		return errors.New("stylelib: a picture is evaluated in tiles or on several devices, not both; leave out Tile or Devices")
	case o.Devices > 1 && o.GradientShares > 0:
		return errors.New("stylelib: the shares of the gradient are not measured on several devices; leave out GradientShares or Devices")
	}
	return nil
}

func (e *onDevices) describe(ctx context.Context, target Target, inputs []*tensors.Tensor) ([]*tensors.Tensor, error) {
	return atOnce{e.job}.describe(ctx, target, inputs)
}

func (e *onDevices) layerLosses(in stepInput) (losses, gradients []float32, err error) {
	return atOnce{e.job}.layerLosses(in)
}

func (e *onDevices) free() error { return finalize(slices.Concat(e.copies...)...) }

// rowsOf returns the axis along which arrays of a shape are divided: the rows of pictures, of features, and of what an optimiser
// remembers of them. Below 0: each device has all of it.
func rowsOf(shape shapes.Shape) int {
	if shape.Rank() < 4 {
		return -1
	}
	return shape.Rank() - 3
}

// rowsEach returns how many rows of n each device has; the last ones may lie below them.
func (e *onDevices) rowsEach(n int) int { return (n + e.o.Devices - 1) / e.o.Devices }

// arrays returns the shapes of a picture and the optimiser's memory.
func (e *onDevices) arrays(picture shapes.Shape) []shapes.Shape {
	return append([]shapes.Shape{picture}, e.o.Optimizer.Memory(picture)...)
}

func (e *onDevices) step(_ context.Context, in stepInput) (out []*tensors.Tensor, err error) {
	arrays, targets := e.arrays(in.picture.Shape()), shapesOf(in.targets)
	name := fmt.Sprintf("step on devices of %v with %v", arrays, targets) // sizes that the divided inputs do not tell
	exec, err := e.program(name, func(inputs []*Node) []*Node { return e.buildDivided(arrays, targets, inputs) })
	if err != nil {
		return nil, err
	}
	if exec.NumDevices() == 1 {
		if err := e.divide(exec, arrays, targets); err != nil {
			return nil, err
		}
	}
	if err := e.copyTargets(in.targets); err != nil {
		return nil, err
	}
	var divisions []*tensors.Tensor
	defer func() { err = errors.Join(err, finalize(divisions...)) }()
	var args []any
	for device := range e.o.Devices {
		for _, array := range append([]*tensors.Tensor{in.picture}, in.memory...) {
			rows, err := e.rowsOn(array, device)
			if err != nil {
				return nil, err
			}
			divisions, args = append(divisions, rows), append(args, rows)
		}
		args = append(append(args, in.scalars, in.weights), tensorArgs(e.copies[device])...)
	}
	divided, err := exec.Exec(args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, finalize(divided...)) }()
	return e.join(arrays, divided)
}

// divide tells a program which of its inputs and outputs are divided by rows.
func (e *onDevices) divide(exec *Exec, arrays, targets []shapes.Shape) error {
	mesh, err := distributed.NewDeviceMesh([]int{e.o.Devices}, []string{"rows"})
	if err != nil {
		return fmt.Errorf("stylelib: %w", err)
	}
	specs := func(list []shapes.Shape) []*distributed.ShardingSpec {
		specs := make([]*distributed.ShardingSpec, len(list), len(list)+2) // nil: each device has all of it
		for i, shape := range list {
			if axis := rowsOf(shape); axis >= 0 {
				axes := distributed.BuildSpec(mesh)
				for range axis {
					axes = axes.R()
				}
				var specErr error
				specs[i], specErr = axes.S("rows").R().R().Done()
				err = errors.Join(err, specErr)
			}
		}
		return specs
	}
	in := append(specs(arrays), nil, nil) // then scalars and weights
	in = append(append(in, specs(targets)...), nil)
	out := append(specs(arrays), nil)
	if err != nil {
		return fmt.Errorf("stylelib: dividing the picture among devices: %w", err)
	}
	exec.AutoSharding(mesh).WithInputShardingSpecs(in...).WithOutputShardingSpecs(out...)
	return nil
}

// copyTargets puts the targets on every device.
func (e *onDevices) copyTargets(targets []*tensors.Tensor) error {
	if e.copies != nil {
		return nil
	}
	for device := range e.o.Devices {
		var copies []*tensors.Tensor
		for _, target := range targets {
			rows, err := e.rowsOn(target, device)
			if err != nil {
				return err
			}
			copies = append(copies, rows)
		}
		e.copies = append(e.copies, copies)
	}
	return nil
}

// rowsOn returns a device's rows of an array, followed by zeros where there are too few.
func (e *onDevices) rowsOn(array *tensors.Tensor, device int) (*tensors.Tensor, error) {
	values, err := tensors.CopyFlatData[float32](array)
	if err != nil {
		return nil, fmt.Errorf("stylelib: dividing the picture: %w", err)
	}
	shape := array.Shape().Clone()
	if axis := rowsOf(shape); axis >= 0 {
		h, row := shape.Dim(axis), shape.Dim(axis+1)*shape.Dim(axis+2)
		rows := e.rowsEach(h)
		shape.Dimensions[axis] = rows
		own := make([]float32, shape.Size())
		from, to := min(device*rows, h)*row, min((device+1)*rows, h)*row
		for i := range len(values) / (h * row) {
			copy(own[i*rows*row:], values[i*h*row:][from:to])
		}
		values = own
	}
	buffer, err := e.backend.BufferFromFlatData(compute.DeviceNum(device), values, shape)
	if err != nil {
		return nil, fmt.Errorf("stylelib: uploading to device %d: %w", device, err)
	}
	return tensors.FromBuffer(buffer)
}

// join puts the outputs of all devices together.
func (e *onDevices) join(arrays []shapes.Shape, divided []*tensors.Tensor) (out []*tensors.Tensor, err error) {
	n := len(divided) / e.o.Devices
	for k, shape := range append(arrays, shapes.Make(arrays[0].DType, len(e.o.Terms)+1)) {
		all := make([]float32, shape.Size())
		axis := rowsOf(shape)
		for device := range e.o.Devices {
			values, err := tensors.CopyFlatData[float32](divided[device*n+k])
			if err != nil {
				return nil, errors.Join(fmt.Errorf("stylelib: reading from device %d: %w", device, err), finalize(out...))
			}
			if axis < 0 {
				copy(all, values)
				break
			}
			h, row := shape.Dim(axis), shape.Dim(axis+1)*shape.Dim(axis+2)
			rows := e.rowsEach(h)
			from, to := min(device*rows, h)*row, min((device+1)*rows, h)*row
			for i := range len(all) / (h * row) {
				copy(all[i*h*row:][from:to], values[i*rows*row:])
			}
		}
		out = append(out, tensors.FromFlatDataAndDimensions(all, shape.Dimensions...))
	}
	return out, nil
}

// buildDivided is buildStep for arrays that end with rows below the picture, so that all devices have as many.
func (e *onDevices) buildDivided(arrays, targets []shapes.Shape, inputs []*Node) []*Node {
	inputs = slices.Clone(inputs)
	cut := func(inputs []*Node, list []shapes.Shape) {
		for i, shape := range list {
			if axis := rowsOf(shape); axis >= 0 {
				inputs[i] = SliceAxis(inputs[i], axis, AxisRange(0, shape.Dim(axis)))
			}
		}
	}
	cut(inputs, arrays)
	cut(inputs[len(arrays)+2:], targets)
	outputs := e.buildStep(inputs)
	for i, shape := range arrays {
		if axis := rowsOf(shape); axis >= 0 {
			outputs[i] = graphs.PadRows(outputs[i], axis, 1)
		}
	}
	return outputs
}
