"""Prints the SHA-256 of weights.Random(seed) for the seeds given, from the definition, with NumPy alone."""
import hashlib, sys
import numpy as np

M = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
WIDTHS = [64] * 2 + [128] * 2 + [256] * 4 + [512] * 8


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def digest(seed):
    h, cin = hashlib.sha256(), 3
    for layer, out in enumerate(WIDTHS):
        n = 9 * cin * out
        key = mix(np.array([(seed + (layer + 1) * GOLDEN) & M], np.uint64))
        count = np.arange(1, n // 2 + 1, dtype=np.uint64)
        bits = mix(key + count * np.uint64(GOLDEN))
        halves = bits.astype("<u8").view("<i4")          # low half first
        odd = (halves >> 9) * 2 + 1
        scale = np.float32(np.sqrt(np.float64(2) / np.float64(3 * cin)) / 2**23)
        h.update((odd.astype(np.float32) * scale).astype("<f4").tobytes())
        h.update(np.zeros(out, "<f4").tobytes())
        cin = out
    return h.hexdigest()


for seed in map(int, sys.argv[1:]):
    print(seed, digest(seed))
