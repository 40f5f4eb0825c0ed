"""What it costs at least to carry the colours of one small picture to another's: transport.json. Run in this folder:
python transport.py. Needs NumPy and SciPy, whose linear_sum_assignment finds the cheapest pairs exactly.
"""
import json
import numpy as np
from scipy.optimize import linear_sum_assignment

random = np.random.default_rng(7)
n = 256
# a bent band of colours and two clouds: no map of means and covariances makes one from the other
t = random.uniform(0, 1, n)
start = np.stack([0.2 + 0.6 * t, 0.2 + 0.5 * t**2, 0.7 - 0.4 * np.sin(2 * t)], 1) + random.normal(0, 0.03, (n, 3))
clouds = np.where(random.uniform(size=(n, 1)) < 0.35, [[0.75, 0.55, 0.2]], [[0.2, 0.35, 0.5]])
want = clouds + random.normal(0, 0.05, (n, 3)) * [1, 0.6, 1.5]
start, want = [np.round(np.clip(x, 0, 1) * 65535).astype(int) for x in (start, want)]
cost = ((start[:, None] - want[None]) ** 2 / 65535.0**2).sum(-1)
rows, columns = linear_sum_assignment(cost)
shuffled = cost[np.arange(n), random.permutation(n)].mean()
out = {"start": start.tolist(), "want": want.tolist(), "least": cost[rows, columns].mean(), "random": shuffled}
print("least", out["least"], "at random", shuffled)
json.dump(out, open("transport.json", "w"), separators=(",", ":"))
