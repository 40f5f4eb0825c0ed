"""Writes reference.json: losses, gradients and features computed by PyTorch in float64.

    python reference.py            needs torch and numpy; with pillow and 5SE.pth (its folder in STYLENET_TEST_WEIGHTS,
                                   else ../../../../../shared/weights) also writes reference_5se.json

Nothing here shares code with the Go package. Weights and pictures come from whole-number hashes, so Go makes the very
same ones; features are recorded as their mean and one random projection a layer.
"""
import base64, json, os, sys
import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
BLOCKS = [2, 2, 4, 4, 4]


def unit(n, seed):
    """n float32 values in [0, 1), from splitmix64 of seed * 2^32 + i."""
    z = np.arange(n, dtype=np.uint64) + np.uint64(seed << 32)
    with np.errstate(over="ignore"):
        z = (z + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return ((z >> np.uint64(40)).astype(np.float64) / 2**24).astype(np.float32)


def hashed_network():
    """16 convolutions of width 4 to 8, their Input matrix and offset; kernels He-scaled, biases in [-0.1, 0.1]."""
    convs, channels = [], 3
    for b, n in enumerate(BLOCKS):
        for k in range(n):
            i, out = len(convs), 4 + b
            scale = np.float32(np.sqrt(6 / (9 * channels)))
            w = (unit(9 * channels * out, 100 + i) * 2 - 1) * scale
            bias = (unit(out, 200 + i) * 2 - 1) * np.float32(0.1)
            w = torch.tensor(w.astype(np.float64)).reshape(3, 3, channels, out).permute(3, 2, 0, 1)  # HWIO -> OIHW
            convs.append((f"conv{b + 1}_{k + 1}", w.contiguous(), torch.tensor(bias.astype(np.float64))))
            channels = out
    matrix = torch.tensor((unit(9, 300) * 2 - 1).astype(np.float64)).reshape(3, 3) + 2 * torch.eye(3)[[2, 1, 0]]
    offset = torch.tensor((unit(3, 301) * 2 - 1).astype(np.float64))
    return convs, matrix.to(torch.float32).double(), offset


def pad(x, padding):
    return F.pad(x, (1, 1, 1, 1), mode={"zero": "constant", "reflect": "reflect", "replicate": "replicate"}[padding])


def features(net, picture, padding, pooling):
    """picture [h, w, 3] -> every layer, [1, c, h, w]."""
    convs, matrix, offset = net
    out = {"picture": picture.permute(2, 0, 1)[None]}
    x = torch.einsum("oi,hwi->ohw", matrix, picture)[None] + offset[None, :, None, None]
    for i, (name, w, b) in enumerate(convs):
        x = out[name] = F.conv2d(pad(x, padding), w, b)
        x = out[name.replace("conv", "relu")] = F.relu(x)
        block = name[4]
        last = i + 1 == len(convs)
        if (not last and convs[i + 1][0][4] != block) or name == "conv5_4":
            pool = F.max_pool2d if pooling == "max" else F.avg_pool2d
            x = out["pool" + block] = pool(x, 2, 2, ceil_mode=True)
    return out


def gram(f):
    c, h, w = f.shape[1:]
    f = f.reshape(c, h * w)
    return f @ f.T / (h * w * c)


def relative(got, want):
    return ((got - want) ** 2).sum() / (want ** 2).sum()


CONTENT, STYLE = ["relu4_2"], ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


def losses(net, picture, content, style, padding, pooling):
    f = features(net, picture, padding, pooling)
    with torch.no_grad():
        c, s = (features(net, p, padding, pooling) for p in (content, style))
    p = picture
    return {
        "content": sum(relative(f[n], c[n]) for n in CONTENT) / len(CONTENT),
        "style": sum(relative(gram(f[n]), gram(s[n])) for n in STYLE) / len(STYLE),
        "tv": ((p[1:] - p[:-1]) ** 2).mean() + ((p[:, 1:] - p[:, :-1]) ** 2).mean(),
    }


def pack(t):
    return base64.b64encode(t.detach().numpy().astype("<f4").tobytes()).decode()


def case(net, picture, content, style, padding, pooling):
    p = picture.clone().requires_grad_(True)
    terms = losses(net, p, content, style, padding, pooling)
    gradients = {n: torch.autograd.grad(t, p, retain_graph=True)[0] for n, t in terms.items()}
    return {"padding": padding, "pooling": pooling, "losses": {n: t.item() for n, t in terms.items()},
            "gradients": {n: pack(g) for n, g in gradients.items()}}


def projections(net, picture, padding, pooling):
    rows = {}
    for i, (name, f) in enumerate(features(net, picture, padding, pooling).items()):
        hwc = f[0].permute(1, 2, 0)
        direction = torch.tensor(unit(hwc.numel(), 400 + i).astype(np.float64)) - 0.5
        rows[name] = {"shape": [1, *hwc.shape], "mean": hwc.mean().item(), "norm": hwc.norm().item(),
                      "projection": (hwc.reshape(-1) @ direction).item()}
    return rows


def adam(net, start, content, style, weights, steps, rate):
    """The paper's algorithm 1 in float64, the picture clipped to [0, 1] after each step."""
    p, m, v, record = start.clone(), 0, 0, []
    for t in range(1, steps + 1):
        x = p.clone().requires_grad_(True)
        terms = {n: weights[n] * l for n, l in losses(net, x, content, style, "zero", "max").items()}
        g = torch.autograd.grad(sum(terms.values()), x)[0]
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        p = (p - rate * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)).clamp(0, 1)
        record.append({n: l.item() for n, l in terms.items()})
    return {"weights": weights, "rate": rate, "terms": record, "picture": pack(p)}


def picture(h, w, seed):
    """16-bit values, which Go's pictures hold exactly."""
    return torch.tensor(np.floor(unit(h * w * 3, seed).astype(np.float64) * 65536) / 65535).reshape(h, w, 3)


def main():
    net = hashed_network()
    content, style, start = picture(21, 19, 1), picture(18, 23, 2), picture(21, 19, 3)
    out = {"cases": [case(net, start, content, style, padding, pooling)
                     for padding in ("zero", "reflect", "replicate") for pooling in ("max", "avg")],
           "features": projections(net, start, "zero", "max"),
           "adam": adam(net, start, content, style, {"content": 1.0, "style": 100.0, "tv": 10.0}, 10, 0.02)}
    json.dump(out, open("reference.json", "w"), indent=1)


def load_5se(path):
    model = torch.load(path, map_location="cpu", weights_only=True)["model"]
    layer = lambda n: (model[n + ".weight"].double(), model[n + ".bias"].double())
    w0, b0 = layer("conv0")
    convs = []
    for b, n in enumerate(BLOCKS):
        for k in range(n):
            if f"conv{b + 1}{k + 1}.weight" in model:
                convs.append((f"conv{b + 1}_{k + 1}", *layer(f"conv{b + 1}{k + 1}")))
    return convs, w0[:, :, 0, 0], b0


def main_5se():
    path = os.path.join(os.environ.get("STYLENET_TEST_WEIGHTS", "../../../../../shared/weights"), "5SE.pth")
    if not os.path.exists(path):
        sys.exit(f"no {path}: reference_5se.json is left as it is")
    from PIL import Image
    read = lambda name: torch.tensor(np.asarray(Image.open(os.path.join("../../../testdata", name)).convert("RGB"), dtype=np.float64) / 255)
    content, style = read("content.png"), read("style.png")
    start = content.flip(1)
    net = load_5se(path)
    out = {"cases": [case(net, start, content, style, "reflect", pooling) for pooling in ("max", "avg")]}
    json.dump(out, open("reference_5se.json", "w"), indent=1)


if __name__ == "__main__":
    main()
    main_5se()
