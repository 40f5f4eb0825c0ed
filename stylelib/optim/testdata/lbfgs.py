"""Records every point that PyTorch's LBFGS with strong_wolfe evaluates on three functions, and the minima that SciPy's
L-BFGS-B finds of two functions in the box [0, 1], all in float64.

python lbfgs.py > lbfgs.json
"""
import json

import numpy as np
import scipy.optimize
import torch

torch.set_default_dtype(torch.float64)


def quadratic(x):  # condition 1000, axes mixed
    n = x.numel()
    i = torch.arange(n)
    scale = 1000 ** (i / (n - 1))
    y = x + torch.roll(x, 1) / 2
    return (scale * y * y).sum() / 2


def rosenbrock(x):
    a, b = x[:-1], x[1:]
    return (100 * (b - a * a) ** 2 + (1 - a) ** 2).sum()


def valley(x):  # Rosenbrock's, ten times flatter
    a, b = x[:-1], x[1:]
    return (10 * (b - a * a) ** 2 + (1 - a) ** 2).sum()


def ripples(x):  # so that brackets are found and shrunk
    return (x * x + 3 * torch.sin(4 * x)).sum() + (x[0] * x[1]) ** 2


def record(fn, start, history, evaluations):
    x = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.LBFGS([x], history_size=history, max_iter=evaluations, max_eval=10**6, line_search_fn="strong_wolfe",
                                  tolerance_grad=1e-5)
    points, losses = [], []

    def closure():
        optimizer.zero_grad()
        loss = fn(x)
        loss.backward()
        points.append(x.detach().tolist())
        losses.append(loss.item())
        return loss

    optimizer.step(closure)
    return {"name": fn.__name__, "history": history, "points": points[:evaluations], "losses": losses[:evaluations],
            "iterations": optimizer.state[x]["n_iter"]}


def bounded():
    found = []
    for fn, start in [(quadratic, [0.9, 0.1] * 6), (valley, [0.2, 0.1, 0.6, 0.3])]:
        def both(x):
            x = torch.tensor(x, requires_grad=True)
            loss = fn(x - 0.4 * torch.cos(3.0 * torch.arange(x.numel())))  # a minimum partly outside of the box
            loss.backward()
            return loss.item(), x.grad.numpy()
        best = scipy.optimize.minimize(both, np.array(start), jac=True, method="L-BFGS-B", bounds=[(0, 1)] * len(start),
                                       options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000})
        found.append({"name": fn.__name__, "start": start, "minimum": best.x.tolist(), "loss": best.fun, "evaluations": best.nfev})
    return found


cases = [
    record(quadratic, [1.0, -2.0, 3.0, -1.0, 0.5, 2.0, -0.7, 1.3], 5, 50),
    record(rosenbrock, [-1.2, 1.0], 10, 45),
    record(rosenbrock, [-1.2, 1.0], 1, 22),
    record(rosenbrock, [-1.2, 1.0, -1.2, 1.0, -1.2, 1.0], 4, 50),
    record(ripples, [2.0, -1.5, 0.3], 5, 16),
]
print(json.dumps({"runs": cases, "bounded": bounded()}, indent=0))
