"""Writes the .mat files beside this script with SciPy, and want.json, which holds what SciPy reads from them.
Usage: python make.py   (needs numpy, scipy)"""
import json, os
import numpy as np
import scipy.io, scipy.io.matlab._mio5 as mio5

os.chdir(os.path.dirname(os.path.abspath(__file__)))
x = np.random.default_rng(3).standard_normal((3, 4, 2, 5), np.float32)


def cell(*items):
    c = np.empty((1, len(items)), object)
    c[0, :] = items
    return c


pair = np.zeros((1, 2), [("value", object)])
pair["value"][0, 0], pair["value"][0, 1] = np.float32(7), np.float32(8)
content = {
    "first": "a text", "x": x, "double": x[0].astype("f8"), "one": np.float32(1.5), "row": x[0, 0, 0],
    "whole": np.arange(12, dtype="f4").reshape(3, 4) * 20, "small": np.array([[1.0, 2.0]]), "wide": np.array([[1.0, 60000.0]]),
    "int": np.array([[-1, 2]], "i2"), "empty": np.zeros((0, 0)), "cells": cell(x[1], cell(x[2, 0]), "t", np.empty((0, 0), object)),
    "struct": {"name": "conv", "weights": cell(x[0, 0], x[0, 1]), "deep": {"pad": np.array([[1.0, 1, 1, 1]])}}, "pair": pair,
}
want = {"x": x, "double": x[0], "one": np.full((1, 1), 1.5), "row": x[0, 0, :1], "whole": content["whole"], "small": content["small"],
        "wide": content["wide"], "int": content["int"], "empty": content["empty"], "cells{1}": x[1], "cells{2}{1}": x[2, 0],
        "struct.weights{1}": x[0, 0], "struct.weights{2}": x[0, 1], "struct.deep.pad": np.ones((1, 4)),
        "pair(1).value": np.full((1, 1), 7), "pair(2).value": np.full((1, 1), 8)}

for packed in (False, True):
    scipy.io.savemat("packed.mat" if packed else "plain.mat", content, do_compression=packed, oned_as="row")


# MATLAB itself stores whole numbers in the smallest type that holds them; SciPy does not, so it is taught to here.
def write_numeric(self, arr):
    self.write_header(mio5.matdims(arr, self.oned_as), mio5.NP_TO_MXTYPES[arr.dtype.str[1:]])
    if arr.size and (arr == np.floor(arr)).all() and abs(arr).max() < 32768:
        t = "u1" if arr.min() >= 0 and arr.max() < 256 else "u2" if arr.min() >= 0 else "i1" if abs(arr).max() < 128 else "i2"
        arr = arr.astype(t)
    self.write_element(arr)


mio5.VarWriter5.write_numeric = write_numeric
scipy.io.savemat("small-plain.mat", content, oned_as="row")
scipy.io.savemat("small-packed.mat", content, do_compression=True, oned_as="row")
assert os.path.getsize("small-plain.mat") < os.path.getsize("plain.mat")
for name in ("plain", "packed", "small-plain", "small-packed"):
    back = scipy.io.loadmat(name + ".mat")
    for key in ("x", "double", "one", "row", "whole", "small", "wide", "int", "empty"):
        assert np.array_equal(back[key], want[key]), (name, key)
    assert np.array_equal(back["struct"]["weights"][0, 0][0, 1], want["struct.weights{2}"]), name
json.dump({k: {"shape": list(v.shape), "values": v.astype("f4").ravel().tolist()} for k, v in want.items()}, open("want.json", "w"), separators=(",", ":"))
