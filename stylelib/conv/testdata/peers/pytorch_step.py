"""One style-transfer step in PyTorch, timed: the peer of `stylenet bench`.

    python pytorch_step.py 224x224 STEPS [--channels-last] [--bf16] [--compile] [--weights FILE.pth]

The same work as our step: VGG-19 to relu5_1, five Gram matrices, content at relu4_2, total variation, gradient, Adam,
clip. Prints the milliseconds of each step, one a line; the peak memory of the process in MB goes to stderr.
Without a file of torchvision's weights the network is random, He-scaled, which takes as long.
"""
import argparse, resource, sys, time
import torch
import torch.nn.functional as F

BLOCKS = [(64, 2), (128, 2), (256, 4), (512, 4), (512, 1)]  # to conv5_1
STYLE, CONTENT = {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}, "relu4_2"


def network(path):
    convs, channels = [], 3
    for out, n in BLOCKS:
        for _ in range(n):
            convs.append([torch.randn(out, channels, 3, 3) * (2 / (9 * channels)) ** 0.5, torch.zeros(out)])
            channels = out
    if path:
        state = torch.load(path, weights_only=True)
        names = sorted((k for k in state if k.startswith("features") and k.endswith("weight")), key=lambda k: int(k.split(".")[1]))
        for conv, name in zip(convs, names):
            conv[:] = state[name], state[name.replace("weight", "bias")]
    return convs


def features(convs, x, bf16):
    out, i = {}, 0
    for b, (_, n) in enumerate(BLOCKS):
        for k in range(n):
            w, bias = convs[i]
            i += 1
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
                x = F.relu(F.conv2d(x, w, bias, padding=1))
            name = f"relu{b + 1}_{k + 1}"
            if name in STYLE or name == CONTENT:
                out[name] = x.float()
        if b < 4:
            x = F.max_pool2d(x, 2, 2, ceil_mode=True)
    return out


def gram(f):
    f = f.flatten(2)[0]
    return f @ f.T / f.numel()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("size"), p.add_argument("steps", type=int), p.add_argument("--weights")
    for flag in ("--channels-last", "--bf16", "--compile"):
        p.add_argument(flag, action="store_true")
    o = p.parse_args()
    w, h = map(int, o.size.split("x"))
    torch.manual_seed(0)
    layout = torch.channels_last if o.channels_last else torch.contiguous_format
    convs = [[k.to(memory_format=layout), b] for k, b in network(o.weights)]
    mean, std = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    enter = lambda x: ((x - mean) / std).contiguous(memory_format=layout)
    with torch.no_grad():
        content = features(convs, enter(torch.rand(1, 3, h, w)), o.bf16)[CONTENT]
        style = {n: gram(f) for n, f in features(convs, enter(torch.rand(1, 3, h, w)), o.bf16).items() if n in STYLE}
    picture = (0.5 + 0.1 * torch.randn(1, 3, h, w)).clamp(0, 1).requires_grad_(True)
    adam = torch.optim.Adam([picture], lr=0.001)
    relative = lambda a, b: ((a - b) ** 2).mean() / (b**2).mean()

    def loss(x):
        f = features(convs, enter(x), o.bf16)
        tv = ((x[:, :, 1:] - x[:, :, :-1]) ** 2).mean() + ((x[:, :, :, 1:] - x[:, :, :, :-1]) ** 2).mean()
        return relative(f[CONTENT], content) + 100 * sum(relative(gram(f[n]), style[n]) for n in STYLE) / 5 + 10 * tv

    if o.compile:
        loss = torch.compile(loss)
    for _ in range(o.steps):
        start = time.perf_counter()
        adam.zero_grad(set_to_none=True)
        loss(picture).backward()
        adam.step()
        with torch.no_grad():
            picture.clamp_(0, 1)
        print(f"{(time.perf_counter() - start) * 1000:.1f}", flush=True)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB", file=sys.stderr)


main()
