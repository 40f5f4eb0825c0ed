"""Makes ICC profiles, small pictures that carry them, and icc.json: the pictures' colours in sRGB, 0 to 255, worked out in
float64 and compared with what littleCMS (in Pillow) makes of the files.

Run in this folder: python icc.py. Needs Pillow and NumPy. The profiles are made here from published primaries.
"""
import io, json, struct
import numpy as np
from PIL import Image, ImageCms

D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def white(x, y):
    return np.array([x / y, 1, (1 - x - y) / y])


def columns(primaries, w):
    """Primaries' XYZ, adapted to D50."""
    m = np.array([white(x, y) for x, y in primaries]).T
    m = m * np.linalg.solve(m, w)
    adapt = np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ w)) @ BRADFORD
    return adapt @ m


def fixed(v):
    return struct.pack(">i", round(v * 65536))


def xyz(v):
    return b"XYZ \0\0\0\0" + b"".join(fixed(x) for x in v)


def power(g):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(g * 256))


def table(values):
    return b"curv\0\0\0\0" + struct.pack(">I", len(values)) + b"".join(struct.pack(">H", round(v * 65535)) for v in values)


def formula(kind, *params):
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(fixed(p) for p in params)


def desc(name):
    return b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name.encode() + b"\0" + b"\0" * 78


def mluc(name):
    text = name.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(text), 28) + text


def profile(space, tags, version=0x02400000):
    head = struct.pack(">I4sI4s4s4s12s4s", 0, b"test", version, b"mntr", space, b"XYZ ", struct.pack(">6H", 2026, 11, 24, 0, 0, 0), b"acsp")
    head = head.ljust(68, b"\0") + b"".join(fixed(x) for x in D50)
    head = head.ljust(128, b"\0")
    at, directory, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, data in tags:
        data += b"\0" * (-len(data) % 4)
        directory += struct.pack(">4sII", name, at + len(body), len(data))
        body += data
    data = head + directory + body
    return struct.pack(">I", len(data)) + data[4:]


def rgb(name, m, curve, **more):
    tags = [(b"desc", name), (b"wtpt", xyz(D50)), (b"cprt", b"text\0\0\0\0free\0")]
    tags += [(c + b"XYZ", xyz(m[:, i])) for i, c in enumerate([b"r", b"g", b"b"])]
    return profile(b"RGB ", tags + [(c + b"TRC", curve) for c in [b"r", b"g", b"b"]], **more)


D65 = white(0.3127, 0.3290)
P3 = columns([(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)], D65)
ADOBE = columns([(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)], D65)
PROPHOTO = columns([(0.734699, 0.265301), (0.159597, 0.840403), (0.036598, 0.000105)], D50)
SRGB = columns([(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)], D65)
srgb_curve = formula(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
ramp = np.linspace(0, 1, 1024)
profiles = {
    "p3.png": rgb(mluc("Display P3, made anew"), P3, srgb_curve, version=0x04300000),
    "adobe.jpg": rgb(desc("Adobe RGB, made anew"), ADOBE, power(563 / 256)),
    "prophoto.tif": rgb(desc("ProPhoto RGB, made anew"), PROPHOTO, table(np.where(ramp < 16 / 512, ramp / 16, ramp**1.8))),
    "shifted.webp": rgb(desc("Formula 2"), SRGB, formula(2, 2.0, 0.9, 0.05, 0.0475), version=0x04300000),
    "grey.png": profile(b"GRAY", [(b"desc", desc("Grey 1.8")), (b"wtpt", xyz(D50)), (b"cprt", b"text\0\0\0\0free\0"), (b"kTRC", power(1.8))]),
    "srgb.jpg": rgb(desc("sRGB, made anew"), SRGB, srgb_curve, version=0x04300000),
}



def encode(v):
    v = np.clip(v, 0, 1)
    return np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)


# The same in float64, from the primaries, without a profile: what the tests compare with.
sRGB_light = lambda v: np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
formulas = {
    "p3.png": (P3, sRGB_light),
    "adobe.jpg": (ADOBE, lambda v: v ** (563 / 256)),
    "prophoto.tif": (PROPHOTO, lambda v: np.where(v < 16 / 512, v / 16, v**1.8)),
    "shifted.webp": (SRGB, lambda v: np.clip((0.9 * v + 0.05) ** 2 + 0.0475, 0, 1)),
    "grey.png": (None, lambda v: v ** (round(1.8 * 256) / 256)),
    "srgb.jpg": (SRGB, sRGB_light),
}

out = {}
sRGB = ImageCms.createProfile("sRGB")
for name, data in profiles.items():
    kind = name.split(".")[1]
    # JPEG's own errors grow at the edge of the range, so it has mild colours, in blocks
    levels, block = ([150, 165, 180, 200, 220], 8) if kind == "jpg" else ([0, 30, 128, 220, 255], 1)
    codes = np.array([[r, g, b] for r in levels for g in levels for b in levels], np.uint8).reshape(5, 25, 3)
    if name == "grey.png":
        codes = np.arange(256, dtype=np.uint8).reshape(16, 16)
    picture = Image.fromarray(codes.repeat(block, 0).repeat(block, 1))
    options = {"jpg": {"quality": 100, "subsampling": 0}, "webp": {"lossless": True}, "png": {}, "tif": {}}[kind]
    picture.save(name, icc_profile=data, **options)
    m, light = formulas[name]
    v = light(codes / 255.0)
    want = np.repeat(v[..., None], 3, -1) if m is None else v @ (np.linalg.inv(SRGB) @ m).T
    want = encode(want).reshape(-1, 3) * 255
    source = ImageCms.ImageCmsProfile(io.BytesIO(data))
    got = ImageCms.profileToProfile(Image.fromarray(codes), source, sRGB, ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB")
    apart = np.abs(np.asarray(got).reshape(-1, 3) - want)
    print(f"{name}: littleCMS differs by {apart.mean():.2f} of 255 on average, {apart.max():.2f} at most")
    assert apart.mean() < 0.4 and apart.max() < 2, name
    out[name] = want.round(3).tolist()
json.dump(out, open("icc.json", "w"), separators=(",", ":"))
