"""Writes the .npz files beside this script with NumPy, and want.json, which holds what NumPy reads from them.
Usage: python make.py   (needs numpy)"""
import json, os
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
x = np.random.default_rng(4).standard_normal((4, 2, 3, 3), np.float32)
arrays = {"plain": x, "fortran": np.asfortranarray(x), "big": x.astype(">f4"), "fortran_big": np.asfortranarray(x.astype(">f4")),
          "half": x.astype("f2"), "double": x[0].astype("f8"), "scalar": np.array(2.5, "f4"), "empty": np.zeros((0, 3), "f4"), "row": x[0, 0, 0],
          "bool": np.array([True, False]), "text": np.array(["a text"]),
          **{"whole_" + t.replace(">", "big_"): np.array([1, 2, 100], t) for t in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i4")}}
np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays)
json.dump({k: {"shape": list(v.shape), "values": v.astype("f4").ravel().tolist()} for k, v in arrays.items() if v.dtype.kind != "U"},
          open("want.json", "w"), separators=(",", ":"))
