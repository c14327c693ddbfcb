"""Pictures of scenes: raster, PDF and SVG. The only home of skia.

What makes one picture the same on every machine: fonts are those of cards alone, and the machine's
are never asked; letters are shaped, hinted and filled by libraries inside of skia's wheel, without
subpixels of a screen and without a GPU; pixels are RGBA of 8 bits in sRGB, blended as CSS does;
documents hold no dates, and no ids but counted ones.
"""
