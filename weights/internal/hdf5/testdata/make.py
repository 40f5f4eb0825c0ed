"""Writes the .h5 files beside this script with h5py, and want.json, which holds what h5py reads from them.
Usage: python make.py   (needs numpy, h5py)"""
import json, os
import h5py, numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rng = np.random.default_rng(8)
x = rng.standard_normal((3, 3, 5, 4), np.float32)
want = {}


def fill(f, chunks):
    f["plain"] = x
    f["group/inner/kernel:0"] = x[0]
    f["scalar"] = np.float32(2.5)
    f["half"], f["double"], f["big"] = x[0, 0].astype("f2"), x[0, 0].astype("f8"), x[0, 0].astype(">f4")
    for t in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i2"):
        f["whole_" + t.replace(">", "big_")] = np.array([1, 2, 100], t)
    f.create_dataset("text", data="a text")
    if chunks:  # none divides the shape, so chunks reach over the end
        f.create_dataset("chunked", data=x, chunks=(2, 3, 2, 3))
        f.create_dataset("gzip", data=x, chunks=(2, 2, 3, 4), compression="gzip")
        f.create_dataset("gzip_shuffle", data=x, chunks=(3, 1, 4, 3), compression="gzip", shuffle=True)
        f.create_dataset("many", data=np.arange(3000, dtype="f4"), chunks=(7,), compression="gzip")
    space, plist = h5py.h5s.create_simple((4,)), h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.COMPACT)
    h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, space, plist).write(h5py.h5s.ALL, h5py.h5s.ALL, x[0, 0, 0])


def record(name):
    with h5py.File(name) as f:
        found = {}
        f.visititems(lambda path, o: found.__setitem__(path, o[()]) if isinstance(o, h5py.Dataset) and o.dtype.kind in "fiu" else None)
    want[name] = {k: {"shape": list(v.shape), "values": np.asarray(v, np.float32).ravel().tolist()} for k, v in found.items()}


with h5py.File("default.h5", "w") as f:
    fill(f, True)
    f.attrs["names"] = [b"layer%d" % i for i in range(40)]  # attributes that fill the header and go on elsewhere
    f["link"] = h5py.SoftLink("/plain")
with h5py.File("many.h5", "w") as f:  # more than one table of names, and a tree over them
    for i in range(30):
        f[f"g{i:03}/v"] = np.array([i], "f4")
with h5py.File("latest.h5", "w", libver="latest") as f:  # newer structures, of which those without chunks are read
    f["plain"], f["group/kernel"] = x, x[0]
for name in ("default.h5", "many.h5", "latest.h5"):
    record(name)
with h5py.File("refused-dense.h5", "w", libver="latest") as f:
    for i in range(20):
        f[f"v{i}"] = np.zeros(2)
with h5py.File("refused-lzf.h5", "w") as f:
    f.create_dataset("v", data=x, chunks=(3, 3, 5, 4), compression="lzf")
with h5py.File("refused-chunks.h5", "w", libver="latest") as f:
    f.create_dataset("v", data=x, chunks=(3, 3, 5, 2))
json.dump(want, open("want.json", "w"), separators=(",", ":"))
