"""Prints a table of what reading the convolutions of full-size files costs here and in Python: seconds and peak memory of
a process each, in turn, in one run. The files must lie in the page cache: run it twice.
Usage: python make.py FOLDER; python bench.py FOLDER   (needs Go and what make.py needs)"""
import os, re, subprocess, sys, tempfile

folder = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
# The quickest way in Python that gives all kernels and biases, for each kind of file.
ways = {
    ".mat": "import scipy.io as m; a = m.loadmat(f, variable_names=['layers'])",
    ".pth": "import torch; a = [v.numpy() for k, v in torch.load(f).items() if k[0] == 'f']",
    ".npz": "import numpy as np; z = np.load(f); a = [z[k] for k in z.files if k[0] == 'c']",
    ".h5": "import h5py; a = []; h5py.File(f).visititems(lambda n, o: a.append(o[()]) if isinstance(o, h5py.Dataset) and ('conv' in n) else None)",
    ".safetensors": "from safetensors import safe_open; s = safe_open(f, 'np'); a = [s.get_tensor(k) for k in s.keys() if k[0] in 'fc']",
}


def run(*command, **env):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **env})
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return out, usage.ru_maxrss / 1024


with tempfile.TemporaryDirectory() as temp:
    binary = os.path.join(temp, "weights.test")
    subprocess.run(["go", "test", "-c", "-o", binary, "."], cwd=os.path.dirname(here), check=True)
    print(f"{'file':26}{'MB':>5}{'Go':>9}{'memory':>8}{'Python':>9}{'memory':>8}")
    for name in sorted(os.listdir(folder)):
        way = ways.get(os.path.splitext(name)[1])
        if not way:
            continue
        path = os.path.join(folder, name)
        out, go_mb = run(binary, "-test.run=^$", f"-test.bench=^BenchmarkLoad$/^{re.escape(name)}$", "-test.benchtime=1x", STYLENET_FULL_WEIGHTS=folder)
        took = re.search(r"(\d+) ns/op", out)
        if not took:
            continue  # not one of make.py's files
        imports, _, rest = way.partition(";")
        out, py_mb = run(sys.executable, "-c", f"{imports}; import time; f = {path!r}; t = time.time(); {rest}; print(time.time() - t)")
        print(f"{name:26}{os.path.getsize(path) / 1e6:5.0f}{float(took.group(1)) / 1e9:7.2f} s{go_mb:5.0f} MB{float(out):7.2f} s{py_mb:5.0f} MB", flush=True)
