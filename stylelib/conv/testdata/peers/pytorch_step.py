"""One style-transfer step in PyTorch, timed: a peer of `stylenet bench`, see README.md.

    python pytorch_step.py 224x224 STEPS WEIGHTS [--channels-last] [--bf16] [--compile]

The same work as our step: VGG-19 to relu5_1, five Gram matrices, content at relu4_2, total variation, gradient, Adam,
clip, from the same weights and pictures.
"""
import torch
import torch.nn.functional as F
import work


def features(convs, x, bf16):
    out = {}
    for name, (kernel, bias) in convs.items():
        if name.endswith("_1") and name != "conv1_1":
            x = F.max_pool2d(x, 2, 2, ceil_mode=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            x = F.relu(F.conv2d(x, kernel, bias, padding=1))
        layer = name.replace("conv", "relu")
        if layer in work.STYLE or layer == work.CONTENT:
            out[layer] = x.float()
    return out


def gram(f):
    f = f.flatten(2)[0]
    return f @ f.T / f.numel()


def main():
    o = work.arguments("--channels-last", "--bf16", "--compile")
    layout = torch.channels_last if o.channels_last else torch.contiguous_format
    arrays, matrix, offset = work.network(o.weights)
    convs = {n: (torch.tensor(k).permute(3, 2, 0, 1).contiguous(memory_format=layout), torch.tensor(b)) for n, (k, b) in arrays.items()}
    del arrays
    matrix, offset = torch.tensor(matrix).view(3, 3, 1, 1), torch.tensor(offset)
    enter = lambda x: F.conv2d(x, matrix, offset).contiguous(memory_format=layout)
    load = lambda seed: torch.tensor(work.picture(o, seed)).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    with torch.no_grad():
        content = features(convs, enter(load(1)), o.bf16)[work.CONTENT]
        style = {n: gram(f) for n, f in features(convs, enter(load(2)), o.bf16).items() if n in work.STYLE}
    picture = load(3).requires_grad_(True)
    adam = torch.optim.Adam([picture], lr=work.RATE)
    relative = lambda a, b: ((a - b) ** 2).mean() / (b**2).mean()

    def losses(x):
        f = features(convs, enter(x), o.bf16)
        tv = ((x[:, :, 1:] - x[:, :, :-1]) ** 2).mean() + ((x[:, :, :, 1:] - x[:, :, :, :-1]) ** 2).mean()
        return {"content": relative(f[work.CONTENT], content),
                "style": work.STYLE_WEIGHT * sum(relative(gram(f[n]), style[n]) for n in work.STYLE) / len(work.STYLE),
                "tv": work.TV_WEIGHT * tv}

    if o.compile:
        losses = torch.compile(losses)

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
