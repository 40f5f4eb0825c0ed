"""Writes odd.safetensors beside this script with Hugging Face's library, and want.json, which holds its values.
Usage: python make.py   (needs torch, safetensors)"""
import json, os
import torch
from safetensors.torch import save_file, load_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))
torch.manual_seed(6)
x = torch.randn(4, 2, 3, 3)
save_file({
    "plain": x, "half": x.half(), "bfloat16": x.bfloat16(), "double": x.double(),
    "long": torch.tensor([1, -2, 3]), "int": torch.tensor([4, -5], dtype=torch.int32),
    "short": torch.tensor([6, -7], dtype=torch.int16), "char": torch.tensor([8, -9], dtype=torch.int8),
    "byte": torch.tensor([200], dtype=torch.uint8), "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3),
}, "odd.safetensors", metadata={"format": "pt", "note": "héllo"})
back = load_file("odd.safetensors")
json.dump({k: {"shape": list(v.shape), "values": v.float().flatten().tolist()} for k, v in back.items()},
          open("want.json", "w"), separators=(",", ":"))
