"""One style-transfer step in PyTorch, timed: a peer of `stylenet bench`, see README.md.

    python pytorch_step.py 224x224 STEPS WEIGHTS [--channels-last] [--bf16] [--compile]

The same work as our step: VGG-19 to relu5_1, five Gram matrices, content at relu4_2, total variation, gradient, Adam,
clip, from the same weights and pictures.
"""
import torch
import work
from pytorch_loss import Loss


def main():
    o = work.arguments("--channels-last", "--bf16", "--compile")
    layout = torch.channels_last if o.channels_last else torch.contiguous_format
    losses = Loss(o.weights, work.picture(o, 1), work.picture(o, 2), work.TERMS, layout, o.bf16)
    picture = losses.enter(work.picture(o, 3)).requires_grad_(True)
    adam = torch.optim.Adam([picture], lr=work.RATE)
    if o.compile:
        losses = torch.compile(losses.__call__)

    def step():
        adam.zero_grad(set_to_none=True)
        terms = losses(picture)
        sum(terms.values()).backward()
        adam.step()
        with torch.no_grad():
            picture.clamp_(0, 1)
        return {name: term.detach() for name, term in terms.items()}

    work.run(o, step)


main()
