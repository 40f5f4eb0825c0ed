package weights

// Options say how a network is found and read. The zero value is what [Load] and [Open] use.
type Options struct {
	// Origin says which preprocessing the network expects, which names and shapes alone do not tell: "torchvision" for RGB in
	// [0, 1] with mean and standard deviation, "caffe" for BGR in [0, 255] less the mean (Keras too), "matconvnet" for
	// RGB in [0, 255] less the mean, "slim" for a learned 1x1 convolution in the file. Empty: as the file says, or the
	// catalogue for the file's checksum, or a guess that [Network.Warnings] tells of.
	Origin string

	// Assume is the origin to take where nothing tells it; empty: torchvision. Filters of conv1_1 that are known to be
	// those of VGG-19's authors tell it. Network.Warnings still say that it was not certain.
	Assume string

	// SeedTranspose swaps the height and width of every kernel. The first TensorFlow programs for style transfer did
	// so, taking MatConvNet's kernels for [width, height, in, out]. The network then sees as the right one would see
	// the picture mirrored about its diagonal.
	SeedTranspose bool

	// Offline keeps Open from downloading: a network that is not on this computer is an error.
	Offline bool

	// Progress, where set, is told how a download goes on, up to ten times a second. In a notebook:
	//
	//	live := kernelext.NewLive("Fetching VGG-19, a megabyte a step")
	//	options.Progress = func(p weights.Progress) { live.Progress(int(p.Done/1e6), int(p.Total/1e6)) }
	Progress func(Progress)
}
