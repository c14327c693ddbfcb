"""What Foveate's options make of a picture in a design: brighter, grey, nearer, cut out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.design.tree import replaced
from foveate.design.words.frames import file_of
from foveate.design.words.work import shown

if TYPE_CHECKING:
    from foveate.design.scene.model import Block, Picture
    from foveate.design.words.work import Done, Work

_FACTORS: Final = {-1.0: 1.1, 0.0: 1.2, 1.0: 1.5}
_BLUR: Final = {-1.0: 4.0, 0.0: 8.0, 1.0: 20.0}
_NEARER: Final = {-1.0: 0.1, 0.0: 0.2, 1.0: 0.4}
_NUMBER: Final = ("", "%", "px")


def option(options: str, key: str, value: str) -> str:
    """Return an option string in which one option has another value.

    >>> option("gravity=face,zoom=0.3", "zoom", "0.5"), option("", "blur", "8")
    ('gravity=face,zoom=0.5', 'blur=8')
    """
    said = dict(each.partition("=")[::2] for each in options.split(",") if each)
    return ",".join(f"{name}={told}" for name, told in {**said, key: value}.items())


def value(options: str, key: str, usual: float) -> float:
    """Return what an option is, or `usual` where it is not said."""
    said = dict(each.partition("=")[::2] for each in options.split(",") if each)
    try:
        return float(said.get(key, usual))
    except ValueError:
        return usual


def _times(work: Work, key: str, factor: float, done: str) -> Done:
    blocks: dict[str, Block | None] = {}
    for picture in work.pictures():
        new = value(picture.options, key, 1.0) * factor
        blocks[picture.id] = _with(picture, key, new)
    return replaced(work.scene, blocks), f"Made {work.names()} {done}."


def _with(picture: Picture, key: str, new: float) -> Picture:
    return replace(picture, options=option(picture.options, key, shown(new)))


def _set(work: Work, key: str, word: str, done: str) -> Done:
    blocks: dict[str, Block | None] = {
        each.id: replace(each, options=option(each.options, key, word)) for each in work.pictures()
    }
    return replaced(work.scene, blocks), f"{done} {work.names()}."


def brighter(work: Work) -> Done:
    """Let pictures be brighter."""
    return _times(work, "brightness", _FACTORS[work.said.much], "brighter")


def darker(work: Work) -> Done:
    """Let pictures be darker."""
    return _times(work, "brightness", 1 / _FACTORS[work.said.much], "darker")


def contrast(work: Work) -> Done:
    """Let pictures have more contrast."""
    return _times(work, "contrast", _FACTORS[work.said.much], "richer in contrast")


def vivid(work: Work) -> Done:
    """Let the colours of pictures be stronger."""
    return _times(work, "saturation", _FACTORS[work.said.much] * 1.1, "more vivid")


def grey(work: Work) -> Done:
    """Take the colours from pictures."""
    return _set(work, "saturation", "0", "Took the colours from")


def blur(work: Work) -> Done:
    """Blur pictures."""
    number = work.said.number(*_NUMBER)
    sigma = number.value if number else _BLUR[work.said.much]
    return _set(work, "blur", shown(sigma), "Blurred")


def sharpen(work: Work) -> Done:
    """Sharpen pictures."""
    return _set(work, "sharpen", "1", "Sharpened")


def cutout(work: Work) -> Done:
    """Cut what pictures show out of their background."""
    return _set(work, "background", "remove", "Removed the background of")


def mirror(work: Work) -> Done:
    """Mirror pictures, from left to right unless from top to bottom is said."""
    way = "v" if work.said.has("axis.y") else "h"
    return _set(work, "flip", way, "Mirrored")


def source(work: Work) -> Done:
    """Put another picture in, by the name or address that was said."""
    name = file_of(work.said)
    blocks: dict[str, Block | None] = {each.id: replace(each, src=name) for each in work.pictures()}
    return replaced(work.scene, blocks), f"Put {name} in {work.names()}."


def zoom(work: Work) -> Done:
    """Let pictures come nearer to the faces, or to what they keep."""
    by = _NEARER[work.said.much]
    blocks: dict[str, Block | None] = {}
    for picture in work.pictures():
        gravity = "gravity" in picture.options
        options = picture.options if gravity else option(picture.options, "gravity", "face")
        new = min(1.0, value(options, "zoom", 0.0) + by)
        blocks[picture.id] = replace(picture, options=option(options, "zoom", shown(new)))
    return replaced(work.scene, blocks), f"Zoomed in on {work.names()}."
