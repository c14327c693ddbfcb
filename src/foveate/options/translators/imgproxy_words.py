"""What imgproxy's options mean in ours, each from the arguments of all of them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.configuration.ranges import listed
from foveate.geometry.orientation import Orientation
from foveate.options.rows_preset import PRESET
from foveate.options.translators.classes import known_or_any
from foveate.options.translators.imgproxy_arguments import IMGPROXY, TRUE, Asked, one
from foveate.options.translators.shared import (
    COMPASS,
    FORMATS,
    around,
    border,
    colour,
    place,
    scaled,
    show,
    turned,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FITS: Final = {
    ("fit", False): "scale-down",
    ("fit", True): "contain",
    ("fill", False): "crop",
    ("fill", True): "cover",
    ("fill-down", False): "aspect-crop",
    ("fill-down", True): "cover",
    ("force", False): "squeeze-down",
    ("force", True): "squeeze",
    ("auto", False): "crop",
    ("auto", True): "cover",
}
"""By the resizing type, and by whether it may enlarge."""
CUTTING: Final = frozenset({"fill", "fill-down", "auto"})


def _is(asked: Asked, name: str) -> bool:
    return one(asked, name) in TRUE


def _dpr(asked: Asked) -> float:
    return IMGPROXY.dpr("dpr", one(asked, "dpr"))


def _sides(asked: Asked) -> tuple[int, int]:
    width, height = (IMGPROXY.pixels(name, one(asked, name) or "0") for name in ("width", "height"))
    return width, height


def _size(asked: Asked) -> dict[str, str]:
    for name, usual in (("min-width", "0"), ("min-height", "0"), ("zoom", "1")):
        if name in asked and set(asked[name]) != {usual}:
            raise IMGPROXY.refused(name)
    (width, height), dpr, kind = _sides(asked), _dpr(asked), _kind(asked)
    _extends_to(asked)  # sound even where it does not count
    enlarges = _is(asked, "enlarge")
    if not width and not height:
        if dpr < 1 or (dpr > 1 and enlarges):
            raise IMGPROXY.refused("dpr", "with a size")
        return {}
    both = bool(width and height)
    if kind == "force" and not both:
        raise IMGPROXY.refused("force", "with both sides")
    sides = {"width": width, "height": height}
    pairs = {name: scaled(side, dpr) for name, side in sides.items() if side}
    pairs["fit"] = FITS[kind, enlarges]
    if kind == "auto" and both:
        pairs["adapt"] = "fit"
    return pairs | _extended(asked, kind, both=both)


def _kind(asked: Asked) -> str:
    kind = one(asked, "resizing_type") or "fit"
    if (kind, True) not in FITS:
        raise IMGPROXY.wrong("resizing_type", "fit, fill, fill-down, force or auto", kind)
    return kind


def _extended(asked: Asked, kind: str, *, both: bool) -> dict[str, str]:
    """Return the fit that puts the picture on a canvas of the whole size, where asked for."""
    if asked.get("extend", [""])[0] not in TRUE:
        return {}
    enlarges = _is(asked, "enlarge")
    if enlarges and kind in {"fill", "fill-down", "force"}:
        return {}
    exact = kind == "fit" and both and _dpr(asked) == 1
    if not exact or _extends_to(asked) != ("ce", False):
        raise IMGPROXY.refused("extend", "with fit, both sides, no dpr and in the centre")
    return {"fit": "pad" if enlarges else "pad-down"}


def _extends_to(asked: Asked) -> tuple[str, bool]:
    """Return where on its canvas a picture lies, and whether off that place. Raises BadOption."""
    _, where, *offsets = [*asked.get("extend", []), "", "", "", ""][:4]
    where = where or "ce"
    if where not in COMPASS and where != "fp":
        raise IMGPROXY.wrong("extend", f"{listed(list(COMPASS), 'or')} or fp", where)
    return where, _moved(offsets)


def _moved(offsets: Sequence[str]) -> bool:
    return any(IMGPROXY.number("offset", text or "0", -1e7, 1e7) for text in offsets)


def _gravity(asked: Asked) -> dict[str, str]:
    """Return the one gravity of both cuts: a crop has that of the resize unless it says its own."""
    own, in_crop = ([*each] if any(each) else [] for each in _gravities(asked))
    of_resize, of_crop = _place(own), _place(in_crop or own)
    resizes_by_cutting = _kind(asked) in CUTTING and all(_sides(asked))
    crops = any(name.startswith("crop.") for name in _crop(asked))
    if crops and resizes_by_cutting and of_crop != of_resize:
        raise IMGPROXY.refused("crop", "with the gravity of the resize, where that cuts as well")
    given = of_crop if crops else of_resize
    return {"gravity": given} if own or (in_crop and crops) else {}


def _gravities(asked: Asked) -> tuple[list[str], list[str]]:
    """Return what is said of gravity for all, and for the crop where that is no corner."""
    in_crop = asked.get("crop", [])[2:]
    return asked.get("gravity", []), [] if _corner(in_crop) else in_crop


def _place(arguments: Sequence[str]) -> str:
    kind, *rest = arguments or ["ce"]
    word = ":".join(arguments)
    if word == "sm":
        return "attention"
    if word == "obj:face":
        return "face"
    if kind in {"obj", "objw"}:
        return _things(kind, rest)
    if kind == "fp" and len(rest) == 2:  # noqa: PLR2004 - x and y
        x, y = (IMGPROXY.number("gravity", text or "0", 0, 1) for text in rest)
        return around(x, y)
    if kind not in COMPASS or len(rest) > 2 or _moved(rest):  # noqa: PLR2004 - x and y
        raise IMGPROXY.refused(f"gravity:{word}")
    return place(*COMPASS[kind])


def _things(kind: str, rest: Sequence[str]) -> str:
    """Return our gravity for the classes of `obj:CLASS:...`, or `objw:CLASS:WEIGHT:...`."""
    weights = [f":{show(_weight(text))}" for text in rest[1::2]] if kind == "objw" else []
    words = rest[::2] if kind == "objw" else rest
    names = [known_or_any(word) for word in words]
    lacks_weight = kind == "objw" and not len(words) == len(weights) > 0
    if lacks_weight or None in names:
        raise IMGPROXY.refused(f"gravity:{':'.join([kind, *rest])}")
    told = weights or [""] * len(names)
    entries = [f"{name}{weight}" for name, weight in zip(names, told, strict=True)]
    return f"object:{'|'.join(entries)}" if entries else "object"


def _weight(text: str) -> float:
    return IMGPROXY.number("objw", text, 0, 1000)


def _corner(gravity: Sequence[str]) -> tuple[int, int] | None:
    """Return the pixels from the left and the top at which a crop begins, if it says so."""
    if gravity[:1] != ["nowe"] or len(gravity) != 3:  # noqa: PLR2004 - with x and y
        return None
    left, top = (IMGPROXY.number("crop", text or "0", -1e7, 1e7) for text in gravity[1:])
    whole = left.is_integer() and top.is_integer() and min(left, top) >= 0
    return (int(left), int(top)) if whole and left + top else None


def _crop(asked: Asked) -> dict[str, str]:
    lengths = dict(zip(("width", "height"), asked.get("crop", []), strict=False))
    kept = {name: _length(text) for name, text in lengths.items() if text}
    corner = _corner(asked.get("crop", [])[2:])
    if corner is None:
        return {f"crop.{name}": text for name, text in kept.items() if text}
    if {"rotate", "flip"} & set(asked) or any("." in text for text in kept.values()):
        raise IMGPROXY.refused("crop", "at no offset where it is turned or relative")
    edges = {"trim.left": str(corner[0]), "trim.top": str(corner[1])}
    return edges | {f"trim.{name}": text for name, text in kept.items() if text}


def _length(text: str) -> str:
    value = IMGPROXY.number("crop", text, 0, 1e7)
    return (str(int(value)) if value >= 1 else repr(value)) if value else ""


def _trim(asked: Asked) -> dict[str, str]:
    if not any(asked.get("trim", [])):
        return {}
    threshold, edge, *equal = [*asked["trim"], ""][: max(2, len(asked["trim"]))]
    if TRUE & set(equal):
        raise IMGPROXY.refused("trim", "without equal parts")
    if _corner(asked.get("crop", [])[2:]):
        raise IMGPROXY.refused("trim", "without a crop at an offset")
    tolerance = IMGPROXY.number("trim", threshold or "10", 0, 255)
    return border(tolerance, colour(edge) if edge else "")


def _turns(asked: Asked) -> dict[str, str]:
    if "auto_rotate" in asked and not _is(asked, "auto_rotate"):
        raise IMGPROXY.refused("auto_rotate:0")
    angle = IMGPROXY.number("rotate", one(asked, "rotate") or "0", -36_000, 36_000)
    if angle % 90:
        raise IMGPROXY.wrong("rotate", "a multiple of 90", show(angle))
    across, down = ([*asked.get("flip", []), "", ""])[:2]
    flip = Orientation.flip(horizontal=across in TRUE, vertical=down in TRUE)
    return turned(Orientation.rotation(int(angle)).then(flip))


def _background(asked: Asked) -> dict[str, str]:
    arguments = asked.get("background", [])
    if not any(arguments):
        return {}
    if len(arguments) == 1:
        return {"background": colour(arguments[0])}
    if len(arguments) != 3:  # noqa: PLR2004 - red, green and blue
        raise IMGPROXY.wrong("background", "one colour or three numbers", ":".join(arguments))
    channels = (str(IMGPROXY.whole("background", text, 0, 255)) for text in arguments)
    return {"background": f"rgb({','.join(channels)})"}


def _padding(asked: Asked) -> dict[str, str]:
    given = asked.get("padding", [])
    if not any(given):
        return {}
    top, right, bottom, left = ([*given, "", "", ""])[:4]
    right, bottom = right or top, bottom or top
    sides = {"top": top, "right": right, "bottom": bottom, "left": left or right}
    filled = _background(asked).get("background", "white")
    edges = {
        # Halves to the even number, as there.
        f"border.{side}": str(round(IMGPROXY.pixels("padding", text or "0") * _dpr(asked)))
        for side, text in sides.items()
    }
    return {"border.color": filled} | edges


def _metadata(asked: Asked) -> dict[str, str]:
    if "strip_color_profile" in asked and not _is(asked, "strip_color_profile"):
        raise IMGPROXY.refused("strip_color_profile:0")
    if "strip_metadata" in asked and not _is(asked, "strip_metadata"):
        return {"metadata": "keep"}
    keeps = "keep_copyright" not in asked or _is(asked, "keep_copyright")
    return {} if keeps else {"metadata": "none"}


def _encoding(asked: Asked) -> dict[str, str]:
    quality = one(asked, "quality")
    pairs = IMGPROXY.quality("quality", quality) if quality else {}
    if word := one(asked, "format").lower():
        if word not in FORMATS:
            raise IMGPROXY.refused(f"format:{word}")
        pairs["format"] = FORMATS[word]
    return pairs


def _filters(asked: Asked) -> dict[str, str]:
    blur = one(asked, "blur")
    pairs = IMGPROXY.blur("blur", blur) if blur else {}
    sharpen = IMGPROXY.number("sharpen", one(asked, "sharpen") or "0", 0, 1000)
    return pairs | ({"sharpen": show(min(10.0, sharpen))} if sharpen else {})


def _presets(asked: Asked) -> dict[str, str]:
    names = [name for name in asked.get(PRESET, []) if name]
    return {PRESET: ";".join(names)} if names else {}


READERS: Final[tuple[Callable[[Asked], dict[str, str]], ...]] = (
    _presets,
    _trim,
    _crop,
    _gravity,
    _turns,
    _size,
    _background,
    _padding,
    _filters,
    _metadata,
    _encoding,
)
