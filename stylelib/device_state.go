package stylelib

import (
	"errors"
	"fmt"
	"image"

	"stylenet/stylelib/optim"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// deviceState is what of a run lies on the device: a State while steps are taken.
type deviceState struct {
	n          int               // steps taken
	began      int               // after how many of them the picture got its size
	age        int               // how many steps the memory counted as then
	picture    *tensors.Tensor   // [1, h, w, 3]
	memory     []*tensors.Tensor // of the optimiser
	lossBefore string            // the identity of the loss in the step before
	before     *tensors.Tensor   // the picture as it entered the step before, whose loss was finite; nil before the first step
}

// put puts a state on the device, in place of what is there.
func (d *deviceState) put(backend compute.Backend, optimizer optim.Optimizer, state *State) error {
	var on []*tensors.Tensor
	shape := pictureShape(state.Height, state.Width)
	list := append([]shapes.Shape{shape}, optimizer.Memory(shape)...)
	for i, values := range append([][]float32{state.Picture}, state.Memory...) {
		tensor, err := upload(backend, values, list[i])
		if err != nil {
			return errors.Join(err, finalize(on...))
		}
		on = append(on, tensor)
	}
	err := d.free()
	*d = deviceState{n: state.Step, began: state.Began, age: state.Age, picture: on[0], memory: on[1:], lossBefore: state.Loss}
	return err
}

// advance takes over what a step has made.
func (d *deviceState) advance(n int, picture *tensors.Tensor, memory []*tensors.Tensor, loss string) error {
	err := finalize(append(d.memory, d.before)...)
	d.n, d.before, d.picture, d.memory, d.lossBefore = n, d.picture, picture, memory, loss
	return err
}

// size is the picture's.
func (d *deviceState) size() image.Point {
	s := d.picture.Shape()
	return image.Pt(s.Dim(2), s.Dim(1))
}

// show fetches the picture that the optimiser shows.
func (d *deviceState) show(j *job) (image.Image, error) {
	shown := d.picture
	if i := j.o.Optimizer.Best(); i >= 0 && d.n > 0 {
		shown = d.memory[i]
	}
	return fetchPicture(shown, j.o.Clip)
}

// fetch returns all that a run needs to go on from here.
func (d *deviceState) fetch(j *job) (*State, error) {
	size := d.size()
	state := &State{Step: d.n, Began: d.began, Age: d.age, Height: size.Y, Width: size.X, Loss: d.lossBefore,
		Optimizer: fmt.Sprintf("%#v", j.o.Optimizer), Method: j.method.String(), Versions: versions(j.backend)}
	var err error
	if state.Picture, err = tensors.CopyFlatData[float32](d.picture); err != nil {
		return nil, fmt.Errorf("stylelib: fetching the picture: %w", err)
	}
	for _, array := range d.memory {
		values, err := tensors.CopyFlatData[float32](array)
		if err != nil {
			return nil, fmt.Errorf("stylelib: fetching the optimiser's memory: %w", err)
		}
		state.Memory = append(state.Memory, values)
	}
	return state, nil
}

// fetchPicture returns a picture [1, h, w, 3] of the device as it is shown.
func fetchPicture(of *tensors.Tensor, clip Clipping) (image.Image, error) {
	values, err := tensors.CopyFlatData[float32](of)
	if err != nil {
		return nil, fmt.Errorf("stylelib: fetching the picture: %w", err)
	}
	return clip.show(values, of.Shape().Dim(1), of.Shape().Dim(2)), nil
}

// free gives back what lies on the device.
func (d *deviceState) free() error { return finalize(append(d.memory, d.picture, d.before)...) }
