"""Prints the fingerprints of filters.go: each of the 24 filters of VGG-19's conv1_1 that a pruned network kept, brought
to length 1 and multiplied by 8 pseudo-random vectors of ±1. They tell the filters apart and do not give them back.
Usage: python make_filters.py e1_base.pth   (of Collaborative-Distillation, trained_models/small16x_ae_base; needs torch)"""
import sys
import numpy as np
import torch

M = (1 << 64) - 1


def mix(z):  # SplitMix64, as in random.go
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M
    return z ^ (z >> 31)


signs = np.array([[1 - 2 * (mix(k) >> i & 1) for i in range(27)] for k in range(1, 9)], float)


def prints(w):  # [n, 3, 3, 3]: filter, height, width, RGB
    w = w.reshape(len(w), 27).astype(float)
    return w / np.linalg.norm(w, axis=1, keepdims=True) @ signs.T


w = torch.load(sys.argv[1], map_location="cpu")["conv11.weight"].numpy()[:, ::-1].transpose(0, 2, 3, 1)  # from BGR, OIHW
known = prints(w)
for name, v in {"as it is": w, "turned": w.transpose(0, 2, 1, 3), "BGR": w[..., ::-1], "turned BGR": w.transpose(0, 2, 1, 3)[..., ::-1]}.items():
    far = abs(known[:, None] - prints(v)[None]).max(2).min(1)  # of each from the next filter
    print(f"// {name}: {(far < 0.01).sum()} of {len(w)} found, the next at {np.sort(far)[:3]}")
for row in known:
    print("\t{" + ", ".join(f"{x:.4f}" for x in row) + "},")
