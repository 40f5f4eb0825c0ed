package preset

import (
	"stylenet/stylelib"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
)

// oxfordMean is the mean of R, G and B in ImageNet's pictures, in [0, 255], that the authors of VGG-19 subtracted. Zero is this colour in an
// implementation that subtracts it from pictures.
var oxfordMean = [3]float64{123.68, 116.779, 103.939}

// torchvisionStd is the standard deviation of R, G and B in ImageNet's pictures, in [0, 1], as torchvision has it.
var torchvisionStd = [3]float64{0.229, 0.224, 0.225}

// presets returns new copies of all presets, in the order in which they are listed.
func presets() []*Preset {
	return []*Preset{
		seed("seed", Weights{Content: 200, Style: 200, TotalVariation: 100}, 1000, optim.Adam{LearningRate: 0.5, Beta2: 0.99, Decay: 1}),
		seed("seed-main1", Weights{Content: 200, Style: 200, TotalVariation: 100}, 10000, optim.Adam{LearningRate: 0.01, Decay: 1}),
		seed("seed-memo", Weights{Content: 5, Style: 500, TotalVariation: 100}, 250, optim.Adam{LearningRate: 0.5, Beta2: 0.99, Decay: 1}),
		gatys(), johnson(), anish(), pytorchTutorial(), tensorflowTutorial(), keras(), d2l(), crowson(),
	}
}

// seed is CNN-StyleNet by Yagami360 (2017): the run of its README, that of main1.py, and that of the README's debug memo, whose learning rate
// is not known; the README's is taken.
func seed(name string, w Weights, steps int, adam optim.Adam) *Preset {
	w.ContentLayers, w.StyleLayers = each(1, vgg.ContentLayers...), each(1, vgg.StyleLayers...)
	return &Preset{
		Name: name, About: "CNN-StyleNet by Yagami360, TensorFlow 1", Origin: "matconvnet", Weights: w,
		Unit: white(255), Steps: steps, Optimizer: inUnits{optim.TensorFlowAdam{Adam: adam}, white(255)},
		Start: noiseAroundMean(0.256, 255), Clip: stylelib.ClipShown, Fit: FitWidth,
		content: meanSquare, style: styleForm{gram: gramByAll}, variation: seedVariation,
	}
}

// gatys is L. Gatys's notebook for PyTorch (2017). In the paper (Gatys, Ecker and Bethge 2016) the factors are others: sums of squares times
// 1/2 and 1/(4c²).
func gatys() *Preset {
	return &Preset{
		Name: "gatys", About: "PytorchNeuralStyleTransfer by L. Gatys, MIT", Origin: "caffe",
		Weights: Weights{Content: 1, Style: 1000, ContentLayers: each(1, vgg.ContentLayers...), StyleLayers: each(1, vgg.StyleLayers...)},
		Start:   stylelib.FromContent(), DropOdd: true, Unit: white(255), Steps: 500, Optimizer: optim.LBFGS{}, Clip: stylelib.ClipShown,
		content: meanSquare, style: styleForm{gram: gramByPositions, factor: perChannelPair}, variation: noVariation,
	}
}

// johnson is neural-style by J. Johnson (2015). White is 256 in it, and the loss that it prints is without the total variation.
func johnson() *Preset {
	return &Preset{
		Name: "johnson", About: "neural-style by J. Johnson, Torch 7, MIT", Origin: "caffe",
		Weights: Weights{Content: 5, Style: 100, TotalVariation: 1e-3, ContentLayers: each(1, vgg.ContentLayers...), StyleLayers: each(1, vgg.StyleLayers...)},
		Unit:    white(256), Steps: 1000, Optimizer: optim.LBFGS{}, Start: noiseAroundMean(0.001, 256), Clip: stylelib.ClipShown,
		content: meanSquare, style: styleForm{gram: gramByAll}, variation: halfSquares,
	}
}

// anish is neural-style by A. Athalye (2015). Its second content layer, relu5_2, has weight 0 by default and is left out.
func anish() *Preset {
	return &Preset{
		Name: "anish", About: "neural-style by A. Athalye, TensorFlow 1, GPLv3", Origin: "matconvnet",
		Weights: Weights{Content: 5, Style: 500, TotalVariation: 100,
			ContentLayers: each(1, vgg.ContentLayers...), StyleLayers: each(0.2, vgg.StyleLayers...)},
		Unit: white(255), Steps: 1000, Optimizer: inUnits{optim.TensorFlowAdam{Adam: optim.Adam{LearningRate: 10, Decay: 1}}, white(255)},
		Start: noiseAroundMean(0.256, 255), Clip: stylelib.ClipShown, Fit: FitWidth,
		content: meanSquare, style: styleForm{gram: gramByAll}, variation: meanSquares,
	}
}

// pytorchTutorial is "Neural Transfer Using PyTorch". It counts convolutions, so its layers are not the paper's, and it takes features before
// the ReLU.
func pytorchTutorial() *Preset {
	return &Preset{
		Name: "pytorch-tutorial", About: "Neural Transfer Using PyTorch by A. Jacq, BSD", Origin: "torchvision",
		Weights: Weights{Content: 1, Style: 1e6, ContentLayers: each(1, "conv2_2"),
			StyleLayers: each(1, "conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1")},
		Start: stylelib.FromContent(), DropOdd: true, Unit: white(1), Steps: 300, Optimizer: optim.LBFGS{},
		content: meanSquare, style: styleForm{gram: gramByAll}, variation: noVariation,
	}
}

// tensorflowTutorial is "Neural style transfer" of TensorFlow's documentation.
func tensorflowTutorial() *Preset {
	return &Preset{
		Name: "tensorflow-tutorial", About: "Neural style transfer, TensorFlow's documentation, Apache-2.0", Origin: "caffe",
		Weights: Weights{Content: 1e4, Style: 1e-2, TotalVariation: 30, ContentLayers: each(1, "relu5_2"), StyleLayers: each(0.2, vgg.StyleLayers...)},
		Start:   stylelib.FromContent(), DropOdd: true, Unit: white(1), Steps: 1000,
		Optimizer: optim.TensorFlowAdam{Adam: optim.Adam{LearningRate: 0.02, Beta1: 0.99, Epsilon: 0.1, Decay: 1}},
		content:   meanSquare, style: styleForm{gram: gramByPositions}, variation: absolutes,
	}
}

// keras is "Neural style transfer" of Keras's examples. Its formula has 3 for the number of channels of every layer.
func keras() *Preset {
	return &Preset{
		Name: "keras", About: "Neural style transfer by F. Chollet, Keras's examples, Apache-2.0", Origin: "caffe",
		Weights: Weights{Content: 2.5e-8, Style: 1e-6, TotalVariation: 1e-6, ContentLayers: each(1, "relu5_2"), StyleLayers: each(0.2, vgg.StyleLayers...)},
		Start:   stylelib.FromContent(), DropOdd: true, Unit: white(255), Steps: 4000, Clip: stylelib.ClipShown, Fit: FitSize,
		Optimizer: inUnits{optim.SGD{LearningRate: 100, Decay: 0.96, DecayEvery: 100}, white(255)},
		content:   sumOfSquares, style: styleForm{gram: gramUndivided, factor: perPixelPair}, variation: power125,
	}
}

// d2l is the chapter "Neural Style Transfer" of "Dive into Deep Learning" for PyTorch. Its convolutions' features are those after the ReLU,
// which works in place, except for the last one.
func d2l() *Preset {
	perStd := [3]float64{1 / torchvisionStd[0], 1 / torchvisionStd[1], 1 / torchvisionStd[2]}
	return &Preset{
		Name: "d2l", About: "Dive into Deep Learning by A. Zhang and others, CC BY-SA 4.0", Origin: "torchvision",
		Weights: Weights{Content: 1, Style: 1e4, TotalVariation: 10, ContentLayers: each(1, "relu4_4"),
			StyleLayers: each(1, "relu1_1", "relu2_1", "relu3_1", "relu4_1", "conv5_1")},
		Start: stylelib.FromContent(), DropOdd: true, Unit: perStd, Steps: 500, Clip: stylelib.ClipShown, Fit: FitSize,
		Optimizer: inUnits{optim.Adam{LearningRate: 0.3, Decay: 0.8, DecayEvery: 50}, perStd},
		content:   meanSquare, style: styleForm{gram: gramByAll}, variation: halfAbsolutes,
	}
}

// crowson is style-transfer-pytorch by K. Crowson (2021) at one size; the original takes several sizes, each started from the result of the
// size before. The picture shown is a running mean.
func crowson() *Preset {
	layers := each(1, vgg.StyleLayers...)
	for i, weight := range []float64{256. / 341, 64. / 341, 16. / 341, 4. / 341, 1. / 341} {
		layers[i].Weight = weight
	}
	return &Preset{
		Name: "crowson", About: "style-transfer-pytorch by K. Crowson, MIT", Origin: "torchvision",
		Weights: Weights{Content: 0.015, Style: 1, TotalVariation: 2, ContentLayers: each(1, vgg.ContentLayers...), StyleLayers: layers},
		Start:   stylelib.FromContent(), DropOdd: true, ReplicateFirst: true, Unit: white(1), Steps: 500,
		Optimizer: optim.Adam{LearningRate: 0.02, Beta2: 0.99, Average: 0.99, Decay: 1},
		content:   meanSquare, style: styleForm{wasserstein: true}, variation: ninePoints,
	}
}

// each returns layers with one weight.
func each(weight float64, layers ...string) []stylelib.LayerWeight {
	list := make([]stylelib.LayerWeight, len(layers))
	for i, name := range layers {
		list[i] = stylelib.LayerWeight{Layer: name, Weight: weight}
	}
	return list
}

// white returns the units of white where they are the same in R, G and B.
func white(u float64) [3]float64 { return [3]float64{u, u, u} }

// noiseAroundMean returns a start from the mean colour with noise of a standard deviation, both in units in which white is unit.
func noiseAroundMean(deviation, unit float64) stylelib.Start {
	return stylelib.FromNoiseAround([3]float64{oxfordMean[0] / unit, oxfordMean[1] / unit, oxfordMean[2] / unit}, deviation/unit, 0)
}
