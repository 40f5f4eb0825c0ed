"""Writes a small network of VGG-19's layers beside this script in every format and layout that is read, with the
formats' own libraries, and want.json, which holds the SHA-256 of each layer's numbers.
Usage: python make.py   (needs numpy, torch, safetensors)"""
import hashlib, json, os
from collections import OrderedDict
import numpy as np
import torch
from safetensors.numpy import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rng = np.random.default_rng(19)
names = [f"{b}_{k}" for b, n in enumerate([2, 2, 4, 4, 4], 1) for k in range(1, n + 1)]  # 1_1 ... 5_4
widths = [2, 4, 5, 2, 4, 5, 2, 4, 5, 2, 4, 5, 2, 4, 5, 2]  # neighbours differ, and none is 3: no axis can be taken for another
layers, cin = OrderedDict(), 3
for name, out in zip(names, widths):  # OIHW, as PyTorch has it
    layers[name] = (rng.standard_normal((out, cin, 3, 3), np.float32), rng.standard_normal(out, np.float32))
    cin = out


def hwio(w):
    return np.ascontiguousarray(w.transpose(2, 3, 1, 0))


json.dump([{"name": "conv" + n, "in": w.shape[1], "out": w.shape[0],
            "kernel": hashlib.sha256(hwio(w).tobytes()).hexdigest(), "bias": hashlib.sha256(b.tobytes()).hexdigest()}
           for n, (w, b) in layers.items()], open("want.json", "w"), indent=1)

# torchvision's and timm's names: the number of the layer in a list that counts ReLU and pooling too.
numbers = [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]
features = OrderedDict()
for i, (w, b) in zip(numbers, layers.values()):
    features[f"features.{i}.weight"], features[f"features.{i}.bias"] = torch.from_numpy(w), torch.from_numpy(b)
classifier = OrderedDict([("classifier.0.weight", torch.zeros(8, 98)), ("classifier.0.bias", torch.zeros(8))])
torch.save({**features, **classifier}, "torchvision.pth")
torch.save(OrderedDict({**features, **classifier}), "torchvision-legacy.pth", _use_new_zipfile_serialization=False)
torch.save({"epoch": 3, "state_dict": {"module." + k: v for k, v in features.items()}}, "wrapped.pth")
save_file({k: v.numpy() for k, v in features.items()} | {"head.fc.weight": np.zeros((8, 8), np.float32)}, "timm.safetensors", metadata={"format": "pt"})

# The slim networks of Collaborative Distillation: a learned 1x1 convolution first, layers up to conv5_1, and conv11_aux beside them.
slim = OrderedDict([("conv0.weight", torch.arange(9.).reshape(3, 3, 1, 1)), ("conv0.bias", torch.tensor([-1., -2., -3.]))])
for n, (w, b) in list(layers.items())[:13]:
    slim[f"conv{n[0]}{n[2]}.weight"], slim[f"conv{n[0]}{n[2]}.bias"] = torch.from_numpy(w), torch.from_numpy(b)
slim["conv11_aux.weight"], slim["conv11_aux.bias"] = torch.zeros(64, 2, 1, 1), torch.zeros(64)
torch.save({"epoch": 20, "model": slim}, "slim.pth", _use_new_zipfile_serialization=False)

# StyleNet's own files.
own = {}
for n, (w, b) in layers.items():
    own[f"conv{n}.weight"], own[f"conv{n}.bias"] = hwio(w), b
facts = {"input": json.dumps({"Matrix": [[4, 0, 0], [0, 5, 0], [0, 0, 6]], "Offset": [-0.1, 0.2, -3]}), "padding": "replicate",
         "origin": "a test", "licence": "Apache-2.0", "sha256": "ab" * 32}
save_file(own, "stylenet.safetensors", metadata=facts)
