"""What the peers do alike: arguments, pictures, the network's file. Needs numpy."""
import argparse, json, resource, sys, time
import numpy as np

STYLE, CONTENT = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"], "relu4_2"
TERMS, RATE = {"content": 1, "style": 100, "tv": 10}, 0.05


def arguments(*flags):
    p = argparse.ArgumentParser()
    p.add_argument("size", help="WxH"), p.add_argument("steps", type=int), p.add_argument("weights", help="safetensors, as stylenet writes it")
    for flag in flags:
        p.add_argument(flag, action="store_true")
    o = p.parse_args()
    o.width, o.height = map(int, o.size.split("x"))
    return o


def picture(o, seed):
    """The picture of `stylenet bench` [1, h, w, 3], noise in [0, 1]: 1 is the content, 2 the style, 3 the start."""
    i = np.arange(o.height * o.width * 3, dtype=np.uint32)
    code = (i + np.uint32(seed << 20)) * np.uint32(2654435761) >> np.uint32(24)
    return (code.astype(np.float32) / 255).reshape(1, o.height, o.width, 3)


def network(path):
    """The convolutions to conv5_1, by name: kernel [3, 3, in, out] and bias [out]; how a picture enters: matrix [3, 3]
    and offset [3]; and whether features are halved by averages, else by maxima."""
    with open(path, "rb") as f:
        length = int.from_bytes(f.read(8), "little")
        head = json.loads(f.read(length))
    about = head["__metadata__"]
    entrance, padding, pooling = json.loads(about["input"]), about["padding"], about.get("pooling", "max")
    if padding != "zero":
        sys.exit(f"the network in {path} has {padding} padding; the peers have zero padding")
    if pooling not in ("avg", "max"):
        sys.exit(f"the network in {path} has {pooling} pooling; the peers have avg and max")

    def array(name):
        a = head[name]
        kind, start = {"F32": "<f4", "F16": "<f2"}[a["dtype"]], 8 + length + a["data_offsets"][0]
        return np.fromfile(path, kind, np.prod(a["shape"]), offset=start).reshape(a["shape"]).astype(np.float32)

    names = [n for block, count in enumerate([2, 2, 4, 4, 1]) for n in [f"conv{block + 1}_{k + 1}" for k in range(count)]]
    convs = {n: (array(n + ".weight"), array(n + ".bias")) for n in names}
    return convs, np.array(entrance["matrix"], np.float32), np.array(entrance["offset"], np.float32), pooling == "avg"


def run(o, step):
    """Times the steps. step() does one and returns, when it has ended, the losses of the picture before it by term.
    The milliseconds go to standard output, one a line; the first step's losses and the peak of memory to standard error."""
    for n in range(o.steps):
        start = time.perf_counter()
        losses = step()
        print(f"{(time.perf_counter() - start) * 1000:.2f}", flush=True)
        if n == 0:
            print("losses", json.dumps({k: float(v) for k, v in losses.items()}), file=sys.stderr)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB", file=sys.stderr)
