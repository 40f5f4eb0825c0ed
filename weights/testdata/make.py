"""Writes a network of VGG-19's layers in every format and layout that is read, with the formats' own libraries, and
want.json, which holds the SHA-256 of each layer's numbers.
Usage: python make.py          small files, beside this script
       python make.py FOLDER   files of VGG-19's full size, 3.5 GB in all, for the benchmark
(needs numpy, scipy, torch, safetensors, h5py)"""
import hashlib, json, os, sys
from collections import OrderedDict
import h5py, numpy as np, scipy.io, torch
from safetensors.numpy import save_file

full = len(sys.argv) > 1
os.chdir(sys.argv[1] if full else os.path.dirname(os.path.abspath(__file__)))
rng = np.random.default_rng(19)
names = [f"{b}_{k}" for b, n in enumerate([2, 2, 4, 4, 4], 1) for k in range(1, n + 1)]  # 1_1 ... 5_4
# In the small network neighbours differ and none is 3: no axis can be taken for another.
widths = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8 if full else [2, 4, 5, 2, 4, 5, 2, 4, 5, 2, 4, 5, 2, 4, 5, 2]
layers, cin = OrderedDict(), 3
for name, out in zip(names, widths):  # OIHW, as PyTorch has it
    layers[name] = (rng.standard_normal((out, cin, 3, 3), np.float32), rng.standard_normal(out, np.float32))
    cin = out
wide = 4096 if full else 8
dense = [(rng.standard_normal((o, i), np.float32), rng.standard_normal(o, np.float32)) for o, i in
         ((wide, cin * 49), (wide, wide), (1000 if full else 10, wide))]


def hwio(w):
    return np.ascontiguousarray(w.transpose(2, 3, 1, 0))


json.dump([{"name": "conv" + n, "in": w.shape[1], "out": w.shape[0],
            "kernel": hashlib.sha256(hwio(w).tobytes()).hexdigest(), "bias": hashlib.sha256(b.tobytes()).hexdigest()}
           for n, (w, b) in layers.items()], open("want.json", "w"), indent=1)

# ---- PyTorch and safetensors. torchvision's and timm's names count ReLU and pooling too.
numbers = [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]
features = OrderedDict()
for i, (w, b) in zip(numbers, layers.values()):
    features[f"features.{i}.weight"], features[f"features.{i}.bias"] = torch.from_numpy(w), torch.from_numpy(b)


def classifier(*keys):
    return OrderedDict((k + part, torch.from_numpy(a)) for k, d in zip(keys, dense) for part, a in zip((".weight", ".bias"), d))


torchvision = OrderedDict({**features, **classifier("classifier.0", "classifier.3", "classifier.6")})
torch.save(torchvision, "torchvision.pth")
torch.save(torchvision, "torchvision-legacy.pth", _use_new_zipfile_serialization=False)
timm = {k: v.numpy() for k, v in {**features, **classifier("pre_logits.fc1", "pre_logits.fc2", "head.fc")}.items()}
save_file(timm, "timm.safetensors", metadata={"format": "pt"})

# ---- StyleNet's own files.
own = {f"conv{n}.{part}": a for n, (w, b) in layers.items() for part, a in (("weight", hwio(w)), ("bias", b))}
facts = {"input": json.dumps({"matrix": [[4, 0, 0], [0, 5, 0], [0, 0, 6]], "offset": [-0.1, 0.2, -3]}), "padding": "replicate",
         "origin": "a test", "licence": "Apache-2.0", "sha256": "ab" * 32}
save_file(own, "stylenet.safetensors", metadata=facts)


# ---- MatConvNet, in both layouts: the order of fields and the place of the mean differ.
def cell(items):
    c = np.empty((1, len(items)), object)
    c[0, :] = items
    return c


def matconvnet(name, beta16, compress):
    kernels = [(n, hwio(w), b, 1.) for n, (w, b) in layers.items()]
    for n, (w, b) in zip("678", dense):
        kernels.append(("fc" + n, hwio(w.reshape(wide, cin, 7, 7) if n == "6" else w[:, :, None, None]), b, 0.))
    stack = []
    for n, w, b, pad in kernels:
        weights, pad = cell([w, b.reshape(1, -1)]), np.full((1, 4), pad)
        name_ = n if n[0] == "f" else "conv" + n
        stack.append({"weights": weights, "pad": pad, "type": "conv", "name": name_, "stride": np.ones((1, 2))} if beta16 else
                     {"name": name_, "type": "conv", "weights": weights, "size": np.array([w.shape], float), "pad": pad,
                      "stride": np.ones((1, 2)), "dilate": np.ones((1, 1)), "opts": np.empty((0, 0), object)})
        if n != "fc8":
            stack.append({"type": "relu", "name": "relu" + n} if beta16 else {"name": "relu" + n, "type": "relu", "leak": np.zeros((1, 1))})
        if n in ("1_2", "2_2", "3_4", "4_4", "5_4"):
            stack.append({"name": "pool" + n[0], "type": "pool", "method": "max", "pool": np.full((1, 2), 2.)})
    mean = np.array([123.68, 116.779, 103.939], np.float32)
    side = 224 if full else 4
    normal = {"imageSize": np.array([[224., 224., 3.]]), "averageImage": np.tile(mean, (side, side, 1)) if beta16 else mean.reshape(1, 1, 3)}
    rest = {"normalization": normal} if beta16 else {"meta": {"classes": {"name": cell(["cat", "dog"])}, "normalization": normal}}
    scipy.io.savemat(name, {"layers": cell(stack + [{"type": "softmax", "name": "prob"}]), **rest}, do_compression=compress, oned_as="row")


matconvnet("beta16.mat", True, False)
matconvnet("beta16-packed.mat", True, True)
matconvnet("matconvnet.mat", False, False)
matconvnet("matconvnet-packed.mat", False, True)


# ---- Keras: versions 1 and 2, the older and the newer way of version 3.
def keras(name, version, top=False, **packing):
    arrays = {f"block{n[0]}_conv{n[2]}": (hwio(w), b) for n, (w, b) in layers.items()}
    if top:
        arrays.update({n: (w.T, b) for n, (w, b) in zip(("fc1", "fc2", "predictions"), dense)})
    with h5py.File(name, "w") as f:
        f.attrs["layer_names"] = [n.encode() for n in arrays]
        for i, (n, (w, b)) in enumerate(arrays.items()):
            group, kernel, bias = {
                1: (n, f"{n}_W_1:0", f"{n}_b_1:0"), 2: (f"{n}/{n}", "kernel:0", "bias:0"), 3: (f"model_weights/{n}/{n}", "kernel", "bias"),
                "3 new": (f"layers/conv2d_{i}/vars".replace("_0/", "/"), "0", "1")}[version]
            g = f.create_group(group)
            g.create_dataset(kernel, data=w, **packing)
            g.create_dataset(bias, data=b, **packing)


keras("keras.h5", 1)
keras("keras2-top.h5", 2, top=True)
keras("keras2-gzip.h5", 2, chunks=True, compression="gzip", shuffle=True)
keras("keras3-old.h5", 3)
keras("keras3.weights.h5", "3 new")

# ---- NumPy.
plain = {f"conv{n}_{part}": a for n, (w, b) in layers.items() for part, a in (("W", w), ("b", b))}
fcs = {f"fc{n}_{part}": a for n, (w, b) in zip("678", dense) for part, a in (("W", w), ("b", b))}
np.savez("numpy.npz", **plain, **fcs)
np.savez_compressed("numpy-packed.npz", **plain, **fcs)
if full:
    sys.exit()

# ---- What is worth a test at small size only.
np.savez("numpy-odd.npz", **{k: np.asfortranarray(v.transpose(2, 3, 1, 0) if v.ndim == 4 else v).astype(">f4") for k, v in plain.items()})
torch.save({"epoch": 3, "state_dict": {"module." + k: v for k, v in features.items()}}, "wrapped.pth")
torch.save(torchvision, "protocol4.pth", pickle_protocol=4, _use_new_zipfile_serialization=False)
torch.save(OrderedDict({**features, **classifier("classifier.1", "classifier.4", "classifier.6")}), "jcjohnson.pth", _use_new_zipfile_serialization=False)

# The slim networks of Collaborative Distillation: a learned 1x1 convolution first, layers up to conv5_1, and conv11_aux beside them.
slim = OrderedDict([("conv0.weight", torch.arange(9.).reshape(3, 3, 1, 1)), ("conv0.bias", torch.tensor([-1., -2., -3.]))])
for n, (w, b) in list(layers.items())[:13]:
    slim[f"conv{n[0]}{n[2]}.weight"], slim[f"conv{n[0]}{n[2]}.bias"] = torch.from_numpy(w), torch.from_numpy(b)
slim["conv11_aux.weight"], slim["conv11_aux.bias"] = torch.zeros(64, 2, 1, 1), torch.zeros(64)
torch.save({"epoch": 20, "model": slim}, "slim.pth", _use_new_zipfile_serialization=False)
