"""The network and our loss in PyTorch: what pytorch_step.py and pytorch_lbfgs.py share."""
import torch
import torch.nn.functional as F
import work


class Loss:
    """Our default loss of a picture beside a content and a style picture, by term. Pictures are arrays [1, h, w, 3] as numpy has
    them; enter() makes what is called."""

    def __init__(self, path, content, style, weights, layout, bf16=False):
        self.weights, self.layout, self.bf16 = weights, layout, bf16
        arrays, matrix, offset, average = work.network(path)
        self.convs = {n: (torch.tensor(k).permute(3, 2, 0, 1).contiguous(memory_format=layout), torch.tensor(b)) for n, (k, b) in arrays.items()}
        self.pool = F.avg_pool2d if average else F.max_pool2d
        self.matrix, self.offset = torch.tensor(matrix).view(3, 3, 1, 1), torch.tensor(offset)
        with torch.no_grad():
            self.content = self.features(self.enter(content))[work.CONTENT]
            features = self.features(self.enter(style))
            self.style = {n: gram(features[n]) for n in work.STYLE}

    def enter(self, picture):
        """The picture as a tensor [1, 3, h, w]."""
        return torch.tensor(picture).permute(0, 3, 1, 2).contiguous(memory_format=self.layout)

    def features(self, x):
        x, out = F.conv2d(x, self.matrix, self.offset).contiguous(memory_format=self.layout), {}
        for name, (kernel, bias) in self.convs.items():
            if name.endswith("_1") and name != "conv1_1":
                x = self.pool(x, 2, 2, ceil_mode=True)  # a window at the edge has the positions that there are
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16):
                x = F.relu(F.conv2d(x, kernel, bias, padding=1))
            layer = name.replace("conv", "relu")
            if layer in work.STYLE or layer == work.CONTENT:
                out[layer] = x.float()
        return out

    def __call__(self, x):
        f = self.features(x)
        tv = ((x[:, :, 1:] - x[:, :, :-1]) ** 2).mean() + ((x[:, :, :, 1:] - x[:, :, :, :-1]) ** 2).mean()
        terms = {"content": relative(f[work.CONTENT], self.content),
                 "style": sum(relative(gram(f[n]), self.style[n]) for n in work.STYLE) / len(work.STYLE),
                 "tv": tv}
        return {name: self.weights[name] * term for name, term in terms.items()}


def gram(f):
    f = f.flatten(2)[0]
    return f @ f.T / f.numel()


def relative(a, b):
    return ((a - b) ** 2).mean() / (b**2).mean()
