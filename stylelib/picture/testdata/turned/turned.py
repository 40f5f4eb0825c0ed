"""Makes a picture that EXIF says is to be turned by a quarter (orientation 6), as PNG, TIFF and WebP. Needs Pillow."""
import numpy as np
from PIL import Image

pixels = np.zeros((16, 32, 3), np.uint8)
pixels[:8, :8] = 255
pixels[:8, 24:] = (255, 0, 0)
picture, exif = Image.fromarray(pixels), Image.Exif()
exif[0x112] = 6
picture.save("turned.png", exif=exif)
picture.save("turned.webp", exif=exif, lossless=True)
picture.save("turned.tif", tiffinfo={274: 6})
