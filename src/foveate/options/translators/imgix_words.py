"""What imgix's parameters mean in our options."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.options.translators.imgix_laid import IMGIX, LAID, marked, rounded
from foveate.options.translators.shared import (
    FORMATS,
    around,
    border,
    css_colour,
    place,
    scaled,
    shaped,
    show,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

IGNORED: Final = frozenset(
    {"s", "expires", "ixlib", "ixid", "ixjsv", "cb", "v", "ver", "version", "dl"}
)
"""What changes no picture: signatures, versions, and names of files and libraries."""
FITS: Final = {
    "clip": "contain",
    "max": "scale-down",
    "crop": "cover",
    "scale": "squeeze",
    "fill": "pad",
    "fillmax": "pad-down",
    "min": "aspect-crop",
}
NEEDS_BOTH: Final = frozenset({"crop", "scale", "fill"})
"""With one side alone these are as `clip`."""
EXACT: Final = frozenset({"crop", "scale", "fill", "fillmax"})
SIDES: Final = ("top", "right", "bottom", "left")
ACROSS: Final = {"left": 0.0, "right": 1.0}
DOWN: Final = {"top": 0.0, "bottom": 1.0}
WRITTEN: Final = {**FORMATS, "pjpg": "jpeg"}
FALLBACKS: Final = frozenset({"center", "entropy", "edges"})
"""Where there is no face, ours is what draws the eye."""
CROPS: Final = frozenset({*ACROSS, *DOWN, *FALLBACKS, "faces", "focalpoint"})
READ_TOGETHER: Final = frozenset(
    {"w", "h", "ar", "dpr", "fit", "crop", "fp-x", "fp-y", "fp-z", "faceindex", "trim", "pad"}
    | {"trim-color", "trimcolor", "trim-tol", "trim-pad", "bg", "fill", "fill-color"}
    | {"auto", "fm", "upscale"}
    | {f"pad-{side}" for side in SIDES}
    | LAID
)

_RECT: Final = re.compile(r"\d{1,7}(?:,\d{1,7}){3}", re.ASCII)

Asked = dict[str, str]
"""Parameters by their names."""


def pairs_of(asked: Asked) -> dict[str, str]:
    """Return what parameters ask for, by the names of our options.

    Raises BadOption or NotTranslated.
    """
    for name in filter(DETAILS.__contains__, asked):
        DETAILS[name](asked[name])
    pairs = _sized(asked) | _trimmed(asked) | _filled(asked) | _padded(asked) | _format(asked)
    pairs |= _upscaled(asked) | rounded(asked, _dpr(asked)) | marked(asked, _dpr(asked))
    for name, text in asked.items():
        if name not in IGNORED and name not in READ_TOGETHER:
            pairs |= _alone(name, text)
    return pairs


def _dpr(asked: Asked) -> float:
    return IMGIX.dpr("dpr", asked.get("dpr", ""))


def _side(asked: Asked, name: str) -> float | None:
    """Return pixels; a fraction is a part of the source, which we do not translate."""
    text = asked.get(name, "")
    if not text:
        return None
    value = IMGIX.number(name, text, 0, 1e7)
    if "." in text and value <= 1:
        raise IMGIX.refused(f"{name}={text}")
    return value or None


def _sides(asked: Asked) -> tuple[float | None, float | None]:
    """Return width and height, one of which the aspect ratio may give."""
    width, height = _side(asked, "w"), _side(asked, "h")
    if "ar" not in asked or (width and height):
        return width, height
    if _fit(asked) not in {"crop", "min"} or not (width or height):
        raise IMGIX.refused("ar", "with fit=crop or fit=min and one side")
    return shaped(width or 0, height or 0, IMGIX.ratio("ar", asked["ar"]))


def _fit(asked: Asked) -> str:
    fit = asked.get("fit") or "clip"
    if fit not in FITS:
        raise IMGIX.refused(f"fit={fit}")
    return fit


def _sized(asked: Asked) -> Asked:
    fit, (width, height), dpr = _fit(asked), _sides(asked), _dpr(asked)
    pads = _pads(asked)
    if not width and not height:
        return {}
    both = bool(width and height)
    if any(pads) and not (both and fit in EXACT):
        raise IMGIX.refused("pad", "without a size, or with both sides and an exact fit")
    if not both and fit in NEEDS_BOTH:
        fit = "clip"
    top, right, bottom, left = pads
    inner = {"width": (width, left + right), "height": (height, top + bottom)}
    if any(side and side <= taken for side, taken in inner.values()):
        raise IMGIX.wrong("pad", "less than the size", str(max(pads)))
    pairs = {name: scaled(side - taken, dpr) for name, (side, taken) in inner.items() if side}
    return {"fit": FITS[fit]} | pairs | (_cropped(asked) if fit in {"crop", "min"} else {})


def _cropped(asked: Asked) -> Asked:
    words = [word for word in asked.get("crop", "").split(",") if word]
    first, rest = (words or ["center"])[0], set(words[1:])
    if first == "faces" and rest <= FALLBACKS:
        return {"gravity": "face"} | _which(asked)
    if first in {"entropy", "edges"} and not rest:
        return {"gravity": "entropy" if first == "entropy" else "attention"}
    if first == "focalpoint" and not rest:
        return _focal(asked)
    if not {first, *rest} <= {*ACROSS, *DOWN, "center"}:
        raise IMGIX.refused(f"crop={asked['crop']}")
    x = next((ACROSS[word] for word in words if word in ACROSS), 0.5)
    y = next((DOWN[word] for word in words if word in DOWN), 0.5)
    return {"gravity": place(x, y)}


def _which(asked: Asked) -> Asked:
    index = asked.get("faceindex", "")
    if index not in {"", "1"}:
        raise IMGIX.refused(f"faceindex={index}")
    return {"faces": "largest"} if index else {}


def _focal(asked: Asked) -> Asked:
    if IMGIX.number("fp-z", asked.get("fp-z") or "1", 1, 100) != 1:
        raise IMGIX.refused("fp-z")
    x, y = (IMGIX.number(name, asked.get(name) or "0.5", 0, 1) for name in ("fp-x", "fp-y"))
    return {"gravity": around(x, y)}


def _trimmed(asked: Asked) -> Asked:
    kind = asked.get("trim", "")
    if not kind:
        return {}
    if kind not in {"auto", "color"}:
        raise IMGIX.refused(f"trim={kind}")
    if "rect" in asked:
        raise IMGIX.refused("trim", "without rect")
    tolerance = IMGIX.number("trim-tol", asked.get("trim-tol") or "11", 0, 255)
    edge = asked.get("trim-color") or asked.get("trimcolor")
    pairs = border(tolerance, css_colour(edge) if kind == "color" and edge else "")
    if "trim-pad" in asked:
        pairs["trim.border.keep"] = str(IMGIX.pixels("trim-pad", asked["trim-pad"]))
    return pairs


def _filled(asked: Asked) -> Asked:
    if asked.get("fill", "solid") != "solid":
        raise IMGIX.refused(f"fill={asked['fill']}")
    filling = asked.get("fill-color") if asked.get("fit") in {"fill", "fillmax"} else ""
    text = filling or asked.get("bg")
    return {"background": css_colour(text)} if text else {}


def _pads(asked: Asked) -> tuple[int, ...]:
    named = ((f"pad-{side}" if asked.get(f"pad-{side}") else "pad") for side in SIDES)
    return tuple(IMGIX.pixels(name, asked.get(name) or "0") for name in named)


def _padded(asked: Asked) -> Asked:
    pads, dpr = _pads(asked), _dpr(asked)
    if not any(pads):
        return {}
    edges = {
        f"border.{side}": scaled(pad, dpr) for side, pad in zip(SIDES, pads, strict=True) if pad
    }
    return {"border.color": css_colour(asked.get("bg") or "white")} | edges


def _alone(name: str, text: str) -> Asked:
    if name not in TABLE:
        raise IMGIX.refused(f"{name}={text}")
    try:
        return TABLE[name](text)
    except KeyError:
        raise IMGIX.refused(f"{name}={text}") from None


def _format(asked: Asked) -> Asked:
    """Return the format; `fm` beside `auto=format` is only for clients that take no better one."""
    named = asked.get("fm", "")
    if named and named not in WRITTEN:
        raise IMGIX.refused(f"fm={named}")
    words = {word for word in asked.get("auto", "").split(",") if word}
    if others := words - {"format", "compress"}:
        raise IMGIX.refused(f"auto={min(others)}")
    if "format" in words:
        return {"format": "auto"}
    return {"format": WRITTEN[named]} if named else {}


def _upscaled(asked: Asked) -> Asked:
    """Return what enlarges by a network, where there is a size to enlarge to."""
    text = asked.get("upscale", "")
    if text not in {"", "true", "false"}:
        raise IMGIX.wrong("upscale", "true or false", text)
    if text != "true":
        return {}
    if not any(_sides(asked)):
        raise IMGIX.refused("upscale=true", "beside a size")
    return {"upscale": "generate"}


def _rect(text: str) -> Asked:
    if not _RECT.fullmatch(text):
        raise IMGIX.refused(f"rect={text}")
    names = ("left", "top", "width", "height")
    return {f"trim.{name}": number for name, number in zip(names, text.split(","), strict=True)}


def _flag(word: str, pairs: Mapping[str, str]) -> Callable[[str], Asked]:
    """Return the reader of a parameter that is on with `word`, and off with `false`."""
    return lambda text: {word: dict(pairs), "false": {}}[text]


def _shared(name: str, top: float, ours: float) -> Callable[[str], Asked]:
    """Return the reader of a strength from 0 to `top`, which at that is `ours` in our option."""
    return lambda text: {name: show(IMGIX.number(name, text, 0, top) * ours / top)}


def _check_crop(text: str) -> None:
    for word in filter(None, text.split(",")):
        if word not in CROPS:
            raise IMGIX.refused(f"crop={text}")


DETAILS: Final[Mapping[str, Callable[[str], object]]] = {
    "crop": _check_crop,
    "faceindex": lambda text: IMGIX.whole("faceindex", text, 1, 1000),
    "fp-x": lambda text: IMGIX.number("fp-x", text, 0, 1),
    "fp-y": lambda text: IMGIX.number("fp-y", text, 0, 1),
    "fp-z": lambda text: IMGIX.number("fp-z", text, 1, 100),
    "ar": lambda text: IMGIX.ratio("ar", text),
    "trim-tol": lambda text: IMGIX.number("trim-tol", text, 0, 255),
    "trim-pad": lambda text: IMGIX.pixels("trim-pad", text),
    "trim-color": lambda text: IMGIX.check_colour("trim-color", css_colour(text)),
    "trimcolor": lambda text: IMGIX.check_colour("trimcolor", css_colour(text)),
    "fill-color": lambda text: IMGIX.check_colour("fill-color", css_colour(text)),
}
"""How parameters are read that count only beside others, and must be sound without them too."""
TABLE: Final[Mapping[str, Callable[[str], Asked]]] = {
    "q": partial(IMGIX.quality, "q"),
    "rect": _rect,
    "cs": lambda text: {"srgb": {}, "tinysrgb": {}, "strip": {}}[text],
    "flip": lambda text: {"flip": {"h": "h", "v": "v", "hv": "hv", "vh": "hv"}[text]},
    "rot": lambda text: {"rotate": {"0": "0", "180": "180"}[text]},
    "blur": _shared("blur", 2000, 250),
    "sharp": _shared("sharpen", 100, 10),
    "bri": IMGIX.factor("brightness", "bri"),
    "con": IMGIX.factor("contrast", "con"),
    "sat": IMGIX.factor("saturation", "sat"),
    "bg-remove": _flag("true", {"segment": "foreground"}),
}
"""Parameters that depend on no other. A word that is not here, or a KeyError, is refused."""
