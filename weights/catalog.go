package weights

import (
	"slices"
	"strings"
)

// Published is a network that somebody has published, and where.
type Published struct {
	Name    string   // what [Open] calls it
	About   string   // in one line
	URLs    []string // of the same file; empty where it can only be had by hand
	File    string   // the name under which a copy in StyleNet's folder is found: the published one, where no other has it
	Size    int64    // of the file in bytes; 0 where it is not known
	SHA256  string   // of the file, in hex; a first part of it where no more is known
	MD5     string   // of the file, in hex, where nothing better is known
	Origin  string   // the preprocessing, see [Options]
	Licence string   // of the numbers
	Credit  string   // what to write beside pictures and copies
}

const (
	oxfordLicence = "CC BY 4.0 (Visual Geometry Group, University of Oxford)"
	oxfordCredit  = "VGG-19 by K. Simonyan and A. Zisserman, \"Very Deep Convolutional Networks for Large-Scale Image Recognition\", " +
		"ICLR 2015, http://www.robots.ox.ac.uk/~vgg/research/very_deep/, CC BY 4.0; converted: layout changed, fully connected layers left out"
	torchvisionLicence = "BSD 3-Clause (torchvision); trained on ImageNet, whose terms are for research"
	torchvisionCredit  = "VGG-19 after K. Simonyan and A. Zisserman (ICLR 2015), trained by the authors of torchvision, BSD 3-Clause"
)

const slimPath = "4a269dc90020721ef9b279b2926c62f5bcd6d209/trained_models/wct_se_16x_new/20191109-211322_E20.pth"

// published are the networks that are known. Checksums are those that their publishers or several users have printed.
var published = []Published{
	{
		Name: "vgg19", About: "the authors' VGG-19, as Keras has it, without the fully connected layers",
		URLs: []string{
			"https://storage.googleapis.com/tensorflow/keras-applications/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
			"https://github.com/fchollet/deep-learning-models/releases/download/v0.1/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
		},
		Size: 80134624, MD5: "253f8cb515780f3b799900260a226db6", File: "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5", Origin: "caffe", Licence: oxfordLicence, Credit: oxfordCredit,
	},
	{
		Name: "vgg19-torchvision", About: "torchvision's own training of VGG-19",
		URLs: []string{"https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"},
		Size: 574673361, SHA256: "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
		File: "vgg19-dcbb9e9d.pth", Origin: "torchvision", Licence: torchvisionLicence, Credit: torchvisionCredit,
	},
	{
		Name: "vgg19-matconvnet", About: "the authors' VGG-19, as MatConvNet has it since 2016",
		URLs: []string{"https://www.vlfeat.org/matconvnet/models/imagenet-vgg-verydeep-19.mat", "http://www.vlfeat.org/matconvnet/models/imagenet-vgg-verydeep-19.mat"},
		Size: 534904783, SHA256: "abdb57167f82a2a1fbab1e1c16ad9373411883f262a1a37ee5db2e6fb0044695", MD5: "106118b7cf60435e6d8e04f6a6dc3657",
		File: "imagenet-vgg-verydeep-19.mat", Origin: "matconvnet", Licence: oxfordLicence, Credit: oxfordCredit,
	},
	{
		Name: "vgg19-matconvnet-beta16", About: "the authors' VGG-19, as MatConvNet had it in 2015",
		URLs: []string{"https://www.vlfeat.org/matconvnet/models/beta16/imagenet-vgg-verydeep-19.mat", "http://www.vlfeat.org/matconvnet/models/beta16/imagenet-vgg-verydeep-19.mat"},
		MD5:  "8ee3263992981a1d26e73b3ca028a123", File: "imagenet-vgg-verydeep-19-beta16.mat", Origin: "matconvnet", Licence: oxfordLicence, Credit: oxfordCredit,
	},
	{
		Name: "vgg19-timm", About: "torchvision's VGG-19, as timm has it",
		URLs:   []string{"https://huggingface.co/timm/vgg19.tv_in1k/resolve/main/model.safetensors"},
		SHA256: "11aea017b543ff59233749d8f1cf544cda749378f5790d2fedab841fb86b7669",
		File:   "model.safetensors", Origin: "torchvision", Licence: torchvisionLicence, Credit: torchvisionCredit,
	},
	{
		Name: "vgg19-slim", About: "a small network that was taught to see as VGG-19 does, up to conv5_1",
		URLs: []string{
			"https://raw.githubusercontent.com/MingSun-Tse/Collaborative-Distillation/" + slimPath,
			"https://github.com/MingSun-Tse/Collaborative-Distillation/raw/" + slimPath,
		},
		Size: 3862288, SHA256: "9417c34d0d8d621bc6af78be745f1b8d30f5f210efa01e50655c60eb3770816b", File: "5SE.pth", Origin: "slim",
		Licence: "MIT (Huan Wang, 2020), made from VGG-19, CC BY 4.0 (Oxford)",
		Credit: "Slim VGG-19 by H. Wang, Y. Li, Y. Wang, H. Hu and M.-H. Yang, \"Collaborative Distillation for Ultra-Resolution Universal " +
			"Style Transfer\", CVPR 2020, MIT licence, after VGG-19 by K. Simonyan and A. Zisserman, CC BY 4.0",
	},
	{
		Name: "vgg19-jcjohnson", About: "the authors' VGG-19 as a PyTorch file, by J. Johnson; to be had by hand only",
		SHA256: "d01eb7cb", File: "vgg19-d01eb7cb.pth", Origin: "caffe", Licence: oxfordLicence, Credit: oxfordCredit,
	},
}

// Catalog returns the networks that [Open] knows by name, the first choice first.
func Catalog() []Published { return slices.Clone(published) }

// publishedAs returns the published network of a name.
func publishedAs(name string) (Published, bool) {
	return findPublished(func(p Published) bool { return p.Name == name })
}

// publishedWith returns the published network whose file has the given SHA-256.
func publishedWith(sum string) (Published, bool) {
	return findPublished(func(p Published) bool { return sum != "" && p.SHA256 != "" && strings.HasPrefix(sum, p.SHA256) })
}

func findPublished(is func(Published) bool) (Published, bool) {
	i := slices.IndexFunc(published, is)
	if i < 0 {
		return Published{}, false
	}
	return published[i], true
}
