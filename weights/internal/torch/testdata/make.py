"""Writes the .pth files beside this script and want.json, which holds what PyTorch reads from them.
Usage: python make.py   (needs torch)"""
import collections, json, os, pickle, types
import torch  # warns that storage() is old; that is what Python2 needs

os.chdir(os.path.dirname(os.path.abspath(__file__)))
want = {}


def save(name, obj, **options):
    torch.save(obj, name, **options)
    want[name] = {k: {"shape": list(v.shape), "values": v.float().flatten().tolist()} for k, v in flat(obj)}


def flat(obj, prefix=""):
    for k, v in obj.items():
        if isinstance(v, torch.Tensor):
            yield prefix + k, v.detach()
        elif isinstance(v, dict):
            yield from flat(v, f"{prefix}{k}.")


class Python2(pickle._Pickler):
    """A pickler that writes what Python 2 and the PyTorch of 2017 wrote: byte strings, an OrderedDict as a list of
    pairs, and tensors through _rebuild_tensor."""

    def save_str(self, s):
        b = s.encode("ascii")
        self.write(b"U" + bytes([len(b)]) + b)
        self.memoize(s)

    def save_ordered(self, d):
        self.save_reduce(collections.OrderedDict, ([[k, v] for k, v in d.items()],), obj=d)

    def save_tensor(self, t):
        args = (t.storage(), t.storage_offset(), tuple(t.size()), t.stride())
        self.save_reduce(torch._utils._rebuild_tensor, args, obj=t)

    dispatch = {**pickle._Pickler.dispatch, str: save_str, collections.OrderedDict: save_ordered, torch.Tensor: save_tensor}


torch.manual_seed(5)
x = torch.randn(4, 2, 3, 3)
odd = collections.OrderedDict([
    ("plain", x), ("turned", x.permute(2, 3, 1, 0)), ("part", x[2:4, :, 1]), ("parameter", torch.nn.Parameter(x[0])),
    ("half", x.half()), ("bfloat16", x.bfloat16()), ("double", x.double()),
    ("long", torch.tensor([1, -2, 3])), ("int", torch.tensor([4, -5], dtype=torch.int32)),
    ("short", torch.tensor([6, -7], dtype=torch.int16)), ("char", torch.tensor([8, -9], dtype=torch.int8)),
    ("byte", torch.tensor([200], dtype=torch.uint8)), ("bool", torch.tensor([True, False])),
    ("scalar", torch.tensor(2.5)), ("empty", torch.zeros(0, 3)),
    ("halves", torch.tensor([0., -0., 1., -2., 65504., 6e-8, 6.1e-5, 1/3]).half()),
])
save("odd.pth", odd)
save("odd-legacy.pth", odd, _use_new_zipfile_serialization=False)

nested = {"epoch": 20, "lr": 1e-4, "note": "x" * 300, "model": collections.OrderedDict([("a.weight", x), ("a.bias", x[:, 0, 0, 0])]),
          "optimizer": {"state": {0: {"step": 1}}, "betas": (0.9, 0.999), "none": None, "sizes": x.size()}}
nested["model"]._metadata = collections.OrderedDict([("", {"version": 1})])
save("nested.pth", nested)
save("nested-legacy.pth", nested, _use_new_zipfile_serialization=False)
save("python2.pth", collections.OrderedDict([("a.weight", x), ("a.bias", x[:, 0, 0, 0].clone())]),
     _use_new_zipfile_serialization=False, pickle_module=types.SimpleNamespace(Pickler=Python2, dump=lambda o, f, protocol: Python2(f, protocol).dump(o), __name__="pickle", load=pickle.load))
for name in want:  # PyTorch itself must read them back
    torch.load(name, weights_only=False)
json.dump(want, open("want.json", "w"), indent=None, separators=(",", ":"))
