"""Records the features of the built-in network for a test picture, computed by PyTorch in float64: golden.json.

    python golden.py ../../../weights/stylenet.safetensors
"""
import json
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

arrays = load_file(sys.argv[1])
h, w = 40, 48
y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
# The same picture as in builtin_test.go: integers, then a division.
picture = torch.stack([(7 * x + 3 * y) % 32, (5 * x * y) % 32, (x * x + 11 * y) % 32]).double() / 31

features = ((picture - 0.5) / 0.27)[None]
layers = {}
names = [name[: -len(".weight")] for name in arrays if name.endswith(".weight")]
for name in sorted(names):
    kernel = arrays[name + ".weight"].double().permute(3, 2, 0, 1)
    features = F.relu(F.conv2d(features, kernel, arrays[name + ".bias"].double(), padding=1))
    at = features[0, :, features.shape[2] // 2, features.shape[3] // 3]
    layers["relu" + name[len("conv"):]] = {
        "shape": list(features.shape[2:]) + [features.shape[1]],
        "mean": features.mean().item(),
        "deviation": features.std(unbiased=False).item(),
        "channels": at[:8].tolist(),
    }
    if name in ("conv1_2", "conv2_2", "conv3_4", "conv4_4"):
        features = F.avg_pool2d(features, 2, 2, ceil_mode=True, count_include_pad=False)
with open("golden.json", "w") as f:
    json.dump(layers, f, indent=1)
