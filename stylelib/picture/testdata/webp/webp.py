"""Makes the WebP files of this folder with Pillow, and want.json, what Pillow reads from them."""
import json
from PIL import Image

colours = [(0, 0, 0), (255, 255, 255), (255, 128, 0), (51, 51, 51)]
picture = Image.new("RGB", (32, 32))
for i, colour in enumerate(colours):
    picture.paste(colour, (16 * (i % 2), 16 * (i // 2), 16 * (i % 2) + 16, 16 * (i // 2) + 16))
picture.save("lossy.webp", quality=90)
clear = picture.convert("RGBA")
clear.putalpha(Image.linear_gradient("L").resize((32, 32)))
clear.save("lossy-alpha.webp", quality=90)
picture.save("animated.webp", save_all=True, append_images=[Image.new("RGB", (32, 32), (9, 9, 9))], duration=100)

want = {}
for name in ["lossy.webp", "lossy-alpha.webp"]:
    read = Image.open(name)
    want[name] = [list(read.getpixel((x, y))) for y in (8, 24) for x in (8, 24)]
json.dump(want, open("want.json", "w"))
