"""Style transfer by torch.optim.LBFGS, its losses timed: a peer of `stylenet bench -to-loss`, see README.md.

    python pytorch_lbfgs.py CONTENT STYLE EVALUATIONS WEIGHTS TERMS [--strong-wolfe]

The loss is our default one, with the weights in TERMS, such as content=1,style=100,tv=10. The picture starts as the content
picture and is not clipped. The optimiser's settings are PyTorch's own. Each line has the seconds from the start of the first
evaluation to the end of this one, of loss and gradient, and the loss.
"""
import time

began = time.perf_counter()
import argparse, sys
import numpy as np
import torch
from PIL import Image
from pytorch_loss import Loss


class Enough(Exception):
    """All evaluations are done."""


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("content"), p.add_argument("style"), p.add_argument("evaluations", type=int)
    p.add_argument("weights", help="safetensors, as stylenet writes it")
    p.add_argument("terms", help="NAME=WEIGHT,… of content, style and tv")
    p.add_argument("--strong-wolfe", action="store_true", help="with a line search by the strong Wolfe conditions")
    o = p.parse_args()
    o.terms = {name: float(weight) for name, weight in (term.split("=") for term in o.terms.split(","))}
    return o


def picture(path):
    """The picture of a file, [1, h, w, 3] in [0, 1]."""
    return np.asarray(Image.open(path).convert("RGB"), np.float32)[None] / 255


def main():
    o = arguments()
    imported = time.perf_counter()
    content = picture(o.content)
    losses = Loss(o.weights, content, picture(o.style), o.terms, torch.channels_last)
    x = losses.enter(content).contiguous().requires_grad_(True)  # LBFGS takes no channels_last; features() puts it in that order
    lbfgs = torch.optim.LBFGS([x], max_iter=o.evaluations, line_search_fn="strong_wolfe" if o.strong_wolfe else None)
    start, left = time.perf_counter(), o.evaluations
    print(f"imports {imported - began:.2f} s, network and pictures {start - imported:.2f} s", file=sys.stderr)

    def closure():
        nonlocal left
        if left == 0:
            raise Enough
        left -= 1
        lbfgs.zero_grad()
        loss = sum(losses(x).values())
        loss.backward()
        print(f"{time.perf_counter() - start:.4f} {loss.item():.8g}", flush=True)
        return loss

    try:
        while True:  # where a step ends early, as users go on
            lbfgs.step(closure)
    except Enough:
        pass


main()
