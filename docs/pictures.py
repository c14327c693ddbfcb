"""Make the pictures of the docs with Foveate's own options, from its sample photos."""

from __future__ import annotations

from pathlib import Path

import foveate
from foveate.models.cards import choose
from foveate.models.fetch import catalogue, where
from foveate.settings import load

HERE = Path(__file__).parent / "images"
SIDE, TALL, SMALL, GAP = 440, 248, 210, 20
CROPS = (
    (SIDE + GAP, 0, TALL, SIDE, 0.35),
    (SIDE + TALL + 2 * GAP, 0, SIDE, SMALL, 0.4),
    (SIDE + TALL + 2 * GAP, SMALL + GAP, SMALL, SMALL, 0.55),
    (SIDE + TALL + SMALL + 3 * GAP, SMALL + GAP, SMALL, SMALL, 0.75),
)
"""Left, top, width, height and zoom of each crop on the sheet."""


def sample(name: str) -> str:
    """Return where a sample photo lies."""
    models = load().models
    (card,) = choose(catalogue(models), [name])
    return str(where(card, models))


def face_crops() -> bytes:
    """Return a photo beside four crops of it: the photo's own border is the sheet."""
    photo = sample("astronaut")
    draw = [
        {
            "url": photo,
            "left": left,
            "top": top,
            "width": width,
            "height": height,
            "fit": "cover",
            "gravity": "face",
            "zoom": zoom,
        }
        for left, top, width, height, zoom in CROPS
    ]
    border = {"color": "white", "top": 0, "bottom": 0, "left": 0, "right": TALL + SIDE + 2 * GAP}
    options = {"width": SIDE, "border": border, "draw": draw, "format": "webp", "quality": 86}
    return foveate.render(photo, options).data


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    (HERE / "face-crops.webp").write_bytes(face_crops())
