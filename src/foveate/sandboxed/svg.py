"""Drawing SVG, by librsvg."""

from __future__ import annotations

import pyvips

from foveate.sandboxed.answer import say_pixels
from foveate.sandboxed.drawing import filtered, natural_size, prepare, with_size

__all__ = ["draw", "prepare"]


def draw(data: bytes, scale: str) -> None:
    """Answer with the drawing, made harmless, as RGBA of `scale` times its natural size."""
    pyvips.concurrency_set(1)  # type: ignore[attr-defined]
    natural = natural_size(data)
    size = tuple(max(1, round(side * float(scale))) for side in natural)
    # A little larger where that is no whole number of pixels: the last ones are covered, too.
    covering = max(pixels / side for pixels, side in zip(size, natural, strict=True))
    drawing = with_size(filtered(data), natural)
    image = pyvips.Image.svgload_buffer(drawing, scale=covering)
    width, height = min(size[0], image.width), min(size[1], image.height)
    cut = image.crop(0, 0, width, height)
    say_pixels((width, height), "RGBA", [cut.write_to_memory()])
