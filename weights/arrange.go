package weights

// torchvisionInput is what torchvision's networks expect: RGB in [0, 1], the mean subtracted, divided by the standard deviation.
func torchvisionInput() Input {
	mean := [3]float64{0.485, 0.456, 0.406}
	std := [3]float64{0.229, 0.224, 0.225}
	var in Input
	for c := range 3 {
		in.Matrix[c][c] = float32(1 / std[c])
		in.Offset[c] = float32(-mean[c] / std[c])
	}
	return in
}
