"""Drawing SVG, by librsvg."""

from __future__ import annotations

import pyvips

from foveate.sandboxed.answer import say_pixels
from foveate.sandboxed.drawing import filtered, natural_size, prepare, with_size

__all__ = ["draw", "prepare"]


def draw(data: bytes, scale: str) -> None:
    """Answer with the drawing, made harmless, as RGBA of `scale` times its natural size."""
    pyvips.concurrency_set(1)  # type: ignore[attr-defined]
    drawing = with_size(filtered(data), natural_size(data))
    image = pyvips.Image.svgload_buffer(drawing, scale=float(scale))
    say_pixels((image.width, image.height), "RGBA", [image.write_to_memory()])
