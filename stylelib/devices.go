package stylelib

import (
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

// One picture over several devices: each has some of the picture's rows, and so of all features and of the optimiser's
// memory. XLA's partitioner (Shardy) finds out from there what they must tell one another: the rows at their borders, and
// the sums of which Gram matrices and losses are made. Between the steps the picture lies with the program, not on a device.

// rowsOf returns the axis along which arrays of a shape are divided: the rows of pictures, of features, and of what an
// optimiser remembers of them. Below 0: each device has all of it.
func rowsOf(shape shapes.Shape) int {
	if shape.Rank() < 4 {
		return -1
	}
	return shape.Rank() - 3
}

// part returns how many rows of n each device has; the last ones may lie below them.
func (r *run) part(n int) int { return (n + r.o.Devices - 1) / r.o.Devices }

// arrays returns the shapes of the picture and the optimiser's memory.
func (r *run) arrays() []shapes.Shape {
	return shapesOf(append([]*tensors.Tensor{r.picture}, r.memory...))
}

// stepOnDevices takes a step like the program of buildStep.
func (r *run) stepOnDevices(scalars []float32) (out []*tensors.Tensor, err error) {
	exec, err := r.program("step on devices", (*run).buildStepOnDevices)
	if err != nil {
		return nil, err
	}
	if exec.NumDevices() == 1 {
		if err := r.divide(exec); err != nil {
			return nil, err
		}
	}
	if err := r.copyTargets(); err != nil {
		return nil, err
	}
	var parts []*tensors.Tensor
	defer func() { err = errors.Join(err, finalize(parts...)) }()
	var args []any
	for device := range r.o.Devices {
		for _, whole := range append([]*tensors.Tensor{r.picture}, r.memory...) {
			part, err := r.partOf(whole, device)
			if err != nil {
				return nil, err
			}
			parts, args = append(parts, part), append(args, part)
		}
		args = append(append(args, scalars, r.weightList()), tensorArgs(r.copies[device])...)
	}
	divided, err := exec.Exec(args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, finalize(divided...)) }()
	return r.join(divided)
}

// divide tells a program which of its inputs and outputs are divided by rows.
func (r *run) divide(exec *Exec) error {
	mesh, err := distributed.NewDeviceMesh([]int{r.o.Devices}, []string{"rows"})
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
	in := append(specs(r.arrays()), nil, nil) // then scalars and weights
	in = append(append(in, specs(shapesOf(r.targets))...), nil)
	out := append(specs(r.arrays()), nil)
	if err != nil {
		return fmt.Errorf("stylelib: dividing the picture among devices: %w", err)
	}
	exec.AutoSharding(mesh).WithInputShardingSpecs(in...).WithOutputShardingSpecs(out...)
	return nil
}

// copyTargets puts the targets on every device.
func (r *run) copyTargets() error {
	if r.copies != nil {
		return nil
	}
	for device := range r.o.Devices {
		var copies []*tensors.Tensor
		for _, target := range r.targets {
			copied, err := r.partOf(target, device)
			if err != nil {
				return err
			}
			copies = append(copies, copied)
		}
		r.copies = append(r.copies, copies)
	}
	return nil
}

// partOf returns a device's part of an array: its rows, followed by zeros where there are too few.
func (r *run) partOf(whole *tensors.Tensor, device int) (*tensors.Tensor, error) {
	values, err := tensors.CopyFlatData[float32](whole)
	if err != nil {
		return nil, fmt.Errorf("stylelib: dividing the picture: %w", err)
	}
	shape := whole.Shape().Clone()
	if axis := rowsOf(shape); axis >= 0 {
		h, row := shape.Dim(axis), shape.Dim(axis+1)*shape.Dim(axis+2)
		rows := r.part(h)
		shape.Dimensions[axis] = rows
		part := make([]float32, shape.Size())
		from, to := min(device*rows, h)*row, min((device+1)*rows, h)*row
		for i := range len(values) / (h * row) {
			copy(part[i*rows*row:], values[i*h*row:][from:to])
		}
		values = part
	}
	buffer, err := r.backend.BufferFromFlatData(compute.DeviceNum(device), values, shape)
	if err != nil {
		return nil, fmt.Errorf("stylelib: uploading to device %d: %w", device, err)
	}
	return tensors.FromBuffer(buffer)
}

// join puts the outputs of all devices together.
func (r *run) join(divided []*tensors.Tensor) (out []*tensors.Tensor, err error) {
	n := len(divided) / r.o.Devices
	for k, shape := range append(r.arrays(), shapes.Make(r.picture.DType(), len(r.o.Terms)+1)) {
		whole := make([]float32, shape.Size())
		axis := rowsOf(shape)
		for device := range r.o.Devices {
			values, err := tensors.CopyFlatData[float32](divided[device*n+k])
			if err != nil {
				return nil, errors.Join(fmt.Errorf("stylelib: reading from device %d: %w", device, err), finalize(out...))
			}
			if axis < 0 {
				copy(whole, values)
				break
			}
			h, row := shape.Dim(axis), shape.Dim(axis+1)*shape.Dim(axis+2)
			rows := r.part(h)
			from, to := min(device*rows, h)*row, min((device+1)*rows, h)*row
			for i := range len(whole) / (h * row) {
				copy(whole[i*h*row:][from:to], values[i*rows*row:])
			}
		}
		out = append(out, tensors.FromFlatDataAndDimensions(whole, shape.Dimensions...))
	}
	return out, nil
}

// buildStepOnDevices is buildStep for arrays that end with rows below the picture, so that all devices have as many.
func (r *run) buildStepOnDevices(inputs []*Node) []*Node {
	inputs = slices.Clone(inputs)
	arrays := r.arrays()
	cut := func(inputs []*Node, list []shapes.Shape) {
		for i, shape := range list {
			if axis := rowsOf(shape); axis >= 0 {
				inputs[i] = SliceAxis(inputs[i], axis, AxisRange(0, shape.Dim(axis)))
			}
		}
	}
	cut(inputs, arrays)
	cut(inputs[len(arrays)+2:], shapesOf(r.targets))
	outputs := r.buildStep(r.method, inputs)
	for i, shape := range arrays {
		if axis := rowsOf(shape); axis >= 0 {
			outputs[i] = graphs.PadRows(outputs[i], axis, 1)
		}
	}
	return outputs
}
