"""HTML of a responsive picture."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foveate.service.responsive import Candidates, Srcset


def html(picture: Srcset) -> str:
    """Return `<img>`, within `<picture>` where browsers are to choose among formats."""
    image = _image(picture)
    first = [
        _tag("source", {"type": each.type, **_among(picture, each)}) for each in picture.sources
    ]
    if len(first) == 1:
        return image
    return "\n".join(["<picture>", *(f"  {tag}" for tag in (*first[:-1], image)), "</picture>"])


def _image(picture: Srcset) -> str:
    asked, largest = picture.asked, picture.largest
    return _tag(
        "img",
        {
            "src": largest.url,
            **_among(picture, picture.sources[-1]),
            # The shape, so that nothing moves when the picture comes.
            "width": str(largest.width),
            "height": str(largest.height),
            "alt": asked.alt,
            "loading": asked.loading,
            "style": _style(picture),
        },
    )


def _among(picture: Srcset, source: Candidates) -> dict[str, str]:
    files = ", ".join(f"{image.url} {image.width}w" for image in source.images)
    return {"srcset": files, "sizes": picture.asked.sizes}


def _style(picture: Srcset) -> str | None:
    shown, until = picture.placeholder, picture.asked.placeholder
    if shown is None or until == "none":
        return None
    picture_of_it = f" url({shown.url}) 50% / cover no-repeat" if until == "thumbhash" else ""
    return f"background: {shown.colour}{picture_of_it}"


def _tag(name: str, attributes: dict[str, str | None]) -> str:
    said = (f'{key}="{escape(value)}"' for key, value in attributes.items() if value is not None)
    return f"<{name} {' '.join(said)}>"
