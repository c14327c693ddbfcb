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
_BLURRIER: Final = 1.5
"""Times as blurred as it is already."""
_NEARER: Final = {-1.0: 0.1, 0.0: 0.2, 1.0: 0.4}
_NUMBER: Final = ("", "%", "px")


def option(options: str, key: str, value: str) -> str:
    """Return an option string in which one option has another value.

    >>> option("gravity=face,zoom=0.3", "zoom", "0.5"), option("", "blur", "8")
    ('gravity=face,zoom=0.5', 'blur=8')
    """
    said = dict(each.partition("=")[::2] for each in options.split(",") if each)
    return ",".join(f"{name}={told}" for name, told in {**said, key: value}.items())


def without(options: str, key: str) -> str:
    """Return an option string without one option.

    >>> without("blur=8,brightness=0.6", "blur")
    'brightness=0.6'
    """
    return ",".join(each for each in options.split(",") if each.partition("=")[0] != key)


def value(options: str, key: str, usual: float) -> float:
    """Return what an option is, or `usual` where it is not said."""
    said = dict(each.partition("=")[::2] for each in options.split(",") if each)
    try:
        return float(said.get(key, usual))
    except ValueError:
        return usual


def _times(work: Work, key: str, factor: float, done: str) -> Done:
    less = work.said.less and factor > 1
    blocks: dict[str, Block | None] = {}
    for picture in work.pictures():
        new = value(picture.options, key, 1.0) * (1 / factor if less else factor)
        blocks[picture.id] = _with(picture, key, new)
    return replaced(work.scene, blocks), f"Made {work.names()} {'less ' * less}{done}."


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
    return _times(work, "contrast", _FACTORS[work.said.much], "rich in contrast")


def vivid(work: Work) -> Done:
    """Let the colours of pictures be stronger."""
    return _times(work, "saturation", _FACTORS[work.said.much] * 1.1, "vivid")


def grey(work: Work) -> Done:
    """Take the colours from pictures."""
    return _set(work, "saturation", "0", "Took the colours from")


def blur(work: Work) -> Done:
    """Blur pictures, more than they are, or less."""
    number = work.said.number(*_NUMBER)
    blocks: dict[str, Block | None] = {}
    for picture in work.pictures():
        old = value(picture.options, "blur", 0.0)
        usual = max(_BLUR[work.said.much], old * _BLURRIER)
        sigma = number.value if number else old / 2 if work.said.less else usual
        blocks[picture.id] = _with(picture, "blur", sigma)
    word = "less" if work.said.less and not number else ""
    return replaced(work.scene, blocks), f"Blurred {work.names()}{f' {word}' * bool(word)}."


def unblur(work: Work) -> Done:
    """Show pictures as sharp as they are."""
    return _without(work, "blur", f"Took the blur from {work.names()}.")


def face(work: Work) -> Done:
    """Crop pictures around the faces in them."""
    return _set(work, "gravity", "face", "Cropped around faces:")


def _without(work: Work, key: str, sentence: str) -> Done:
    blocks: dict[str, Block | None] = {
        each.id: replace(each, options=without(each.options, key)) for each in work.pictures()
    }
    return replaced(work.scene, blocks), sentence


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
    """Let pictures come nearer to the faces, or to what they keep; or show more again."""
    by = _NEARER[work.said.much] * (-1 if work.said.less else 1)
    blocks: dict[str, Block | None] = {}
    for picture in work.pictures():
        gravity = "gravity" in picture.options
        options = picture.options if gravity else option(picture.options, "gravity", "face")
        new = min(1.0, max(0.0, value(options, "zoom", 0.0) + by))
        blocks[picture.id] = replace(picture, options=option(options, "zoom", shown(new)))
    way = "out of" if work.said.less else "in on"
    return replaced(work.scene, blocks), f"Zoomed {way} {work.names()}."
