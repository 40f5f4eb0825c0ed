"""Writes presets.json: what each program's losses are, and ten steps of the seed, by PyTorch in float64.

    python presets.py              needs torch and numpy

Each loss is written from the program's own documentation or source, in its own units and layout, and shares nothing with
the Go package. The network and the pictures come from whole-number hashes (../../internal/testkit/testdata/reference.py), so Go makes the very same.
Sizes are odd. Crowson's square root is his: twelve iterations.
"""
import json, os, sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../internal/testkit/testdata"))
from reference import hashed_network, picture  # noqa: E402

torch.set_default_dtype(torch.float64)
KERNELS = hashed_network()[0]
MEAN = torch.tensor([123.68, 116.779, 103.939])  # R, G, B


# What enters: picture [h, w, 3], RGB in [0, 1] -> [1, 3, h, w].
def planes(p):
    return p.permute(2, 0, 1)[None]


def matconvnet(p):
    return planes(p * 255 - MEAN)


def caffe(p, white=255):
    return planes((p * white - MEAN).flip(2))


def torchvision(p):
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return planes((p - mean) / std)


def features(x, ceil, replicate=False):
    """Every layer of VGG-19 for an input as the network wants it."""
    out = {}
    for i, (name, w, b) in enumerate(KERNELS):
        mode = "replicate" if replicate and i == 0 else "constant"
        x = out[name] = F.conv2d(F.pad(x, (1, 1, 1, 1), mode=mode), w, b)
        x = out[name.replace("conv", "relu")] = F.relu(x)
        if i + 1 < len(KERNELS) and KERNELS[i + 1][0][4] != name[4]:
            x = F.max_pool2d(x, 2, 2, ceil_mode=ceil)
    return out


def flat(f):
    return f[0].reshape(f.shape[1], -1)  # [c, h*w]


def gram(f, divisor):
    m = flat(f)
    c, n = m.shape
    return m @ m.T / {"all": c * n, "positions": n, "one": 1}[divisor]


def differences(x):  # [1, 3, h, w]
    return x[:, :, 1:] - x[:, :, :-1], x[:, :, :, 1:] - x[:, :, :, :-1]


RELU1 = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


def seed(p, c, s, weights=(200, 200, 100)):
    """CNN-StyleNet: tf.nn.l2_loss is half a sum of squares; the counts of the total variation are swapped."""
    l2_loss = lambda t: (t ** 2).sum() / 2
    x = matconvnet(p)
    f, fc, fs = features(x, True), features(matconvnet(c), True), features(matconvnet(s), True)
    content = weights[0] * 2 * l2_loss(f["relu4_2"] - fc["relu4_2"]) / fc["relu4_2"].numel()
    style = 0
    for n in RELU1:
        want = gram(fs[n], "all")
        style = style + 2 * l2_loss(gram(f[n], "all") - want) / want.numel()
    h, w = p.shape[:2]
    down, right = differences(x)
    tv = weights[2] * 2 * (l2_loss(down) / (h * (w - 1) * 3) + l2_loss(right) / ((h - 1) * w * 3))
    return {"content": content, "style": weights[1] * style, "tv": tv}


def gatys(p, c, s):
    f, fc, fs = (features(caffe(q), False) for q in (p, c, s))
    mse = F.mse_loss
    style = sum(1e3 / f[n].shape[1] ** 2 * mse(gram(f[n], "positions"), gram(fs[n], "positions")) for n in RELU1)
    return {"content": mse(f["relu4_2"], fc["relu4_2"]), "style": style, "tv": torch.tensor(0.0)}


def johnson(p, c, s):
    x = caffe(p, 256)
    f, fc, fs = features(x, True), features(caffe(c, 256), True), features(caffe(s, 256), True)
    style = sum(1e2 * F.mse_loss(gram(f[n], "all"), gram(fs[n], "all")) for n in RELU1)
    # The program has the gradient only: strength * (x - its neighbour), over all but the last row and column.
    dx = x[:, :, :-1, :-1] - x[:, :, :-1, 1:]
    dy = x[:, :, :-1, :-1] - x[:, :, 1:, :-1]
    tv = 1e-3 * 0.5 * ((dx ** 2).sum() + (dy ** 2).sum())
    return {"content": 5 * F.mse_loss(f["relu4_2"], fc["relu4_2"]), "style": style, "tv": tv}


def anish(p, c, s):
    x = matconvnet(p)
    f, fc, fs = features(x, True), features(matconvnet(c), True), features(matconvnet(s), True)
    blend = {"relu4_2": 1.0, "relu5_2": 0.0}
    content = sum(b * 5 * F.mse_loss(f[n], fc[n]) for n, b in blend.items())
    style = sum(500 * 0.2 * F.mse_loss(gram(f[n], "all"), gram(fs[n], "all")) for n in RELU1)
    down, right = differences(x)
    return {"content": content, "style": style, "tv": 100 * ((down ** 2).mean() + (right ** 2).mean())}


def pytorch_tutorial(p, c, s):
    f, fc, fs = (features(torchvision(q), False) for q in (p, c, s))
    names = [k[0] for k in KERNELS][:5]  # conv_1 .. conv_5, before the ReLU
    style = sum(1e6 * F.mse_loss(gram(f[n], "all"), gram(fs[n], "all")) for n in names)
    return {"content": F.mse_loss(f[names[3]], fc[names[3]]), "style": style, "tv": torch.tensor(0.0)}


def tensorflow_tutorial(p, c, s):
    f, fc, fs = (features(caffe(q), False) for q in (p, c, s))
    style = 1e-2 / 5 * sum(((gram(f[n], "positions") - gram(fs[n], "positions")) ** 2).mean() for n in RELU1)
    down, right = differences(planes(p))
    return {"content": 1e4 * ((f["relu5_2"] - fc["relu5_2"]) ** 2).mean(), "style": style,
            "tv": 30 * (down.abs().sum() + right.abs().sum())}


def keras(p, c, s):
    x = caffe(p)
    f, fc, fs = features(x, False), features(caffe(c), False), features(caffe(s), False)
    size = p.shape[0] * p.shape[1]
    style = sum(1e-6 / 5 * ((gram(f[n], "one") - gram(fs[n], "one")) ** 2).sum() / (4 * 3 ** 2 * size ** 2) for n in RELU1)
    a = (x[:, :, :-1, :-1] - x[:, :, 1:, :-1]) ** 2
    b = (x[:, :, :-1, :-1] - x[:, :, :-1, 1:]) ** 2
    return {"content": 2.5e-8 * ((f["relu5_2"] - fc["relu5_2"]) ** 2).sum(), "style": style, "tv": 1e-6 * ((a + b) ** 1.25).sum()}


def d2l(p, c, s):
    x = torchvision(p)
    f, fc, fs = features(x, False), features(torchvision(c), False), features(torchvision(s), False)
    # Modules 0, 5, 10, 19 and 25 are convolutions whose ReLU follows in place; 28 is the last of the network.
    names = RELU1[:4] + ["conv5_1"]
    style = sum(1e4 * ((gram(f[n], "all") - gram(fs[n], "all")) ** 2).mean() for n in names)
    down, right = differences(x)
    return {"content": ((f["relu4_4"] - fc["relu4_4"]) ** 2).mean(), "style": style,
            "tv": 10 * 0.5 * (down.abs().mean() + right.abs().mean())}


def square_root(a):
    norm = a.norm()
    y, eye = a / norm, torch.eye(len(a))
    z = eye
    for _ in range(12):
        t = (3 * eye - z @ y) / 2
        y, z = y @ t, t @ z
    return y * norm.sqrt()


def moments(f):
    m = flat(f)
    mean = m.mean(1)
    return mean, m @ m.T / m.shape[1] - torch.outer(mean, mean) + 1e-4 * torch.eye(len(m))


def crowson(p, c, s):
    f, fc, fs = (features(torchvision(q), False, True) for q in (p, c, s))
    style, shares = 0, [256, 64, 16, 4, 1]
    for n, share in zip(RELU1, shares):
        (m, cov), (wm, wcov) = moments(f[n]), moments(fs[n])
        root = square_root(wcov)
        cross = square_root(root @ cov @ root)
        style = style + share / sum(shares) * (((m - wm) ** 2).mean() + torch.diagonal(wcov + cov - 2 * cross).mean())
    x = F.pad(planes(p), (1, 1, 1, 1), "replicate")
    i, o, a, z = slice(1, -1), slice(2, None), slice(1, None), slice(None, -1)
    tv = 2 * (((x[..., i, o] - x[..., i, i]) ** 2).mean() / 3 + ((x[..., o, i] - x[..., i, i]) ** 2).mean() / 3
              + ((x[..., a, a] - x[..., z, z]) ** 2).mean() / 12 + ((x[..., a, z] - x[..., z, a]) ** 2).mean() / 12)
    return {"content": 0.015 * F.mse_loss(f["relu4_2"], fc["relu4_2"]), "style": style, "tv": 2 * tv}


def values(terms):
    return {n: t.item() for n, t in terms.items()}


def tensorflow_adam(start, loss, steps, rate, beta1, beta2, epsilon, unit):
    """TensorFlow's Adam on the picture in its units: epsilon is added before the second mean is corrected."""
    z, m, v, record = start * unit, 0, 0, []
    for t in range(1, steps + 1):
        x = z.clone().requires_grad_(True)
        terms = loss(x / unit)
        g = torch.autograd.grad(sum(terms.values()), x)[0]
        record.append(values(terms))
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        z = z - rate * (1 - beta2 ** t) ** 0.5 / (1 - beta1 ** t) * m / (v.sqrt() + epsilon)
    return record, (z / unit).reshape(-1)


def main():
    content, style, start = picture(37, 45, 1), picture(51, 45, 2), picture(37, 45, 3)
    stretched = picture(37, 45, 4)  # a style picture of the content's size, where the program makes it so
    out = {"losses": {}, "seed": {}}
    for name, loss, s in (("seed", seed, style), ("gatys", gatys, style), ("johnson", johnson, style), ("anish", anish, style),
                          ("pytorch-tutorial", pytorch_tutorial, style), ("tensorflow-tutorial", tensorflow_tutorial, style),
                          ("keras", keras, stretched), ("d2l", d2l, stretched), ("crowson", crowson, style)):
        out["losses"][name] = values(loss(start, content, s))
    # The seed's start is almost grey: its mean colour and noise of 0.256 of 255.
    grey = MEAN / 255 + 0.256 / 255 * 3.4 * (start - 0.5)
    grey = torch.floor(grey * 65536) / 65535  # as a picture of 16 bits holds it
    for name, weights, rate, beta2, begin in (("seed", (200, 200, 100), 0.5, 0.99, grey), ("seed-main1", (200, 200, 100), 0.01, 0.999, grey),
                                       ("seed-memo", (5, 500, 100), 0.5, 0.99, start)):
        record, end = tensorflow_adam(begin, lambda p: seed(p, content, style, weights), 10, rate, 0.9, beta2, 1e-8, 255)
        out["seed"][name] = {"steps": record, "mean": end.mean().item(), "norm": end.norm().item()}
    json.dump(out, open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "presets.json"), "w"), indent=1)


if __name__ == "__main__":
    main()
